"""Every listed hostile file of our formats, through the real road: child process, store, database."""

from __future__ import annotations

import resource
import threading
import time
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from receivables.actions import uploads
from receivables.actions.importing import Document, ImportReport, import_invoices
from receivables.importing.results import Upload
from receivables.tasks import apply_import, read_import
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.factories import NOW
from tests.receivables.importing.naming import is_named
from tests.receivables.importing.samples import ubl
from tests.receivables.importing.shared import IMPORTED, Case, alike, cases, params
from tests.receivables.importing.test_screens import form_of

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


def seconds_used() -> float:
    """Of the processor, by this process and the readers it started: a busy machine is no fault of the importer."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


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
    started, before = seconds_used(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    document = run(inside, case).documents[0]
    check(case, document, inside)
    assert seconds_used() - started < case.facts.get("max_seconds", 10)
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert growth < case.facts.get("max_rss_growth_mb", 200)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", params(HEAVY))
def test_heavy_file_runs_in_the_background(
    case: Case,
    tenant: Tenant,
    stranger_tenant: Tenant,
    bookkeeper: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The request is answered at once, progress can be seen, another tenant imports meanwhile, and all rows are stored."""
    client.force_login(bookkeeper)
    for task in ("read_import", "apply_import"):
        monkeypatch.setattr(f"receivables.views.importing.{task}.delay", lambda **kwargs: None)
    cpu, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    url = client.post("/t/korrel/importeren/", {"upload": SimpleUploadedFile(case.name, case.content())}).headers[
        "Location"
    ]
    assert time.process_time() - cpu < 2
    batch_id = url.rstrip("/").rpartition("/")[2]
    read_import(tenant_id=tenant.pk, batch_id=batch_id)
    client.post(f"{url}verwerken/", form_of(client.get(url).content.decode()))
    seen: list[tuple[int, int]] = []
    meanwhile: list[int] = []

    def look(_: UUID, done: int, total: int) -> None:
        seen.append((done, total))
        if done > total * 3 // 4 and not meanwhile:
            other = threading.Thread(target=_import_elsewhere, args=(stranger_tenant, meanwhile))
            other.start()
            other.join(timeout=60)

    monkeypatch.setattr(uploads, "tell", look)
    started = seconds_used()
    apply_import(tenant_id=tenant.pk, batch_id=batch_id)
    assert seconds_used() - started < case.facts.get("max_seconds", 300)
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert growth < case.facts.get("max_rss_growth_mb", 400)
    assert meanwhile == [1]
    assert len(seen) > 10
    assert seen == sorted(seen)
    with tenant_context(tenant.pk):
        assert tenant.invoices.count() == case.facts["rows_imported"]
        check_facts(case.facts.get("facts", {}), Document(name=case.name), tenant)


def _import_elsewhere(tenant: Tenant, done: list[int]) -> None:
    try:
        with tenant_context(tenant.pk):
            report = import_invoices(tenant, [Upload("a.xml", ubl())], now=NOW, on=date(2026, 11, 23))
        done.append(report.counts.stored)
    finally:
        connection.close()


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
