"""How one debtor's items may explain an amount: one, several, less a credit note, in part, or more than is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from receivables.domain.matching import weights
from receivables.domain.matching.books import Entry
from receivables.domain.matching.naming import Naming
from receivables.domain.matching.sums import subsets
from receivables.domain.matching.values import Evidence, Part, Reason

MOST_IN_SUM: Final = 25  # of the oldest items; with more, every amount is some sum
MOST_BESIDE_EXACT: Final = 12  # fewer when one item fits already
NEAR_SHARE: Final = 3  # per cent: a discount
NEAR_CENTS: Final = 100  # bank costs, rounding


@dataclass(frozen=True, slots=True)
class Explanation:
    """Which items the money is for, what the text says of them, and how well the amount fits."""

    debtor_id: str
    parts: tuple[Part, ...]
    left_over_cents: int
    namings: tuple[Naming, ...]  # of these items, or of one that is paid already
    fit: Reason
    fit_weight: int
    is_exact: bool
    oldest: date = date.max  # when the first of the items was due
    unnamed: int = 0  # items that nothing in the text names, credit notes aside

    @property
    def is_tried(self) -> bool:
        """A sum that was found by trying: nobody said so, and it is not all that is open."""
        return self.fit_weight == weights.AMOUNT_UNNAMED.get(self.fit.evidence)


@dataclass(frozen=True, slots=True)
class Case:
    """One amount and one debtor: its items, the oldest first, and those that the text names."""

    debtor_id: str
    cents: int
    entries: Sequence[Entry]
    named: dict[str, Naming]
    knows_payer: bool

    @property
    def open_entries(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.open_cents]


def explanations(case: Case) -> list[Explanation]:
    """Every explanation worth weighing, each set of items once: as the text names it, else as it fits."""
    said = _said(case)
    if said:
        return [said]
    open_entries = case.open_entries
    found = _Found()
    found.add(_named(case, open_entries))
    paid = [naming for naming in case.named.values() if not naming.entry.open_cents]
    if paid:
        found.add([_credit(case, paid)])
    if found.is_said:
        return found.all
    for entry in open_entries:
        fit = _single_fit(entry, case.cents)
        if fit:
            found.add([_make(case, [entry], fit, weights.AMOUNT[fit.evidence], principal=_is_principal(fit))])
    if case.knows_payer:
        found.add(_unnamed(case, open_entries, has_exact=found.has_exact))
    if not found.has_exact:
        found.add(_inexact(case, open_entries, has_paid=bool(paid)))
    return found.all


def _said(case: Case) -> Explanation | None:
    """The text names items in full, all of them are open, and together they are the amount: nothing else comes near."""
    total = 0
    for naming in case.named.values():
        if naming.weight < weights.IN_LIST or not naming.entry.open_cents:
            return None
        total += naming.entry.open_cents
    if total != case.cents:
        return None
    entries = [naming.entry for naming in case.named.values()]
    if len(entries) > 1:
        entries = _in_order(entries)
    fit = _sum_fit(entries)
    return _make(case, entries, fit, weights.AMOUNT[fit.evidence])


class _Found:
    """Explanations by what they pay; of two that pay the same the better fit stays."""

    def __init__(self) -> None:
        self._by_parts: dict[tuple[Part, ...], Explanation] = {}

    def add(self, explanations: Iterable[Explanation]) -> None:
        for each in explanations:
            known = self._by_parts.get(each.parts)
            if known is None or each.fit_weight > known.fit_weight:
                self._by_parts[each.parts] = each

    @property
    def all(self) -> list[Explanation]:
        return list(self._by_parts.values())

    @property
    def has_exact(self) -> bool:
        return any(each.is_exact for each in self._by_parts.values())

    @property
    def is_said(self) -> bool:
        """The text names in full what adds up to the cent: nothing else comes near."""
        return any(
            each.is_exact and not each.unnamed and min(naming.weight for naming in each.namings) >= weights.IN_LIST
            for each in self._by_parts.values()
            if each.namings
        )


def _named(case: Case, open_entries: list[Entry]) -> Iterator[Explanation]:
    """What is named in full, with and without what only seems to be named."""
    if not case.named:
        return
    named = [(entry, case.named[entry.item.id].weight) for entry in open_entries if entry.item.id in case.named]
    chosen: list[list[Entry]] = []
    for least in (1, weights.TELLS, weights.ENDING + 1):
        entries = [entry for entry, weight in named if weight >= least]
        if entries and entries not in chosen:
            chosen.append(entries)
            found = list(_of_set(case, entries, open_entries))
            yield from found
            if any(each.is_exact for each in found):
                return


def _of_set(case: Case, entries: list[Entry], open_entries: list[Entry]) -> Iterator[Explanation]:
    total = sum(entry.open_cents for entry in entries)
    if total == case.cents:
        yield _make(case, entries, _sum_fit(entries), _sum_weight(entries))
    elif sum(entry.principal_cents for entry in entries) == case.cents:
        weight = weights.AMOUNT[Evidence.AMOUNT_PRINCIPAL]
        yield _make(case, entries, Reason(Evidence.AMOUNT_PRINCIPAL), weight, principal=True)
    elif total > case.cents:
        yield from _less_credit(case, entries, open_entries, case.cents - total)
        yield _in_part(case, entries)
    elif total > 0:
        yield from _and_more(case, entries, open_entries, case.cents - total)
        yield _more(case, entries)


def _less_credit(case: Case, entries: list[Entry], open_entries: list[Entry], wanted: int) -> Iterator[Explanation]:
    credits = [entry for entry in open_entries if entry.open_cents < 0 and entry not in entries][:MOST_IN_SUM]
    ways = subsets([entry.open_cents for entry in credits], wanted, least=1) if credits else []
    if len(ways) == 1:
        together = _in_order((*entries, *(credits[place] for place in ways[0])))
        yield _make(case, together, _sum_fit(together), weights.AMOUNT[Evidence.SUM_LESS_CREDIT])


def _and_more(case: Case, entries: list[Entry], open_entries: list[Entry], wanted: int) -> Iterator[Explanation]:
    """ "2026-0123 and others": what is named, and one more item, or all others."""
    others = [entry for entry in open_entries if entry not in entries]
    singles = [[entry] for entry in others if entry.open_cents == wanted]
    if len(others) > 1 and sum(entry.open_cents for entry in others) == wanted:
        singles.append(others)
    if len(singles) == 1:
        together = _in_order((*entries, *singles[0]))
        yield _make(case, together, _sum_fit(together), weights.AMOUNT_UNNAMED[Evidence.SUM])


def _unnamed(case: Case, open_entries: list[Entry], *, has_exact: bool) -> Iterator[Explanation]:
    """The payer is known: everything that is open, or the one sum that fits."""
    if len(open_entries) < 2:
        return
    if sum(entry.open_cents for entry in open_entries) == case.cents:
        yield _make(case, open_entries, Reason(Evidence.ALL_OPEN), weights.AMOUNT[Evidence.ALL_OPEN])
    elif sum(entry.principal_cents for entry in open_entries) == case.cents:
        weight = weights.AMOUNT[Evidence.AMOUNT_PRINCIPAL]
        yield _make(case, open_entries, Reason(Evidence.AMOUNT_PRINCIPAL), weight, principal=True)
    eligible = open_entries[: MOST_BESIDE_EXACT if has_exact else MOST_IN_SUM]
    for places in subsets([entry.open_cents for entry in eligible], case.cents):
        entries = [eligible[place] for place in places]
        if len(entries) < len(open_entries):
            fit = _sum_fit(entries)
            yield _make(case, entries, fit, weights.AMOUNT_UNNAMED[fit.evidence])


def _inexact(case: Case, open_entries: list[Entry], *, has_paid: bool) -> Iterator[Explanation]:
    """Nothing fits: an amount that is nearly right, or money without an item."""
    if not case.knows_payer:
        return
    near = [entry for entry in open_entries if is_near(entry.open_cents, case.cents)]
    for entry in near:
        yield _in_part(case, [entry]) if entry.open_cents > case.cents else _more(case, [entry])
    if not near and len(open_entries) == 1 and open_entries[0].open_cents > 0:
        yield _in_part(case, open_entries) if open_entries[0].open_cents > case.cents else _more(case, open_entries)
    if not has_paid:
        yield _credit(case, [])


def is_near(one: int, other: int) -> bool:
    """A discount, bank costs, rounding, or two digits swapped."""
    distance = abs(one - other)
    if distance <= NEAR_CENTS or distance * 100 <= one * NEAR_SHARE:
        return True
    return distance % 9 == 0 and sorted(str(one)) == sorted(str(other))


def _single_fit(entry: Entry, cents: int) -> Reason | None:
    if entry.open_cents == cents:
        return Reason(Evidence.AMOUNT, number=entry.item.number)
    if entry.principal_cents == cents:
        return Reason(Evidence.AMOUNT_PRINCIPAL, number=entry.item.number)
    return None


def _is_principal(fit: Reason) -> bool:
    return fit.evidence == Evidence.AMOUNT_PRINCIPAL


def _sum_fit(entries: Sequence[Entry]) -> Reason:
    credit = next((entry for entry in entries if entry.open_cents < 0), None)
    if credit:
        paid = [entry.item.number for entry in entries if entry.open_cents > 0]
        what = f"factuur {paid[0]}" if len(paid) == 1 else f"de som van {len(paid)} facturen"
        return Reason(Evidence.SUM_LESS_CREDIT, what, credit.item.number)
    if len(entries) == 1:
        return Reason(Evidence.AMOUNT, number=entries[0].item.number)
    return Reason(Evidence.SUM, str(len(entries)))


def _sum_weight(entries: Sequence[Entry]) -> int:
    return weights.AMOUNT[_sum_fit(entries).evidence]


def _make(case: Case, entries: Sequence[Entry], fit: Reason, weight: int, *, principal: bool = False) -> Explanation:
    """The amount is right to the cent."""
    parts = tuple(Part(entry.item.id, entry.principal_cents if principal else entry.open_cents) for entry in entries)
    return _explanation(case, entries, parts, fit, weight, is_exact=True)


def _in_part(case: Case, entries: Sequence[Entry]) -> Explanation:
    """Credit notes first, then the oldest item as far as the money goes."""
    left, parts = case.cents, []
    for entry in sorted(entries, key=lambda each: each.open_cents > 0):
        cents = min(entry.open_cents, left)
        if cents:
            parts.append(Part(entry.item.id, cents))
            left -= cents
    total = sum(entry.open_cents for entry in entries)
    weight = weights.AMOUNT_NEAR if is_near(total, case.cents) else weights.AMOUNT[Evidence.PART]
    return _explanation(case, entries, tuple(parts), Reason(Evidence.PART), weight, is_exact=False)


def _more(case: Case, entries: Sequence[Entry]) -> Explanation:
    """All of these items, and the rest as credit."""
    parts = tuple(Part(entry.item.id, entry.open_cents) for entry in entries)
    total = sum(part.cents for part in parts)
    weight = weights.AMOUNT_NEAR if is_near(total, case.cents) else weights.AMOUNT[Evidence.MORE]
    fit = Reason(Evidence.MORE, _euros(case.cents - total))
    return _explanation(case, entries, parts, fit, weight, is_exact=False)


def _credit(case: Case, paid: Iterable[Naming]) -> Explanation:
    fit = Reason(Evidence.MORE, _euros(case.cents))
    return Explanation(case.debtor_id, (), case.cents, tuple(paid), fit, weights.AMOUNT[Evidence.MORE], is_exact=False)


def _explanation(
    case: Case, entries: Sequence[Entry], parts: tuple[Part, ...], fit: Reason, weight: int, *, is_exact: bool
) -> Explanation:
    namings = tuple(case.named[entry.item.id] for entry in entries if entry.item.id in case.named)
    left = case.cents - sum(part.cents for part in parts)
    unnamed = sum(entry.open_cents > 0 and entry.item.id not in case.named for entry in entries)
    oldest = min(entry.item.due_on for entry in entries)
    return Explanation(case.debtor_id, parts, left, namings, fit, weight, is_exact, oldest, unnamed)


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.order)


def _euros(cents: int) -> str:
    euros = f"{cents // 100:,}".replace(",", ".")
    return f"€ {euros},{cents % 100:02}"
