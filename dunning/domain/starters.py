"""The three ladders a new tenant starts with; each is a plain policy that can be changed.

MILD asks no interest and no costs, STANDAARD claims costs and names the interest, STRENG claims both. The law decides per debtor
when they may be asked (`dunning.domain.legal_content`).
"""

from __future__ import annotations

from typing import Final

from dunning.domain.policy import Anchor, Channel, ClaimMode, Policy, Step, StepKind

BY_MAIL_OR_POST: Final = (Channel.EMAIL, Channel.PRINT)
GAP_DAYS: Final = 3  # so that several invoices make no flood; not longer than the call comes after the demand


def _before_due(days: int) -> Step:
    kind = StepKind.PRE_DUE_NOTICE
    return Step("vooraankondiging", kind, Anchor.DUE_DATE, -days, channels=(Channel.EMAIL,))


def _reminder(days_after_due: int, *, term_days: int) -> Step:
    return Step(
        "herinnering",
        StepKind.REMINDER,
        Anchor.DUE_DATE,
        days_after_due,
        term_days=term_days,
        channels=BY_MAIL_OR_POST,
    )


def _letter(key: str, kind: StepKind, days: int, *, term_days: int) -> Step:
    return Step(key, kind, Anchor.PREVIOUS_STEP, days, term_days=term_days, channels=BY_MAIL_OR_POST)


def _by_a_person(key: str, kind: StepKind, days: int) -> Step:
    return Step(key, kind, Anchor.PREVIOUS_STEP, days)


MILD: Final = Policy(
    key="mild",
    version=1,
    min_gap_days=GAP_DAYS,
    steps=(
        _before_due(3),
        _reminder(7, term_days=10),
        _letter("tweede-herinnering", StepKind.REMINDER, 14, term_days=10),
        _letter("aanmaning", StepKind.DEMAND, 14, term_days=10),
        _by_a_person("belactie", StepKind.CALL, 5),
        _letter("ingebrekestelling", StepKind.NOTICE_OF_DEFAULT, 14, term_days=12),
        _by_a_person("overdracht", StepKind.HANDOVER, 14),
    ),
)
STANDAARD: Final = Policy(
    key="standaard",
    version=1,
    min_gap_days=GAP_DAYS,
    interest=ClaimMode.STATE,
    costs=ClaimMode.CLAIM,
    steps=(
        _before_due(3),
        _reminder(3, term_days=7),
        _letter("aanmaning", StepKind.DEMAND, 10, term_days=10),
        _by_a_person("belactie", StepKind.CALL, 3),
        _letter("ingebrekestelling", StepKind.NOTICE_OF_DEFAULT, 10, term_days=8),
        _by_a_person("overdracht", StepKind.HANDOVER, 10),
    ),
)
STRENG: Final = Policy(
    key="streng",
    version=1,
    min_gap_days=GAP_DAYS,
    interest=ClaimMode.CLAIM,
    costs=ClaimMode.CLAIM,
    steps=(
        _reminder(1, term_days=4),
        _letter("aanmaning", StepKind.DEMAND, 7, term_days=6),
        _letter("ingebrekestelling", StepKind.NOTICE_OF_DEFAULT, 8, term_days=7),
        _by_a_person("overdracht", StepKind.HANDOVER, 9),
    ),
)
STARTERS: Final = (MILD, STANDAARD, STRENG)
