"""Money: whole cents, exact or half up, never silently rounded."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.money import Money

cents = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(("value", "reason"), [("1.005", "more than two decimals"), ("NaN", "not an amount")])
def test_an_amount_is_exact(value: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Money.of(value)


@pytest.mark.parametrize(
    ("exact", "rounded"), [("0.005", "0.01"), ("0.0049", "0.00"), ("40.005", "40.01"), ("-0.005", "-0.01")]
)
def test_a_sum_is_rounded_half_up(exact: str, rounded: str) -> None:
    assert str(Money.rounded(Decimal(exact))) == rounded


def test_a_total_of_nothing_is_an_amount_too() -> None:
    assert [str(Money.total(amounts).amount) for amounts in ([], [Money.of("1.10"), Money.of("2")])] == ["0.00", "3.10"]


@given(count=cents)
def test_cents_go_there_and_back(count: int) -> None:
    money = Money.from_cents(count)

    assert money.cents == count
    assert Money.of(str(money)) == money
    assert money.amount.as_tuple().exponent == -2


@given(one=cents, other=cents)
def test_amounts_compare_and_add_as_their_cents(one: int, other: int) -> None:
    left, right = Money.from_cents(one), Money.from_cents(other)

    assert [left < right, left <= right, left > right, left >= right, left == right] == [
        one < other,
        one <= other,
        one > other,
        one >= other,
        one == other,
    ]
    assert (left + right, left - right) == (Money.from_cents(one + other), Money.from_cents(one - other))
    assert (abs(left), -left, bool(left)) == (Money.from_cents(abs(one)), Money.from_cents(-one), bool(one))
