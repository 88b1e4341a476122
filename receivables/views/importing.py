"""The import wizard: upload, choose columns and check, import with progress, and what to do next."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from receivables.actions import uploads
from receivables.actions.comparing import LABELS
from receivables.actions.importing import ImportInterruptedError, import_invoices
from receivables.actions.revisions import RevisionDecidedError, accept_revision, reject_revision
from receivables.forms.importing import ColumnsForm, UploadForm, initial_of
from receivables.importing.columns import FIELDS
from receivables.importing.results import Upload
from receivables.importing.sandbox import Limits
from receivables.models import ImportBatch
from receivables.models.imports import ImportState
from receivables.tasks import apply_import, read_import
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission
from tenants.templatetags.voldaan import datum_kort, eur

_RUNNING = (ImportState.READING, ImportState.APPLYING)
_AT_ONCE = Limits(memory_mb=640, cpu_seconds=10, wall_seconds=15.0)
_SHOWN = 100
LABELS_OF = {field.name: field.label for field in FIELDS}

OF_THE_BANK = ("bank", "bank_table")  # those have pages of their own


@tenant_view(Permission.IMPORT)
def imports(request: TenantRequest) -> HttpResponse:
    """Upload, and what was imported before."""
    if request.method == "POST":
        return _upload(request)
    return _start_page(request, UploadForm())


def _start_page(
    request: TenantRequest, form: UploadForm, *, refused: list[dict[str, Any]] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "refused": refused or [],
        "batches": request.tenant.import_batches.exclude(kind__in=OF_THE_BANK)
        .defer("staged", "options")
        .select_related("by")
        .order_by("-created_at")[:20],
        "open_revisions": request.tenant.invoice_revisions.filter(decided_at=None).count(),
    }
    return render(request, "receivables/importing/start.html", context, status=400 if refused or form.errors else 200)


def _upload(request: TenantRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _start_page(request, form)
    given: list[Upload] = form.cleaned_data["upload"]
    lists = [upload for upload in given if uploads.is_list(upload) and upload.content.strip()]
    if lists and len(given) > 1:
        form.add_error("upload", "Een lijst (CSV of Excel) gaat alleen: de kolommen worden per lijst gekozen.")
        return _start_page(request, form)
    small = sum(len(upload.content) for upload in given) <= uploads.AT_ONCE_BYTES
    if lists:
        return _list_received(request, given, small=small)
    return _invoices_at_once(request, given) if small else _invoices_later(request, given)


def _list_received(request: TenantRequest, given: list[Upload], *, small: bool) -> HttpResponse:
    batch = uploads.receive(request.tenant, given, by=request.user, now=clock.now())
    if not small:
        batch.state = ImportState.READING
        batch.save(update_fields=["state"])
        _later(read_import, request, batch)
        return redirect("receivables:import", request.tenant.slug, batch.pk)
    uploads.preview(request.tenant, batch, now=clock.now(), limits=_AT_ONCE)
    if batch.state == ImportState.REFUSED:
        refused = batch.report["files"]
        batch.delete()
        return _start_page(request, UploadForm(), refused=refused)
    return redirect("receivables:import", request.tenant.slug, batch.pk)


def _invoices_at_once(request: TenantRequest, given: list[Upload]) -> HttpResponse:
    now = clock.now()
    try:
        with transaction.atomic():
            report = import_invoices(request.tenant, given, now=now, on=clock.today(), by=request.user, limits=_AT_ONCE)
    except ImportInterruptedError as interrupted:
        report = interrupted.as_report()
    if report.is_refused:
        return _start_page(request, UploadForm(), refused=report.as_json()["files"])
    name = ", ".join(upload.name for upload in given)
    batch = uploads.record_done(request.tenant, report, name=name, kind="ubl", by=request.user, now=now)
    return redirect("receivables:import", request.tenant.slug, batch.pk)


def _invoices_later(request: TenantRequest, given: list[Upload]) -> HttpResponse:
    batch = uploads.receive(request.tenant, given, by=request.user, now=clock.now())
    uploads.note_started(request.tenant, batch, by=request.user, now=clock.now())
    _later(apply_import, request, batch)
    return redirect("receivables:import", request.tenant.slug, batch.pk)


def _later(task: Any, request: TenantRequest, batch: ImportBatch) -> None:
    """After commit: the worker must find the row."""
    transaction.on_commit(partial(task.delay, tenant_id=request.tenant.pk, batch_id=str(batch.pk)))


@tenant_view(Permission.IMPORT)
def import_page(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One import, whatever it is waiting for. While it runs this page asks itself how far it is."""
    batches = request.tenant.import_batches.exclude(kind__in=OF_THE_BANK)
    batch = get_object_or_404(batches.defer("staged").select_related("by"), pk=pk)
    if batch.state in _RUNNING or batch.state == ImportState.UPLOADED:
        done, total = uploads.progress(batch.pk)
        total = total or batch.options.get("preview", {}).get("row_count", 0)
        context = {"batch": batch, "done": done, "total": total, "is_reading": batch.state == ImportState.READING}
        return render(request, "receivables/importing/progress.html", context)
    if request.htmx:  # type: ignore[attr-defined] # set by django-htmx; the bar asked, and the work is over
        return HttpResponseClientRefresh()
    if batch.state == ImportState.PREVIEW:
        return _columns_page(request, batch, _columns_form(batch))
    return render(request, "receivables/importing/result.html", _result_context(request, batch))


def _columns_form(batch: ImportBatch, posted: Any = None) -> ColumnsForm:
    shown = batch.options["preview"]
    rows = [cells for _, cells in shown["rows"]]
    return ColumnsForm(
        posted,
        initial=initial_of(batch.options, on=clock.today()),
        header=shown["header"],
        rows=rows,
        sheets=shown["sheets"],
    )


