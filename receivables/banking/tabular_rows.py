"""A bank table as a heading with rows, whatever is above it; the heading is found by the words banks use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from receivables.banking import bank_formats, tabular_guess
from receivables.banking.bank_formats import Columns
from receivables.importing import columns, spreadsheets, tables
from receivables.importing.outcome import RefusedError
from receivables.importing.spreadsheets import RawTable
from receivables.importing.tables import Table
from receivables.importing.values import Cell, has_value, text

_SEARCHED = 30
_CERTAIN = 2  # known headings in one row


@dataclass(frozen=True, slots=True)
class BankTable:
    """A sheet with its heading apart, and the layout when it is one of a bank we know."""

    table: Table
    known: Columns | None
    account: str = ""  # printed in the heading
    header_row: int = 0  # the line of the heading, 0 when there is none


def read(content: bytes, *, sheet: str | None = None, header_row: int | None = None) -> BankTable:
    """The sheet asked for, or the one that looks most like a bank statement."""
    if not content.strip():
        raise RefusedError("Het bestand is leeg.", code="empty")
    found = [_headed(raw, header_row) for raw in _raw(content) if raw.rows]
    if not found:
        raise RefusedError("Het werkboek bevat geen rijen.", code="empty")
    named = [one for one in found if sheet and one.table.name == sheet]
    return named[0] if named else max(found, key=lambda one: tabular_guess.likeness(one.table.header))


def _raw(content: bytes) -> list[RawTable]:
    if spreadsheets.is_spreadsheet(content):
        return spreadsheets.read(content)
    if len(content) > tables.MAX_TABLE_BYTES:
        raise RefusedError(f"Het bestand is te groot: hooguit {tables.MAX_TABLE_BYTES // 2**20} MB.", code="too_large")
    return [tables.read_csv(content)]


def _headed(raw: RawTable, header_row: int | None) -> BankTable:
    if not header_row and (layout := bank_formats.without_heading(raw.rows)):
        return BankTable(_table(raw, None, _lettered(raw.rows)), layout)
    position = _position(raw) if header_row is None else _chosen(raw, header_row)
    if position is None:
        return BankTable(_table(raw, None, _lettered(raw.rows)), None)
    header, account = _heading(raw.rows, position)
    return BankTable(_table(raw, position, header), bank_formats.with_heading(header), account, raw.lines[position])


def _chosen(raw: RawTable, header_row: int) -> int | None:
    if header_row <= 0:
        return None
    if header_row not in raw.lines:
        raise RefusedError(
            f"Regel {header_row} is leeg; kies de regel met de kolomkoppen.", code="header_row", line=header_row
        )
    return raw.lines.index(header_row)


def _position(raw: RawTable) -> int | None:
    """The row with the most known headings; else the first when it holds only words."""
    likeness = [tabular_guess.likeness([text(cell) for cell in row]) for row in raw.rows[:_SEARCHED]]
    best = max(range(len(likeness)), key=lambda index: likeness[index])
    if likeness[best] >= _CERTAIN and _is_wordy(raw.rows[best]):
        return best
    return 0 if _is_wordy(raw.rows[0]) else None


def _is_wordy(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if has_value(cell)]
    words = [cell for cell in filled if isinstance(cell, str) and re.search(r"[^\W\d_]", cell)]
    return bool(filled) and len(words) * 4 >= len(filled) * 3 and not any(map(_is_value, filled))


def _is_value(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(re.search(r"\d", cell) and columns.looks_like_value(cell))


def _heading(rows: Sequence[Sequence[Cell]], position: int) -> tuple[tuple[str, ...], str]:
    """The heading, and the account that Belgian banks print in front of it as two cells the rows do not have."""
    names = [" ".join(text(cell).split()) for cell in rows[position]]
    cells = max((len(row) for row in rows[position + 1 :]), default=len(names))
    width = max((_width(row) for row in rows[position + 1 :]), default=len(names))
    if len(names) == cells + 2 and re.search(r"\d{3}", names[1]) and not re.search(r"\d", names[0]):
        return _filled(names[2:], cells), names[1]
    return _filled(names, max(width, _width(rows[position]))), ""


def _filled(names: Sequence[str], width: int) -> tuple[str, ...]:
    padded = [*names, *[""] * width][:width]
    return tuple(name or f"Kolom {spreadsheets.column_name(index)}" for index, name in enumerate(padded))


def _lettered(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    return _filled([], max(map(_width, rows), default=0))


def _width(row: Sequence[Cell]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if has_value(cell)), default=0)


def _table(raw: RawTable, position: int | None, header: tuple[str, ...]) -> Table:
    skipped = 0 if position is None else position + 1
    return Table(
        raw.name, header, skipped, raw.rows[skipped:], raw.lines[skipped:], raw.is_spreadsheet, raw.without_value,
        raw.encoding, raw.delimiter,
    )  # fmt: skip
