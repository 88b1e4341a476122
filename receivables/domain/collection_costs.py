"""Statutory collection costs: 6:96 lid 4-7 BW and the BIK tariff. What may be asked of whom, and when, is decided elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from receivables.domain.money import Money
from receivables.domain.parameters import B2B_FIXED_SUM, BIK, SMALL_INSTALMENTS

_NOTHING = Decimal(0)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class TariffStep:
    """One bracket as applied: `percent` over `slice` of the principal. `part` is not rounded."""

    slice: Money
    percent: Decimal
    part: Decimal


@dataclass(frozen=True, slots=True)
class CollectionCosts:
    """The costs over `base`, excluding `vat`; `is_minimum` and `is_maximum` say that the tariff was overruled."""

    base: Money
    steps: tuple[TariffStep, ...]
    costs: Money
    vat: Money
    is_minimum: bool = False
    is_maximum: bool = False

    @property
    def total(self) -> Money:
        return self.costs + self.vat


@dataclass(frozen=True, slots=True)
class InstalmentCosts:
    """Costs for small instalments: the lower of tariff and instalment rule, with the warning that belongs to it."""

    costs: Money
    is_uncertain: bool
    note: str


def collection_costs(principals: Iterable[Money] | Money, *, with_vat: bool = False) -> CollectionCosts:
    """The tariff, once, over the principals of one letter added up (6:96 lid 7); nothing over nothing.

    VAT comes on top only when the creditor cannot set it off and says so (BIK art. 2 lid 3).
    """
    base = principals if isinstance(principals, Money) else Money.total(principals)
    if base <= Money.zero():
        return CollectionCosts(Money.zero(), (), Money.zero(), Money.zero())
    steps = _steps(base)
    tariff = Money.rounded(sum([step.part for step in steps], start=_NOTHING))
    costs = min(max(tariff, BIK.minimum), BIK.maximum)
    vat = costs.times(BIK.vat_percent / 100) if with_vat else Money.zero()
    return CollectionCosts(base, steps, costs, vat, is_minimum=tariff < costs, is_maximum=tariff > costs)


def over_remainder(principal: Money, *, paid_within_term: Money, with_vat: bool = False) -> CollectionCosts:
    """After a part payment inside the fourteen days: the tariff over what stayed unpaid (ECLI:NL:HR:2016:2704)."""
    return collection_costs(max(principal - paid_within_term, Money.zero()), with_vat=with_vat)


def fixed_sum(on: date) -> Money:
    """The sum a business owes without any reminder from the day after the last payment day (6:96 lid 4)."""
    return B2B_FIXED_SUM.amount if on >= B2B_FIXED_SUM.valid_from else Money.zero()


def shares(total: Money, principals: Mapping[Key, Money]) -> dict[Key, Money]:
    """Divide the costs of one letter over its invoices by principal, half up; odd cents go to the largest."""
    weights = {key: max(principal.cents, 0) for key, principal in principals.items()}
    whole = sum(weights.values())
    if not whole:
        if total:
            raise ValueError("there is no principal to divide the costs over")
        return dict.fromkeys(principals, total)
    cents = abs(total.cents)
    parts = {key: (2 * cents * weight + whole) // (2 * whole) for key, weight in weights.items()}
    difference = cents - sum(parts.values())
    for key in sorted(parts, key=lambda key: -weights[key]):
        fits = max(difference, -parts[key])
        parts[key] += fits
        difference -= fits
    return {key: Money.from_cents(part if total >= Money.zero() else -part) for key, part in parts.items()}


def small_instalments(amounts: Sequence[Money], *, charged_in_six_months: Money | None = None) -> InstalmentCosts:
    """Costs for instalments of a running contract: the rule since the Wki, or the tariff where that is lower.

    The rule is uncertain (see its note); what was `charged_in_six_months` before counts towards its ceiling.
    """
    rule, charged = SMALL_INSTALMENTS, charged_in_six_months or Money.zero()
    small = [amount for amount in amounts if Money.zero() < amount < rule.threshold]
    large = [amount for amount in amounts if amount >= rule.threshold]
    first = rule.following if charged else rule.first
    wanted = first + rule.following.times(len(small) - 1) if small else Money.zero()
    room = max(rule.most_per_six_months - charged, Money.zero())
    by_rule = min(wanted, room) + collection_costs(large).costs
    costs = min(by_rule, collection_costs(amounts).costs)
    return InstalmentCosts(costs, is_uncertain=True, note=rule.note)


def _steps(base: Money) -> tuple[TariffStep, ...]:
    steps, rest, place = [], base.amount, 0
    while place < len(_FULL) and rest >= _FULL[place].slice.amount:
        steps.append(_FULL[place])
        rest -= _FULL[place].slice.amount
        place += 1
    return (*steps, _step(Money(rest), BIK.tiers[place].percent)) if rest else tuple(steps)


def _step(part: Money, percent: Decimal) -> TariffStep:
    return TariffStep(part, percent, part.amount * percent / 100)


_FULL = tuple(_step(tier.width, tier.percent) for tier in BIK.tiers if tier.width is not None)
