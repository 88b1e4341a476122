"""Rows of an open-item list -> items, or every row that is wrong with its line and column. All or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from receivables.importing import columns, values
from receivables.importing.outcome import NAME_LENGTH, NUMBER_LENGTH, Problem
from receivables.importing.parsed import ParsedOpenItem, ParsedOpenItems
from receivables.importing.tables import Table
from receivables.importing.ubl_tree import one_line
from receivables.importing.values import Cell, ColumnReading, ValueRefusedError, has_value

MAX_ERRORS = 200
_TOTAL = re.compile(r"(eind|sub)?tota(a)?l\b|saldo\b|som\b", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LENGTHS = {
    "number": NUMBER_LENGTH, "customer_name": NAME_LENGTH, "customer_number": 60, "kvk_number": 20, "vat_number": 30, "email": 254,
    "phone": 30, "street": 200, "postcode": 20, "city": 100, "country": 60, "contact": 150, "currency": 10, "reference": 140,
    "description": 500,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose beside the columns; nothing here is ever guessed."""

    decimal_sign: str | None = None
    month_first: bool = False
    only_clean_rows: bool = False
    currency: str = "EUR"


@dataclass(slots=True)
class _Reader:
    table: Table
    mapping: Mapping[str, int]
    choices: Choices
    readings: dict[str, ColumnReading] = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    wrong_rows: set[int] = field(default_factory=set)

    def error(self, code: str, position: int, name: str, reason: str) -> None:
        """Note one wrong cell; after the first few hundred only the row counts."""
        line = self.table.lines[position]
        self.wrong_rows.add(line)
        if len(self.errors) >= MAX_ERRORS:
            return
        column = self.mapping.get(name)
        heading = self.table.header[column] if column is not None else columns.BY_NAME[name].label
        place = f"regel {line}, kolom {heading}"
        if self.table.is_spreadsheet and column is not None:
            place = f"cel {self.table.place(line, column)[4:]} (regel {line}, kolom {heading})"
        self.errors.append(
            Problem(code=code, message=f"{place[:1].upper()}{place[1:]}: {reason}.", line=line, column=heading)
        )


class OpenItemReader:
    """Reads row by row, so that a list of 200,000 rows needs no second copy in memory; errors are complete at the end."""

    def __init__(self, table: Table, mapping: Mapping[str, int], *, choices: Choices | None = None) -> None:
        self._state = _Reader(table, mapping, choices or Choices())
        self.has_total = False
        if lacking := columns.missing(mapping):
            self._state.errors.append(
                Problem(code="mapping", message=f"Kies eerst de kolom voor: {', '.join(lacking)}.")
            )

    @property
    def errors(self) -> list[Problem]:
        return self._state.errors

    @property
    def wrong_rows(self) -> int:
        return len(self._state.wrong_rows)

    @property
    def is_refused(self) -> bool:
        """Wrong rows refuse the whole list, unless the user chose to leave them out; a lacking column always does."""
        errors = self._state.errors
        return bool(errors) and (not self._state.choices.only_clean_rows or errors[0].code == "mapping")

    @property
    def columns(self) -> dict[str, str]:
        header = self._state.table.header
        return {name: header[index] for name, index in self._state.mapping.items() if index < len(header)}

    def items(self) -> Iterator[ParsedOpenItem]:
        """Every row without an error; only to be used when `is_refused` is false at the end."""
        if self._state.errors:
            return
        _learn_columns(self._state)
        rows = self._state.table.rows
        has_total = self.has_total = bool(rows) and _is_total(self._state, rows[-1])
        listed = Decimal(0)
        for position, row in enumerate(rows[:-1] if has_total else rows):
            item = _item(self._state, position, row)
            if item is not None and item.row not in self._state.wrong_rows:
                listed += item.open
                yield item
        if has_total:
            _check_total(self._state, len(rows) - 1, listed)


