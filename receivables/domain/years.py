"""Whole years and months after a day: 29 February becomes 28 February in a year that has none."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_years(day: date, count: int) -> date:
    if day.month == 2 and day.day == 29:
        return add_months(day, 12 * count)
    return day.replace(year=day.year + count)


def add_months(day: date, count: int) -> date:
    """The same day of the month `count` months on (or back), or the last one when that month is shorter."""
    year, month = divmod(12 * day.year + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
