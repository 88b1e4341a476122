"""Pairing lines of the same amount, best first and as many as can be: a multiset, for two equal payments are two lines.

Lines that nothing tells apart are taken together, so that five thousand equal payments of one day cost what a few cost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from receivables.domain.bank_alike import Line, account_digits, squashed

Score = Callable[[Line, Line], int | None]
Edge = tuple[int, int, int]
_FEW = 400
_SMALL = 20_000  # so many combinations are simply all looked at
_CROWD = 200  # what so many lines share tells nothing
_WORD = 6


@dataclass(frozen=True, slots=True)
class _Alike:
    """Lines that nothing tells apart, by their keys."""

    line: Line
    keys: list[Hashable] = field(default_factory=list)


def pair(
    stored: Sequence[Line], new: Sequence[Line], score: Score, *, with_refs: bool = False
) -> dict[Hashable, Hashable]:
    """For each new line the stored one that it is, one to one; what is not in the answer is really new.

    With `with_refs` the bank's own reference tells lines apart as well.
    """
    found: dict[Hashable, Hashable] = {}
    if len(stored) * len(new) > _FEW:  # what is plainly equal needs no comparing with everything else
        found = _plainly_equal(stored, new, with_refs=with_refs)
        taken = set(found.values())
        stored = [line for line in stored if line.key not in taken]
        new = [line for line in new if line.key not in found]
    if stored and new:
        known, given = _classes(stored, with_refs=with_refs), _classes(new, with_refs=with_refs)
        matching = _Matching(known, given, sorted(_edges(known, given, score)))
        matching.take_best_first()
        matching.take_more()
        found |= matching.assigned()
    return found


def _plainly_equal(stored: Sequence[Line], new: Sequence[Line], *, with_refs: bool) -> dict[Hashable, Hashable]:
    free: dict[Hashable, list[Hashable]] = defaultdict(list)
    for line in reversed(stored):
        free[_plain(line, with_refs=with_refs)].append(line.key)
    return {line.key: keys.pop() for line in new if (keys := free.get(_plain(line, with_refs=with_refs))) and keys}


def _plain(line: Line, *, with_refs: bool) -> Hashable:
    reference = line.bank_reference if with_refs else ""
    texts = squashed(line.text), squashed(line.end_to_end_id)
    return line.booked_on, account_digits(line.iban), *texts, reference


def _classes(lines: Iterable[Line], *, with_refs: bool) -> list[_Alike]:
    found: dict[Hashable, _Alike] = {}
    for line in lines:
        same = (line.booked_on, line.content, line.bank_reference if with_refs else "")
        found.setdefault(same, _Alike(line)).keys.append(line.key)
    return list(found.values())


# --- who may be whom ---------------------------------------------------------------------------------------------------
def _edges(known: list[_Alike], given: list[_Alike], score: Score) -> Iterator[Edge]:
    """Every possible pair, as (penalty, new, stored); of very many lines only those that share something telling."""
    everybody = range(len(known))
    index = _Index(known) if len(known) * len(given) > _SMALL else None
    for place, alike in enumerate(given):
        for other in index.near(alike.line) if index else everybody:
            value = score(known[other].line, alike.line)
            if value is not None:
                yield -value, place, other


class _Index:
    """Which stored lines share something telling with a new one, or say nothing at all."""

    def __init__(self, known: list[_Alike]) -> None:
        self._all = range(len(known))
        self._silent = {place for place, alike in enumerate(known) if not _says_something(alike.line)}
        self._by_key: dict[Hashable, list[int]] = defaultdict(list)
        for place, alike in enumerate(known):
            for key in _telling(alike.line):
                self._by_key[key].append(place)

    def near(self, line: Line) -> Iterable[int]:
        if not _says_something(line):
            return self._all
        found = set(self._silent)
        for key in _telling(line):
            places = self._by_key.get(key, [])
            if len(places) <= _CROWD:
                found.update(places)
        return found


def _says_something(line: Line) -> bool:
    return bool(line.iban or squashed(line.text))


def _telling(line: Line) -> set[Hashable]:
    keys: set[Hashable] = {("text", account_digits(line.iban), squashed(line.text))}
    if line.iban:
        keys.add(("account", account_digits(line.iban)))
    if line.end_to_end_id:
        keys.add(("end", squashed(line.end_to_end_id)[:10]))
    if line.bank_reference:
        keys.add(("bank", line.bank_reference))
    keys.update(("word", word) for word in line.text.upper().split() if len(word) >= _WORD)
    return keys


# --- a maximum matching between classes --------------------------------------------------------------------------------
class _Matching:
    """How many lines of each new class are lines of each stored class."""

    def __init__(self, known: list[_Alike], given: list[_Alike], edges: list[Edge]) -> None:
        self._known, self._given = known, given
        self._in_order = edges
        self._edges: dict[int, list[int]] = defaultdict(list)
        for _, new, stored in edges:
            self._edges[new].append(stored)
        self._flow: dict[tuple[int, int], int] = defaultdict(int)
        self._takers: dict[int, set[int]] = defaultdict(set)
        self._left_new = [len(alike.keys) for alike in given]
        self._left_stored = [len(alike.keys) for alike in known]

    def take_best_first(self) -> None:
        for _, new, stored in self._in_order:
            self._give(new, stored, min(self._left_new[new], self._left_stored[stored]))

    def take_more(self) -> None:
        """Let a line that has another choice make room for one that has none."""
        for new in range(len(self._given)):
            while self._left_new[new] and self._make_room(new):
                pass

    def assigned(self) -> dict[Hashable, Hashable]:
        given = [iter(alike.keys) for alike in self._given]
        known = [iter(alike.keys) for alike in self._known]
        return {
            next(given[new]): next(known[stored])
            for (new, stored), count in sorted(self._flow.items())
            for _ in range(count)
        }

    def _give(self, new: int, stored: int, count: int) -> None:
        if count:
            self._flow[new, stored] += count
            self._takers[stored].add(new)
            self._left_new[new] -= count
            self._left_stored[stored] -= count

    def _make_room(self, start: int) -> bool:
        """Breadth first to a stored line that is free; then one line moves over at each step of the way."""
        asked_by: dict[int, int] = {}  # stored class -> the new class that would like it
        holds: dict[int, int] = {start: -1}  # new class -> the stored class that it would give up
        queue = [start]
        for new in queue:
            for stored in self._edges[new]:
                if stored in asked_by:
                    continue
                asked_by[stored] = new
                if self._left_stored[stored]:
                    self._move_along(stored, start, asked_by, holds)
                    return True
                for taker in sorted(self._takers[stored]):
                    if taker not in holds and self._flow[taker, stored]:
                        holds[taker] = stored
                        queue.append(taker)
        return False

    def _move_along(self, free: int, start: int, asked_by: dict[int, int], holds: dict[int, int]) -> None:
        stored = free
        while True:
            new = asked_by[stored]
            if new != start:
                self._give(new, holds[new], -1)
            self._give(new, stored, 1)
            if new == start:
                return
            stored = holds[new]
