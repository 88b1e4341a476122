"""Ladders: the three starters are sound, and an unsound one is refused in Dutch, with every problem at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dunning.domain.policy import Anchor, Channel, Policy, PolicyInvalidError, Step, StepKind, problems
from dunning.domain.starters import MILD, STANDAARD, STARTERS, STRENG
from receivables.domain.money import Money

PRE_DUE, REMINDER, DEMAND, CALL, DEFAULT, HANDOVER = STANDAARD.steps


@pytest.mark.parametrize("policy", STARTERS, ids=lambda policy: policy.key)
def test_starter_is_sound(policy: Policy) -> None:
    assert problems(policy) == ()


def test_standaard_has_the_six_steps_at_their_days() -> None:
    assert [(step.key, step.kind, step.anchor, step.days) for step in STANDAARD.steps] == [
        ("vooraankondiging", StepKind.PRE_DUE_NOTICE, Anchor.DUE_DATE, -3),
        ("herinnering", StepKind.REMINDER, Anchor.DUE_DATE, 3),
        ("aanmaning", StepKind.DEMAND, Anchor.PREVIOUS_STEP, 10),
        ("belactie", StepKind.CALL, Anchor.PREVIOUS_STEP, 3),
        ("ingebrekestelling", StepKind.NOTICE_OF_DEFAULT, Anchor.PREVIOUS_STEP, 10),
        ("overdracht", StepKind.HANDOVER, Anchor.PREVIOUS_STEP, 10),
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
            _ladder(REMINDER, DEMAND, replace(REMINDER, key="nog-een", anchor=Anchor.PREVIOUS_STEP, days=11)),
            "Nog een: deze stap staat te laat in de ladder; een lichtere stap komt vóór een zwaardere.",
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
            _ladder(replace(REMINDER, term_days=14), DEMAND),
            "Aanmaning: komt 10 dagen na de herinnering, maar die geeft 14 dagen om te betalen. "
            "Wacht langer of geef een kortere termijn.",
        ),
    ],
)
def test_unsound_ladder_is_refused_with_a_reason(policy: Policy, problem: str) -> None:
    assert problems(policy) == (problem,)


def test_call_may_stand_anywhere_after_the_reminder() -> None:
    early_call = replace(CALL, days=2)

    assert problems(_ladder(REMINDER, early_call, replace(DEMAND, days=8))) == ()


def test_all_problems_come_at_once() -> None:
    wrong = problems(_ladder(replace(REMINDER, days=0, channels=())))

    assert len(wrong) == 2
    assert PolicyInvalidError(wrong).problems == wrong


def test_position_of_a_step_an_other_version_does_not_know() -> None:
    assert STANDAARD.position_of("aanmaning", StepKind.DEMAND) == 2
    assert STANDAARD.position_of("tweede-herinnering", StepKind.REMINDER) == 1  # its first step of that kind
    assert STRENG.position_of("belactie", StepKind.CALL) == 0  # after the reminder: the demand has yet to come
    assert STRENG.position_of("vooraankondiging", StepKind.PRE_DUE_NOTICE) == -1
    assert MILD.position_of("laatste-aanmaning", StepKind.DEMAND) == 3
    assert Channel("email") is Channel.EMAIL
