"""Whatever the order of payments, credits, holds, missed weeks and repeated runs: no step twice, early, out of order or not owed.

Each guard has a negative control: with the guard taken away, the same events must do harm, or the test proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dunning.domain import legal_state, limits, obstacles, timing
from dunning.domain.facts import Gate, HoldKind, HoldLevel, InvoiceFacts, TakenState
from dunning.domain.fourteen_day import LetterState
from dunning.domain.policy import ClaimMode, Policy, Step
from dunning.domain.starters import MILD, STANDAARD, STRENG
from tests.domain.world import HarmError, World

Event: TypeAlias = tuple[Any, ...]
INVOICE = st.integers(0, 1)
# a second version of the same ladder, slower and with one step more
LONGER = replace(MILD, key=STANDAARD.key, version=2)
_NOTICE, _REMINDER, _DEMAND, _CALL, *_REST = STANDAARD.steps
EARLY_CALL = replace(STANDAARD, version=3, steps=(_NOTICE, _REMINDER, _CALL, _DEMAND, *_REST))
# claims costs, but leaves a consumer without an agreed day only one letter: the engine must add another
SHORT = Policy("kort", 1, (_REMINDER, _DEMAND, STANDAARD.steps[-1]), costs=ClaimMode.CLAIM)

EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.tuples(st.just("days_pass"), st.integers(1, 20)),
    st.just(("run",)),
    st.just(("week",)),
    st.just(("week",)),
    st.just(("week",)),
    st.tuples(st.just("week"), st.sampled_from([TakenState.BOUNCED, TakenState.AMBIGUOUS])),
    st.tuples(st.just("deliver"), st.just(TakenState.ACCEPTED)),
    st.tuples(st.just("deliver"), st.sampled_from([TakenState.BOUNCED, TakenState.AMBIGUOUS])),
    st.tuples(st.just("pay"), INVOICE, st.sampled_from([2_500, 10_000])),
    st.tuples(st.just("reverse_payment"), INVOICE),
    st.tuples(st.just("credit"), st.sampled_from([0, 700])),
    st.tuples(
        st.just("hold"),
        INVOICE,
        st.sampled_from(HoldLevel),
        st.sampled_from(HoldKind),
        st.one_of(st.none(), st.integers(0, 30)),
    ),
    st.just(("lift_holds",)),
    st.tuples(st.just("set_gate"), st.sampled_from(Gate)),
    st.tuples(st.just("set_insolvency"), st.sampled_from(["", "faillissement"])),
    st.tuples(st.just("move"), INVOICE, st.sampled_from([STANDAARD, LONGER, EARLY_CALL])),
    st.tuples(st.just("settle"), st.booleans()),
)

HISTORIES = st.lists(EVENTS, min_size=25, max_size=60)  # shorter ones rarely get past the reminder


def _live(world: World, events: list[Event]) -> None:
    for name, *arguments in events:
        if name == "settle":
            world.person_resolves(arrived=arguments[0])
        else:
            getattr(world, name)(*arguments)


@pytest.mark.parametrize("policy", [MILD, STANDAARD, STRENG, SHORT], ids=lambda policy: policy.key)
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(events=HISTORIES)
def test_ladder_never_does_harm_in_any_order_of_events(policy: Policy, events: list[Event]) -> None:
    world = World(policy)
    if policy is not STANDAARD:
        events = [event for event in events if event[0] != "move"]
    _live(world, events)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(gaps=st.lists(st.integers(1, 25), min_size=25, max_size=40))
def test_ladder_always_reaches_its_end_when_nobody_pays(gaps: list[int]) -> None:
    """Not only safe: whatever weeks are missed, both files get every step after the due date, each once."""
    world = World(STANDAARD)
    for days in gaps:
        world.days_pass(days)
        world.run()
        world.deliver(TakenState.ACCEPTED)
    while world.on < date(2028, 1, 1):
        world.days_pass(1)
        world.run()
        world.deliver(TakenState.ACCEPTED)

    for diary in world.diaries.values():
        keys = [step.key for step, _, _ in diary.entries if step.key != "vooraankondiging"]
        assert keys == ["herinnering", "aanmaning", "belactie", "ingebrekestelling", "overdracht"]


# --- negative controls: a guard is taken away, and the harm must show ----------------------------------------------------


def _step_that_counts(invoice: InvoiceFacts, policy: Policy, on: date) -> Step | None:
    """The classic mistake: the next step is the number of letters on file."""
    return policy.steps[len(invoice.taken)] if len(invoice.taken) < len(policy.steps) else None


def _step_by_time(invoice: InvoiceFacts, policy: Policy, on: date) -> Step | None:
    """The other one: the step follows from the days past due."""
    late = (on - invoice.due_on).days
    return policy.steps[min(len(policy.steps) - 1, 1 + late // 10)] if late > 2 else None


def _expired(*_: object) -> LetterState:
    """As if the fourteen days had run out for everybody."""
    return LetterState.EXPIRED_UNPAID


def _long_ago(*_: object) -> date:
    """As if every due date were a fatal term."""
    return date(2026, 1, 1)


def _needless(*_: object, **__: object) -> bool:
    return False


def _nothing(*_: object, **__: object) -> None:
    return None


REMOVED_GUARDS: list[tuple[str, object, str, Callable[..., Any], str]] = [
    ("term", timing, "early", _nothing, "too soon|before the due date|inside a term"),
    ("holds", obstacles, "longest", _nothing, "under a hold"),
    ("settled", obstacles, "unsettled", _nothing, "skipped|too soon|after a later step|twice"),
    ("insolvency", obstacles, "standstill", _nothing, "insolvent|under a hold"),
    ("credit", limits, "credit", _nothing, "credit lies unsettled"),
    ("gate", limits, "gate", _nothing, "books"),
    ("rest day", limits, "rest_day", _nothing, "Sunday"),
    ("position", timing, "next_step", _step_by_time, "skipped|twice|too soon"),
    ("derivation", timing, "next_step", _step_that_counts, "twice|skipped|on or after it"),
    ("fourteen days", legal_state, "letter_state", _expired, "costs nobody owes"),
    ("default", legal_state, "default_from", _long_ago, "before default"),
]


def _find_harm(world_of: Callable[[], World], *, moves: bool = True) -> str:
    @settings(
        max_examples=4000,
        deadline=None,
        derandomize=True,
        report_multiple_bugs=False,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(events=HISTORIES)
    def search(events: list[Event]) -> None:
        _live(world_of(), [event for event in events if moves or event[0] != "move"])

    with pytest.raises(HarmError) as harm:
        search()
    return str(harm.value)


@pytest.mark.parametrize(
    ("module", "name", "instead", "harm"), [row[1:] for row in REMOVED_GUARDS], ids=[row[0] for row in REMOVED_GUARDS]
)
def test_ladder_without_a_guard_does_harm(
    module: object, name: str, instead: Callable[..., Any], harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, instead)

    assert re.search(harm, _find_harm(World))


def test_ladder_without_the_extra_letter_hands_over_costs_nobody_owes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legal_state, "needs_letter_first", _needless)

    assert "handover with costs nobody owes" in _find_harm(lambda: World(SHORT), moves=False)


def test_ladder_without_the_second_look_asks_for_what_is_paid() -> None:
    def blind() -> World:
        world = World()
        world.looks_again = False
        return world

    assert _find_harm(blind)
