"""What is to come: the facts after a step was taken, as the forecast sees them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from dunning.domain.calendar import Calendar
from dunning.domain.facts import CustomerFacts, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.forecast import Expected, as_taken, forecast
from dunning.domain.fourteen_day import FourteenDay, fourteen_day_term
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import Channel, Step
from dunning.domain.starters import STANDAARD
from receivables.domain.debtor import Debtor
from receivables.domain.default import DueDateBasis

CALENDAR = Calendar.dutch()
PRE_DUE, REMINDER, DEMAND, CALL, NOTICE, HANDOVER = STANDAARD.steps
MONDAY = date(2026, 9, 14)
BUSINESS = Debtor(is_consumer=False, is_natural_person=False)
FIRST, SECOND = UUID(int=1), UUID(int=2)
DUE = InvoiceFacts(FIRST, due_on=date(2026, 9, 9), open_cents=10_000, policy=STANDAARD, basis=DueDateBasis.AGREED)


def _customer(invoice: InvoiceFacts = DUE, channels: frozenset[Channel] = frozenset(Channel)) -> CustomerFacts:
    return CustomerFacts(UUID(int=9), (invoice,), channels=channels)


def _after(step: Step, customer: CustomerFacts, margin_days: int = 0) -> InvoiceFacts:
    taken = as_taken(customer, {FIRST: step}, calendar=CALENDAR, on=MONDAY, margin_days=margin_days)
    return taken.invoices[0]


def test_forecast_names_the_invoice_of_each_step() -> None:
    later = replace(DUE, invoice_id=SECOND, due_on=date(2026, 9, 30))
    customer = CustomerFacts(UUID(int=9), (DUE, later))

    coming = list(forecast(customer, [MONDAY, MONDAY + timedelta(weeks=2)], tenant=TenantFacts(), calendar=CALENDAR))

    assert coming == [
        Expected(MONDAY, FIRST, REMINDER, LegalContent.FRIENDLY),
        Expected(date(2026, 9, 28), FIRST, DEMAND, LegalContent.FOURTEEN_DAY),
        Expected(date(2026, 9, 28), SECOND, PRE_DUE, LegalContent.FRIENDLY),
    ]


@pytest.mark.parametrize("step", [CALL, HANDOVER], ids=lambda step: step.key)
def test_call_and_handover_count_as_done_and_give_no_term(step: Step) -> None:
    assert _after(step, _customer()).taken == (Taken(step.key, step.kind, TakenState.ACCEPTED, MONDAY),)


def test_letter_counts_as_accepted_with_the_term_of_its_content() -> None:
    reminded = _after(REMINDER, _customer())
    put_in_default = _after(replace(DEMAND, term_days=3), _customer(replace(DUE, basis=DueDateBasis.INVOICE_ONLY)))

    assert reminded.taken == (
        Taken(
            *("herinnering", REMINDER.kind, TakenState.ACCEPTED, MONDAY, date(2026, 9, 21)),
            content=LegalContent.FRIENDLY,
        ),
    )
    assert reminded.letter is None
    assert [(taken.pay_by, taken.content) for taken in put_in_default.taken] == [
        (date(2026, 9, 21), LegalContent.DEFAULT_NOTICE)  # three days in the ladder, seven in the letter
    ]


@pytest.mark.parametrize(
    ("channels", "received_on"),
    [
        (frozenset(Channel), MONDAY),  # by mail, which comes first
        (frozenset({Channel.PRINT}), date(2026, 9, 16)),
        (frozenset(), MONDAY),
    ],
    ids=["mail", "post", "neither"],
)
def test_fourteen_days_start_when_the_letter_arrives_and_keep_the_margin(
    channels: frozenset[Channel], received_on: date
) -> None:
    for margin_days in (0, 4):
        term = fourteen_day_term(received_on, CALENDAR, margin_days=margin_days)

        demanded = _after(DEMAND, _customer(channels=channels), margin_days)

        assert demanded.letter == FourteenDay(term)
        assert demanded.taken[0].pay_by == term.safe_last_on


def test_without_a_margin_the_fourteen_days_are_those_of_the_law() -> None:
    by_post = _customer(channels=frozenset({Channel.PRINT}))

    taken = as_taken(by_post, {FIRST: DEMAND}, calendar=CALENDAR, on=MONDAY)

    assert taken.invoices[0].letter == FourteenDay(fourteen_day_term(date(2026, 9, 16), CALENDAR))
    assert taken.invoices[0].taken[0].pay_by == date(2026, 9, 30)


def test_forecast_keeps_the_margin_of_the_tenant() -> None:
    reminded = Taken("herinnering", REMINDER.kind, TakenState.ACCEPTED, MONDAY, date(2026, 9, 21))
    customer = _customer(replace(DUE, taken=(reminded,), policy=replace(STANDAARD, steps=(REMINDER, DEMAND, NOTICE))))
    days = [date(2026, 9, 28) + timedelta(days=day) for day in range(30)]

    def steps(margin_days: int) -> list[date]:
        tenant = TenantFacts(margin_days=margin_days)
        return [item.on for item in forecast(customer, days, tenant=tenant, calendar=CALENDAR)]

    assert steps(0) == [date(2026, 9, 28), date(2026, 10, 13)]
    assert steps(5) == [date(2026, 9, 28), date(2026, 10, 20)]  # the 17th is a Saturday


def test_steps_of_one_letter_are_one_contact_and_a_handover_is_none() -> None:
    other = replace(DUE, invoice_id=SECOND)
    customer = CustomerFacts(UUID(int=9), (DUE, other), contacts_on=(date(2026, 9, 1),))

    def after(first: Step, second: Step) -> CustomerFacts:
        return as_taken(customer, {FIRST: first, SECOND: second}, calendar=CALENDAR, on=MONDAY)

    one_letter, two_letters, handed_over = after(REMINDER, REMINDER), after(REMINDER, DEMAND), after(HANDOVER, HANDOVER)

    assert (one_letter.last_contact_on, one_letter.contacts_on) == (MONDAY, (date(2026, 9, 1), MONDAY))
    assert two_letters.contacts_on == (date(2026, 9, 1), MONDAY, MONDAY)
    assert (handed_over.last_contact_on, handed_over.contacts_on) == (None, (date(2026, 9, 1),))
    assert as_taken(customer, {}, calendar=CALENDAR, on=MONDAY) is customer
