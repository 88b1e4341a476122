"""Service mails in Dutch."""

from __future__ import annotations

from typing import Final

from dunning.models.service_mails import ServiceMailKind as Kind
from dunning.service_mail.texts import MailText, Texts

LABELS: Final = {
    "salutation": "Beste {name},",
    "salutation_stranger": "Goedendag,",
    "sign_off": "Met vriendelijke groet,",
    "answer": "U kunt gewoon op deze mail antwoorden.",
    "genuine": "Is dit bericht echt? Controleer het op {url} met code {code}.",
    "no_codes": "Wij vragen nooit om wachtwoorden, pincodes of codes van de bank.",
    "instalment": "Termijn {number}",
    "due": "uiterlijk {day}",
    "invoice": "factuur {number}",
    "some_invoices": "{count} facturen",
    "pay_link": "Betaalpagina",
    "subject_received": "Wij hebben uw bericht ontvangen",
    "subject_answer": "Antwoord op uw bericht",
    "settled": "Er staat niets meer open.",
    "outcome_rejected": "Wij zijn het niet met u eens. De factuur blijft staan.",
    "outcome_partly": "U heeft deels gelijk. Wij passen het bedrag aan.",
    "outcome_upheld": "U heeft gelijk. U hoeft deze factuur niet te betalen.",
    "outcome_withdrawn": "Uw bezwaar is ingetrokken.",
    "about_question": "uw vraag",
    "about_already_paid": "uw bericht dat u heeft betaald",
    "about_wrong_person": "uw bericht dat dit niet voor u is",
}
TEXTS: Final[Texts] = {
    Kind.RECEIPT: MailText(
        "Betaling ontvangen: {amount}",
        (
            "Bedankt. Uw betaling van {amount} is op {paid_on} ontvangen.",
            "U betaalde voor: {invoices}.",
            "Er staat nog {left} open.",
            "{settled}",
            "Over wat betaald is, krijgt u geen herinnering meer. Was er al een brief onderweg? Dan hoeft u daar niets mee te doen.",
        ),
    ),
    Kind.MESSAGE_RECEIVED: MailText(
        "{message_subject}",
        (
            "Wij hebben {about} ontvangen. U krijgt per e-mail antwoord.",
            "Tot en met {until_on} sturen we u hierover geen herinnering.",
            "{answer}",
            "Uw vraag was: {question}",
        ),
    ),
    Kind.DISPUTE_OPENED: MailText(
        "Uw bezwaar tegen {disputed}",
        (
            "Wij hebben uw bezwaar tegen factuur {invoice} ontvangen. Over deze factuur krijgt u geen herinnering, tot u antwoord heeft.",
            "Wij hebben uw bezwaar ontvangen tegen deze facturen: {invoices}. U krijgt er geen herinnering over, tot u antwoord heeft.",
            "U hoort uiterlijk op {resolve_by_on} van ons.",
            "Andere facturen blijven gewoon staan.",
        ),
    ),
    Kind.DISPUTE_RESOLVED: MailText(
        "Antwoord op uw bezwaar tegen factuur {invoice}",
        (
            "Wij hebben uw bezwaar tegen factuur {invoice} bekeken. {outcome}",
            "{note}",
            "Staat er nog iets open, dan ziet u dat op de betaalpagina.",
        ),
        "Bekijk wat openstaat",
    ),
    Kind.PROMISE_MADE: MailText(
        "Afgesproken: u betaalt op {pay_on}",
        (
            "U heeft toegezegd {amount} te betalen op {pay_on}. Zolang krijgt u geen herinnering.",
            "Het gaat om: {invoices}.",
            "Komt de betaling niet, dan gaan de herinneringen verder.",
        ),
        "Betaal nu of later",
    ),
    Kind.PLAN_REQUESTED: MailText(
        "Uw aanvraag om in termijnen te betalen",
        (
            "U heeft gevraagd om {total} in termijnen te betalen. Wij kijken of dat kan en laten het u weten.",
            "Tot en met {decide_by_on} sturen we u hierover geen herinnering.",
        ),
    ),
    Kind.PLAN_STARTED: MailText(
        "Uw betalingsregeling van {total}",
        (
            "U betaalt {total} in termijnen:",
            "{instalments}",
            "Betaalt u elke termijn op tijd, dan krijgt u over deze facturen geen herinneringen. Voor elke termijn sturen we op tijd een bericht.",
        ),
        "Betaal een termijn",
    ),
    Kind.PLAN_REJECTED: MailText(
        "Uw aanvraag om in termijnen te betalen",
        (
            "Wij kunnen niet akkoord gaan met de termijnen die u vroeg.",
            "{note}",
            "Wilt u iets anders voorstellen? Antwoord dan op deze mail of kijk op de betaalpagina.",
        ),
        "Bekijk wat openstaat",
    ),
    Kind.INSTALMENT_DUE: MailText(
        "Termijn {number}: {amount} voor {due_on}",
        (
            "Op {due_on} is termijn {number} van uw regeling aan de beurt: {amount}.",
            "Heeft u al betaald? Dan hoeft u niets te doen.",
        ),
        "Betaal termijn {number}",
    ),
    Kind.INSTALMENT_MISSED: MailText(
        "Termijn {number} is niet betaald",
        (
            "Termijn {number} van {amount} moest op {due_on} betaald zijn. Wij hebben die nog niet ontvangen.",
            "Betaal uiterlijk op {until_on}. Dan gaat de regeling gewoon door.",
            "Lukt het niet? Antwoord dan op deze mail, dan zoeken we samen een oplossing.",
        ),
        "Betaal termijn {number}",
    ),
    Kind.PLAN_ENDED: MailText(
        "Uw betalingsregeling is gestopt",
        (
            "Uw betalingsregeling is gestopt.",
            "{why}",
            "Er staat nog {left} open. De herinneringen gaan weer verder.",
            "Wilt u iets afspreken? Antwoord dan op deze mail of kijk op de betaalpagina.",
        ),
        "Bekijk wat openstaat",
    ),
    Kind.FORWARDED: MailText(
        "Openstaande facturen van {tenant}",
        (
            "{from_name} heeft laten weten dat u over deze facturen gaat. Daarom schrijven wij u.",
            "Van de facturen voor {customer} staat {total} open.",
            "Op de betaalpagina ziet u welke facturen het zijn. U kunt daar betalen, of laten weten dat er iets niet klopt.",
            "Bent u niet de juiste persoon? Antwoord dan op deze mail.",
        ),
        "Bekijk de facturen",
    ),
}
