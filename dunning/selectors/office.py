"""The office overview: one line per client tenant, in a number of queries that does not grow with the tenants.

Reads several tenants at once (`reading_context`), so the queries start at the models and name their tenants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Model, Q, QuerySet, Sum

from dunning.domain.facts import Gate
from dunning.freshness import Freshness, Known, judge, known_of
from dunning.models import CallTask, Handover, Notice, Run
from dunning.models.handovers import HandoverState
from dunning.models.notices import NoticeState
from dunning.models.runs import RunState
from dunning.selectors.dashboard import next_run_on
from receivables.models import Invoice, InvoiceRevision, Payment, PspPayment
from tenants.models import Tenant

ZERO = Decimal("0.00")
UNFINISHED = [HandoverState.FLAGGED, HandoverState.APPROVED, HandoverState.PACKAGED]


@dataclass(frozen=True, slots=True)
class Money:
    """What is open and what of it is late."""

    open_amount: Decimal = ZERO
    overdue_amount: Decimal = ZERO
    overdue_count: int = 0


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client tenant as the office sees it."""

    tenant: Tenant
    money: Money
    human: int
    freshness: Freshness
    waiting_run: UUID | None
    next_run_on: date

    @property
    def needs_look(self) -> bool:
        return bool(self.human or self.waiting_run or self.freshness.gate != Gate.GREEN or self.tenant.is_stopped)


@dataclass(frozen=True, slots=True)
class Totals:
    """The four figures above the list."""

    open_amount: Decimal
    overdue_amount: Decimal
    waiting_runs: int
    human: int


@dataclass(slots=True)
class _Figures:
    """What each query found, by tenant."""

    money: dict[int, Money] = field(default_factory=dict)
    human: dict[int, int] = field(default_factory=dict)
    last_on: dict[int, date] = field(default_factory=dict)
    waiting: dict[int, UUID] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)


def client_rows(tenants: Sequence[Tenant], *, now: datetime, on: date) -> list[ClientRow]:
    """The lines of these tenants, in their order."""
    found = _figures([tenant.pk for tenant in tenants], on=on)
    return [
        ClientRow(
            tenant=tenant,
            money=found.money.get(tenant.pk, Money()),
            human=found.human.get(tenant.pk, 0),
            freshness=judge(tenant, found.known[tenant.pk], on=on),
            waiting_run=found.waiting.get(tenant.pk),
            next_run_on=next_run_on(tenant, now=now, last_on=found.last_on.get(tenant.pk)),
        )
        for tenant in tenants
    ]


def totals(rows: Sequence[ClientRow]) -> Totals:
    return Totals(
        open_amount=sum((row.money.open_amount for row in rows), ZERO),
        overdue_amount=sum((row.money.overdue_amount for row in rows), ZERO),
        waiting_runs=sum(row.waiting_run is not None for row in rows),
        human=sum(row.human for row in rows),
    )


def _figures(ids: list[int], *, on: date) -> _Figures:
    found = _Figures(money=_money(ids, on=on), human=_human(ids, on=on))
    runs = Run.across_tenants.filter(tenant__in=ids)
    found.last_on = dict(runs.values_list("tenant").annotate(Max("on")))
    found.waiting = dict(runs.filter(state=RunState.PLANNED).order_by("on").values_list("tenant", "pk"))
    found.known = known_of(ids)
    return found


def _money(ids: list[int], *, on: date) -> dict[int, Money]:
    late = Q(due_on__lt=on)
    rows = Invoice.across_tenants.filter(tenant__in=ids, open_amount__gt=0).values("tenant")
    sums = rows.annotate(
        whole=Sum("open_amount"), late=Sum("open_amount", filter=late, default=ZERO), count=Count("pk", filter=late)
    )
    return {row["tenant"]: Money(row["whole"], row["late"], row["count"]) for row in sums}


def _human(ids: list[int], *, on: date) -> dict[int, int]:
    """Everything that waits for somebody, as the tenant's own dashboard lists it."""
    asking: list[QuerySet[Any]] = [
        CallTask.across_tenants.filter(closed_at__isnull=True, cancelled_at__isnull=True, planned_on__lte=on),
        Notice.across_tenants.filter(state=NoticeState.AMBIGUOUS),
        Handover.across_tenants.filter(state__in=UNFINISHED),
        InvoiceRevision.across_tenants.filter(decided_at__isnull=True),
        Payment.across_tenants.filter(unallocated__gt=0),
        PspPayment.across_tenants.exclude(problem=""),
    ]
    total: dict[int, int] = {}
    for rows in asking:
        for tenant, count in _counts(rows.filter(tenant__in=ids)).items():
            total[tenant] = total.get(tenant, 0) + count
    return total


def _counts(rows: QuerySet[Model]) -> dict[int, int]:
    return dict(rows.order_by().values_list("tenant").annotate(Count("pk")))
