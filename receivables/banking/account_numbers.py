"""How statements write the number of one and the same account: an IBAN, with spaces, or the bare end of it."""

from __future__ import annotations

import re

_IBAN = re.compile(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$")
_DUTCH = re.compile(r"^NL[0-9]{2}[A-Z]{4}[0-9]{10}$")
_BARE = re.compile(r"^[0-9]{4,10}$")
LENGTH = 40


def written_plainly(number: str, currency: str) -> str:
    """Capitals without spaces, dots and the currency that MT940 puts behind it."""
    plain = re.sub(r"[\s.]+", "", number).upper()
    if currency and plain.endswith(currency) and plain[: -len(currency)][-1:].isdigit():
        plain = plain[: -len(currency)]
    return plain[:LENGTH]


def is_iban(number: str) -> bool:
    return bool(_IBAN.match(number))


def are_one(first: str, second: str) -> bool:
    """Whether one is the bare number of the other's Dutch IBAN, or they are equal."""
    if first == second:
        return True
    for bare, iban in ((first, second), (second, first)):
        if _BARE.match(bare) and _DUTCH.match(iban):
            return bare.zfill(10) == iban[-10:]
    return bool(_BARE.match(first) and _BARE.match(second)) and first.lstrip("0") == second.lstrip("0")


def lock_name(number: str) -> str:
    """Equal for every way to write one account: who imports by IBAN waits for who imports by bare number."""
    if _BARE.match(number):
        return number.zfill(10)
    return number[-10:] if _DUTCH.match(number) else number
