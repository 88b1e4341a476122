"""Every listed hostile file of our formats, through the real road: child process, store, database."""

from __future__ import annotations

import resource
import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from receivables.actions.importing import Document, ImportReport, import_invoices
from receivables.importing.results import Upload
from tenants.models import Tenant
from tests.factories import NOW
from tests.receivables.importing.naming import is_named
from tests.receivables.importing.shared import IMPORTED, Case, alike, cases, params

OURS = {"csv", "xlsx", "ubl", "zip"}
HOSTILE = [case for case in cases("hostile") if case.facts.get("kind") in OURS]
LIGHT = [case for case in HOSTILE if case.facts.get("rows_imported", 0) <= 10_000]
HEAVY = [case for case in HOSTILE if case not in LIGHT]
# facts.facts of the list -> where our report keeps the same thing
SAME = {
    "invoice_number": "invoice_number", "payable": "payable_amount", "first_name": "first_name", "issue_date": "issue_date",
    "due_date": "due_date", "open": "open", "open_total": "open_total", "customers": "customers",
}  # fmt: skip


def run(tenant: Tenant, case: Case) -> ImportReport:
    return import_invoices(tenant, [Upload(case.name, case.content())], now=NOW, on=date(2026, 11, 23))


def stored(tenant: Tenant) -> tuple[int, int, int, int]:
    return (
        tenant.invoices.count(), tenant.customers.count(), tenant.ledger.count(), tenant.files.count() + tenant.books_updates.count(),
    )  # fmt: skip


def messages(document: Document) -> str:
    parts = [document, *document.documents]
    return " ".join(
        [problem["message"] for part in parts for problem in (*part.errors, *part.warnings)]
        + [note for part in parts for note in part.notes]
    )


@pytest.mark.parametrize("case", params(LIGHT))
def test_hostile_file_does_as_listed(case: Case, inside: Tenant) -> None:
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    document = run(inside, case).documents[0]
    check(case, document, inside)
    assert time.monotonic() - started < case.facts.get("max_seconds", 10)
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert growth < case.facts.get("max_rss_growth_mb", 200)


@pytest.mark.slow
@pytest.mark.parametrize("case", params(HEAVY))
def test_heavy_file_does_as_listed(case: Case, inside: Tenant) -> None:
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    document = run(inside, case).documents[0]
    check(case, document, inside)
    assert time.monotonic() - started < case.facts.get("max_seconds", 300)
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert growth < case.facts.get("max_rss_growth_mb", 400)


def check(case: Case, document: Document, tenant: Tenant) -> None:
    if case.outcome == "refuse" or (case.outcome == "import_or_refuse" and document.outcome == "refuse"):
        assert document.outcome == "refuse"
        assert stored(tenant) == (0, 0, 0, 0)
        assert is_named(case.names, messages(document)), messages(document)
        assert "Traceback" not in messages(document)
        return
    assert document.outcome in IMPORTED, messages(document)
    rows = case.facts.get("rows_imported")
    if rows is not None:
        assert tenant.invoices.count() == rows
    if case.outcome == "import_sanitised" and case.names:
        assert is_named(case.names, messages(document)), messages(document)
    check_facts(case.facts.get("facts", {}), document, tenant)


def check_facts(expected: dict[str, Any], document: Document, tenant: Tenant) -> None:
    for name, value in expected.items():
        if name == "customer":
            assert tenant.customers.filter(name=value).count() == 1
        elif name == "open_total":
            assert sum(tenant.invoices.values_list("open_amount", flat=True), Decimal(0)) == Decimal(value)
        elif name == "customers":
            assert tenant.customers.count() == value
        elif name == "first_name":
            assert tenant.customers.filter(name=value).exists()
        else:
            assert alike(document.facts[SAME[name]]) == alike(value)
