"""The shape in which a sum opens: it adds up, and survives the JSON beside a ledger entry."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.money import Money
from receivables.domain.unfold import of_fixed_sum
from receivables.domain.unfolded import Line, Unfolded

FULL = Line(
    label="15-3-2024 t/m 31-12-2024",
    amount=Money.of("280.00"),
    detail="7%",
    article="art. 6:119 BW",
    first=date(2024, 3, 15),
    last=date(2024, 12, 31),
    days=0,  # nothing is not the same as not known
    year_days=365,
    percent=Decimal("7.00"),
    base=Money.of("5000.00"),
    rounding="op centen",
)
STORED = {
    "label": "15-3-2024 t/m 31-12-2024",
    "amount": "280.00",
    "detail": "7%",
    "article": "art. 6:119 BW",
    "first": "2024-03-15",
    "last": "2024-12-31",
    "days": 0,
    "year_days": 365,
    "percent": "7.00",
    "base": "5000.00",
    "rounding": "op centen",
}
amounts = st.integers(0, 10**9).map(Money.from_cents)


def test_lines_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Rente: the lines add up to 1\.00, not to 1\.01"):
        Unfolded("Rente", Money.of("1.01"), "", "", (Line("dag", Money.of("1.00")),))


def test_a_stored_line_leaves_out_what_is_empty() -> None:
    assert Line("Btw", Money.of("1.00")).as_json() == {"label": "Btw", "amount": "1.00"}


def test_keys_of_a_later_version_are_passed_over() -> None:
    stored = of_fixed_sum(date(2026, 1, 1)).as_json()
    stored["lines"][0]["colour"] = "red"

    assert Unfolded.from_json(stored | {"later": 1}) == of_fixed_sum(date(2026, 1, 1))


def test_a_line_is_stored_as_plain_values() -> None:
    assert FULL.as_json() == STORED
    assert Line.from_json(STORED) == FULL
    assert Line("", Money.zero()).as_json() == {"label": "", "amount": "0.00"}


def test_a_sum_is_stored_with_its_note_and_reads_back_without_one() -> None:
    unfolded = Unfolded("Rente", Money.of("280.00"), "regel", "artikel", (FULL,), "let op")
    stored = unfolded.as_json()

    assert stored == {
        "title": "Rente",
        "amount": "280.00",
        "rule": "regel",
        "article": "artikel",
        "lines": [STORED],
        "note": "let op",
    }
    assert Unfolded.from_json(stored) == unfolded
    del stored["note"]
    assert Unfolded.from_json(stored).note == ""


lines = st.builds(
    Line,
    label=st.text(max_size=10),
    amount=st.integers(-(10**9), 10**9).map(Money.from_cents),
    detail=st.text(max_size=10),
    article=st.text(max_size=10),
    first=st.none() | st.dates(),
    last=st.none() | st.dates(),
    days=st.none() | st.integers(0, 366),
    year_days=st.none() | st.sampled_from([365, 366]),
    percent=st.none() | st.decimals(0, 100, places=2),
    base=st.none() | amounts,
    rounding=st.text(max_size=10),
)


@given(found=st.lists(lines, max_size=5), note=st.text(max_size=10))
def test_what_is_stored_reads_back_the_same(found: list[Line], note: str) -> None:
    total = Money.total(line.amount for line in found)
    unfolded = Unfolded("Titel", total, "regel", "artikel", tuple(found), note)

    assert Unfolded.from_json(json.loads(json.dumps(unfolded.as_json()))) == unfolded
