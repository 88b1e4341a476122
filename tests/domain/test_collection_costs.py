"""6:96 BW and the BIK tariff beyond the vectors: sharing, instalments, the fixed sum, and what holds for any principal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.collection_costs import (
    TariffStep,
    collection_costs,
    fixed_sum,
    over_remainder,
    shares,
    small_instalments,
)
from receivables.domain.money import Money
from receivables.domain.parameters import BIK, STATUS_NOTE

NOTHING = Money.zero()


def of(*amounts: str) -> list[Money]:
    return [Money.of(amount) for amount in amounts]


def test_the_tariff_shows_each_bracket_unrounded() -> None:
    costs = collection_costs(Money.of("3000.03"))

    assert costs.steps == (
        TariffStep(Money.of("2500.00"), Decimal(15), Decimal(375)),
        TariffStep(Money.of("500.03"), Decimal(10), Decimal("50.003")),
    )
    assert (costs.base, costs.costs, costs.total) == (Money.of("3000.03"), Money.of("425.00"), Money.of("425.00"))


def test_a_bracket_that_is_just_full_opens_no_next_one() -> None:
    first, second = collection_costs(Money.of("2500.00")).steps, collection_costs(Money.of("2500.01")).steps

    assert first == (TariffStep(Money.of("2500.00"), Decimal(15), Decimal(375)),)
    assert second == (*first, TariffStep(Money.of("0.01"), Decimal(10), Decimal("0.001")))


@pytest.mark.parametrize(
    ("principal", "is_minimum", "is_maximum"),
    [("266.63", True, False), ("266.67", False, False), ("1000000.00", False, False), ("1000002.00", False, True)],
)
def test_costs_say_when_the_tariff_is_overruled(principal: str, is_minimum: bool, is_maximum: bool) -> None:
    costs = collection_costs(Money.of(principal))

    assert (costs.is_minimum, costs.is_maximum) == (is_minimum, is_maximum)


@pytest.mark.parametrize("principals", [[], of("0.00"), of("100.00", "-100.00"), of("-5.00")])
def test_nothing_owed_costs_nothing(principals: list[Money]) -> None:
    costs = collection_costs(principals, with_vat=True)

    assert (costs.steps, costs.total, costs.is_minimum, costs.is_maximum) == ((), NOTHING, False, False)


def test_a_credit_note_in_the_letter_lowers_the_base() -> None:
    assert collection_costs(of("1000.00", "-400.00")) == collection_costs(Money.of("600.00"))


def test_more_paid_than_owed_leaves_no_costs() -> None:
    assert over_remainder(Money.of("100.00"), paid_within_term=Money.of("100.01")).total == NOTHING


def test_vat_comes_on_top_only_when_it_is_asked_for() -> None:
    principal, paid = Money.of("1500.00"), Money.of("500.00")

    assert over_remainder(principal, paid_within_term=paid).vat == NOTHING
    assert over_remainder(principal, paid_within_term=paid, with_vat=True).vat == Money.of("31.50")
    assert collection_costs(Money.of("1000.00")).vat == NOTHING


@pytest.mark.parametrize(("on", "amount"), [(date(2013, 3, 15), "0.00"), (date(2013, 3, 16), "40.00")])
def test_the_fixed_sum_has_a_first_day(on: date, amount: str) -> None:
    assert fixed_sum(on) == Money.of(amount)


def test_shares_follow_the_principal() -> None:
    assert shares(Money.of("45.00"), {"a": Money.of("100.00"), "b": Money.of("200.00")}) == {
        "a": Money.of("15.00"),
        "b": Money.of("30.00"),
    }


def test_the_odd_cent_goes_to_the_largest() -> None:
    thirds = {"a": Money.of("99.99"), "b": Money.of("100.00"), "c": Money.of("99.99")}

    assert shares(Money.of("40.00"), thirds)["b"] == Money.of("13.34")


def test_shares_of_a_reversal_mirror_those_of_the_charge() -> None:
    principals = {"a": Money.of("10.00"), "b": Money.of("20.00"), "c": Money.of("30.01")}
    charged = shares(Money.of("40.01"), principals)

    assert shares(-Money.of("40.01"), principals) == {key: -amount for key, amount in charged.items()}


def test_a_share_never_falls_below_nothing() -> None:
    """Ten halves of a cent round up to ten cents where there are five: the surplus is taken back from more than one."""
    parts = shares(Money.of("0.05"), dict.fromkeys(range(10), Money.of("1.00")))

    assert sorted(parts.values()) == [*[NOTHING] * 5, *of(*["0.01"] * 5)]


def test_a_credit_note_bears_no_share() -> None:
    owed = {"a": Money.of("0.10"), "b": Money.of("-5.00"), "c": NOTHING}

    assert shares(Money.of("40.00"), owed) == {"a": Money.of("40.00"), "b": NOTHING, "c": NOTHING}


def test_costs_without_any_principal_cannot_be_shared() -> None:
    assert shares(NOTHING, {"a": NOTHING}) == {"a": NOTHING}
    with pytest.raises(ValueError, match=r"^there is no principal to divide the costs over$"):
        shares(Money.of("0.01"), {"a": NOTHING})


@pytest.mark.parametrize(
    ("amounts", "charged", "costs"),
    [
        (["50.00"], "0.00", "40.00"),
        (["50.00", "50.00"], "0.00", "40.00"),  # the tariff over 100 is lower than 40 + 20
        (["200.00", "200.00"], "0.00", "60.00"),
        (["250.00"] * 10, "0.00", "140.00"),  # the ceiling of six months; the tariff would be 375
        (["50.00"], "40.00", "20.00"),  # a following instalment
        (["50.00"], "130.00", "10.00"),
        (["50.00"], "140.00", "0.00"),
        (["50.00"], "200.00", "0.00"),
        (["266.66"], "0.00", "40.00"),
        (["266.67", "250.00", "250.00"], "0.00", "100.00"),  # the first is not small: its tariff, and 40 + 20
        (["266.00", "266.00", "0.00"], "0.00", "60.00"),  # nothing is no instalment
        (["1000.00"], "0.00", "150.00"),  # not small: the tariff
        (["1000.00", "50.00"], "0.00", "157.50"),  # the tariff over both is lower than 150 + 40
        (["1000.00", "50.00"], "140.00", "150.00"),
        ([], "0.00", "0.00"),
        (["0.00"], "0.00", "0.00"),
    ],
)
def test_small_instalments_cost_the_lower_of_rule_and_tariff(amounts: list[str], charged: str, costs: str) -> None:
    result = small_instalments(of(*amounts), charged_in_six_months=Money.of(charged))

    assert result.costs == Money.of(costs)
    assert (result.is_uncertain, result.note) == (True, STATUS_NOTE)


principals = st.integers(-1_000, 200_000_000).map(Money.from_cents)


@given(less=principals, more=principals)
def test_costs_grow_with_the_principal(less: Money, more: Money) -> None:
    less, more = min(less, more), max(less, more)

    assert collection_costs(less, with_vat=True).total <= collection_costs(more, with_vat=True).total


@given(owed=st.lists(principals, max_size=5))
def test_one_letter_never_costs_more_than_several(owed: list[Money]) -> None:
    together = collection_costs(owed).costs

    rounding = Money.from_cents(len(owed))  # each is rounded by itself: two of 63.414 are 126.82, and together 126.83
    assert together <= Money.total(collection_costs(principal).costs for principal in owed) + rounding
    assert together == NOTHING or BIK.minimum <= together <= BIK.maximum


@given(
    total=st.integers(-700_000, 700_000).map(Money.from_cents),
    owed=st.dictionaries(st.integers(), st.integers(-100, 1_000_000).map(Money.from_cents), min_size=1, max_size=12),
)
def test_shares_are_conserved(total: Money, owed: dict[int, Money]) -> None:
    if max(owed.values()) <= NOTHING:
        return
    parts = shares(total, owed)

    assert parts.keys() == owed.keys()
    assert Money.total(parts.values()) == total
    assert all(NOTHING <= part <= total or total <= part <= NOTHING for part in parts.values())


@given(amounts=st.lists(principals, max_size=8), charged=st.integers(0, 20_000).map(Money.from_cents))
def test_small_instalments_never_cost_more_than_the_tariff(amounts: list[Money], charged: Money) -> None:
    costs = small_instalments(amounts, charged_in_six_months=charged).costs

    assert NOTHING <= costs <= collection_costs(amounts).costs
