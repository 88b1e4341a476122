"""What has happened in the demo's books: a dispute, a promise, part of an invoice paid. Picked by rule, not by chance."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dunning.actions.holds import place_hold
from dunning.models.holds import HoldLevel, HoldReason
from receivables.actions.payments import Receipt, record_payment
from receivables.domain.money import Money
from receivables.models import Invoice
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import PaymentChannel
from tenants.models import Tenant, User

LATE = 12  # days past due from which a debtor has been heard of


def leave_marks(tenant: Tenant, *, on: date, now: datetime, by: User | None) -> None:
    """Three customers of a tenant answered; the rest is silent, as it goes."""
    late = _one_per_customer(tenant, on)
    if len(late) > 2:
        _dispute(tenant, late[0], on=on, now=now, by=by)
        _promise(tenant, late[1], on=on, now=now, by=by)
        _part_payment(tenant, late[2], on=on, now=now, by=by)


def _one_per_customer(tenant: Tenant, on: date) -> list[Invoice]:
    """The largest late invoice of each customer, largest first."""
    invoices = tenant.invoices.filter(kind=InvoiceKind.INVOICE, due_on__lt=on - timedelta(days=LATE), open_amount__gt=0)
    largest: dict[object, Invoice] = {}
    for invoice in invoices.select_related("customer").order_by("-open_amount", "number"):
        largest.setdefault(invoice.customer_id, invoice)
    return list(largest.values())


def _dispute(tenant: Tenant, invoice: Invoice, *, on: date, now: datetime, by: User | None) -> None:
    place_hold(
        tenant,
        level=HoldLevel.INVOICE,
        customer=invoice.customer,
        invoice=invoice,
        reason=HoldReason.DISPUTE,
        note="Zegt dat een deel niet geleverd is; de pakbon wordt opgezocht.",
        until_on=on + timedelta(days=10),
        on=on,
        now=now,
        by=by,
    )


def _promise(tenant: Tenant, invoice: Invoice, *, on: date, now: datetime, by: User | None) -> None:
    place_hold(
        tenant,
        level=HoldLevel.CUSTOMER,
        customer=invoice.customer,
        reason=HoldReason.PROMISE,
        note="Aan de telefoon beloofd na de volgende loonronde te betalen.",
        until_on=on + timedelta(days=5),
        on=on,
        now=now,
        by=by,
    )


def _part_payment(tenant: Tenant, invoice: Invoice, *, on: date, now: datetime, by: User | None) -> None:
    receipt = Receipt(
        amount=Money.of((invoice.open_amount / 3).quantize(invoice.open_amount)),
        received_on=on - timedelta(days=3),
        channel=PaymentChannel.MANUAL,
        source_key=f"demo:{invoice.number}",
        description=f"Deel van {invoice.number}",
    )
    record_payment(tenant, invoice.customer, receipt=receipt, designated=[invoice.pk], now=now, by=by)
