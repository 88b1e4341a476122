"""Importing uploads: each file is read in the child, stored in one transaction, and told about in one report.

A refused file leaves nothing behind. A ZIP is as many documents: a bad one does not hold up the others. A list is all
or nothing, unless the user chose to leave wrong rows out.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from receivables import files
from receivables.actions.storing import Counts, InvoiceStore
from receivables.actions.unlisted import IncompleteListError, settle_unlisted
from receivables.importing.incoming import from_invoice, from_open_item
from receivables.importing.outcome import Problem
from receivables.importing.parsed import ParsedInvoice, ParsedOpenItem
from receivables.importing.results import FileRefused, InvoiceRead, ItemsRead, Progress, TableRead, Upload, read_upload
from receivables.importing.sandbox import LIST_LIMITS, Limits, Sandbox
from receivables.models import BooksUpdate, StoredFile
from tenants import audit
from tenants.models import Tenant, User

Tick = Callable[[int, int], None]
WARNINGS_SHOWN = 50


class ImportInterruptedError(Exception):
    """Reading stopped after storing had begun: the transaction must be rolled back, nothing may stay half applied."""

    def __init__(self, name: str, problem: Problem) -> None:
        super().__init__(problem.message)
        self.name = name
        self.problem = problem

    def as_report(self) -> ImportReport:
        """The refusal to show once everything is rolled back."""
        refused = Document(name=self.name, outcome="refuse", result="refused", errors=[self.problem.as_json()])
        return ImportReport(documents=[refused])


@dataclass(slots=True)
class Document:
    """What became of one file, or of one document in a ZIP."""

    name: str
    outcome: str = "import"  # import, import_with_warning, refuse
    result: str = "stored"  # stored, unchanged, revision, duplicate, refused
    kind: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"name": self.name, "outcome": self.outcome, "result": self.result, "kind": self.kind}
        for key in ("counts", "warnings", "errors", "notes", "facts"):
            if value := getattr(self, key):
                shown[key] = value
        if self.documents:
            shown["documents"] = [document.as_json() for document in self.documents]
        return shown


@dataclass(slots=True)
class ImportReport:
    """The whole import, for screen, shell and audit trail."""

    documents: list[Document] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    @property
    def is_refused(self) -> bool:
        return bool(self.documents) and all(document.outcome == "refuse" for document in self.documents)

    def as_json(self) -> dict[str, Any]:
        return {
            "counts": self.counts.as_json(),
            "open_total": str(self.counts.open_total),
            "files": [document.as_json() for document in self.documents],
        }


def import_invoices(
    tenant: Tenant,
    uploads: Iterable[Upload],
    *,
    now: datetime,
    on: date,
    by: User | None = None,
    options: Mapping[str, Any] | None = None,
    limits: Limits = LIST_LIMITS,
    tick: Tick | None = None,
) -> ImportReport:
    """Read and store every upload in the caller's transaction; the same file twice changes nothing.

    Raises `ImportInterruptedError` when the caller must roll back.
    """
    store = InvoiceStore(tenant, now=now)
    report = ImportReport(counts=store.counts)
    with Sandbox(limits) as sandbox:
        for upload in uploads:
            one = _Import(tenant, store, now=now, on=on, by=by, options=dict(options or {}), tick=tick)
            report.documents.append(one.run(sandbox, upload))
    if not report.is_refused:
        audit.record(tenant, "import.applied", now=now, by=by, details=_details(report))
    return report


def _details(report: ImportReport) -> dict[str, Any]:
    return {
        "files": [{"name": document.name[:120], "outcome": document.outcome} for document in report.documents[:50]],
        **report.counts.as_json(),
        "open_total": str(report.counts.open_total),
    }


class _Import:
    """One upload on its way into the store."""

    def __init__(
        self,
        tenant: Tenant,
        store: InvoiceStore,
        *,
        now: datetime,
        on: date,
        by: User | None,
        options: dict[str, Any],
        tick: Tick | None,
    ) -> None:
        self._tenant, self._store, self._now, self._on, self._by = tenant, store, now, on, by
        self._options, self._tick = options, tick
        self._document = Document(name="")
        self._read: list[Document] = []
        self._file: StoredFile | None = None
        self._before: dict[str, Any] = {}
        self._customers: set[Any] = set()
        self._listed: dict[str, Decimal] = {}

    def run(self, sandbox: Sandbox, upload: Upload) -> Document:
        self._document = Document(name=upload.name)
        self._before = self._store.counts.as_json()
        total_before = self._store.counts.open_total
        self._store.touched.clear()
        for result in read_upload(sandbox, upload, options=self._options):
            if isinstance(result, InvoiceRead):
                self._invoice(result)
            elif isinstance(result, FileRefused):
                self._refused(result)
            elif isinstance(result, TableRead):
                self._table(result, upload)
            elif isinstance(result, ItemsRead):
                self._items(result.items)
            elif isinstance(result, Progress) and self._tick is not None:
                self._tick(result.done // 2, result.total)  # reading is the first half
        return self._finished(total_before)

    # --- documents -----------------------------------------------------------------------------------------------------
    def _invoice(self, result: InvoiceRead) -> None:
        invoice = result.invoice
        document = Document(name=result.name, outcome=invoice.outcome, kind="ubl", facts=invoice.facts())
        document.warnings = [problem.as_json() for problem in invoice.warnings]
        document.notes = _notes(self._tenant, invoice)
        before = self._store.counts.as_json()
        source = files.store(self._tenant, content=result.source, media_type="application/xml", name=result.name)
        self._store.store([from_invoice(invoice, place=result.name)], source=source, place=result.name)
        document.result = _what_happened(before, self._store.counts.as_json())
        self._warn_of_long_terms(document, since=before["long_terms"])
        if document.result == "duplicate":
            document.notes.append(self._store.counts.duplicates[-1])
        self._read.append(document)

    def _refused(self, result: FileRefused) -> None:
        cut_short = bool(self._read) and result.problem.code == "limits"
        if self._file is not None or cut_short:  # part of it is in the transaction already
            raise ImportInterruptedError(self._document.name, result.problem)
        errors = list(result.errors) or [result.problem]
        self._read.append(
            Document(
                name=result.name, outcome="refuse", result="refused", errors=[problem.as_json() for problem in errors]
            )
        )

    # --- lists ---------------------------------------------------------------------------------------------------------
    def _table(self, result: TableRead, upload: Upload) -> None:
        self._file = files.store(
            self._tenant,
            content=upload.content,
            media_type=mimetypes.guess_type(upload.name)[0] or "text/csv",
            name=upload.name,
        )
        document = Document(
            name=upload.name, kind="table", facts={"columns": dict(result.columns), "rows_imported": result.item_count}
        )
        document.warnings = [problem.as_json() for problem in result.errors]  # rows that were left out on purpose
        if result.errors:
            document.outcome = "import_with_warning"
            document.notes.append(f"{result.wrong_rows} van de {result.rows_read} regels zijn overgeslagen.")
        if result.has_total:
            document.notes.append(
                "De laatste regel is een totaalregel: die klopt met de regels erboven en telt niet als factuur."
            )
        self._read.append(document)

    def _items(self, items: Sequence[ParsedOpenItem]) -> None:
        document = self._read[-1]
        if items and "first_name" not in document.facts:
            document.facts |= _first_facts(items[0])
        incoming = [from_open_item(item) for item in items]
        self._listed.update((item.number_key, item.total if item.open is None else item.open) for item in incoming)
        self._store.store(incoming, source=self._file)
        done = document.facts["stored_so_far"] = document.facts.get("stored_so_far", 0) + len(items)
        if self._tick is not None:
            total = max(document.facts["rows_imported"], 1)
            self._tick(total // 2 + done // 2, total)

    def _finished(self, total_before: Any) -> Document:
        counts = {key: value - self._before[key] for key, value in self._store.counts.as_json().items()}
        if len(self._read) == 1 and self._read[0].kind != "zip":
            document = self._read[0]
            document.name = self._document.name if document.kind == "table" else document.name
        else:
            document = self._document
            document.kind, document.documents = "zip", self._read
            document.outcome, document.result = _of_many(self._read)
            document.notes = [note for part in self._read if part.result == "duplicate" for note in part.notes]
        document.counts = counts
        if document.kind == "table":
            if document.facts.pop("stored_so_far", 0) != document.facts["rows_imported"]:
                raise ImportInterruptedError(
                    document.name, Problem(code="interrupted", message="De lijst is niet helemaal gelezen.")
                )
            document.facts["open_total"] = str(self._store.counts.open_total - total_before)
            self._warn_of_long_terms(document, since=self._before["long_terms"])
            document.facts["customers"] = len(self._store.touched)
            document.result = "stored" if counts["stored"] or not (counts["revisions"] or counts["unchanged"]) else (
                "revision" if counts["revisions"] else "unchanged"
            )  # fmt: skip
            if self._options.get("is_complete"):
                self._settle_unlisted(document)
            self._books_are_known()
        return document

    def _warn_of_long_terms(self, document: Document, *, since: int) -> None:
        """Terms beyond what the law takes for granted: named, never refused (art. 6:119a and 6:119b BW)."""
        found = self._store.counts.long_terms[since:]
        if not found:
            return
        document.warnings += found[:WARNINGS_SHOWN]
        more = len(found) - WARNINGS_SHOWN
        if more > 0:
            document.notes.append(f"Nog {more} andere facturen hebben een lange betaaltermijn; zie hun eigen pagina.")
        if document.outcome == "import":
            document.outcome = "import_with_warning"

    def _settle_unlisted(self, document: Document) -> None:
        """The user said that everything open stands on this list."""
        try:
            settled = settle_unlisted(self._tenant, self._listed, as_of=self._as_of(), now=self._now, by=self._by)
        except IncompleteListError as error:
            problem = Problem(code="incomplete_list", message=str(error))
            raise ImportInterruptedError(document.name, problem) from error
        if settled is not None:
            document.notes.append(settled.sentence)
            document.facts["settled"] = {
                "paid": settled.paid,
                "lowered": settled.lowered,
                "amount": str(settled.amount),
            }

    def _books_are_known(self) -> None:
        """An open-item list says what was open on its day; the freshness gate may count on that."""
        BooksUpdate.across_tenants.create(
            tenant=self._tenant, up_to_on=self._as_of(), source="open_items", by=self._by, at=self._now
        )

    def _as_of(self) -> date:
        stated = self._options.get("as_of")
        return min(date.fromisoformat(stated), self._on) if stated else self._on


def _what_happened(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    for key, name in (
        ("duplicates", "duplicate"),
        ("stored", "stored"),
        ("revisions", "revision"),
        ("unchanged", "unchanged"),
    ):
        if after[key] > before[key]:
            return name
    return "unchanged"


def _of_many(documents: Sequence[Document]) -> tuple[str, str]:
    outcomes = {document.outcome for document in documents}
    if outcomes <= {"refuse"}:
        return "refuse", "refused"
    clean = outcomes == {"import"} and all(document.result != "duplicate" for document in documents)
    results = {document.result for document in documents}
    return "import" if clean else "import_with_warning", "stored" if "stored" in results else min(results)


def _first_facts(item: ParsedOpenItem) -> dict[str, Any]:
    return {
        "first_number": item.number,
        "first_name": item.customer_name,
        "issue_date": item.issued_on.isoformat(),
        "due_date": item.due_on.isoformat() if item.due_on else None,
        "open": str(item.open),
    }


def _notes(tenant: Tenant, invoice: ParsedInvoice) -> list[str]:
    """Things a person wants to know that are no fault of the file."""
    found = []
    supplier, own = invoice.supplier, {tenant.kvk_number, "".join(tenant.vat_number.split()).upper()} - {""}
    given = {supplier.kvk_number, "".join((supplier.vat or "").split()).upper()} - {"", None}
    if own and given and not own & given:
        found.append(f"De leverancier op de factuur is {supplier.shown_name}; dat lijkt een ander dan {tenant.name}.")
    if invoice.currency != "EUR":
        found.append(
            f"De factuur is in {invoice.currency}; zij wordt bewaard, maar er wordt alleen in euro aangemaand."
        )
    return found


def problems_of(document: Mapping[str, Any]) -> list[Problem]:
    """The errors of a reported document, for the screen."""
    return [Problem.from_json(values) for values in document.get("errors", ())]
