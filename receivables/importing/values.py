"""Amounts and dates as people type them. A column is read in one way or refused, never guessed per row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from receivables.importing.outcome import LARGEST_AMOUNT

Cell = str | Decimal | date | None
_CENT = Decimal("0.01")
_NOISE = Decimal("0.000001")  # what binary floating point in a spreadsheet leaves behind
_CLEAN = re.compile(r"[\s\u00a0\u202f'’´`]|€|eur\b|usd\b|gbp\b|\$|£", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+([.,][0-9]+)*|[.,][0-9]+")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_COMPACT = re.compile(r"(19|20)[0-9]{6}")
_NUMERIC = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_WORDS = re.compile(r"([0-9]{1,2})[-\s.]+([a-z]{3,9})\.?[-\s.]+([0-9]{4})")
_TIME = re.compile(r"[Tt ][0-9]{1,2}:[0-9]{2}.*$")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan januari january", "feb februari february", "mrt maart mar march", "apr april", "mei may", "jun juni june", "jul juli july",
         "aug augustus august", "sep sept september", "okt oktober oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


class ValueRefusedError(ValueError):
    """This cell cannot be read with certainty; the text says why, in Dutch."""


@dataclass(slots=True)
class ColumnReading:
    """How one column is written: the decimal sign or the order of day and month."""

    decimal_sign: str = ","
    month_first: bool = False
    unsure: dict[int, str] = field(default_factory=dict)  # row index -> reason


def has_value(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def text(cell: Cell) -> str:
    """The cell as one would read it; a whole number has no decimals (customer number 10001, not 10001.0)."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell == cell.to_integral_value() else str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return cell


# --- amounts -----------------------------------------------------------------------------------------------------------
def bare_amount(cell: str) -> tuple[str, bool] | None:
    """Digits and signs only, and whether the amount is negative; None when this is no amount at all."""
    value = _CLEAN.sub("", cell)
    negative = False
    if value.startswith("(") and value.endswith(")"):
        value, negative = value[1:-1], True
    if value[-1:] == "-":
        value, negative = value[:-1], not negative
    if value[:1] in "+-" and value:
        negative = negative != (value[0] == "-")
        value = value[1:]
    return (value, negative) if _NUMBER.fullmatch(value) else None


def amounts_of(cells: Sequence[Cell], *, decimal_sign: str | None = None) -> ColumnReading:
    """Find the decimal sign of a column. A thousand or one-and-a-bit that nothing settles is listed as unsure."""
    if decimal_sign:
        return ColumnReading(decimal_sign=decimal_sign)
    votes: dict[str, list[int]] = {",": [], ".": []}
    unclear: dict[str, list[int]] = {",": [], ".": []}
    for index, cell in enumerate(cells):
        if isinstance(cell, str) and (bare := bare_amount(cell)):
            _vote(bare[0], index, votes=votes, unclear=unclear)
    return _settled(votes, unclear)


def _vote(value: str, index: int, *, votes: dict[str, list[int]], unclear: dict[str, list[int]]) -> None:
    commas, points = value.count(","), value.count(".")
    if not commas and not points:
        return
    if commas and points:
        votes[max(",.", key=value.rfind)].append(index)
    elif commas + points > 1:
        votes["." if commas else ","].append(index)
    elif _AMBIGUOUS.fullmatch(value):
        unclear["," if commas else "."].append(index)
    else:
        votes["," if commas else "."].append(index)


def _settled(votes: dict[str, list[int]], unclear: dict[str, list[int]]) -> ColumnReading:
    reading = ColumnReading(decimal_sign="." if votes["."] and not votes[","] else ",")
    if votes[","] and votes["."]:
        fewest = min(votes.values(), key=len)
        for index in fewest:
            reading.unsure[index] = "gebruikt een ander decimaalteken dan de rest van de kolom"
    doubtful = sorted(unclear[","] + unclear["."])
    settled = bool(votes[","]) != bool(votes["."]) and not unclear[reading.decimal_sign]
    if doubtful and not settled:
        for index in doubtful:
            reading.unsure[index] = "kan duizend of een kommagetal zijn; kies het decimaalteken"
    return reading


