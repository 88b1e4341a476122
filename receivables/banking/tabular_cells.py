"""The cells of a bank table as amounts, days and words. A column is read in one way or refused, never guessed per row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from receivables.banking.bank_formats import Columns
from receivables.importing import values
from receivables.importing.columns import plain
from receivables.importing.outcome import Problem, RefusedError
from receivables.importing.tables import Table
from receivables.importing.values import Cell, has_value

MOST_SHOWN = 20
_AMOUNTS = ("amount", "debit", "credit", "balance")
_PAID = frozenset({"af", "d", "debet", "debit", "db", "s", "soll", "debe", "cargo", "dr"})
_RECEIVED = frozenset({"bij", "c", "credit", "cr", "h", "haben", "haber", "abono"})
_TOTAL = re.compile(r"\s*(?:sub|eind|grand )?(?:totaal|total|totals|totalen|summe|gesamt|suma)\b", re.IGNORECASE)
_CURRENCY_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_CURRENCY = re.compile(r"€|\$|£|\b(?:EUR|USD|GBP)\b", re.IGNORECASE)


@dataclass(slots=True)
class Doubts:
    """Cells that cannot be read with certainty; all are told at once, in the order of the file."""

    table: Table
    found: list[Problem] = field(default_factory=list)
    places: set[tuple[int, int]] = field(default_factory=set)

    def add(self, row: int, column: int, why: str, *, code: str = "bad_value") -> None:
        """Once per cell: the first reason is the real one."""
        if (row, column) in self.places:
            return
        self.places.add((row, column))
        line, heading = self.table.lines[row], self.table.header[column]
        place = self.table.place(line, column)
        self.found.append(Problem(code, f"{place[0].upper()}{place[1:]}, kolom {heading}: {why}.", None, line, heading))

    def refuse_if_any(self) -> None:
        if not self.found:
            return
        first, *others = sorted(self.found, key=lambda problem: problem.line or 0)[:MOST_SHOWN]
        raise RefusedError(first.message, code=first.code, line=first.line, column=first.column, others=others)


@dataclass(frozen=True, slots=True)
class Cells:
    """One table, column by column, as `Columns` says."""

    table: Table
    columns: Columns
    doubts: Doubts

    def raw(self, name: str) -> list[Cell]:
        index = self.columns.at.get(name)
        return [] if index is None else [_at(row, index) for row in self.table.rows]

    def words(self, name: str) -> list[str]:
        """Plain text, one per row; empty when there is no such column."""
        if name not in self.columns.at:
            return [""] * len(self.table.rows)
        return [" ".join(values.text(cell).split()) for cell in self.raw(name)]

    def is_total(self, row: int) -> bool:
        """A row that adds up the others; the caller knows that it has no day."""
        return any(isinstance(cell, str) and _TOTAL.match(cell) for cell in self.table.rows[row])

    def texts(self) -> list[str]:
        if self.columns.dialect == "asn":  # unquoted: a comma in the text has split it
            start = self.columns.texts[0]
            return [",".join(values.text(cell) for cell in row[start:-1]).strip("'") for row in self.table.rows]
        return [
            " ".join(values.text(_at(row, index)).strip() for index in self.columns.texts) for row in self.table.rows
        ]

    def days(self, name: str) -> list[date | None]:
        """None for an empty cell; a day that may be another day is a doubt."""
        cells = self.raw(name)
        month_first = self.columns.date_order == "mdy"
        unsure = values.dates_of(cells, month_first=month_first).unsure
        return [self._day(name, row, cell, month_first, unsure.get(row)) for row, cell in enumerate(cells)]

    def _day(self, name: str, row: int, cell: Cell, month_first: bool, why: str | None) -> date | None:
        if not has_value(cell):
            return None
        try:
            if why is None:
                return values.day(cell, month_first=month_first)
        except values.ValueRefusedError as error:
            why = str(error)
        self.doubts.add(row, self.columns.at[name], why, code="bad_date")
        return None

    def amounts(self, name: str) -> list[Decimal | None]:
        """None for an empty cell; a formula without a result is no zero."""
        cells = self.raw(name)
        reading = values.amounts_of(cells, decimal_sign=self.columns.decimal_sign)
        return [self._amount(name, row, cell, reading) for row, cell in enumerate(cells)]

    def _amount(self, name: str, row: int, cell: Cell, reading: values.ColumnReading) -> Decimal | None:
        column = self.columns.at[name]
        why = reading.unsure.get(row)
        if (self.table.lines[row], column) in self.table.without_value:
            why = "de formule heeft geen berekende waarde; sla de cellen op als waarden"
        elif why is None and not has_value(cell):
            return None
        try:
            if why is None:
                return values.amount(cell, decimal_sign=reading.decimal_sign)
        except values.ValueRefusedError as error:
            why = str(error)
        self.doubts.add(row, column, why, code="bad_amount")
        return None

    def signs(self) -> list[int]:
        """-1 paid, 1 received, 0 when the cell is empty or there is no such column."""
        return [self._sign(row, cell) for row, cell in enumerate(self.words("sign"))]

    def _sign(self, row: int, written: str) -> int:
        if not written:
            return 0
        if written in "+-":
            return 1 if written == "+" else -1
        known = plain(written)
        if known not in _PAID and known not in _RECEIVED:
            self.doubts.add(
                row, self.columns.at["sign"], f"{written[:20]!r} is niet Af of Bij (D of C)", code="bad_sign"
            )
        return -1 if known in _PAID else 1

    def currencies(self, otherwise: str) -> list[str]:
        """Of each row: its column, else the sign beside the amounts of the file, else what the user chose."""
        if "currency" in self.columns.at:
            return [
                self._currency(row, written.upper() or otherwise) for row, written in enumerate(self.words("currency"))
            ]
        signs = {_currency(cell) for name in _AMOUNTS for cell in self.raw(name)} - {""}
        if len(signs) > 1:
            raise RefusedError(
                f"De bedragen zijn in {' en '.join(sorted(signs))}: kies de kolom met de valuta.", code="columns"
            )
        return [signs.pop() if signs else otherwise or "EUR"] * len(self.table.rows)

    def _currency(self, row: int, written: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", written):
            self.doubts.add(row, self.columns.at["currency"], f"{written[:20]!r} is geen valuta", code="bad_currency")
        return written


def _at(row: Sequence[Cell], index: int) -> Cell:
    return row[index] if index < len(row) else None


def _currency(cell: Cell) -> str:
    found = _CURRENCY.search(cell) if isinstance(cell, str) else None
    return _CURRENCY_SIGNS.get(found[0], found[0].upper()) if found else ""
