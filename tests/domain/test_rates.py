"""Statutory rates by day: the row of that day, and never the last one by default."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.rates import (
    CONFIRMED_THROUGH,
    SHIPPED,
    RateKind,
    RateRow,
    RateTable,
    RateUnknownError,
    days_until_unconfirmed,
    half_year_end,
    scaled,
)

CONSUMER, COMMERCIAL = SHIPPED[RateKind.CONSUMER], SHIPPED[RateKind.COMMERCIAL]
ONE_DAY = timedelta(days=1)


def row(day: str, percent: str) -> RateRow:
    return RateRow(date.fromisoformat(day), Decimal(percent))


def table(*rows: RateRow, through: str = "2026-12-31") -> RateTable:
    return RateTable(RateKind.CONSUMER, rows, confirmed_through=date.fromisoformat(through))


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        ("2024-12-31", "12.25"),
        ("2025-01-01", "11.15"),
        ("2025-06-30", "11.15"),
        ("2025-07-01", "10.15"),
        ("2026-06-30", "10.15"),
        ("2026-07-01", "10.40"),
        ("2026-12-31", "10.40"),
    ],
)
def test_rate_is_that_of_the_day(day: str, percent: str) -> None:
    assert COMMERCIAL.on(date.fromisoformat(day)) == Decimal(percent)


@pytest.mark.parametrize("kind", list(RateKind))
def test_rate_of_an_unconfirmed_day_is_refused(kind: RateKind) -> None:
    with pytest.raises(RateUnknownError) as caught:
        SHIPPED[kind].on(CONFIRMED_THROUGH + ONE_DAY)

    assert (caught.value.kind, caught.value.day) == (kind, date(2027, 1, 1))
    name = {RateKind.CONSUMER: "wettelijke rente", RateKind.COMMERCIAL: "wettelijke handelsrente"}[kind]
    assert str(caught.value) == (
        f"De {name} van 1-1-2027 is nog niet bevestigd. Werk de rentetabel bij met het nieuwe percentage; "
        "tot die tijd loopt de berekening tot de laatste bekende dag."
    )
    assert str(RateUnknownError(kind, date(2027, 1, 1))) == str(caught.value)


def test_rate_before_the_first_row_is_refused() -> None:
    assert COMMERCIAL.on(COMMERCIAL.known_from) == Decimal("10.35")
    with pytest.raises(RateUnknownError) as caught:
        COMMERCIAL.on(COMMERCIAL.known_from - ONE_DAY)

    assert str(caught.value) == (
        "De wettelijke handelsrente van 30-11-2002 staat niet in de tabel: die begint later. "
        "Reken deze vordering met de hand uit."
    )


def test_table_of_one_day_knows_that_day_only() -> None:
    known = table(row("2026-12-31", "4"))

    assert known.on(date(2026, 12, 31)) == Decimal(4)
    for day in (date(2026, 12, 30), date(2027, 1, 1)):
        with pytest.raises(RateUnknownError):
            known.on(day)


@pytest.mark.parametrize(("first", "last"), [("2026-12-01", "2027-01-01"), ("1997-12-31", "2026-01-01")])
def test_pieces_over_an_unknown_day_are_refused(first: str, last: str) -> None:
    with pytest.raises(RateUnknownError):
        list(CONSUMER.pieces(date.fromisoformat(first), date.fromisoformat(last)))


def test_pieces_are_cut_where_the_rate_changes() -> None:
    assert list(COMMERCIAL.pieces(date(2025, 6, 30), date(2026, 7, 1))) == [
        (date(2025, 6, 30), date(2025, 6, 30), Decimal("11.15")),
        (date(2025, 7, 1), date(2026, 6, 30), Decimal("10.15")),  # the row of 1 January repeats the rate
        (date(2026, 7, 1), date(2026, 7, 1), Decimal("10.40")),
    ]


def test_no_days_have_no_pieces() -> None:
    assert list(COMMERCIAL.pieces(date(2030, 1, 2), date(2030, 1, 1))) == []


days = st.dates(CONSUMER.known_from, CONFIRMED_THROUGH)


@given(first=days, last=days)
def test_pieces_cover_every_day_once_at_its_own_rate(first: date, last: date) -> None:
    first, last = min(first, last), max(first, last)
    pieces = list(CONSUMER.pieces(first, last))

    assert (pieces[0][0], pieces[-1][1]) == (first, last)
    for (_, end, rate), (start, _, following) in pairwise(pieces):
        assert start == end + ONE_DAY
        assert rate != following
    assert all(CONSUMER.on(start) == CONSUMER.on(end) == rate for start, end, rate in pieces)


UNCONFIRMED = "a rate table has rows, and all of them are confirmed"
NOT_ASCENDING = "the rows of a rate table ascend, each with a day of its own"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((), UNCONFIRMED),
        ((row("2027-01-01", "4"),), UNCONFIRMED),
        ((row("2026-01-01", "4"), row("2027-01-01", "6")), UNCONFIRMED),
        ((row("2026-01-01", "4"), row("2025-01-01", "6")), NOT_ASCENDING),
        ((row("2026-01-01", "4"), row("2026-01-01", "6")), NOT_ASCENDING),
    ],
    ids=["empty", "unconfirmed", "unconfirmed in the end", "descending", "twice"],
)
def test_a_table_that_makes_no_sense_is_refused(rows: tuple[RateRow, ...], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        table(*rows)


@pytest.mark.parametrize("percent", ["-1", "-0.0001", "0.0000001"])
def test_a_rate_that_cannot_be_counted_with_is_refused(percent: str) -> None:
    with pytest.raises(ValueError, match="not an interest rate"):
        scaled(Decimal(percent))


def test_a_rate_is_counted_in_ten_thousandths_of_a_percent() -> None:
    assert [scaled(Decimal(percent)) for percent in ("0", "0.0001", "10.40")] == [0, 1, 104_000]


@pytest.mark.parametrize(("on", "days"), [("2026-12-01", 30), ("2026-12-31", 0), ("2027-01-02", -2)])
def test_days_until_unconfirmed_count_down(on: str, days: int) -> None:
    assert days_until_unconfirmed(CONSUMER, date.fromisoformat(on)) == days


@pytest.mark.parametrize(
    ("day", "end"),
    [("2026-01-01", "2026-06-30"), ("2026-06-30", "2026-06-30"), ("2026-07-01", "2026-12-31")],
)
def test_half_year_ends_before_the_rate_may_change(day: str, end: str) -> None:
    assert half_year_end(date.fromisoformat(day)) == date.fromisoformat(end)
