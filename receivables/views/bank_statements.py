"""The chain of statements of an account, one statement with its lines, and the answer to a question."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from receivables.actions.bank_statements import NothingAskedError, accept, reject
from receivables.banking.matching_tasks import match_bank_lines
from receivables.forms.banking import AnswerForm
from receivables.models import BankAccount
from receivables.selectors import banking
from receivables.selectors.paging import measure, take
from receivables.views.lists import ListLinks, choose, choose_id
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission


@tenant_view(Permission.SEE)
def bank_statements(request: TenantRequest) -> HttpResponse:
    """The chain of one account, the newest first, with the gaps in it."""
    accounts = banking.account_rows(request.tenant)
    account = _chosen(request, accounts)
    if account is None:
        return render(request, "receivables/banking/statements.html", {"accounts": []})
    shown = choose(request.GET.get("stand", ""), banking.Shown, banking.Shown.ALL)
    words = request.GET.get("q", "").strip()
    rows = banking.find_statements(account, shown, words)
    links = ListLinks(request)
    page = banking.chain_page(rows, token=request.GET.get("na", ""))
    names = {str(row.account.pk): _label(row) for row in accounts}
    context = {
        "accounts": accounts,
        "account": account,
        "row": next(row for row in accounts if row.account.pk == account.pk),
        "stations": page.rows,
        "words": words,
        "state": "" if shown is banking.Shown.ALL else shown.value,
        "states": links.choices("stand", banking.SHOWN, shown, default=banking.Shown.ALL),
        "account_choices": links.choices("rekening", names, str(account.pk)),
        "pager": links.pager(page, measure(rows), one="afschrift", many="afschriften"),
        "is_filtered": bool(words) or shown is not banking.Shown.ALL,
    }
    return render(request, "receivables/banking/statements.html", context)


def _chosen(request: TenantRequest, accounts: list[banking.AccountRow]) -> BankAccount | None:
    """The account that the URL names, else one with a question, else the first."""
    wanted = choose_id(request.GET.get("rekening", ""))
    named = next((row.account for row in accounts if row.account.pk == wanted), None)
    asked = next((row.account for row in accounts if row.questions), None)
    return named or asked or next((row.account for row in accounts), None)


def _label(row: banking.AccountRow) -> str:
    name = row.account.name or row.account.number
    return f"{name} ({row.questions})" if row.questions else name


@tenant_view(Permission.SEE)
def bank_statement(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One statement and its lines, in the order of the file."""
    rows = request.tenant.bank_statements.select_related("account", "file", "answered_by")
    statement = get_object_or_404(rows, pk=pk)
    direction = choose(request.GET.get("richting", ""), banking.Direction, banking.Direction.ALL)
    words = request.GET.get("q", "").strip()
    lines = banking.find_lines(request.tenant, statement, direction, words)
    links = ListLinks(request)
    page = take(lines, banking.BY_PLACE, token=request.GET.get("na", ""))
    context = {
        "statement": statement,
        "station": banking.station(statement),
        "sightings": page.rows,
        "words": words,
        "direction": "" if direction is banking.Direction.ALL else direction.value,
        "directions": links.choices("richting", banking.DIRECTIONS, direction, default=banking.Direction.ALL),
        "pager": links.pager(page, measure(lines), one="regel", many="regels"),
        "is_filtered": bool(words) or direction is not banking.Direction.ALL,
        "crumbs": [
            ("Bank", f"/t/{request.tenant.slug}/bank/"),
            ("Afschriften", f"/t/{request.tenant.slug}/bank/afschriften/?rekening={statement.account_id}"),
            (statement.number or statement.reference or "zonder nummer", ""),
        ],
    }
    return render(request, "receivables/banking/statement.html", context)


@tenant_view(Permission.IMPORT)
@require_POST
def bank_statement_answer(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Right as it is, or its lines stay out."""
    statement = get_object_or_404(request.tenant.bank_statements, pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        errors = [str(error) for listed in form.errors.values() for error in listed]
        messages.error(request, " ".join(errors))
        return redirect("receivables:bank_statement", request.tenant.slug, pk)
    given = form.cleaned_data
    answer = accept if given["answer"] == "akkoord" else reject
    try:
        with transaction.atomic():
            answer(request.tenant, pk, note=given["note"].strip(), by=request.user, now=clock.now(), on=clock.today())
    except NothingAskedError as refusal:
        messages.info(request, str(refusal))
        return redirect("receivables:bank_statement", request.tenant.slug, pk)
    transaction.on_commit(partial(match_bank_lines.delay, tenant_id=request.tenant.pk))
    said = (
        "Het afschrift is akkoord; de ontvangsten worden verwerkt."
        if answer is accept
        else "Het afschrift is afgekeurd; zijn regels tellen niet mee."
    )
    messages.success(request, said)
    return redirect("receivables:bank_statement", request.tenant.slug, statement.pk)
