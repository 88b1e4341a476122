"""VAT on claims that nobody paid, per return (art. 29 Wet OB): from one year after the due date, or when it was written off.

PostgreSQL computes the VAT of every claim in one expression, so that totals over a million invoices stay a page: what is lost, in
proportion to the VAT on the invoice, half up to cents. `receivables.domain.bad_debt` is the rule; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least

from receivables.domain.bad_debt import FilingPeriod, return_period
from receivables.domain.years import add_months
from receivables.models import Invoice, LedgerEntry
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import Component, EntryKind
from receivables.models.vat import VatReclaimKind
from receivables.selectors.vat_periods import bounds, spoken
from tenants.models import Tenant

ZERO: Final = Decimal("0.00")
AHEAD_MONTHS: Final = 12  # what is open today is certain within a year of its due date
AMOUNT: Final = DecimalField(max_digits=14, decimal_places=2)
FORMATS: Final = {FilingPeriod.MONTH: "YYYY-MM", FilingPeriod.QUARTER: 'YYYY-"Q"Q', FilingPeriod.YEAR: "YYYY"}


class Standing(StrEnum):
    """Where a period stands on a day."""

    OVER = "over"
    RUNNING = "running"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One return: what may still be asked back in it, and what was. `unknown` invoices do not say their VAT."""

    label: str
    standing: Standing
    count: int = 0
    lost: Decimal = ZERO
    vat: Decimal = ZERO
    unknown: int = 0
    filed_count: int = 0
    filed: Decimal = ZERO
    again: Decimal = ZERO
    again_filed: Decimal = ZERO

    @property
    def name(self) -> str:
        return spoken(self.label)

    @property
    def is_missed(self) -> bool:
        """The period is over and VAT of it was never marked as asked."""
        return self.standing is Standing.OVER and self.count > self.unknown


def lost_claims(tenant: Tenant, label: str, *, on: date) -> QuerySet[Any]:
    """Claims whose VAT belongs in this return: invoices with `certain_on`, `written_off_on`, `lost` and `vat`.

    `vat` is null when the invoice does not say what it is without VAT; nothing is assumed then.
    """
    first, last = bounds(label)
    open_then = _open(tenant).filter(due_on__gte=add_months(first, -12), due_on__lte=_latest_due(last))
    lost = open_then.values("pk").union(_write_offs(tenant).order_by().values("invoice"), all=True)
    rows = _with_vat(tenant, tenant.invoices.filter(pk__in=lost))
    return rows.filter(certain_on__gte=first, certain_on__lte=min(last, horizon(tenant, on=on)))


def reclaimed(tenant: Tenant) -> QuerySet[Any, Any]:
    """The invoices whose VAT was asked back and not withdrawn."""
    sign = Case(When(kind=VatReclaimKind.RECLAIM, then=F("amount")), default=-F("amount"), output_field=AMOUNT)
    rows = tenant.vat_reclaims.filter(Q(kind=VatReclaimKind.RECLAIM) | Q(kind=VatReclaimKind.WITHDRAWN, amount__gt=0))
    return rows.order_by().values("invoice").annotate(net=Sum(sign)).filter(net__gt=0).values("invoice")


def open_periods(tenant: Tenant, *, on: date) -> list[PeriodRow]:
    """What may still be asked back per return, in two queries: of what is open, and of what was given up."""
    last = horizon(tenant, on=on)
    given_up = _write_offs(tenant).order_by().values("invoice")
    sources = (
        _open(tenant).filter(due_on__lte=_latest_due(last)),
        tenant.invoices.filter(open_amount=0, pk__in=given_up),
    )
    found: dict[str, PeriodRow] = {}
    for source in sources:
        for row in _sums(tenant, _with_vat(tenant, source).filter(certain_on__lte=last)):
            known = found.get(row["period"]) or PeriodRow(row["period"], standing_of(row["period"], on=on))
            found[known.label] = replace(
                known,
                count=known.count + row["count"],
                lost=known.lost + row["sum_lost"],
                vat=known.vat + row["sum_vat"],
                unknown=known.unknown + row["unknown"],
            )
    return list(found.values())


