"""What has happened in the demo's books: disputes, promises, plans, a question, part payments. Picked by rule, not by chance."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dunning.actions.disputes import open_dispute
from dunning.actions.messages import leave_question
from dunning.actions.plans import ask_plan
from dunning.actions.promises import make_promise
from dunning.domain.plans import Every
from dunning.models.arrangements import DisputeReason, Origin
from receivables.actions.payments import Receipt, record_payment
from receivables.domain.money import Money
from receivables.models import Invoice
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import PaymentChannel
from tenants.models import Tenant, User

LATE = 12  # days past due from which a debtor has been heard of


def leave_marks(tenant: Tenant, *, on: date, now: datetime, by: User | None) -> None:
    """A few customers of a tenant answered; the rest is silent, as it goes."""
    late = _one_per_customer(tenant, on)
    if len(late) > 2:
        _dispute(tenant, late[0], on=on, now=now, by=by)
        _promise(tenant, late[1], on=on, now=now, by=by)
        _part_payment(tenant, late[2], on=on, now=now, by=by)
    if len(late) > 5:
        _plan(tenant, late[3], count=6, on=on, now=now)
        _plan(tenant, late[-1], count=2, on=on, now=now)
        _question(tenant, late[4], on=on, now=now)


def _one_per_customer(tenant: Tenant, on: date) -> list[Invoice]:
    """The largest late invoice of each customer, largest first."""
    invoices = tenant.invoices.filter(kind=InvoiceKind.INVOICE, due_on__lt=on - timedelta(days=LATE), open_amount__gt=0)
    largest: dict[object, Invoice] = {}
    for invoice in invoices.select_related("customer").order_by("-open_amount", "number"):
        largest.setdefault(invoice.customer_id, invoice)
    return list(largest.values())


def _dispute(tenant: Tenant, invoice: Invoice, *, on: date, now: datetime, by: User | None) -> None:
    text = "Zegt dat een deel niet geleverd is; de pakbon wordt opgezocht."
    reason, resolve_by_on = DisputeReason.NOT_DELIVERED, on + timedelta(days=10)
    open_dispute(
        tenant,
        invoice,
        reason=reason,
        text=text,
        origin=Origin.STAFF,
        on=on,
        now=now,
        by=by,
        resolve_by_on=resolve_by_on,
    )


def _promise(tenant: Tenant, invoice: Invoice, *, on: date, now: datetime, by: User | None) -> None:
    note, pay_on = "Aan de telefoon beloofd na de volgende loonronde te betalen.", on + timedelta(days=5)
    ids = [invoice.pk]
    make_promise(
        tenant, invoice.customer, invoice_ids=ids, pay_on=pay_on, origin=Origin.STAFF, note=note, on=on, now=now, by=by
    )


def _plan(tenant: Tenant, invoice: Invoice, *, count: int, on: date, now: datetime) -> None:
    """Within the limits it runs at once; six instalments are a request."""
    ask_plan(
        tenant,
        invoice.customer,
        invoice_ids=[invoice.pk],
        count=count,
        first_on=on + timedelta(days=7),
        every=Every.MONTH,
        reason="Deze maand lukt het niet in één keer.",
        origin=Origin.DEBTOR,
        on=on,
        now=now,
    )


def _question(tenant: Tenant, invoice: Invoice, *, on: date, now: datetime) -> None:
    leave_question(
        tenant,
        invoice.customer,
        text="Kunt u de pakbon nog eens sturen? Wij vinden hem niet terug.",
        from_name="De administratie",
        from_email="",
        invoice_ids=[invoice.pk],
        on=on,
        now=now,
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
