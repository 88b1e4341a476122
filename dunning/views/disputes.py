"""Disputes for staff: the list of what must be answered, one dispute with its answer, and a new one after a call."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from dunning.actions import disputes as actions
from dunning.actions.arrangements import ArrangementError
from dunning.forms.arrangements import DisputeChangeForm, DisputeForm, ResolveForm
from dunning.models import Dispute
from dunning.models.arrangements import DisputeOutcome, DisputeReason, Origin
from dunning.selectors.arrangements import open_disputes, undisputed
from receivables.selectors.paging import Sort, take
from receivables.views.lists import ListLinks
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

FIRST_DUE = Sort(("resolve_by_on", "id"))
NEWEST = Sort(("resolved_at", "id"), is_descending=True)
WHOSE = {"": "Alle open", "mij": "Van mij", "niemand": "Van niemand", "afgehandeld": "Afgehandeld"}


@tenant_view(Permission.SEE)
def disputes(request: TenantRequest) -> HttpResponse:
    """What must be answered first, first."""
    asked, tenant = request.GET, request.tenant
    whose = asked.get("van", "") if asked.get("van", "") in WHOSE else ""
    words = asked.get("q", "").replace("\0", "").strip()[:100]
    rows, sort = open_disputes(tenant), FIRST_DUE
    if whose == "afgehandeld":
        closed = tenant.disputes.filter(resolved_at__isnull=False)
        rows, sort = closed.select_related("invoice", "customer", "owner", "opened_by", "resolved_by"), NEWEST
    elif whose:
        rows = rows.filter(owner=request.user) if whose == "mij" else rows.filter(owner__isnull=True)
    if words:
        rows = rows.filter(customer__name__icontains=words)
    page, links = take(rows, sort, token=asked.get("na", "")), ListLinks(request)
    context = {
        "rows": page.rows,
        "choices": links.choices("van", WHOSE, whose),
        "whose": whose,
        "words": words,
        "pager": links.pager(page),
        "today": clock.today(),
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/arrangements/disputes.html", context)


@tenant_view(Permission.SEE, write=Permission.HOLD)
def dispute(request: TenantRequest, pk: UUID) -> HttpResponse:
    """One dispute: what is contested, and the answer."""
    found = _dispute(request, pk)
    is_posted = request.method == "POST"
    form = ResolveForm(request.POST if is_posted else None)
    if is_posted and form.is_valid() and _resolve(request, found, form):
        return redirect("dunning:arrangements", request.tenant.slug)
    return _page(request, found, form, is_posted=is_posted)


@require_POST
@tenant_view(Permission.HOLD)
def dispute_change(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Another owner, another day."""
    found, form = _dispute(request, pk), DisputeChangeForm(request.tenant, request.POST)
    if not form.is_valid():
        messages.error(request, "Kies een dag waarop de klant antwoord heeft.")
        return redirect("dunning:dispute", request.tenant.slug, pk)
    owner, day, now, by = form.cleaned_data["owner"], form.cleaned_data["resolve_by_on"], clock.now(), request.user
    try:
        if owner != found.owner:
            actions.reassign_dispute(request.tenant, found, owner=owner, now=now, by=by)
        if day != found.resolve_by_on:
            actions.extend_dispute(request.tenant, found, resolve_by_on=day, on=clock.today(), now=now, by=by)
        messages.success(request, "Vastgelegd.")
    except ArrangementError as error:
        messages.error(request, str(error))
    return redirect("dunning:dispute", request.tenant.slug, pk)


@tenant_view(Permission.HOLD)
def dispute_new(request: TenantRequest, pk: UUID) -> HttpResponse:
    """What a debtor told by phone or mail."""
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    is_posted = request.method == "POST"
    initial = {"invoice": request.GET.get("factuur", ""), "owner": request.user.pk}
    initial["resolve_by_on"] = clock.today() + actions.RESOLVE_WITHIN
    form = DisputeForm(customer, request.POST if is_posted else None, initial=initial)
    if is_posted and form.is_valid() and _open(request, form):
        return redirect("dunning:customer", request.tenant.slug, pk)
    context = {
        "form": form,
        "customer": customer,
        "title": "Betwisting vastleggen",
        "button": "Vastleggen",
        "sub": "De factuur wordt niet gemaand tot u de betwisting hebt afgehandeld. Andere facturen gaan door.",
        "has_invoices": form.fields["invoice"].queryset.exists(),  # type: ignore[attr-defined] # a field of rows
    }
    return TemplateResponse(request, "dunning/arrangements/form.html", context, status=422 if is_posted else 200)


def _page(request: TenantRequest, found: Dispute, form: ResolveForm, *, is_posted: bool) -> HttpResponse:
    initial = {"owner": found.owner_id, "resolve_by_on": found.resolve_by_on}
    context = {
        "dispute": found,
        "invoice": found.invoice,
        "undisputed": undisputed(found),
        "form": form,
        "change": DisputeChangeForm(request.tenant, initial=initial),
        "today": clock.today(),
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/arrangements/dispute.html", context, status=422 if is_posted else 200)


def _dispute(request: TenantRequest, pk: UUID) -> Dispute:
    rows = request.tenant.disputes.select_related("invoice", "customer", "owner", "opened_by", "resolved_by")
    return get_object_or_404(rows, pk=pk)


def _resolve(request: TenantRequest, found: Dispute, form: ResolveForm) -> bool:
    outcome = DisputeOutcome(form.cleaned_data["outcome"])
    try:
        actions.resolve_dispute(
            request.tenant,
            found,
            outcome=outcome,
            note=form.cleaned_data["note"],
            on=clock.today(),
            now=clock.now(),
            by=request.user,
        )
    except ArrangementError as error:
        form.add_error(None, str(error))
        return False
    credit = " Maak de creditnota in uw boekhouding; tot die er is, wacht de factuur nog 30 dagen."
    after = credit if outcome in actions.RIGHT else " De volgende run beslist opnieuw."
    messages.success(request, f"De betwisting van {found.invoice.number} is afgehandeld.{after}")
    return True


def _open(request: TenantRequest, form: DisputeForm) -> bool:
    cleaned = form.cleaned_data
    try:
        actions.open_dispute(
            request.tenant,
            cleaned["invoice"],
            reason=DisputeReason(cleaned["reason"]),
            text=cleaned["text"],
            origin=Origin.STAFF,
            amount=cleaned["amount"],
            owner=cleaned["owner"],
            resolve_by_on=cleaned["resolve_by_on"],
            on=clock.today(),
            now=clock.now(),
            by=request.user,
        )
    except ArrangementError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"De betwisting van {cleaned['invoice'].number} is vastgelegd.")
    return True
