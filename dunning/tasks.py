"""Background work of the ladder. Beat only looks: what is due stands in the database, so a missed tick loses nothing."""

from __future__ import annotations

import contextlib
import logging
from datetime import date

from celery import shared_task
from django.db.models import Max

from dunning.actions.fourteen_days import due, settle_due_letters
from dunning.actions.plan_mails import tend_plans
from dunning.actions.planning import plan_run
from dunning.delivery.providers.choose import provider_for
from dunning.delivery.queue import may_send
from dunning.delivery.tasks import sweep
from dunning.domain.calendar import CalendarUnknownError
from dunning.dossier.tasks import build_dossier
from dunning.models import FourteenDayLetter, Handover, PaymentPlan, Run, ServiceMail
from dunning.models.arrangements import PlanState
from dunning.models.handovers import HandoverState
from dunning.models.runs import RunState
from dunning.schedule import is_due
from dunning.service_mail.receipts import queue_receipts, without_receipt
from dunning.service_mail.sending import due as due_mails
from dunning.service_mail.sending import send_due
from receivables.models import PspPayment
from tenants import clock
from tenants.context import reading_context
from tenants.models import Tenant
from tenants.tasks import fan_out, tenant_task

log = logging.getLogger(__name__)
MOST_DOSSIERS = 50  # each tick
SERVICE_MAIL_HINT = 30  # seconds a hint lives; the next sweep gives a new one


@shared_task
def tick() -> None:
    """Every few minutes: plan the runs that are due, take up broken-off ones, tend plans, send what is ready, make dossiers."""
    on = clock.today()
    fan_out(plan, tenants_to_plan(), on=on.isoformat())
    fan_out(settle_letters, tenants_with_due_letters(on=on), on=on.isoformat())
    fan_out(tend, tenants_with_plans(), on=on.isoformat())
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


def tenants_with_plans() -> list[int]:
    """Those with a plan that runs, as far as anybody knows."""
    with reading_context(Tenant.objects.values_list("pk", flat=True)):
        running = PaymentPlan.across_tenants.filter(state=PlanState.RUNNING).order_by()
        return sorted(set(running.values_list("tenant_id", flat=True)))


@tenant_task()
def tend(tenant: Tenant, *, on: str) -> None:
    """Remind of instalments, warn of missed ones, and close plans that are paid."""
    tend_plans(tenant, on=date.fromisoformat(on), now=clock.now())


@shared_task
def sweep_service_mails() -> None:
    """Have receipts asked for and service mails sent, wherever there is one to do; a task that is late is worth nothing."""
    for tenant_id in tenants_with_service_mails():
        send_service_mails.apply_async(kwargs={"tenant_id": tenant_id}, expires=SERVICE_MAIL_HINT, retry=False)


def tenants_with_service_mails() -> list[int]:
    """Those with a mail that is due, or an online payment without a receipt; the emergency stop excepted."""
    now = clock.now()
    active = list(may_send().values_list("pk", flat=True))
    with reading_context(active):
        mails = due_mails(ServiceMail.across_tenants.all(), now=now).order_by()
        payments = without_receipt(PspPayment.across_tenants.all(), now=now).order_by()
        return sorted({*mails.values_list("tenant_id", flat=True), *payments.values_list("tenant_id", flat=True)})


@tenant_task(one_transaction=False)
def send_service_mails(tenant: Tenant) -> None:
    """The receipts and other service mails of one tenant."""
    queue_receipts(tenant, now=clock.now())
    with contextlib.closing(provider_for(tenant)) as provider:
        send_due(tenant, provider=provider, clock=clock.now)


def build_forgotten_dossiers() -> None:
    """Have made what was approved and never made, whatever became of the message that asked for it."""
    with reading_context(Tenant.objects.values_list("pk", flat=True)):
        waiting = Handover.across_tenants.filter(state=HandoverState.APPROVED)
        found = list(waiting.order_by("approved_at").values_list("tenant_id", "pk")[:MOST_DOSSIERS])
    for tenant_id, handover_id in found:
        build_dossier.delay(tenant_id=tenant_id, handover_id=str(handover_id))
