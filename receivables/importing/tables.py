"""CSV and spreadsheets as plain rows: encoding, delimiter, header row and sheets, whatever program made them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from receivables.importing import columns, spreadsheets
from receivables.importing.outcome import RefusedError
from receivables.importing.values import Cell, has_value, text

MAX_TABLE_BYTES = 80 * 1024 * 1024
MAX_ROWS = 250_000
MAX_CELL = 20_000
_DELIMITERS = ";,\t|"
_SAMPLE_LINES = 60
_HEADER_SEARCH = 30
_LOOKED_AT = 65_536
_RUBBISH = 50  # one control character in fifty is no text; a single one is an error of its row
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `lines[i]` is the line (or spreadsheet row) on which `rows[i]` stands."""

    name: str
    header: tuple[str, ...]
    header_lines: int
    rows: list[list[Cell]]
    lines: list[int]
    is_spreadsheet: bool = False
    without_value: frozenset[tuple[int, int]] = frozenset()  # (line, column) of formulas without a stored result
    encoding: str = ""
    delimiter: str = ""
    sheets: tuple[str, ...] = field(default=())

    @property
    def line_count(self) -> int:
        """Lines with content, the heading and anything above it included."""
        return len(self.rows) + self.header_lines

    def place(self, line: int, column: int) -> str:
        """How a user finds the cell."""
        if self.is_spreadsheet:
            return f"cel {spreadsheets.cell_name(line, column)}"
        return f"regel {line}"


def read(content: bytes, *, sheet: str | None = None) -> Table:
    """Read the sheet asked for, or the one that looks most like a list of open items."""
    if not content.strip():
        raise RefusedError("Het bestand is leeg.", code="empty")
    if spreadsheets.is_spreadsheet(content):
        return _chosen([_headed(found) for found in spreadsheets.read(content)], sheet)
    if len(content) > MAX_TABLE_BYTES:
        raise RefusedError(f"Het bestand is te groot: hooguit {MAX_TABLE_BYTES // 2**20} MB.", code="too_large")
    return _headed(read_csv(content))


def read_all(content: bytes) -> list[Table]:
    """Every sheet that has rows (a CSV is one sheet)."""
    if spreadsheets.is_spreadsheet(content):
        return [_headed(found) for found in spreadsheets.read(content)]
    return [read(content)]


def _chosen(tables: list[Table], sheet: str | None) -> Table:
    filled = [table for table in tables if table.line_count]
    if not filled:
        raise RefusedError("Het werkboek bevat geen rijen.", code="empty")
    names = tuple(table.name for table in filled)
    for table in filled:
        if table.name == sheet:
            return _with_sheets(table, names)
    return _with_sheets(max(filled, key=lambda table: columns.likeness(table.header)), names)


def _with_sheets(table: Table, names: tuple[str, ...]) -> Table:
    return Table(
        table.name, table.header, table.header_lines, table.rows, table.lines, table.is_spreadsheet, table.without_value,
        table.encoding, table.delimiter, names,
    )  # fmt: skip


# --- CSV ---------------------------------------------------------------------------------------------------------------
def read_csv(content: bytes) -> spreadsheets.RawTable:
    decoded, encoding = _decoded(content)
    if "\n" not in decoded:
        decoded = decoded.replace("\r", "\n")  # line ends of an old Mac
    declared, delimiter = _declared_delimiter(decoded)
    delimiter = delimiter or _delimiter(decoded)
    csv.field_size_limit(MAX_CELL)
    rows: list[list[Cell]] = []
    lines: list[int] = []
    reader = csv.reader(_physical_lines(decoded), delimiter=delimiter)
    start = 1
    if declared:
        next(reader)
        start = 2
    try:
        for row in reader:
            if any(map(str.strip, row)):
                rows.append(list(row))
                lines.append(start)
                if len(rows) > MAX_ROWS:
                    raise _too_many_rows()
            start = reader.line_num + 1
    except csv.Error as error:
        raise _csv_refusal(error, decoded, delimiter, start) from None
    return spreadsheets.RawTable(
        name="", rows=rows, lines=lines, is_spreadsheet=False, encoding=encoding, delimiter=delimiter
    )


def _too_many_rows() -> RefusedError:
    return RefusedError(
        f"Het bestand heeft meer dan {MAX_ROWS:,} regels. Splits het en laad de delen apart.".replace(",", "."),
        code="too_many_rows",
    )


