"""Which debtors may be the payer of this name, or are named in a text? Built once; every look-up is a few steps."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from receivables.domain.matching.names import Likeness, Name, likeness, names_in
from receivables.domain.matching.values import Debtor
from receivables.domain.matching.words import words_of

RARE: Final = 25  # a word that more debtors share says nothing alone
LONGEST_LIST: Final = 60
MOST_REMEMBERED: Final = 20_000
SHORTEST_ALONE: Final = 6  # signs of a name of one word, to be read in a text
_GENERIC: Final = words_of("HOLDING BEHEER GROEP GROUP NEDERLAND NL BEDRIJF BEDRIJVEN INTERNATIONAL ADMINISTRATIE")


class NameIndex:
    """The names of all debtors, by whole name, by surname and initial, by rare word, and by how they begin."""

    def __init__(self, debtors: Iterable[Debtor]) -> None:
        self.names: dict[str, tuple[Name, ...]] = {
            debtor.id: names_in(debtor.name) for debtor in sorted(debtors, key=lambda each: each.id)
        }
        self._by_key: dict[str, list[str]] = defaultdict(list)
        self._by_word: dict[str, list[str]] = defaultdict(list)
        self._by_rarest: dict[str, list[str]] = defaultdict(list)
        self._found: dict[str, dict[str, Likeness]] = {}
        self._beginnings: list[tuple[str, str]] = []
        counted = Counter(word for _, name in self._each() for word in name.words)
        for debtor_id, name in self._each():
            for key in {name.key, _core(name), *name.short_keys()}:
                self._by_key[key].append(debtor_id)
            for word in name.words:
                if counted[word] <= RARE:
                    self._by_word[word].append(debtor_id)
            self._by_rarest[min(name.words, key=lambda word: (counted[word], word))].append(debtor_id)
            self._beginnings.append((name.squeezed, debtor_id))
        self._beginnings.sort()

    def _each(self) -> Iterator[tuple[str, Name]]:
        return ((debtor_id, name) for debtor_id, names in self.names.items() for name in names)

    def find(self, text: str) -> dict[str, Likeness]:
        """The debtors that this payer may be, and how alike the names are. The same payers come back."""
        known = self._found.get(text)
        if known is None:
            if len(self._found) > MOST_REMEMBERED:
                self._found.clear()
            known = self._found[text] = self._find(text)
        return known

    def _find(self, text: str) -> dict[str, Likeness]:
        found: dict[str, Likeness] = {}
        for name in names_in(text):
            for debtor_id in self._candidates(name):
                alike = max(likeness(name, own) for own in self.names[debtor_id])
                if alike > found.get(debtor_id, Likeness.OTHER):
                    found[debtor_id] = alike
        return found

    def likeness(self, text: str, debtor_id: str) -> Likeness:
        """How alike the payer's name and that of a debtor are; unclear when either has none."""
        own = self.names.get(debtor_id, ())
        return max((likeness(name, other) for name in names_in(text) for other in own), default=Likeness.UNCLEAR)

    def mentioned(self, words: Iterable[str]) -> list[str]:
        """The debtors whose whole name stands in a text."""
        said = frozenset(words)
        found = []
        for word in said:
            for debtor_id in self._by_rarest.get(word, ())[:LONGEST_LIST] if len(word) > 2 else ():
                if any(_is_said(name, said) for name in self.names[debtor_id]):
                    found.append(debtor_id)
        return found

    def _candidates(self, name: Name) -> set[str]:
        found: set[str] = set()
        for key in (name.key, _core(name), *name.short_keys()):
            found.update(self._by_key.get(key, ())[:LONGEST_LIST])
        if name.is_long:
            found.update(self._beginning(name.squeezed))
        if not found:
            for word in name.words:
                found.update(self._by_word.get(word, ()))
        return found

    def _beginning(self, squeezed: str) -> Iterator[str]:
        place = bisect_left(self._beginnings, (squeezed, ""))
        for whole, debtor_id in self._beginnings[place : place + RARE]:
            if not whole.startswith(squeezed):
                return
            yield debtor_id


def _core(name: Name) -> str:
    return " ".join(sorted(name.words - _GENERIC)) or name.key


def _is_said(name: Name, said: frozenset[str]) -> bool:
    if len(name.words) == 1 and not name.initials:
        return name.words <= said and len(name.key) >= SHORTEST_ALONE
    return name.words <= said and (len(name.words) > 1 or name.initials <= said)
