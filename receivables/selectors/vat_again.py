"""Receipts after VAT was asked back: each makes part of that VAT due again, in the return of the day it came in.

The part follows what was filed: everything received makes exactly everything due again, to the cent. A settled credit note counts
too, for it lowers the VAT once more by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import F

from receivables.domain.bad_debt import FilingPeriod, return_period
from receivables.domain.money import Money
from receivables.models import Invoice, LedgerEntry, VatReclaim
from receivables.models.ledger import Component, EntryKind
from receivables.models.vat import VatReclaimKind
from tenants.models import Tenant

RECEIPTS: Final = (EntryKind.PAYMENT, EntryKind.SETTLEMENT, EntryKind.REVERSAL)


@dataclass(frozen=True, slots=True)
class DueAgain:
    """What one invoice makes due again in one return, beyond what was marked there; negative when a receipt went back."""

    invoice_id: UUID
    period: str
    received: Money
    vat: Money


def due_again_of(tenant: Tenant) -> list[DueAgain]:
    """Everything that is due again and not yet marked as filed, in two queries; only invoices with later receipts are read."""
    entries: dict[UUID, list[LedgerEntry]] = defaultdict(list)
    later = tenant.ledger.filter(
        invoice__vat_reclaims__kind=VatReclaimKind.RECLAIM,
        created_at__gt=F("invoice__vat_reclaims__at"),
        component=Component.PRINCIPAL,
        kind__in=RECEIPTS,
    )
    for entry in later.select_related("payment").order_by("booked_on", "created_at", "pk").distinct():
        entries[entry.invoice_id].append(entry)
    rows: dict[UUID, list[VatReclaim]] = defaultdict(list)
    for row in tenant.vat_reclaims.filter(invoice__in=list(entries)).order_by("at", "pk"):
        rows[row.invoice_id].append(row)
    period = FilingPeriod(tenant.vat_period)
    found = [one for invoice_id in entries for one in _of_invoice(rows[invoice_id], entries[invoice_id], period)]
    return sorted(found, key=lambda one: (one.period, str(one.invoice_id)))


def invoices_of(tenant: Tenant, found: Iterable[DueAgain]) -> dict[UUID, Invoice]:
    return tenant.invoices.select_related("customer").in_bulk([one.invoice_id for one in found])


def _of_invoice(rows: list[VatReclaim], entries: list[LedgerEntry], period: FilingPeriod) -> list[DueAgain]:
    active, filed = _active(rows)
    if active is None:
        return []
    received: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if entry.created_at > active.at:
            day = entry.payment.received_on if entry.payment and entry.kind == EntryKind.PAYMENT else entry.booked_on
            received[return_period(day, period)] -= entry.amount
    found, so_far, before = [], Decimal(0), Money.zero()
    for label in sorted({*received, *filed}):
        so_far += received[label]
        whole = _share(active, so_far)
        left = whole - before - Money.of(filed.get(label, Decimal(0)))
        before = whole
        if left:
            found.append(DueAgain(active.invoice_id, label, Money.of(received[label]), left))
    return found


def _active(rows: list[VatReclaim]) -> tuple[VatReclaim | None, dict[str, Decimal]]:
    """The reclaim that stands, and what was marked as due again since."""
    active: VatReclaim | None = None
    filed: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.kind == VatReclaimKind.RECLAIM:
            active, filed = row, defaultdict(Decimal)
        elif row.kind == VatReclaimKind.DUE_AGAIN or row.amount < 0:
            filed[row.return_period] += row.amount
        else:
            active = None
    return active, filed


def _share(active: VatReclaim, received: Decimal) -> Money:
    """The VAT in what was received, never more than was asked back."""
    counted = min(max(received, Decimal(0)), active.base_amount)
    return Money.rounded(active.amount * counted / active.base_amount)
