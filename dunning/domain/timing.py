"""Which step is next, and from which day: derived from the letters that were sent, their terms and the due date."""

from __future__ import annotations

from datetime import date, timedelta

from dunning.domain import obstacles
from dunning.domain.answers import Blocked, Wait
from dunning.domain.calendar import ONE_DAY, Calendar
from dunning.domain.facts import InvoiceFacts, Taken
from dunning.domain.fourteen_day import FourteenDay, LetterState
from dunning.domain.policy import FRIENDLY, Anchor, Policy, Step, StepKind
from dunning.domain.reasons import Reason, Why, dutch_day


def next_step(invoice: InvoiceFacts, policy: Policy, on: date) -> Step | None:
    """The first step after the furthest letter taken, so never an earlier one again; read from what was sent, not counted.

    A call passes over nothing: in a ladder that calls later than the one it came from, the letters before it still go out. A
    ladder may have been put in another order since; a step that was sent stays sent.
    """
    place = -1
    for taken in invoice.taken:
        if taken.kind is not StepKind.CALL:
            reached = policy.position_of(taken.key, taken.kind)
            if reached > place:
                place = reached
    sent = {taken.key for taken in invoice.taken}
    for step in policy.steps[place + 1 :]:
        if step.key not in sent and not obstacles.is_over(step.kind, invoice.due_on, on):
            return step
    return None


def ladder_ended(invoice: InvoiceFacts) -> Blocked:
    last = _last(invoice)
    if last is None:
        return Blocked(Why(Reason.NO_STEP))
    return Blocked(Why(Reason.LADDER_ENDED, on=obstacles.settled_on(last), previous=last.name))


def _last(invoice: InvoiceFacts) -> Taken | None:
    return max(invoice.taken, key=obstacles.settled_on) if invoice.taken else None


def previous(invoice: InvoiceFacts) -> Taken | None:
    """The step from which the next one counts; None when it counts from the due date.

    A step after the due date that counts from it still comes after the letter before it, for a missed week must not send two.
    """
    last = _last(invoice)
    if last is None or last.kind is StepKind.PRE_DUE_NOTICE:
        return None
    return last


def early(step: Step, invoice: InvoiceFacts, before: Taken | None, calendar: Calendar, on: date) -> Wait | None:
    """Until when this step waits: for its own days, and for every term that a letter gave."""
    ready_on = _ready_on(step, invoice, before)
    if step.kind is not StepKind.CALL:
        running = _term_running(step, invoice, max(on, ready_on), calendar)
        if running is not None:
            return running
    if on >= ready_on:
        return None
    return Wait(obstacles.on_contact_day(ready_on, calendar), _why_early(step, invoice, before, ready_on, on))


def _ready_on(step: Step, invoice: InvoiceFacts, before: Taken | None) -> date:
    """The first day on which this step may be taken. One after the due date is never taken on or before that date."""
    due_on = invoice.due_on
    if before is None:
        ready_on = due_on + timedelta(days=step.days)
        return ready_on if step.kind is StepKind.PRE_DUE_NOTICE else max(ready_on, due_on + ONE_DAY)
    since = obstacles.settled_on(before)
    anchor = since if step.anchor is Anchor.PREVIOUS_STEP else due_on
    return max(anchor + timedelta(days=step.days), since + ONE_DAY, due_on + ONE_DAY)


def _term_running(step: Step, invoice: InvoiceFacts, on: date, calendar: Calendar) -> Wait | None:
    if invoice.letter is not None and step.kind not in FRIENDLY:
        running = fourteen_days_running(invoice.letter, calendar, on)
        if running is not None:
            return running
    for taken in invoice.taken:
        pay_by = taken.pay_by
        if pay_by is not None and pay_by >= on:
            days = (pay_by - taken.on).days
            why = Why(Reason.TERM_RUNNING, on=taken.on, days=days, step=step.name, previous=taken.name)
            return Wait(obstacles.on_contact_day(pay_by + ONE_DAY, calendar), why)
    return None


def fourteen_days_running(letter: FourteenDay, calendar: Calendar, on: date) -> Wait | None:
    """Who was given fourteen days to pay without costs hears nothing formal inside them."""
    term = letter.term
    if term is None or letter.state(on) is not LetterState.RUNNING:
        return None
    days = (term.safe_last_on - term.received_on).days
    why = Why(Reason.FOURTEEN_DAYS_RUNNING, on=term.received_on, days=days, note=dutch_day(term.safe_last_on))
    return Wait(obstacles.on_contact_day(term.safe_due_from_on, calendar), why)


def _why_early(step: Step, invoice: InvoiceFacts, before: Taken | None, ready_on: date, on: date) -> Why:
    if before is not None:
        since = obstacles.settled_on(before)
        days = (ready_on - since).days
        return Why(Reason.STEP_TOO_EARLY, on=since, days=days, step=step.name, previous=before.name)
    if on <= invoice.due_on:
        return Why(Reason.NOT_DUE, on=invoice.due_on, step=step.name)
    return Why(Reason.JUST_DUE, on=invoice.due_on, days=(ready_on - invoice.due_on).days, step=step.name)


def why_ready(step: Step, invoice: InvoiceFacts, before: Taken | None, on: date) -> Why:
    """What this step rests on, for the sentence that says why it is taken."""
    if before is not None:
        since = obstacles.settled_on(before)
        return Why(Reason.TERM_ENDED, on=since, days=(on - since).days, step=step.name, previous=before.name)
    if step.kind is StepKind.PRE_DUE_NOTICE:
        return Why(Reason.BEFORE_DUE, on=invoice.due_on, step=step.name)
    return Why(Reason.PAST_DUE, on=invoice.due_on, days=(on - invoice.due_on).days, step=step.name)
