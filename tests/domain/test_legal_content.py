"""The mapping of the ladder to what a letter is in law: every step, debtor, state of default and of the fourteen-day letter."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from dunning.domain.fourteen_day import LetterState
from dunning.domain.legal_content import (
    CostBasis,
    LegalContent,
    claims_costs,
    claims_interest,
    cost_basis,
    legal_content,
    term_days,
)
from dunning.domain.policy import Anchor, ClaimMode, Step, StepKind
from receivables.domain.debtor import Debtor

ON = date(2026, 9, 14)
CONSUMER = Debtor()
TRADER = Debtor(is_consumer=False, is_natural_person=True)
COMPANY = Debtor(is_consumer=False, is_natural_person=False)
TOWN = Debtor(is_consumer=False, is_natural_person=False, is_government=True)
BUSINESSES = (TRADER, COMPANY, TOWN)
NOT_YET, STILL_NOT, FROM_TODAY, LONG_AGO = None, date(2026, 9, 15), ON, date(2026, 1, 1)
NO_DEFAULT, IN_DEFAULT = (NOT_YET, STILL_NOT), (FROM_TODAY, LONG_AGO)
NO_CLAIM = (ClaimMode.OFF, ClaimMode.STATE)
FOURTEEN_DAY, COSTS_DUE = LegalContent.FOURTEEN_DAY, LegalContent.COSTS_DUE


def _step(kind: StepKind, days: int = 10) -> Step:
    return Step(kind.value, kind, Anchor.PREVIOUS_STEP, 10, term_days=days)


def _content(
    kind: StepKind, debtor: Debtor, default_from: date | None, letter: LetterState, costs: ClaimMode
) -> LegalContent:
    return legal_content(_step(kind), debtor=debtor, default_from=default_from, letter=letter, costs=costs, on=ON)


EVERYTHING = (NO_DEFAULT + IN_DEFAULT, LetterState, ClaimMode)


@pytest.mark.parametrize("kind", [StepKind.PRE_DUE_NOTICE, StepKind.REMINDER])
def test_friendly_steps_are_free_whatever_the_state(kind: StepKind) -> None:
    found = {_content(kind, debtor, *rest) for debtor in (CONSUMER, *BUSINESSES) for rest in product(*EVERYTHING)}

    assert found == {LegalContent.FRIENDLY}


@pytest.mark.parametrize("kind", [StepKind.DEMAND, StepKind.NOTICE_OF_DEFAULT])
def test_formal_letter_before_default_puts_in_default(kind: StepKind) -> None:
    found = {
        _content(kind, debtor, *rest)
        for debtor in (CONSUMER, *BUSINESSES)
        for rest in product(NO_DEFAULT, LetterState, ClaimMode)
    }

    assert found == {LegalContent.DEFAULT_NOTICE}


@pytest.mark.parametrize(
    ("kind", "content"),
    [(StepKind.DEMAND, LegalContent.DEMAND), (StepKind.NOTICE_OF_DEFAULT, LegalContent.LAST_NOTICE)],
)
def test_letters_in_default_without_a_claim_of_consumer_costs(kind: StepKind, content: LegalContent) -> None:
    """A business whatever the letter and the mode; a consumer when the ladder claims no costs."""
    of_businesses = {
        _content(kind, debtor, *rest) for debtor in BUSINESSES for rest in product(IN_DEFAULT, LetterState, ClaimMode)
    }
    of_consumers = {_content(kind, CONSUMER, *rest) for rest in product(IN_DEFAULT, LetterState, NO_CLAIM)}

    assert of_businesses | of_consumers == {content}


@pytest.mark.parametrize(
    ("letter", "demand", "notice"),
    [
        (LetterState.NONE, FOURTEEN_DAY, FOURTEEN_DAY),
        (LetterState.VOID, FOURTEEN_DAY, FOURTEEN_DAY),
        (LetterState.PAID, FOURTEEN_DAY, FOURTEEN_DAY),  # what is open again asks for a new letter
        (LetterState.RUNNING, LegalContent.DEMAND, LegalContent.LAST_NOTICE),  # the decision waits here
        (LetterState.EXPIRED_UNPAID, COSTS_DUE, COSTS_DUE),
    ],
)
@pytest.mark.parametrize("default_from", IN_DEFAULT)
def test_consumer_in_default_gets_the_letter_his_costs_hang_on(
    letter: LetterState, demand: LegalContent, notice: LegalContent, default_from: date
) -> None:
    claim = ClaimMode.CLAIM

    assert _content(StepKind.DEMAND, CONSUMER, default_from, letter, claim) is demand
    assert _content(StepKind.NOTICE_OF_DEFAULT, CONSUMER, default_from, letter, claim) is notice


def test_only_letters_have_a_legal_content() -> None:
    for kind in (StepKind.CALL, StepKind.HANDOVER):
        with pytest.raises(KeyError):
            _content(kind, COMPANY, LONG_AGO, LetterState.NONE, ClaimMode.OFF)


def test_consumer_pays_costs_with_one_letter_only() -> None:
    assert [content for content in LegalContent if claims_costs(content, CONSUMER)] == [COSTS_DUE]
    assert cost_basis(COSTS_DUE, CONSUMER) is CostBasis.TARIFF


@pytest.mark.parametrize("business", BUSINESSES)
def test_business_pays_the_fixed_sum_first_and_the_tariff_last(business: Debtor) -> None:
    found = {content: cost_basis(content, business) for content in LegalContent if claims_costs(content, business)}

    assert found == {LegalContent.DEMAND: CostBasis.FIXED_SUM, LegalContent.LAST_NOTICE: CostBasis.TARIFF}
    assert cost_basis(LegalContent.FRIENDLY, business) is CostBasis.NOTHING


def test_interest_is_asked_from_default_and_from_a_business_once_it_runs() -> None:
    of_consumer = {content for content in LegalContent if claims_interest(content, CONSUMER)}
    of_business = {content for content in LegalContent if claims_interest(content, COMPANY)}

    assert of_consumer == {LegalContent.DEMAND, FOURTEEN_DAY, COSTS_DUE, LegalContent.LAST_NOTICE}
    assert of_business == {*LegalContent} - {LegalContent.FRIENDLY}


@pytest.mark.parametrize(
    ("content", "days", "given"),
    [
        (FOURTEEN_DAY, 8, 14),
        (FOURTEEN_DAY, 21, 21),
        (LegalContent.DEFAULT_NOTICE, 4, 7),  # a reasonable term
        (LegalContent.DEFAULT_NOTICE, 10, 10),
        (LegalContent.DEMAND, 4, 4),
        (COSTS_DUE, 8, 8),
        (LegalContent.LAST_NOTICE, 8, 8),
        (LegalContent.FRIENDLY, 0, 0),
    ],
)
def test_term_is_never_shorter_than_the_content_asks(content: LegalContent, days: int, given: int) -> None:
    assert term_days(content, _step(StepKind.DEMAND, days)) == given
