"""What stops a letter, a call or a handover that is otherwise ready: the books, the amount, the law and the customer's peace.

Each is asked for the whole letter at once. Wet kwaliteit incassodienstverlening and its decree (art. 4.2) for the Wki and rest days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from dunning.domain import obstacles
from dunning.domain.answers import Blocked, Wait
from dunning.domain.calendar import ONE_DAY, Calendar
from dunning.domain.facts import CustomerFacts, Gate, InvoiceFacts, TenantFacts
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import FRIENDLY, Policy, Step, StepKind
from dunning.domain.reasons import Reason, Why


@dataclass(slots=True)
class Group:
    """Invoices of one customer that are ready for the same step with the same legal content: they share one letter."""

    policy: Policy
    step: Step
    content: LegalContent | None  # None: a call or a handover
    members: list[tuple[InvoiceFacts, Why]] = field(default_factory=list)


def wki(customer: CustomerFacts, tenant: TenantFacts) -> Blocked | None:
    if tenant.wki_note and customer.debtor.is_natural_person:
        return Blocked(Why(Reason.WKI_CLOSED, note=tenant.wki_note))
    return None


def gate(step: Step, tenant: TenantFacts) -> Blocked | None:
    if tenant.gate is Gate.RED:
        return Blocked(Why(Reason.GATE_RED, step=step.name, note=tenant.gate_note))
    if tenant.gate is Gate.AMBER and step.kind not in FRIENDLY:
        return Blocked(Why(Reason.GATE_AMBER, step=step.name, note=tenant.gate_note))
    return None


def credit(customer: CustomerFacts) -> Blocked | None:
    if customer.unallocated_cents > 0:
        return Blocked(Why(Reason.UNALLOCATED_CREDIT, cents=customer.unallocated_cents))
    return None


def minimum(group: Group) -> Blocked | None:
    if not group.step.min_amount.amount and not group.policy.min_amount.amount:
        return None
    least = max(group.step.min_amount.cents, group.policy.min_amount.cents)
    total = sum(invoice.open_cents for invoice, _ in group.members)
    if total >= least:
        return None
    return Blocked(Why(Reason.BELOW_MINIMUM, cents=total, minimum_cents=least, step=group.step.name))


def gap(policy: Policy, customer: CustomerFacts, calendar: Calendar, on: date) -> Wait | None:
    if customer.last_contact_on is None:
        return None
    free_on = customer.last_contact_on + timedelta(days=policy.min_gap_days)
    if on >= free_on:
        return None
    why = Why(Reason.CONTACT_GAP, on=customer.last_contact_on, days=policy.min_gap_days)
    return Wait(obstacles.on_contact_day(free_on, calendar), why)


def cap(step: Step, contacts_on: list[date], tenant: TenantFacts, calendar: Calendar, on: date) -> Wait | None:
    """Most contacts in any run of days. A handover is none; no cap when none is set."""
    most, days = tenant.contact_cap, timedelta(days=tenant.contact_cap_days)
    if not most or step.kind is StepKind.HANDOVER:
        return None
    recent = sorted(contact_on for contact_on in contacts_on if contact_on > on - days)
    if len(recent) < most:
        return None
    note = "was één contact" if len(recent) == 1 else f"waren {len(recent)} contacten"
    why = Why(Reason.CONTACT_CAP, days=tenant.contact_cap_days, note=note)
    return Wait(obstacles.on_contact_day(recent[-most] + days, calendar), why)


def rest_day(calendar: Calendar, on: date) -> Wait | None:
    if calendar.is_contact_day(on):
        return None
    return Wait(calendar.next_contact_day(on + ONE_DAY), Why(Reason.REST_DAY, on=on))


def time_barred(step: Step, invoice: InvoiceFacts, on: date) -> Blocked | None:
    """A claim past its last safe day gets no letter by itself (art. 3:307-3:319 BW); a call and a handover have a person in them."""
    if invoice.limitation_on is None or on <= invoice.limitation_on or not step.is_letter:
        return None
    return Blocked(Why(Reason.TIME_BARRED, on=invoice.limitation_on, step=step.name))
