"""Paying a part: how much it must be at least, and which invoices it is for (art. 6:43 and 6:44 BW, oldest first)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from receivables.balance import InvoiceBalance
from receivables.domain.allocation import Claim, allocate
from receivables.domain.money import Money

LEAST_PART: Final = Money.of("5.00")  # below this a payment costs the creditor more than it is worth waiting for

MOST_AT_ONCE: Final = 500  # invoices in one payment: what the page asks for and what goes to the PSP are the same


def is_too_little(amount: Money, claims: Sequence[InvoiceBalance]) -> bool:
    return amount < min(LEAST_PART, total_of(claims))


def total_of(claims: Sequence[InvoiceBalance]) -> Money:
    return Money.total(claim.open for claim in claims)


def spread(amount: Money, claims: Sequence[InvoiceBalance], *, on: date) -> dict[UUID, Money]:
    """Divide `amount` over the chosen claims; one that receives nothing is left out."""
    found = {str(claim.invoice.pk): claim.invoice.pk for claim in claims}
    parts = allocate(amount, [_claim(claim) for claim in claims], on=on).parts
    return {found[name]: part.total for name, part in parts.items() if part.total}


def _claim(balance: InvoiceBalance) -> Claim:
    invoice = balance.invoice
    return Claim(
        id=str(invoice.pk),
        invoiced_on=invoice.issued_on,
        due_on=invoice.due_on,
        principal=max(balance.principal, Money.zero()),
        interest=max(balance.interest, Money.zero()),
        costs=max(balance.costs, Money.zero()),
    )
