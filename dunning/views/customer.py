"""The page of one customer: what is open and why (not) each invoice is asked for, and everything that happened."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dunning.forms.notes import NoteForm
from dunning.selectors.arrangements import of_customer
from dunning.selectors.legal import legal_panel
from dunning.selectors.timeline import timeline_of
from dunning.selectors.why import Answer, last_answers
from receivables.actions.notes import add_note
from receivables.balance import InvoiceBalance, balance_of_customer
from receivables.models import Customer
from receivables.paying.links import known_url
from receivables.selectors.known_ibans import known_ibans_of
from receivables.selectors.standing import Standing, standing
from tenants.access import TenantRequest, tenant_view
from tenants.clock import now, today
from tenants.models import Tenant
from tenants.permissions import Permission

SETTLED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class OpenRow:
    """An open invoice with the stored answer of the last run."""

    balance: InvoiceBalance
    standing: Standing
    why: Answer


@tenant_view(Permission.SEE)
def customer(request: TenantRequest, pk: UUID) -> HttpResponse:
    tenant, on = request.tenant, today()
    found = get_object_or_404(tenant.customers.select_related("segment"), pk=pk)
    balance = balance_of_customer(tenant, found, on=on)
    answers = last_answers(tenant, [entry.invoice for entry in balance.claims])
    context = {
        "customer": found,
        "known_ibans": known_ibans_of(tenant, found),
        "balance": balance,
        "overdue": balance.overdue(on),
        "rows": [OpenRow(entry, standing(entry.invoice, on=on), answers[entry.invoice.pk]) for entry in balance.claims],
        "answered_on": max((answer.on for answer in answers.values() if answer.on), default=None),
        "settled": _settled(tenant, found),
        "timeline": timeline_of(tenant, found, on=on),
        "holds": list(tenant.holds.filter(customer=found, ended_at__isnull=True).select_related("invoice", "owner")),
        "concerning": of_customer(tenant, found, on=on),
        "today": on,
        "contacts": list(found.contacts.order_by("role")),
        "policy": _policy(tenant, found),
        "policies": list(tenant.policies.filter(archived_at__isnull=True).order_by("name")),
        "own_policy": tenant.policy_choices.filter(customer=found).values_list("policy", flat=True).first(),
        "legal": legal_panel(tenant, found, on=on),
        "note_form": NoteForm(),
        "pay_url": known_url(tenant, found, now=now()),
    }
    return render(request, "dunning/customer.html", context)


@require_POST
@tenant_view(Permission.EDIT_CUSTOMER)
def note_add(request: TenantRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(request.tenant.customers, pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        add_note(request.tenant, found, text=form.cleaned_data["text"], by=request.user, now=now())
        messages.success(request, "Notitie bewaard.")
    else:
        messages.error(request, "Schrijf eerst iets op; een notitie is hooguit 5.000 tekens lang.")
    return redirect("dunning:customer", request.tenant.slug, pk)


def _settled(tenant: Tenant, customer: Customer) -> list[object]:
    return list(tenant.invoices.filter(customer=customer, open_amount=0).order_by("-due_on")[:SETTLED_SHOWN])


def _policy(tenant: Tenant, customer: Customer) -> str:
    """The name of the ladder that new invoices of this customer follow."""
    choices = tenant.policy_choices.select_related("policy")
    choice = choices.filter(customer=customer).first()
    if choice is None and customer.segment_id:
        choice = choices.filter(segment=customer.segment_id).first()
    if choice:
        return choice.policy.name
    default = tenant.policies.filter(is_default=True).first()
    return default.name if default else ""
