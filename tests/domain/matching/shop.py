"""A small creditor to write receipts for: three debtors, some invoices, a credit note."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from receivables.domain.matching import propose
from receivables.domain.matching.books import Books
from receivables.domain.matching.values import Debtor, Evidence, OpenItem, Proposal, Receipt

BAKERY_IBAN, FAMILY_IBAN, NEW_IBAN = "NL13TEST0123456789", "NL91TEST0987654321", "NL57TEST0000000001"
PAID_ON = date(2026, 5, 20)

BAKERY = Debtor("bakery", "Bakkerij Smit B.V.", "10023", frozenset({BAKERY_IBAN}))
FAMILY = Debtor("family", "Anneke de Jong", "10024", frozenset({FAMILY_IBAN}))
BUILDER = Debtor("builder", "Van den Berg Bouw V.O.F.", "10025")
DEBTORS = (BAKERY, FAMILY, BUILDER)


def item(
    number: str,
    cents: int,
    debtor: Debtor = BAKERY,
    *,
    principal: int | None = None,
    due: date = date(2026, 4, 30),
    issued: date = date(2026, 4, 1),
    references: tuple[str, ...] = (),
) -> OpenItem:
    return OpenItem(
        id=f"{debtor.id}:{number}",
        debtor_id=debtor.id,
        number=number,
        open_cents=cents,
        principal_cents=cents if principal is None else principal,
        issued_on=issued,
        due_on=due,
        references=references,
    )


def paid(
    cents: int, text: str = "", *, name: str = "", iban: str = "", reference: str = "", on: date = PAID_ON
) -> Receipt:
    return Receipt("r", cents, on, text, reference, "", iban, name)


def proposals(receipt: Receipt, *items: OpenItem, debtors: Iterable[Debtor] = DEBTORS) -> tuple[Proposal, ...]:
    return propose(receipt, Books(debtors, items))


def best(receipt: Receipt, *items: OpenItem, debtors: Iterable[Debtor] = DEBTORS) -> Proposal:
    return proposals(receipt, *items, debtors=debtors)[0]


def parts(proposal: Proposal) -> dict[str, int]:
    """Amounts by invoice number."""
    return {part.item_id.partition(":")[2]: part.cents for part in proposal.parts}


def evidence(proposal: Proposal) -> set[Evidence]:
    return {reason.evidence for reason in proposal.reasons}
