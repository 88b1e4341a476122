"""Approving, trimming and stopping a run. Releasing makes notices ready; sending finds them in the database by itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import F, QuerySet
from kombu.exceptions import OperationalError as BrokerError

from dunning.actions.calls import take_steps_without_letter
from dunning.actions.stating import NOT_YET_CLAIMED
from dunning.actions.withdrawing import drop_lines, withdraw_unsent
from dunning.models import Decision, Notice, Run
from dunning.models.notices import NoticeState
from dunning.models.runs import Outcome, RunState
from tenants import audit
from tenants.models import Tenant, User

TAKEN: Final = (Outcome.SEND, Outcome.CALL, Outcome.HAND_OVER)


class RunStateError(Exception):
    """The run is not in a state for this; the message says so in Dutch."""


def approve_run(tenant: Tenant, run: Run, *, now: datetime, by: User | None = None, automatically: bool = False) -> Run:
    """Release the run: its letters become ready, its calls become tasks, its handovers ask for their owner's yes.

    An automatic approval leaves the letters of steps that want a person; approving again by hand releases those.
    """
    run = tenant.runs.select_for_update(no_key=True).get(pk=run.pk)
    if run.state in (RunState.PLANNING, RunState.STOPPED):
        raise RunStateError(f"Deze run is niet goed te keuren: {run.get_state_display().lower()}.")
    planned = tenant.notices.filter(run=run, state=NoticeState.PLANNED)
    if automatically:
        planned = planned.exclude(pk__in=_wants_a_person(tenant, run))
    released = planned.update(state=NoticeState.READY)
    if run.state == RunState.PLANNED:
        take_steps_without_letter(tenant, run, now=now)
        run.approved_at, run.approved_by, run.is_approved_automatically = now, by, automatically
    if released:
        run.state, run.finished_at = RunState.APPROVED, None
    elif run.state == RunState.PLANNED:
        run.state, run.finished_at = RunState.DONE, now
    run.save(update_fields=["state", "approved_at", "approved_by", "is_approved_automatically", "finished_at"])
    details = {"on": run.on.isoformat(), "released": released, "automatically": automatically}
    audit.record(tenant, "run.approved", now=now, subject=run, by=by, details=details)
    if released:
        transaction.on_commit(partial(_hint, tenant.pk))
    return run


def _hint(tenant_id: int) -> None:
    """Wake the workers. A hint may get lost: the sweep finds what is ready in the database."""
    with suppress(BrokerError, OSError):
        arguments = {"tenant_id": tenant_id}
        current_app.send_task("dunning.delivery.tasks.send_notices", kwargs=arguments, expires=30, retry=False)


def exclude_decision(tenant: Tenant, decision: Decision, *, why: str, now: datetime, by: User | None = None) -> None:
    """Leave one invoice out of its run. The rest of the letter goes on; the next run decides about it again."""
    run = _run_to_trim(tenant, decision.run_id)
    if decision.outcome not in TAKEN or decision.excluded_at is not None:
        return
    if decision.outcome != Outcome.SEND and run.state != RunState.PLANNED:
        raise RunStateError(f"Deze {decision.get_step_kind_display().lower()} is al in gang gezet.")
    notice = _notice_of(tenant, run, [decision.invoice_id]).first()
    if notice is not None:
        _refuse_claimed(notice)
        drop_lines(tenant, notice, [decision.invoice_id], why=why, now=now)
    _mark_excluded(tenant, run, [decision.invoice_id], why=why, now=now, by=by)


def exclude_notice(tenant: Tenant, notice: Notice, *, why: str, now: datetime, by: User | None = None) -> None:
    """Leave a whole letter out of its run."""
    run = _run_to_trim(tenant, notice.run_id)
    notice = tenant.notices.select_for_update(no_key=True).get(pk=notice.pk)
    _refuse_claimed(notice)
    lines = notice.lines.filter(cancelled_at__isnull=True)
    invoice_ids = list(lines.values_list("invoice_id", flat=True))
    drop_lines(tenant, notice, invoice_ids, why=why, now=now)
    _mark_excluded(tenant, run, invoice_ids, why=why, now=now, by=by)


def stop_run(tenant: Tenant, run: Run, *, now: datetime, by: User | None = None) -> int:
    """The stop button: nothing more leaves, except what a worker is sending this very moment. Says how many were stopped."""
    run = tenant.runs.select_for_update(no_key=True).get(pk=run.pk)
    if run.state == RunState.STOPPED:
        return 0
    stopped = withdraw_unsent(tenant, tenant.notices.filter(run=run), why="de run is gestopt", now=now)
    run.state, run.stopped_at, run.stopped_by = RunState.STOPPED, now, by
    run.save(update_fields=["state", "stopped_at", "stopped_by"])
    details = {"on": run.on.isoformat(), "stopped": stopped}
    audit.record(tenant, "run.stopped", now=now, subject=run, by=by, details=details)
    return stopped


def _wants_a_person(tenant: Tenant, run: Run) -> QuerySet[Notice]:
    lines = tenant.notice_lines.filter(
        notice__run=run,
        invoice__tracks__version__steps__key=F("step_key"),
        invoice__tracks__version__steps__needs_approval=True,
    )
    return tenant.notices.filter(pk__in=lines.values("notice_id"))


def _run_to_trim(tenant: Tenant, run_id: UUID) -> Run:
    run = tenant.runs.select_for_update(no_key=True).get(pk=run_id)
    if run.state in (RunState.PLANNING, RunState.STOPPED):
        raise RunStateError(f"Uit deze run valt nu niets te halen: {run.get_state_display().lower()}.")
    return run


def _notice_of(tenant: Tenant, run: Run, invoice_ids: list[UUID]) -> QuerySet[Notice]:
    lines = tenant.notice_lines.filter(notice__run=run, invoice__in=invoice_ids, cancelled_at__isnull=True)
    return tenant.notices.select_for_update(no_key=True).filter(pk__in=lines.values("notice_id"))


def _refuse_claimed(notice: Notice) -> None:
    if notice.state not in NOT_YET_CLAIMED:
        raise RunStateError(f"Deze brief is niet meer tegen te houden: {notice.get_state_display().lower()}.")


def _mark_excluded(
    tenant: Tenant, run: Run, invoice_ids: list[UUID], *, why: str, now: datetime, by: User | None
) -> None:
    rows = tenant.decisions.filter(run=run, invoice__in=invoice_ids, excluded_at__isnull=True)
    rows.update(excluded_at=now, excluded_by=by, excluded_why=why[:200])
    details = {"on": run.on.isoformat(), "invoices": [str(pk) for pk in invoice_ids], "why": why[:200]}
    audit.record(tenant, "run.excluded", now=now, subject=run, by=by, details=details)
