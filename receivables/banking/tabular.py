"""A bank CSV or spreadsheet as statements: the fallback for who has no CAMT.053 or MT940.

Layouts of banks we know are read without asking (`bank_formats`), all others as the user maps their columns. A table has
no balances unless it has a running one: then opening and closing follow from it, and every row is checked by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from receivables.banking import tabular_guess, tabular_rows, tabular_statements
from receivables.banking.bank_formats import Columns
from receivables.banking.parsed import ReadBankFile
from receivables.banking.tabular_rows import BankTable
from receivables.importing import tables
from receivables.importing.outcome import RefusedError

_ROWS_SHOWN = 8
DATE_ORDERS = ("dmy", "ymd", "mdy")


@dataclass(frozen=True, slots=True)
class TableLook:
    """What a screen needs to let a user map the columns; plain values only."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # the first ones, as text
    lines: tuple[int, ...]  # where these stand in the file
    mapping: dict[str, int]  # a proposal
    missing: tuple[str, ...]  # labels of what must still be chosen
    known: str = ""  # the bank, when its layout is read without asking
    account: str = ""
    header_row: int = 0  # 0: no heading
    decimal_sign: str | None = None  # None: the amounts leave it open
    date_order: str = "dmy"
    sheet: str = ""


def suggest(content: bytes, name: str) -> TableLook:  # noqa: ARG001 - the same call as read_table
    """Headings, first rows and a proposal; nothing of it is used before a user agrees."""
    found = tabular_rows.read(content)
    table, known = found.table, found.known
    mapping = dict(known.at) if known else tabular_guess.guess(table.header, table.rows)
    if known and known.texts:
        mapping["text"] = known.texts[0]
    shown = {field: index for field, index in mapping.items() if field in tabular_guess.BY_NAME}
    preview = list(tables.preview(table, _ROWS_SHOWN))
    return TableLook(
        headings=table.header,
        rows=tuple(tuple(cells) for _, cells in preview),
        lines=tuple(line for line, _ in preview),
        mapping=shown,
        missing=tabular_guess.missing(shown, account=found.account),
        known=known.name if known else "",
        account=found.account,
        header_row=found.header_row,
        decimal_sign=known.decimal_sign if known else tabular_guess.decimal_sign_of(shown, table.rows),
        date_order=known.date_order if known else tabular_guess.date_order_of(shown, table.rows),
        sheet=table.name,
    )


def read_table(content: bytes, *, name: str, options: Mapping[str, Any]) -> ReadBankFile:
    """The statements of a table, one per account and currency; `columns` is refused when nobody said what is what.

    Options: mapping {field: column}, header_row (line of the heading, 0: none), decimal_sign, date_order, account, currency,
    sheet, inverted (a card statement that counts payments as positive).
    """
    found = tabular_rows.read(content, sheet=options.get("sheet"), header_row=_number(options.get("header_row")))
    columns = _columns(found, options)
    kind = "spreadsheet" if found.table.is_spreadsheet else "csv"
    statements = tabular_statements.of_table(
        found.table,
        columns,
        currency=str(options.get("currency") or "").upper(),
        is_inverted=bool(options.get("inverted")),
    )
    return ReadBankFile(name=name, format=kind, statements=tuple(statements))


def _columns(found: BankTable, options: Mapping[str, Any]) -> Columns:
    mapping = options.get("mapping")
    if mapping:
        columns = _mapped(found, mapping, options)
    elif found.known:
        columns = found.known
    else:
        raise _unmapped(found)
    columns = replace(columns, account=str(options.get("account") or columns.account))
    lacking = tabular_guess.missing(columns.at, account=columns.account)
    if lacking:
        raise RefusedError(
            f"Kies nog: {', '.join(lacking)}. {_headings(found)}", code="columns", column="; ".join(found.table.header)
        )
    return columns


def _number(chosen: Any) -> int | None:
    """A choice of a form or of JSON; nothing chosen is None."""
    if chosen is None or chosen == "":
        return None
    if str(chosen).isdecimal() and len(str(chosen)) < 10:
        return int(chosen)
    raise RefusedError("Kies een kolom of regel uit de lijst.", code="columns")


def _unmapped(found: BankTable) -> RefusedError:
    return RefusedError(
        f"Deze indeling is niet bekend: kies zelf welke kolom wat is. {_headings(found)}",
        code="columns",
        column="; ".join(found.table.header),
    )


def _headings(found: BankTable) -> str:
    return f"Gevonden kolommen: {', '.join(found.table.header[:40])}."


def _mapped(found: BankTable, mapping: Mapping[str, Any], options: Mapping[str, Any]) -> Columns:
    """What the user chose; a column that does not exist, or a choice that is none, is refused."""
    width = len(found.table.header)
    chosen = {str(field): _number(index) for field, index in mapping.items()}
    at = {field: index for field, index in chosen.items() if index is not None}
    wrong = [field for field, index in at.items() if field not in tabular_guess.BY_NAME or not 0 <= index < width]
    if wrong:
        raise RefusedError(f"Deze kolom is er niet: {', '.join(wrong)}. {_headings(found)}", code="columns")
    order, sign = options.get("date_order") or "dmy", options.get("decimal_sign") or None
    if order not in DATE_ORDERS or sign not in (None, ",", "."):
        raise RefusedError(
            "Kies als datumvolgorde dmy, ymd of mdy en als decimaalteken een komma of punt.", code="columns"
        )
    texts = (at.pop("text"),) if "text" in at else ()
    return Columns(at=at, texts=texts, date_order=order, decimal_sign=sign, account=found.account)
