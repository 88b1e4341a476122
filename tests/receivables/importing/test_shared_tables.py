"""Every listed table: all rows come through whatever wrote them, and its columns can be mapped."""

from __future__ import annotations

import re
from typing import Any

import pytest

from receivables.importing import columns, openitems, tables, values
from tests.receivables.importing.shared import Case, cases, params

TABLES = [case for case in cases("csv_xlsx") if case.outcome == "import_with_mapping"]


def sheets_of(case: Case) -> list[dict[str, Any]]:
    return case.facts.get("sheets") or [case.facts]


@pytest.mark.parametrize("case", params(TABLES))
def test_every_row_is_read(case: Case) -> None:
    read = tables.read_all(case.content())
    expected = [sheet["non_empty_rows"] for sheet in sheets_of(case)]
    assert [table.line_count for table in read] == expected
    assert [len(table.rows) for table in read] == [
        count - table.header_lines for count, table in zip(expected, read, strict=True)
    ]


@pytest.mark.parametrize("case", params(TABLES))
def test_first_rows_have_the_listed_cells(case: Case) -> None:
    for table, sheet in zip(tables.read_all(case.content()), sheets_of(case), strict=True):
        head = [[*table.header]] if table.header_lines else []
        read = [*head, *([values.text(cell) for cell in row] for row in table.rows)]
        for ours, theirs in zip(read, sheet["first_rows"], strict=False):
            shown = [plain(cell) for cell in ours]
            assert all(plain(cell) in shown for cell in theirs if plain(cell))


def plain(cell: object) -> str:
    """Listed cells are texts of what another library read: a date has a time, a number may have decimals."""
    text = " ".join(str(cell or "").split())
    return re.sub(r"^(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d$", r"\1", text).removesuffix(".0")


@pytest.mark.parametrize("case", params([case for case in TABLES if case.facts.get("delimiter")]))
def test_delimiter_is_found(case: Case) -> None:
    assert tables.read(case.content()).delimiter == case.facts["delimiter"]


@pytest.mark.parametrize("case", params(TABLES))
def test_any_column_can_be_mapped_and_every_row_is_answered_for(case: Case) -> None:
    """Items and wrong rows together are all rows: nothing disappears in silence."""
    for table in tables.read_all(case.content()):
        if len(table.header) < 4 or not table.rows:
            continue
        mapping = columns.guess(table.header, table.rows)
        free = iter(index for index in range(len(table.header)) if index not in mapping.values())
        for name in ("number", "issued_on", "customer_name"):
            if name not in mapping:
                mapping[name] = next(free, 0)
        if not {"open", "total"} & set(mapping):
            mapping["open"] = next(free, 0)
        reader = openitems.OpenItemReader(
            table, mapping, choices=openitems.Choices(only_clean_rows=True, month_first=True)
        )
        items = list(reader.items())
        assert len(items) + reader.wrong_rows + reader.has_total == len(table.rows)
