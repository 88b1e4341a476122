"""Planning a run: facts -> decide -> record, chunk by chunk. One run per tenant and civil day, whatever fires.

No transaction spans the run: each chunk commits with how far it got, so a planner that dies is resumed where it stopped, and any
number of planners at once make one run together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from dunning.actions.approval import approve_run
from dunning.actions.fourteen_days import settle_due_letters
from dunning.actions.recheck import recheck
from dunning.actions.recording import Chunk, Tally
from dunning.actions.withdrawing import withdraw_planned
from dunning.comparison import difference
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import TenantFacts
from dunning.facts import customers_with_open_invoices, load, load_tenant
from dunning.ladders import Ladders, load_ladders
from dunning.models import Run
from dunning.models.runs import RunState
from tenants import audit
from tenants.context import tenant_context
from tenants.models import Tenant, User

__all__ = ["plan_run", "recheck"]
CUSTOMERS_PER_CHUNK: Final = 500


def plan_run(
    tenant: Tenant, *, on: date, now: datetime, by: User | None = None, chunk: int = CUSTOMERS_PER_CHUNK
) -> Run:
    """Plan the run of this day, or return the one that is already there. Never two, never half a one left behind."""
    calendar = Calendar.dutch()
    calendar.is_contact_day(on)  # a year the calendar does not know stops here, with a sentence that says so
    with tenant_context(tenant.pk):
        settle_due_letters(tenant, on=on, now=now)  # what is owed today, before anything is decided about it
    with tenant_context(tenant.pk):
        run = _begin(tenant, on=on, now=now)
        if run.state != RunState.PLANNING:
            return run
        ladders = load_ladders(tenant)
        facts = load_tenant(tenant, on=on)
    is_more = True
    while is_more:
        with tenant_context(tenant.pk):
            is_more = _plan_chunk(tenant, run.pk, facts=facts, ladders=ladders, calendar=calendar, now=now, most=chunk)
    with tenant_context(tenant.pk):
        return _finish(tenant, run.pk, facts=facts, now=now, by=by)


def _begin(tenant: Tenant, *, on: date, now: datetime) -> Run:
    """The run row itself is the lock on the day: the unique key lets one of many planners make it."""
    fresh = Run(tenant=tenant, on=on, state=RunState.PLANNING)
    Run.across_tenants.bulk_create([fresh], ignore_conflicts=True)
    run = tenant.runs.select_for_update(no_key=True).get(on=on)
    if run.pk == fresh.pk:
        _withdraw_older(tenant, on=on, now=now)
    return run


def _withdraw_older(tenant: Tenant, *, on: date, now: datetime) -> None:
    """What was planned and never approved is decided again today, so that two runs never wait for the same yes."""
    older = tenant.runs.filter(on__lt=on)
    waiting = older.filter(state__in=(RunState.PLANNING, RunState.PLANNED)).select_for_update(no_key=True)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))  # the run before its letters, as an approval does
    withdraw_planned(tenant, tenant.notices.filter(run__in=older), why="vervangen door een nieuwe run", now=now)
    tenant.runs.filter(pk__in=ids).update(state=RunState.STOPPED, stopped_at=now)
    settled = tenant.call_tasks.filter(closed_at__isnull=True, cancelled_at__isnull=True, invoice__open_amount=0)
    settled.update(cancelled_at=now)  # nobody needs to phone about what was paid


def _plan_chunk(
    tenant: Tenant,
    run_id: UUID,
    *,
    facts: TenantFacts,
    ladders: Ladders,
    calendar: Calendar,
    now: datetime,
    most: int,
) -> bool:
    """Decide and record the next customers; False when there are none left. The run row is held meanwhile."""
    _forget_plans()
    run = tenant.runs.select_for_update(no_key=True).get(pk=run_id)
    if run.state != RunState.PLANNING:
        return False
    reached = run.totals.get("reached")
    ids = customers_with_open_invoices(tenant, after=UUID(reached) if reached else None, most=most)
    if not ids:
        return False
    tally = Tally.of(run.totals.get("outcomes", {}))
    chunk = Chunk(run, now=now, tally=tally)
    for customer in load(tenant, ids, ladders=ladders, on=run.on):
        chunk.add(customer, decide(customer.facts, tenant=facts, calendar=calendar, on=run.on))
    chunk.save(tenant)
    run.totals = {"reached": str(ids[-1]), "outcomes": tally.as_json()}
    run.save(update_fields=["totals"])
    return True


def _forget_plans() -> None:
    """PostgreSQL keeps its plan for a foreign key's check; one made while a table was empty reads a whole tenant per row."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _finish(tenant: Tenant, run_id: UUID, *, facts: TenantFacts, now: datetime, by: User | None) -> Run:
    run = tenant.runs.select_for_update(no_key=True).get(pk=run_id)
    if run.state != RunState.PLANNING:
        return run
    run.state = RunState.PLANNED
    run.freshness = facts.gate.value
    run.planned_at = now
    run.totals = {**run.totals, "freshness_note": facts.gate_note, "difference": difference(tenant, run)}
    run.save(update_fields=["state", "freshness", "planned_at", "totals"])
    details = {"on": run.on.isoformat(), "gate": facts.gate.value, "outcomes": run.totals.get("outcomes", {})}
    audit.record(tenant, "run.planned", now=now, subject=run, by=by, details=details)
    if tenant.approves_automatically:
        return approve_run(tenant, run, now=now, automatically=True)
    return run
