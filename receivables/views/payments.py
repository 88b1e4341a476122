"""Money from the staff's side: book a payment by hand, settle credits, look at what the PSP said otherwise."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from receivables.actions.payments import CreditError, Receipt, apply_credits, record_payment
from receivables.balance import balance_of_customer
from receivables.domain.money import Money
from receivables.forms.payments import PaymentForm
from receivables.models import Customer
from receivables.models.ledger import PaymentChannel
from receivables.paying.settling import acknowledge
from receivables.paying.tasks import settle_psp_payment
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission
from tenants.templatetags.voldaan import eur

MOST_ROWS = 200


@tenant_view(Permission.REGISTER_PAYMENT)
def payment_new(request: TenantRequest, pk: UUID) -> HttpResponse:
    """A payment that came in another way: cash, or seen on the bank before the file came."""
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    on = clock.today()
    is_posted = request.method == "POST"
    form = PaymentForm(
        customer, request.POST if is_posted else None, on=on, initial={"invoices": request.GET.getlist("factuur")}
    )
    if is_posted and form.is_valid():
        _book(request, customer, form)
        return redirect("dunning:customer", request.tenant.slug, customer.pk)
    context = {
        "form": form,
        "customer": customer,
        "balance": balance_of_customer(request.tenant, customer, on=on),
        "may": request.may,
    }
    return TemplateResponse(request, "receivables/payment_new.html", context, status=422 if is_posted else 200)


def _book(request: TenantRequest, customer: Customer, form: PaymentForm) -> None:
    cleaned = form.cleaned_data
    receipt = Receipt(
        amount=cleaned["amount"],
        received_on=cleaned["received_on"],
        channel=PaymentChannel.MANUAL,
        source_key=f"manual:{cleaned['key']}",
        description=cleaned["description"],
    )
    payment = record_payment(
        request.tenant,
        customer,
        receipt=receipt,
        now=clock.now(),
        designated=[invoice.pk for invoice in cleaned["invoices"]],
        by=request.user,
    )
    left = Money.of(payment.unallocated)
    rest = f" {eur(left)} blijft als tegoed staan." if left else ""
    messages.success(request, f"De betaling van {eur(receipt.amount)} is geboekt.{rest}")


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def credits_settle(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Settle open credit notes and overpayments with what the customer still owes."""
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    try:
        settled = apply_credits(request.tenant, customer, on=clock.today(), now=clock.now(), by=request.user)
    except CreditError as error:
        messages.error(request, str(error))
    else:
        done = f"{eur(settled)} is verrekend." if settled else "Er is niets om mee te verrekenen."
        messages.success(request, done)
    return redirect("dunning:customer", request.tenant.slug, customer.pk)


@tenant_view(Permission.SEE)
def unallocated(request: TenantRequest) -> HttpResponse:
    """Everything received that no invoice has taken yet."""
    rows = request.tenant.payments.filter(unallocated__gt=0).select_related("customer").order_by("received_on", "id")
    context = {"rows": rows[:MOST_ROWS], "count": rows.count(), "may": request.may}
    return TemplateResponse(request, "receivables/unallocated.html", context)


@tenant_view(Permission.SEE)
def psp_problems(request: TenantRequest) -> HttpResponse:
    """Payments at the PSP that a person must look at: nothing of these was booked."""
    rows = request.tenant.psp_payments.exclude(problem="").select_related("customer").order_by("-created_at")
    context = {"rows": rows[:MOST_ROWS], "count": rows.count(), "may": request.may}
    return TemplateResponse(request, "receivables/psp_problems.html", context)


@require_POST
@tenant_view(Permission.REGISTER_PAYMENT)
def psp_problem_answer(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Look at the PSP once more, or say that it was dealt with."""
    attempt = get_object_or_404(request.tenant.psp_payments.exclude(problem=""), pk=pk)
    if request.POST.get("answer") == "done":
        acknowledge(request.tenant, attempt, now=clock.now(), by=request.user)
        messages.success(request, "De betaling is van de lijst. Wat er speelde staat in het logboek.")
    else:
        tenant_id, attempt_id = request.tenant.pk, str(attempt.pk)
        transaction.on_commit(lambda: _look_again(tenant_id, attempt_id))
        messages.success(request, "Wij vragen het opnieuw aan de betaaldienst. Vernieuw de pagina over een minuut.")
    return redirect("receivables:psp_problems", request.tenant.slug)


def _look_again(tenant_id: int, attempt_id: str) -> None:
    with suppress(OperationalError, OSError):
        settle_psp_payment.delay(tenant_id=tenant_id, attempt_id=attempt_id)
