"""Background work of the ladder. Beat only looks: what is due stands in the database, so a missed tick loses nothing."""

from __future__ import annotations

import logging
from datetime import date

from celery import shared_task
from django.db.models import Max

from dunning.actions.fourteen_days import due, settle_due_letters
from dunning.actions.planning import plan_run
from dunning.delivery.tasks import sweep
from dunning.domain.calendar import CalendarUnknownError
from dunning.dossier.tasks import build_dossier
from dunning.models import FourteenDayLetter, Handover, Run
from dunning.models.handovers import HandoverState
from dunning.models.runs import RunState
from dunning.schedule import is_due
from tenants import clock
from tenants.context import reading_context
from tenants.models import Tenant
from tenants.tasks import fan_out, tenant_task

log = logging.getLogger(__name__)
MOST_DOSSIERS = 50  # each tick


@shared_task
def tick() -> None:
    """Every few minutes: plan the runs that are due, take up those that were broken off, send what is ready, make dossiers."""
    on = clock.today()
    fan_out(plan, tenants_to_plan(), on=on.isoformat())
    fan_out(settle_letters, tenants_with_due_letters(on=on), on=on.isoformat())
    sweep()
    build_forgotten_dossiers()


def tenants_to_plan() -> list[int]:
    """Tenants whose weekday and hour have come since their last run, or whose run of today was broken off."""
    now = clock.now()
    tenants = list(Tenant.objects.order_by("pk"))
    with reading_context([tenant.pk for tenant in tenants]):
        ready = Run.across_tenants.exclude(state=RunState.PLANNING)
        newest: dict[int, date] = dict(ready.order_by().values_list("tenant_id").annotate(newest=Max("on")))
        halfway = Run.across_tenants.filter(state=RunState.PLANNING, on=clock.today())
        broken_off = set(halfway.values_list("tenant_id", flat=True))
    return [
        tenant.pk
        for tenant in tenants
        if tenant.pk in broken_off or is_due(tenant, last_run_on=newest.get(tenant.pk), now=now)
    ]


@tenant_task(one_transaction=False)
def plan(tenant: Tenant, *, on: str) -> None:
    """Plan one tenant's run of a day. Once per day, however often this is asked."""
    try:
        plan_run(tenant, on=date.fromisoformat(on), now=clock.now())
    except CalendarUnknownError as unknown:
        log.warning("tenant %s: %s", tenant.pk, unknown)


def tenants_with_due_letters(*, on: date) -> list[int]:
    """Those for whom fourteen days have run out that nobody settled yet."""
    with reading_context(Tenant.objects.values_list("pk", flat=True)):
        found = due(FourteenDayLetter.across_tenants.all(), on=on).order_by()
        return sorted(set(found.values_list("tenant_id", flat=True)))


@tenant_task()
def settle_letters(tenant: Tenant, *, on: str) -> None:
    """Book the costs that became due because a fourteen-day letter ran out unpaid."""
    settle_due_letters(tenant, on=date.fromisoformat(on), now=clock.now())


def build_forgotten_dossiers() -> None:
    """Have made what was approved and never made, whatever became of the message that asked for it."""
    with reading_context(Tenant.objects.values_list("pk", flat=True)):
        waiting = Handover.across_tenants.filter(state=HandoverState.APPROVED)
        found = list(waiting.order_by("approved_at").values_list("tenant_id", "pk")[:MOST_DOSSIERS])
    for tenant_id, handover_id in found:
        build_dossier.delay(tenant_id=tenant_id, handover_id=str(handover_id))