def read(table: Table, mapping: Mapping[str, int], *, choices: Choices | None = None) -> ParsedOpenItems:
    """Read every row. With errors there are no items, unless the user chose to leave wrong rows out."""
    reader = OpenItemReader(table, mapping, choices=choices)
    items = tuple(reader.items())
    return ParsedOpenItems(
        items=() if reader.is_refused else items,
        errors=tuple(reader.errors),
        rows_read=len(table.rows),
        columns=reader.columns,
    )


def _is_total(reader: _Reader, row: list[Cell]) -> bool:
    """A last row that only says `Totaal` and amounts: programs print it, and it is no invoice."""
    wordy = any(isinstance(cell, str) and _TOTAL.match(cell.strip()) for cell in row)
    filled = {name for name, index in reader.mapping.items() if index < len(row) and has_value(row[index])}
    return wordy and "issued_on" not in filled and "due_on" not in filled


def _check_total(reader: _Reader, position: int, listed: Decimal) -> None:
    """The list checks itself: its own total must be the sum of its rows."""
    name = "open" if "open" in reader.mapping else "total"
    stated = _amount(reader, position, reader.table.rows[position], name) if name in reader.mapping else None
    if stated is not None and not reader.wrong_rows and stated != listed:
        reader.error("total", position, name, f"het totaal is {stated}, maar de regels tellen op tot {listed}")


def _learn_columns(reader: _Reader) -> None:
    for name, index in reader.mapping.items():
        kind = columns.BY_NAME[name].kind
        cells = [row[index] if index < len(row) else None for row in reader.table.rows]
        if kind == "amount":
            reader.readings[name] = values.amounts_of(cells, decimal_sign=reader.choices.decimal_sign)
        elif kind == "date":
            reader.readings[name] = values.dates_of(cells, month_first=reader.choices.month_first)


def _item(reader: _Reader, position: int, row: list[Cell]) -> ParsedOpenItem | None:
    before = len(reader.errors)
    words = _texts(reader, position, row)
    number = words.get("number")
    if not number:
        reader.error("missing", position, "number", "het factuurnummer ontbreekt")
    elif _is_duplicate(reader, position, number):
        return None
    issued_on, due_on = _day(reader, position, row, "issued_on"), _day(reader, position, row, "due_on")
    if issued_on is None and "issued_on" not in reader.readings:
        return None
    amounts = _amounts(reader, position, row)
    name = words.get("customer_name") or words.get("customer_number")
    if not name:
        reader.error("missing", position, "customer_name", "de naam van de klant ontbreekt")
    if len(reader.errors) > before or amounts is None or issued_on is None or not number or not name:
        reader.wrong_rows.add(reader.table.lines[position])
        return None
    if due_on is not None and due_on < issued_on:
        reader.error("date", position, "due_on", f"de vervaldatum {due_on} ligt vóór de factuurdatum {issued_on}")
        return None
    total, open_amount = amounts
    return ParsedOpenItem(
        row=reader.table.lines[position], number=number, issued_on=issued_on, due_on=due_on, total=total, open=open_amount,
        currency=_currency(reader, position, words), customer_name=name,
        **{key: words.get(key) for key in ("customer_number", "kvk_number", "vat_number", "email", "phone", "street", "postcode", "city",
                                           "country", "contact", "reference", "description")},
    )  # fmt: skip


