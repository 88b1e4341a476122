"""Statutory interest rates by day (6:119, 6:119a, 6:119b, 6:120 BW). A day outside the table raises; it never gets the last row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from receivables.domain import rates_data
from receivables.domain.dutch import short_day

CONFIRMED_THROUGH: Final = date(2026, 12, 31)
SCALE: Final = 10_000  # percentages have at most four decimals, so that sums stay small whole numbers


class RateKind(StrEnum):
    CONSUMER = "consumer"
    COMMERCIAL = "commercial"


_NAMES: Final = {RateKind.CONSUMER: "wettelijke rente", RateKind.COMMERCIAL: "wettelijke handelsrente"}


@dataclass(frozen=True, slots=True)
class RateRow:
    valid_from: date
    percent: Decimal
    source: str = ""


class RateUnknownError(LookupError):
    """No confirmed rate for this day, so nobody may compute interest over it."""

    def __init__(self, kind: RateKind, day: date, *, is_before: bool = False) -> None:
        self.kind, self.day = kind, day
        name, on = _NAMES[kind], short_day(day)
        super().__init__(
            f"De {name} van {on} staat niet in de tabel: die begint later. Reken deze vordering met de hand uit."
            if is_before
            else f"De {name} van {on} is nog niet bevestigd. "
            "Werk de rentetabel bij met het nieuwe percentage; tot die tijd loopt de berekening tot de laatste bekende dag."
        )


class RateTable:
    """The rates of one kind, ascending, known from the first row through `confirmed_through`."""

    __slots__ = ("_last", "_spans", "_starts", "confirmed_through", "kind", "rows")

    def __init__(self, kind: RateKind, rows: Iterable[RateRow], *, confirmed_through: date) -> None:
        self.kind = kind
        self.rows = tuple(rows)
        self.confirmed_through = confirmed_through
        self._last = confirmed_through.toordinal()
        if not self.rows or self.rows[-1].valid_from > confirmed_through:
            raise ValueError("a rate table has rows, and all of them are confirmed")
        if any(later.valid_from <= earlier.valid_from for earlier, later in pairwise(self.rows)):
            raise ValueError("the rows of a rate table ascend, each with a day of its own")
        changes = [
            row for place, row in enumerate(self.rows) if not place or row.percent != self.rows[place - 1].percent
        ]
        self._starts = [row.valid_from.toordinal() for row in changes]
        ends = [start - 1 for start in self._starts[1:]] + [self._last]
        self._spans = [(end, row.percent, scaled(row.percent)) for end, row in zip(ends, changes, strict=True)]

    @property
    def known_from(self) -> date:
        return self.rows[0].valid_from

    def on(self, day: date) -> Decimal:
        return self.rate_at(day.toordinal())[1]

    def pieces(self, first: date, last: date) -> Iterator[tuple[date, date, Decimal]]:
        """Cut `first` through `last` where the rate really changes; a new row with the same rate is no change."""
        start, end = first.toordinal(), last.toordinal()
        while start <= end:
            until, percent, _ = self.rate_at(start)
            yield date.fromordinal(start), date.fromordinal(min(until, end)), percent
            start = until + 1

    def rate_at(self, number: int) -> tuple[int, Decimal, int]:
        """For a day number: through which day number its rate holds, the rate, and the rate times SCALE."""
        if not self._starts[0] <= number <= self._last:
            raise RateUnknownError(self.kind, date.fromordinal(number), is_before=number < self._starts[0])
        return self._spans[bisect_right(self._starts, number) - 1]


def scaled(percent: Decimal) -> int:
    """A percentage times SCALE; a rate that is finer, or below zero, is refused."""
    whole = int(percent * SCALE)
    if whole != percent * SCALE or whole < 0:
        raise ValueError(f"{percent} is not an interest rate")
    return whole


def days_until_unconfirmed(table: RateTable, on: date) -> int:
    """How many days the table still answers for after `on`; below zero when it is too old."""
    return (table.confirmed_through - on).days


def half_year_end(day: date) -> date:
    """30 June or 31 December: the commercial rate may change on the day after."""
    return date(day.year, 6, 30) if day.month <= 6 else date(day.year, 12, 31)


def _shipped(kind: RateKind, rows: Iterable[tuple[str, str, str]]) -> RateTable:
    read = [RateRow(date.fromisoformat(day), Decimal(percent), source) for day, percent, source in rows]
    return RateTable(kind, read, confirmed_through=CONFIRMED_THROUGH)


SHIPPED: Final[Mapping[RateKind, RateTable]] = {
    RateKind.CONSUMER: _shipped(RateKind.CONSUMER, rates_data.CONSUMER),
    RateKind.COMMERCIAL: _shipped(RateKind.COMMERCIAL, rates_data.COMMERCIAL),
}
