"""The English texts per step, for debtors who do not read Dutch.

Content follows art. 6:82 BW (default), 6:96 lid 6 (consumer costs: never without a fourteen-day letter) and the Wki rule that
nothing is announced that cannot or will not be done. These are the defaults; a tenant's own texts have the same shape.
"""

from __future__ import annotations

from dunning.letters.paragraphs import NoticeText, P, StepKind, When

HELP = P(
    "Do you find it hard to pay your bills? Your municipality offers free and confidential help with money worries.",
    When.NATURAL_PERSON,
)

FORMAL = {
    StepKind.PRE_DUE_NOTICE: NoticeText(
        name="Upcoming payment",
        subject="Payment due soon: {facturen}",
        opening=(
            P(
                "We would like to point out that the payment term of the {invoice|invoices} below ends soon. We kindly ask you "
                "to pay {totaal} by {uiterste_datum}.",
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
    ),
    StepKind.REMINDER: NoticeText(
        name="Payment reminder",
        subject="Payment reminder: {facturen}",
        opening=(
            P(
                "According to our records the payment term of the {invoice|invoices} below has passed and we have not yet "
                "received full payment. This may have escaped your attention."
            ),
            P("We ask you to pay the outstanding amount of {totaal} by {uiterste_datum}."),
        ),
        closing=(
            P(
                "If this reminder has crossed your payment, please disregard it. If you disagree with "
                "{the invoice|one of the invoices}, or cannot pay everything at once, please tell us before that date so that "
                "we can find a solution together."
            ),
        ),
    ),
    StepKind.DEMAND: NoticeText(
        name="Demand for payment",
        subject="Demand for payment: {facturen}",
        opening=(
            P(
                "On {vorige_datum} we asked you to pay the {invoice|invoices} below. To date we have not received full payment.",
                When.ASKED_BEFORE,
            ),
            P(
                "The payment term of the {invoice|invoices} below has passed. To date we have not received full payment.",
                When.FIRST_TIME,
            ),
            P(
                "We demand payment of the outstanding amount of {totaal}. It must have been credited to our account by "
                "{uiterste_datum} at the latest."
            ),
        ),
        closing=(
            P(
                "If we do not receive the amount within this term, we may give you formal notice of default. You prevent this by "
                "paying in time."
            ),
            P("If you dispute our claim, or cannot pay at once, please contact us before the date mentioned."),
            HELP,
        ),
    ),
    StepKind.NOTICE_OF_DEFAULT: NoticeText(
        name="Notice of default",
        subject="Notice of default: {facturen}",
        opening=(
            P(
                "In spite of our message of {vorige_datum} we have still not received full payment of the {invoice|invoices} "
                "below. You are therefore failing to perform your obligation to pay.",
                When.ASKED_BEFORE,
            ),
            P(
                "The payment term of the {invoice|invoices} below has passed without full payment. You are therefore failing to "
                "perform your obligation to pay.",
                When.FIRST_TIME,
            ),
            P(
                "We hereby give you, as far as necessary, notice of default and grant you a final term: the outstanding amount "
                "of {totaal} must have been credited to our account by {uiterste_datum} at the latest."
            ),
        ),
        closing=(
            P(
                "If we do not receive the amount within this term, you will be in default, as far as you are not already. We may "
                "then place the claim with a collection agency without further notice."
            ),
            P(
                "This message asks for the outstanding invoice amount only. We reserve the right to claim statutory commercial "
                "interest and compensation for collection costs as well, as far as Dutch law provides for them.",
                When.BUSINESS,
            ),
            P(
                "This message asks for the outstanding invoice amount only. Once you are in default we may also claim statutory "
                "interest. You owe collection costs only after you have received a separate letter about them, stating the exact "
                "amount and giving you fourteen days to pay without those costs.",
                When.CONSUMER,
            ),
            P("If you dispute our claim, or cannot pay at once, please contact us before the date mentioned."),
            HELP,
        ),
    ),
}
