"""What a consumer reads in English; see `texts_nl_consumer` for what each text must and may not say."""

from __future__ import annotations

from dunning.letters.paragraphs import Also, LegalContent, NoticeText, P, StepKind, When

HELP = P(
    "Do you find it hard to pay your bills? Your municipality helps you, free of charge and in confidence.",
    When.NATURAL_PERSON,
)
CONTACT = P("Is something not right? Or can you not pay everything at once? Then please contact us.")
ASKED = (
    P(
        "On {vorige_datum} we asked you to pay the {invoice|invoices} below. We have not yet received the full amount.",
        When.ASKED_BEFORE,
    ),
    P(
        "You should already have paid the {invoice|invoices} below. We have not yet received the full amount.",
        When.FIRST_TIME,
    ),
)
PAY = P("Please pay {totaal}. The amount must be in our account by {uiterste_datum} at the latest.")
WITH_INTEREST = Also(
    "This amount includes {rente} in interest. The specification shows how it was calculated.", When.INTEREST
)
INTEREST_STATED = P(
    "Up to today {vermelde_rente} in interest has accrued. We do not ask you for that interest now.",
    When.INTEREST_STATED,
)
INTEREST_RUNS = Also("Interest continues to run until the day on which you pay.", When.INTEREST)
COSTS_NEED_A_LETTER = P(
    "You only owe collection costs after you have received a separate letter about them. That letter states the exact amount. "
    "You then have another fourteen days to pay without those costs."
)
AGENCY = P("If you do not pay in time, we may hand the matter over to a collection agency.")

PRE_DUE = NoticeText(
    name="Upcoming payment",
    subject="Payment due soon: {facturen}",
    opening=(
        P(
            "The payment term of the {invoice|invoices} below ends soon. Would you please pay {totaal} by {uiterste_datum}?",
            When.ONE_DUE_DATE,
        ),
        P(
            "The payment terms of the invoices below end soon. Together they come to {totaal}. Would you please pay each "
            "invoice by its due date? The first due date is {uiterste_datum}.",
            When.SEVERAL_DUE_DATES,
        ),
    ),
    closing=(
        P(
            "Have you already paid? Then you need not do anything. Do you have a question about "
            "{the invoice|one of the invoices}? Please tell us. We are glad to help."
        ),
    ),
)
REMINDER = NoticeText(
    name="Payment reminder",
    subject="Payment reminder: {facturen}",
    opening=(
        P(
            "The payment term of the {invoice|invoices} below has passed. We have not yet received the full amount. You may "
            "have forgotten it."
        ),
        P("Would you please pay {totaal}? We would like to receive it by {uiterste_datum}."),
    ),
    closing=(
        P("Have you just paid? Then you need not do anything more."),
        P(
            "Is something not right? Or can you not pay everything at once? Please tell us before that date. We will then "
            "find a solution together."
        ),
    ),
)
DEMAND = NoticeText(
    name="Demand for payment",
    subject="Demand for payment: {facturen}",
    opening=(*ASKED, PAY, WITH_INTEREST),
    closing=(
        INTEREST_STATED,
        P("If you do not pay in time, we may send you one more letter with a final term."),
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
        P("We therefore give you notice of default. That means: we give you a new term in which to pay."),
        PAY,
        WITH_INTEREST,
    ),
    closing=(
        P("If you do not pay in time, you will be in default. From then on we may ask for statutory interest."),
        COSTS_NEED_A_LETTER,
        CONTACT,
        HELP,
    ),
)
DEFAULT_NOTICE = NoticeText(
    name="Notice of default",
    subject="Notice of default: {facturen}",
    opening=(
        *ASKED,
        P("We therefore give you notice of default. That means: we give you a final term in which to pay."),
        PAY,
        WITH_INTEREST,
    ),
    closing=(
        P(
            "If you do not pay in time, you will be in default. From then on we may ask for statutory interest. We may also "
            "hand the matter over to a collection agency."
        ),
        COSTS_NEED_A_LETTER,
        CONTACT,
        HELP,
    ),
)
FOURTEEN_DAY = NoticeText(
    name="Demand for payment",
    subject="Demand for payment: pay now without collection costs ({facturen})",
    opening=(
        P(
            "You should already have paid the {invoice|invoices} below. We have not yet received the full amount. You are "
            "therefore in default."
        ),
        P("Please pay {totaal}. Do so {termijn}. You then owe no collection costs."),
        WITH_INTEREST,
    ),
    closing=(
        P("If you do not pay within this term, you will also owe {aangekondigde_kosten} in collection costs."),
        Also("To these costs {btw_kosten} in VAT ({btw_percentage}%) is added. {btw_verklaring}", When.VAT),
        Also("You would then owe {totaal_met_kosten} in total."),
        Also("Interest may be added to that. It continues to run until the day on which you pay.", When.INTEREST),
        P(
            "The collection costs follow from Dutch law (Article 6:96 of the Civil Code). We calculate them over {hoofdsom}, so "
            "not over interest. If you pay part within the term, we calculate them only over the part that you still owe."
        ),
        CONTACT,
        HELP,
    ),
)
COSTS_DUE = NoticeText(
    name="Final demand",
    subject="Final demand: {facturen}",
    opening=(
        P(
            "We sent you an earlier letter about collection costs. It gave you fourteen days to pay without those costs. That "
            "term has passed. We have not yet received the full amount."
        ),
        P(
            "You therefore now also owe {kosten} in collection costs (Article 6:96 of the Dutch Civil Code).",
            When.COSTS,
        ),
        Also("To these costs {btw_kosten} in VAT ({btw_percentage}%) is added. {btw_verklaring}", When.VAT),
        PAY,
        WITH_INTEREST,
    ),
    closing=(AGENCY, INTEREST_RUNS, CONTACT, HELP),
)
LAST_NOTICE = NoticeText(
    name="Final demand",
    subject="Final demand: {facturen}",
    opening=(*ASKED, P("You are in default. This is our final demand."), PAY, WITH_INTEREST),
    closing=(INTEREST_STATED, AGENCY, INTEREST_RUNS, COSTS_NEED_A_LETTER, CONTACT, HELP),
)

TEXTS = {
    (StepKind.PRE_DUE_NOTICE, LegalContent.FRIENDLY): PRE_DUE,
    (StepKind.REMINDER, LegalContent.FRIENDLY): REMINDER,
    (StepKind.DEMAND, LegalContent.DEMAND): DEMAND,
    (StepKind.DEMAND, LegalContent.DEFAULT_NOTICE): FIRST_DEFAULT_NOTICE,
    (StepKind.DEMAND, LegalContent.FOURTEEN_DAY): FOURTEEN_DAY,
    (StepKind.DEMAND, LegalContent.COSTS_DUE): COSTS_DUE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.DEFAULT_NOTICE): DEFAULT_NOTICE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.FOURTEEN_DAY): FOURTEEN_DAY,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.COSTS_DUE): COSTS_DUE,
    (StepKind.NOTICE_OF_DEFAULT, LegalContent.LAST_NOTICE): LAST_NOTICE,
}
