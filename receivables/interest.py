"""Interest of an invoice out of its ledger: what was booked, and what came since (art. 6:119, 6:119a, 6:120 BW).

Interest is booked when a letter asks for it, and again when a payment leaves something open; between those days it only runs.
The basis stands frozen beside each entry, so that a later booking goes on from it whatever the customer's settings are then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from receivables.domain import unfold
from receivables.domain.interest import DayCount, Moved, Segment, Statement, Terms, interest
from receivables.domain.money import Money
from receivables.domain.rates import RateKind, RateTable
from receivables.domain.unfold import Line, Unfolded
from receivables.models import LedgerEntry
from receivables.models.ledger import Component, EntryKind

Tables = Mapping[RateKind, RateTable]
NOTHING = Money.zero()


@dataclass(frozen=True, slots=True)
class Basis:
    """How interest runs on one claim, and why. `kind` is None for an agreed `percent`."""

    free_until: date
    kind: RateKind | None
    percent: Decimal | None = None
    compounds: bool = True
    day_count: DayCount = DayCount.INTEREST_YEAR
    ends_on: date | None = None  # the day before a bankruptcy or Wsnp (Fw 128, 303)
    pauses: tuple[tuple[date, date], ...] = ()  # 6:119 lid 6-7 BW
    why: str = ""
    article: str = ""

    def terms(self, tables: Tables) -> Terms:
        if self.kind is None:
            return Terms.contractual(self.percent or Decimal(0), compounds=self.compounds, day_count=self.day_count)
        return Terms.statutory(self.kind, tables[self.kind], day_count=self.day_count)

    def known_through(self, tables: Tables) -> date | None:
        """The last day for which somebody confirmed the rate: past it interest stands still, for none is guessed."""
        return tables[self.kind].confirmed_through if self.kind else None

    def percent_on(self, day: date, tables: Tables) -> Decimal:
        if self.kind is None:
            return self.percent or Decimal(0)
        return tables[self.kind].on(min(day, tables[self.kind].confirmed_through))

    def as_json(self) -> dict[str, Any]:
        return {
            "free_until": self.free_until.isoformat(),
            "kind": self.kind.value if self.kind else None,
            "percent": str(self.percent) if self.percent is not None else None,
            "compounds": self.compounds,
            "day_count": self.day_count.value,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "pauses": [[first.isoformat(), last.isoformat()] for first, last in self.pauses],
            "why": self.why,
            "article": self.article,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Basis:
        return cls(
            free_until=date.fromisoformat(stored["free_until"]),
            kind=RateKind(stored["kind"]) if stored["kind"] else None,
            percent=Decimal(stored["percent"]) if stored["percent"] is not None else None,
            compounds=stored["compounds"],
            day_count=DayCount(stored["day_count"]),
            ends_on=date.fromisoformat(stored["ends_on"]) if stored["ends_on"] else None,
            pauses=tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in stored["pauses"]),
            why=stored["why"],
            article=stored["article"],
        )


@dataclass(frozen=True, slots=True)
class Accrual:
    """What `basis` adds to what was booked, through a day; negative when a late payment shows that too much was booked."""

    amount: Money
    through: date
    basis: Basis
    unfolded: Unfolded

    def as_details(self) -> dict[str, Any]:
        """What stands beside the ledger entry: enough to show it and to go on from it."""
        return {
            "through": self.through.isoformat(),
            "basis": self.basis.as_json(),
            "unfolded": self.unfolded.as_json(),
        }


def accrue(entries: Sequence[LedgerEntry], basis: Basis, *, through: date, tables: Tables) -> Accrual:
    """The interest of one invoice through a day, or the last day whose rate is confirmed, less what its ledger already has."""
    end = min(day for day in (through, basis.ends_on, basis.known_through(tables)) if day)
    ran = statement(entries, basis, through=end, tables=tables)
    amount = max(ran.accrued - claimed(entries, Component.INTEREST), -open_interest(entries))
    last_cut = max(days_asked(entries), default=None)
    fresh = [segment for segment in ran.segments if last_cut is None or segment.last > last_cut]
    return Accrual(amount, end, basis, _unfolded(amount, fresh, basis, basis.terms(tables)))


def statement(entries: Sequence[LedgerEntry], basis: Basis, *, through: date, tables: Tables) -> Statement:
    """The run over the days, from the movements of the ledger."""
    start, moved = _movements(entries, basis.free_until)
    return interest(
        start,
        basis.terms(tables),
        free_until=basis.free_until,
        through=max(through, basis.free_until),
        events=moved,
        cuts=days_asked(entries),
        pauses=basis.pauses,
    )


def last_basis(entries: Iterable[LedgerEntry]) -> Basis | None:
    """The basis of the newest interest that was booked; None where no letter asked for interest yet."""
    stored = [entry.details["basis"] for entry in entries if entry.kind == EntryKind.INTEREST and entry.details]
    return Basis.from_json(stored[-1]) if stored else None


def claimed(entries: Iterable[LedgerEntry], component: Component) -> Money:
    """What was claimed of a component, less what was taken back; payments do not count."""
    return Money.total(Money.of(entry.amount) for entry in entries if _claims(entry, component))


def open_interest(entries: Iterable[LedgerEntry]) -> Money:
    return Money.total(Money.of(entry.amount) for entry in entries if entry.component == Component.INTEREST)


def _claims(entry: LedgerEntry, component: Component) -> bool:
    """An entry that changes what is claimed, not one that settles it or undoes that (`reverses`: a write-off, a discount)."""
    is_claim = (
        entry.kind in (EntryKind.INTEREST, EntryKind.COSTS, EntryKind.REVERSAL) and "reverses" not in entry.details
    )
    return is_claim and entry.component == component and entry.payment_id is None


def days_asked(entries: Iterable[LedgerEntry]) -> set[date]:
    """The days through which interest was booked; a run over the days ends a segment on each."""
    return {
        date.fromisoformat(entry.details["through"])
        for entry in entries
        if entry.kind == EntryKind.INTEREST and "through" in entry.details
    }


def _movements(entries: Iterable[LedgerEntry], free_until: date) -> tuple[Money, list[Moved]]:
    """The principal on the last interest-free day, and what moved it, or settled interest, afterwards."""
    start = NOTHING
    principal: dict[date, Money] = defaultdict(Money.zero)
    settled: dict[date, Money] = defaultdict(Money.zero)
    for entry in entries:
        amount = Money.of(entry.amount)
        if entry.component == Component.PRINCIPAL and entry.booked_on <= free_until:
            start += amount
        elif entry.component == Component.PRINCIPAL:
            principal[entry.booked_on] += amount
        elif entry.component == Component.INTEREST and not _claims(entry, Component.INTEREST):
            settled[entry.booked_on] += amount
    days = sorted(principal.keys() | settled.keys())
    return max(start, NOTHING), [Moved(day, principal=principal[day], interest=settled[day]) for day in days]


def _unfolded(amount: Money, segments: Sequence[Segment], basis: Basis, terms: Terms) -> Unfolded:
    """The segments since the last booking; a difference in older days is a line of its own."""
    opened = unfold.of_interest(segments, terms, article=basis.article, note=basis.why)
    difference = amount - opened.amount
    if not difference:
        return opened
    line = Line("Herrekening van eerder geboekte rente", difference, detail="een betaling werd later bekend")
    return replace(opened, amount=amount, lines=(*opened.lines, line))
