"""The ladder as data: steps, their order and their terms. Art. 6:81-6:83 BW decide which steps are formal.

A published policy never changes: a change is a new version, and a running file keeps the version it has unless it is moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from receivables.domain.money import Money


class StepKind(StrEnum):
    """What a step is, in the order of the ladder."""

    PRE_DUE_NOTICE = "pre_due_notice"
    REMINDER = "reminder"
    DEMAND = "demand"
    CALL = "call"
    NOTICE_OF_DEFAULT = "notice_of_default"
    HANDOVER = "handover"


class Anchor(StrEnum):
    """From which day the days of a step are counted."""

    DUE_DATE = "due_date"
    PREVIOUS_STEP = "previous_step"  # the day it was accepted


class Channel(StrEnum):
    EMAIL = "email"
    PRINT = "print"


class ClaimMode(StrEnum):
    """What a ladder does with interest, or with collection costs."""

    OFF = "off"
    STATE = "state"  # the letter names the amount, but does not ask for it
    CLAIM = "claim"


FRIENDLY: Final = frozenset({StepKind.PRE_DUE_NOTICE, StepKind.REMINDER})  # all an amber gate lets through
MIN_DEFAULT_TERM_DAYS: Final = 7  # "a reasonable term", art. 6:82 lid 1 BW
FORMAL_LETTERS: Final = frozenset({StepKind.DEMAND, StepKind.NOTICE_OF_DEFAULT})  # or carries the fourteen-day letter
LETTERS: Final = frozenset(StepKind) - {StepKind.CALL, StepKind.HANDOVER}
NOTHING: Final = Money.zero()
RANK: Final = {
    StepKind.PRE_DUE_NOTICE: 0,
    StepKind.REMINDER: 1,
    StepKind.DEMAND: 2,
    StepKind.CALL: 2,  # a call may come before or after any letter from the reminder on
    StepKind.NOTICE_OF_DEFAULT: 3,
    StepKind.HANDOVER: 4,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One rung. `key` is its name for ever: unique in a version and the same in all versions."""

    key: str
    kind: StepKind
    anchor: Anchor
    days: int  # after the anchor; before it when negative
    term_days: int = 0  # the payment term the letter states
    min_amount: Money = NOTHING  # of all invoices on the letter together
    channels: tuple[Channel, ...] = ()  # in order of preference
    needs_approval: bool = False  # waits for a person even where the tenant approves automatically

    @property
    def is_letter(self) -> bool:
        return self.kind in LETTERS

    @property
    def name(self) -> str:
        return step_name(self.key)


@lru_cache(maxsize=1024)
def step_name(key: str) -> str:
    """The Dutch name on screen: "tweede-herinnering" is "Tweede herinnering"."""
    return key.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a ladder."""

    key: str
    version: int
    steps: tuple[Step, ...]
    min_amount: Money = NOTHING
    min_gap_days: int = 0  # between two contacts with one customer, whatever the invoice
    interest: ClaimMode = ClaimMode.OFF
    costs: ClaimMode = ClaimMode.OFF
    positions: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", {step.key: place for place, step in enumerate(self.steps)})

    def position_of(self, key: str, kind: StepKind) -> int:
        """Where a file that took step `key` stands in this version; -1 is before the first step.

        A step this version does not know counts as its first step of the same kind, or as its last lighter one: a file that
        is moved may hear the same tone again, but passes over no formal step.
        """
        if key in self.positions:
            return self.positions[key]
        same = [place for place, step in enumerate(self.steps) if step.kind is kind]
        lighter = [place for place, step in enumerate(self.steps) if RANK[step.kind] < RANK[kind]]
        return same[0] if same else max(lighter, default=-1)


class PolicyInvalidError(ValueError):
    """The ladder cannot be published; `problems` says why, in Dutch."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def problems(policy: Policy) -> tuple[str, ...]:
    """Everything that keeps this ladder from being published, as Dutch sentences; empty when it is sound."""
    return (*_problems_of_the_whole(policy), *_problems_of_the_order(policy), *_problems_of_the_terms(policy))


