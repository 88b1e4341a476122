"""Payment references: betalingskenmerk (Betaalvereniging), ISO 11649 RF and the EPC069-12 QR payload."""

from __future__ import annotations

import re
from dataclasses import dataclass

from receivables.domain.money import Money

_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)  # from the right, repeating
_RF = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")
_EPC_NAME, _EPC_TEXT, _EPC_BYTES = 70, 140, 331
_EPC_MOST = Money.of("999999999.99")


class InvalidReferenceError(ValueError):
    """The text cannot be, or is not, a payment reference of this kind."""


def rf_reference(body: str) -> str:
    """Make an RF creditor reference (ISO 11649) of 1 to 21 letters and digits."""
    wanted = re.sub(r"[^0-9A-Z]", "", body.upper())
    if not 1 <= len(wanted) <= 21:
        raise InvalidReferenceError(f"{body!r} does not fit in an RF reference")
    return f"RF{98 - _mod97(wanted + 'RF00'):02}{wanted}"


def is_rf_reference(value: str) -> bool:
    plain = value.replace(" ", "").upper()
    return bool(_RF.fullmatch(plain)) and _mod97(plain[4:] + plain[:4]) == 1


def payment_reference(body: str) -> str:
    """Make a betalingskenmerk: 15 digits get a check digit, 7 to 12 digits a check digit and a length code."""
    if not body.isascii() or not body.isdigit():
        raise InvalidReferenceError(f"{body!r} has something else than digits")
    if len(body) == 15:
        counted = body
    elif 7 <= len(body) <= 12:
        counted = f"{len(body) % 10}{body}"
    else:
        raise InvalidReferenceError(f"{body!r} is not 7 to 12 or 15 digits long")
    return _check_digit(counted) + counted


def is_payment_reference(value: str) -> bool:
    plain = value.replace(" ", "")
    if not plain.isascii() or not plain.isdigit():
        return False
    if len(plain) == 7:
        return True  # seven digits carry no check
    has_length = len(plain) == 16 or (9 <= len(plain) <= 14 and plain[1] == str((len(plain) - 2) % 10))
    return has_length and plain[0] == _check_digit(plain[1:])


def grouped(value: str, size: int = 4) -> str:
    """Print an IBAN or a reference in groups of four, as on paper."""
    plain = value.replace(" ", "").upper()
    return " ".join(plain[start : start + size] for start in range(0, len(plain), size))


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """What a banking app must fill in: payee, account, amount and remittance."""

    name: str
    iban: str
    amount: Money
    reference: str = ""  # an RF reference goes in the structured field, all else in the text
    bic: str = ""

    def epc_payload(self) -> str:
        """The text of an EPC QR code (version 002, UTF-8), without the empty closing lines."""
        if not Money.of("0.01") <= self.amount <= _EPC_MOST:
            raise InvalidReferenceError(f"an EPC QR code cannot ask for {self.amount}")
        structured = _RF.fullmatch(self.reference.replace(" ", "").upper()) and is_rf_reference(self.reference)
        remittance = (
            ["", self.reference.replace(" ", "").upper()] if structured else ["", "", _line(self.reference, _EPC_TEXT)]
        )
        lines = [
            *("BCD", "002", "1", "SCT"),
            self.bic.replace(" ", "").upper(),
            _line(self.name, _EPC_NAME),
            self.iban.replace(" ", "").upper(),
            f"EUR{self.amount}",
            *remittance,
        ]
        return _within(lines, _EPC_BYTES)


def _within(lines: list[str], most: int) -> str:
    while len("\n".join(lines).encode()) > most:  # 70 + 140 characters may be more than 331 bytes
        lines[-1] = lines[-1][:-1]
    return "\n".join(lines).rstrip("\n")


def _line(text: str, most: int) -> str:
    return " ".join(text.split())[:most].rstrip()


def _mod97(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text)) % 97


def _check_digit(digits: str) -> str:
    total = sum(int(digit) * _WEIGHTS[place % 10] for place, digit in enumerate(reversed(digits)))
    check = 11 - total % 11
    return {10: "1", 11: "0"}.get(check, str(check))
