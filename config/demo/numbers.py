"""Numbers that pass their checks and belong to nobody: IBAN of a bank that does not exist, KvK and btw not yet issued."""

from __future__ import annotations

BANK = "DEMO"


def iban(account: int) -> str:
    """A Dutch IBAN with valid check digits (ISO 13616)."""
    basic = f"{BANK}{account:010d}"
    as_number = "".join(str(int(sign, 36)) for sign in f"{basic}NL00")
    return f"NL{98 - int(as_number) % 97:02d}{basic}"


def kvk_number(serial: int) -> str:
    return f"99{serial:06d}"


def vat_number(serial: int) -> str:
    """The nearest Dutch btw number from `serial` on whose ninth digit is right (elfproef)."""
    while True:
        digits = f"998{serial % 100_000:05d}"
        check = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
        if check < 10:
            return f"NL{digits}{check}B01"
        serial += 1
