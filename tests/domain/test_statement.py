"""Terms and movements before any day is counted, and the statement as it comes out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from receivables.domain.interest import DayCount, Moved, Paid, Terms, interest
from receivables.domain.money import Money
from receivables.domain.rates import SHIPPED, RateKind

FREE_UNTIL = date(2025, 1, 31)
TABLE = SHIPPED[RateKind.COMMERCIAL]


@pytest.mark.parametrize("kind", RateKind)
def test_statutory_terms_follow_their_table_and_compound(kind: RateKind) -> None:
    terms = Terms.statutory(kind, SHIPPED[kind])

    assert (terms.kind, terms.table, terms.percent) == (kind, SHIPPED[kind], None)
    assert (terms.compounds, terms.day_count) == (True, DayCount.INTEREST_YEAR)
    assert Terms.statutory(kind, SHIPPED[kind], day_count=DayCount.FIXED_365).day_count is DayCount.FIXED_365
    assert terms.rate_at(date(2026, 7, 1).toordinal()) == SHIPPED[kind].rate_at(date(2026, 7, 1).toordinal())


def test_agreed_terms_compound_only_when_agreed() -> None:
    simple = Terms.contractual(Decimal("7.25"))
    compound = Terms.contractual(Decimal("7.25"), compounds=True, day_count=DayCount.FIXED_365)

    assert simple == Terms(None, None, Decimal("7.25"), compounds=False, day_count=DayCount.INTEREST_YEAR)
    assert compound == Terms(None, None, Decimal("7.25"), compounds=True, day_count=DayCount.FIXED_365)


@pytest.mark.parametrize(("percent", "scaled"), [("7.25", 72_500), ("0", 0)])
def test_agreed_rate_holds_for_ever(percent: str, scaled: int) -> None:
    assert Terms.contractual(Decimal(percent)).rate_at(1) == (date.max.toordinal(), Decimal(percent), scaled)


@pytest.mark.parametrize(("table", "percent"), [(None, None), (TABLE, Decimal(8))])
def test_terms_are_statutory_or_agreed(table: object, percent: Decimal | None) -> None:
    with pytest.raises(ValueError, match=r"^interest runs by a table or at an agreed percentage, not both$"):
        Terms(RateKind.COMMERCIAL, table, percent)  # type: ignore[arg-type] # the table or nothing


def test_payment_may_be_nothing_but_never_negative() -> None:
    assert Paid(FREE_UNTIL, Money.zero()).changes_base
    with pytest.raises(ValueError, match=r"^a payment is not negative; a reversal is booked as its own movement$"):
        Paid(FREE_UNTIL, Money.of("-0.01"))


@pytest.mark.parametrize(
    ("part", "changes"), [("principal", True), ("interest", True), ("costs", False)], ids=lambda value: str(value)
)
def test_movement_changes_the_base_unless_it_is_of_costs_alone(part: str, changes: bool) -> None:
    for amount in (Money.of("0.01"), -Money.of("0.01")):
        assert Moved(FREE_UNTIL, **{part: amount}).changes_base is changes
    assert not Moved(FREE_UNTIL).changes_base


def test_claim_without_costs_has_none_open() -> None:
    statement = interest(Money.of("1000.00"), Terms.contractual(Decimal(10)), free_until=FREE_UNTIL, through=FREE_UNTIL)

    assert (statement.costs_open, statement.total_open) == (Money.zero(), Money.of("1000.00"))


@pytest.mark.parametrize(("day_count", "year_days"), [(DayCount.INTEREST_YEAR, 366), (DayCount.FIXED_365, 365)])
def test_a_year_has_its_own_days_or_365(day_count: DayCount, year_days: int) -> None:
    terms = Terms.contractual(Decimal(10), day_count=day_count)
    statement = interest(Money.of("1000.00"), terms, free_until=date(2023, 12, 31), through=date(2024, 12, 31))

    assert [(segment.days, segment.year_days) for segment in statement.segments] == [(366, year_days)]
    assert statement.accrued == Money.of("100.00" if year_days == 366 else "100.27")


def test_statement_adds_up_what_is_open() -> None:
    statement = interest(
        Money.of("1000.00"),
        Terms.contractual(Decimal(10)),
        free_until=FREE_UNTIL,
        through=date(2025, 4, 14),  # 73 days, a fifth of a year
        costs=Money.of("40.00"),
    )

    assert (statement.costs_open, statement.interest_open, statement.principal_open, statement.total_open) == (
        Money.of("40.00"),
        Money.of("20.00"),
        Money.of("1000.00"),
        Money.of("1060.00"),
    )
