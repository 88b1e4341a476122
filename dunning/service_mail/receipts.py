"""A receipt for every online payment that was booked: found from the payments themselves, so that none is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from dunning.models import ServiceMail
from dunning.models.service_mails import ServiceMailKind
from dunning.service_mail.outbox import queue_mail
from receivables.balance import balance_of_customer
from receivables.domain.money import Money
from receivables.models import PspPayment
from tenants.context import durable_tenant_context
from tenants.models import Tenant

FRESH: Final = timedelta(days=2)  # an older payment needs no "just received"
MOST: Final = 200


def without_receipt(payments: QuerySet[PspPayment], *, now: datetime) -> QuerySet[PspPayment]:
    """Booked lately, and no receipt asked for yet."""
    key = Concat(Value("receipt:"), Cast(OuterRef("payment"), CharField()))
    asked = ServiceMail.across_tenants.filter(tenant=OuterRef("tenant"), key=key)
    return payments.filter(payment__isnull=False, paid_at__gt=now - FRESH).exclude(Exists(asked))


def queue_receipts(tenant: Tenant, *, now: datetime) -> int:
    """Ask for what is missing; says how many were asked for."""
    queued = 0
    with durable_tenant_context(tenant.pk):
        missing = without_receipt(tenant.psp_payments.select_related("customer", "payment"), now=now)
        for attempt in missing.order_by("paid_at")[:MOST]:
            queued += _queue(tenant, attempt, now=now)
    return queued


def _queue(tenant: Tenant, attempt: PspPayment, *, now: datetime) -> bool:
    payment = attempt.payment
    assert payment is not None  # noqa: S101 # the query asks for those
    numbers = attempt.lines.order_by("invoice__due_on", "invoice__number").values_list("invoice__number", flat=True)
    left = balance_of_customer(tenant, attempt.customer, on=payment.received_on).owed
    context = {
        "amount": str(Money.of(payment.amount)),
        "paid_on": payment.received_on.isoformat(),
        "invoices": list(numbers),
        "left": str(left),
    }
    kind = ServiceMailKind.RECEIPT
    mail = queue_mail(tenant, attempt.customer, kind=kind, key=f"receipt:{payment.pk}", context=context, now=now)
    return mail is not None