def _problems_of_the_whole(policy: Policy) -> Iterator[str]:
    if not policy.steps:
        yield "De ladder heeft geen stappen."
    elif all(step.kind is StepKind.PRE_DUE_NOTICE for step in policy.steps):
        yield "De ladder heeft geen stap na de vervaldatum."
    if policy.min_gap_days < 0 or policy.min_amount < NOTHING:
        yield "Een tussenpoos of minimumbedrag is nooit negatief."
    if len(policy.positions) != len(policy.steps):
        yield "Twee stappen hebben dezelfde sleutel."
    if policy.costs is ClaimMode.CLAIM and all(step.kind not in FORMAL_LETTERS for step in policy.steps):
        yield (
            "De ladder rekent incassokosten, maar heeft geen aanmaning of ingebrekestelling. Een consument is pas kosten "
            "schuldig na een veertiendagenbrief (art. 6:96 lid 6 BW)."
        )
    for step in policy.steps:
        yield from _problems_of_a_step(step)


def _problems_of_a_step(step: Step) -> Iterator[str]:
    before_due = step.kind is StepKind.PRE_DUE_NOTICE
    if before_due and (step.anchor is not Anchor.DUE_DATE or step.days >= 0):
        yield f"{step.name}: een vooraankondiging komt een aantal dagen vóór de vervaldatum."
    if not before_due and step.days < 1:
        yield f"{step.name}: wacht ten minste één dag."
    if step.is_letter and not step.channels:
        yield f"{step.name}: kies ten minste één kanaal."
    if step.is_letter and not before_due and step.term_days < 1:
        yield f"{step.name}: noem een betaaltermijn van ten minste één dag."
    if step.kind is StepKind.NOTICE_OF_DEFAULT and 0 < step.term_days < MIN_DEFAULT_TERM_DAYS:
        yield f"{step.name}: geef een redelijke termijn van ten minste {MIN_DEFAULT_TERM_DAYS} dagen (art. 6:82 BW)."
    if step.min_amount < NOTHING:
        yield f"{step.name}: een minimumbedrag is nooit negatief."


def _problems_of_the_order(policy: Policy) -> Iterator[str]:
    reached = 0
    for place, step in enumerate(policy.steps):
        rank = RANK[step.kind]
        if step.kind is StepKind.CALL:
            rank = max(reached, RANK[StepKind.REMINDER])
        if rank < reached:
            yield f"{step.name}: deze stap staat te laat in de ladder; een lichtere stap komt vóór een zwaardere."
        if reached == RANK[StepKind.HANDOVER]:
            yield f"{step.name}: na de overdracht komt geen stap meer."
        if _is_first_after_due(policy, place) and step.anchor is not Anchor.DUE_DATE:
            yield f"{step.name}: de eerste stap na de vervaldatum telt vanaf de vervaldatum."
        if step.kind is StepKind.HANDOVER and reached < RANK[StepKind.DEMAND]:
            yield f"{step.name}: vóór een overdracht hoort ten minste een aanmaning."
        reached = max(reached, rank)


def _is_first_after_due(policy: Policy, place: int) -> bool:
    if policy.steps[place].kind is StepKind.PRE_DUE_NOTICE:
        return False
    return all(step.kind is StepKind.PRE_DUE_NOTICE for step in policy.steps[:place])


def _problems_of_the_terms(policy: Policy) -> Iterator[str]:
    """A letter may not come before the term of the letter before it has ended."""
    letter: Step | None = None
    waited = 0
    for step in policy.steps:
        if step.anchor is Anchor.PREVIOUS_STEP:
            waited += step.days
            if letter is not None and step.kind is not StepKind.CALL and waited <= letter.term_days:
                yield (
                    f"{step.name}: komt {waited} dagen na de {letter.name.lower()}, maar die geeft {letter.term_days} dagen "
                    "om te betalen. Wacht langer of geef een kortere termijn."
                )
        if step.is_letter:
            letter, waited = step, 0
