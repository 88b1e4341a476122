"""Rows for tests about money: a customer with invoices that stand in the ledger. Needs the tenant's context."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from receivables.actions.ledger import book_invoices
from receivables.actions.payments import Receipt
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import PaymentChannel
from tenants.models import Tenant

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
STARTED = datetime.now(UTC)


def now() -> datetime:
    """A clock that runs, but starts on that Monday."""
    return NOW + (datetime.now(UTC) - STARTED)


def make_customer(tenant: Tenant, name: str = "Jansen Interieur", **fields: object) -> Customer:
    return tenant.customers.create(name=name, name_key=name.lower(), created_at=NOW, **fields)


def make_invoice(
    customer: Customer, number: str, amount: str, *, age: int = 40, term: int = 30, **fields: object
) -> Invoice:
    """An invoice issued `age` days ago; a negative amount is a credit note."""
    issued_on = TODAY - timedelta(days=age)
    kind = InvoiceKind.CREDIT_NOTE if Decimal(amount) < 0 else InvoiceKind.INVOICE
    invoice = customer.tenant.invoices.create(
        customer=customer,
        kind=kind,
        number=number,
        number_key=number.upper(),
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=term),
        total_amount=Decimal(amount),
        created_at=NOW,
        **fields,
    )
    book_invoices(customer.tenant, [invoice], now=NOW)
    invoice.refresh_from_db()
    return invoice


def receipt(amount: str, key: str = "manual:1", received_on: date = TODAY) -> Receipt:
    return Receipt(amount=Money.of(amount), received_on=received_on, channel=PaymentChannel.MANUAL, source_key=key)


def open_of(*invoices: Invoice) -> list[str]:
    for invoice in invoices:
        invoice.refresh_from_db()
    return [str(invoice.open_amount) for invoice in invoices]
