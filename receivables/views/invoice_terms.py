"""The ground of a due date: of one invoice, and of many invoices of one customer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from receivables.actions.invoice_terms import set_invoice_terms, set_terms_of_customer
from receivables.forms.invoice_terms import CustomerTermsForm, InvoiceTermsForm
from receivables.models.invoices import DueDateBasis, InvoiceKind
from receivables.selectors.invoice_terms import MOST_SHOWN, TermRow, may_be_agreed, open_terms
from tenants.access import TenantRequest, tenant_view
from tenants.clock import now, today
from tenants.permissions import Permission
from tenants.templatetags.voldaan import hoeveel


@tenant_view(Permission.EDIT_CUSTOMER)
def invoice_terms(request: TenantRequest, pk: UUID) -> HttpResponse:
    """What is known of the due date of one invoice."""
    rows = request.tenant.invoices.filter(kind=InvoiceKind.INVOICE).select_related("customer")
    invoice = get_object_or_404(rows, pk=pk)
    is_posted = request.method == "POST"
    form = InvoiceTermsForm(invoice, request.POST if is_posted else None, on=today())
    if is_posted and form.is_valid():
        is_changed = set_invoice_terms(request.tenant, invoice, changes=form.cleaned_data, now=now(), by=request.user)
        messages.success(request, "Vastgelegd." if is_changed else "Er was niets gewijzigd.")
        return redirect("dunning:invoice", request.tenant.slug, pk)
    context = {"invoice": invoice, "form": form, "may_be_agreed": may_be_agreed(invoice.customer, invoice)}
    return render(request, "receivables/invoice_terms.html", context, status=422 if is_posted else 200)


@tenant_view(Permission.EDIT_CUSTOMER)
def invoice_terms_of_customer(request: TenantRequest, pk: UUID) -> HttpResponse:
    """The same for the invoices of a customer that are ticked; those with exactly the agreed term are proposed."""
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    is_posted = request.method == "POST"
    form = CustomerTermsForm(customer, request.POST if is_posted else None)
    if is_posted and form.is_valid():
        chosen = [row.pk for row in form.cleaned_data["invoices"]]
        count = set_terms_of_customer(
            request.tenant,
            customer,
            chosen,
            basis=DueDateBasis(form.cleaned_data["due_date_basis"]),
            is_instalment=form.is_instalment,
            now=now(),
            by=request.user,
        )
        messages.success(request, f"Bij {hoeveel(count, 'factuur,facturen')} vastgelegd.")
        return redirect("dunning:customer", request.tenant.slug, pk)
    rows = open_terms(request.tenant, customer)
    ticked = set(request.POST.getlist("invoices")) if is_posted else _proposed(rows)
    context = {
        "customer": customer,
        "form": form,
        "rows": [(row, str(row.invoice.pk) in ticked) for row in rows],
        "most": MOST_SHOWN,
    }
    return render(request, "receivables/customer_terms.html", context, status=422 if is_posted else 200)


def _proposed(rows: list[TermRow]) -> set[str]:
    return {str(row.invoice.pk) for row in rows if row.may_be_agreed}
