"""Promises for staff: those that run, those that were broken, and a new one after a call."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from dunning.actions import promises as actions
from dunning.actions.arrangements import ArrangementError
from dunning.forms.arrangements import PromiseForm
from dunning.models.arrangements import Origin
from dunning.selectors.arrangements import lately_broken, promise_rows, running_promises
from receivables.models import Customer
from receivables.selectors.paging import Sort, take
from receivables.views.lists import ListLinks
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission

FIRST_DUE = Sort(("grace_on", "id"))
LAST_BROKEN = Sort(("grace_on", "id"), is_descending=True)
STATES = {"": "Lopend", "gebroken": "Niet nagekomen"}


@tenant_view(Permission.SEE)
def promises(request: TenantRequest) -> HttpResponse:
    """Running promises by their day; broken ones of the last weeks, the newest first."""
    asked, tenant, on = request.GET, request.tenant, clock.today()
    state = asked.get("stand", "") if asked.get("stand", "") in STATES else ""
    words = asked.get("q", "").replace("\0", "").strip()[:100]
    rows = lately_broken(tenant, on=on) if state else running_promises(tenant, on=on)
    if words:
        rows = rows.filter(customer__name__icontains=words)
    page = take(rows, LAST_BROKEN if state else FIRST_DUE, token=asked.get("na", ""))
    links = ListLinks(request)
    context = {
        "rows": promise_rows(page.rows, tenant, on=on),
        "choices": links.choices("stand", STATES, state),
        "state": state,
        "words": words,
        "pager": links.pager(page),
        "today": on,
        "may": request.may,
    }
    return TemplateResponse(request, "dunning/arrangements/promises.html", context)


@tenant_view(Permission.HOLD)
def promise_new(request: TenantRequest, pk: UUID) -> HttpResponse:
    """What a debtor promised by phone: any day, as a person agreed it."""
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    is_posted = request.method == "POST"
    form = PromiseForm(customer, request.POST if is_posted else None)
    if is_posted and form.is_valid() and _make(request, customer, form):
        return redirect("dunning:customer", request.tenant.slug, pk)
    context = {
        "form": form,
        "customer": customer,
        "title": "Toezegging vastleggen",
        "button": "Vastleggen",
        "sub": "De ladder wacht op deze betaling. Komt zij niet, dan gaat de volgende run vanzelf verder.",
        "has_invoices": form.fields["invoices"].queryset.exists(),  # type: ignore[attr-defined] # a field of rows
    }
    return TemplateResponse(request, "dunning/arrangements/form.html", context, status=422 if is_posted else 200)


@require_POST
@tenant_view(Permission.HOLD)
def promise_withdraw(request: TenantRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(request.tenant.promises, pk=pk)
    if actions.withdraw_promise(request.tenant, found, now=clock.now(), by=request.user):
        messages.success(request, "De toezegging is ingetrokken. De volgende run beslist opnieuw.")
    return redirect("dunning:customer", request.tenant.slug, found.customer_id)


def _make(request: TenantRequest, customer: Customer, form: PromiseForm) -> bool:
    cleaned = form.cleaned_data
    try:
        actions.make_promise(
            request.tenant,
            customer,
            invoice_ids=[invoice.pk for invoice in cleaned["invoices"]],
            pay_on=cleaned["pay_on"],
            amount=cleaned["amount"],
            note=cleaned["note"],
            origin=Origin.STAFF,
            on=clock.today(),
            now=clock.now(),
            by=request.user,
        )
    except ArrangementError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"De toezegging van {customer.name} is vastgelegd.")
    return True
