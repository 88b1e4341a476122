"""Steps without a letter: calls become tasks with an outcome, handovers are flagged for their owner's approval."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from dunning.actions.disputes import open_dispute
from dunning.actions.handover import ask_soon
from dunning.actions.promises import make_promise
from dunning.actions.recheck import verdicts
from dunning.domain.calendar import Calendar
from dunning.facts import civil_day, load
from dunning.ladders import load_ladders
from dunning.models import CallTask, Decision, Handover, HandoverLine, Run
from dunning.models.arrangements import DisputeReason, Origin
from dunning.models.handovers import HandoverState
from dunning.models.runs import CallOutcome, Outcome
from receivables.actions.ledger import lock_customer
from tenants import audit
from tenants.models import Tenant, User

LONGEST_PROMISE_DAYS: Final = 60


class CallClosedError(Exception):
    """Somebody closed this call already."""


def take_steps_without_letter(tenant: Tenant, run: Run, *, now: datetime) -> None:
    """At approval: look again at each call and handover of the run, and set in motion what still stands."""
    decisions = list(
        tenant.decisions.filter(
            run=run, outcome__in=(Outcome.CALL, Outcome.HAND_OVER), excluded_at__isnull=True
        ).order_by("customer_id", "pk")
    )
    standing = _still_standing(tenant, decisions, now=now)
    ids = [decision.invoice_id for decision in standing]
    cycles = dict(tenant.tracks.filter(invoice__in=ids).values_list("invoice_id", "cycle"))
    _make_calls(tenant, run, [row for row in standing if row.outcome == Outcome.CALL], cycles)
    _flag_handovers(tenant, run, [row for row in standing if row.outcome == Outcome.HAND_OVER], cycles, now=now)


def close_call(
    tenant: Tenant,
    task: CallTask,
    *,
    outcome: CallOutcome,
    on: date,
    now: datetime,
    by: User | None = None,
    note: str = "",
    promised_on: date | None = None,
) -> list[CallTask]:
    """Record what came of the call; it counts for every open call to this customer. A promise or dispute becomes one."""
    if promised_on is not None and not 0 <= (promised_on - on).days <= LONGEST_PROMISE_DAYS:
        raise ValueError(f"Een toezegging ligt hoogstens {LONGEST_PROMISE_DAYS} dagen vooruit.")
    lock_customer(tenant, task.customer_id)
    open_tasks = list(
        tenant.call_tasks.select_for_update(no_key=True, of=("self",))
        .select_related("invoice__customer")
        .filter(customer=task.customer_id, closed_at__isnull=True, cancelled_at__isnull=True)
        .order_by("pk")
    )
    if task.pk not in {row.pk for row in open_tasks}:
        raise CallClosedError("Deze belactie is al afgehandeld.")
    tenant.call_tasks.filter(pk__in=[row.pk for row in open_tasks]).update(
        outcome=outcome, note=note[:2000], closed_at=now, closed_on=on, closed_by=by
    )
    _arrange_after_call(tenant, open_tasks, outcome=outcome, promised_on=promised_on, note=note, on=on, now=now, by=by)
    details = {"outcome": outcome.value, "invoices": len(open_tasks), "note": note[:300]}
    audit.record(tenant, "call.closed", now=now, subject=task, by=by, customer_id=task.customer_id, details=details)
    return open_tasks


def _arrange_after_call(
    tenant: Tenant,
    tasks: list[CallTask],
    *,
    outcome: CallOutcome,
    promised_on: date | None,
    note: str,
    on: date,
    now: datetime,
    by: User | None,
) -> None:
    """A promise about everything that was called about, or a dispute of each; what was paid meanwhile falls off."""
    still_open = [task.invoice for task in tasks if task.invoice.open_amount > 0]
    if outcome == CallOutcome.REACHED_WILL_PAY and promised_on is not None and still_open:
        make_promise(
            tenant,
            still_open[0].customer,
            invoice_ids=[invoice.pk for invoice in still_open],
            pay_on=promised_on,
            origin=Origin.STAFF,
            note=note,
            on=on,
            now=now,
            by=by,
        )
    if outcome == CallOutcome.REACHED_DISPUTES:
        contested = set(tenant.disputes.filter(resolved_at__isnull=True).values_list("invoice_id", flat=True))
        for invoice in still_open:
            if invoice.pk not in contested:
                reason = DisputeReason.OTHER
                open_dispute(
                    tenant, invoice, reason=reason, text=note, origin=Origin.STAFF, on=on, now=now, owner=by, by=by
                )


def _still_standing(tenant: Tenant, decisions: list[Decision], *, now: datetime) -> list[Decision]:
    """A run may lie for days before somebody approves it: what was paid or held since is left out, with the reason."""
    by_step: dict[str, dict[UUID, list[Decision]]] = defaultdict(lambda: defaultdict(list))
    for decision in decisions:
        by_step[decision.step_key][decision.customer_id].append(decision)
    on = Calendar.dutch().next_contact_day(civil_day(now))  # approving on a Sunday is no reason to drop a call
    standing = []
    for step_key, customers in by_step.items():
        loaded = load(tenant, list(customers), ladders=load_ladders(tenant), on=on)
        asked = {key: (step_key, [row.invoice_id for row in rows]) for key, rows in customers.items()}
        found = verdicts(tenant, loaded, asked, on=on)
        for decision in (row for rows in customers.values() for row in rows):
            why = found[decision.customer_id].fallen.get(decision.invoice_id)
            if why is None:
                standing.append(decision)
            else:
                decision.excluded_at, decision.excluded_why = now, why[:200]
                decision.save(update_fields=["excluded_at", "excluded_why"])
    return standing


def _make_calls(tenant: Tenant, run: Run, decisions: list[Decision], cycles: dict[UUID, int]) -> None:
    """One task per invoice and step; the unique key keeps a second one out."""
    tasks = [
        CallTask(
            tenant=tenant,
            run=run,
            customer_id=decision.customer_id,
            invoice_id=decision.invoice_id,
            step_key=decision.step_key,
            cycle=cycles.get(decision.invoice_id, 1),
            planned_on=run.on,
        )
        for decision in decisions
    ]
    CallTask.across_tenants.bulk_create(tasks, ignore_conflicts=True)


def _flag_handovers(
    tenant: Tenant, run: Run, decisions: list[Decision], cycles: dict[UUID, int], *, now: datetime
) -> None:
    """One file per customer, waiting for the owner's approval."""
    files: dict[UUID, list[Decision]] = defaultdict(list)
    for decision in decisions:
        files[decision.customer_id].append(decision)
    for customer_id, members in files.items():
        handover = tenant.handovers.create(
            customer_id=customer_id, run=run, state=HandoverState.FLAGGED, flagged_at=now
        )
        HandoverLine.across_tenants.bulk_create(
            HandoverLine(
                tenant=tenant,
                handover=handover,
                invoice_id=decision.invoice_id,
                step_key=decision.step_key,
                cycle=cycles.get(decision.invoice_id, 1),
                open_amount=decision.open_amount,
            )
            for decision in members
        )
        _tell_flagged(tenant, handover, members, now=now)
        ask_soon(tenant, handover)


def _tell_flagged(tenant: Tenant, handover: Handover, members: list[Decision], *, now: datetime) -> None:
    amount = sum((decision.open_amount for decision in members), Decimal(0))
    audit.record(
        tenant,
        "handover.flagged",
        now=now,
        subject=handover,
        customer_id=handover.customer_id,
        details={"invoices": len(members), "amount": str(amount)},
    )
