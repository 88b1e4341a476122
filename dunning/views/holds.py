"""Everything on hold on one screen (F25): where, why, whose, until when; place, lengthen and end."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from dunning.actions import holds as actions
from dunning.forms.holds import HoldForm
from dunning.models.holds import HoldLevel, HoldReason
from receivables.selectors.paging import Sort, take
from receivables.views.lists import ListLinks
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

NEWEST = Sort(("placed_at", "id"), is_descending=True)


@tenant_view(Permission.SEE, write=Permission.HOLD)
def holds(request: TenantRequest) -> HttpResponse:
    """The running holds, and the form for a new one."""
    form = HoldForm(request.tenant, request.POST if request.method == "POST" else request.GET or None)
    is_posted = request.method == "POST"
    if not is_posted:
        form = HoldForm(
            request.tenant,
            initial={"customer": request.GET.get("klant", ""), "invoice": request.GET.get("factuur", "")},
        )
    elif form.is_valid() and _place(request, form):
        messages.success(request, "De blokkade is geplaatst. Er gaat niets uit zolang zij loopt.")
        return redirect("dunning:holds", request.tenant.slug)
    on = clock.today()
    rows = request.tenant.holds.filter(ended_at__isnull=True).select_related(
        "customer", "invoice", "owner", "placed_by"
    )
    reason = request.GET.get("reden", "")
    if reason in HoldReason.values:
        rows = rows.filter(reason=reason)
    page = take(rows, NEWEST, token=request.GET.get("na", ""))
    for hold in page.rows:
        hold.days_left = (hold.until_on - on).days if hold.until_on else None  # type: ignore[attr-defined] # for the template
        hold.is_over = hold.until_on is not None and hold.until_on < on  # type: ignore[attr-defined] # idem
    context = {
        "form": form,
        "page": page,
        "pager": ListLinks(request).pager(page),
        "reason": reason,
        "reasons": HoldReason.choices,
        "levels": HoldLevel,
        "may": request.may,
        "today": on,
    }
    return TemplateResponse(request, "dunning/holds.html", context, status=422 if is_posted else 200)


def _place(request: TenantRequest, form: HoldForm) -> bool:
    cleaned = form.cleaned_data
    try:
        actions.place_hold(
            request.tenant,
            level=form.level,
            reason=HoldReason(cleaned["reason"]),
            on=clock.today(),
            now=clock.now(),
            customer=cleaned["customer"],
            invoice=cleaned["invoice"],
            until_on=cleaned["until_on"],
            note=cleaned["note"],
            pauses_interest=cleaned["pauses_interest"],
            by=request.user,
        )
    except actions.HoldError as error:
        form.add_error(None, str(error))
        return False
    return True


@require_POST
@tenant_view(Permission.HOLD)
def hold_end(request: TenantRequest, pk: UUID) -> HttpResponse:
    hold = get_object_or_404(request.tenant.holds, pk=pk)
    if actions.end_hold(request.tenant, hold, now=clock.now(), by=request.user):
        messages.success(request, "De blokkade is opgeheven. De volgende run beslist opnieuw.")
    return redirect("dunning:holds", request.tenant.slug)


@require_POST
@tenant_view(Permission.HOLD)
def hold_extend(request: TenantRequest, pk: UUID) -> HttpResponse:
    hold = get_object_or_404(request.tenant.holds, pk=pk)
    until_on = _day(request.POST.get("tot", ""))
    if until_on is None or until_on < clock.today():
        messages.error(request, "Kies een dag vanaf vandaag.")
    else:
        try:
            actions.extend_hold(request.tenant, hold, until_on=until_on, now=clock.now(), by=request.user)
            messages.success(request, "De nieuwe einddatum is vastgelegd.")
        except actions.HoldError as error:
            messages.error(request, str(error))
    return redirect("dunning:holds", request.tenant.slug)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
