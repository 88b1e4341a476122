"""VAT on uncollectable claims (art. 29 Wet OB): back at the latest one year after the due date, due again on later receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from receivables.domain.money import Money
from receivables.domain.years import add_years


class FilingPeriod(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class BadDebtVat:
    """From `fiction_on` the claim counts as uncollectable; `reclaim` belongs in the return of `return_period`."""

    fiction_on: date
    return_period: str
    reclaim: Money


def bad_debt_vat(due_on: date, *, open_incl_vat: Money, vat_percent: Decimal, period: FilingPeriod) -> BadDebtVat:
    """What comes back of the VAT in what is open, and in which return."""
    fiction_on = add_years(due_on, 1)
    return BadDebtVat(fiction_on, return_period(fiction_on, period), _vat_in(open_incl_vat, vat_percent))


def due_again(received: Money, vat_percent: Decimal) -> Money:
    """The VAT in a later receipt, which includes VAT in proportion and makes it due again."""
    return _vat_in(received, vat_percent)


def return_period(day: date, period: FilingPeriod) -> str:
    """`2026-11`, `2026-Q4` or `2026`."""
    if period is FilingPeriod.MONTH:
        return f"{day.year}-{day.month:02}"
    if period is FilingPeriod.QUARTER:
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year)


def _vat_in(gross: Money, vat_percent: Decimal) -> Money:
    return Money.rounded(gross.amount * vat_percent / (100 + vat_percent))
