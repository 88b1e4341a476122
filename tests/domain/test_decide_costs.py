"""Whatever the facts: no consumer is asked for costs before a fourteen-day letter ran out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dunning.domain import legal_state
from dunning.domain.answers import Answer, HandOver, Send, say
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.fourteen_day import FourteenDay, LetterState, fourteen_day_term
from dunning.domain.legal_content import LegalContent, claims_costs
from dunning.domain.policy import ClaimMode, StepKind
from dunning.domain.starters import MILD, STANDAARD, STRENG
from receivables.domain.debtor import Debtor
from receivables.domain.default import DueDateBasis
from tests.domain.decided import (
    CALENDAR,
    COMPANY,
    CONSUMER,
    SHORT,
    TRADER,
)

DAYS = st.integers(0, 120).map(lambda days: date(2026, 8, 1) + timedelta(days=days))
LETTERS = st.none() | st.builds(
    FourteenDay,
    DAYS.map(lambda on: fourteen_day_term(on, CALENDAR)),
    is_void=st.sampled_from([False, False, True]),
    is_paid=st.sampled_from([False, False, True]),
)
POLICIES = st.builds(
    lambda policy, interest, costs: replace(policy, interest=interest, costs=costs, min_gap_days=0),
    st.sampled_from([MILD, STANDAARD, STRENG, SHORT]),
    st.sampled_from(ClaimMode),
    st.sampled_from([ClaimMode.CLAIM, *ClaimMode]),
)
MOSTLY_ACCEPTED = st.sampled_from([*[TakenState.ACCEPTED] * 12, *TakenState])


@st.composite
def _on_the_ladder(draw: st.DrawFn) -> InvoiceFacts:
    """An invoice that took the first steps of its ladder; what the letters were in law, and what they gave, may be anything."""
    policy, due_on = draw(POLICIES), draw(DAYS)
    steps = policy.steps[: draw(st.integers(0, len(policy.steps) - 1))]
    taken = []
    for place, step in enumerate(steps):
        on = due_on + timedelta(days=12 * place)
        pay_by = on + timedelta(days=draw(st.sampled_from([8, 10, 30]))) if step.is_letter else None
        content = draw(st.sampled_from([None, *LegalContent])) if step.is_letter else None
        taken.append(Taken(step.key, step.kind, draw(MOSTLY_ACCEPTED), on, pay_by, content))
    return InvoiceFacts(
        draw(st.uuids()),
        due_on,
        draw(st.sampled_from([10_000, 10_000, 10_000, 0])),
        draw(st.sampled_from([policy, policy, policy, None])),
        taken=tuple(taken),
        basis=draw(st.sampled_from(DueDateBasis)),
        letter=draw(LETTERS),
        limitation_on=draw(st.sampled_from([None, None, due_on + timedelta(days=90)])),
    )


INVOICES = st.lists(_on_the_ladder(), max_size=4, unique_by=lambda invoice: invoice.invoice_id)
DEBTORS = st.sampled_from([CONSUMER, CONSUMER, TRADER, COMPANY])
TENANTS = st.builds(
    TenantFacts,
    wki_note=st.sampled_from(["", "", "", "Dicht."]),
    contact_cap=st.sampled_from([None, None, 0, 1, 2]),
)
LATER = st.integers(0, 120).map(lambda days: date(2026, 9, 1) + timedelta(days=days))


def _was_due(invoice: InvoiceFacts, on: date) -> bool:
    """By the letter of the law, and without a look at the code under test: these costs are owed."""
    letter = invoice.letter
    if letter is None or letter.is_void or letter.is_paid or letter.term is None:
        return False
    received_on = letter.term.received_on
    notices = [
        taken.pay_by
        for taken in invoice.taken
        if taken.state is TakenState.ACCEPTED and taken.pay_by is not None and taken.kind is not StepKind.CALL
    ]
    in_default = invoice.due_on < received_on and (
        invoice.basis is DueDateBasis.AGREED or any(pay_by < received_on for pay_by in notices)
    )
    return in_default and on > received_on + timedelta(days=14)


FACTS = {
    "invoices": INVOICES,
    "debtor": DEBTORS,
    "tenant": TENANTS,
    "contacts": st.lists(DAYS, max_size=3),
    "on": LATER,
}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(**FACTS)
def test_no_consumer_is_asked_for_costs_before_an_expired_letter_whatever_the_facts(
    invoices: list[InvoiceFacts], debtor: Debtor, tenant: TenantFacts, contacts: list[date], on: date
) -> None:
    _check_costs(invoices, debtor, tenant, contacts, on)


def _check_costs(
    invoices: list[InvoiceFacts], debtor: Debtor, tenant: TenantFacts, contacts: list[date], on: date
) -> None:
    customer = CustomerFacts(UUID(int=9), tuple(invoices), debtor=debtor, contacts_on=tuple(contacts))

    made = decide(customer, tenant=tenant, calendar=CALENDAR, on=on)

    open_ones = {invoice.invoice_id: invoice for invoice in invoices if invoice.open_cents > 0}
    assert sorted(decision.invoice_id for decision in made) == sorted(open_ones)  # each exactly one answer
    for decision in made:
        invoice, answer = open_ones[decision.invoice_id], decision.answer
        assert say(answer).endswith(".")
        if debtor.is_consumer and _asks_costs(answer, invoice, debtor):
            assert invoice.policy is not None
            assert invoice.policy.costs is ClaimMode.CLAIM
            assert _was_due(invoice, on), "costs that nobody owes"


def _asks_costs(answer: Answer, invoice: InvoiceFacts, debtor: Debtor) -> bool:
    if isinstance(answer, Send):
        return claims_costs(answer.content, debtor)
    claims = invoice.policy is not None and invoice.policy.costs is ClaimMode.CLAIM
    return isinstance(answer, HandOver) and claims


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("letter_state", lambda *_: LetterState.EXPIRED_UNPAID),
        ("needs_letter_first", lambda *_, **__: False),
        ("default_from", lambda *_: date(2026, 1, 1)),
    ],
)
def test_without_a_guard_some_facts_ask_for_costs_nobody_owes(
    name: str, instead: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(legal_state, name, instead)

    @settings(max_examples=5000, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(**FACTS)
    def search(
        invoices: list[InvoiceFacts], debtor: Debtor, tenant: TenantFacts, contacts: list[date], on: date
    ) -> None:
        _check_costs(invoices, debtor, tenant, contacts, on)

    with pytest.raises(AssertionError, match="costs that nobody owes"):
        search()
