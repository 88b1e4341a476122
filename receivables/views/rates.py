"""The interest rates: everybody who works here may read them, a platform admin adds them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from receivables.actions.rates import RateChange, RateRefusedError, add_rate, change_of
from receivables.domain.parameters import LEGAL_STATE_ON
from receivables.domain.rates import RateKind
from receivables.forms.rates import RateForm
from receivables.law_tables import KnownRate, added_rates, known_rates, merged, rates_warning
from receivables.models import StatutoryRate
from receivables.models.rates import RateKind as Kinds
from tenants import clock
from tenants.access import StaffRequest, login_view, platform_view

RECENT = 8  # rows; the older ones stand folded


@login_view
def rates(request: StaffRequest) -> HttpResponse:
    """Both tables, with where each row stands."""
    return TemplateResponse(request, "receivables/rates.html", _tables())


@platform_view
def rates_admin(request: StaffRequest) -> HttpResponse:
    """Add a row: first it is shown what that changes, then it is kept."""
    form = RateForm(request.POST or None)
    change = _checked(form) if request.method == "POST" else None
    if change and "bevestigd" in request.POST:
        add_rate(change.rate, by=request.user, now=clock.now(), on=clock.today())
        messages.success(request, "Het percentage is toegevoegd en telt vanaf nu voor iedereen.")
        return redirect("receivables:rates_admin")
    context = {
        **_tables(),
        "form": form,
        "change": change,
        "added": StatutoryRate.objects.select_related("by").order_by("-pk"),
    }
    return TemplateResponse(request, "receivables/rates_admin.html", context, status=422 if form.errors else 200)


def _checked(form: RateForm) -> RateChange | None:
    """What the typed rate would change, or the form with what is wrong."""
    if not form.is_valid():
        return None
    try:
        return change_of(form.rate(), on=clock.today())
    except RateRefusedError as refused:
        form.add_error(refused.field, str(refused))
        return None


def _tables() -> dict[str, Any]:
    added = added_rates()
    tables = [_table(kind, added) for kind in RateKind]
    return {"tables": tables, "warning": rates_warning(clock.today()), "legal_state_on": LEGAL_STATE_ON}


def _table(kind: RateKind, added: tuple[KnownRate, ...]) -> dict[str, Any]:
    rows = known_rates(kind, added)[::-1]
    return {
        "kind": kind.value,
        "title": Kinds(kind.value).label,
        "recent": rows[:RECENT],
        "older": rows[RECENT:],
        "confirmed_through": merged(added)[kind].confirmed_through,
    }
