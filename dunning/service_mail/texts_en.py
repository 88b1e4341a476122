"""Service mails in English."""

from __future__ import annotations

from typing import Final

from dunning.models.service_mails import ServiceMailKind as Kind
from dunning.service_mail.texts import MailText, Texts

LABELS: Final = {
    "salutation": "Dear {name},",
    "salutation_stranger": "Hello,",
    "sign_off": "Kind regards,",
    "answer": "You can simply reply to this e-mail.",
    "genuine": "Is this message genuine? Check it at {url} with code {code}.",
    "no_codes": "We never ask for passwords, PINs or bank codes.",
    "instalment": "Instalment {number}",
    "due": "by {day}",
    "invoice": "invoice {number}",
    "some_invoices": "{count} invoices",
    "pay_link": "Payment page",
    "subject_received": "We have received your message",
    "subject_answer": "Answer to your message",
    "settled": "Nothing is open any more.",
    "outcome_rejected": "We do not agree with you. The invoice stands.",
    "outcome_partly": "You are partly right. We will change the amount.",
    "outcome_upheld": "You are right. You do not have to pay this invoice.",
    "outcome_withdrawn": "Your objection was withdrawn.",
    "about_question": "your question",
    "about_already_paid": "your message that you have paid",
    "about_wrong_person": "your message that this is not for you",
}
TEXTS: Final[Texts] = {
    Kind.RECEIPT: MailText(
        "Payment received: {amount}",
        (
            "Thank you. Your payment of {amount} was received on {paid_on}.",
            "You paid for: {invoices}.",
            "{left} is still open.",
            "{settled}",
            "You will get no more reminders about what was paid. Was a letter already on its way? You can ignore it.",
        ),
    ),
    Kind.MESSAGE_RECEIVED: MailText(
        "{message_subject}",
        (
            "We have received {about}. You will get an answer by e-mail.",
            "We send you no reminder about this until {until_on}.",
            "{answer}",
            "Your question was: {question}",
        ),
    ),
    Kind.DISPUTE_OPENED: MailText(
        "Your objection to {disputed}",
        (
            "We have received your objection to invoice {invoice}. You get no reminders about this invoice until you have an answer.",
            "We have received your objection to these invoices: {invoices}. You get no reminders about them until you have an answer.",
            "You will hear from us by {resolve_by_on}.",
            "Other invoices stay as they are.",
        ),
    ),
    Kind.DISPUTE_RESOLVED: MailText(
        "Answer to your objection to invoice {invoice}",
        (
            "We have looked at your objection to invoice {invoice}. {outcome}",
            "{note}",
            "If anything is still open, you will see it on the payment page.",
        ),
        "See what is open",
    ),
    Kind.PROMISE_MADE: MailText(
        "Agreed: you will pay on {pay_on}",
        (
            "You promised to pay {amount} on {pay_on}. Until then you get no reminders.",
            "It is about: {invoices}.",
            "If the payment does not come, the reminders go on.",
        ),
        "Pay now or later",
    ),
    Kind.PLAN_REQUESTED: MailText(
        "Your request to pay in instalments",
        (
            "You asked to pay {total} in instalments. We will see whether that is possible and let you know.",
            "We send you no reminder about this until {decide_by_on}.",
        ),
    ),
    Kind.PLAN_STARTED: MailText(
        "Your payment plan of {total}",
        (
            "You pay {total} in instalments:",
            "{instalments}",
            "If you pay every instalment on time, you get no reminders about these invoices. We send a message in time for each of them.",
        ),
        "Pay an instalment",
    ),
    Kind.PLAN_REJECTED: MailText(
        "Your request to pay in instalments",
        (
            "We cannot agree to the instalments you asked for.",
            "{note}",
            "Do you want to propose something else? Please reply to this e-mail or look at the payment page.",
        ),
        "See what is open",
    ),
    Kind.INSTALMENT_DUE: MailText(
        "Instalment {number}: {amount} by {due_on}",
        (
            "Instalment {number} of your plan is due on {due_on}: {amount}.",
            "Have you paid already? Then there is nothing to do.",
        ),
        "Pay instalment {number}",
    ),
    Kind.INSTALMENT_MISSED: MailText(
        "Instalment {number} was not paid",
        (
            "Instalment {number} of {amount} was due on {due_on}. We have not received it yet.",
            "Please pay by {until_on}. The plan then simply goes on.",
            "Is that not possible? Please reply to this e-mail, and we will find a solution together.",
        ),
        "Pay instalment {number}",
    ),
    Kind.PLAN_ENDED: MailText(
        "Your payment plan has ended",
        (
            "Your payment plan has ended.",
            "{why}",
            "{left} is still open. The reminders go on.",
            "Do you want to agree on something? Please reply to this e-mail or look at the payment page.",
        ),
        "See what is open",
    ),
    Kind.FORWARDED: MailText(
        "Open invoices of {tenant}",
        (
            "{from_name} told us that you are the person for these invoices. That is why we write to you.",
            "Of the invoices for {customer}, {total} is open.",
            "The payment page shows which invoices these are. You can pay there, or tell us that something is not right.",
            "Are you not the right person? Please reply to this e-mail.",
        ),
        "See the invoices",
    ),
}
