"""Pairing as a multiset: twins stay two, the best pairs come first, and nobody is left out who could have been paired."""

from __future__ import annotations

import time
from collections.abc import Hashable
from datetime import date
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from receivables.domain.bank_alike import Line, agreement
from receivables.domain.bank_pairs import pair

DAY = date(2026, 3, 2)


def line(key: object, *, text: str = "", iban: str = "", form: str = "camt", end: str = "", ref: str = "") -> Line:
    return Line(key, DAY, 1000, iban=iban, text=text, end_to_end_id=end, bank_reference=ref, format=form)


def test_three_twins_against_two_stored_leave_one_new() -> None:
    stored = [line(f"s{place}", text="contributie") for place in range(2)]
    new = [line(place, text="contributie") for place in range(3)]

    found = pair(stored, new, agreement)

    assert len(found) == 2
    assert len(set(found.values())) == 2


def test_the_better_of_two_candidates_is_taken() -> None:
    stored = [line("vague"), line("exact", text="factuur 2026-0001", iban="NL91ABNA0417164300")]
    new = [line(0, text="factuur 2026-0001", iban="NL91ABNA0417164300", form="mt940")]

    assert pair(stored, new, agreement) == {0: "exact"}


def test_a_line_with_another_choice_makes_room() -> None:
    """The first new line fits both stored ones, and the second only the one that the first likes best."""
    stored = [line("a", text="factuur 2026-0001", iban="NL91ABNA0417164300"), line("b", iban="NL91ABNA0417164300")]
    new = [
        line(0, text="factuur 2026-0001", iban="NL91ABNA0417164300", form="mt940"),
        line(1, text="factuur 2026-0001", iban="", end="E2E", form="mt940"),
    ]
    scores: dict[tuple[Hashable, Hashable], int] = {("a", 0): 9, ("b", 0): 1, ("a", 1): 5}

    found = pair(stored, new, lambda one, other: scores.get((one.key, other.key)))

    assert found == {0: "b", 1: "a"}


@settings(max_examples=200, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=14))
def test_as_many_as_can_be_are_paired(possible: set[tuple[int, int]]) -> None:
    stored = [line(place, text=f"stored {place}") for place in range(5)]
    new = [line(place, text=f"new {place}") for place in range(5)]

    found = pair(stored, new, lambda one, other: 1 if (one.key, other.key) in possible else None)

    best = max(
        sum((stored_key, new_key) in possible for new_key, stored_key in enumerate(order))
        for order in permutations(range(5))
    )
    assert len(found) == best == len(set(found.values()))
    assert all((stored_key, new_key) in possible for new_key, stored_key in found.items())


def test_five_thousand_equal_lines_cost_little() -> None:
    for form, end in (("camt", ""), ("mt940", ""), ("mt940", "E2E-{}")):
        stored = [
            line(place, text="contributie maart", iban="NL91ABNA0417164300", end=end.format(place))
            for place in range(5_000)
        ]
        new = [
            line(place, text="contributie maart", iban="NL91ABNA0417164300", end=end.format(place), form=form)
            for place in range(5_001)
        ]
        started = time.process_time()

        assert len(pair(stored, new, agreement)) == 5_000

        assert time.process_time() - started < 3


def test_five_thousand_payers_of_one_amount_cost_little() -> None:
    stored = [line(place, text="contributie", iban=f"NL91ABNA{place:010}") for place in range(5_000)]
    new = [line(place, text="contributie", iban=f"NL91ABNA{place + 2_500:010}", form="mt940") for place in range(5_000)]
    started = time.process_time()

    found = pair(stored, new, agreement)

    assert found == {place: place + 2_500 for place in range(2_500)}
    assert time.process_time() - started < 3