def _texts(reader: _Reader, position: int, row: list[Cell]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, longest in _LENGTHS.items():
        index = reader.mapping.get(name)
        if index is None or index >= len(row):
            continue
        raw = values.text(row[index])
        if _UNPRINTABLE.search(raw):
            reader.error("invalid_character", position, name, "er staat een onleesbaar stuurteken in dit veld")
            continue
        value = one_line(raw)
        if value and len(value) > longest:
            reader.error(
                "too_long", position, name, f"dit veld is {len(value)} tekens lang; hooguit {longest} is mogelijk"
            )
            continue
        found[name] = value
    return found


def _is_duplicate(reader: _Reader, position: int, number: str) -> bool:
    """The second row with a number is the wrong one, whatever its case or spaces; both lines are named."""
    key = number_key(number)
    first = reader.seen.setdefault(key, reader.table.lines[position])
    if first == reader.table.lines[position]:
        return False
    reader.error("duplicate", position, "number", f"factuurnummer {number} staat ook al op regel {first}")
    return True


def number_key(number: str) -> str:
    """Two invoice numbers are the same when only case or spaces differ."""
    return "".join(number.split()).upper()[:NUMBER_LENGTH]


def _day(reader: _Reader, position: int, row: list[Cell], name: str) -> date | None:
    index = reader.mapping.get(name)
    if index is None:
        return None
    cell = row[index] if index < len(row) else None
    if (reader.table.lines[position], index) in reader.table.without_value:
        reader.error(
            "formula",
            position,
            name,
            "deze formule heeft geen opgeslagen uitkomst of geeft een fout; sla het bestand op met waarden",
        )
        return None
    reading = reader.readings[name]
    if position in reading.unsure:
        reader.error("date", position, name, f"{values.text(cell)!r} {reading.unsure[position]}")
        return None
    if not has_value(cell):
        if name == "issued_on":
            reader.error("missing", position, name, "de factuurdatum ontbreekt")
        return None
    key = cell if isinstance(cell, str) else ""
    if key and key in reader.days:
        return reader.days[key]
    try:
        found = values.day(cell, month_first=reading.month_first)
    except ValueRefusedError as refusal:
        reader.error("date", position, name, str(refusal))
        return None
    if key:
        reader.days[key] = found
    return found


def _amounts(reader: _Reader, position: int, row: list[Cell]) -> tuple[Decimal, Decimal] | None:
    """(total, open). One amount column means both; debit minus credit is what is open."""
    before = len(reader.errors)
    found = {
        name: _amount(reader, position, row, name)
        for name in ("total", "open", "debit", "credit")
        if name in reader.mapping
    }
    if len(reader.errors) > before:
        return None
    if "debit" in found or "credit" in found:
        zero = Decimal("0.00")
        found.setdefault("open", (found.get("debit") or zero) - (found.get("credit") or zero))
    total, open_amount = found.get("total"), found.get("open")
    if "open" in reader.mapping and open_amount is None:  # paid or fully open? never guessed
        reader.error(
            "missing", position, "open", "het openstaande bedrag ontbreekt; vul 0 in als de factuur betaald is"
        )
        return None
    if total is None and open_amount is None:
        reader.error("missing", position, "open" if "open" in reader.mapping else "total", "het bedrag ontbreekt")
        return None
    if open_amount is None:
        open_amount = total
    if total is None:
        total = open_amount
    assert total is not None and open_amount is not None  # noqa: S101, PT018 # one of them was found
    if total * open_amount < 0 or abs(open_amount) > abs(total):
        reader.error("amount", position, "open", f"openstaand {open_amount} past niet bij het factuurbedrag {total}")
        return None
    return total, open_amount


def _amount(reader: _Reader, position: int, row: list[Cell], name: str) -> Decimal | None:
    index = reader.mapping[name]
    cell = row[index] if index < len(row) else None
    if (reader.table.lines[position], index) in reader.table.without_value:
        reader.error(
            "formula",
            position,
            name,
            "deze formule heeft geen opgeslagen uitkomst of geeft een fout; sla het bestand op met waarden",
        )
        return None
    if not has_value(cell):
        return None
    reading = reader.readings[name]
    if position in reading.unsure:
        reader.error("amount", position, name, f"{values.text(cell)!r} {reading.unsure[position]}")
        return None
    try:
        return values.amount(cell, decimal_sign=reading.decimal_sign)
    except ValueRefusedError as refusal:
        reader.error("amount", position, name, str(refusal))
        return None


def _currency(reader: _Reader, position: int, words: Mapping[str, str | None]) -> str:
    given = (words.get("currency") or reader.choices.currency).upper()
    given = {"€": "EUR", "EURO": "EUR"}.get(given, given)
    if not re.fullmatch(r"[A-Z]{3}", given):
        reader.error("currency", position, "currency", f"{given[:10]!r} is geen valutacode")
        return reader.choices.currency
    return given
