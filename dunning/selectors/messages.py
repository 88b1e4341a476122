"""The inbox of what debtors left on the pay page."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from dunning.models import DebtorMessage
from receivables.models import Invoice, Payment
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Opened:
    """One message with what a person needs to answer it."""

    message: DebtorMessage
    invoices: list[Invoice]
    payments: list[Payment]  # of this customer, for a claim to have paid: is it there already?


def inbox(tenant: Tenant, *, kind: str = "", is_handled: bool = False, words: str = "") -> QuerySet[DebtorMessage]:
    """Messages to answer, or those that were."""
    rows = tenant.debtor_messages.filter(handled_at__isnull=not is_handled)
    if kind:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(customer__name__icontains=words)
    return rows.select_related("customer", "hold", "handled_by")


def opened(tenant: Tenant, message: DebtorMessage) -> Opened:
    """The message, the invoices it names, and the newest payments of the customer."""
    named = tenant.invoices.filter(customer=message.customer_id, pk__in=[UUID(pk) for pk in message.invoice_ids])
    payments = tenant.payments.filter(customer=message.customer_id).order_by("-received_on", "-id")[:5]
    return Opened(message, list(named.order_by("due_on", "number")), list(payments))
