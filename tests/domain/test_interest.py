"""Interest on one claim beyond the vectors: pauses, cuts, booked movements, leap years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from receivables.domain.interest import Moved, Paid, Statement, Terms, interest
from receivables.domain.money import Money
from receivables.domain.rates import SHIPPED, RateKind, RateUnknownError

ONE_DAY = timedelta(days=1)
NOTHING = Money.zero()
CONSUMER = Terms.statutory(RateKind.CONSUMER, SHIPPED[RateKind.CONSUMER])
COMMERCIAL = Terms.statutory(RateKind.COMMERCIAL, SHIPPED[RateKind.COMMERCIAL])
TEN_PERCENT = Terms.contractual(Decimal(10))
DUE = date(2025, 1, 31)


def run(
    principal: str,
    terms: Terms = TEN_PERCENT,
    *,
    until: str,
    events: Sequence[Paid | Moved] = (),
    costs: str = "0.00",
    pauses: Sequence[tuple[date, date]] = (),
) -> Statement:
    return interest(
        Money.of(principal),
        terms,
        free_until=DUE,
        through=date.fromisoformat(until),
        events=events,
        costs=Money.of(costs),
        pauses=pauses,
    )


def periods(statement: Statement) -> list[tuple[str, str]]:
    return [(segment.first.isoformat(), segment.last.isoformat()) for segment in statement.segments]


def test_payment_goes_to_costs_interest_and_principal_in_that_order() -> None:
    statement = run("1000.00", until="2025-06-30", costs="40.00", events=[Paid(date(2025, 4, 14), Money.of("100.00"))])

    split = statement.allocations[0]  # 73 days at 10 %: a fifth of a year
    assert (split.to_costs, split.to_interest, split.to_principal) == (
        Money.of("40.00"),
        Money.of("20.00"),
        Money.of("40.00"),
    )
    assert (split.on, split.amount, split.unallocated) == (date(2025, 4, 14), Money.of("100.00"), NOTHING)
    assert (statement.costs_open, statement.principal_open) == (NOTHING, Money.of("960.00"))


def test_payment_that_ends_in_the_interest_leaves_the_principal_alone() -> None:
    statement = run("1000.00", until="2025-04-14", costs="40.00", events=[Paid(date(2025, 4, 14), Money.of("50.00"))])

    split = statement.allocations[0]
    assert (split.to_costs, split.to_interest, split.to_principal) == (Money.of("40.00"), Money.of("10.00"), NOTHING)
    assert (statement.interest_open, statement.principal_open) == (Money.of("10.00"), Money.of("1000.00"))


def test_payment_on_an_interest_free_day_lowers_the_first_base() -> None:
    paid = [Paid(DUE - ONE_DAY, Money.of("100.00")), Paid(DUE, Money.of("400.00"))]

    assert [segment.base for segment in run("1000.00", until="2025-03-31", events=paid).segments] == [
        Money.of("500.00")
    ]


def test_payment_after_the_last_day_does_not_count() -> None:
    statement = run("1000.00", until="2025-03-31", events=[Paid(date(2025, 4, 1), Money.of("1000.00"))])

    assert (statement.allocations, statement.principal_open) == ((), Money.of("1000.00"))


def test_payments_before_a_free_day_that_is_still_to_come_count() -> None:
    statement = run("1000.00", until="2025-01-10", events=[Paid(date(2025, 1, 10), Money.of("300.00"))])

    assert (statement.segments, statement.principal_open) == ((), Money.of("700.00"))
    later = run("1000.00", until="2025-01-10", events=[Paid(date(2025, 1, 11), Money.of("300.00"))])
    assert later.principal_open == Money.of("1000.00")


def test_payment_after_the_claim_was_settled_is_a_surplus() -> None:
    paid = [Paid(DUE, Money.of("100.00")), Paid(date(2025, 6, 1), Money.of("7.00"))]
    statement = run("100.00", until="2027-06-30", events=paid)

    assert (statement.segments, statement.surplus, statement.total_open) == ((), Money.of("7.00"), NOTHING)
    assert statement.allocations[1].unallocated == Money.of("7.00")


def test_surpluses_add_up_and_a_claim_of_nothing_has_only_those() -> None:
    paid = [Paid(DUE, Money.of("110.00")), Paid(date(2025, 6, 1), Money.of("7.00"))]

    assert run("100.00", until="2025-06-30", events=paid).surplus == Money.of("17.00")
    assert run("0.00", until="2025-06-30", events=paid).surplus == Money.of("117.00")


def test_agreed_interest_compounds_only_when_agreed() -> None:
    compound = Terms.contractual(Decimal(10), compounds=True)

    assert run("1000.00", until="2027-01-31").accrued == Money.of("200.00")
    assert run("1000.00", compound, until="2027-01-31").accrued == Money.of("210.00")


def test_capitalised_interest_is_repaid_before_that_of_the_running_year() -> None:
    """After a year 100 bears interest; 120 settles it and 20 of the running year, so the base is the principal again."""
    compound = Terms.contractual(Decimal(10), compounds=True)
    paid = [Paid(date(2026, 4, 14), Money.of("100.00"))]
    statement = run("1000.00", compound, until="2026-06-30", events=paid)

    assert [str(segment.base) for segment in statement.segments] == ["1000.00", "1100.00", "1000.00"]
    assert statement.interest_open == statement.accrued - Money.of("100.00")


def test_capitalised_interest_that_is_repaid_leaves_that_of_the_running_year() -> None:
    compound = Terms.contractual(Decimal(10), compounds=True)
    paid = [Paid(date(2026, 4, 14), Money.of("100.00"))]
    statement = run("1000.00", compound, until="2026-04-14", events=paid)  # 73 days into the second year

    assert (statement.accrued, statement.interest_paid, statement.interest_open) == (
        Money.of("122.00"),
        Money.of("100.00"),
        Money.of("22.00"),
    )


def test_interest_year_of_29_february_ends_on_the_28th() -> None:
    terms = Terms.contractual(Decimal(10), compounds=True)
    statement = interest(Money.of("1000.00"), terms, free_until=date(2024, 2, 29), through=date(2028, 3, 1))

    assert [(str(segment.last), segment.year_days) for segment in statement.segments] == [
        ("2025-02-28", 365),
        ("2026-02-28", 365),
        ("2027-02-28", 365),
        ("2028-02-29", 366),
        ("2028-03-01", 365),
    ]


def test_a_new_rate_holds_from_its_first_day() -> None:
    statement = interest(Money.of("365000.00"), COMMERCIAL, free_until=date(2025, 6, 29), through=date(2025, 7, 1))

    assert [(str(segment.last), str(segment.percent), segment.days) for segment in statement.segments] == [
        ("2025-06-30", "11.15", 1),
        ("2025-07-01", "10.15", 1),
    ]


def test_a_paused_period_bears_no_interest() -> None:
    pause = (date(2025, 3, 1), date(2025, 3, 31))
    statement = run("1000.00", until="2025-04-30", pauses=[pause])

    assert periods(statement) == [("2025-02-01", "2025-02-28"), ("2025-04-01", "2025-04-30")]
    assert statement.accrued == Money.of("7.67") + Money.of("8.22")  # 28 and 30 days


def test_a_pause_of_one_day_is_a_day_and_leaves_other_cuts_alone() -> None:
    day = date(2025, 3, 1)
    paid = [Paid(date(2025, 2, 10), Money.of("100.00"))]
    statement = run("1000.00", until="2025-04-30", events=paid, pauses=[(day, day)])

    assert periods(statement) == [
        ("2025-02-01", "2025-02-10"),
        ("2025-02-11", "2025-02-28"),
        ("2025-03-02", "2025-04-30"),
    ]


def test_a_pause_does_not_move_the_interest_year() -> None:
    pause = (date(2025, 6, 1), date(2026, 5, 31))
    compound = Terms.contractual(Decimal(10), compounds=True)
    statement = run("1000.00", compound, until="2026-06-30", pauses=[pause])

    assert [str(segment.base) for segment in statement.segments] == ["1000.00", "1032.88"]


def test_a_payment_inside_a_pause_still_counts() -> None:
    pause = (date(2025, 2, 1), date(2025, 3, 31))
    paid = [Paid(date(2025, 2, 10), Money.of("400.00"))]
    statement = run("1000.00", until="2025-04-30", events=paid, pauses=[pause])

    assert [segment.base for segment in statement.segments] == [Money.of("600.00")]


def test_a_credit_note_lowers_the_base_from_the_next_day() -> None:
    statement = run("1000.00", until="2025-03-31", events=[Moved(date(2025, 2, 28), principal=-Money.of("250.00"))])

    assert [(str(segment.last), str(segment.base)) for segment in statement.segments] == [
        ("2025-02-28", "1000.00"),
        ("2025-03-31", "750.00"),
    ]


def test_a_movement_of_costs_alone_ends_no_segment() -> None:
    charged = Moved(date(2025, 2, 10), costs=Money.of("40.00"))
    paid = Paid(date(2025, 4, 14), Money.of("40.00"))
    statement = run("1000.00", until="2025-04-14", events=[paid, charged])

    assert periods(statement) == [("2025-02-01", "2025-04-14")]
    assert (statement.costs_open, statement.allocations[0].to_costs) == (NOTHING, Money.of("40.00"))


def test_interest_that_was_paid_by_the_ledger_is_taken_off() -> None:
    moved = Moved(date(2025, 4, 14), principal=-Money.of("100.00"), interest=-Money.of("20.00"))
    statement = run("1000.00", until="2025-04-14", events=[moved])

    assert (statement.interest_paid, statement.interest_open) == (Money.of("20.00"), NOTHING)
    assert statement.principal_open == Money.of("900.00")


@pytest.mark.parametrize(
    ("cents", "paid", "open_"), [(-1, "0.01", "19.99"), (0, "0.00", "20.00"), (1, "0.00", "20.01")]
)
def test_interest_moves_by_the_cent(cents: int, paid: str, open_: str) -> None:
    statement = run("1000.00", until="2025-04-14", events=[Moved(date(2025, 4, 14), interest=Money.from_cents(cents))])

    assert (statement.interest_paid, statement.interest_open) == (Money.of(paid), Money.of(open_))


def test_interest_paid_in_advance_is_settled_by_what_accrues_later() -> None:
    """The ledger booked 25 before a late payment showed that only 20 had accrued."""
    moved = Moved(date(2025, 4, 14), interest=-Money.of("25.00"))
    at_once = run("1000.00", until="2025-04-14", events=[moved])
    later = run("1000.00", until="2025-06-26", events=[moved])

    assert (at_once.interest_open, at_once.interest_paid, at_once.surplus) == (
        NOTHING,
        Money.of("20.00"),
        Money.of("5.00"),
    )
    assert (later.interest_open, later.interest_paid, later.surplus) == (Money.of("15.00"), Money.of("25.00"), NOTHING)


def test_interest_paid_in_advance_twice_is_settled_twice() -> None:
    moved = [Moved(date(2025, 4, 14), interest=-Money.of(amount)) for amount in ("25.00", "3.00")]
    statement = run("1000.00", until="2025-04-14", events=moved)

    assert (statement.interest_paid, statement.surplus) == (Money.of("20.00"), Money.of("8.00"))


def test_a_reversal_undoes_what_was_paid_in_advance_first() -> None:
    day = date(2025, 4, 14)
    moved = [Moved(day, interest=-Money.of("25.00")), Moved(day, interest=Money.of("10.00"))]
    statement = run("1000.00", until="2025-04-14", events=moved)

    assert (statement.interest_paid, statement.interest_open, statement.surplus) == (
        Money.of("15.00"),
        Money.of("5.00"),
        NOTHING,
    )


def test_a_reversal_brings_paid_interest_back() -> None:
    day = date(2025, 4, 14)
    moved = [Moved(day, interest=-Money.of("25.00")), Moved(day, interest=Money.of("25.00"))]

    assert run("1000.00", until="2025-04-14", events=moved) == run("1000.00", until="2025-04-14")


def test_interest_from_elsewhere_counts_as_accrued() -> None:
    brought = Moved(DUE, interest=Money.of("5.00"))
    statement = run("1000.00", until="2025-04-14", events=[brought])

    assert (statement.accrued, statement.interest_open, statement.interest_paid) == (
        Money.of("25.00"),
        Money.of("25.00"),
        NOTHING,
    )


def test_what_a_component_cannot_bear_is_a_surplus() -> None:
    moved = Moved(DUE, principal=-Money.of("120.00"), costs=-Money.of("45.00"))
    statement = run("100.00", until="2025-04-14", costs="40.00", events=[moved])

    assert (statement.total_open, statement.surplus) == (NOTHING, Money.of("25.00"))


def test_interest_through_an_unconfirmed_day_is_refused() -> None:
    with pytest.raises(RateUnknownError):
        run("1000.00", COMMERCIAL, until="2027-01-01")


def test_a_settled_claim_needs_no_rate() -> None:
    paid = [Paid(DUE, Money.of("1000.00"))]

    assert run("1000.00", COMMERCIAL, until="2027-01-01", events=paid).accrued == NOTHING


def test_agreed_interest_needs_no_table() -> None:
    assert run("1000.00", until="2045-01-31").accrued == Money.of("2000.00")


@pytest.mark.parametrize(("principal", "costs"), [("-0.01", "0.00"), ("1.00", "-0.01")])
def test_a_negative_claim_is_refused(principal: str, costs: str) -> None:
    with pytest.raises(ValueError, match=r"^a claim is never negative; a surplus is a credit$"):
        run(principal, until="2025-04-14", costs=costs)
