"""Ladders: the three starters are sound, and an unsound one is refused in Dutch, with every problem at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dunning.domain.policy import Anchor, Channel, ClaimMode, Policy, PolicyInvalidError, Step, StepKind, problems
from dunning.domain.starters import BY_MAIL_OR_POST, MILD, STANDAARD, STARTERS, STRENG
from receivables.domain.money import Money

PRE_DUE, REMINDER, DEMAND, CALL, DEFAULT, HANDOVER = STANDAARD.steps


@pytest.mark.parametrize("policy", STARTERS, ids=lambda policy: policy.key)
def test_starter_is_sound(policy: Policy) -> None:
    assert problems(policy) == ()


def test_standaard_has_the_six_steps_at_their_days() -> None:
    assert STANDAARD.steps == (
        Step("vooraankondiging", StepKind.PRE_DUE_NOTICE, Anchor.DUE_DATE, -3, channels=(Channel.EMAIL,)),
        Step("herinnering", StepKind.REMINDER, Anchor.DUE_DATE, 3, term_days=7, channels=BY_MAIL_OR_POST),
        Step("aanmaning", StepKind.DEMAND, Anchor.PREVIOUS_STEP, 10, term_days=10, channels=BY_MAIL_OR_POST),
        Step("belactie", StepKind.CALL, Anchor.PREVIOUS_STEP, 3),
        Step("ingebrekestelling", StepKind.NOTICE_OF_DEFAULT, Anchor.PREVIOUS_STEP, 10, 8, channels=BY_MAIL_OR_POST),
        Step("overdracht", StepKind.HANDOVER, Anchor.PREVIOUS_STEP, 10),
    )


@pytest.mark.parametrize(
    ("policy", "days_and_terms"),
    [
        (MILD, [(-3, 0), (7, 10), (14, 10), (14, 10), (5, 0), (14, 12), (14, 0)]),
        (STRENG, [(1, 4), (7, 6), (8, 7), (9, 0)]),
    ],
    ids=["mild", "streng"],
)
def test_mild_and_streng_have_their_own_days_and_terms(policy: Policy, days_and_terms: list[tuple[int, int]]) -> None:
    assert [(step.days, step.term_days) for step in policy.steps] == days_and_terms


def test_starters_are_first_versions_that_leave_a_customer_alone_for_three_days() -> None:
    assert [(policy.key, policy.version, policy.min_gap_days) for policy in STARTERS] == [
        ("mild", 1, 3),
        ("standaard", 1, 3),
        ("streng", 1, 3),
    ]


def _ladder(*steps: Step) -> Policy:
    return Policy("eigen", 1, steps)


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (_ladder(), "De ladder heeft geen stappen."),
        (_ladder(PRE_DUE), "De ladder heeft geen stap na de vervaldatum."),
        (_ladder(REMINDER, replace(DEMAND, key="herinnering")), "Twee stappen hebben dezelfde sleutel."),
        (
            replace(_ladder(REMINDER), min_gap_days=-1),
            "Een tussenpoos of minimumbedrag is nooit negatief.",
        ),
        (
            _ladder(replace(REMINDER, min_amount=Money.of("-1"))),
            "Herinnering: een minimumbedrag is nooit negatief.",
        ),
        (
            _ladder(replace(PRE_DUE, days=3), REMINDER),
            "Vooraankondiging: een vooraankondiging komt een aantal dagen vóór de vervaldatum.",
        ),
        *(
            (
                _ladder(wrong, REMINDER),
                "Vooraankondiging: een vooraankondiging komt een aantal dagen vóór de vervaldatum.",
            )
            for wrong in (replace(PRE_DUE, days=0), replace(PRE_DUE, anchor=Anchor.PREVIOUS_STEP))
        ),
        (_ladder(replace(REMINDER, days=0)), "Herinnering: wacht ten minste één dag."),
        (_ladder(replace(REMINDER, channels=())), "Herinnering: kies ten minste één kanaal."),
        (
            _ladder(replace(REMINDER, term_days=0)),
            "Herinnering: noem een betaaltermijn van ten minste één dag.",
        ),
        (
            _ladder(REMINDER, DEMAND, replace(DEFAULT, days=12, term_days=5)),
            "Ingebrekestelling: geef een redelijke termijn van ten minste 7 dagen (art. 6:82 BW).",
        ),
        (
            _ladder(REMINDER, DEMAND, replace(DEFAULT, days=12, term_days=1)),
            "Ingebrekestelling: geef een redelijke termijn van ten minste 7 dagen (art. 6:82 BW).",
        ),
        (
            _ladder(REMINDER, DEMAND, replace(DEFAULT, days=12, term_days=0)),
            "Ingebrekestelling: noem een betaaltermijn van ten minste één dag.",
        ),
        (
            _ladder(REMINDER, DEMAND, replace(REMINDER, key="nog-een", anchor=Anchor.PREVIOUS_STEP, days=11)),
            "Nog een: deze stap staat te laat in de ladder; een lichtere stap komt vóór een zwaardere.",
        ),
        (
            _ladder(REMINDER, replace(DEFAULT, days=8), DEMAND),
            "Aanmaning: deze stap staat te laat in de ladder; een lichtere stap komt vóór een zwaardere.",
        ),
        (
            _ladder(REMINDER, PRE_DUE),
            "Vooraankondiging: deze stap staat te laat in de ladder; een lichtere stap komt vóór een zwaardere.",
        ),
        (
            _ladder(REMINDER, DEMAND, replace(HANDOVER, days=11), CALL),
            "Belactie: na de overdracht komt geen stap meer.",
        ),
        (
            _ladder(replace(REMINDER, anchor=Anchor.PREVIOUS_STEP)),
            "Herinnering: de eerste stap na de vervaldatum telt vanaf de vervaldatum.",
        ),
        (_ladder(REMINDER, HANDOVER), "Overdracht: vóór een overdracht hoort ten minste een aanmaning."),
        (
            replace(_ladder(REMINDER), costs=ClaimMode.CLAIM),
            "De ladder rekent incassokosten, maar heeft geen aanmaning of ingebrekestelling. Een consument is pas kosten "
            "schuldig na een veertiendagenbrief (art. 6:96 lid 6 BW).",
        ),
        (
            _ladder(replace(REMINDER, term_days=14), DEMAND),
            "Aanmaning: komt 10 dagen na de herinnering, maar die geeft 14 dagen om te betalen. "
            "Wacht langer of geef een kortere termijn.",
        ),
        (
            _ladder(replace(REMINDER, term_days=10), DEMAND),  # on the tenth day it may still be paid
            "Aanmaning: komt 10 dagen na de herinnering, maar die geeft 10 dagen om te betalen. "
            "Wacht langer of geef een kortere termijn.",
        ),
    ],
)
def test_unsound_ladder_is_refused_with_a_reason(policy: Policy, problem: str) -> None:
    assert problems(policy) == (problem,)


@pytest.mark.parametrize(
    "steps",
    [
        (replace(PRE_DUE, days=-1), REMINDER),
        (replace(REMINDER, term_days=1),),
        (replace(REMINDER, term_days=9), DEMAND),
        (REMINDER, DEMAND, replace(DEFAULT, days=11, term_days=7)),
    ],
    ids=[
        "a notice the day before",
        "a term of one day",
        "a step the day after the term",
        "the shortest reasonable term",
    ],
)
def test_ladder_on_the_edge_is_sound(steps: tuple[Step, ...]) -> None:
    assert problems(_ladder(*steps)) == ()


@pytest.mark.parametrize("letter", [DEMAND, DEFAULT])
def test_ladder_that_claims_costs_needs_one_formal_letter(letter: Step) -> None:
    assert problems(replace(_ladder(REMINDER, letter), costs=ClaimMode.CLAIM)) == ()
    assert problems(replace(_ladder(REMINDER), costs=ClaimMode.STATE)) == ()  # what is only named needs no letter


def test_starters_claim_from_nothing_to_everything() -> None:
    assert [(policy.interest, policy.costs) for policy in (MILD, STANDAARD, STRENG)] == [
        (ClaimMode.OFF, ClaimMode.OFF),
        (ClaimMode.STATE, ClaimMode.CLAIM),
        (ClaimMode.CLAIM, ClaimMode.CLAIM),
    ]


def test_call_may_stand_anywhere_after_the_reminder() -> None:
    early_call = replace(CALL, days=2)

    assert problems(_ladder(REMINDER, early_call, replace(DEMAND, days=8))) == ()


def test_all_problems_come_at_once() -> None:
    wrong = problems(_ladder(replace(REMINDER, days=0, channels=())))

    assert len(wrong) == 2
    refused = PolicyInvalidError(wrong)
    assert refused.problems == wrong
    assert str(refused) == "Herinnering: wacht ten minste één dag. Herinnering: kies ten minste één kanaal."


def test_position_of_a_step_an_other_version_does_not_know() -> None:
    assert STANDAARD.position_of("aanmaning", StepKind.DEMAND) == 2
    assert STANDAARD.position_of("tweede-herinnering", StepKind.REMINDER) == 1  # its first step of that kind
    assert STRENG.position_of("belactie", StepKind.CALL) == 0  # after the reminder: the demand has yet to come
    assert STRENG.position_of("vooraankondiging", StepKind.PRE_DUE_NOTICE) == -1
    assert MILD.position_of("laatste-aanmaning", StepKind.DEMAND) == 3
    assert MILD.position_of("nog-een-herinnering", StepKind.REMINDER) == 1  # it has two; the first counts
    assert Channel("email") is Channel.EMAIL


def test_equal_ladders_are_one_key() -> None:
    assert {STANDAARD: "once"}[replace(STANDAARD)] == "once"
    assert replace(STANDAARD, version=2) != STANDAARD
