"""Interest on one claim, day by day (6:119, 6:119a, 6:119b BW), with payments imputed along the way (6:44 BW).

Interest runs from the day after `free_until` through `through`. A payment day still bears interest on the old balance. After
every interest year, counted from `free_until`, unpaid interest joins the base. Each segment is rounded half up to cents and
totals are sums of segments, so a printed specification adds up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter

from receivables.domain.accrual import Balance
from receivables.domain.money import Money
from receivables.domain.rates import SCALE
from receivables.domain.statement import (
    DayCount,
    Moved,
    Paid,
    PaidSplit,
    Piece,
    Segment,
    Split,
    Statement,
    Terms,
)
from receivables.domain.years import add_years

__all__ = ["DayCount", "Moved", "Paid", "PaidSplit", "Segment", "Statement", "Terms", "interest"]

_FIXED_YEAR = 365
_NO_RATE = Decimal(0)
_BY_DAY = attrgetter("on")


def interest(
    principal: Money,
    terms: Terms,
    *,
    free_until: date,
    through: date,
    events: Sequence[Paid | Moved] = (),
    costs: Money | None = None,
    cuts: Collection[date] = (),
    pauses: Sequence[tuple[date, date]] = (),
) -> Statement:
    """Run the claim from the day after `free_until` through `through`.

    `cuts` are days through which interest was stated before: a segment ends there, so that sums over adjoining periods agree
    to the cent. `pauses` are inclusive periods that bear no interest (6:119 lid 6-7, creditor's default, dispute).
    """
    walk, end = _Walk(principal, costs, terms, free_until), through.toordinal()
    walk.plan(events, end, cuts=cuts, pauses=pauses)
    walk.run(end)
    return walk.statement()


class _Walk:
    """One run over the days, in day numbers and whole cents: many claims are recomputed at once, so it stays lean."""

    __slots__ = (
        "balance",
        "divisor",
        "events",
        "free_until",
        "pauses",
        "pieces",
        "splits",
        "start",
        "stops",
        "terms",
        "year_days",
        "year_end",
        "year_number",
    )

    def __init__(self, principal: Money, costs: Money | None, terms: Terms, free_until: date) -> None:
        self.balance = Balance(principal.cents, 0 if costs is None else costs.cents)
        self.terms = terms
        self.free_until = free_until
        self.start = self.year_end = free_until.toordinal()
        self.year_number = 0
        self._start_year()
        self.pieces: list[Piece] = []
        self.splits: list[Split] = []
        self.pauses: list[tuple[int, int]] = []
        self.events: list[tuple[int, Paid | Moved]] = []

    def plan(
        self, events: Iterable[Paid | Moved], end: int, *, cuts: Iterable[date], pauses: Iterable[tuple[date, date]]
    ) -> None:
        """Line up what happens, the last first, and the days on which a segment ends besides rate changes and year ends."""
        stops = [cut.toordinal() for cut in cuts]
        for event in sorted(events, key=_BY_DAY):
            day = event.on.toordinal()
            self.events.append((day, event))
            if event.changes_base:
                stops.append(day)
        for first, last in pauses:
            self.pauses.append((first.toordinal(), last.toordinal()))
            stops += (first.toordinal() - 1, last.toordinal())
        self.events.reverse()
        self.stops = [end, *sorted({stop for stop in stops if self.start < stop < end}, reverse=True)]

    def run(self, end: int) -> None:
        day, stops, balance, pieces = min(self.start, end), self.stops, self.balance, self.pieces
        rate_until, percent, rate = 0, _NO_RATE, 0
        self._book_events(day)
        while day < end:
            stop = stops[-1] if stops[-1] < self.year_end else self.year_end
            base = balance.principal + balance.capitalised
            if base and not (self.pauses and self._is_paused(day + 1)):
                if day >= rate_until:
                    rate_until, percent, rate = self.terms.rate_at(day + 1)
                if rate_until < stop:
                    stop = rate_until
                cents = (2 * base * (stop - day) * rate + self.divisor) // (2 * self.divisor)  # half up
                balance.accrue(cents)
                pieces.append((day + 1, stop, percent, base, self.year_days, cents))
            day = stop
            if day == stops[-1]:
                stops.pop()
                self._book_events(day)
            if day == self.year_end:  # payments of that day were booked before the base grows
                self._close_year()

    def statement(self) -> Statement:
        balance = self.balance
        return Statement(
            accrued=Money.from_cents(balance.accrued),
            interest_paid=Money.from_cents(balance.paid),
            interest_open=Money.from_cents(balance.interest),
            principal_open=Money.from_cents(balance.principal),
            costs_open=Money.from_cents(balance.costs),
            surplus=Money.from_cents(balance.surplus + balance.prepaid),
            pieces=tuple(self.pieces),
            splits=tuple(self.splits),
        )

    def _book_events(self, day: int) -> None:
        while self.events and self.events[-1][0] <= day:
            _, event = self.events.pop()
            if isinstance(event, Paid):
                self.splits.append((event, self.balance.pay(event.amount.cents)))
            else:
                self.balance.move(event.principal.cents, event.interest.cents, event.costs.cents)

    def _close_year(self) -> None:
        if self.terms.compounds:
            self.balance.close_year()
        self._start_year()

    def _start_year(self) -> None:
        start = self.year_end
        self.year_number += 1
        self.year_end = add_years(self.free_until, self.year_number).toordinal()
        fixed = self.terms.day_count is DayCount.FIXED_365
        self.year_days = _FIXED_YEAR if fixed else self.year_end - start
        self.divisor = self.year_days * 100 * SCALE

    def _is_paused(self, day: int) -> bool:
        return any(first <= day <= last for first, last in self.pauses)
