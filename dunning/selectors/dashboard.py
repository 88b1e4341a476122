"""The dashboard of a tenant: what asks for a human, how fresh the books are, and what the next run is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Value

from dunning.models.arrangements import PlanState
from dunning.models.handovers import HandoverState
from dunning.models.notices import NoticeState
from dunning.selectors.arrangements import lately_broken
from receivables.selectors import customers as customer_lists
from tenants.models import Tenant

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Tasks:
    """How many of each wait for somebody."""

    calls: int
    ambiguous: int
    undelivered: int
    handovers_to_approve: int
    handovers_to_send: int
    revisions: int
    unallocated: int
    psp_problems: int
    without_email: int
    holds_ending: int
    messages: int
    disputes_due: int
    plan_requests: int
    broken_promises: int

    @property
    def total(self) -> int:
        return sum(getattr(self, name) for name in self.__slots__)


def tasks_of(tenant: Tenant, *, on: date) -> Tasks:
    """Counts only, all in one query; every list behind them has its own page."""
    first, *others = [_counted(name, rows) for name, rows in _waiting(tenant, on=on).items()]
    return Tasks(**dict(first.union(*others, all=True)))


def _counted(name: str, rows: QuerySet[Any]) -> QuerySet[Any, tuple[str, int]]:
    named = rows.order_by().annotate(task=Value(name)).values("task").annotate(n=Count("pk", distinct=True))
    return cast("QuerySet[Any, tuple[str, int]]", named.values_list("task", "n"))


def _waiting(tenant: Tenant, *, on: date) -> dict[str, QuerySet[Any]]:
    """The rows behind each task."""
    without_email = customer_lists.CustomerFilter(state=customer_lists.State.NO_EMAIL)
    in_a_week = on + timedelta(days=7)
    return {
        "calls": tenant.call_tasks.filter(closed_at__isnull=True, cancelled_at__isnull=True, planned_on__lte=on),
        "ambiguous": tenant.notices.filter(state=NoticeState.AMBIGUOUS),
        "undelivered": tenant.notices.filter(
            state__in=[NoticeState.BOUNCED, NoticeState.REFUSED],
            lines__invoice__open_amount__gt=0,
            lines__cancelled_at__isnull=True,
        ),
        "handovers_to_approve": tenant.handovers.filter(state=HandoverState.FLAGGED),
        "handovers_to_send": tenant.handovers.filter(state__in=[HandoverState.APPROVED, HandoverState.PACKAGED]),
        "revisions": tenant.invoice_revisions.filter(decided_at__isnull=True),
        "unallocated": tenant.payments.filter(unallocated__gt=0),
        "psp_problems": tenant.psp_payments.exclude(problem=""),
        "without_email": customer_lists.find_customers(tenant, without_email, on=on),
        "holds_ending": tenant.holds.filter(ended_at__isnull=True, until_on__gte=on, until_on__lte=in_a_week),
        "messages": tenant.debtor_messages.filter(handled_at__isnull=True),
        "disputes_due": tenant.disputes.filter(resolved_at__isnull=True, resolve_by_on__lte=on),
        "plan_requests": tenant.payment_plans.filter(state=PlanState.REQUESTED),
        "broken_promises": lately_broken(tenant, on=on),
    }


def next_run_on(tenant: Tenant, *, now: datetime, last_on: date | None) -> date:
    """The first day of the tenant's weekday whose run is not there yet; today counts until the run is made."""
    day = now.astimezone(AMSTERDAM).date()
    day += timedelta(days=(tenant.run_weekday - day.weekday()) % 7)
    return day + timedelta(days=7) if last_on and last_on >= day else day
