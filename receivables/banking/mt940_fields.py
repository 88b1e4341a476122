"""MT940 as lines: its encoding, its tags, and the values of :61: and :60F:/:62F: (SWIFT, category 9, field formats).

An own reader, not the mt-940 library: that one fails on SNS, ASN and old ING files, books RC (a credit taken back) as
money received, and names no line when it refuses. The tests compare the two wherever the library can read the file.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from receivables.importing.outcome import LARGEST_AMOUNT, RefusedError

# :NS: is an addition of German banks; the 13, 34F and 90 fields belong to MT942.
_TAG = re.compile(r":(20|21|25P?|28C?|NS|13[CD]?|34F|60[FM]|61|86|62[FM]|6[45]F?|90[CD]):(.*)", re.DOTALL)
_CLOCK_TIME = re.compile(r":2[0158]:[0-5]\d(?!\d)")  # "...om 13" + ":20:15" at a line break is a time, not a tag
_WIDE = 60  # a line this long was broken off by the bank
_END = re.compile(r"\s*-(\}.*|XXX.*)?\s*")
_NEXT_BLOCK = re.compile(r"\s*\{[1-5]:")
_C1 = re.compile(rb"[\x80-\x9f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]+")
_STRAY = re.compile(r"[\x00\x1a]+:\d\d")
_LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4}|\s{4})?(?P<mark>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d{1,15}(?:[.,]\d*)?)(?P<rest>\s.*|[NSF/].*|$)",
    re.ASCII,
)
_BALANCE = re.compile(r"(?P<mark>[CD])(?P<on>\d{6})(?P<currency>[A-Z]{3})(?P<amount>\d{1,20}(?:[.,]\d*)?)\s*", re.ASCII)
_KIND = re.compile(r"(?!NONREF)[NSF][A-Z0-9][A-Z0-9 ]{2}")
_REFERENCE_WIDTH = 16
_HALF_A_YEAR = 186
_LONG_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


@dataclass(slots=True)
class Field:
    """One tag with its lines; `line` is where it stands in the file."""

    tag: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def first(self) -> str:
        return self.lines[0].strip()


@dataclass(frozen=True, slots=True)
class EntryLine:
    """What a :61: says."""

    value_on: date
    booked_on: date
    amount: Decimal  # signed
    is_reversal: bool
    customer_reference: str
    bank_reference: str
    name: str  # old Rabobank puts it behind the account, in the same line
    supplementary: tuple[str, ...]
    written_day: str = ""  # a day that does not exist, as the bank wrote it


def decoded(content: bytes) -> str:
    """UTF-8 when it is; else Windows-1252 when it uses signs only that has; else ISO-8859-15, the banks' own."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = "cp1252" if _C1.search(content) else "iso8859-15"
        return content.decode(encoding, errors="replace")


def has_stray_end(text: str) -> bool:
    """DOS end-of-file signs before a tag: somebody pasted files together."""
    return _STRAY.search(text) is not None


def fields(text: str) -> Iterator[Field]:
    """Every tag with the lines below it, without control signs; what stands above the first is the bank's envelope."""
    text = _CONTROLS.sub("", text)
    current: Field | None = None
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip("\r")
        found = _TAG.fullmatch(line)
        if current and found and not _is_time(current, line):
            yield _without_envelope(current, found[1])
        if found and not (current and _is_time(current, line)):
            current = Field(found[1], number, [found[2]])
        elif current:
            current.lines.append(line)
    if current:
        yield _without_envelope(current, "20")


def _is_time(current: Field, line: str) -> bool:
    before = current.lines[-1]
    return (
        current.tag == "86" and len(before) >= _WIDE and before[-2:].isdigit() and _CLOCK_TIME.match(line) is not None
    )


def _without_envelope(found: Field, following: str) -> Field:
    """A lone "-" ends the message, but only where a new one follows: it may be a line of a description too."""
    if following == "20":
        for index, line in enumerate(found.lines[1:], start=1):
            if _END.fullmatch(line) or _NEXT_BLOCK.match(line):
                del found.lines[index:]
                break
    return found


def refused(found: Field, why: str) -> RefusedError:
    """A refusal that names line and tag."""
    tag = f":{found.tag}:"
    return RefusedError(f"Regel {found.line} ({tag}): {why}", code="bad_line", element=tag, line=found.line)


