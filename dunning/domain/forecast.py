"""What is to come: the same decision run on later days, as if nobody pays and every letter is accepted the day it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from dunning.domain.answers import Call, HandOver, Send
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.policy import Step, StepKind


@dataclass(frozen=True, slots=True)
class Expected:
    """A step that an invoice takes on a day, if nothing changes."""

    on: date
    invoice_id: UUID
    step: Step


def forecast(
    customer: CustomerFacts, days: Iterable[date], *, tenant: TenantFacts, calendar: Calendar
) -> Iterator[Expected]:
    """The steps of `customer` on the coming run days, in order. Nothing is sent and nothing is stored."""
    for on in days:
        steps = {
            decision.invoice_id: decision.answer.step
            for decision in decide(customer, tenant=tenant, calendar=calendar, on=on)
            if isinstance(decision.answer, Send | Call | HandOver)
        }
        yield from (Expected(on, invoice_id, step) for invoice_id, step in steps.items())
        customer = as_taken(customer, steps, calendar=calendar, on=on)


def as_taken(customer: CustomerFacts, steps: dict[UUID, Step], *, calendar: Calendar, on: date) -> CustomerFacts:
    """The customer's facts after these steps were taken and accepted on `on`."""
    if not steps:
        return customer
    invoices = tuple(_with_step(invoice, steps.get(invoice.invoice_id), calendar, on) for invoice in customer.invoices)
    spoke = any(step.kind is not StepKind.HANDOVER for step in steps.values())
    return replace(customer, invoices=invoices, last_contact_on=on if spoke else customer.last_contact_on)


def _with_step(invoice: InvoiceFacts, step: Step | None, calendar: Calendar, on: date) -> InvoiceFacts:
    if step is None:
        return invoice
    pay_by = calendar.term_ends_on(on, step.term_days) if step.term_days else None
    taken = Taken(step.key, step.kind, TakenState.ACCEPTED, on, pay_by)
    return replace(invoice, taken=(*invoice.taken, taken))
