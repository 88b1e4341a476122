"""How the specification of a sum writes amounts, days and percentages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from receivables.domain.money import Money

_SWAPPED = str.maketrans(",.", ".,")
NO_BREAK = "\u00a0"


def euro(amount: Money) -> str:
    """`€ 1.234,56`"""
    return f"€{NO_BREAK}{f'{amount.amount:,.2f}'.translate(_SWAPPED)}"


def percent(value: Decimal) -> str:
    """`10,4%`, without zeros that say nothing."""
    text = f"{value:f}"
    plain = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{plain.translate(_SWAPPED)}%"


def short_day(day: date) -> str:
    """`1-7-2026`"""
    return f"{day.day}-{day.month}-{day.year}"


def counted_days(count: int) -> str:
    return "1 dag" if count == 1 else f"{count} dagen"
