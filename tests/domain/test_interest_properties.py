"""Interest: what must hold for any claim, whatever was paid, moved or paused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.interest import DayCount, Moved, Paid, Terms, interest
from receivables.domain.money import Money
from receivables.domain.rates import SHIPPED, RateKind

ONE_DAY = timedelta(days=1)
NOTHING = Money.zero()
CONSUMER = Terms.statutory(RateKind.CONSUMER, SHIPPED[RateKind.CONSUMER])
COMMERCIAL = Terms.statutory(RateKind.COMMERCIAL, SHIPPED[RateKind.COMMERCIAL])
TEN_PERCENT = Terms.contractual(Decimal(10))
START = date(2019, 5, 20)
amounts = st.integers(0, 5_000_000).map(Money.from_cents)
deltas = st.integers(-2_000_000, 2_000_000).map(Money.from_cents)
days = st.integers(-40, 2_600).map(lambda count: START + timedelta(days=count))
payments = st.lists(st.builds(Paid, on=days, amount=amounts), max_size=5)
movements = st.lists(
    st.builds(Paid, on=days, amount=amounts)
    | st.builds(Moved, on=days, principal=deltas, interest=deltas, costs=deltas),
    max_size=6,
)
every_terms = st.sampled_from(
    [
        CONSUMER,
        COMMERCIAL,
        Terms.statutory(RateKind.CONSUMER, SHIPPED[RateKind.CONSUMER], day_count=DayCount.FIXED_365),
        TEN_PERCENT,
        Terms.contractual(Decimal("7.25"), compounds=True),
    ]
)
free_days = st.sampled_from([START, date(2020, 2, 29), date(2019, 12, 31)])
pauses = st.lists(st.tuples(days, st.integers(0, 90)), max_size=2).map(
    lambda found: [(first, first + timedelta(days=length)) for first, length in found]
)


@given(principal=amounts, costs=amounts, terms=every_terms, free=free_days, through=days, events=payments)
def test_payments_are_conserved(
    principal: Money, costs: Money, terms: Terms, free: date, through: date, events: list[Paid]
) -> None:
    statement = interest(principal, terms, free_until=free, through=through, events=events, costs=costs)
    counted = [event.amount for event in events if event.on <= through]

    assert [split.amount for split in statement.allocations] == [
        event.amount for event in sorted(events, key=lambda event: event.on) if event.on <= through
    ]
    for split in statement.allocations:
        assert split.to_costs + split.to_interest + split.to_principal + split.unallocated == split.amount
    claimed = principal + costs + statement.accrued
    assert statement.total_open == claimed - Money.total(counted) + statement.surplus
    assert statement.surplus == Money.total(split.unallocated for split in statement.allocations)


@given(
    principal=amounts, costs=amounts, terms=every_terms, free=free_days, through=days, events=movements, pauses=pauses
)
def test_nothing_is_ever_negative_and_segments_add_up(
    principal: Money,
    costs: Money,
    terms: Terms,
    free: date,
    through: date,
    events: list[Paid | Moved],
    pauses: list[tuple[date, date]],
) -> None:
    statement = interest(principal, terms, free_until=free, through=through, events=events, costs=costs, pauses=pauses)

    assert (
        min(
            statement.accrued,
            statement.interest_paid,
            statement.interest_open,
            statement.principal_open,
            statement.costs_open,
            statement.surplus,
        )
        >= NOTHING
    )
    assert statement.accrued == statement.interest_paid + statement.interest_open
    assert statement.accrued >= Money.total(segment.interest for segment in statement.segments)
    last = free
    for segment in statement.segments:
        assert last < segment.first <= segment.last <= through
        assert segment.days == (segment.last - segment.first).days + 1
        exact = segment.base.amount * segment.percent * segment.days / (100 * segment.year_days)
        assert abs(segment.interest.amount - exact) <= Decimal("0.005")
        assert not any(first <= segment.last and segment.first <= end for first, end in pauses)
        last = segment.last


@given(
    principal=amounts,
    terms=every_terms,
    free=free_days,
    middle=days,
    through=days,
    events=movements,
    pauses=pauses,
)
def test_interest_is_additive_to_the_cent_with_cuts(
    principal: Money,
    terms: Terms,
    free: date,
    middle: date,
    through: date,
    events: list[Paid | Moved],
    pauses: list[tuple[date, date]],
) -> None:
    """What was stated through the first day stands unchanged at the front of what is stated through the second."""
    middle, through = min(middle, through), max(middle, through)
    first = interest(principal, terms, free_until=free, through=middle, events=events, pauses=pauses)
    both = interest(principal, terms, free_until=free, through=through, events=events, pauses=pauses, cuts=[middle])

    assert both.segments[: len(first.segments)] == first.segments
    assert all(segment.first > middle for segment in both.segments[len(first.segments) :])


@given(principal=amounts, terms=every_terms, free=free_days, middle=days, through=days)
def test_interest_is_additive_apart_from_rounding(
    principal: Money, terms: Terms, free: date, middle: date, through: date
) -> None:
    whole = interest(principal, terms, free_until=free, through=through)
    cut = interest(principal, terms, free_until=free, through=through, cuts=[middle])

    assert len(cut.segments) <= len(whole.segments) + 1
    assert abs(cut.accrued - whole.accrued) <= Money.of("0.02") + Money.from_cents(len(whole.segments))


@given(principal=amounts, terms=every_terms, free=free_days, middle=days, through=days)
def test_interest_grows_with_the_days(principal: Money, terms: Terms, free: date, middle: date, through: date) -> None:
    middle, through = min(middle, through), max(middle, through)

    shorter = interest(principal, terms, free_until=free, through=middle)
    assert shorter.accrued <= interest(principal, terms, free_until=free, through=through).accrued


def slow(principal: Money, terms: Terms, *, free: date, through: date) -> Decimal:
    """The same sum day by day without any rounding, as a second opinion."""
    base, running, total = principal.amount, Decimal(0), Decimal(0)
    year_start, number, day = free, 0, free
    while day < through:
        number += 1
        year_end = _years_on(free, number)
        year_days = 365 if terms.day_count is DayCount.FIXED_365 else (year_end - year_start).days
        while day < min(year_end, through):
            day += ONE_DAY
            percent = terms.table.on(day) if terms.table else terms.percent or Decimal(0)
            running += base * percent / (100 * year_days)
        total += running
        base, running, year_start = (base + running if terms.compounds else base), Decimal(0), year_end
    return total


def _years_on(day: date, count: int) -> date:
    try:
        return day.replace(year=day.year + count)
    except ValueError:
        return date(day.year + count, 2, 28)


@given(principal=amounts, terms=every_terms, free=free_days, through=days)
def test_interest_equals_the_sum_day_by_day(principal: Money, terms: Terms, free: date, through: date) -> None:
    statement = interest(principal, terms, free_until=free, through=through)

    assert abs(statement.accrued.amount - slow(principal, terms, free=free, through=through)) <= Decimal("0.01") * max(
        len(statement.segments), 1
    )
