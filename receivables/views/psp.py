"""The tenant's account at the payment service provider: connect and check a key, never show one; what it paid out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from receivables.forms.psp import PspKeyForm, PspTokenForm
from receivables.paying.accounts import BadKeyError, account_of, connect_psp, connect_settlements
from receivables.paying.connection import check_connection
from receivables.paying.settlements import SettlementError, clear, release
from receivables.selectors import settlements as found
from receivables.selectors.paging import measure, take
from receivables.views.lists import ListLinks, choose_id
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

STATES = {"": "Alle", "open": "Nog niet op de bank", "binnen": "Op de bank", "vraag": "Met een vraag"}


@sensitive_post_parameters("key", "token")
@tenant_view(Permission.EDIT_SECRETS)
def psp_account(request: TenantRequest) -> HttpResponse:
    """Which account the pay button uses; a new key replaces the old one."""
    asked = request.POST.get("doen", "key") if request.method == "POST" else ""
    key_form = PspKeyForm(request.POST if asked == "key" else None)
    token_form = PspTokenForm(request.POST if asked == "token" else None)
    done = {"key": partial(_key, request, key_form), "token": partial(_token, request, token_form)}
    answer: Callable[[], bool] = done.get(asked, lambda: asked == "check")
    if asked and answer():
        _check_afterwards(request)
        return redirect("receivables:psp_account", request.tenant.slug)
    settings_url = reverse("tenants:settings", args=[request.tenant.slug])
    context = {
        "form": key_form,
        "token_form": token_form,
        "account": account_of(request.tenant),
        "crumbs": [("Instellingen", settings_url), ("Betaallink", "")],
    }
    return TemplateResponse(request, "receivables/psp_account.html", context, status=422 if asked else 200)


def _key(request: TenantRequest, form: PspKeyForm) -> bool:
    if not form.is_valid():
        return False
    try:
        connect_psp(request.tenant, form.cleaned_data["key"], now=clock.now(), by=request.user)
    except BadKeyError as error:
        form.add_error("key", str(error))
        return False
    messages.success(request, "De sleutel is opgeslagen. De betaalknop gebruikt hem vanaf nu.")
    return True


def _token(request: TenantRequest, form: PspTokenForm) -> bool:
    account = account_of(request.tenant)
    if account is None or not form.is_valid():
        return False
    token = form.cleaned_data["token"]
    try:
        connect_settlements(request.tenant, account, token, now=clock.now(), by=request.user)
    except BadKeyError as error:
        form.add_error("token", str(error))
        return False
    messages.success(request, "Het toegangstoken is opgeslagen." if token else "Het toegangstoken is weggehaald.")
    return True


def _check_afterwards(request: TenantRequest) -> None:
    """Ask the PSP once this transaction is over: no call is made inside one. The page that follows shows the answer."""
    check = partial(check_connection, request.tenant, now=clock.now(), by=request.user)
    transaction.on_commit(check, robust=True)


@tenant_view(Permission.SEE)
def psp_settlements(request: TenantRequest) -> HttpResponse:
    """What the PSP still holds, and its payouts with what became of each."""
    state = request.GET.get("stand", "")
    state = state if state in STATES else ""
    rows = found.settlements(request.tenant, state)
    links = ListLinks(request)
    page = take(rows.select_related("bank_line"), found.NEWEST_SETTLEMENT, token=request.GET.get("na", ""))
    context = {
        "settlements": page.rows,
        "pager": links.pager(page, measure(rows), one="uitbetaling", many="uitbetalingen"),
        "states": links.choices("stand", STATES, state),
        "sums": found.at_psp(request.tenant),
        "account": account_of(request.tenant),
        "has_any": bool(page.rows) or request.tenant.psp_settlements.exists(),
    }
    return TemplateResponse(request, "receivables/psp_settlements.html", context)


@tenant_view(Permission.SEE)
def psp_unsettled(request: TenantRequest) -> HttpResponse:
    """Payments of debtors that the PSP has not paid out yet."""
    rows = found.unsettled(request.tenant)
    links = ListLinks(request)
    page = take(rows.select_related("customer"), found.NEWEST, token=request.GET.get("na", ""))
    context = {
        "payments": page.rows,
        "pager": links.pager(page, measure(rows), one="betaling", many="betalingen"),
        "sums": found.at_psp(request.tenant),
    }
    return TemplateResponse(request, "receivables/psp_unsettled.html", context)


@tenant_view(Permission.SEE)
def psp_settlement(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One payout: what is in it, and which line on the bank it is."""
    settlement = get_object_or_404(request.tenant.psp_settlements.select_related("bank_line"), pk=pk)
    rows = found.parts(request.tenant, settlement)
    context = {
        "settlement": settlement,
        "parts": rows[:200],
        "count": rows.count(),
        "gross": settlement.amount + settlement.fees,
        "lines": [] if settlement.bank_line else found.lines_for(request.tenant, settlement),
    }
    return TemplateResponse(request, "receivables/psp_settlement.html", context)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def psp_settlement_answer(request: TenantRequest, pk: UUID) -> HttpResponse:
    """A person says which line this payout is, or takes that back."""
    settlement = get_object_or_404(request.tenant.psp_settlements, pk=pk)
    now = clock.now()
    if request.POST.get("answer") == "release":
        try:
            release(request.tenant, settlement, why=request.POST.get("why", "")[:200], by=request.user, now=now)
        except SettlementError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "De uitbetaling is losgekoppeld; de bankregel staat weer in de wachtrij.")
        return redirect("receivables:psp_settlement", request.tenant.slug, settlement.pk)
    line = get_object_or_404(request.tenant.bank_lines, pk=choose_id(request.POST.get("line", "")))
    if clear(request.tenant, settlement, line, now=now, by=request.user):
        messages.success(request, "De uitbetaling is gekoppeld. Er is niets dubbel geboekt.")
    else:
        messages.error(request, "Niet gekoppeld: de bedragen verschillen, of een van beide was al gekoppeld.")
    return redirect("receivables:psp_settlement", request.tenant.slug, settlement.pk)
