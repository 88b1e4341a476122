"""VAT on uncollectable claims beyond the vectors (art. 29 Wet OB)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.bad_debt import FilingPeriod, bad_debt_vat, due_again, return_period
from receivables.domain.money import Money


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [
        (date(2026, 1, 1), "2026-01", "2026-Q1"),
        (date(2026, 3, 31), "2026-03", "2026-Q1"),
        (date(2026, 4, 1), "2026-04", "2026-Q2"),
        (date(2026, 12, 31), "2026-12", "2026-Q4"),
    ],
)
def test_a_day_falls_in_one_return(day: date, month: str, quarter: str) -> None:
    periods = (FilingPeriod.MONTH, FilingPeriod.QUARTER, FilingPeriod.YEAR)

    assert tuple(return_period(day, period) for period in periods) == (month, quarter, "2026")


@pytest.mark.parametrize(
    ("percent", "gross", "vat"), [("21", "121.00", "21.00"), ("9", "109.00", "9.00"), ("0", "50.00", "0.00")]
)
def test_vat_is_taken_out_of_what_is_open(percent: str, gross: str, vat: str) -> None:
    found = bad_debt_vat(
        date(2025, 6, 30), open_incl_vat=Money.of(gross), vat_percent=Decimal(percent), period=FilingPeriod.YEAR
    )

    assert (found.reclaim, found.fiction_on, found.return_period) == (Money.of(vat), date(2026, 6, 30), "2026")


@given(gross=st.integers(0, 10**9).map(Money.from_cents), percent=st.sampled_from(["0", "9", "21"]))
def test_vat_comes_back_as_far_as_it_was_reclaimed(gross: Money, percent: str) -> None:
    vat = bad_debt_vat(date(2025, 6, 30), open_incl_vat=gross, vat_percent=Decimal(percent), period=FilingPeriod.MONTH)

    assert due_again(gross, Decimal(percent)) == vat.reclaim
    net = gross - vat.reclaim
    assert abs(net.amount * Decimal(percent) / 100 - vat.reclaim.amount) <= Decimal("0.01")
