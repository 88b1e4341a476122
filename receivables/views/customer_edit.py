"""Correcting a customer: address, mail, law and stop signals."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from receivables.actions.customers import CustomerError, correct_customer
from receivables.forms.customers import CustomerForm
from receivables.models import Customer
from receivables.models.customers import LegalForm
from receivables.selectors.legal_forms import proposal_for
from tenants.access import TenantRequest, tenant_view
from tenants.clock import now
from tenants.permissions import Permission

SECTIONS = (
    ("Wie en waar", ("name", "number", "email", "phone", "street", "postcode", "city")),
    ("Brieven en termijn", ("language", "is_informal", "segment", "payment_term_days")),
    ("Wat de wet wil weten", ("legal_form", "kvk_number", "vat_number", "is_consumer", "is_natural_person", "is_government", "is_large")),
    ("Afgesproken rente", ("contract_interest_percent", "contract_interest_compounds")),
    ("Stopsignaal", ("insolvency", "insolvency_on", "insolvency_until", "insolvency_note")),
    ("Wie voor de klant optreedt", ("representative_name", "representative_email", "representative_street", "representative_postcode", "representative_city")),
)  # fmt: skip


@tenant_view(Permission.EDIT_CUSTOMER)
def customer_edit(request: TenantRequest, pk: UUID) -> HttpResponse:
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    is_posted = request.method == "POST"
    form = CustomerForm(request.tenant, request.POST if is_posted else None, instance=customer)
    if is_posted and form.is_valid() and _correct(request, customer, form):
        return redirect("dunning:customer", request.tenant.slug, customer.pk)
    context = {
        "customer": customer,
        "form": form,
        "sections": [(title, [form[name] for name in names]) for title, names in SECTIONS],
        "proposal": proposal_for(customer) if customer.legal_form == LegalForm.UNKNOWN else None,
        "back_url": request.path.removesuffix("wijzigen/"),
    }
    return render(request, "receivables/customer_edit.html", context, status=422 if is_posted else 200)


def _correct(request: TenantRequest, customer: Customer, form: CustomerForm) -> bool:
    try:
        changed = correct_customer(request.tenant, customer, changes=form.cleaned_data, now=now(), by=request.user)
    except CustomerError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "De gegevens zijn bewaard." if changed else "Er was niets gewijzigd.")
    return True
