"""From the bytes of one upload to what is in it: UBL, a ZIP of UBL, or a table. Runs inside the child process."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from pathlib import PurePosixPath
from typing import Any

from receivables.importing import archive, columns, openitems, spreadsheets, tables, ubl
from receivables.importing.outcome import RefusedError, too_heavy
from receivables.importing.parsed import Attachment, ParsedInvoice, ParsedOpenItem

ITEM_FIELDS = tuple(item.name for item in fields(ParsedOpenItem))
_CHUNK = 2_000
_PREVIEW_ROWS = 25
_GZIP = b"\x1f\x8b"
_DATES, _AMOUNTS = ("issued_on", "due_on"), ("total", "open")
_ALL_FIELDS = attrgetter(*ITEM_FIELDS)
_TEXT_PLACES = tuple(ITEM_FIELDS.index(name) for name in (*_DATES, *_AMOUNTS))  # dates and amounts travel as text


def kind_of(content: bytes) -> str:
    """ubl, zip or table, by what the bytes are and not by the name."""
    if spreadsheets.is_spreadsheet(content):
        return "zip" if archive.is_zip(content) else "table"
    start = content[:2]
    if start in (b"\xff\xfe", b"\xfe\xff"):
        start_text = content[2:64].decode("utf-16-le" if start == b"\xff\xfe" else "utf-16-be", "ignore")
        return "ubl" if start_text.lstrip().startswith("<") else "table"
    return "ubl" if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "table"


def answers(content: bytes, *, name: str, want: str, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything there is to say about one upload, as JSON objects; the last one has `done`."""
    try:
        content = archive.gunzip(content) if content.startswith(_GZIP) else content
        if not content.strip():
            raise RefusedError("Het bestand is leeg (0 bytes).", code="empty")
        kind = kind_of(content)
        if kind == "zip":
            yield from _from_zip(content)
        elif kind == "ubl":
            yield _from_ubl(content, name)
        elif want == "preview":
            yield from _preview(tables.read(content, sheet=options.get("sheet")), options)
        else:
            yield from _from_table(content, options)
    except RefusedError as refusal:
        yield {**_refusal(refusal, name), "done": True}
    except RecursionError:
        yield {
            "refused": {"code": "too_deep", "message": "Het bestand is te ingewikkeld genest."},
            "name": name,
            "done": True,
        }
    except MemoryError:
        yield {"refused": too_heavy(), "name": name, "done": True}


def _refusal(refusal: RefusedError, name: str) -> dict[str, Any]:
    return {
        "refused": refusal.problem.as_json(),
        "errors": [problem.as_json() for problem in refusal.problems],
        "name": name,
    }


# --- UBL ---------------------------------------------------------------------------------------------------------------
def _from_ubl(content: bytes, name: str) -> dict[str, Any]:
    return {"invoice": ubl.read(content).as_json(), "name": name, "done": True}


def _from_zip(content: bytes) -> Iterator[dict[str, Any]]:
    """Each XML in the ZIP by itself: one bad invoice does not hold up the others. A PDF beside it comes along."""
    found = list(archive.members(content))
    pdfs = {PurePosixPath(name).stem: data for name, data in found if name.lower().endswith(".pdf")}
    invoices = [(name, data) for name, data in found if name.lower().endswith(".xml")]
    if not invoices:
        raise RefusedError("Het ZIP-bestand bevat geen e-facturen (.xml).", code="no_invoices")
    for count, (name, data) in enumerate(invoices, start=1):
        yield {"progress": count, "total": len(invoices)}
        try:
            invoice = _with_pdf(ubl.read(data), pdfs.get(PurePosixPath(name).stem))
            yield {"invoice": invoice.as_json(), "name": name, "source": base64.b64encode(data).decode()}
        except RefusedError as refusal:
            yield _refusal(refusal, name)
    yield {"done": True}


def _with_pdf(invoice: ParsedInvoice, pdf: bytes | None) -> ParsedInvoice:
    if pdf is None or not pdf.startswith(b"%PDF") or any("pdf" in item.media_type for item in invoice.attachments):
        return invoice
    extra = Attachment(name="factuur.pdf", media_type="application/pdf", base64=base64.b64encode(pdf).decode())
    return replace(invoice, attachments=(*invoice.attachments, extra))


