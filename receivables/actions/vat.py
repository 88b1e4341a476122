"""Marking what went into a VAT return (art. 29 Wet OB): asked back, due again, or withdrawn. Lines are added, never changed.

Whoever marks holds the tenant's row, so that two people never ask the same VAT back twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from receivables.actions.bulk import insert_rows
from receivables.models import VatReclaim
from receivables.models.vat import VatReclaimKind
from receivables.selectors.vat import Standing, lost_claims, standing_of
from receivables.selectors.vat_again import due_again_of
from tenants import audit
from tenants.ids import new_id
from tenants.models import Tenant, User

COLUMNS = ("id", "invoice", "kind", "return_period", "amount", "base_amount")


class VatError(ValueError):
    """This cannot be marked; the message says why, in Dutch."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What was marked."""

    count: int
    vat: Decimal
    base: Decimal


@transaction.atomic
def file_reclaims(tenant: Tenant, label: str, *, on: date, now: datetime, by: User | None) -> Filed:
    """Mark everything of this return whose VAT is known as asked back; what does not say its VAT stays."""
    _refuse_unfinished(label, on=on)
    _lock(tenant)
    claims = lost_claims(tenant, label, on=on).filter(vat__gt=0, certain_on__lte=on)
    rows = [
        (new_id(), invoice_id, VatReclaimKind.RECLAIM, label, vat, lost)
        for invoice_id, vat, lost in claims.values_list("pk", "vat", "lost")
    ]
    return _write(tenant, rows, verb="vat.reclaimed", label=label, on=on, now=now, by=by)


@transaction.atomic
def file_due_again(tenant: Tenant, label: str, *, on: date, now: datetime, by: User | None) -> Filed:
    """Mark the VAT that came due again in this return as declared."""
    _refuse_unfinished(label, on=on)
    _lock(tenant)
    rows = [
        (new_id(), one.invoice_id, VatReclaimKind.DUE_AGAIN, label, one.vat.amount, one.received.amount)
        for one in due_again_of(tenant)
        if one.period == label
    ]
    return _write(tenant, rows, verb="vat.due_again", label=label, on=on, now=now, by=by)


@transaction.atomic
def withdraw_reclaims(
    tenant: Tenant, label: str, *, invoice_id: UUID | None = None, on: date, now: datetime, by: User | None
) -> Filed:
    """Take back what was marked as asked in this return, of one invoice or of all; what is due again must be taken back first."""
    _lock(tenant)
    mine = tenant.vat_reclaims.filter(return_period=label)
    mine = mine if invoice_id is None else mine.filter(invoice=invoice_id)
    asked = _net(mine.filter(kind=VatReclaimKind.RECLAIM), mine.filter(kind=VatReclaimKind.WITHDRAWN, amount__gt=0))
    again = tenant.vat_reclaims.filter(invoice__in=list(asked))
    declared = _net(
        again.filter(kind=VatReclaimKind.DUE_AGAIN), again.filter(kind=VatReclaimKind.WITHDRAWN, amount__lt=0), sign=1
    )
    if declared:
        raise VatError("Van deze facturen is al btw opnieuw aangegeven. Trek dat eerst in.")
    return _withdraw(tenant, asked, label, on=on, now=now, by=by)


@transaction.atomic
def withdraw_due_again(tenant: Tenant, label: str, *, on: date, now: datetime, by: User | None) -> Filed:
    """Take back what was marked as declared again in this return."""
    _lock(tenant)
    mine = tenant.vat_reclaims.filter(return_period=label)
    again = _net(
        mine.filter(kind=VatReclaimKind.DUE_AGAIN), mine.filter(kind=VatReclaimKind.WITHDRAWN, amount__lt=0), sign=1
    )
    return _withdraw(tenant, {pk: (-vat, -base) for pk, (vat, base) in again.items()}, label, on=on, now=now, by=by)


def _net(
    marked: Iterable[VatReclaim], withdrawn: Iterable[VatReclaim], *, sign: int = -1
) -> dict[UUID, tuple[Decimal, Decimal]]:
    """Per invoice what still stands: VAT and the amount it came from."""
    sums: dict[UUID, tuple[Decimal, Decimal]] = {}
    for rows, factor in ((marked, 1), (withdrawn, sign)):
        for row in rows:
            vat, base = sums.get(row.invoice_id, (Decimal(0), Decimal(0)))
            sums[row.invoice_id] = (vat + factor * row.amount, base + factor * row.base_amount)
    return {pk: found for pk, found in sums.items() if found[0]}


def _withdraw(
    tenant: Tenant,
    standing: dict[UUID, tuple[Decimal, Decimal]],
    label: str,
    *,
    on: date,
    now: datetime,
    by: User | None,
) -> Filed:
    rows = [(new_id(), pk, VatReclaimKind.WITHDRAWN, label, vat, base) for pk, (vat, base) in standing.items()]
    return _write(tenant, rows, verb="vat.withdrawn", label=label, on=on, now=now, by=by)


def _write(
    tenant: Tenant,
    rows: list[tuple[UUID, UUID, VatReclaimKind, str, Decimal, Decimal]],
    *,
    verb: str,
    label: str,
    on: date,
    now: datetime,
    by: User | None,
) -> Filed:
    if not rows:
        raise VatError("Er is niets om te markeren.")
    same = {"tenant": tenant.pk, "filed_on": on, "by": by.pk if by else None, "at": now}
    insert_rows(VatReclaim, COLUMNS, rows, same=same)
    filed = Filed(len(rows), sum((row[4] for row in rows), Decimal(0)), sum((row[5] for row in rows), Decimal(0)))
    details = {"period": label, "count": filed.count, "amount": str(filed.vat)}
    audit.record(tenant, verb, now=now, by=by, details=details)
    return filed


def _refuse_unfinished(label: str, *, on: date) -> None:
    if standing_of(label, on=on) is not Standing.OVER:
        raise VatError("Deze periode is nog niet voorbij; er kan nog van alles betaald worden.")


def _lock(tenant: Tenant) -> None:
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
