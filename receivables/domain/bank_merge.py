"""Which lines of a new statement are stored already: k equal in the file and m stored adds max(0, k - m), never a double.

Three kinds of evidence, the strongest first:
1. Balances. A day (or a whole statement) that begins and ends with balances that stored statements prove is the same money,
   whatever its lines look like in this format; what is left is the same amount, grouped in another way.
2. The chain. Statements that follow on each other show different movements: a twin of the afternoon is not the one of the
   morning, and is kept.
3. The lines themselves: same day and amount, and nothing on them that contradicts.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from receivables.domain.bank_alike import Line, agreement, squashed
from receivables.domain.bank_pairs import Score, pair
from receivables.domain.bank_statement import Statement, overlap

Edge = tuple[int, int, Statement]
Group = Callable[[Line], Hashable]


@dataclass(frozen=True, slots=True)
class Merged:
    """Per line of the new statement: the stored line that it is. What is in neither is new."""

    known: dict[Hashable, Hashable] = field(default_factory=dict)
    regrouped: set[Hashable] = field(default_factory=set)  # stored already, as other amounts with the same sum

    def is_new(self, line: Line) -> bool:
        return line.key not in self.known and line.key not in self.regrouped


def merge(new: Statement, stored: Sequence[Statement]) -> Merged:
    """Map the lines of `new` onto those of the statements that were stored before it."""
    merged = Merged()
    if not new.lines or not stored:
        return merged
    if _whole_is_known(new, stored, merged):
        return merged
    for day in sorted(new.by_day):
        if not _day_is_known(new, stored, day, merged):
            _place_by_place(new, stored, day, merged)
    return merged


# --- balances ----------------------------------------------------------------------------------------------------------
def _whole_is_known(new: Statement, stored: Sequence[Statement], merged: Merged) -> bool:
    """The same period, from the same balance to the same balance: one stored statement, or several in a row."""
    if not new.adds_up or new.span is None:
        return False
    first, last = new.span
    inside = [one for one in stored if one.adds_up and one.span and first <= one.span[0] and one.span[1] <= last]
    inside = [one for one in inside if not any(_is_another(new, one, stored, day) for day in one.by_day)]
    edges = [(one.opening or 0, one.closing or 0, one) for one in inside if one.is_whole]
    chain = _path(edges, new.opening or 0, new.closing or 0)
    spans = [one.span for one in chain if one.span]
    if not spans or (min(span[0] for span in spans), max(span[1] for span in spans)) != (first, last):
        return False
    placed = {key: line for day in new.by_day for key, line in _placed(new, chain, day).items()}
    return _same_money(new.lines, _lines_of(chain), placed, merged)


def _day_is_known(new: Statement, stored: Sequence[Statement], day: date, merged: Merged) -> bool:
    if not new.adds_up:
        return False
    that_day = [one for one in stored if one.adds_up and day in one.by_day]
    that_day = [one for one in that_day if not _is_another(new, one, stored, day)]
    chain = _path([(*one.edges_on(day), one) for one in that_day], *new.edges_on(day))
    return bool(chain) and _same_money(new.by_day[day], _lines_of(chain, day), _placed(new, chain, day), merged)


def _path(edges: Sequence[Edge], begin: int, end: int) -> list[Statement]:
    """Statements that lead from one balance to the other, or nothing."""
    came_by: dict[int, tuple[int, Statement]] = {}
    queue = deque([begin])
    while queue:
        balance = queue.popleft()
        for before, after, one in edges:
            if before != balance or after in came_by:
                continue
            came_by[after] = (balance, one)
            if after == end:
                return _back(came_by, begin, end)
            queue.append(after)
    return []


def _back(came_by: dict[int, tuple[int, Statement]], begin: int, end: int) -> list[Statement]:
    balance, one = came_by[end]
    found = [one]
    while balance != begin:
        balance, one = came_by[balance]
        found.append(one)
    return found


def _lines_of(statements: Iterable[Statement], day: date | None = None) -> list[Line]:
    lines = {line.key: line for one in statements for line in (one.lines if day is None else one.by_day[day])}
    return list(lines.values())


def _same_money(
    new: Sequence[Line], stored: Sequence[Line], placed: Mapping[Hashable, Hashable], merged: Merged
) -> bool:
    """Pair everything; what is left over may only be grouped differently, or the proof was none."""
    paired = dict(placed)
    given = [line for line in new if line.key not in paired]
    paired |= _pair_in_groups(_not_in(stored, paired.values()), given, lambda line: line.group, _closest)
    paired |= _pair_the_rest(stored, new, paired)
    rest = [line for line in new if line.key not in paired]
    if not _are_regrouped(rest, _not_in(stored, paired.values())):
        return False
    merged.known.update(paired)
    merged.regrouped.update(line.key for line in rest)
    return True


def _pair_the_rest(
    stored: Iterable[Line], new: Iterable[Line], paired: Mapping[Hashable, Hashable]
) -> dict[Hashable, Hashable]:
    """One format books a day later than another, and of very many lines not all were compared: the amount will do."""
    free = defaultdict[Hashable, list[Line]](list)
    for line in _not_in(stored, paired.values()):
        free[_amount(line)].append(line)
    given = [line for line in new if line.key not in paired and free.get(_amount(line))]
    return {line.key: free[_amount(line)].pop().key for line in given if free[_amount(line)]}


def _not_in(lines: Iterable[Line], keys: Iterable[Hashable]) -> list[Line]:
    taken = set(keys)
    return [line for line in lines if line.key not in taken]


def _amount(line: Line) -> Hashable:
    return line.cents, line.currency


def _closest(stored: Line, new: Line) -> int:
    """Never a contradiction: the balances have decided; the likeliest first."""
    return agreement(stored, new, refs_decide=True) or 0


def _are_regrouped(rest: Sequence[Line], other: Sequence[Line]) -> bool:
    """Per direction the same sum in fewer or more amounts, as when a bank splits a batch in one format only."""
    for sign in (1, -1):
        first = [line.cents for line in rest if line.cents * sign > 0]
        second = [line.cents for line in other if line.cents * sign > 0]
        if sum(first) != sum(second) or (first and len(first) == len(second)):
            return False
    return True


# --- places and looks --------------------------------------------------------------------------------------------------
def _placed(new: Statement, stored: Iterable[Statement], day: date) -> dict[Hashable, Hashable]:
    """The lines that stand between the same balances in a stored statement; the longest stretch decides."""
    shared = [overlap(new, one, day).pairs for one in stored if day in one.by_day]
    found: dict[Hashable, Hashable] = {}
    taken: set[Hashable] = set()
    for pairs in sorted(shared, key=len, reverse=True):
        for line, other in pairs:
            if line.key not in found and other.key not in taken:
                found[line.key] = other.key
                taken.add(other.key)
    return found


def _place_by_place(new: Statement, stored: Sequence[Statement], day: date, merged: Merged) -> None:
    """First what stands in the same place, then what may be the same by its looks."""
    that_day = [one for one in stored if day in one.by_day and not _is_another(new, one, stored, day)]
    placed = _placed(new, that_day, day)
    merged.known.update(placed)
    given = [line for line in new.by_day[day] if line.key not in placed]
    candidates = _not_in(_candidates(new, stored, day), placed.values())
    decide = _refs_decide(candidates, given)
    score = partial(agreement, refs_decide=decide)
    merged.known.update(_pair_in_groups(candidates, given, lambda line: line.group, score, with_refs=decide))


def _candidates(new: Statement, stored: Sequence[Statement], day: date) -> list[Line]:
    """The stored lines of that day, less those that some statement shows in another place than this one can have them."""
    that_day = [one for one in stored if day in one.by_day]
    elsewhere = {
        line.key
        for one in that_day
        if _is_another(new, one, stored, day) or not overlap(new, one, day).is_loose
        for line in one.by_day[day]
    }
    return [line for line in _lines_of(that_day, day) if line.key not in elsewhere]


def _is_another(new: Statement, one: Statement, stored: Sequence[Statement], day: date) -> bool:
    """Equal balances by chance: the balance came back in between, and the bank calls every line something else."""
    if day not in new.by_day or not (new.adds_up and one.adds_up) or new.edges_on(day) != one.edges_on(day):
        return False
    if new.format != one.format or (new.number and new.number == one.number):
        return False
    mine, theirs = _references(new.by_day[day]), _references(one.by_day[day])
    return bool(mine and theirs) and not mine & theirs and _came_back(new, stored, day)


def _came_back(new: Statement, stored: Sequence[Statement], day: date) -> bool:
    """Whether stored statements lead from where this part of the day ends to where it begins."""
    begin, end = new.edges_on(day)
    edges = [(*one.edges_on(day), one) for one in stored if one.adds_up and day in one.by_day]
    return begin == end or bool(_path([edge for edge in edges if edge[:2] != (begin, end)], end, begin))


def _references(lines: Iterable[Line]) -> set[str]:
    """The bank's references, when each line has its own."""
    found = [line.bank_reference for line in lines]
    return set(found) if all(found) and len(set(found)) == len(found) else set()