# --- tables ------------------------------------------------------------------------------------------------------------
def _mapping(table: tables.Table, options: Mapping[str, Any]) -> dict[str, int]:
    """The columns the user chose (name of field -> column), or our guess."""
    chosen = options.get("mapping")
    if chosen is None:
        return columns.guess(table.header, table.rows)
    return {
        name: int(index)
        for name, index in chosen.items()
        if name in columns.BY_NAME and 0 <= int(index) < len(table.header)
    }


def _choices(options: Mapping[str, Any]) -> openitems.Choices:
    sign = options.get("decimal_sign")
    return openitems.Choices(
        decimal_sign=sign if sign in (",", ".") else None,
        month_first=bool(options.get("month_first")),
        only_clean_rows=bool(options.get("only_clean_rows")),
    )


def _preview(table: tables.Table, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Heading, first rows, guessed columns and the errors of the whole list, for the wizard."""
    mapping = _mapping(table, options)
    reader = openitems.OpenItemReader(table, mapping, choices=_choices(options))
    count, total = 0, Decimal(0)
    for item in reader.items():
        count += 1
        total += item.open
        if count % _CHUNK == 0:
            yield {"progress": count, "total": len(table.rows)}
    yield {
        "preview": {
            "sheet": table.name, "sheets": list(table.sheets), "header": list(table.header),
            "signature": columns.signature(table.header), "rows": list(tables.preview(table, _PREVIEW_ROWS)),
            "row_count": len(table.rows), "mapping": mapping, "guess": columns.guess(table.header, table.rows),
            "encoding": table.encoding, "delimiter": table.delimiter,
            "errors": [problem.as_json() for problem in reader.errors], "wrong_rows": reader.wrong_rows,
            "good_rows": count, "open_total": str(total),
        },
        "done": True,
    }  # fmt: skip


def _from_table(content: bytes, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Items in chunks, given out only when the whole list is good (or the wrong rows were left out on purpose)."""
    table = tables.read(content, sheet=options.get("sheet"))
    reader = openitems.OpenItemReader(table, _mapping(table, options), choices=_choices(options))
    chunks: list[str] = []
    rows: list[list[Any]] = []
    count = 0
    for item in reader.items():
        rows.append(_as_row(item))
        count += 1
        if len(rows) == _CHUNK:
            chunks.append(json.dumps(rows))
            rows = []
            yield {"progress": count, "total": len(table.rows)}
    chunks.append(json.dumps(rows))
    found = {
        "has_total": reader.has_total,
        "columns": reader.columns,
        "rows_read": len(table.rows),
        "wrong_rows": reader.wrong_rows,
        "header": list(table.header),
    }
    errors = [problem.as_json() for problem in reader.errors]
    if reader.is_refused:
        yield {"table": found, "refused": _first_of(errors), "errors": errors, "done": True}
        return
    yield {"table": {**found, "items": count}, "errors": errors}
    for chunk in chunks:
        yield {"items": chunk}
    yield {"done": True}


def _first_of(errors: list[dict[str, Any]]) -> dict[str, Any]:
    more = len(errors) - 1
    first = dict(errors[0])
    if more:
        first["message"] += f" En nog {more} {'fout' if more == 1 else 'fouten'}."
    return first


def _as_row(item: ParsedOpenItem) -> list[Any]:
    row = list(_ALL_FIELDS(item))
    for place in _TEXT_PLACES:
        if row[place] is not None:
            row[place] = str(row[place])
    return row


def items_of(chunk: str) -> list[ParsedOpenItem]:
    """The inverse, in the parent."""
    return [_item(row) for row in json.loads(chunk)]


def _item(row: list[Any]) -> ParsedOpenItem:
    given = dict(zip(ITEM_FIELDS, row, strict=True))
    for name in _DATES:
        given[name] = date.fromisoformat(given[name]) if given[name] else None
    for name in _AMOUNTS:
        given[name] = Decimal(given[name])
    return ParsedOpenItem(**given)
