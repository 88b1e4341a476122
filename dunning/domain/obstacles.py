"""What stops a customer or a file, before any step is chosen: insolvency, holds, arrangements, and steps still under way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from dunning.domain.answers import Blocked, NotNow, Wait
from dunning.domain.arrangements import Arrangement, Dispute, Plan, PlanStanding, Promise, PromiseStanding, Request
from dunning.domain.calendar import ONE_DAY, Calendar
from dunning.domain.facts import CustomerFacts, Hold, HoldKind, HoldLevel, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.policy import StepKind
from dunning.domain.reasons import Reason, Why, dutch_day
from dunning.domain.stop_signals import PAUSES, REPRESENTED, StopSignal

CALL_PATIENCE_DAYS: Final = 7  # a call nobody made holds the file no longer, so that it is never silently stuck


def standstill(customer: CustomerFacts, tenant: TenantFacts, on: date) -> NotNow | None:
    if customer.insolvency:
        return Blocked(Why(Reason.INSOLVENCY, note=customer.insolvency))
    stopped = None if customer.stop is None else stopped_by(customer.stop, on)
    if stopped is not None:
        return stopped
    if tenant.holds or customer.holds:
        return held((*tenant.holds, *customer.holds), on)
    return None


def stopped_by(signal: StopSignal, on: date) -> NotNow | None:
    """What the signal stops. A pause with a known end ends by itself; a represented debtor is written to elsewhere."""
    if signal.kind in REPRESENTED and signal.representative_known:
        return None
    if signal.kind in PAUSES and signal.until is not None:
        if on > signal.until:
            return None
        return Wait(signal.until + ONE_DAY, Why(Reason.STOP_PAUSE, on=signal.until, note=signal.word))
    since = f" sinds {dutch_day(signal.since)}" if signal.since else ""
    note = f"{signal.word}{since}. {signal.advice}"
    return Blocked(Why(Reason.STOP_SIGNAL, on=signal.since, note=note))


def held(holds: Iterable[Hold], on: date) -> NotNow | None:
    """The hold that lasts longest speaks; one without an end outlasts all. A held file is looked at once its step is known."""
    return longest((hold for hold in holds if hold.level is not HoldLevel.FILE), on)


def longest(holds: Iterable[Hold], on: date) -> NotNow | None:
    active = [hold for hold in holds if hold.is_active(on)]
    if not active:
        return None
    return _answer_of(max(active, key=lambda hold: hold.last_day or date.max))


_HOLD_PLACES: Final = {
    HoldLevel.TENANT: "de hele administratie",
    HoldLevel.CUSTOMER: "de klant",
    HoldLevel.INVOICE: "de factuur",
    HoldLevel.FILE: "het dossier",
}
_HOLD_REASONS: Final = {HoldKind.PROMISE: Reason.PROMISE, HoldKind.PLAN: Reason.PLAN}


def _answer_of(hold: Hold) -> NotNow:
    place = _HOLD_PLACES[hold.level]
    note = f"{place} ({hold.note})" if hold.note else place
    if hold.last_day is None:
        reason = Reason.DISPUTE if hold.kind is HoldKind.DISPUTE else Reason.HOLD_WITHOUT_END
        return Blocked(Why(reason, on=hold.from_on, note=note))
    return Wait(hold.last_day + ONE_DAY, Why(_HOLD_REASONS.get(hold.kind, Reason.HOLD), on=hold.last_day, note=note))


def arranged(arrangements: Iterable[Arrangement], on: date) -> NotNow | None:
    """What was agreed or asked about this invoice. A dispute outlasts all; of the others the one that lasts longest speaks."""
    found = [answer for one in arrangements if (answer := _arranged(one, on))]
    blocked = next((answer for answer in found if isinstance(answer, Blocked)), None)
    waits = [answer for answer in found if isinstance(answer, Wait)]
    return blocked or max(waits, key=lambda wait: wait.until, default=None)


def _arranged(one: Arrangement, on: date) -> NotNow | None:
    match one:
        case Dispute():
            return Blocked(Why(Reason.DISPUTED, on=one.opened_on, note=one.about.lower()))
        case Promise() if one.standing(on) is PromiseStanding.OPEN:
            return Wait(one.grace_on + ONE_DAY, Why(Reason.PROMISE, on=one.pay_on))
        case Request(asked_on, decide_by_on) if decide_by_on is not None and on <= decide_by_on:
            return Wait(decide_by_on + ONE_DAY, Why(Reason.PLAN_REQUESTED, on=asked_on))
        case Plan():
            return _in_plan(one, on)
        case _:
            return None


def _in_plan(plan: Plan, on: date) -> Wait | None:
    progress = plan.progress(on)
    if not progress.holds or progress.next is None or progress.catch_up_on is None:
        return None
    reason = Reason.PLAN_MISSED if progress.standing is PlanStanding.MISSED else Reason.PLAN_RUNNING
    return Wait(progress.catch_up_on + ONE_DAY, Why(reason, on=progress.next.instalment.due_on))


_ENDINGS: Final = {
    TakenState.PENDING: Reason.HANDOVER_FLAGGED,
    TakenState.REFUSED: Reason.HANDOVER_REFUSED,
}


def ended(steps: Iterable[Taken]) -> Blocked | None:
    for taken in steps:
        if taken.kind is StepKind.HANDOVER:
            return Blocked(Why(_ENDINGS.get(taken.state, Reason.HANDED_OVER), on=taken.on, previous=taken.name))
    return None


def unsettled(invoice: InvoiceFacts, calendar: Calendar, on: date) -> NotNow | None:
    """A step under way: the file waits for it, however late it is, and never passes it by."""
    for taken in invoice.taken:
        if taken.state is TakenState.ACCEPTED:
            continue
        why = _why_unsettled(taken, invoice, on)
        if why is None:
            continue
        if why.reason is Reason.CALL_OPEN:
            return Wait(on_contact_day(settled_on(taken), calendar), why)
        if why.reason is Reason.NOTICE_PENDING:
            return Wait(on_contact_day(on + ONE_DAY, calendar), why)
        return Blocked(why)
    return None


def _why_unsettled(taken: Taken, invoice: InvoiceFacts, on: date) -> Why | None:
    reason = None
    if taken.state is TakenState.BOUNCED:
        reason = Reason.ADDRESS_BOUNCED
    elif taken.state is TakenState.AMBIGUOUS and not is_over(taken.kind, invoice.due_on, on):
        reason = Reason.NOTICE_AMBIGUOUS
    elif taken.state is TakenState.PENDING:
        reason = Reason.NOTICE_PENDING
        if taken.kind is StepKind.CALL:
            reason = Reason.CALL_OPEN if on < settled_on(taken) else None
    return None if reason is None else Why(reason, on=taken.on, previous=taken.name)


def settled_on(taken: Taken) -> date:
    """The day from which the next step may count. A call that was never made counts when its patience has run out."""
    if taken.kind is StepKind.CALL and taken.state is TakenState.PENDING:
        return taken.on + timedelta(days=CALL_PATIENCE_DAYS)
    return taken.on


def is_over(kind: StepKind, due_on: date, on: date) -> bool:
    """A notice before the due date has no meaning once that date has come."""
    return kind is StepKind.PRE_DUE_NOTICE and on >= due_on


def on_contact_day(day: date, calendar: Calendar) -> date:
    """Waiting ends on a day we may write. Past the table the bare date is named: it is only said, never acted upon."""
    return calendar.next_contact_day(day) if calendar.knows(day + timedelta(days=14)) else day
