"""The books as matching reads them: an index over debtors and open items, built once for a run over many receipts.

Mutable on purpose: what is booked lowers what is open, so that the next receipt sees it. Memory grows with the items.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from receivables.domain.matching.name_index import NameIndex
from receivables.domain.matching.reading import upper_ascii
from receivables.domain.matching.values import Debtor, OpenItem, Part

_GROUPS = re.compile(r"\d+")
_BEHIND_YEAR = re.compile(r"^20[2-4]\d(?=\d{3})")  # F20260123
_SIGNS = re.compile(r"[^A-Z0-9]")


@dataclass(slots=True, eq=False)
class Entry:
    """An item with what is open on it now; `number` is upper case, `digits` its digits, `tail` the serial at their end.

    `order` puts the oldest first, the same for items in any order.
    """

    item: OpenItem
    open_cents: int
    principal_cents: int  # of what is open
    number: str
    digits: str
    tail: str
    order: tuple[date, date, str, str]

    def lower(self, cents: int) -> None:
        """Take off what was paid, never past nothing. It goes to costs and interest first: principal stays to the last."""
        left = self.open_cents - cents
        self.open_cents = 0 if (left > 0) != (self.open_cents > 0) else left
        if self.open_cents > 0:
            self.principal_cents = min(self.principal_cents, self.open_cents)
        else:
            self.principal_cents = max(self.principal_cents, self.open_cents) if self.open_cents else 0


class Books:
    """Debtors and their items. An item with nothing open is known as paid: its number may be paid again."""

    def __init__(self, debtors: Iterable[Debtor], items: Iterable[OpenItem]) -> None:
        self.debtors = {debtor.id: debtor for debtor in debtors}
        self.names = NameIndex(self.debtors.values())
        self.entries: dict[str, Entry] = {}
        self._by_debtor: dict[str, list[Entry]] = defaultdict(list)
        self._by_number: dict[str, list[Entry]] = defaultdict(list)
        self._by_reference: dict[str, list[Entry]] = defaultdict(list)
        self._by_cents: dict[int, dict[str, Entry]] = defaultdict(dict)
        self._by_iban: dict[str, set[str]] = defaultdict(set)
        self._by_debtor_number: dict[str, list[str]] = defaultdict(list)
        for debtor in self.debtors.values():
            for iban in debtor.ibans:
                self.learn(iban, debtor.id)
            for number in {_squeezed(debtor.number), "".join(_GROUPS.findall(debtor.number))} - {""}:
                self._by_debtor_number[number].append(debtor.id)
        self.add(items)

    def add(self, items: Iterable[OpenItem]) -> None:
        """Items that were invoiced later."""
        for item in items:
            groups = _GROUPS.findall(item.number)
            tail = _BEHIND_YEAR.sub("", groups[-1]).lstrip("0") if groups else ""
            order = (item.due_on, item.issued_on, item.number, item.id)
            number = upper_ascii(item.number).strip()
            entry = Entry(item, item.open_cents, item.principal_cents, number, "".join(groups), tail, order)
            entry.lower(0)
            self.entries[item.id] = entry
            insort(self._by_debtor[item.debtor_id], entry, key=lambda each: each.order)
            short = "".join(group.lstrip("0") for group in groups)
            for number in {entry.digits, entry.digits.lstrip("0"), short} - {""}:
                self._by_number[number].append(entry)
            for reference in item.references:
                self._by_reference[_squeezed(reference)].append(entry)
            self._note_amounts(entry)

    def settle(self, parts: Iterable[Part]) -> None:
        """Lower what is open by what was booked; never past nothing."""
        for part in parts:
            entry = self.entries.get(part.item_id)
            if entry is None:
                continue
            for cents in self._amounts(entry):
                self._by_cents[cents].pop(part.item_id, None)
            entry.lower(part.cents)
            self._note_amounts(entry)

    def learn(self, iban: str, debtor_id: str) -> None:
        """This debtor pays from this account; an account may pay for several."""
        if iban:
            self._by_iban[_squeezed(iban)].add(debtor_id)

    def open_cents(self, item_id: str) -> int:
        entry = self.entries.get(item_id)
        return entry.open_cents if entry else 0

    def of_debtor(self, debtor_id: str) -> list[Entry]:
        """All items of a debtor, the oldest first."""
        return self._by_debtor.get(debtor_id, [])

    def with_number(self, digits: str) -> list[Entry]:
        """Items whose number has these digits, leading zeros aside."""
        found = self._by_number.get(digits)
        return found if found is not None else self._by_number.get(digits.lstrip("0"), [])

    def with_reference(self, reference: str) -> list[Entry]:
        return self._by_reference.get(reference, [])

    def with_cents(self, cents: int) -> Iterable[Entry]:
        """Items of which exactly this is open, with or without interest and costs."""
        return self._by_cents.get(cents, {}).values()

    def count_with_cents(self, cents: int) -> int:
        return len(self._by_cents.get(cents, ()))

    def payers(self, iban: str) -> frozenset[str]:
        found = (self._by_iban.get(iban) or self._by_iban.get(_squeezed(iban))) if iban else None
        return frozenset(found) if found else frozenset()

    def numbered(self, number: str) -> list[str]:
        """The debtors with this number."""
        return self._by_debtor_number.get(number, [])

    def _note_amounts(self, entry: Entry) -> None:
        for cents in self._amounts(entry):
            self._by_cents[cents][entry.item.id] = entry

    def _amounts(self, entry: Entry) -> Iterator[int]:
        if entry.open_cents:
            yield entry.open_cents
            if entry.principal_cents not in {entry.open_cents, 0}:
                yield entry.principal_cents


def _squeezed(text: str) -> str:
    return _SIGNS.sub("", upper_ascii(text))
