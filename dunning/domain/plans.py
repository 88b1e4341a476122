"""A debt in instalments: equal parts in whole cents, on days that follow the calendar, and what may be agreed without a person.

There is no article behind the numbers: a creditor need not accept payment in parts (art. 6:29 BW), so the tenant says what is
accepted at once.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from receivables.domain.money import Money

LEAST_INSTALMENTS: Final = 2
MOST_INSTALMENTS: Final = 36
FIRST_WITHIN_DAYS: Final = 31  # a debtor who starts later than the next month asks a person


class PlanError(ValueError):
    """These instalments make no plan; `code` says what is wrong with them."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Every(StrEnum):
    """How often an instalment comes."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    FOUR_WEEKS = "four_weeks"
    MONTH = "month"


_WEEKS: Final = {Every.WEEK: 1, Every.TWO_WEEKS: 2, Every.FOUR_WEEKS: 4}


@dataclass(frozen=True, slots=True)
class Instalment:
    """So much by such a day."""

    number: int
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Limits:
    """What the tenant accepts at once."""

    most_instalments: int
    most_amount: Money
    least_instalment: Money

    def accept(self, instalments: Sequence[Instalment], *, on: date) -> bool:
        """May this plan start without a person?"""
        return (
            LEAST_INSTALMENTS <= len(instalments) <= self.most_instalments
            and Money.total(one.amount for one in instalments) <= self.most_amount
            and all(one.amount >= self.least_instalment for one in instalments)
            and instalments[0].due_on <= on + timedelta(days=FIRST_WITHIN_DAYS)
        )


def split(total: Money, count: int, *, first_on: date, every: Every) -> tuple[Instalment, ...]:
    """`total` in `count` equal instalments; the cents that do not divide are in the last one, so that none before it is higher.

    Months keep the day of the first: 31 January, 28 February, 31 March. A day in a weekend stays what it is.
    """
    if not 1 <= count <= MOST_INSTALMENTS:
        raise PlanError("count", f"Een regeling heeft hoogstens {MOST_INSTALMENTS} termijnen.")
    if total.cents < count:
        raise PlanError("too_small", "Het bedrag is te klein voor zoveel termijnen.")
    part = Money.from_cents(total.cents // count)
    last = total - part.times(count - 1)
    try:
        days = [_day(first_on, every, place) for place in range(count)]
    except (OverflowError, ValueError):  # past the year 9999
        raise PlanError("day_too_far", "Die dag is te ver weg.") from None
    return tuple(Instalment(number, day, last if number == count else part) for number, day in enumerate(days, start=1))


def check(instalments: Sequence[Instalment], *, total: Money, on: date) -> None:
    """Refuse instalments that do not add up to `total`, do not follow each other, or begin in the past."""
    if not 1 <= len(instalments) <= MOST_INSTALMENTS:
        raise PlanError("count", f"Een regeling heeft hoogstens {MOST_INSTALMENTS} termijnen.")
    if any(one.amount <= Money.zero() for one in instalments):
        raise PlanError("too_small", "Elke termijn is hoger dan nul.")
    if Money.total(one.amount for one in instalments) != total:
        raise PlanError("total", "De termijnen zijn samen niet het bedrag dat openstaat.")
    days = [one.due_on for one in instalments]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise PlanError("order", "Elke termijn ligt na de vorige.")
    if days[0] < on:
        raise PlanError("day_past", "De eerste termijn ligt niet in het verleden.")


def moved(instalments: Sequence[Instalment], *, to: date) -> tuple[Instalment, ...]:
    """The same instalments, shifted so that the first is not before `to`: for a request that was answered late."""
    late = max(to - instalments[0].due_on, timedelta())
    return tuple(Instalment(one.number, one.due_on + late, one.amount) for one in instalments)


def _day(first_on: date, every: Every, place: int) -> date:
    if every is not Every.MONTH:
        return first_on + timedelta(weeks=_WEEKS[every] * place)
    months = first_on.month - 1 + place
    year, month = first_on.year + months // 12, months % 12 + 1
    return date(year, month, min(first_on.day, monthrange(year, month)[1]))
