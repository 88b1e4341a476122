"""Books with one of everything that the ledger knows, and a superuser who breaks them behind the program's back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import psycopg

from receivables.actions.ledger import grant_discount, write_off
from receivables.actions.payments import Receipt, apply_credit, record_payment
from receivables.actions.returns import return_payment
from receivables.domain.money import Money
from receivables.ledger_check import Found, look
from receivables.models import BankLine, Customer, Invoice, Payment, PspSettlement
from receivables.models.ledger import PaymentChannel
from tenants.context import tenant_context
from tenants.models import Tenant
from tests import embedded
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice


@dataclass(frozen=True, slots=True)
class Books:
    tenant: Tenant
    customer: Customer
    invoice: Invoice  # of 100.00, of which 40.00 was paid by hand
    discounted: Invoice  # 5.00 off, and 5.00 still open
    online: Payment  # 50.00 through the PSP, paid out less 0.29


def make_books(tenant: Tenant) -> Books:
    """Needs the tenant's context: payments over every channel, a refund, a set-off, a write-off, a discount, a payout."""
    customer = make_customer(tenant)
    invoice = make_invoice(customer, "2026-1", "100.00", age=36)
    pay(customer, "40.00", "manual:1", invoice)
    named = make_invoice(customer, "2026-2", "80.00", age=39)
    credit = make_invoice(customer, "C-1", "-30.00", credits_number="2026-2", age=5)
    apply_credit(tenant, credit, on=TODAY, now=NOW)
    lost = make_invoice(customer, "2026-3", "12.50", age=38)
    write_off(tenant, lost, why="failliet", on=TODAY, now=NOW, by=None)
    grant_discount(tenant, named, amount=Money.of("5"), why="afgesproken", on=TODAY, now=NOW, by=None)
    by_bank = pay(customer, "45.00", "bank:a:0:0", named, channel=PaymentChannel.BANK)
    return_payment(tenant, by_bank, amount=Money.of("5"), source_key="bank:b:0", why="terug", on=TODAY, now=NOW)
    clicked = make_invoice(customer, "2026-4", "75.00", age=37)
    online = pay(customer, "50.00", "mollie:tr_1", clicked, channel=PaymentChannel.PSP)
    pay_out(tenant, online, fees="0.29")
    return Books(tenant, customer, invoice, named, online)


def pay(
    customer: Customer, amount: str, key: str, *invoices: Invoice, channel: PaymentChannel = PaymentChannel.MANUAL
) -> Payment:
    receipt = Receipt(Money.of(amount), TODAY, channel, key)
    designated = [invoice.pk for invoice in invoices]
    return record_payment(customer.tenant, customer, receipt=receipt, now=NOW, designated=designated)


def bank_line(tenant: Tenant, amount: Decimal) -> BankLine:
    account, _ = tenant.bank_accounts.get_or_create(number="NL91ABNA0417164300", defaults={"created_at": NOW})
    return tenant.bank_lines.create(
        account=account,
        booked_on=TODAY + timedelta(days=1),
        amount=amount,
        counterparty_name="Stichting Mollie Payments",
        created_at=NOW,
    )


def pay_out(tenant: Tenant, *payments: Payment, fees: str = "0.00", others: str = "0.00") -> PspSettlement:
    """The PSP pays these out, perhaps with money of other sales, less its fees; the bank line has come."""
    gross = sum((payment.amount for payment in payments), Decimal(others))
    number = tenant.psp_settlements.count()
    settlement = tenant.psp_settlements.create(
        psp_id=f"stl_{number}", amount=gross - Decimal(fees), fees=Decimal(fees), created_at=NOW
    )
    for payment in payments:
        key = payment.source_key.partition(":")[2]
        tenant.psp_settlement_lines.create(settlement=settlement, object_id=key, amount=payment.amount, payment=payment)
    if Decimal(others):
        tenant.psp_settlement_lines.create(settlement=settlement, object_id=f"tr_shop{number}", amount=others)
    settlement.bank_line, settlement.cleared_at = bank_line(tenant, settlement.amount), NOW
    settlement.save(update_fields=["bank_line", "cleared_at"])
    return settlement


def looked(tenant: Tenant) -> Found:
    with tenant_context(tenant.pk):
        return look(tenant)


def codes(found: Found) -> set[str]:
    return {breach.invariant.value for breach in found.breaches}


@contextmanager
def superuser(*, locks: bool = True) -> Iterator[psycopg.Connection]:
    """Commits at the end. Without `locks` no trigger of the program fires, not even the ones that keep sums."""
    with psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE)) as connection:
        if not locks:
            connection.execute("SET LOCAL session_replication_role = replica")
        yield connection


@contextmanager
def without_constraint(table: str, constraint: str) -> Iterator[None]:
    """As before the migration that made it; afterwards it holds for new rows again."""
    with superuser() as connection:
        (definition,) = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint]
        ).fetchone() or ("",)
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    try:
        yield
    finally:
        with superuser() as connection:
            connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")


@contextmanager
def without(table: str, trigger: str) -> Iterator[None]:
    """One lock of the database off, and on again."""
    with superuser() as connection:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    try:
        yield
    finally:
        with superuser() as connection:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
