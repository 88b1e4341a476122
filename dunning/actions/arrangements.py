"""What disputes, promises and plans share: which invoices they are about, and a refusal that says why.

Whoever makes one takes the customer's lock first, as a claim does: a letter claimed after the commit sees it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from dunning.models.handovers import HandoverState
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from receivables.models.invoices import InvoiceKind
from tenants.models import Tenant

YEAR: Final = timedelta(days=365)
AGAIN_AFTER: Final = timedelta(days=60)  # within these days a debtor's second claim or request holds nothing


class ArrangementError(ValueError):
    """This cannot be arranged; the message says why in Dutch, `code` for a page in another language."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def open_invoices(tenant: Tenant, customer: Customer, invoice_ids: Collection[UUID]) -> list[Invoice]:
    """The named invoices of this customer that still ask something, oldest first. What was paid meanwhile falls off."""
    rows = tenant.invoices.filter(
        customer=customer, pk__in=invoice_ids, kind=InvoiceKind.INVOICE, open_amount__gt=0, currency="EUR"
    )
    found = list(rows.order_by("due_on", "number"))
    if not found:
        raise ArrangementError("nothing_open", "Op deze facturen staat niets meer open.")
    return found


def are_handed_over(tenant: Tenant, invoices: Collection[Invoice]) -> bool:
    """Whether the agency asks for one of these: then only a person agrees anything, for the agency must hear of it."""
    lines = tenant.handover_lines.filter(invoice__in=[invoice.pk for invoice in invoices], cancelled_at__isnull=True)
    return lines.filter(handover__state=HandoverState.HANDED_OVER).exists()


def total_of(invoices: Collection[Invoice]) -> Money:
    return Money.total(Money.of(invoice.open_amount) for invoice in invoices)


def not_past(day: date, *, on: date) -> None:
    if day < on:
        raise ArrangementError("day_past", "Kies een dag vanaf vandaag.")
