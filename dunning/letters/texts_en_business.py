"""What a business reads in English; see `texts_nl_business` for the articles."""

from __future__ import annotations

from dunning.letters.paragraphs import Also, LegalContent, NoticeText, P, StepKind, When

HELP = P(
    "Do you find it hard to pay your bills? Your municipality offers free and confidential help with money worries.",
    When.NATURAL_PERSON,
)
CONTACT = P("If you dispute our claim, or cannot pay at once, please contact us before the date mentioned.")
PAY = "It must have been credited to our account by {uiterste_datum} at the latest."
CLAIMED = (
    Also("This amount includes {rente} in interest; the calculation is in the specification.", When.INTEREST),
    Also(
        "This amount includes {kosten} in compensation for collection costs (Article 6:96 of the Dutch Civil Code).",
        When.COSTS,
    ),
    Also("To these {btw_kosten} in VAT ({btw_percentage}%) is added. {btw_verklaring}", When.VAT),
)
INTEREST_STATED = P(
    "Up to and including today {vermelde_rente} in interest is due. This message does not ask for that interest.",
    When.INTEREST_STATED,
)
INTEREST_RUNS = Also("Interest continues to run up to and including the day on which you pay.", When.INTEREST)
MORE_MAY_FOLLOW = P(
    "We reserve the right to claim statutory commercial interest and compensation for collection costs, as far as Dutch law "
    "provides for them and they are not yet included in the amount asked."
)
ASKED = (
    P(
        "On {vorige_datum} we asked you to pay the {invoice|invoices} below. To date we have not received full payment.",
        When.ASKED_BEFORE,
    ),
    P(
        "The payment term of the {invoice|invoices} below has passed. To date we have not received full payment.",
        When.FIRST_TIME,
    ),
)
FAILED = (
    P(
        "In spite of our message of {vorige_datum} we have still not received full payment of the {invoice|invoices} below. "
        "You are therefore failing to perform your obligation to pay.",
        When.ASKED_BEFORE,
    ),
    P(
        "The payment term of the {invoice|invoices} below has passed without full payment. You are therefore failing to "
        "perform your obligation to pay.",
        When.FIRST_TIME,
    ),
)

PRE_DUE = NoticeText(
    name="Upcoming payment",
    subject="Payment due soon: {facturen}",
    opening=(
        P(
            "We would like to point out that the payment term of the {invoice|invoices} below ends soon. We kindly ask you to "
            "pay {totaal} by {uiterste_datum}.",
            When.ONE_DUE_DATE,
        ),
        P(
            "We would like to point out that the payment terms of the invoices below end soon. Together they come to "
            "{totaal}. We kindly ask you to pay each amount by the due date beside it; the first is {uiterste_datum}.",
            When.SEVERAL_DUE_DATES,
        ),
    ),
    closing=(
        P(
            "If you have already arranged payment, you need not do anything. If you have a question about "
            "{the invoice|one of the invoices}, please tell us before that date and we will look into it."
        ),
    ),
)
REMINDER = NoticeText(
    name="Payment reminder",
    subject="Payment reminder: {facturen}",
    opening=(
        P(
            "According to our records the payment term of the {invoice|invoices} below has passed and we have not yet received "
            "full payment. This may have escaped your attention."
        ),
        P("We ask you to pay the outstanding amount of {totaal} by {uiterste_datum}."),
    ),
    closing=(
        P(
            "If this reminder has crossed your payment, please disregard it. If you disagree with "
            "{the invoice|one of the invoices}, or cannot pay everything at once, please tell us before that date so that we "
            "can find a solution together."
        ),
    ),
)
DEMAND = NoticeText(
    name="Demand for payment",
    subject="Demand for payment: {facturen}",
    opening=(*ASKED, P(f"We demand payment of {{totaal}}. {PAY}"), *CLAIMED),
    closing=(
        INTEREST_STATED,
        P(
            "If we do not receive the amount within this term, we may send you a final demand. You prevent this by paying in "
            "time."
        ),
        INTEREST_RUNS,
        CONTACT,
        HELP,
    ),
)
FIRST_DEFAULT_NOTICE = NoticeText(
    name="Demand for payment",
    subject="Demand for payment: {facturen}",
    opening=(
        *ASKED,
        P(f"We hereby give you notice of default and grant you a reasonable term in which to pay {{totaal}}. {PAY}"),
        *CLAIMED,
    ),
    closing=(
        P(
            "If we do not receive the amount within this term, you will be in default, as far as you are not already. You "
            "prevent this by paying in time."
        ),
        MORE_MAY_FOLLOW,
        CONTACT,
        HELP,
    ),
)
DEFAULT_NOTICE = NoticeText(
    name="Notice of default",
    subject="Notice of default: {facturen}",
    opening=(
        *FAILED,
        P(
            "We hereby give you, as far as necessary, notice of default and grant you a final term in which to pay "
            f"{{totaal}}. {PAY}"
        ),
        *CLAIMED,
    ),
    closing=(
        P(
            "If we do not receive the amount within this term, you will be in default, as far as you are not already. We may "
            "then place the claim with a collection agency without further notice."
        ),
        MORE_MAY_FOLLOW,
        CONTACT,
        HELP,
    ),
)
LAST_NOTICE = NoticeText(
    name="Final demand",
    subject="Final demand: {facturen}",
    opening=(*FAILED, P(f"You are in default. We demand payment of {{totaal}}. {PAY}"), *CLAIMED),
    closing=(
        INTEREST_STATED,
        P(
            "If we do not receive the amount within this term, we may place the claim with a collection agency without further "
            "notice."
        ),
        INTEREST_RUNS,
        MORE_MAY_FOLLOW,
        CONTACT,
        HELP,
    ),
)

TEXTS = {
    (StepKind.PRE_DUE_NOTICE, LegalContent.FRIENDLY): PRE_DUE,
    (StepKind.REMINDER, LegalContent.FRIENDLY): REMINDER,
    (StepKind.DEMAND, LegalContent.DEMAND): DEMAND,
    (StepKind.DEMAND, LegalContent.DEFAULT_NOTICE): FIRST_DEFAULT_NOTICE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.DEFAULT_NOTICE): DEFAULT_NOTICE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.LAST_NOTICE): LAST_NOTICE,
}