def entry_line(found: Field) -> EntryLine:
    """C is received, D is paid; RC takes a credit back (paid), RD takes a debit back (received)."""
    match = _LINE.fullmatch(_first_line(found))
    if match is None:
        raise refused(found, f"deze boeking is niet te lezen: {found.first[:40]!r}.")
    value_on, written_day = _value_day(found, match["value"])
    received = match["mark"] in ("C", "RD")
    amount = exact_cents(found, match["amount"])
    reference, bank_reference, name = _references(match["rest"])
    return EntryLine(
        value_on=value_on,
        booked_on=_booked_on(found, value_on, (match["entry"] or "").strip()),
        amount=amount if received else -amount,
        is_reversal=match["mark"].startswith("R"),
        customer_reference=reference,
        bank_reference=bank_reference,
        name=name,
        supplementary=tuple(line.strip() for line in found.lines[1:] if line.strip()),
        written_day=written_day,
    )


def _first_line(found: Field) -> str:
    """A bank reference that runs up to /TRCD/ on a later line is put together again."""
    first = found.lines[0]
    if len(found.lines) > 1 and "//" in first and "/TRCD/" not in first and "/TRCD/" in "".join(found.lines):
        return "".join(found.lines).split("/TRCD/")[0]
    return first


def _references(rest: str) -> tuple[str, str, str]:
    """(reference of the customer, of the bank, name). The reference is 16 wide, unless it is an IBAN (SNS, ASN)."""
    rest = rest.strip()
    if kind := _KIND.match(rest):
        rest = rest[kind.end() :]
    reference, _, of_bank = rest.partition("//")
    of_bank = of_bank.split("/TRCD/")[0].strip()
    if iban := _LONG_ACCOUNT.match(reference):
        return iban[0], of_bank, reference[iban.end() :].strip()
    name = "" if of_bank else reference[_REFERENCE_WIDTH:].strip()
    return reference[:_REFERENCE_WIDTH].strip(), of_bank, name


def _value_day(found: Field, digits: str) -> tuple[date, str]:
    """Banks that count thirty days a month write 30 February: the last day of that month, and a warning."""
    month, day = int(digits[2:4]), int(digits[4:])
    if day > 28 and 1 <= month <= 12:
        last = calendar.monthrange(2000 + int(digits[:2]), month)[1]
        if day > last:
            return _day(found, f"{digits[:4]}{last}"), digits
    return _day(found, digits), ""


def _day(found: Field, digits: str) -> date:
    """YYMMDD; the seventies and later are of the last century."""
    year = int(digits[:2])
    try:
        return date(year + (1900 if year >= 70 else 2000), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        raise refused(found, f"{digits!r} is geen datum (jjmmdd).") from None


def _booked_on(found: Field, value_on: date, digits: str) -> date:
    """The entry date has no year: the one nearest to the value date, so 31 December and 1 January stay neighbours."""
    if not digits:
        return value_on
    month, day = int(digits[:2]), int(digits[2:])
    if abs(month - value_on.month) < 6 and _exists(value_on.year, month, day):
        return date(value_on.year, month, day)
    years = (value_on.year - 1, value_on.year, value_on.year + 1)
    possible = [date(year, month, day) for year in years if _exists(year, month, day)]
    possible = [booked for booked in possible if abs(booked - value_on).days <= _HALF_A_YEAR]
    if not possible:
        raise refused(found, f"{digits!r} is geen boekdatum (mmdd).")
    return min(possible, key=lambda booked: abs(booked - value_on))


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and (1 <= day <= 28 or 28 < day <= calendar.monthrange(year, month)[1])


def exact_cents(found: Field, digits: str) -> Decimal:
    """An amount of an entry; a third decimal would be money that nobody can book."""
    amount = exact(found, digits)
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise refused(found, f"bedrag {digits[:40]!r} heeft meer dan twee decimalen.")
    return cents


def exact(found: Field, digits: str) -> Decimal:
    """Digits with a decimal comma (SWIFT) or point (some old Rabobank files). Never a sign for thousands."""
    whole, _, decimals = digits.replace(".", ",").partition(",")
    if len(decimals) > 5 or int(whole) >= LARGEST_AMOUNT:
        raise refused(found, f"{digits[:40]!r} is geen bruikbaar bedrag.")
    return Decimal(f"{whole}.{decimals or '0'}")


def balance_of(found: Field) -> tuple[Decimal, date, str]:
    """(amount, day, currency) of a :60F:, :60M:, :62F: or :62M:."""
    match = _BALANCE.fullmatch(found.lines[0])
    if match is None:
        raise refused(found, f"dit saldo is niet te lezen: {found.first[:40]!r}.")
    amount = exact(found, match["amount"])
    return amount if match["mark"] == "C" else -amount, _day(found, match["on"]), match["currency"]
