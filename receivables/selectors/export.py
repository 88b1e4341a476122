"""Lists as CSV for Dutch spreadsheets: semicolons, decimal comma, and no cell that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as Windows-1252
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The rows under their heading, as a file that opens with a double click."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([cell(value) for value in row] for row in rows)
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode()


def cell(value: object) -> str:
    """Amounts and dates as Dutch text; text from outside can never begin a formula (a name like `=cmd|...`)."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nee"
        case Decimal():
            return f"{value:.2f}".replace(".", ",")
        case date():
            return f"{value:%d-%m-%Y}"
        case int():
            return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text
