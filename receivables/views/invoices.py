"""The list of invoices of a tenant: search, filter, sort, page, take away as CSV."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from receivables.models import Invoice
from receivables.selectors.ageing import BUCKETS
from receivables.selectors.invoices import DEFAULT_SORT, SORTS, STATES, InvoiceFilter, State, find_invoices
from receivables.selectors.paging import Sort, measure, take
from receivables.selectors.standing import standing
from receivables.views.lists import EXPORT_LIMIT, Column, ListLinks, choose, choose_id, csv_response
from tenants.access import TenantRequest, tenant_view
from tenants.clock import today
from tenants.permissions import Permission

CSV_HEADING = ("Nummer", "Klant", "Debiteurnummer", "Soort", "Factuurdatum", "Vervaldatum", "Bedrag", "Open", "Valuta")


@tenant_view(Permission.SEE)
def invoices(request: TenantRequest) -> HttpResponse:
    on = today()
    wanted = _wanted(request)
    rows = find_invoices(request.tenant, wanted, on=on)
    name, sort = _sort(request.GET.get("sorteer", ""), wanted)
    if request.GET.get("als") == "csv":
        return _as_csv(rows, sort, on=on)
    links = ListLinks(request)
    page = take(rows.select_related("customer"), sort, token=request.GET.get("na", ""))
    size = measure(rows, amount="open_amount")
    context = {
        "invoices": [(invoice, standing(invoice, on=on)) for invoice in page.rows],
        "wanted": wanted,
        "sort": name,
        "size": size,
        "pager": links.pager(page, size, one="factuur", many="facturen"),
        "states": links.choices("stand", STATES, wanted.state, default=State.OPEN),
        "ages": [("", "Elke ouderdom"), *((bucket.key, bucket.label) for bucket in BUCKETS)],
        "segments": list(request.tenant.segments.order_by("name")),
        "columns": _columns(links, name, wanted),
        "export_url": links.to(als="csv"),
        "has_any": size.count > 0 or request.tenant.invoices.exists(),
    }
    return render(request, "receivables/invoices.html", context)


def _wanted(request: TenantRequest) -> InvoiceFilter:
    asked = request.GET
    return InvoiceFilter(
        state=choose(asked.get("stand", ""), State, State.OPEN),
        age=asked.get("ouderdom", ""),
        segment=choose_id(asked.get("segment", "")),
        words=asked.get("q", "").replace("\0", "").strip()[:100],
    )


def _sort(name: str, wanted: InvoiceFilter) -> tuple[str, Sort]:
    """The order the URL asks for, unless this filter has no index for it."""
    key = name.removeprefix("-")
    if key not in SORTS or (key == "open" and not wanted.may_sort_by_amount):
        newest_first = wanted.state in {State.PAID, State.ALL, State.CREDIT}
        name, key = (f"-{DEFAULT_SORT}" if newest_first else DEFAULT_SORT), DEFAULT_SORT
    return name, Sort(SORTS[key].fields, is_descending=name.startswith("-"))


def _columns(links: ListLinks, sort: str, wanted: InvoiceFilter) -> list[Column]:
    amount = links.column("Open", "open", sort, css="num", is_large_first=True)
    return [
        links.column("Klant", "klant", sort),
        links.column("Nummer", "nummer", sort, css="hide-small"),
        links.column("Vervalt", "vervalt", sort, css="hide-small"),
        Column("Stand", "hide-small"),
        Column("Bedrag", "num hide-small"),
        amount if wanted.may_sort_by_amount else Column("Open", "num"),
    ]


def _as_csv(rows: QuerySet[Invoice], sort: Sort, *, on: date) -> HttpResponse:
    found = rows.select_related("customer").order_by(*sort.ordering)[:EXPORT_LIMIT]
    lines = [
        (
            invoice.number,
            invoice.customer.name,
            invoice.customer.number,
            invoice.get_kind_display(),
            invoice.issued_on,
            invoice.due_on,
            invoice.total_amount,
            invoice.open_amount,
            invoice.currency,
        )
        for invoice in found
    ]
    return csv_response(f"facturen-{on:%Y-%m-%d}", CSV_HEADING, lines)
