"""Writes to the ledger: entries are only added, each under a key of its own; a correction is a new entry.

The database adds the entries up (`Invoice.open_amount`, `Payment.unallocated`) and refuses an overpaid invoice, a
payment given away twice, and a source that is booked a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from django.db.models import Sum

from receivables.actions.bulk import insert_rows
from receivables.domain.money import Money
from receivables.models import Customer, Invoice, LedgerEntry
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import Component, EntryKind
from tenants import audit
from tenants.ids import new_id
from tenants.models import Tenant, User

GIVEN_UP = frozenset({EntryKind.WRITE_OFF, EntryKind.DISCOUNT})  # undone, the claim is what it was before


class NothingToWriteOffError(Exception):
    """The invoice asks nothing any more."""


class DiscountError(ValueError):
    """This discount cannot be given; the message says why, in Dutch."""


def lock_customer(tenant: Tenant, customer_id: UUID) -> Customer:
    """Hold this customer's money still until the end of the transaction.

    Whoever books a payment or claims a letter takes this lock first, so that no letter asks for what was just paid.
    """
    return tenant.customers.select_for_update(no_key=True).get(pk=customer_id)


class Claimed(Protocol):
    """What the ledger needs to know of an invoice to open its claim."""

    @property
    def pk(self) -> UUID: ...
    @property
    def total_amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...
    @property
    def issued_on(self) -> date: ...


def book_invoices(tenant: Tenant, invoices: Iterable[Claimed], *, now: datetime) -> int:
    """Open the claims of new invoices and credit notes; one that already stands in the ledger is left alone."""
    rows = [
        (
            new_id(),
            invoice.pk,
            EntryKind.CREDIT if invoice.total_amount < 0 else EntryKind.INVOICE,
            invoice.total_amount,
            invoice.currency,
            invoice.issued_on,
            invoice_key(invoice.pk),
        )
        for invoice in invoices
        if invoice.total_amount
    ]
    same = {"tenant": tenant.pk, "component": Component.PRINCIPAL, "description": "", "created_at": now}
    names = ("id", "invoice", "kind", "amount", "currency", "booked_on", "source_key")
    insert_rows(LedgerEntry, names, rows, same=same, once=True)
    return len(rows)


def invoice_key(invoice_id: UUID) -> str:
    """The source key of the entry that opens a claim."""
    return f"invoice:{invoice_id}"


def correct_invoice(
    tenant: Tenant, invoice: Invoice, *, by_amount: Money, why: str, source_key: str, on: date, now: datetime
) -> LedgerEntry:
    """Raise or lower the principal after a revision of the invoice; the first entry stays as it was."""
    return tenant.ledger.create(
        invoice=invoice,
        kind=EntryKind.CORRECTION,
        amount=by_amount.amount,
        booked_on=on,
        source_key=source_key,
        description=why[:300],
        created_at=now,
    )


def reverse_entry(
    tenant: Tenant,
    entry: LedgerEntry,
    *,
    why: str,
    on: date,
    now: datetime,
    amount: Decimal | None = None,
    cause: str = "",
) -> LedgerEntry:
    """Undo one entry by its mirror image, once: the unique key on `reverses` refuses a second time.

    A smaller `amount` undoes only that much of it, where the rest was settled otherwise. `cause` names what made it undue,
    so that it can be restored when that turns out to be a mistake.
    """
    undone = {"reverses": entry.kind} if entry.kind in GIVEN_UP else {}
    if cause:
        undone["cause"] = cause
    return tenant.ledger.create(
        invoice_id=entry.invoice_id,
        payment_id=entry.payment_id,
        reverses=entry,
        component=entry.component,
        kind=EntryKind.REVERSAL,
        amount=-(entry.amount if amount is None else amount),
        booked_on=on,
        source_key=f"reversal:{entry.pk}",
        details=undone,
        description=why[:300],
        created_at=now,
    )


def write_off(tenant: Tenant, invoice: Invoice, *, why: str, on: date, now: datetime, by: User | None) -> Money:
    """Give up what an invoice still asks (oninbaar). A person decides this; it stays visible as a write-off."""
    customer = lock_customer(tenant, invoice.customer_id)
    invoice = tenant.invoices.select_for_update(no_key=True).get(pk=invoice.pk)
    if invoice.open_amount <= 0:
        raise NothingToWriteOffError(f"Op factuur {invoice.number} staat niets meer open.")
    amount, key = invoice.open_amount, f"write-off:{invoice.pk}:{invoice.entries.count()}"
    close_components(tenant, invoice, kind=EntryKind.WRITE_OFF, why=why, source_key=key, on=on, now=now)
    audit.record(
        tenant,
        "invoice.written_off",
        now=now,
        subject=invoice,
        by=by,
        customer_id=customer.pk,
        details={"number": invoice.number, "amount": str(amount), "why": why[:300]},
    )
    return Money.of(amount)


def grant_discount(
    tenant: Tenant, invoice: Invoice, *, amount: Money, why: str, on: date, now: datetime, by: User | None
) -> Money:
    """Let go of a part of the principal, to be done with it. Interest and costs stay as they were asked."""
    customer = lock_customer(tenant, invoice.customer_id)
    invoice = tenant.invoices.select_for_update(no_key=True).get(pk=invoice.pk)
    most = Money.of(invoice.principal_open)
    if invoice.kind != InvoiceKind.INVOICE or most <= Money.zero():
        raise DiscountError(f"Van factuur {invoice.number} staat geen hoofdsom open.")
    if not Money.zero() < amount <= most:
        raise DiscountError(f"De korting kan hoogstens {most} zijn: meer hoofdsom staat niet open.")
    entry = tenant.ledger.create(
        invoice=invoice,
        kind=EntryKind.DISCOUNT,
        amount=-amount.amount,
        booked_on=on,
        source_key=f"discount:{invoice.pk}:{invoice.entries.count()}",
        description=why[:300],
        created_at=now,
    )
    audit.record(
        tenant,
        "invoice.discounted",
        now=now,
        subject=invoice,
        by=by,
        customer_id=customer.pk,
        details={"number": invoice.number, "amount": str(amount), "entry": str(entry.pk), "why": why[:300]},
    )
    return amount


def close_components(
    tenant: Tenant, invoice: Invoice, *, kind: EntryKind, why: str, source_key: str, on: date, now: datetime
) -> None:
    """Bring every component of a claim to nothing: principal, interest, costs and the VAT on them, each by its own entry."""
    sums = tenant.ledger.filter(invoice=invoice).order_by().values_list("component").annotate(open=Sum("amount"))
    LedgerEntry.across_tenants.bulk_create(
        LedgerEntry(
            tenant=tenant,
            invoice=invoice,
            component=component,
            kind=kind,
            amount=-amount,
            booked_on=on,
            source_key=source_key if component == Component.PRINCIPAL else f"{source_key}:{component}",
            description=why[:300],
            created_at=now,
        )
        for component, amount in sums
        if amount
    )
