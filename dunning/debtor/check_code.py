"""The check code on every letter and mail: it proves who asked how much on which day, without a look in any table.

`KORREL2-7K2M9QX4TH`: the tenant's public code, three signs for the day and seven of HMAC-SHA256(key, code, day, amount). Nothing
can be read from it but the day, and nothing is looked up to judge it, so it tells a stranger nothing. 35 bits behind a limit on
tries are enough for a message; no money moves on it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from receivables.domain.money import Money

SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32, without 0, 1, I and O
FIRST_DAY: Final = date(2020, 1, 1)
DAY_SIGNS, MAC_SIGNS = 3, 7
LENGTH: Final = DAY_SIGNS + MAC_SIGNS


@dataclass(frozen=True, slots=True)
class CheckCode:
    """A code as it was read: whose message it says to be, and of which day."""

    tenant_code: str
    day: date
    mac: str

    def is_right(self, amount: Money, *, keys: Sequence[str]) -> bool:
        """Whether we made it, for this amount."""
        found = [_mac(self.tenant_code, self.day, amount, key=key) for key in keys]
        return any(hmac.compare_digest(self.mac, one) for one in found)


NOBODYS: Final = CheckCode("", FIRST_DAY, "")  # judged like any other, and never right


def make(tenant_code: str, *, on: date, amount: Money, key: str) -> str:
    """The code to print, in groups that can be typed over."""
    days = (on - FIRST_DAY).days
    code = tenant_code.lower()
    signs = _signs(days, DAY_SIGNS) + _mac(code, on, amount, key=key)
    return f"{code.upper()}-{signs[:5]}-{signs[5:]}"


def read(text: str) -> CheckCode | None:
    """Take what somebody typed; None when it cannot be a code."""
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())[:40]
    code, signs = plain[:-LENGTH].lower(), plain[-LENGTH:]
    if not code or any(sign not in SIGNS for sign in signs):
        return None
    days = 0
    for sign in signs[:DAY_SIGNS]:
        days = days * len(SIGNS) + SIGNS.index(sign)
    return CheckCode(code, FIRST_DAY + timedelta(days=days), signs[DAY_SIGNS:])


def _mac(tenant_code: str, day: date, amount: Money, *, key: str) -> str:
    subkey = sha256(b"voldaan.check-code.v1:" + key.encode()).digest()
    said = f"{tenant_code}|{day.isoformat()}|{amount}".encode()
    return _signs(int.from_bytes(hmac.digest(subkey, said, "sha256")[:8], "big"), MAC_SIGNS)


def _signs(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, rest = divmod(number, len(SIGNS))
        found = SIGNS[rest] + found
    return found
