"""The first page of an office: its client tenants, which of them ask for a look, and the way in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from dunning.domain.facts import Gate
from dunning.selectors.office import ClientRow, client_rows, totals
from receivables.views.lists import ListLinks, choose
from tenants.access import OfficeRequest, office_view
from tenants.clock import now, today
from tenants.permissions import Permission


class Show(StrEnum):
    """Which clients are listed."""

    ALL = "alle"
    LOOK = "aandacht"
    RUN = "run"
    STALE = "oud"


SHOWN = {Show.ALL: "Alle", Show.LOOK: "Vraagt aandacht", Show.RUN: "Run wacht op akkoord", Show.STALE: "Cijfers te oud"}
FILTERS: dict[Show, Callable[[ClientRow], bool]] = {
    Show.ALL: lambda _row: True,
    Show.LOOK: lambda row: row.needs_look,
    Show.RUN: lambda row: row.waiting_run is not None,
    Show.STALE: lambda row: row.freshness.gate != Gate.GREEN,
}
SORTS: dict[str, Callable[[ClientRow], Any]] = {
    "naam": lambda row: row.tenant.name.casefold(),
    "open": lambda row: row.money.open_amount,
    "te-laat": lambda row: row.money.overdue_amount,
    "run": lambda row: row.waiting_run is not None,
    "mens": lambda row: row.human,
    "cijfers": lambda row: row.freshness.up_to_on or date.min,
    "volgende": lambda row: (row.next_run_on, row.tenant.run_hour),
}


@office_view(Permission.SEE_OFFICE)
def office(request: OfficeRequest) -> HttpResponse:
    rows = client_rows(request.tenants, now=now(), on=today())
    words = request.GET.get("q", "").strip().casefold()[:100]
    shown = choose(request.GET.get("toon", ""), Show, Show.ALL)
    sort = request.GET.get("sorteer", "naam")
    listed = [row for row in rows if FILTERS[shown](row) and words in row.tenant.name.casefold()]
    context = {
        "rows": _sorted(listed, sort),
        "totals": totals(rows),
        "count": len(rows),
        "words": request.GET.get("q", ""),
        "shown": shown,
        "sort": sort,
        "choices": ListLinks(request).choices("toon", SHOWN, shown, default=Show.ALL),
        "columns": _columns(ListLinks(request), sort),
        "today": today(),
    }
    return render(request, "dunning/office.html", context)


def _sorted(rows: list[ClientRow], sort: str) -> list[ClientRow]:
    key = SORTS.get(sort.removeprefix("-"), SORTS["naam"])
    return sorted(rows, key=key, reverse=sort.startswith("-"))


def _columns(links: ListLinks, sort: str) -> list[Any]:
    return [
        links.column("Administratie", "naam", sort),
        links.column("Open", "open", sort, css="num", is_large_first=True),
        links.column("Te laat", "te-laat", sort, css="num hide-small", is_large_first=True),
        links.column("Weekrun", "run", sort, css="hide-small", is_large_first=True),
        links.column("Mens nodig", "mens", sort, css="num hide-small", is_large_first=True),
        links.column("Cijfers", "cijfers", sort, css="hide-small"),
        links.column("Volgende run", "volgende", sort, css="hide-small"),
    ]
