"""Instalments: they add up to the cent, keep the day of the month, and stay within what a tenant accepts at once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.domain.plans import MOST_INSTALMENTS, Every, Instalment, Limits, PlanError, check, moved, split
from receivables.domain.money import Money

ON = date(2026, 1, 31)
LIMITS = Limits(most_instalments=3, most_amount=Money.of("2500"), least_instalment=Money.of("25"))


def _amounts(instalments: tuple[Instalment, ...]) -> list[str]:
    return [str(one.amount) for one in instalments]


def _days(instalments: tuple[Instalment, ...]) -> list[str]:
    return [one.due_on.isoformat() for one in instalments]


@pytest.mark.parametrize(
    ("total", "count", "amounts"),
    [
        ("90.00", 3, ["30.00", "30.00", "30.00"]),
        ("100.00", 3, ["33.33", "33.33", "33.34"]),
        ("100.01", 2, ["50.00", "50.01"]),
        ("0.03", 3, ["0.01", "0.01", "0.01"]),
        ("121.00", 1, ["121.00"]),
    ],
)
def test_instalments_are_equal_and_the_last_takes_the_cents_that_are_left(
    total: str, count: int, amounts: list[str]
) -> None:
    assert _amounts(split(Money.of(total), count, first_on=ON, every=Every.MONTH)) == amounts


@pytest.mark.parametrize(
    ("first_on", "every", "days"),
    [
        (date(2026, 1, 31), Every.MONTH, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (date(2027, 11, 30), Every.MONTH, ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29"]),
        (date(2026, 12, 31), Every.MONTH, ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]),
        (date(2026, 9, 5), Every.WEEK, ["2026-09-05", "2026-09-12", "2026-09-19", "2026-09-26"]),  # Saturdays stay
        (date(2026, 9, 5), Every.TWO_WEEKS, ["2026-09-05", "2026-09-19", "2026-10-03", "2026-10-17"]),
        (date(2026, 9, 5), Every.FOUR_WEEKS, ["2026-09-05", "2026-10-03", "2026-10-31", "2026-11-28"]),
    ],
)
def test_days_follow_the_calendar(first_on: date, every: Every, days: list[str]) -> None:
    assert _days(split(Money.of("400"), 4, first_on=first_on, every=every)) == days


@given(
    st.integers(1, 10_000_000),
    st.integers(1, MOST_INSTALMENTS),
    st.sampled_from(Every),
    st.dates(date(2026, 1, 1), date(2029, 12, 31)),
)
def test_instalments_always_add_up_and_follow_each_other(cents: int, count: int, every: Every, first_on: date) -> None:
    total = Money.from_cents(cents)
    if cents < count:
        with pytest.raises(PlanError):
            split(total, count, first_on=first_on, every=every)
        return
    instalments = split(total, count, first_on=first_on, every=every)
    check(instalments, total=total, on=first_on)
    assert Money.total(one.amount for one in instalments) == total
    assert [one.number for one in instalments] == list(range(1, count + 1))
    assert max(one.amount for one in instalments).cents - min(one.amount for one in instalments).cents < count


@pytest.mark.parametrize("count", [0, MOST_INSTALMENTS + 1])
def test_so_many_instalments_are_no_plan(count: int) -> None:
    with pytest.raises(PlanError) as refused:
        split(Money.of("1000"), count, first_on=ON, every=Every.MONTH)
    assert refused.value.code == "count"


def _two(
    first: str = "50.00", second: str = "50.00", *, on: date = ON, then: date = date(2026, 2, 28)
) -> list[Instalment]:
    return [Instalment(1, on, Money.of(first)), Instalment(2, then, Money.of(second))]


@pytest.mark.parametrize(
    ("instalments", "code"),
    [
        ([], "count"),
        (_two("100.00", "0.00"), "too_small"),
        (_two("50.00", "50.01"), "total"),
        (_two(then=ON), "order"),
        (_two(on=date(2026, 1, 30)), "day_past"),
    ],
)
def test_what_makes_no_plan_is_refused(instalments: list[Instalment], code: str) -> None:
    check(_two(), total=Money.of("100"), on=ON)  # the good one
    with pytest.raises(PlanError) as refused:
        check(instalments, total=Money.of("100"), on=ON)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("total", "count", "first_on", "is_accepted"),
    [
        ("300.00", 3, date(2026, 3, 3), True),
        ("300.00", 4, date(2026, 3, 3), False),  # too many
        ("300.00", 1, date(2026, 3, 3), False),  # no plan but a later day
        ("2500.00", 3, date(2026, 3, 3), True),
        ("2500.01", 3, date(2026, 3, 3), False),
        ("75.00", 3, date(2026, 3, 3), True),
        ("74.99", 3, date(2026, 3, 3), False),  # 24.99 a month
        ("300.00", 3, date(2026, 3, 4), False),  # begins after more than a month
    ],
)
def test_tenant_accepts_at_once_what_is_within_its_limits(
    total: str, count: int, first_on: date, is_accepted: bool
) -> None:
    instalments = split(Money.of(total), count, first_on=first_on, every=Every.MONTH)
    assert LIMITS.accept(instalments, on=ON) is is_accepted


def test_a_request_that_is_answered_late_moves_along_as_a_whole() -> None:
    instalments = split(Money.of("90"), 3, first_on=date(2026, 3, 2), every=Every.WEEK)

    assert _days(moved(instalments, to=date(2026, 3, 1))) == ["2026-03-02", "2026-03-09", "2026-03-16"]
    assert _days(moved(instalments, to=date(2026, 3, 5))) == ["2026-03-05", "2026-03-12", "2026-03-19"]
    assert _amounts(moved(instalments, to=date(2026, 3, 5))) == ["30.00", "30.00", "30.00"]