def _refs_decide(stored: Sequence[Line], new: Sequence[Line]) -> bool:
    """Whether the bank's references can tell lines apart: each line has its own, and they have proven stable.

    A later export of a day holds all that an earlier one held; when none of the references come back although all of the
    content does, the bank makes new ones for each export.
    """
    formats = {line.format for line in new}
    same_format = [line for line in stored if line.format in formats]
    mine, theirs = _references(new), _references(same_format)
    if not mine or not theirs:
        return False
    return bool(mine & theirs) or not _is_covered(same_format, new)


def _is_covered(stored: Sequence[Line], new: Sequence[Line]) -> bool:
    first, second = (
        Counter((*line.group, line.iban, squashed(line.text)) for line in lines) for lines in (stored, new)
    )
    return first <= second or second <= first


def _pair_in_groups(
    stored: Iterable[Line], new: Iterable[Line], group: Group, score: Score, *, with_refs: bool = False
) -> dict[Hashable, Hashable]:
    """Pair within each group; almost every group is one line."""
    known, given = defaultdict[Hashable, list[Line]](list), defaultdict[Hashable, list[Line]](list)
    for line in stored:
        known[group(line)].append(line)
    for line in new:
        given[group(line)].append(line)
    found: dict[Hashable, Hashable] = {}
    for key, lines in given.items():
        if key in known:
            found.update(pair(known[key], lines, score, with_refs=with_refs))
    return found