def open_period(tenant: Tenant, label: str, *, on: date) -> PeriodRow:
    """The same of one return, which reads no other."""
    row = PeriodRow(label, standing_of(label, on=on))
    found = lost_claims(tenant, label, on=on).aggregate(
        count=Count("pk"),
        sum_lost=Sum("lost", default=ZERO),
        sum_vat=Sum("vat", default=ZERO),
        unknown=Count("pk", filter=Q(vat__isnull=True)),
    )
    return replace(row, count=found["count"], lost=found["sum_lost"], vat=found["sum_vat"], unknown=found["unknown"])


def _sums(tenant: Tenant, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    known = Q(vat__isnull=False)
    label = Value(FORMATS[FilingPeriod(tenant.vat_period)])
    period = Func(F("certain_on"), label, function="to_char", output_field=CharField())
    sums: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(period=period)
        .values("period")
        .annotate(
            count=Count("pk"),
            sum_lost=Sum("lost"),
            sum_vat=Coalesce(Sum("vat", filter=known), Value(ZERO), output_field=AMOUNT),
            unknown=Count("pk", filter=~known),
        )
    )
    return sums


def horizon(tenant: Tenant, *, on: date) -> date:
    """The last day of the last return that is shown."""
    return bounds(return_period(add_months(on, AHEAD_MONTHS), FilingPeriod(tenant.vat_period)))[1]


def standing_of(label: str, *, on: date) -> Standing:
    first, last = bounds(label)
    if last < on:
        return Standing.OVER
    return Standing.RUNNING if first <= on else Standing.COMING


def _latest_due(day: date) -> date:
    """What is due later becomes uncollectable after `day`; one day more for 29 February, and `certain_on` decides."""
    return add_months(day, -12) + timedelta(days=1)


def _open(tenant: Tenant) -> QuerySet[Invoice]:
    return tenant.invoices.exclude(open_amount=0).filter(open_amount__gt=0)


def _with_vat(tenant: Tenant, rows: QuerySet[Invoice]) -> QuerySet[Any]:
    """Of these invoices that carry VAT: since when non-payment is certain, of how much, and the VAT in it."""
    rows = rows.filter(kind=InvoiceKind.INVOICE, currency="EUR", total_amount__gt=0)
    rows = rows.exclude(total_without_vat=F("total_amount")).exclude(pk__in=reclaimed(tenant))
    written = _write_offs(tenant).filter(invoice=OuterRef("pk")).order_by().values("invoice")
    given_up = Subquery(written.annotate(total=-Sum("amount")).values("total"), output_field=AMOUNT)
    in_a_year = Func(F("due_on"), template="(%(expressions)s + interval '1 year')::date", output_field=DateField())
    still_open = F("open_amount") - F("claimed_amount")
    rows = rows.annotate(
        written_off_on=Case(
            When(open_amount=0, then=Subquery(written.annotate(day=Max("booked_on")).values("day"))),
            output_field=DateField(),
        ),
        lost=Case(When(open_amount=0, then=given_up), default=still_open, output_field=AMOUNT),
    )
    since_given_up = When(open_amount=0, then=Least(F("written_off_on"), in_a_year))
    certain_on = Case(since_given_up, default=in_a_year, output_field=DateField())
    return rows.annotate(certain_on=certain_on, vat=_vat(F("lost"))).filter(lost__gt=0)


def _write_offs(tenant: Tenant) -> QuerySet[LedgerEntry]:
    return tenant.ledger.filter(kind=EntryKind.WRITE_OFF, component=Component.PRINCIPAL, reversed_by__isnull=True)


def _vat(lost: F) -> Func:
    share = ExpressionWrapper(
        lost * (F("total_amount") - F("total_without_vat")) / F("total_amount"),
        output_field=DecimalField(max_digits=30, decimal_places=16),
    )
    return Func(share, Value(2), function="round", output_field=AMOUNT)
