"""The list of customers of a tenant: who owes what, and for how long."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from receivables.models import Customer
from receivables.selectors.customers import (
    BY_NAME,
    OPEN,
    OVERDUE,
    STATES,
    CustomerFilter,
    Position,
    State,
    find_customers,
    page_by_amount,
    page_by_name,
    positions,
)
from receivables.selectors.paging import measure
from receivables.views.lists import EXPORT_LIMIT, Column, ListLinks, choose, choose_id, csv_response
from tenants.access import TenantRequest, tenant_view
from tenants.clock import today
from tenants.models import Tenant
from tenants.permissions import Permission

BY_AMOUNT = {"-open": OPEN, "-te-laat": OVERDUE}
CSV_HEADING = ("Debiteurnummer", "Naam", "E-mail", "Plaats", "KvK", "Open", "Te laat", "Oudste vervaldatum")


@tenant_view(Permission.SEE)
def customers(request: TenantRequest) -> HttpResponse:
    on = today()
    wanted = CustomerFilter(
        state=choose(request.GET.get("stand", ""), State, State.OPEN),
        segment=choose_id(request.GET.get("segment", "")),
        words=request.GET.get("q", "").replace("\0", "").strip()[:100],
    )
    rows = find_customers(request.tenant, wanted, on=on)
    if request.GET.get("als") == "csv":
        return _as_csv(rows, request.tenant, on=on)
    links, sort = ListLinks(request), request.GET.get("sorteer", "")
    token = request.GET.get("na", "")
    if sort in BY_AMOUNT:
        page = page_by_amount(request.tenant, wanted, on=on, by=BY_AMOUNT[sort], token=token)
    else:
        page = page_by_name(rows, request.tenant, on=on, token=token)
    size = measure(rows)
    context = {
        "rows": page.rows,
        "wanted": wanted,
        "sort": sort,
        "pager": links.pager(page, size, one="klant", many="klanten"),
        "states": links.choices("stand", STATES, wanted.state, default=State.OPEN),
        "segments": list(request.tenant.segments.order_by("name")),
        "columns": _columns(links, sort if sort in BY_AMOUNT else "naam"),
        "export_url": links.to(als="csv"),
        "has_any": size.count > 0 or request.tenant.customers.exists(),
    }
    return render(request, "receivables/customers.html", context)


def _columns(links: ListLinks, sort: str) -> list[Column]:
    def largest_first(label: str, key: str, css: str) -> Column:
        return Column(label, css, links.to(sorteer=key), "descending" if sort == key else "")

    return [
        Column("Klant", "", links.to(sorteer=""), "ascending" if sort == "naam" else ""),
        Column("Plaats", "hide-small"),
        Column("Segment", "hide-small"),
        Column("Facturen", "num hide-small"),
        Column("Oudste", "hide-small"),
        largest_first("Te laat", "-te-laat", "num hide-small"),
        largest_first("Open", "-open", "num"),
    ]


def _as_csv(rows: QuerySet[Customer], tenant: Tenant, *, on: date) -> HttpResponse:
    found = list(rows.order_by(*BY_NAME.ordering)[:EXPORT_LIMIT])
    owed, nothing = positions(tenant, found, on=on), Position()
    lines = [
        (
            customer.number,
            customer.name,
            customer.email,
            customer.city,
            customer.kvk_number,
            position.open_amount,
            position.overdue_amount,
            position.oldest_due_on,
        )
        for customer in found
        for position in [owed.get(customer.pk, nothing)]
    ]
    return csv_response(f"klanten-{on:%Y-%m-%d}", CSV_HEADING, lines)
