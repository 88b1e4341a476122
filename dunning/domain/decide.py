"""The decision: for every open invoice of a customer exactly one answer, with its reason.

State-based: what comes next follows from the steps taken, never from a counter or from today being an exact date. So a missed
week sends one message with a fresh term, and no formal step (art. 6:81-6:83 BW) is ever skipped. Pure: values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dunning.domain import obstacles
from dunning.domain.answers import Answer, Blocked, Call, Decision, HandOver, NotNow, Send, Wait
from dunning.domain.calendar import ONE_DAY, Calendar
from dunning.domain.facts import EURO, CustomerFacts, Gate, InvoiceFacts, Taken, TenantFacts
from dunning.domain.policy import FRIENDLY, Anchor, Channel, Policy, Step, StepKind
from dunning.domain.reasons import Reason, Why


@dataclass(slots=True)
class _Ready:
    """An invoice for which this step's time has come, as far as the invoice itself goes."""

    policy: Policy
    step: Step
    why: Why


@dataclass(slots=True)
class _Group:
    """Invoices of one customer that are ready for the same step: they share one letter."""

    policy: Policy
    step: Step
    members: list[tuple[InvoiceFacts, Why]]


def decide(customer: CustomerFacts, *, tenant: TenantFacts, calendar: Calendar, on: date) -> list[Decision]:
    """Answer for every open invoice of `customer` on civil day `on`."""
    standstill = obstacles.standstill(customer, tenant, on)
    decisions: list[Decision] = []
    groups: dict[tuple[str, int, str], _Group] = {}
    for invoice in customer.invoices:
        if invoice.open_cents <= 0:
            continue
        outcome = _next_for(invoice, standstill, calendar, on)
        if isinstance(outcome, _Ready):
            step, policy = outcome.step, outcome.policy
            group = groups.setdefault((policy.key, policy.version, step.key), _Group(policy, step, []))
            group.members.append((invoice, outcome.why))
        else:
            decisions.append(Decision(invoice.invoice_id, outcome))
    for group in groups.values():
        decisions.extend(_decide_group(group, customer, tenant, calendar, on))
    return decisions


def _next_for(invoice: InvoiceFacts, standstill: NotNow | None, calendar: Calendar, on: date) -> NotNow | _Ready:
    """What this invoice is ready for by itself, before the customer and the books are looked at."""
    ended = obstacles.ended(invoice.taken) if invoice.taken else None
    obstacle = ended or standstill or (obstacles.held(invoice.holds, on) if invoice.holds else None)
    if obstacle is not None:
        return obstacle
    if invoice.currency != EURO:
        return Blocked(Why(Reason.OTHER_CURRENCY, note=invoice.currency))
    if invoice.policy is None:
        return Blocked(Why(Reason.NO_POLICY))
    if invoice.taken:
        unsettled = obstacles.unsettled(invoice, calendar, on)
        if unsettled is not None:
            return unsettled
    step = _next_step(invoice, invoice.policy, on)
    if step is None:
        return _ladder_ended(invoice)
    obstacle = _early(step, invoice, calendar, on)
    if obstacle is None and invoice.holds and step.kind not in FRIENDLY:
        obstacle = obstacles.longest(invoice.holds, on)
    return obstacle or _Ready(invoice.policy, step, _why_ready(step, invoice, on))


# --- which step, and when ------------------------------------------------------------------------------------------------


def _next_step(invoice: InvoiceFacts, policy: Policy, on: date) -> Step | None:
    """The first step after the furthest letter taken, so never an earlier one again; read from what was sent, not counted.

    A call passes over nothing: in a ladder that calls later than the one it came from, the letters before it still go out.
    """
    place = -1
    for taken in invoice.taken:
        if taken.kind is not StepKind.CALL:
            place = max(place, policy.position_of(taken.key, taken.kind))
    for step in policy.steps[place + 1 :]:
        if not obstacles.is_over(step.kind, invoice.due_on, on) and not _was_taken(step.key, invoice.taken):
            return step
    return None


def _was_taken(key: str, steps: tuple[Taken, ...]) -> bool:
    """A ladder may have been put in another order since; a step that was sent stays sent."""
    return any(taken.key == key for taken in steps)


def _ladder_ended(invoice: InvoiceFacts) -> Blocked:
    last = _last(invoice)
    if last is None:
        return Blocked(Why(Reason.NO_STEP))
    return Blocked(Why(Reason.LADDER_ENDED, on=obstacles.settled_on(last), previous=last.name))


def _last(invoice: InvoiceFacts) -> Taken | None:
    return max(invoice.taken, key=obstacles.settled_on) if invoice.taken else None


def _previous(invoice: InvoiceFacts) -> Taken | None:
    """The step from which this one counts; None when it counts from the due date.

    A step after the due date that counts from it still comes after the letter before it, for a missed week must not send two.
    """
    last = _last(invoice)
    if last is None or last.kind is StepKind.PRE_DUE_NOTICE:
        return None
    return last


def _early(step: Step, invoice: InvoiceFacts, calendar: Calendar, on: date) -> Wait | None:
    previous = _previous(invoice)
    ready_on = _ready_on(step, invoice, previous)
    if step.kind is not StepKind.CALL:
        for taken in invoice.taken:
            if taken.pay_by is not None and taken.pay_by >= max(on, ready_on):
                return _term_running(step, taken, taken.pay_by, calendar)
    if on >= ready_on:
        return None
    return Wait(obstacles.on_contact_day(ready_on, calendar), _why_early(step, invoice, previous, ready_on, on))


