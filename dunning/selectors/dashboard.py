"""The dashboard of a tenant: what asks for a human, how fresh the books are, and what the next run is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dunning.models.handovers import HandoverState
from dunning.models.notices import NoticeState
from receivables.selectors import customers as customer_lists
from receivables.selectors.paging import measure
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

    @property
    def total(self) -> int:
        return sum(getattr(self, name) for name in self.__slots__)


def tasks_of(tenant: Tenant, *, on: date) -> Tasks:
    """Counts only; every list behind them has its own page."""
    without_email = customer_lists.CustomerFilter(state=customer_lists.State.NO_EMAIL)
    running = tenant.holds.filter(ended_at__isnull=True)
    undelivered = tenant.notices.filter(
        state__in=[NoticeState.BOUNCED, NoticeState.REFUSED],
        lines__invoice__open_amount__gt=0,
        lines__cancelled_at__isnull=True,
    )
    return Tasks(
        calls=tenant.call_tasks.filter(closed_at__isnull=True, cancelled_at__isnull=True, planned_on__lte=on).count(),
        ambiguous=tenant.notices.filter(state=NoticeState.AMBIGUOUS).count(),
        undelivered=undelivered.values("pk").distinct().count(),
        handovers_to_approve=tenant.handovers.filter(state=HandoverState.FLAGGED).count(),
        handovers_to_send=tenant.handovers.filter(state__in=[HandoverState.APPROVED, HandoverState.PACKAGED]).count(),
        revisions=tenant.invoice_revisions.filter(decided_at__isnull=True).count(),
        unallocated=tenant.payments.filter(unallocated__gt=0).count(),
        psp_problems=tenant.psp_payments.exclude(problem="").count(),
        without_email=measure(customer_lists.find_customers(tenant, without_email, on=on)).count,
        holds_ending=running.filter(until_on__gte=on, until_on__lte=on + timedelta(days=7)).count(),
    )


def next_run_on(tenant: Tenant, *, now: datetime, last_on: date | None) -> date:
    """The first day of the tenant's weekday whose run is not there yet; today counts until the run is made."""
    day = now.astimezone(AMSTERDAM).date()
    day += timedelta(days=(tenant.run_weekday - day.weekday()) % 7)
    return day + timedelta(days=7) if last_on and last_on >= day else day
