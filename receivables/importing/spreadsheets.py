"""XLSX, XLS and ODS through calamine, behind caps on the unpacked size; formulas without a result are found first."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import python_calamine
from lxml import etree

from receivables.importing.archive import check_caps
from receivables.importing.outcome import RefusedError
from receivables.importing.values import Cell, from_float, has_value

MAX_UNPACKED = 200 * 1024 * 1024
MAX_SHEETS = 50
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_EMPTY_FORMULA = re.compile(
    rb"<c\b[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"[^>]*>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)


_ERROR_CELL = re.compile(rb"<c\b[^>]*\bt=\"e\"[^>]*>")
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows with content and the line each stands on, before the heading is known."""

    name: str
    rows: list[list[Cell]]
    lines: list[int]
    is_spreadsheet: bool = True
    without_value: frozenset[tuple[int, int]] = field(default=frozenset())
    encoding: str = ""
    delimiter: str = ""


def is_spreadsheet(content: bytes) -> bool:
    return content.startswith((_ZIP, _OLE))


def column_name(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    name = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        name = chr(65 + remainder) + name
    return name


def column_index(name: str) -> int:
    index = 0
    for letter in name:
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_name(line: int, column: int) -> str:
    return f"{column_name(column)}{line}"


def read(content: bytes) -> list[RawTable]:
    """Every sheet, in the order of the workbook."""
    formulas = _formulas_without_value(content) if content.startswith(_ZIP) else {}
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names[:MAX_SHEETS]
        return [_sheet(workbook, name, formulas.get(position, frozenset())) for position, name in enumerate(names)]
    except RefusedError:
        raise
    except Exception:  # calamine raises many kinds; to a user they are all one thing
        raise RefusedError(
            "Dit is geen leesbaar Excel- of ZIP-bestand: het is beschadigd of niet volledig. Sla het opnieuw op.",
            code="not_xlsx",
        ) from None


def _sheet(workbook: python_calamine.CalamineWorkbook, name: str, formulas: frozenset[tuple[int, int]]) -> RawTable:
    rows: list[list[Cell]] = []
    lines: list[int] = []
    hidden = {line for line, _ in formulas}
    for line, row in enumerate(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1):
        cells = [_cell(value) for value in row]
        if any(map(has_value, cells)) or line in hidden:
            rows.append(cells)
            lines.append(line)
    return RawTable(name=name, rows=rows, lines=lines, without_value=formulas)


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        return from_float(value) if math.isfinite(value) else str(value)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    return None


def _formulas_without_value(content: bytes) -> dict[int, frozenset[tuple[int, int]]]:
    """A formula that was never calculated reads as nothing, and nothing must not become zero."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_caps(archive, max_unpacked=MAX_UNPACKED)
            return {
                position: frozenset(_empty_formulas(archive.read(path))) for position, path in _sheet_paths(archive)
            }
    except (
        zipfile.BadZipFile,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        etree.LxmlError,
        ValueError,
    ):
        raise RefusedError(
            "Dit is geen leesbaar Excel- of ZIP-bestand: het is beschadigd of niet volledig. Sla het opnieuw op.",
            code="not_xlsx",
        ) from None


def _empty_formulas(sheet: bytes) -> Iterator[tuple[int, int]]:
    if b't="e"' in sheet:  # #REF!, #DIV/0! and the like read as nothing too
        for found in _ERROR_CELL.finditer(sheet):
            if place := _PLACE.search(found[0]):
                yield int(place[2]), column_index(place[1].decode())
    if b"<f" in sheet:
        for found in _EMPTY_FORMULA.finditer(sheet):
            yield int(found[2]), column_index(found[1].decode())


def _sheet_paths(archive: zipfile.ZipFile) -> Iterator[tuple[int, str]]:
    """(position, part) of the sheets of an XLSX; an ODS or XLSB has none of these parts."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    workbook = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    for position, sheet in enumerate(workbook.iter("{*}sheet")):
        identity = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        target = targets.get(identity, "").lstrip("/")
        path = target if target.startswith("xl/") else f"xl/{target}"
        if path in names:
            yield position, path
