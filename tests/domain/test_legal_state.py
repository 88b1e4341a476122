"""Default and the fourteen-day letter of one invoice, on the days on which the answer turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from dunning.domain import legal_state
from dunning.domain.calendar import Calendar
from dunning.domain.facts import InvoiceFacts
from dunning.domain.fourteen_day import FourteenDay, LetterState, fourteen_day_term
from dunning.domain.policy import Anchor, Channel, Policy, Step, StepKind
from dunning.domain.starters import STANDAARD
from receivables.domain.debtor import Debtor
from receivables.domain.default import DueDateBasis
from receivables.domain.money import Money

PRE_DUE, REMINDER, DEMAND, CALL, NOTICE, HANDOVER = STANDAARD.steps
DUE = InvoiceFacts(UUID(int=1), due_on=date(2026, 9, 9), open_cents=10_000, policy=STANDAARD)
LETTER = FourteenDay(fourteen_day_term(date(2026, 9, 10), Calendar.dutch()))  # through Thursday the 24th


@pytest.mark.parametrize(
    ("default_on", "state"),
    [
        (date(2026, 9, 10), LetterState.EXPIRED_UNPAID),  # received on the first day of default
        (date(2026, 9, 11), LetterState.VOID),
        (None, LetterState.VOID),
    ],
)
def test_letter_that_came_before_default_made_no_costs_due(default_on: date | None, state: LetterState) -> None:
    invoice = replace(DUE, letter=LETTER)

    assert legal_state.letter_state(invoice, default_on, date(2026, 9, 25)) is state
    assert legal_state.letter_state(DUE, default_on, date(2026, 9, 25)) is LetterState.NONE


def test_letter_is_judged_once_it_ran_out() -> None:
    early = replace(DUE, letter=LETTER)
    paid = replace(DUE, letter=replace(LETTER, is_paid=True))

    assert legal_state.letter_state(early, None, date(2026, 9, 24)) is LetterState.RUNNING
    assert legal_state.letter_state(paid, None, date(2026, 9, 25)) is LetterState.PAID


@pytest.mark.parametrize("basis", DueDateBasis)
def test_handover_with_costs_needs_a_letter_whatever_the_due_date_rests_on(basis: DueDateBasis) -> None:
    invoice = replace(DUE, basis=basis)

    def needs(step: Step, debtor: Debtor) -> bool:
        return legal_state.needs_letter_first(step, invoice, policy=STANDAARD, debtor=debtor, on=date(2026, 11, 2))

    assert needs(HANDOVER, Debtor())
    assert not needs(HANDOVER, Debtor(is_consumer=False))
    assert not needs(NOTICE, Debtor())


@pytest.mark.parametrize(
    ("letter_needs", "handover_needs", "needs"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_extra_letter_takes_the_time_of_the_handover_and_the_channels_of_the_last_letter(
    letter_needs: bool, handover_needs: bool, needs: bool
) -> None:
    by_post = replace(NOTICE, channels=(Channel.PRINT,), needs_approval=letter_needs)
    handover = replace(HANDOVER, days=11, min_amount=Money.of("25.00"), needs_approval=handover_needs)
    policy = Policy("eigen", 1, (REMINDER, DEMAND, by_post, CALL, handover))

    assert legal_state.extra_letter(handover, DUE, policy) == Step(
        "veertiendagenbrief",
        StepKind.NOTICE_OF_DEFAULT,
        Anchor.PREVIOUS_STEP,
        11,
        term_days=14,
        min_amount=Money.of("25.00"),
        channels=(Channel.PRINT,),
        needs_approval=needs,
    )
