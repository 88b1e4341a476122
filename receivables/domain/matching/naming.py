"""Which items a text names: by payment reference, by number in full, by its ending, or with a typing error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from receivables.domain.matching import weights
from receivables.domain.matching.books import Books, Entry
from receivables.domain.matching.reading import Mark, Piece, Reading
from receivables.domain.matching.values import Evidence

SHORTEST_LIKE: Final = 5  # digits; in shorter numbers one typing error makes another number of somebody else
MOST_ITEMS: Final = 200  # of one debtor, looked through for endings
Namings = dict[str, "Naming"]


@dataclass(frozen=True, slots=True)
class Naming:
    """An item that the text names, how surely, and in which pieces of the text."""

    entry: Entry
    evidence: Evidence
    weight: int
    it: str
    first: int = -1
    last: int = -1

    def overlaps(self, first: int, last: int) -> bool:
        return self.first <= last and first <= self.last


def named(reading: Reading, books: Books) -> Namings:
    """Items that are named by reference or in full, of whichever debtor; the surest naming of each."""
    found: Namings = {}
    for reference, first, last in reading.creditor_references():
        for entry in books.with_reference(reference):
            _keep(found, Naming(entry, Evidence.REFERENCE, weights.REFERENCE, reference, first, last))
    for digits, first, last in reading.numbers():
        for entry in books.with_reference(digits) if len(digits) > 6 else ():
            _keep(found, Naming(entry, Evidence.REFERENCE, weights.REFERENCE, digits, first, last))
        for entry in books.with_number(digits):
            naming = _in_full(reading, entry, digits, first, last)
            if naming:
                _keep(found, naming)
    for digits in reading.between_ends():
        for entry in books.with_number(digits):
            _keep(found, Naming(entry, Evidence.NUMBER_WRITTEN, weights.IN_LIST, digits))
    return found


def _keep(found: Namings, naming: Naming) -> None:
    known = found.get(naming.entry.item.id)
    if known is None or naming.weight > known.weight:
        found[naming.entry.item.id] = naming


def _in_full(reading: Reading, entry: Entry, digits: str, first: int, last: int) -> Naming | None:
    is_literal = _is_literal(reading, entry.number, first, last)
    has_form = not entry.number.isdigit() and len(entry.number) > 4
    if is_literal and has_form:
        weight = weights.NUMBER
    else:
        weight = _weight(reading, digits.lstrip("0"), first, last, is_plain=entry.number.isdigit())
    if not weight:
        return None
    evidence = Evidence.NUMBER if is_literal else Evidence.NUMBER_WRITTEN
    if weight == weights.NUMBER and not is_literal:
        weight = weights.NUMBER_WRITTEN
    return Naming(entry, evidence, weight, reading.as_written(first, last), first, last)


def _is_literal(reading: Reading, number: str, first: int, last: int) -> bool:
    """The number stands there sign for sign, with nothing stuck to it."""
    text, begin, stop = reading.text, reading.pieces[first].start, reading.pieces[last].stop
    place = text.find(number, max(0, begin - len(number)), stop)
    if place < 0:
        return False
    end = place + len(number)
    return not (place and text[place - 1].isalnum()) and not text[end : end + 1].isalnum() and place <= stop - 1


def _weight(reading: Reading, digits: str, first: int, last: int, *, is_plain: bool) -> int:
    """How much a number says, by its length and by what stands around it."""
    pieces = reading.pieces[first : last + 1]
    size = len(digits)
    if any(piece.is_doubtful for piece in pieces):
        return weights.NUMBER_DOUBTFUL if size > 5 else 0
    is_marked = pieces[0].mark == Mark.INVOICE
    if size > 5:
        is_loose = is_plain and last > first and not is_marked and _has_spaces(reading.text, pieces)
        return weights.NUMBER_JOINED if is_loose else weights.NUMBER
    if is_marked:
        return weights.NUMBER if size > 2 else weights.NUMBER_TINY
    return weights.NUMBER_OF_DIGITS.get(size, 0)


def _has_spaces(text: str, pieces: tuple[Piece, ...]) -> bool:
    return " " in text[pieces[0].start : pieces[-1].stop]


def named_by_ending(reading: Reading, entries: list[Entry], known: Namings) -> Iterator[Naming]:
    """Open items of one debtor of which the text has only the end, when it is the end of one alone."""
    open_entries = [entry for entry in entries if entry.open_cents and entry.digits][-MOST_ITEMS:]
    if not open_entries:
        return
    longest = max(len(entry.digits) for entry in open_entries) + 1
    taken = [naming for naming in known.values() if naming.first >= 0]
    for digits, first, last in (*reading.numbers(), *((digits, -1, -1) for digits in reading.between_ends())):
        if len(digits) > longest or any(naming.first <= first and last <= naming.last for naming in taken):
            continue
        if first < 0 or not any(piece.is_doubtful for piece in reading.pieces[first : last + 1]):
            yield from _endings(reading, open_entries, digits, first, last)


def _endings(reading: Reading, entries: list[Entry], digits: str, first: int, last: int) -> Iterator[Naming]:
    it = reading.as_written(first, last) if first >= 0 else digits
    value = digits.lstrip("0")
    if len(value) > 1 or len(digits) > 2:
        entry = _only(entries, lambda each: each.tail == value)
        if entry:
            is_short = len(digits) < 3
            yield Naming(entry, Evidence.NUMBER_ENDING, _ending_weight(is_short), it, first, last)
            return
    if len(digits) > 2:
        entry = _only(entries, lambda each: each.digits.endswith(digits))
        if entry:
            yield Naming(entry, Evidence.NUMBER_ENDING, _ending_weight(len(digits) < 4), it, first, last)
            return
    if len(digits) >= SHORTEST_LIKE:
        entry = _only(entries, lambda each: is_one_off(digits, each.digits))
        if entry:
            yield Naming(entry, Evidence.NUMBER_LIKE, weights.LIKE, it, first, last)


def _ending_weight(is_short: bool) -> int:
    return weights.ENDING_SHORT if is_short else weights.ENDING


def _only(entries: list[Entry], fits: Callable[[Entry], bool]) -> Entry | None:
    found = [entry for entry in entries if fits(entry)]
    return found[0] if len(found) == 1 else None


def is_one_off(one: str, other: str) -> bool:
    """One digit wrong, missing or too many, or two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < SHORTEST_LIKE:
        return False
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return short[begin:] == long[begin + 1 :]
    if one[begin + 1 :] == other[begin + 1 :]:
        return True
    swapped = one[begin : begin + 2] == other[begin : begin + 2][::-1]
    return swapped and one[begin + 2 :] == other[begin + 2 :]
