"""Art. 6:43 and 6:44 BW: which claims a payment settles, and in which order inside a claim."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from receivables.domain.money import Money


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount split over the three components of a claim (6:44 lid 1)."""

    costs: Money = field(default_factory=Money.zero)
    interest: Money = field(default_factory=Money.zero)
    principal: Money = field(default_factory=Money.zero)

    @property
    def total(self) -> Money:
        return self.costs + self.interest + self.principal


@dataclass(frozen=True, slots=True)
class Claim:
    """What is due on one invoice. `costs` are only those already due: costs announced in a running
    fourteen-day letter are not (6:96 lid 6), so they receive nothing."""

    id: str
    invoiced_on: date
    due_on: date
    principal: Money
    interest: Money = field(default_factory=Money.zero)
    costs: Money = field(default_factory=Money.zero)
    rate: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if min(self.principal, self.interest, self.costs) < Money.zero():
            raise ValueError(f"claim {self.id}: a claim is never negative; a surplus is a credit")

    @property
    def open(self) -> Money:
        return self.costs + self.interest + self.principal


@dataclass(frozen=True, slots=True)
class Allocation:
    """Where a payment went. The parts and `left_over` always add up to the payment."""

    parts: dict[str, Parts]
    left_over: Money

    @property
    def allocated(self) -> Money:
        return Money.total(parts.total for parts in self.parts.values())


def allocate(
    payment: Money, claims: Sequence[Claim], *, on: date | None = None, designated: Collection[str] = ()
) -> Allocation:
    """Divide `payment` over `claims`: those the debtor named first (6:43 lid 1), then by lid 2.

    Without `on` every claim counts as due. What no claim can take stays in `left_over`.
    """
    if payment < Money.zero():
        raise ValueError("a payment is not negative; a reversal is booked as its own entry")
    parts = {claim.id: Parts() for claim in claims}
    if len(parts) != len(claims):
        raise ValueError("two claims carry the same id")
    remaining = payment
    for equals in _in_order(claims, on=on, designated=designated):
        for claim, share in _in_proportion(remaining, equals):
            parts[claim.id] = settle(share, claim)
            remaining -= share
    return Allocation(parts, remaining)


def settle(payment: Money, claim: Claim) -> Parts:
    """Art. 6:44 lid 1: costs first, then accrued interest, then principal. Takes no more than is open."""
    costs = min(payment, claim.costs)
    interest = min(payment - costs, claim.interest)
    principal = min(payment - costs - interest, claim.principal)
    return Parts(costs=costs, interest=interest, principal=principal)


def _in_order(claims: Iterable[Claim], *, on: date | None, designated: Collection[str]) -> Iterable[list[Claim]]:
    """Groups of claims that rank equally: designated, due, most onerous (highest rate), oldest."""

    def rank(claim: Claim) -> tuple[bool, bool, Decimal, date]:
        is_due = on is None or claim.due_on < on
        return (claim.id not in designated, not is_due, -claim.rate, claim.invoiced_on)

    for _, equals in groupby(sorted(claims, key=rank), key=rank):
        yield list(equals)


def _in_proportion(payment: Money, claims: list[Claim]) -> list[tuple[Claim, Money]]:
    """Share `payment` by open amount, cents half up; the odd cents go to the largest share that can bear them."""
    total = sum(claim.open.cents for claim in claims)
    cents = min(payment.cents, total)
    if not cents:
        return []
    shares = {claim.id: (2 * cents * claim.open.cents + total) // (2 * total) for claim in claims}
    difference = cents - sum(shares.values())
    for claim in sorted(claims, key=lambda claim: (-shares[claim.id], claim.id)):
        fits = min(max(difference, -shares[claim.id]), claim.open.cents - shares[claim.id])
        shares[claim.id] += fits
        difference -= fits
    return [(claim, Money.from_cents(shares[claim.id])) for claim in claims]