def _ready_on(step: Step, invoice: InvoiceFacts, previous: Taken | None) -> date:
    """The first day on which this step may be taken. One after the due date is never taken on or before that date."""
    due_on = invoice.due_on
    if previous is None:
        ready_on = due_on + timedelta(days=step.days)
        return ready_on if step.kind is StepKind.PRE_DUE_NOTICE else max(ready_on, due_on + ONE_DAY)
    since = obstacles.settled_on(previous)
    anchor = since if step.anchor is Anchor.PREVIOUS_STEP else due_on
    return max(anchor + timedelta(days=step.days), since + ONE_DAY, due_on + ONE_DAY)


def _term_running(step: Step, taken: Taken, pay_by: date, calendar: Calendar) -> Wait:
    why = Why(Reason.TERM_RUNNING, on=taken.on, days=(pay_by - taken.on).days, step=step.name, previous=taken.name)
    return Wait(obstacles.on_contact_day(pay_by + ONE_DAY, calendar), why)


def _why_early(step: Step, invoice: InvoiceFacts, previous: Taken | None, ready_on: date, on: date) -> Why:
    if previous is not None:
        since = obstacles.settled_on(previous)
        days = (ready_on - since).days
        return Why(Reason.STEP_TOO_EARLY, on=since, days=days, step=step.name, previous=previous.name)
    if on <= invoice.due_on:
        return Why(Reason.NOT_DUE, on=invoice.due_on, step=step.name)
    return Why(Reason.JUST_DUE, on=invoice.due_on, days=(ready_on - invoice.due_on).days, step=step.name)


def _why_ready(step: Step, invoice: InvoiceFacts, on: date) -> Why:
    previous = _previous(invoice)
    if previous is not None:
        since = obstacles.settled_on(previous)
        return Why(Reason.TERM_ENDED, on=since, days=(on - since).days, step=step.name, previous=previous.name)
    if step.kind is StepKind.PRE_DUE_NOTICE:
        return Why(Reason.BEFORE_DUE, on=invoice.due_on, step=step.name)
    return Why(Reason.PAST_DUE, on=invoice.due_on, days=(on - invoice.due_on).days, step=step.name)


# --- what stops a letter that is otherwise ready -------------------------------------------------------------------------


def _decide_group(
    group: _Group, customer: CustomerFacts, tenant: TenantFacts, calendar: Calendar, on: date
) -> list[Decision]:
    step = group.step
    obstacle = (
        _gate(step, tenant)
        or _credit(customer)
        or _minimum(group)
        or _gap(group.policy, customer, calendar, on)
        or _rest_day(calendar, on)
    )
    channel = next((channel for channel in step.channels if channel in customer.channels), None)
    if obstacle is None and step.is_letter and channel is None:
        obstacle = Blocked(Why(Reason.NO_CHANNEL, step=step.name))
    if obstacle is not None:
        return [Decision(invoice.invoice_id, obstacle) for invoice, _ in group.members]
    return [Decision(invoice.invoice_id, _action(step, channel, why)) for invoice, why in group.members]


def _action(step: Step, channel: Channel | None, why: Why) -> Answer:
    if step.is_letter and channel is not None:
        return Send(step, channel, why)
    return Call(step, why) if step.kind is StepKind.CALL else HandOver(step, why)


def _gate(step: Step, tenant: TenantFacts) -> Blocked | None:
    if tenant.gate is Gate.RED:
        return Blocked(Why(Reason.GATE_RED, step=step.name, note=tenant.gate_note))
    if tenant.gate is Gate.AMBER and step.kind not in FRIENDLY:
        return Blocked(Why(Reason.GATE_AMBER, step=step.name, note=tenant.gate_note))
    return None


def _credit(customer: CustomerFacts) -> Blocked | None:
    if customer.unallocated_cents > 0:
        return Blocked(Why(Reason.UNALLOCATED_CREDIT, cents=customer.unallocated_cents))
    return None


def _minimum(group: _Group) -> Blocked | None:
    minimum = max(group.step.min_amount, group.policy.min_amount).cents
    total = sum(invoice.open_cents for invoice, _ in group.members)
    if total >= minimum:
        return None
    return Blocked(Why(Reason.BELOW_MINIMUM, cents=total, minimum_cents=minimum, step=group.step.name))


def _gap(policy: Policy, customer: CustomerFacts, calendar: Calendar, on: date) -> Wait | None:
    if customer.last_contact_on is None:
        return None
    free_on = customer.last_contact_on + timedelta(days=policy.min_gap_days)
    if on >= free_on:
        return None
    why = Why(Reason.CONTACT_GAP, on=customer.last_contact_on, days=policy.min_gap_days)
    return Wait(obstacles.on_contact_day(free_on, calendar), why)


def _rest_day(calendar: Calendar, on: date) -> Wait | None:
    if calendar.is_contact_day(on):
        return None
    return Wait(calendar.next_contact_day(on + ONE_DAY), Why(Reason.REST_DAY, on=on))
