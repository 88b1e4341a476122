"""Mutated files (reliability.md R7): no crash, no half-applied import, every answer a sentence. The seed is in the name.

`FUZZ_FILES` and `FUZZ_SEED` make it longer or other; `make fault` runs 10,000.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F, Sum

from receivables.actions.importing import import_invoices
from receivables.importing.results import (
    FileRefused,
    InvoiceRead,
    Preview,
    Progress,
    Result,
    TableRead,
    Upload,
    read_upload,
)
from receivables.importing.sandbox import Limits, Sandbox
from receivables.models import LedgerEntry
from tenants.models import Tenant
from tests.factories import NOW
from tests.receivables.importing.samples import many_open_items, open_items, ubl, zipped
from tests.receivables.importing.shared import cases
from tests.receivables.importing.test_sandbox import workbook

SEED = int(os.environ.get("FUZZ_SEED", "20261123"))
FILES = int(os.environ.get("FUZZ_FILES", "2000"))
STORED = FILES // 50
LIMITS = Limits(memory_mb=512, cpu_seconds=10, wall_seconds=20.0)
MAX_SEED_BYTES = 60_000
TOKENS = (
    b"<",
    b">",
    b"&",
    b"\x00",
    b"\xff\xfe",
    b'"',
    b";",
    b"\n",
    b"<!DOCTYPE a>",
    b"&#0;",
    b"]]>",
    b"9" * 50,
    b"-",
    b"1e9",
    b"\xf0\x9f\x92\xb6",
    b"PK\x03\x04",
    b"=1+1",
)


def seeds() -> list[tuple[str, bytes]]:
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Factuurnummer</t></is></c><c r="B1"><v>1.5</v></c></row></sheetData></worksheet>'
    own = [
        ("a.xml", ubl()),
        (
            "b.csv",
            open_items(
                "F-1;D1;Jansen;2026-10-01;2026-10-31;1.234,50;10,00", 'F-2;D2;"De\nVries";02-10-2026;;-5,00;-5,00'
            ),
        ),
        ("c.csv", many_open_items(40)),
        ("d.zip", zipped(a=ubl(), b=ubl(number="F-2"))),
        ("e.xlsx", workbook(sheet)),
    ]
    shared = [
        (case.name, case.content())
        for kind in ("ubl", "csv_xlsx")
        for case in cases(kind)
        if case.expected.get("bytes", 0) < MAX_SEED_BYTES
    ]
    return own + shared[::6]


def mutated(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    rng = random.Random(seed)  # noqa: S311 # repeatable, not secret
    found = seeds()
    for number in range(count):
        name, content = rng.choice(found)
        data = bytearray(content)
        for _ in range(rng.randint(1, 6)):
            _mutate(data, rng)
        yield f"{seed}-{number}-{name}", bytes(data)


def _mutate(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    match rng.randrange(6):
        case 0 if data:
            data[at % len(data)] = rng.randrange(256)
        case 1:
            del data[at : at + rng.randrange(1, 200)]
        case 2:
            data[at:at] = rng.choice(TOKENS)
        case 3:
            piece = data[at : at + rng.randrange(1, 400)]
            data[at:at] = piece * rng.randint(1, 4)
        case 4:
            del data[at:]
        case _:
            other = rng.randrange(len(data) + 1)
            data[at:at] = data[other : other + 50]


def check_answer(name: str, results: list[Result]) -> None:
    assert results, name
    last = [result for result in results if not isinstance(result, Progress | Preview)]
    assert last, name
    for result in last:
        if isinstance(result, FileRefused):
            assert result.problem.message.strip(), name
            assert result.problem.code != "limits", name
        elif isinstance(result, InvoiceRead):
            assert result.invoice.number, name
        elif isinstance(result, TableRead):
            assert result.item_count <= result.rows_read, name


def test_mutated_files_never_break_the_reader() -> None:
    with Sandbox(LIMITS) as sandbox:
        for name, content in mutated(FILES, SEED):
            check_answer(name, list(read_upload(sandbox, Upload(name, content))))


def test_mutated_files_are_stored_whole_or_not_at_all(inside: Tenant) -> None:
    for name, content in mutated(STORED, SEED + 1):
        before = inside.invoices.count(), inside.files.count()
        with transaction.atomic():
            report = import_invoices(inside, [Upload(name, content)], now=NOW, on=date(2026, 11, 23), limits=LIMITS)
        if report.is_refused:
            assert (inside.invoices.count(), inside.files.count()) == before, name
        assert inside.invoices.count() == before[0] + report.counts.stored, name
    sums = LedgerEntry.across_tenants.values("invoice").annotate(total=Sum("amount"))
    booked = {row["invoice"]: row["total"] for row in sums}
    assert all(booked.get(invoice.pk, Decimal(0)) == invoice.open_amount for invoice in inside.invoices.all())
    assert not inside.invoices.exclude(customer__tenant=F("tenant")).exists()


@pytest.mark.fault
@pytest.mark.slow
def test_ten_thousand_mutated_files() -> None:
    with Sandbox(LIMITS) as sandbox:
        for name, content in mutated(10_000, SEED + 2):
            check_answer(name, list(read_upload(sandbox, Upload(name, content))))
