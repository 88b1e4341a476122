"""What was booked from the bank and by whom, money that went out, and agreeing with many receipts at once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from receivables.actions.bank_accepting import Accepted, accept_many
from receivables.forms.bank_queue import SetAsideForm
from receivables.models.banking import LineState
from receivables.selectors.bank_booked import (
    BY_DAY,
    BY_TIME,
    DEBITS,
    MADE,
    Debits,
    Made,
    booked_rows,
    debit_rows,
    find_bookings,
    find_debits,
)
from receivables.selectors.bank_proposals import bulk_rows
from receivables.selectors.bank_queue import LIKELY
from receivables.selectors.paging import take
from receivables.views.bank_lines import back_to_queue
from receivables.views.lists import ListLinks, choose, choose_id
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission
from tenants.templatetags.voldaan import eur

PAGE, MOST_AT_ONCE = 50, 50
LEVELS = (95, 90, 80, 70, 60)


@tenant_view(Permission.SEE)
def bank_booked(request: TenantRequest) -> HttpResponse:
    """What was made of the lines, the newest first: by whom, how sure, and why."""
    made = choose(request.GET.get("wat", ""), Made, Made.ALL)
    words = _words(request)
    rows = find_bookings(request.tenant, made, words).select_related("line", "customer", "by", "undone_by")
    links = ListLinks(request)
    page = take(rows, BY_TIME, token=request.GET.get("na", ""), size=PAGE)
    context = {
        "rows": booked_rows(request.tenant, page.rows),
        "words": words,
        "made": made,
        "choices": links.choices("wat", MADE, made, default=Made.ALL),
        "pager": links.pager(page),
        "tab": "booked",
    }
    return TemplateResponse(request, "receivables/banking/queue_booked.html", context)


@tenant_view(Permission.SEE)
def bank_debits(request: TenantRequest) -> HttpResponse:
    """Money that went out: of interest only when it gives a payment back."""
    wanted = choose(request.GET.get("wat", ""), Debits, Debits.RETURNS)
    words = _words(request)
    links = ListLinks(request)
    rows = find_debits(request.tenant, wanted, words).select_related("account")
    page = take(rows, BY_DAY, token=request.GET.get("na", ""), size=PAGE)
    context = {
        "rows": debit_rows(request.tenant, page.rows),
        "words": words,
        "wanted": wanted,
        "choices": links.choices("wat", DEBITS, wanted, default=Debits.RETURNS),
        "pager": links.pager(page),
        "reasons": [value for value, _ in SetAsideForm.base_fields["reason"].choices if value],  # type: ignore[attr-defined] # a ChoiceField
        "tab": "debits",
    }
    return TemplateResponse(request, "receivables/banking/queue_debits.html", context)


@tenant_view(Permission.REGISTER_PAYMENT)
def bank_queue_bulk(request: TenantRequest) -> HttpResponse:
    """Look over the surest proposals together, and agree with them at once."""
    if request.method == "POST":
        return _accept_many(request)
    asked = request.GET.get("vanaf", "")
    least = int(asked) if asked.isdecimal() and len(asked) < 4 else LIKELY
    least = max(least, min(LEVELS))
    lines = request.tenant.bank_lines.filter(state=LineState.OPEN, amount__gt=0, score__gte=least)
    rows = bulk_rows(
        request.tenant, list(lines.order_by("-score", "-id")[:MOST_AT_ONCE]), least=least, on=clock.today()
    )
    context = {
        "rows": rows,
        "least": least,
        "levels": LEVELS,
        "total": sum((row.line.amount for row in rows), start=0),
        "back_url": back_to_queue(request.tenant, request.GET.get("terug", "")),
        "tab": "queue",
    }
    return TemplateResponse(request, "receivables/banking/queue_bulk.html", context)


def _accept_many(request: TenantRequest) -> HttpResponse:
    agreed = [pair for value in request.POST.getlist("regel")[:MOST_AT_ONCE] if (pair := _pair(value))]
    result = accept_many(request.tenant, agreed, by=request.user, on=clock.today(), now=clock.now())
    messages.success(request, _told(result)) if result.bookings else messages.warning(request, _told(result))
    return HttpResponseRedirect(back_to_queue(request.tenant, ""))


def _pair(value: str) -> tuple[UUID, str] | None:
    line, _, digest = value.partition(":")
    found = choose_id(line)
    return (found, digest) if found else None


def _told(result: Accepted) -> str:
    if not result.bookings and not result.refused:
        return "Er is niets aangevinkt."
    count = len(result.bookings)
    done = f"{count} {'ontvangst' if count == 1 else 'ontvangsten'} geboekt, samen {eur(result.amount)}."
    left = f" {result.refused} niet: het voorstel klopte niet meer." if result.refused else ""
    return done + left


def _words(request: TenantRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]
