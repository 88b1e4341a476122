"""The collection costs of one letter, and what each of its invoices bears (art. 6:96 BW, BIK).

One item for one debtor, creditor and letter: principals are added up and the tariff is taken once (6:96 lid 7 BW).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from receivables.domain import unfold
from receivables.domain.collection_costs import (
    CollectionCosts,
    collection_costs,
    fixed_sum,
    shares,
    small_instalments,
)
from receivables.domain.money import Money
from receivables.domain.parameters import BIK
from receivables.domain.unfold import Line, Unfolded

NOTHING = Money.zero()


@dataclass(frozen=True, slots=True)
class CostShare:
    """What one invoice bears of the costs of one letter, and the whole that it is a share of."""

    costs: Money
    vat: Money
    details: dict[str, Any]
    vat_details: dict[str, Any] = field(default_factory=dict)


class CostRule(StrEnum):
    """Which rule the costs of a letter follow."""

    TARIFF = "tariff"  # art. 2 BIK
    FIXED_SUM = "fixed_sum"  # art. 6:96 lid 4 BW
    SMALL_INSTALMENTS = "small_instalments"  # uncertain, see `parameters.STATUS_NOTE`


@dataclass(frozen=True, slots=True)
class LetterCosts:
    """The costs of one letter: one item for one debtor, creditor and letter (6:96 lid 7 BW)."""

    rule: CostRule
    costs: Money
    vat: Money
    unfolded: Unfolded
    vat_unfolded: Unfolded | None = None

    @property
    def total(self) -> Money:
        return self.costs + self.vat

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule.value,
            "costs": str(self.costs),
            "vat": str(self.vat),
            "unfolded": self.unfolded.as_json(),
            "vat_unfolded": self.vat_unfolded.as_json() if self.vat_unfolded else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> LetterCosts:
        costs, vat = Money.of(stored["costs"]), Money.of(stored["vat"])
        opened = Unfolded.from_json(stored["unfolded"])
        vat_opened = Unfolded.from_json(stored["vat_unfolded"]) if stored["vat_unfolded"] else None
        return cls(CostRule(stored["rule"]), costs, vat, opened, vat_opened)


def letter_costs(
    principals: Iterable[Money], *, rule: CostRule, with_vat: bool, on: date, already: Money = NOTHING
) -> LetterCosts:
    """What a letter over these principals costs by `rule`, less what was `already` booked for the same invoices."""
    listed = list(principals)
    if Money.total(listed) <= NOTHING:
        rule = CostRule.TARIFF  # nothing over nothing, whatever the rule
    if rule is CostRule.FIXED_SUM:
        whole, opened = fixed_sum(on), unfold.of_fixed_sum(on)
    elif rule is CostRule.SMALL_INSTALMENTS:
        small = small_instalments(listed)
        whole, opened = small.costs, unfold.of_instalment_costs(small)
    else:
        tariff = collection_costs(listed)
        whole, opened = tariff.costs, unfold.of_costs(tariff)
    if already and listed:
        rest = max(whole - already, NOTHING)
        line = Line("Eerder in rekening gebrachte kosten voor dezelfde facturen", rest - whole)
        whole, opened = rest, replace(opened, amount=rest, lines=(*opened.lines, line))
    vat = whole.times(BIK.vat_percent / 100) if with_vat else NOTHING
    vat_opened = unfold.of_costs_vat(CollectionCosts(NOTHING, (), whole, vat)) if vat else None
    return LetterCosts(rule, whole, vat, opened, vat_opened)


def share_costs(
    whole: LetterCosts,
    principals: Mapping[UUID, Money],
    *,
    batch: str,
    due_from: date | None = None,
    less_booked: bool = False,
) -> dict[UUID, CostShare]:
    """Divide the costs of one letter over its invoices by principal; each share opens up to the whole."""
    costs, vat = shares(whole.costs, principals), shares(whole.vat, principals)
    frozen = {
        "batch": batch,
        "rule": whole.rule.value,
        "with_vat": bool(whole.vat),
        "principals": {str(pk): str(principal) for pk, principal in principals.items()},
        "due_from": due_from.isoformat() if due_from else None,
        "most": str(whole.costs),
        "less_booked": less_booked,  # after what other letters charged for the same invoices
    }
    return {
        pk: CostShare(
            costs[pk],
            vat[pk],
            {**frozen, **_opened(whole.unfolded, costs[pk])},
            {"batch": batch, **_opened(whole.vat_unfolded, vat[pk])} if whole.vat_unfolded else {},
        )
        for pk in principals
        if costs[pk] or vat[pk]
    }


def _opened(whole: Unfolded, share: Money) -> dict[str, Any]:
    """The share as a screen opens it, and the whole as a letter with all its invoices prints it."""
    return {"unfolded": _of_share(whole, share).as_json(), "whole": whole.as_json()}


def _of_share(whole: Unfolded, share: Money) -> Unfolded:
    """The costs of the letter, less what the other invoices on it bear."""
    others = share - whole.amount
    if not others:
        return whole
    line = Line("Deel van de andere facturen op deze brief", others, detail="naar verhouding van de hoofdsom")
    return replace(whole, amount=share, lines=(*whole.lines, line))
