"""The front door: to the one office or tenant of this person, or a choice."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tenants.access import StaffRequest, login_view, public_view
from tenants.facts import offices_of, tenants_of


@login_view
def home(request: StaffRequest) -> HttpResponse:
    offices = list(offices_of(request.user))
    tenants = list(tenants_of(request.user).select_related("office"))
    if len(offices) == 1 and all(tenant.office_id == offices[0].pk for tenant in tenants):
        return redirect(f"/o/{offices[0].slug}/")
    if not offices and len(tenants) == 1:
        return redirect(f"/t/{tenants[0].slug}/")
    return render(request, "tenants/home.html", {"offices": offices, "tenants": tenants})


@public_view
def no_such_page(request: HttpRequest) -> HttpResponse:
    """Covers pages of the log-in package that we do not offer: an address is proven by an invitation, not by typing it."""
    raise Http404(request.path)