def _columns_page(request: TenantRequest, batch: ImportBatch, form: ColumnsForm, *, status: int = 200) -> HttpResponse:
    shown = batch.options["preview"]
    mapped = {index: LABELS_OF[name] for name, index in batch.options.get("mapping", {}).items() if name in LABELS_OF}
    context = {
        "batch": batch,
        "form": form,
        "shown": shown,
        "heading": [(heading, mapped.get(index, "")) for index, heading in enumerate(shown["header"])],
        "rows": shown["rows"][:8],
        "wrong_lines": {problem.get("line") for problem in shown["errors"]},
        "errors": shown["errors"][:_SHOWN],
        "more_errors": max(len(shown["errors"]) - _SHOWN, 0),
        "may_import": shown["good_rows"] > 0 and (not shown["errors"] or batch.options.get("only_clean_rows")),
        "is_remembered": batch.options.get("is_remembered", False),
    }
    return render(request, "receivables/importing/columns.html", context, status=status)


@tenant_view(Permission.IMPORT)
@require_POST
def check_columns(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Read the list again with these columns."""
    batch = get_object_or_404(request.tenant.import_batches, pk=pk, state=ImportState.PREVIEW)
    form = _columns_form(batch, request.POST)
    if not form.is_valid():
        return _columns_page(request, batch, form, status=400)
    uploads.choose(batch, form.chosen())
    if sum(len(kept["zlib"]) for kept in batch.staged) > uploads.AT_ONCE_BYTES:
        batch.state = ImportState.READING
        batch.save(update_fields=["state"])
        _later(read_import, request, batch)
    else:
        uploads.preview(request.tenant, batch, now=clock.now(), limits=_AT_ONCE)
    return redirect("receivables:import", request.tenant.slug, batch.pk)


@tenant_view(Permission.IMPORT)
@require_POST
def apply(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Import with the columns as they stand in the form; what turns out wrong comes back to the wizard."""
    batch = get_object_or_404(request.tenant.import_batches.select_for_update(of=("self",)), pk=pk)
    if batch.state != ImportState.PREVIEW:
        return redirect("receivables:import", request.tenant.slug, batch.pk)
    form = _columns_form(batch, request.POST)
    if not form.is_valid():
        return _columns_page(request, batch, form, status=400)
    uploads.choose(batch, form.chosen())
    uploads.remember_columns(request.tenant, batch, now=clock.now())
    uploads.note_started(request.tenant, batch, by=request.user, now=clock.now())
    _later(apply_import, request, batch)
    return redirect("receivables:import", request.tenant.slug, batch.pk)


@tenant_view(Permission.IMPORT)
@require_POST
def cancel(request: TenantRequest, pk: UUID) -> HttpResponse:
    batch = get_object_or_404(request.tenant.import_batches.select_for_update(of=("self",)), pk=pk)
    if batch.state in (ImportState.UPLOADED, ImportState.PREVIEW, ImportState.READING):
        uploads.cancel(request.tenant, batch, by=request.user, now=clock.now())
        messages.success(request, "De upload is weggegooid; er is niets ingelezen.")
    return redirect("receivables:imports", request.tenant.slug)


def _result_context(request: TenantRequest, batch: ImportBatch) -> dict[str, Any]:
    documents = []
    for file in batch.report.get("files", []):
        documents += [{**part, "parent": file["name"]} for part in file.get("documents", [])] or [file]
    return {
        "batch": batch,
        "counts": batch.report.get("counts", {}),
        "open_total": batch.report.get("open_total"),
        "documents": documents[:500],
        "refused": [document for document in documents if document["outcome"] == "refuse"],
        "is_refused": batch.state == ImportState.REFUSED,
        "without_email": request.tenant.customers.filter(email="", invoices__open_amount__gt=0).distinct().count(),
        "open_revisions": request.tenant.invoice_revisions.filter(decided_at=None).count(),
    }


# --- proposed revisions ------------------------------------------------------------------------------------------------
@tenant_view(Permission.IMPORT)
def revisions(request: TenantRequest) -> HttpResponse:
    """Other content under a known number, for a person to decide."""
    waiting = (
        request.tenant.invoice_revisions.filter(decided_at=None)
        .select_related("invoice__customer")
        .order_by("proposed_at", "id")
    )
    rows = [(revision, [_difference(*parts) for parts in revision.differences]) for revision in waiting[:_SHOWN]]
    return render(request, "receivables/importing/revisions.html", {"rows": rows, "count": waiting.count()})


def _difference(name: str, stored: str, proposed: str) -> tuple[str, str, str]:
    """(label, stored, proposed) as a bookkeeper writes them."""
    show = {"total": eur, "open": eur, "issued_on": _day, "due_on": _day}.get(name, str)
    return LABELS.get(name, name), show(stored), show(proposed)


def _day(value: str) -> str:
    return datum_kort(date.fromisoformat(value))


@tenant_view(Permission.IMPORT)
@require_POST
def decide_revision(request: TenantRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(request.tenant.invoice_revisions, pk=pk)
    try:
        with transaction.atomic():
            if request.POST.get("besluit") == "overnemen":
                accept_revision(request.tenant, pk, by=request.user, now=clock.now(), on=clock.today())
                messages.success(request, "De herziening is overgenomen.")
            else:
                reject_revision(request.tenant, pk, by=request.user, now=clock.now())
                messages.success(request, "De herziening is afgewezen; de factuur blijft zoals zij was.")
    except RevisionDecidedError as refusal:
        messages.error(request, str(refusal))
    return redirect("receivables:revisions", request.tenant.slug)
