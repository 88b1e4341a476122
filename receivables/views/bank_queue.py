"""The queue of receipts: a list with one receipt opened beside it; every action is a form, keys only press its buttons."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse

from receivables.actions.bank_accepting import last_done
from receivables.actions.bank_booking import EUR
from receivables.forms.bank_queue import SetAsideForm
from receivables.models import BankLine
from receivables.models.banking import LineState
from receivables.selectors.bank_elsewhere import meant_for_another
from receivables.selectors.bank_proposals import proposals_of
from receivables.selectors.bank_queue import (
    DEFAULT_SORT,
    LIKELY,
    SORTS,
    STATES,
    QueueFilter,
    QueueRow,
    State,
    account_ages,
    find_lines,
    questions_of,
    rows_of,
    sureness,
)
from receivables.selectors.paging import Sort, measure, take
from receivables.views.bank_lines import back_to_queue, told
from receivables.views.lists import Choice, Column, ListLinks, choose, choose_id
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

PAGE = 25


@tenant_view(Permission.SEE)
def bank_queue(request: TenantRequest) -> HttpResponse:
    """Receipts that no rule was sure enough about, the surest first."""
    wanted, links = _wanted(request), ListLinks(request)
    name = request.GET.get("sorteer", "") or DEFAULT_SORT
    name = name if name.removeprefix("-") in SORTS else DEFAULT_SORT
    sort = Sort(SORTS[name.removeprefix("-")].fields, is_descending=name.startswith("-"))
    rows = find_lines(request.tenant, wanted)
    page = take(rows.select_related("account"), sort, token=request.GET.get("na", ""), size=PAGE)
    size, in_euro = measure(rows), measure(rows.filter(currency=EUR), amount="amount")
    on, last = clock.today(), last_done(request.tenant, request.user, now=clock.now())
    context = {
        "rows": _linked(request, rows_of(request.tenant, page.rows)),
        "wanted": wanted,
        "sort": name,
        "size": size,
        "total": in_euro.open_amount,
        "pager": links.pager(page, size, one="ontvangst", many="ontvangsten"),
        "states": _states(links, wanted),
        "columns": _columns(links, name),
        "accounts": list(request.tenant.bank_accounts.order_by("number")),
        "ages": account_ages(request.tenant, on=on),
        "last": last,
        "last_told": told(request.tenant, last.bookings) if last else "",
        "has_bank": size.count > 0 or request.tenant.bank_lines.exists(),
        "threshold": request.tenant.match_threshold,
        "bulk_from": LIKELY,
        "query": request.GET.urlencode(),
        "tab": "queue",
        **_opened(request, page.rows, on=on),
    }
    return TemplateResponse(request, "receivables/banking/queue.html", context)


def _wanted(request: TenantRequest) -> QueueFilter:
    asked = request.GET
    return QueueFilter(
        state=choose(asked.get("stand", ""), State, State.ALL),
        account=choose_id(asked.get("rekening", "")),
        from_on=_day(asked.get("van", "")),
        to_on=_day(asked.get("tot", "")),
        words=asked.get("q", "").replace("\0", "").strip()[:100],
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _states(links: ListLinks, wanted: QueueFilter) -> list[Choice]:
    return [
        Choice(label, links.to(stand="" if value is State.ALL else value, regel=""), value == wanted.state)
        for value, label in STATES.items()
    ]


def _columns(links: ListLinks, sort: str) -> list[Column]:
    return [
        links.column("Ontvangst", "dag", sort, is_large_first=True),
        links.column("Voorstel", "score", sort, css="hide-small", is_large_first=True),
        links.column("Bedrag", "bedrag", sort, css="num", is_large_first=True),
    ]


def _linked(request: TenantRequest, rows: list[QueueRow]) -> list[tuple[QueueRow, str]]:
    """Each row with the link that opens it and stays on this page of the list."""
    return [(row, back_to_queue(request.tenant, request.GET.urlencode(), row.line.pk)) for row in rows]


def _opened(request: TenantRequest, lines: list[BankLine], *, on: date) -> dict[str, Any]:
    """The receipt that is opened: the one that was asked for, else the first of the page."""
    wanted = choose_id(request.GET.get("regel", ""))
    line = next((each for each in lines if each.pk == wanted), None)
    if line is None and wanted is not None:
        line = request.tenant.bank_lines.select_related("account").filter(pk=wanted, amount__gt=0).first()
    line = line or (lines[0] if lines else None)
    if line is None:
        return {"line": None}
    place = lines.index(line) if line in lines else -1
    following = lines[place + 1] if 0 <= place < len(lines) - 1 else None
    before = lines[place - 1] if place > 0 else None
    query = request.GET.urlencode()
    is_open = line.state == LineState.OPEN
    proposals = proposals_of(request.tenant, line, on=on) if is_open else []
    return {
        "line": line,
        "is_asked": wanted is not None,
        "is_open": is_open,
        "place": place + 1,
        "proposals": proposals,
        "best": proposals[0].sureness if proposals else sureness(0),
        "elsewhere": meant_for_another(request.tenant, line, request.user) if is_open else None,
        "questions": questions_of(request.tenant, line) if line.state == LineState.HELD else [],
        "next_pk": (following or before or line).pk if (following or before) else "",
        "next_url": back_to_queue(request.tenant, query, following.pk) if following else "",
        "previous_url": back_to_queue(request.tenant, query, before.pk) if before else "",
        "aside": SetAsideForm(),
    }
