"""A statement as merging sees it: balances, what moved on each day, and the running balance that places every line.

The balance before a line and after it says where in the life of an account it stands. Two statements that share no
balance on a day show different movements of that day, however alike those look; two that begin and end a day with the
same balances show the same money.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, pairwise

from receivables.domain.bank_alike import Line, agreement


@dataclass(frozen=True, slots=True)
class Statement:
    """Amounts in whole cents. `days` holds what moved on every day of it, `lines` at least the lines of the days at hand."""

    key: Hashable
    lines: tuple[Line, ...]
    days: Mapping[date, int]
    opening: int | None = None
    closing: int | None = None
    number: str = ""
    page: int | None = None
    format: str = ""  # in which it was written; its lines may be known from another one
    file: Hashable = None
    by_day: dict[date, list[Line]] = field(default_factory=dict, compare=False)
    before: dict[date, int] = field(default_factory=dict, compare=False)  # the balance before each day

    def __post_init__(self) -> None:
        for line in self.lines:
            self.by_day.setdefault(line.booked_on, []).append(line)
        ordered = sorted(self.days)
        balances = accumulate((self.days[day] for day in ordered), initial=self.opening or 0)
        self.before.update(zip(ordered, balances, strict=False))  # the last balance is that after the last day

    @property
    def adds_up(self) -> bool:
        """Both balances are known and the lines explain the difference: only then do balances prove anything."""
        if self.opening is None or self.closing is None:
            return False
        return self.opening + sum(self.days.values()) == self.closing

    @property
    def span(self) -> tuple[date, date] | None:
        return (min(self.days), max(self.days)) if self.days else None

    @property
    def is_whole(self) -> bool:
        """Whether every line is here."""
        return {day: sum(line.cents for line in lines) for day, lines in self.by_day.items()} == dict(self.days)

    def balances_on(self, day: date) -> list[int]:
        """The running balance through a day, from before its first line; only for a statement that adds up."""
        return list(accumulate((line.cents for line in self.by_day[day]), initial=self.before[day]))

    def edges_on(self, day: date) -> tuple[int, int]:
        """The balance at the begin and at the end of its part of a day."""
        return self.before[day], self.before[day] + self.days[day]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two statements share of one day: lines that are surely the same, and whether others may be."""

    pairs: tuple[tuple[Line, Line], ...] = ()  # (of the first, of the second)
    is_loose: bool = False


APART = Overlap()
LOOSE = Overlap(is_loose=True)


def overlap(one: Statement, other: Statement, day: date) -> Overlap:
    """Where the running balances run together the lines are the same; where they never meet, none are.

    Only statements that begin or end that day with one balance, in another order of lines, leave it to the lines.
    """
    if _are_pages(one, other):
        return APART
    if not (one.adds_up and other.adds_up):
        is_one_file = one.file == other.file is not None
        return APART if is_one_file and (one.number, one.page) != (other.number, other.page) else LOOSE
    (begin, end), (other_begin, other_end) = one.edges_on(day), other.edges_on(day)
    shares_an_edge = begin == other_begin or end == other_end
    pairs = _run_together(one, other, day)
    is_inside = len(pairs) == min(len(one.by_day[day]), len(other.by_day[day]))
    is_adjacent = end == other_begin or other_end == begin
    doubts = is_adjacent + (len(pairs) == 1)  # one step may be equal by chance
    if pairs and (shares_an_edge or doubts == 0 or (doubts == 1 and is_inside)):
        return Overlap(pairs)
    return LOOSE if shares_an_edge and _may_be_ordered_otherwise(one, other, day) else APART


def _may_be_ordered_otherwise(one: Statement, other: Statement, day: date) -> bool:
    """Only another format lists the lines of a day in another order; then the shorter part is within the longer."""
    if one.format == other.format:
        return False
    first, second = (Counter(line.cents for line in part.by_day[day]) for part in (one, other))
    return first <= second or second <= first


def _run_together(one: Statement, other: Statement, day: date) -> tuple[tuple[Line, Line], ...]:
    """The longest stretch of equal steps (balance before, amount) that ends only where one of the two ends."""
    mine, theirs = one.by_day[day], other.by_day[day]
    steps, other_steps = _steps(one, day), _steps(other, day)
    stretches = [(0, start, length) for start, length in _stretches(steps, other_steps)]
    stretches += [(start, 0, length) for start, length in _stretches(other_steps, steps)]
    for first, second, length in sorted(stretches, key=lambda stretch: -stretch[2]):
        pairs = tuple(zip(mine[first : first + length], theirs[second : second + length], strict=True))
        if all(agreement(theirs_line, line) is not None for line, theirs_line in pairs):
            return pairs
    return ()


def _steps(statement: Statement, day: date) -> list[tuple[int, int]]:
    return list(pairwise(statement.balances_on(day)))


def _stretches(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where in `other` the whole of `one` fits, or a beginning of it that reaches the end of `other`."""
    for start, step in enumerate(other):
        length = min(len(one), len(other) - start)
        if length and step == one[0] and other[start : start + length] == one[:length]:
            yield start, length


def _are_pages(one: Statement, other: Statement) -> bool:
    """Two pages of one long statement never show the same line."""
    if one.page is None or other.page is None or one.page == other.page:
        return False
    is_one_format = one.format == other.format or not (one.format and other.format)
    return bool(one.number) and one.number == other.number and is_one_format
