"""A remittance text as people write it: which pieces may be a number that is meant, alone or joined to its neighbours.

Nothing here knows the books. A number may be cut by a separator or by the line break of a bank format, so neighbouring
pieces are also read as one; letters that people type for digits (O for 0, l for 1) are read as digits.
Tuples, not dataclasses: a run makes a million of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from receivables.domain.matching import words

MOST_PIECES: Final = 5  # joined into one number
LONGEST_NUMBER: Final = 16
LONGEST_RANGE: Final = 60
FIELD_BREAK: Final = " | "
_PIECE = re.compile(r"[A-Z0-9]+")
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"20[0-4]\d")
_JOINS = frozenset(" -/._\n:")
_FOLD = str.maketrans("OIL", "011")
_RANGE = re.compile(r"(\d{1,12})\s*(?:T ?/ ?M|T\.?E\.?M\.?|TM|TOT EN MET)\s*(?:[A-Z]{0,3}\d{0,4}[-./])?(\d{1,12})\b")
_CREDITOR_REFERENCE = re.compile(r"\bRF ?\d\d[A-Z0-9 .\-/\n]{1,40}")


class Mark:
    """What the words in front say that a number is."""

    NONE, INVOICE, CUSTOMER, OTHER = range(4)


class Piece(NamedTuple):
    """Digits that stand together. `joins`: they may go on with the number of the piece before."""

    digits: str
    start: int
    stop: int
    joins: bool
    mark: int
    is_claimed: bool  # directly behind a word that says "invoice"
    is_odd: bool  # part of an amount, a date, a phone number, a postcode or an IBAN
    lead: int = 0  # so many of the first digits are letters O, I or L: typed for digits, or the name of a series

    @property
    def is_doubtful(self) -> bool:
        return self.is_odd or self.mark >= Mark.CUSTOMER


class Reading(NamedTuple):
    """All that a text may be saying. `text` is upper case ASCII; its first field ends at `first_end`."""

    text: str
    pieces: tuple[Piece, ...]
    words: tuple[str, ...]
    first_end: int

    def numbers(self) -> Iterator[tuple[str, int, int]]:
        """Every number that may be meant, with its first and last piece."""
        pieces = self.pieces
        for first, piece in enumerate(pieces):
            for digits in (piece.digits, piece.digits[piece.lead :]) if piece.lead else (piece.digits,):
                yield digits, first, first
                for last in range(first + 1, min(first + MOST_PIECES, len(pieces))):
                    added = pieces[last]
                    if not added.joins:
                        break
                    digits += added.digits
                    if len(digits) > LONGEST_NUMBER:
                        break
                    yield digits, first, last

    @property
    def meant(self) -> list[tuple[int, Piece]]:
        """Pieces that may be meant for a number of an invoice, with their places: said to be one, or simply written."""
        return [
            (place, piece)
            for place, piece in enumerate(self.pieces)
            if not piece.is_odd
            and (piece.is_claimed or (piece.start < self.first_end and not piece.is_doubtful))
            and len(piece.digits) > (2 if piece.is_claimed else 3)
            and not _YEAR.fullmatch(piece.digits)
        ]

    def as_written(self, first: int, last: int) -> str:
        return " ".join(self.text[self.pieces[first].start : self.pieces[last].stop].split())

    def between_ends(self) -> Iterator[str]:
        """The numbers that "0123 t/m 0126" leaves out; its ends are pieces."""
        if len(self.pieces) < 2 or "T" not in self.text:
            return
        for found in _RANGE.finditer(self.text):
            begin, end = found[1], found[2]
            head, low, high = begin[: -len(end)], int(begin[-len(end) :]), int(end)
            if len(end) <= len(begin) and 1 < high - low <= LONGEST_RANGE:
                yield from (f"{head}{number:0{len(end)}}" for number in range(low + 1, high))

    def creditor_references(self) -> Iterator[tuple[str, int, int]]:
        """What begins as an RF reference (ISO 11649), in every length, for nothing says where it ends."""
        for match in _CREDITOR_REFERENCE.finditer(self.text) if "RF" in self.text else ():
            squeezed = ""
            for found in _PIECE.finditer(self.text, match.start(), match.end()):
                squeezed += found[0]
                inside = [
                    place for place, piece in enumerate(self.pieces) if match.start() <= piece.start < found.end()
                ]
                if inside:
                    yield squeezed, inside[0], inside[-1]


def upper_ascii(text: str) -> str:
    """Upper case without accents; what has no plain letter disappears."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("€", " EUR ")).encode("ascii", "ignore").decode()
    return text.upper()


