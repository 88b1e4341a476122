"""The VAT calendar of uncollectable claims: per return what to ask back, what came due again, and what was marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from receivables.actions.vat import (
    Filed,
    VatError,
    file_due_again,
    file_reclaims,
    withdraw_due_again,
    withdraw_reclaims,
)
from receivables.forms.vat import PeriodForm
from receivables.selectors.paging import measure, take
from receivables.selectors.vat import Standing, standing_of
from receivables.selectors.vat_calendar import (
    BY_DUE,
    LISTS,
    NEWEST,
    Listed,
    again_rows,
    filed_lines,
    one_return,
    open_claims,
    standing_reclaims,
    vat_calendar,
)
from receivables.views.lists import EXPORT_LIMIT, ListLinks, choose, csv_response
from tenants.access import TenantRequest, tenant_view
from tenants.clock import now, today
from tenants.permissions import Permission
from tenants.templatetags.voldaan import eur, hoeveel

CSV_HEADING = (
    "Aangifte", "Factuur", "Klant", "Debiteurnummer", "Vervaldatum", "Oninbaar vanaf", "Oninbaar incl. btw", "Btw",
)  # fmt: skip
CSV_AGAIN = ("Aangifte", "Factuur", "Klant", "Debiteurnummer", "Ontvangen incl. btw", "Btw opnieuw verschuldigd")
CSV_FILED = ("Aangifte", "Factuur", "Klant", "Soort", "Gemarkeerd op", "Bedrag incl. btw", "Btw")


@tenant_view(Permission.SEE)
def vat(request: TenantRequest) -> HttpResponse:
    """One row per return."""
    rows = vat_calendar(request.tenant, on=today())
    context = {
        "rows": rows,
        "missed": [row for row in rows if row.is_missed],
        "unknown": sum(row.unknown for row in rows),
        "period": request.tenant.get_vat_period_display(),
    }
    return render(request, "receivables/vat.html", context)


@tenant_view(Permission.SEE)
def vat_period(request: TenantRequest) -> HttpResponse:
    """The invoices of one return: to ask back, due again, or marked."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        raise Http404
    label, on = form.cleaned_data["periode"], today()
    listed = choose(request.GET.get("lijst", ""), Listed, Listed.OPEN)
    if request.GET.get("als") == "csv":
        return _as_csv(request, label, listed)
    links = ListLinks(request)
    context = {
        "row": one_return(request.tenant, label, on=on),
        "listed": listed,
        "lists": links.choices("lijst", LISTS, listed, default=Listed.OPEN),
        "export_url": links.to(als="csv"),
        "may_mark": standing_of(label, on=on) is Standing.OVER and Permission.REGISTER_PAYMENT in request.may,
        **_rows(request, label, listed, links),
    }
    return render(request, "receivables/vat_period.html", context)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def vat_file(request: TenantRequest) -> HttpResponse:
    """Everything of a return that can be asked back, was."""
    return _mark(request, file_reclaims, "Gemarkeerd: {vat} btw teruggevraagd op {count}.", Listed.FILED)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def vat_again(request: TenantRequest) -> HttpResponse:
    """What came due again in a return, was declared."""
    return _mark(request, file_due_again, "Gemarkeerd: {vat} btw opnieuw aangegeven op {count}.", Listed.AGAIN)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def vat_withdraw(request: TenantRequest) -> HttpResponse:
    """The mark was wrong: of one invoice, or of the whole return."""
    form = PeriodForm(request.POST)
    if request.POST.get("soort") == Listed.AGAIN:
        return _mark(request, withdraw_due_again, "Ingetrokken op {count}.", Listed.AGAIN)
    only: dict[str, Any] = {}
    if form.is_valid() and form.cleaned_data["factuur"]:
        only = {"invoice_id": get_object_or_404(request.tenant.invoices, pk=form.cleaned_data["factuur"]).pk}
    return _mark(request, withdraw_reclaims, "Ingetrokken op {count}.", Listed.FILED, **only)


def _mark(
    request: TenantRequest, action: Callable[..., Filed], told: str, listed: Listed, **only: Any
) -> HttpResponseRedirect:
    form = PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Deze periode bestaat niet.")
        return redirect("receivables:vat", request.tenant.slug)
    label = form.cleaned_data["periode"]
    try:
        filed = action(request.tenant, label, on=today(), now=now(), by=request.user, **only)
    except VatError as error:
        messages.error(request, str(error))
    else:
        count = hoeveel(filed.count, "factuur,facturen")
        messages.success(request, told.format(vat=eur(filed.vat), count=count))
    url = reverse("receivables:vat_period", args=[request.tenant.slug])
    return HttpResponseRedirect(f"{url}?periode={label}&lijst={listed}")


def _rows(request: TenantRequest, label: str, listed: Listed, links: ListLinks) -> dict[str, Any]:
    """The rows of the list that was asked for, one page of them."""
    tenant, token = request.tenant, request.GET.get("na", "")
    if listed is Listed.AGAIN:
        return {"rows": again_rows(tenant, label)}
    if listed is Listed.FILED:
        lines = filed_lines(tenant, label)
        page = take(lines, NEWEST, token=token)
        asked = standing_reclaims(tenant, label, [line.invoice_id for line in page.rows])
        size = measure(lines)
        return {"rows": page.rows, "asked": asked, "pager": links.pager(page, size, one="regel", many="regels")}
    claims = open_claims(tenant, label, on=today())
    found = take(claims, BY_DUE, token=token)
    return {"rows": found.rows, "pager": links.pager(found, measure(claims), one="factuur", many="facturen")}


def _as_csv(request: TenantRequest, label: str, listed: Listed) -> HttpResponse:
    tenant, name = request.tenant, f"btw-oninbaar-{label}-{listed}"
    if listed is Listed.AGAIN:
        again = again_rows(tenant, label)
        return csv_response(
            name,
            CSV_AGAIN,
            [(label, *_who(row.invoice), row.again.received.amount, row.again.vat.amount) for row in again],
        )
    if listed is Listed.FILED:
        lines = filed_lines(tenant, label).order_by("at", "id")[:EXPORT_LIMIT]
        told = [
            (label, line.invoice.number, line.invoice.customer.name, line.get_kind_display(), line.filed_on,
             line.base_amount, line.amount)
            for line in lines
        ]  # fmt: skip
        return csv_response(name, CSV_FILED, told)
    claims = open_claims(tenant, label, on=today()).order_by(*BY_DUE.ordering)[:EXPORT_LIMIT]
    unknown = "onbekend"
    rows = [
        (label, *_who(one), one.due_on, one.certain_on, one.lost, unknown if one.vat is None else one.vat)
        for one in claims
    ]
    return csv_response(name, CSV_HEADING, rows)


def _who(invoice: Any) -> tuple[str, str, str]:
    return invoice.number, invoice.customer.name, invoice.customer.number
