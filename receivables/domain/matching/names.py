"""Names as banks write them: capitals, no accents, initials, legal forms, the surname first, cut off after 35 signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from receivables.domain.matching.reading import upper_ascii
from receivables.domain.matching.words import words_of

SHORTEST_CUT: Final = 20  # a bank cuts no name before this
_LEGAL = re.compile(
    r"\bB\.? ?V\b\.?|\bN\.? ?V\b\.?|\bV\.? ?O\.? ?F\b\.?|\bC\.? ?V\b\.?|\bB\.? ?A\b\.?$|\bU\.? ?A\b\.?$|\bEENMANSZAAK\b|\bGMBH\b|\bLTD\b"
)
_OTHERS = re.compile(
    r"\bE/O\b|\bEN/OF\b|\bH/O\b|\bHODN\b|\bC/O\b|\bC\.?Q\.?\b|\bINZAKE\b|\bNAMENS\b|\bVIA\b|\bT\.?N\.?V\.?\b|\bEO\b|\bHO\b"
)
_PARTNERS_NAME = re.compile(r"-\s?[A-Z ]+$")  # Smit-de Boer
_WORD = re.compile(r"[A-Z0-9]+")
_TITLES = words_of(
    "HR DHR HEER DEHEER MW MEVR MEVROUW FAM FAMILIE DRS IR MR DR ING ERVEN STICHTING STG VERENIGING FA FIRMA"
)
_PARTICLES = words_of("VAN DE DEN DER HET T TEN TER TE EN VD VANDER VANDE VANDEN AAN IN OP")
_VOWELS = frozenset("AEIOUY")
_SERVICES = re.compile(
    r"\b(?:MOLLIE|STRIPE|ADYEN|BUCKAROO|CCV|SUMUP|PAY\.?NL|PAY NL|MULTI ?SAFEPAY|PAYPAL|WORLDLINE|KLARNA|RIVERTY|AFTERPAY|BILLINK"
    r"|TIKKIE|RABO SMART ?PAY|ICEPAY|SISOW|GOCARDLESS|ZETTLE|MYPOS|CM\.COM|CM PAYMENTS|ONLINE PAYMENT PLATFORM)\b"
    r"|\b(?:STG|STICHTING)\.? ?(?:DERDEN|BEHEER DERDEN)|\bDERDENGELDEN\b"
)


class Likeness(IntEnum):
    OTHER, UNCLEAR, LIKE, SAME = range(4)


@dataclass(frozen=True, slots=True)
class Name:
    """One name, taken apart. Initials stay out of the words; so do titles, legal forms and "van der"."""

    words: frozenset[str]
    initials: frozenset[str]
    squeezed: str
    is_long: bool  # may have been cut

    @property
    def key(self) -> str:
        return " ".join(sorted(self.words))

    def short_keys(self) -> Iterator[str]:
        """The name with one word as its first letter: Anneke de Jong is A de Jong."""
        for word in self.words if len(self.words) > 1 else ():
            yield f"{' '.join(sorted(self.words - {word}))}.{word[0]}"
        for initial in self.initials:
            yield f"{self.key}.{initial}"


@lru_cache(maxsize=50_000)
def is_payment_service(name: str) -> bool:
    """Money of many payers in one sum: a payment provider, or an account for money of third parties."""
    return bool(_SERVICES.search(upper_ascii(name)))


@lru_cache(maxsize=50_000)
def names_in(text: str) -> tuple[Name, ...]:
    """Every name in the field: two people with one account ("e/o"), a person and a business ("h/o")."""
    whole = upper_ascii(text).replace("'", "")
    parts = _OTHERS.split(whole)
    parts += [_PARTNERS_NAME.sub("", part) for part in parts if "-" in part]
    return tuple(name for name in map(_taken_apart, parts) if name.words)


def likeness(one: Name, other: Name) -> Likeness:
    """How alike two names are, whichever of them has the initials."""
    if one.squeezed == other.squeezed or ((one.is_long or other.is_long) and _is_cut_off(one, other)):
        return Likeness.SAME
    if one.words == other.words:
        return _same_words(one, other)
    shared = one.words & other.words
    if not shared:
        return Likeness.OTHER
    if not (_are_initials(one.words - shared, other) and _are_initials(other.words - shared, one)):
        return _partly(one, other, shared)
    if one.initials and other.initials and one.initials.isdisjoint(other.initials):
        return Likeness.UNCLEAR  # the same family, another person
    return Likeness.SAME


def _same_words(one: Name, other: Name) -> Likeness:
    if one.initials and other.initials:
        return Likeness.UNCLEAR if one.initials.isdisjoint(other.initials) else Likeness.SAME
    has_one = bool(one.initials or other.initials)  # a surname alone does not say which of the family
    return Likeness.UNCLEAR if has_one and len(one.words) == 1 else Likeness.SAME


def _are_initials(words: frozenset[str], other: Name) -> bool:
    return all(word[0] in other.initials for word in words)


def _partly(one: Name, other: Name, shared: frozenset[str]) -> Likeness:
    share = len(shared) / max(len(one.words), len(other.words))
    return Likeness.LIKE if len(shared) > 1 and share >= 0.5 else Likeness.UNCLEAR


def _is_cut_off(one: Name, other: Name) -> bool:
    short, long = sorted((one, other), key=lambda name: len(name.squeezed))
    return short.is_long and long.squeezed.startswith(short.squeezed)


def _taken_apart(text: str) -> Name:
    found = _WORD.findall(_LEGAL.sub(" ", text))
    words: set[str] = set()
    initials: set[str] = set()
    for word in found:
        if word in _TITLES or word in _PARTICLES:
            continue
        if len(word) < 3 or (len(word) < 4 and word.isalpha() and not _VOWELS & set(word)):
            initials.update(word)
        else:
            words.add(word)
    if not words and found:
        words = {"".join(found)} - {""}
    squeezed = "".join(word for word in found if word not in _TITLES)
    return Name(frozenset(words), frozenset(initials), squeezed, len(text.strip()) >= SHORTEST_CUT)
