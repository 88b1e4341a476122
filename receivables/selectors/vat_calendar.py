"""The VAT calendar as it is shown: one row per return, and the lists behind it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from receivables.domain.bad_debt import FilingPeriod, return_period
from receivables.models import Invoice, VatReclaim
from receivables.models.vat import VatReclaimKind
from receivables.selectors.paging import Sort
from receivables.selectors.vat import PeriodRow, horizon, lost_claims, open_period, open_periods, standing_of
from receivables.selectors.vat_again import DueAgain, due_again_of, invoices_of
from receivables.selectors.vat_periods import bounds, following
from tenants.models import Tenant

BY_DUE: Final = Sort(("due_on", "id"))
NEWEST: Final = Sort(("at", "id"), is_descending=True)


class Listed(StrEnum):
    OPEN = "te-vragen"
    AGAIN = "opnieuw"
    FILED = "aangegeven"


LISTS: Final = {
    Listed.OPEN: "Terug te vragen",
    Listed.AGAIN: "Opnieuw verschuldigd",
    Listed.FILED: "Gemarkeerd als aangegeven",
}


@dataclass(frozen=True, slots=True)
class AgainRow:
    invoice: Invoice
    again: DueAgain


def vat_calendar(tenant: Tenant, *, on: date) -> list[PeriodRow]:
    """Every return with something in it, and those from now to the horizon; the latest first."""
    rows = {row.label: row for row in open_periods(tenant, on=on)}
    for label in _from_now_on(tenant, on=on):
        rows.setdefault(label, PeriodRow(label, standing_of(label, on=on)))
    again: dict[str, Decimal] = defaultdict(Decimal)
    for one in due_again_of(tenant):
        again[one.period] += one.vat.amount
    filed = _filed(tenant)
    for label in {*again, *filed} - set(rows):
        rows[label] = PeriodRow(label, standing_of(label, on=on))
    return [
        _with_filed(replace(row, again=again[label]), filed.get(label))
        for label, row in sorted(rows.items(), key=lambda found: _end(found[0]), reverse=True)
    ]


def one_return(tenant: Tenant, label: str, *, on: date) -> PeriodRow:
    """One row of the calendar."""
    again = sum((one.vat.amount for one in due_again_of(tenant) if one.period == label), Decimal(0))
    row = replace(open_period(tenant, label, on=on), again=again)
    return _with_filed(row, _filed(tenant).get(label))


def open_claims(tenant: Tenant, label: str, *, on: date) -> QuerySet[Any]:
    """The claims whose VAT belongs in this return."""
    return lost_claims(tenant, label, on=on).select_related("customer")


def again_rows(tenant: Tenant, label: str) -> list[AgainRow]:
    found = [one for one in due_again_of(tenant) if one.period == label]
    invoices = invoices_of(tenant, found)
    return [AgainRow(invoices[one.invoice_id], one) for one in found]


def filed_lines(tenant: Tenant, label: str) -> QuerySet[VatReclaim]:
    """What was marked for this return, withdrawals included."""
    return tenant.vat_reclaims.filter(return_period=label).select_related("invoice__customer", "by")


def standing_reclaims(tenant: Tenant, label: str, invoice_ids: list[UUID]) -> set[UUID]:
    """Of these invoices those whose VAT is marked as asked in this return and not withdrawn."""
    asked = tenant.vat_reclaims.filter(return_period=label, invoice__in=invoice_ids).order_by().values("invoice")
    plus = Sum("amount", filter=Q(kind=VatReclaimKind.RECLAIM), default=Decimal(0))
    minus = Sum("amount", filter=Q(kind=VatReclaimKind.WITHDRAWN, amount__gt=0), default=Decimal(0))
    return {row["invoice"] for row in asked.annotate(net=plus - minus).filter(net__gt=0)}


def _filed(tenant: Tenant) -> dict[str, dict[str, Any]]:
    """What stands as asked back and as declared again, per return."""
    withdrawn = Q(kind=VatReclaimKind.WITHDRAWN)
    zero = Decimal(0)
    rows = (
        tenant.vat_reclaims.order_by()
        .values("return_period")
        .annotate(
            asked=Sum("amount", filter=Q(kind=VatReclaimKind.RECLAIM), default=zero)
            - Sum("amount", filter=withdrawn & Q(amount__gt=0), default=zero),
            again=Sum("amount", filter=Q(kind=VatReclaimKind.DUE_AGAIN), default=zero)
            + Sum("amount", filter=withdrawn & Q(amount__lt=0), default=zero),
            times=Count("pk", filter=Q(kind=VatReclaimKind.RECLAIM)) - Count("pk", filter=withdrawn & Q(amount__gt=0)),
        )
    )
    return {row["return_period"]: dict(row) for row in rows}


def _with_filed(row: PeriodRow, filed: dict[str, Any] | None) -> PeriodRow:
    if filed is None:
        return row
    return replace(row, filed=filed["asked"], again_filed=filed["again"], filed_count=filed["times"])


def _from_now_on(tenant: Tenant, *, on: date) -> list[str]:
    period = FilingPeriod(tenant.vat_period)
    labels, last = [return_period(on, period)], return_period(horizon(tenant, on=on), period)
    while labels[-1] != last:
        labels.append(following(labels[-1], period))
    return labels


def _end(label: str) -> tuple[date, str]:
    return bounds(label)[1], label
