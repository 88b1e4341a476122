"""The audit trail of a tenant, newest first, page by page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date

from tenants.access import TenantRequest, tenant_view
from tenants.clock import AMSTERDAM
from tenants.events import SUBJECTS, describe
from tenants.facts import event_page, people_who_act
from tenants.permissions import Permission


@tenant_view(Permission.SEE)
def events(request: TenantRequest) -> HttpResponse:
    asked = request.GET
    before = asked.get("voor", "")
    about = asked["over"] if asked.get("over") in SUBJECTS else ""
    day = _day(asked.get("tot", ""))
    page = event_page(
        request.tenant,
        before_seq=int(before) if before.isdecimal() and len(before) < 19 else None,
        until=_end_of(day) if day else None,
        about=about,
        by=asked.get("wie", ""),
    )
    context = {
        "rows": [(event, describe(event)) for event in page.rows],
        "next_seq": page.next_seq,
        "is_first": not before,
        "subjects": SUBJECTS,
        "people": people_who_act(request.tenant),
        "wanted": {"about": about, "by": asked.get("wie", ""), "until": asked.get("tot", "")},
    }
    return render(request, "tenants/events.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=AMSTERDAM)
