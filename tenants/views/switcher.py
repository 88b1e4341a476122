"""The list under the tenant's name: where else this person may go. Asked for only when somebody reaches for it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from tenants.access import StaffRequest, login_view
from tenants.facts import tenants_of

SHOWN = 12


@login_view
def switcher(request: StaffRequest) -> HttpResponse:
    """The first tenants by name; the page with all of them is one click further."""
    places = list(tenants_of(request.user)[:SHOWN])
    return render(request, "components/places.html", {"places": places, "open_slug": request.GET.get("nu", "")})
