"""Going through the legal forms: a proposal per customer, accepted one by one or a page at a time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from receivables.actions.customers import accept_legal_forms
from receivables.forms.customers import LegalFormForm
from receivables.models.customers import LegalForm
from receivables.selectors.legal_forms import proposals, without_legal_form
from receivables.selectors.paging import PAGE_SIZE, measure
from receivables.views.lists import ListLinks, choose_id
from tenants.access import TenantRequest, tenant_view
from tenants.clock import now
from tenants.permissions import Permission
from tenants.templatetags.voldaan import hoeveel

CHOICES = [choice for choice in LegalForm.choices if choice[0] != LegalForm.UNKNOWN]


@tenant_view(Permission.SEE, write=Permission.EDIT_CUSTOMER)
def legal_forms(request: TenantRequest) -> HttpResponse:
    """Customers without a legal form. What is ticked when the button is pressed, is accepted."""
    error = ""
    if request.method == "POST":
        chosen = _chosen(request.POST)
        if chosen:
            count = accept_legal_forms(request.tenant, chosen, now=now(), by=request.user)
            messages.success(request, f"De rechtsvorm van {hoeveel(count, 'klant,klanten')} is vastgelegd.")
            return redirect("receivables:customers_legal_forms", request.tenant.slug)
        error = "Kruis ten minste één klant aan en kies een rechtsvorm."
    page = proposals(request.tenant, token=request.GET.get("na", ""))
    size = measure(without_legal_form(request.tenant))
    context = {
        "rows": page.rows,
        "choices": CHOICES,
        "error": error,
        "proposed": sum(1 for row in page.rows if row.proposed.form),
        "pager": ListLinks(request).pager(page, size, one="klant zonder rechtsvorm", many="klanten zonder rechtsvorm"),
    }
    return render(request, "receivables/legal_forms.html", context, status=422 if error else 200)


@require_POST
@tenant_view(Permission.EDIT_CUSTOMER)
def legal_form_accept(request: TenantRequest, pk: UUID) -> HttpResponse:
    """The proposal on a customer's page, accepted with one click."""
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    form = LegalFormForm(request.POST)
    if form.is_valid():
        accepted = LegalForm(form.cleaned_data["legal_form"])
        accept_legal_forms(request.tenant, {customer.pk: accepted}, now=now(), by=request.user)
        messages.success(request, f"Rechtsvorm vastgelegd: {accepted.label.lower()}.")
    else:
        messages.error(request, "Kies een rechtsvorm.")
    return redirect("dunning:customer", request.tenant.slug, pk)


def _chosen(posted: QueryDict) -> dict[UUID, LegalForm]:
    """Per ticked customer the form that stands beside it; what is no form or no customer is left out."""
    chosen: dict[UUID, LegalForm] = {}
    for text in posted.getlist("klant")[:PAGE_SIZE]:
        customer_id, form = choose_id(text), posted.get(f"vorm-{text}", "")
        if customer_id and form in LegalForm.values and form != LegalForm.UNKNOWN:
            chosen[customer_id] = LegalForm(form)
    return chosen
