"""Giving money back: through the PSP when it came that way, else by hand with the account it came from."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from kombu.exceptions import OperationalError

from receivables.domain.money import Money
from receivables.forms.psp import RefundForm
from receivables.models import Payment, PspPayment, PspRefund
from receivables.models.ledger import PaymentChannel
from receivables.paying.refunds import CannotRefundError, ask_refund, refundable
from receivables.paying.tasks import send_psp_refund
from tenants import clock
from tenants.access import TenantRequest, tenant_view
from tenants.permissions import Permission
from tenants.templatetags.voldaan import eur

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A payment, what may still go back of it, and by which way."""

    payment: Payment
    left: Money
    psp: PspPayment | None
    asked: list[PspRefund]

    @property
    def proposed(self) -> Money:
        """The credit, when there is one: that is what people usually give back."""
        return min(Money.of(self.payment.unallocated), self.left) or self.left


@tenant_view(Permission.REFUND)
def refunds(request: TenantRequest, pk: UUID) -> HttpResponse:
    """What a customer paid, newest first, and what of it can go back."""
    customer = get_object_or_404(request.tenant.customers, pk=pk)
    payments = request.tenant.payments.filter(customer=customer).order_by("-received_on", "-pk")
    rows = payments.prefetch_related("returns", "psp_payments__refunds")
    context = {"customer": customer, "rows": [_row(payment) for payment in rows[:MOST_ROWS]], "count": payments.count()}
    return TemplateResponse(request, "receivables/refunds.html", context)


@tenant_view(Permission.REFUND)
def refund(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Give one payment back, or a part of it."""
    payments = request.tenant.payments.filter(customer__isnull=False).select_related("customer")
    payment = get_object_or_404(payments.prefetch_related("returns", "psp_payments__refunds"), pk=pk)
    row = _row(payment)
    form = RefundForm(request.POST or None, most=row.left, proposed=row.proposed)
    if request.method == "POST" and row.psp is not None and form.is_valid() and _ask(request, row.psp, form):
        return redirect("receivables:refunds", request.tenant.slug, payment.customer_id)
    context = {
        "row": row,
        "form": form,
        "customer": payment.customer,
        "is_bank": payment.channel == PaymentChannel.BANK,
    }
    return TemplateResponse(request, "receivables/refund.html", context, status=422 if form.is_bound else 200)


def _ask(request: TenantRequest, psp: PspPayment, form: RefundForm) -> bool:
    amount: Money = form.cleaned_data["amount"]
    why = form.cleaned_data["why"]
    try:
        asked = ask_refund(request.tenant, psp, amount=amount, why=why, now=clock.now(), by=request.user)
    except CannotRefundError as error:
        form.add_error(None, str(error))
        return False
    transaction.on_commit(partial(_send, request.tenant.pk, str(asked.pk)))
    messages.success(
        request, f"Wij vragen de betaaldienst om {eur(amount)} terug te betalen. Hieronder ziet u hoe het staat."
    )
    return True


def _send(tenant_id: int, refund_id: str) -> None:
    """Have a worker ask now; without a broker the poll finds it from the database."""
    with suppress(OperationalError, OSError):
        send_psp_refund.delay(tenant_id=tenant_id, refund_id=refund_id)


def _row(payment: Payment) -> Row:
    psp = next(iter(payment.psp_payments.all()), None)
    asked = sorted(psp.refunds.all(), key=lambda refund: refund.created_at, reverse=True) if psp else []
    return Row(payment, refundable(psp) if psp else Money.of(payment.kept), psp, asked)
