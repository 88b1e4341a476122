"""Periods of a VAT return by their label, as the law engine writes it: `2026-Q3`, `2026-09` or `2026`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from receivables.domain.bad_debt import FilingPeriod, return_period
from receivables.domain.years import add_months

_LABEL = re.compile(r"(20[0-9]{2})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_NAMES = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def bounds(label: str) -> tuple[date, date]:
    """First and last day of a period; a text that is no period raises ValueError."""
    found = _LABEL.fullmatch(label)
    if found is None:
        raise ValueError(f"{label!r} is no period of a return")
    year, quarter, month = (int(part) if part else 0 for part in found.groups())
    first = date(year, month or max(3 * quarter - 2, 1), 1)
    length = 1 if month else 3 if quarter else 12
    return first, add_months(first, length) - timedelta(days=1)


def following(label: str, period: FilingPeriod) -> str:
    """The period of this length that begins after `label` ends."""
    return return_period(bounds(label)[1] + timedelta(days=1), period)


def spoken(label: str) -> str:
    """`derde kwartaal 2026`, `september 2026` or `2026`."""
    first, _ = bounds(label)
    if "Q" in label:
        return f"{('eerste', 'tweede', 'derde', 'vierde')[first.month // 3]} kwartaal {first.year}"
    return f"{_NAMES[first.month - 1]} {first.year}" if "-" in label else str(first.year)