def read(*fields: str) -> Reading:
    """Read the fields of a receipt; nothing is joined over the border of two fields."""
    text = upper_ascii(FIELD_BREAK.join(filter(None, fields)))
    pieces: list[Piece] = []
    found_words: list[str] = []
    field_end = text.find(FIELD_BREAK)
    first_end = field_end if field_end >= 0 else len(text)
    mark, is_fresh, stopped, odd_until = Mark.NONE, False, -1, 0
    for match in _PIECE.finditer(text):
        begin = match.start()
        if 0 <= field_end < begin:
            mark, is_fresh, stopped, field_end = Mark.NONE, False, -1, text.find(FIELD_BREAK, begin)
        lead, groups = _split(match[0])
        if lead:
            found_words.append(lead)
            mark, is_fresh = _marked(lead, mark, is_fresh)
        if groups and begin >= odd_until:
            odd_until = words.end_of_odd(text, begin)
        for digits, start, stop in groups:
            between = text[stopped : begin + start] if stopped >= 0 else FIELD_BREAK
            if not is_fresh and mark >= Mark.CUSTOMER and " " in between:
                mark = Mark.NONE
            joins = len(between) <= 3 and _JOINS.issuperset(between)
            is_claimed = is_fresh and mark == Mark.INVOICE
            pieces.append(
                Piece(
                    digits, begin + start, begin + stop, joins or start > 0, mark, is_claimed, begin < odd_until,
                    _series(match[0]) if start == 0 and stop == len(digits) else 0,
                )
            )  # fmt: skip
            is_fresh, stopped = False, begin + stop
    return Reading(text, tuple(pieces), tuple(found_words), first_end)


def _split(piece: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The letters in front, and the groups of digits that follow with their places: FACT123, F2O26, 26A123."""
    if piece.isdigit():
        return "", [(piece, 0, len(piece))]
    first = _DIGITS.search(piece)
    if first is None:
        return piece, []
    lead = piece[: first.start()]
    if set(lead) <= {"O", "I", "L"}:  # typed for digits
        lead = ""
    rest = piece[len(lead) :].translate(_FOLD)
    if rest.isdigit():
        return lead, [(rest, 0, len(piece))]
    groups = [(found[0], len(lead) + found.start(), len(lead) + found.end()) for found in _DIGITS.finditer(rest)]
    if sum(len(digits) for digits, _, _ in groups) < 3:  # 2e, 4x
        return piece, []
    return lead, [(digits, start if place else 0, stop) for place, (digits, start, stop) in enumerate(groups)]


def _series(piece: str) -> int:
    """How many letters in front of a piece were read as digits."""
    return len(piece) - len(piece.lstrip("OIL"))


def _marked(word: str, mark: int, is_fresh: bool) -> tuple[int, bool]:
    """What the next number is, after this word."""
    if word in words.INVOICE:
        return Mark.INVOICE, True
    if word in words.NUMBER:
        return (mark or Mark.INVOICE), True
    if word in words.CUSTOMER:
        return Mark.CUSTOMER, True
    if word in words.OTHER:
        return Mark.OTHER, True
    return (mark, is_fresh) if word in words.LINKS else (Mark.NONE, False)
