"""The decision: for every open invoice of a customer exactly one answer, with its reason.

State-based: what comes next follows from the steps taken, never from a counter or from today being an exact date. So a missed
week sends one message with a fresh term, and no formal step (art. 6:81-6:83 BW) is ever skipped. Pure: values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from dunning.domain import legal_state, limits, obstacles, timing
from dunning.domain.answers import Answer, Blocked, Call, Decision, HandOver, NotNow, Send
from dunning.domain.calendar import Calendar
from dunning.domain.facts import EURO, CustomerFacts, InvoiceFacts, Taken, TenantFacts
from dunning.domain.legal_content import LegalContent
from dunning.domain.limits import Group
from dunning.domain.policy import FRIENDLY, Channel, Policy, Step, StepKind
from dunning.domain.reasons import Reason, Why
from receivables.domain.debtor import Debtor


@dataclass(slots=True)
class _Ready:
    """An invoice for which this step's time has come, as far as the invoice itself goes."""

    policy: Policy
    step: Step
    content: LegalContent | None
    why: Why


def decide(customer: CustomerFacts, *, tenant: TenantFacts, calendar: Calendar, on: date) -> list[Decision]:
    """Answer for every open invoice of `customer` on civil day `on`."""
    standstill = obstacles.standstill(customer, tenant, on)
    decisions: list[Decision] = []
    groups: dict[tuple[str, int, str, LegalContent | None], Group] = {}
    for invoice in customer.invoices:
        if invoice.open_cents <= 0:
            continue
        outcome = _next_for(invoice, standstill, customer.debtor, calendar, on)
        if isinstance(outcome, _Ready):
            step, policy, content = outcome.step, outcome.policy, outcome.content
            key = (policy.key, policy.version, step.key, content)
            group = groups.get(key) or groups.setdefault(key, Group(policy, step, content))
            group.members.append((invoice, outcome.why))
        else:
            decisions.append(Decision(invoice.invoice_id, outcome))
    if groups:
        rest_day, contacts_on = limits.rest_day(calendar, on), list(customer.contacts_on)
        for group in groups.values():
            obstacle = _obstacle(group, customer, contacts_on, tenant, calendar, on) or rest_day
            decisions.extend(_decide_group(group, obstacle, customer, contacts_on, on))
    return decisions


def _next_for(
    invoice: InvoiceFacts, standstill: NotNow | None, debtor: Debtor, calendar: Calendar, on: date
) -> NotNow | _Ready:
    """What this invoice is ready for by itself, before the customer and the books are looked at."""
    stopped = _stopped(invoice, standstill, calendar, on)
    if stopped is not None:
        return stopped
    policy = invoice.policy
    if policy is None:
        return Blocked(Why(Reason.NO_POLICY))
    step = timing.next_step(invoice, policy, on)
    if step is None:
        return timing.ladder_ended(invoice)
    letter_first = legal_state.needs_letter_first(step, invoice, policy=policy, debtor=debtor, on=on)
    if letter_first:
        step = legal_state.extra_letter(step, invoice, policy)
    previous = timing.previous(invoice)
    obstacle = _too_soon(step, invoice, previous, calendar, on) or limits.time_barred(step, invoice, on)
    if obstacle is not None:
        return obstacle
    content = legal_state.content_of(step, invoice, policy=policy, debtor=debtor, on=on) if step.is_letter else None
    if letter_first:
        return _extra_letter(step, policy, content)
    return _Ready(policy, step, content, timing.why_ready(step, invoice, previous, on))


def _stopped(invoice: InvoiceFacts, standstill: NotNow | None, calendar: Calendar, on: date) -> NotNow | None:
    """What keeps this invoice from any step at all."""
    obstacle = (
        (obstacles.ended(invoice.taken) if invoice.taken else None)
        or standstill
        or (obstacles.held(invoice.holds, on) if invoice.holds else None)
        or (obstacles.arranged(invoice.arrangements, on) if invoice.arrangements else None)
    )
    if obstacle is not None:
        return obstacle
    if invoice.currency != EURO:
        return Blocked(Why(Reason.OTHER_CURRENCY, note=invoice.currency))
    if invoice.policy is not None and invoice.taken:
        return obstacles.unsettled(invoice, calendar, on)
    return None


def _too_soon(step: Step, invoice: InvoiceFacts, previous: Taken | None, calendar: Calendar, on: date) -> NotNow | None:
    early = timing.early(step, invoice, previous, calendar, on)
    if early is None and invoice.holds and step.kind not in FRIENDLY:
        return obstacles.longest(invoice.holds, on)
    return early


def _extra_letter(step: Step, policy: Policy, content: LegalContent | None) -> Blocked | _Ready:
    """No handover with costs before a fourteen-day letter, and no such letter before default or without a way to send it."""
    if content is LegalContent.FOURTEEN_DAY and step.channels:
        return _Ready(policy, step, content, Why(Reason.FOURTEEN_DAYS_FIRST, step=step.name))
    return Blocked(Why(Reason.COSTS_NEED_LETTER, note=_NO_DEFAULT if step.channels else _NO_LETTER))


_NO_DEFAULT: Final = (
    "de klant is nog niet in verzuim. Stuur eerst een ingebrekestelling, of kies een ladder die geen kosten rekent."
)
_NO_LETTER: Final = "de ladder heeft geen brief. Kies een ladder met een aanmaning, of een die geen kosten rekent."


# --- the letter as a whole -----------------------------------------------------------------------------------------------


def _obstacle(
    group: Group, customer: CustomerFacts, contacts_on: list[date], tenant: TenantFacts, calendar: Calendar, on: date
) -> NotNow | None:
    return (
        limits.wki(customer, tenant)
        or limits.gate(group.step, tenant)
        or limits.credit(customer)
        or limits.minimum(group)
        or limits.gap(group.policy, customer, calendar, on)
        or limits.cap(group.step, contacts_on, tenant, calendar, on)
    )


def _decide_group(
    group: Group, obstacle: NotNow | None, customer: CustomerFacts, contacts_on: list[date], on: date
) -> list[Decision]:
    """One answer for all its members. A contact that is made counts for the letters after it (`contacts_on`)."""
    step = group.step
    channel = next((channel for channel in step.channels if channel in customer.channels), None)
    if obstacle is None and step.is_letter and channel is None:
        obstacle = Blocked(Why(Reason.NO_CHANNEL, step=step.name))
    if obstacle is not None:
        return [Decision(invoice.invoice_id, obstacle) for invoice, _ in group.members]
    if step.kind is not StepKind.HANDOVER:
        contacts_on.append(on)
    return [Decision(invoice.invoice_id, _action(group, channel, why)) for invoice, why in group.members]


def _action(group: Group, channel: Channel | None, why: Why) -> Answer:
    step = group.step
    if channel is not None and group.content is not None:
        return Send(step, channel, why, group.content)
    return Call(step, why) if step.kind is StepKind.CALL else HandOver(step, why)
