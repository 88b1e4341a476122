"""Bank files: upload, what became of each, which column is what; and the accounts they are of."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from receivables.actions import bank_uploads
from receivables.actions.bank_accounts import change_account
from receivables.actions.bank_report import as_it_is_now
from receivables.banking.matching_tasks import match_bank_lines
from receivables.banking.sandboxed import AT_ONCE
from receivables.banking.tasks import read_bank_files
from receivables.forms.banking import AccountForm, BankColumnsForm, BankUploadForm, initial_of
from receivables.importing.results import Upload
from receivables.models import ImportBatch
from receivables.models.imports import ImportState
from receivables.selectors import banking
from receivables.selectors.paging import measure, take
from receivables.views.lists import ListLinks, choose
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission


@tenant_view(Permission.SEE, write=Permission.IMPORT)
def bank(request: TenantRequest) -> HttpResponse:
    """Upload, the accounts, and what was read before."""
    if request.method == "POST":
        return _upload(request)
    return _bank_page(request, BankUploadForm())


def _bank_page(request: TenantRequest, form: BankUploadForm) -> HttpResponse:
    shown = choose(request.GET.get("stand", ""), banking.FileShown, banking.FileShown.ALL)
    words = request.GET.get("q", "").strip()
    rows = banking.find_files(request.tenant, shown, words)
    links = ListLinks(request)
    page = take(rows, banking.BY_TIME, token=request.GET.get("na", ""))
    context = {
        "form": form,
        "accounts": banking.account_rows(request.tenant),
        "questions": banking.questions_of(request.tenant),
        "waiting": request.tenant.import_batches.filter(kind=bank_uploads.TABLE_KIND, state=ImportState.PREVIEW),
        "running": request.tenant.import_batches.filter(kind=bank_uploads.KIND, state=ImportState.APPLYING),
        "files": page.rows,
        "words": words,
        "states": links.choices("stand", banking.FILES_SHOWN, shown, default=banking.FileShown.ALL),
        "state": "" if shown is banking.FileShown.ALL else shown.value,
        "pager": links.pager(page, measure(rows), one="bestand", many="bestanden"),
        "has_any": bool(page.rows) or request.tenant.bank_files.exists(),
    }
    return render(request, "receivables/banking/bank.html", context, status=400 if form.errors else 200)


def _upload(request: TenantRequest) -> HttpResponse:
    form = BankUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _bank_page(request, form)
    given: list[Upload] = form.cleaned_data["upload"]
    batch = bank_uploads.receive(request.tenant, given, by=request.user, now=clock.now())
    if bank_uploads.is_quick(given):
        bank_uploads.read_all(request.tenant, batch.pk, now=clock.now(), on=clock.today(), limits=AT_ONCE)
        _match_later(request)
    else:
        later = partial(read_bank_files.delay, tenant_id=request.tenant.pk, batch_id=str(batch.pk))
        transaction.on_commit(later)
    return redirect("receivables:bank_upload", request.tenant.slug, batch.pk)


def _match_later(request: TenantRequest) -> None:
    transaction.on_commit(partial(match_bank_lines.delay, tenant_id=request.tenant.pk))


@tenant_view(Permission.IMPORT)
def bank_upload(request: TenantRequest, pk: UUID) -> HttpResponse:
    """What became of each file of one upload. While it runs the page asks how far it is."""
    uploads = request.tenant.import_batches.filter(kind=bank_uploads.KIND).defer("staged")
    batch = get_object_or_404(uploads, pk=pk)
    if request.htmx and batch.state == ImportState.DONE:  # type: ignore[attr-defined] # set by django-htmx
        return HttpResponseClientRefresh()
    context = {"batch": batch, "files": batch.report["files"], "is_running": batch.state == ImportState.APPLYING}
    return render(request, "receivables/banking/upload.html", context)


@tenant_view(Permission.SEE)
def bank_file(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One file with its statements, as they stand today."""
    file = get_object_or_404(request.tenant.bank_files.select_related("by"), pk=pk)
    context = {
        "file": file,
        "values": as_it_is_now(request.tenant, file),
        "stations": banking.statements_of_file(request.tenant, file.pk),
        "crumbs": _crumbs(request, file.name[:60]),
    }
    return render(request, "receivables/banking/file.html", context)


def _crumbs(request: TenantRequest, name: str) -> list[tuple[str, str]]:
    return [("Bank", f"/t/{request.tenant.slug}/bank/"), (name, "")]


# --- tables ------------------------------------------------------------------------------------------------------------
@tenant_view(Permission.IMPORT)
def bank_columns(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Choose what the columns of an unknown table are, and read it."""
    batch = _waiting_table(request, pk)
    look = batch.options["look"]
    if request.method != "POST":
        return _columns_page(request, batch, BankColumnsForm(initial=initial_of(look), look=look))
    form = BankColumnsForm(request.POST, look=look)
    if not form.is_valid():
        return _columns_page(request, batch, form, status=400)
    report = bank_uploads.read_table(
        request.tenant, batch, form.chosen(), by=request.user, now=clock.now(), on=clock.today()
    )
    if report.is_refused:
        return _columns_page(request, batch, form, errors=report.values["errors"], status=400)
    _match_later(request)
    return redirect("receivables:bank_file", request.tenant.slug, report.file.pk)


def _waiting_table(request: TenantRequest, pk: UUID) -> ImportBatch:
    tables = request.tenant.import_batches.filter(kind=bank_uploads.TABLE_KIND, state=ImportState.PREVIEW)
    return get_object_or_404(tables, pk=pk)


def _columns_page(
    request: TenantRequest,
    batch: ImportBatch,
    form: BankColumnsForm,
    *,
    errors: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    look = batch.options["look"]
    context = {
        "batch": batch,
        "form": form,
        "look": look,
        "rows": list(zip(look["lines"], look["rows"], strict=False)),
        "errors": (errors or [])[:50],
        "crumbs": _crumbs(request, batch.file_name[:60]),
    }
    return render(request, "receivables/banking/columns.html", context, status=status)


@tenant_view(Permission.IMPORT)
@require_POST
def bank_columns_cancel(request: TenantRequest, pk: UUID) -> HttpResponse:
    batch = _waiting_table(request, pk)
    bank_uploads.throw_away(request.tenant, batch, by=request.user, now=clock.now())
    messages.success(request, "De tabel is weggegooid; er is niets ingelezen.")
    return redirect("receivables:bank", request.tenant.slug)


# --- accounts ----------------------------------------------------------------------------------------------------------
@tenant_view(Permission.SEE, write=Permission.IMPORT)
def bank_account(request: TenantRequest, pk: UUID) -> HttpResponse:
    """The name of an account, and whether the freshness of the books waits for it."""
    account = get_object_or_404(request.tenant.bank_accounts, pk=pk)
    form = AccountForm(request.POST or None, initial={"name": account.name, "is_watched": account.is_watched})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        change_account(
            request.tenant, account, name=given["name"], is_watched=given["is_watched"], by=request.user, now=clock.now()
        )  # fmt: skip
        messages.success(request, "De rekening is bijgewerkt.")
        return redirect("receivables:bank_account", request.tenant.slug, account.pk)
    (row,) = [one for one in banking.account_rows(request.tenant) if one.account.pk == account.pk]
    context = {"row": row, "account": account, "form": form, "crumbs": _crumbs(request, account.number)}
    return render(request, "receivables/banking/account.html", context, status=400 if form.errors else 200)
