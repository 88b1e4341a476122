"""What goes into an interest sum and what comes out: terms, movements, segments, and the statement of one claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from receivables.domain.money import Money
from receivables.domain.rates import RateKind, RateTable, scaled


class DayCount(StrEnum):
    """The law names a rate per year and no day count. Over the interest year, a full year never exceeds that rate."""

    INTEREST_YEAR = "interest_year"
    FIXED_365 = "fixed_365"


@dataclass(frozen=True, slots=True)
class Terms:
    """At which rate interest runs: by statute out of `table`, or the agreed `percent`."""

    kind: RateKind | None
    table: RateTable | None
    percent: Decimal | None = None
    compounds: bool = True
    day_count: DayCount = DayCount.INTEREST_YEAR

    def __post_init__(self) -> None:
        if (self.table is None) == (self.percent is None):
            raise ValueError("interest runs by a table or at an agreed percentage, not both")

    @classmethod
    def statutory(cls, kind: RateKind, table: RateTable, *, day_count: DayCount = DayCount.INTEREST_YEAR) -> Terms:
        return cls(kind, table, day_count=day_count)

    @classmethod
    def contractual(
        cls, percent: Decimal, *, compounds: bool = False, day_count: DayCount = DayCount.INTEREST_YEAR
    ) -> Terms:
        """Agreed interest; it compounds only when that was agreed too."""
        return cls(None, None, percent, compounds, day_count)

    def rate_at(self, number: int) -> tuple[int, Decimal, int]:
        """The rate on a day number, and through which day number it holds; see `RateTable.rate_at`."""
        if self.table is not None:
            return self.table.rate_at(number)
        percent = self.percent or Decimal(0)
        return date.max.toordinal(), percent, scaled(percent)


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which nothing changed: `base` x `percent` x `days` / `year_days`, rounded once."""

    first: date
    last: date
    days: int
    percent: Decimal
    base: Money
    year_days: int
    interest: Money


# a segment in day numbers and cents: first and last day, percentage, base, length of the year, interest
Piece = tuple[int, int, Decimal, int, int, int]


@dataclass(frozen=True, slots=True)
class Paid:
    """Money received, still to be divided by 6:44 lid 1. `on` is the day the account was credited (6:114 lid 2)."""

    changes_base: ClassVar[bool] = True
    on: date
    amount: Money

    def __post_init__(self) -> None:
        if self.amount < Money.zero():
            raise ValueError("a payment is not negative; a reversal is booked as its own movement")


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement that is already divided: a credit note, a booked payment, costs that were charged."""

    on: date
    principal: Money = field(default_factory=Money.zero)
    interest: Money = field(default_factory=Money.zero)
    costs: Money = field(default_factory=Money.zero)

    @property
    def changes_base(self) -> bool:
        """Costs bear no interest here, so a movement of costs alone ends no segment."""
        return bool(self.principal or self.interest)


@dataclass(frozen=True, slots=True)
class PaidSplit:
    """Where one payment went; the four parts add up to `amount`."""

    on: date
    amount: Money
    to_costs: Money
    to_interest: Money
    to_principal: Money
    unallocated: Money


# a payment, and where its cents went: costs, interest, principal, left over
Split = tuple[Paid, tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Statement:
    """The claim after `through`. `accrued == interest_paid + interest_open`, and nothing is below zero.

    `pieces` and `splits` become `segments` and `allocations` when somebody opens them; a portfolio only needs the totals.
    """

    accrued: Money
    interest_paid: Money
    interest_open: Money
    principal_open: Money
    costs_open: Money
    surplus: Money
    pieces: tuple[Piece, ...] = ()
    splits: tuple[Split, ...] = ()

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(map(_segment, self.pieces))

    @property
    def allocations(self) -> tuple[PaidSplit, ...]:
        return tuple(PaidSplit(paid.on, paid.amount, *map(Money.from_cents, cents)) for paid, cents in self.splits)

    @property
    def total_open(self) -> Money:
        return self.costs_open + self.interest_open + self.principal_open


def _segment(piece: Piece) -> Segment:
    first, last, percent, base, year_days, cents = piece
    return Segment(
        date.fromordinal(first),
        date.fromordinal(last),
        last - first + 1,
        percent,
        Money.from_cents(base),
        year_days,
        Money.from_cents(cents),
    )
