"""Awkward strings (`$SHARED_DATA/hostile/payload_*.json`) as a customer's name: stored as text or refused with a message."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from receivables.actions.importing import import_invoices
from receivables.importing import columns, openitems, tables
from receivables.importing.results import Upload
from receivables.importing.ubl_tree import one_line
from tenants.models import Tenant
from tests.factories import NOW
from tests.receivables.importing.samples import HEADING
from tests.receivables.importing.shared import Case, cases, params

PAYLOADS = [case for case in cases("hostile") if case.name.startswith("payload_") and case.name.endswith(".json")]


def listed(names: list[Any]) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=";")
    writer.writerow(HEADING.split(";"))
    for number, name in enumerate(names):
        writer.writerow([f"N-{number}", f"D{number}", name, "01-10-2026", "", "10,00", "10,00"])
    return sink.getvalue().encode("utf-8", "replace")


def strings(case: Case) -> list[str]:
    found = [text for text in json.loads(case.content()) if isinstance(text, str)]
    return [text for text in found if "\x00" not in text]  # a NUL makes the whole file no text: tested apart


@pytest.mark.parametrize("case", params(PAYLOADS))
def test_each_string_comes_back_on_one_line_or_is_refused(case: Case) -> None:
    names = strings(case)
    table = tables.read(listed(names))
    reader = openitems.OpenItemReader(
        table, columns.guess(table.header, table.rows), choices=openitems.Choices(only_clean_rows=True)
    )
    items = {item.number: item.customer_name for item in reader.items()}
    assert len(items) + reader.wrong_rows == len(table.rows) == len(names)
    for number, name in enumerate(names):
        stored = items.get(f"N-{number}")
        assert stored in (None, one_line(name) or f"D{number}")
        if stored is None:
            line = table.lines[number]
            assert any(problem.line == line and problem.message for problem in reader.errors)


@pytest.mark.parametrize("case", params(PAYLOADS))
def test_the_database_takes_what_was_accepted(case: Case, inside: Tenant) -> None:
    content = listed(strings(case))
    report = import_invoices(
        inside, [Upload("namen.csv", content)], now=NOW, on=date(2026, 11, 23), options={"only_clean_rows": True}
    )
    assert report.counts.stored == inside.invoices.count() > 0
    assert (
        import_invoices(
            inside, [Upload("namen.csv", content)], now=NOW, on=date(2026, 11, 23), options={"only_clean_rows": True}
        ).counts.customers_made
        == 0
    )


def test_a_nul_is_no_text() -> None:
    with pytest.raises(Exception, match="geen CSV"):
        tables.read(listed(["a\x00b"]))
