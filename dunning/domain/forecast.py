"""What is to come: the same decision run on later days, as if nobody pays and every letter is accepted the day it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from dunning.domain import legal_state
from dunning.domain.answers import Call, HandOver, Send
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.fourteen_day import POST_DELIVERY_DAYS, FourteenDay, fourteen_day_term
from dunning.domain.legal_content import LegalContent, term_days
from dunning.domain.policy import Channel, Step, StepKind


@dataclass(frozen=True, slots=True)
class Expected:
    """A step that an invoice takes on a day, if nothing changes."""

    on: date
    invoice_id: UUID
    step: Step
    content: LegalContent | None = None  # of a letter


def forecast(
    customer: CustomerFacts, days: Iterable[date], *, tenant: TenantFacts, calendar: Calendar
) -> Iterator[Expected]:
    """The steps of `customer` on the coming run days, in order. Nothing is sent and nothing is stored."""
    for on in days:
        steps: dict[UUID, Step] = {}
        for decision in decide(customer, tenant=tenant, calendar=calendar, on=on):
            answer = decision.answer
            if isinstance(answer, Send | Call | HandOver):
                steps[decision.invoice_id] = answer.step
                content = answer.content if isinstance(answer, Send) else None
                yield Expected(on, decision.invoice_id, answer.step, content)
        customer = as_taken(customer, steps, calendar=calendar, on=on, margin_days=tenant.margin_days)


def as_taken(
    customer: CustomerFacts, steps: Mapping[UUID, Step], *, calendar: Calendar, on: date, margin_days: int = 0
) -> CustomerFacts:
    """The customer's facts after these steps were taken and accepted on `on`."""
    if not steps:
        return customer
    invoices = tuple(
        _with_step(invoice, steps[invoice.invoice_id], customer, calendar, on, margin_days)
        if invoice.invoice_id in steps
        else invoice
        for invoice in customer.invoices
    )
    spoken = {(step.key, step.kind) for step in steps.values() if step.kind is not StepKind.HANDOVER}
    if not spoken:
        return replace(customer, invoices=invoices)
    contacts_on = (*customer.contacts_on, *(on for _ in spoken))
    return replace(customer, invoices=invoices, last_contact_on=on, contacts_on=contacts_on)


def _with_step(
    invoice: InvoiceFacts, step: Step, customer: CustomerFacts, calendar: Calendar, on: date, margin_days: int
) -> InvoiceFacts:
    if not step.is_letter or invoice.policy is None:
        taken = Taken(step.key, step.kind, TakenState.ACCEPTED, on)
        return replace(invoice, taken=(*invoice.taken, taken))
    content = legal_state.content_of(step, invoice, policy=invoice.policy, debtor=customer.debtor, on=on)
    letter, pay_by = invoice.letter, None
    if content is LegalContent.FOURTEEN_DAY:
        received_on = calendar.add_delivery_days(on, POST_DELIVERY_DAYS) if _by_post(step, customer) else on
        term = fourteen_day_term(received_on, calendar, margin_days=margin_days)
        letter, pay_by = FourteenDay(term), term.safe_last_on
    elif days := term_days(content, step):
        pay_by = calendar.term_ends_on(on, days)
    taken = Taken(step.key, step.kind, TakenState.ACCEPTED, on, pay_by, content)
    return replace(invoice, taken=(*invoice.taken, taken), letter=letter)


def _by_post(step: Step, customer: CustomerFacts) -> bool:
    return next((channel for channel in step.channels if channel in customer.channels), None) is Channel.PRINT
