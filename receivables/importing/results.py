"""The child's answers as typed values; what came over the pipe is rebuilt here, in the parent."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from receivables.importing import reading
from receivables.importing.outcome import Problem
from receivables.importing.parsed import ParsedInvoice, ParsedOpenItem
from receivables.importing.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class InvoiceRead:
    """One UBL document; `source` are its own bytes, also when it came out of a ZIP."""

    name: str
    invoice: ParsedInvoice
    source: bytes


@dataclass(frozen=True, slots=True)
class FileRefused:
    name: str
    problem: Problem
    errors: tuple[Problem, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableRead:
    """A list that is good (or of which wrong rows are left out): its items follow."""

    columns: Mapping[str, str]
    item_count: int
    rows_read: int
    wrong_rows: int
    has_total: bool
    errors: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ItemsRead:
    items: list[ParsedOpenItem]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the wizard shows before anything is stored."""

    values: Mapping[str, Any]


Result = Progress | InvoiceRead | FileRefused | TableRead | ItemsRead | Preview


def read_upload(
    sandbox: Sandbox, upload: Upload, *, want: str = "read", options: dict[str, Any] | None = None
) -> Iterator[Result]:
    """Everything in one upload, read by the child."""
    for answer in sandbox.ask(upload.content, name=upload.name, want=want, options=options):
        if result := _result(answer, upload):
            yield result


def _result(answer: dict[str, Any], upload: Upload) -> Result | None:
    if "refused" in answer:
        return FileRefused(
            name=answer.get("name") or upload.name,
            problem=Problem.from_json(answer["refused"]),
            errors=_problems(answer),
            table=answer.get("table", {}),
        )
    if "invoice" in answer:
        source = base64.b64decode(answer["source"]) if "source" in answer else upload.content
        return InvoiceRead(name=answer["name"], invoice=ParsedInvoice.from_json(answer["invoice"]), source=source)
    if "items" in answer:
        return ItemsRead(reading.items_of(answer["items"]))
    if "table" in answer:
        table = answer["table"]
        return TableRead(
            table["columns"],
            table["items"],
            table["rows_read"],
            table["wrong_rows"],
            table["has_total"],
            _problems(answer),
        )
    if "preview" in answer:
        return Preview(answer["preview"])
    if "progress" in answer:
        return Progress(answer["progress"], answer["total"])
    return None


def _problems(answer: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem.from_json(values) for values in answer.get("errors", ()))