def amount(cell: Cell, *, decimal_sign: str) -> Decimal:
    """An exact amount in cents, or a refusal that says why."""
    value = _decimal(cell, decimal_sign=decimal_sign)
    if abs(value) >= LARGEST_AMOUNT:
        raise ValueRefusedError(f"bedrag {text(cell)[:40]!r} is te groot")
    cents = value.quantize(_CENT)
    if abs(cents - value) > _NOISE or (isinstance(cell, str) and cents != value):
        raise ValueRefusedError(f"bedrag {text(cell)[:40]!r} heeft meer dan twee decimalen")
    return cents


def _decimal(cell: Cell, *, decimal_sign: str) -> Decimal:
    if isinstance(cell, Decimal):
        return cell
    bare = bare_amount(cell) if isinstance(cell, str) else None
    if bare is None or len(bare[0]) > 40:
        raise ValueRefusedError(f"{text(cell)[:40]!r} is geen bedrag")
    value, negative = bare
    thousands = "." if decimal_sign == "," else ","
    whole, sign, decimals = value.partition(decimal_sign)
    groups = whole.split(thousands)
    if thousands in decimals or decimal_sign in decimals or any(len(group) != 3 for group in groups[1:]):
        raise ValueRefusedError(f"{cell!r} is geen bedrag met {decimal_sign!r} als decimaalteken")
    try:
        number = Decimal("".join(groups) + ("." + decimals if sign else ""))
    except InvalidOperation:
        raise ValueRefusedError(f"{text(cell)[:40]!r} is geen bedrag") from None
    return -number if negative else number


def from_float(value: float) -> Decimal:
    """What the spreadsheet shows: the shortest decimal that gives this float."""
    return Decimal(repr(value))


# --- dates -------------------------------------------------------------------------------------------------------------
def dates_of(cells: Iterable[Cell], *, month_first: bool = False) -> ColumnReading:
    """Dutch lists write the day first. A month-first date among them makes the whole column doubtful."""
    reading = ColumnReading(month_first=month_first)
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        found = _NUMERIC.fullmatch(_TIME.sub("", cell.strip()))
        if not found:
            continue
        first, second = int(found[1]), int(found[3])
        if month_first and first > 12:
            reading.unsure[index] = "heeft de dag vooraan, terwijl maand-dag-jaar is gekozen"
        elif not month_first and second > 12 >= first:
            reading.unsure[index] = (
                "lijkt een Amerikaanse datum (maand-dag-jaar) tussen Nederlandse; kies de datumvolgorde"
            )
    return reading


def day(cell: Cell, *, month_first: bool = False) -> date:
    """A civil day between 1970 and 2100, or a refusal that says why."""
    if isinstance(cell, datetime):
        cell = cell.date()
    found = cell if isinstance(cell, date) else _typed_day(text(cell), month_first=month_first)
    if found is None or not 1970 <= found.year <= 2100:
        raise ValueRefusedError(f"{text(cell)[:40]!r} is geen bruikbare datum")
    return found


def _typed_day(value: str, *, month_first: bool) -> date | None:
    plain = _TIME.sub("", value.strip().lower())
    try:
        if found := _ISO.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if _COMPACT.fullmatch(plain):
            return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
        if found := _NUMERIC.fullmatch(plain):
            first, second, year = int(found[1]), int(found[3]), int(found[4])
            century = 2000 if len(found[4]) == 2 else 0
            return date(century + year, first if month_first else second, second if month_first else first)
        if (found := _WORDS.fullmatch(plain)) and found[2] in _MONTHS:
            return date(int(found[3]), _MONTHS[found[2]], int(found[1]))
    except ValueError:
        return None
    return None