def _decoded(content: bytes) -> tuple[str, str]:
    """UTF-8 or UTF-16 by their mark, else UTF-8 when it is, else Windows-1252; rubbish is none of these."""
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16"), "utf-16"
        if b"\x00" in content or len(_CONTROL.findall(content[:_LOOKED_AT])) * _RUBBISH > len(content[:_LOOKED_AT]):
            raise _not_a_csv()
        try:
            return content.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError:
            return content.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError:
        raise _not_a_csv() from None


def _not_a_csv() -> RefusedError:
    return RefusedError("Dit is geen CSV-bestand: het bevat geen leesbare tekst.", code="not_a_csv")


def _physical_lines(decoded: str) -> Iterator[str]:
    """Line by line without a second copy of the text (StringIO would take four bytes per character)."""
    position = 0
    while position < len(decoded):
        end = decoded.find("\n", position) + 1 or len(decoded)
        yield decoded[position:end]
        position = end


def _declared_delimiter(decoded: str) -> tuple[bool, str | None]:
    """Excel's own first line `sep=;`."""
    found = re.match(r"sep=(.)\r?\n", decoded)
    return (True, found.group(1)) if found else (False, None)


def _delimiter(decoded: str) -> str:
    """The sign that splits most lines into the same number of columns."""
    sample = "".join(
        line for line in decoded[:200_000].splitlines(keepends=True)[:_SAMPLE_LINES] if len(line) < MAX_CELL
    )
    best, best_score = ";", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            widths = Counter(
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row
            )
        except csv.Error:
            continue
        wide = [(count, width) for width, count in widths.items() if width > 1]
        score = max(wide, default=(0, 0))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _csv_refusal(error: csv.Error, decoded: str, delimiter: str, line: int) -> RefusedError:
    if "field larger" not in str(error):
        return RefusedError(f"Regel {line}: deze regel is niet als CSV te lezen.", code="not_a_csv", line=line)
    header = next(csv.reader(io.StringIO(decoded[:MAX_CELL], newline=""), delimiter=delimiter), [])
    lines = decoded.split("\n", line + 1)
    fields = lines[line - 1].split(delimiter) if len(lines) >= line else []
    longest = max(range(len(fields)), key=lambda index: len(fields[index]), default=0)
    column = header[longest].strip() if longest < len(header) else f"kolom {longest + 1}"
    return RefusedError(
        f"Regel {line}, kolom {column}: dit veld is langer dan {MAX_CELL} tekens.",
        code="too_long",
        line=line,
        column=column,
    )


# --- heading -----------------------------------------------------------------------------------------------------------
def _headed(raw: spreadsheets.RawTable) -> Table:
    """Find the heading; a table without one gets columns named by letter."""
    width = 0
    for row in raw.rows:
        if len(row) > width:  # most rows are no wider than the ones before
            width = max(width, _filled_width(row))
    position = _header_position(raw.rows)
    if position is None:
        header, skipped = tuple(f"Kolom {spreadsheets.column_name(index)}" for index in range(width)), 0
    else:
        names = [" ".join(text(cell).split()) for cell in raw.rows[position]]
        header = tuple(
            (names[index] if index < len(names) else "") or f"Kolom {spreadsheets.column_name(index)}"
            for index in range(width)
        )
        skipped = position + 1
    return Table(
        raw.name, header, skipped, raw.rows[skipped:], raw.lines[skipped:], raw.is_spreadsheet, raw.without_value,
        raw.encoding, raw.delimiter,
    )  # fmt: skip


def _filled_width(row: list[Cell]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if has_value(cell)), default=0)


def _header_position(rows: list[list[Cell]]) -> int | None:
    """The row with the most known headings; else the first row if it holds only words."""
    best, best_score = None, 1
    for position, row in enumerate(rows[:_HEADER_SEARCH]):
        score = columns.likeness(tuple(text(cell) for cell in row))
        if score > best_score and _is_wordy(row):
            best, best_score = position, score
    if best is not None:
        return best
    return next((position for position, row in enumerate(rows[:1]) if _is_wordy(row)), None)


def _is_wordy(row: list[Cell]) -> bool:
    filled = [cell for cell in row if has_value(cell)]
    words = [
        cell
        for cell in filled
        if isinstance(cell, str) and re.search(r"[^\W\d_]", cell) and not columns.looks_like_value(cell)
    ]
    return len(words) >= max(1, len(filled) - len(filled) // 4)


def preview(table: Table, count: int) -> Iterator[tuple[int, list[str]]]:
    """The first rows as text, for the screen."""
    for line, row in zip(table.lines[:count], table.rows[:count], strict=True):
        yield line, [text(cell)[:120] for cell in row]
