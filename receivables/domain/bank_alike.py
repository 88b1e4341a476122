"""When two lines of bank files are the same movement: what a file leaves out or cuts does not count, what it contradicts does.

Within one format a text is written the same way every time. Across formats names are cut, references missing and words
broken, so there it is enough that one holds the other or that they share what matters.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_NOT_SAID = re.compile(r"[^0-9A-Z]+")
_TOKEN = re.compile(r"[0-9A-Z]+(?:[-/.][0-9A-Z]+)*")
_TELLING = 4  # a token of so many signs says something
_CUT = 10  # a reference cut by a format still has so many signs
_SHARED = 0.5
_ACCOUNT_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A movement of one account as merging sees it. Amounts are whole cents; positive is received."""

    key: Hashable
    booked_on: date
    cents: int
    currency: str = "EUR"
    iban: str = ""
    name: str = ""
    text: str = ""
    reference: str = ""
    end_to_end_id: str = ""
    bank_reference: str = ""
    format: str = ""  # camt, mt940, csv

    @property
    def group(self) -> tuple[date, int, str]:
        """What two lines must share before anything else is looked at."""
        return self.booked_on, self.cents, self.currency

    @property
    def content(self) -> tuple[str, ...]:
        """All that a payer and his bank wrote; equal content is never told apart."""
        return self.format, self.iban, self.name, self.text, self.reference, self.end_to_end_id


def agreement(stored: Line, new: Line, *, refs_decide: bool = False) -> int | None:
    """How well two lines of the same day and amount agree; None when they contradict each other.

    With `refs_decide` the bank's own references have proven stable, and tell lines of one format apart.
    """
    same_format = stored.format == new.format
    parts = (
        _ibans(stored.iban, new.iban),
        _identifiers(stored.end_to_end_id, new.end_to_end_id, is_exact=same_format),
        _bank_references(stored, new, decide=refs_decide) if same_format else 0,
    )
    if any(part is None for part in parts):
        return None
    certain = sum(part or 0 for part in parts)
    texts = _same_texts(stored, new, is_known=certain >= _KNOWN) if same_format else _like_texts(stored, new)
    return None if texts is None else certain + texts


_KNOWN = 30  # an identifier agrees: the text may have been written differently


def _ibans(one: str, other: str) -> int | None:
    if not one or not other:
        return 0
    return 20 if one == other or same_account(one, other) else None


def same_account(one: str, other: str) -> bool:
    """Whether a bare account number is the end of the other number, as in an IBAN of a Dutch bank."""
    short, long = sorted((account_digits(one), account_digits(other)), key=len)
    return len(short) >= _ACCOUNT_DIGITS and long.endswith(short) and (_is_bare(one) or _is_bare(other))


def account_digits(number: str) -> str:
    """The digits at the end of an account number, without leading zeros."""
    found = re.search(r"[0-9]+$", number)
    digits = found[0] if found else ""
    return (digits[-10:] if len(digits) > 10 else digits).lstrip("0")


def _is_bare(number: str) -> bool:
    return not number[:2].isalpha()


def _identifiers(one: str, other: str, *, is_exact: bool) -> int | None:
    first, second = squashed(one), squashed(other)
    if not first or not second:
        return 0
    if first == second:
        return 40
    if is_exact:
        return None
    short, long = sorted((first, second), key=len)
    return 30 if len(short) >= _CUT and long.startswith(short) else None


def _bank_references(stored: Line, new: Line, *, decide: bool) -> int | None:
    if not stored.bank_reference or not new.bank_reference:
        return 0
    if stored.bank_reference == new.bank_reference:
        return 30 if decide else 5
    return None if decide else 0


def _same_texts(stored: Line, new: Line, *, is_known: bool) -> int | None:
    if squashed(stored.text) == squashed(new.text):
        return 20 + (5 if squashed(stored.name) == squashed(new.name) else 0)
    return 0 if is_known else None


def _like_texts(stored: Line, new: Line) -> int | None:
    """Across formats: one text holds the other, or they share the numbers, or most of the words."""
    one, other = squashed(stored.text), squashed(new.text)
    if not one or not other:
        return 0
    if one == other:
        return 20
    if one in _all_of(new) or other in _all_of(stored):
        return 15
    numbers = _tokens_of(stored, has_digits=True), _tokens_of(new, has_digits=True)
    if all(numbers):
        return 10 if _share_any(numbers[0], stored, numbers[1], new) else None
    return _share_of_words(_tokens_of(stored, has_digits=False), _tokens_of(new, has_digits=False))


def _share_any(first: frozenset[str], stored: Line, second: frozenset[str], new: Line) -> bool:
    one, other = _all_of(stored), _all_of(new)
    return any(token in other for token in first) or any(token in one for token in second)


def _share_of_words(first: frozenset[str], second: frozenset[str]) -> int | None:
    least = min(len(first), len(second))
    if not least:
        return 0
    return 5 if len(first & second) >= least * _SHARED else None


def _tokens_of(line: Line, *, has_digits: bool) -> frozenset[str]:
    return frozenset(token for token in _tokens(line.text) if any(sign.isdigit() for sign in token) is has_digits)


@lru_cache(maxsize=65_536)
def _tokens(text: str) -> tuple[str, ...]:
    found = (squashed(token) for token in _TOKEN.findall(text.upper()))
    return tuple(token for token in found if len(token) >= _TELLING)


@lru_cache(maxsize=65_536)
def squashed(text: str) -> str:
    """Letters and digits only, in capitals: where a format broke a line no longer shows."""
    return _NOT_SAID.sub("", text.upper())


def _all_of(line: Line) -> str:
    return squashed(f"{line.name} {line.text} {line.reference} {line.end_to_end_id} {line.name}")
