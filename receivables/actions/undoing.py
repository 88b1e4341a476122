"""Undoing what a person booked: a write-off, a discount, a payment by hand. Nothing disappears; mirror entries stand beside it.

What came from a bank file or the payment provider is undone there, where its own proof is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from receivables.actions.ledger import lock_customer, reverse_entry
from receivables.actions.returns import take_back_payment
from receivables.domain.money import Money
from receivables.models import Invoice, LedgerEntry, Payment
from receivables.models.ledger import Component, EntryKind, PaymentChannel
from tenants import audit
from tenants.models import Tenant, User

BY_HAND = frozenset({EntryKind.WRITE_OFF, EntryKind.DISCOUNT})


class CannotUndoError(ValueError):
    """This booking cannot be undone, or was already; the message says why, in Dutch."""


@dataclass(frozen=True, slots=True)
class Booking:
    """What a person booked on an invoice in one go, and may undo: its entries, or the payment they divide."""

    entry: LedgerEntry
    amount: Money

    @property
    def payment(self) -> Payment | None:
        return self.entry.payment

    @property
    def label(self) -> str:
        return "Betaling, handmatig geboekt" if self.payment else self.entry.get_kind_display()


def bookings_to_undo(tenant: Tenant, invoice: Invoice) -> list[Booking]:
    """What a person booked on this invoice and nobody undid, the newest first; a booking over more components is one."""
    rows = tenant.ledger.filter(invoice=invoice, reversed_by__isnull=True).select_related("payment")
    by_hand = rows.filter(kind__in=BY_HAND) | rows.filter(
        kind=EntryKind.PAYMENT, payment__channel=PaymentChannel.MANUAL
    )
    found: dict[str, list[LedgerEntry]] = {}
    for entry in by_hand.order_by("-created_at", "-pk"):
        found.setdefault(str(entry.payment_id) if entry.payment_id else _root(entry), []).append(entry)
    return [_booking(entries) for entries in found.values()]


def reverse_booking(tenant: Tenant, entry: LedgerEntry, *, why: str, on: date, now: datetime, by: User | None) -> Money:
    """Undo the booking that this entry is part of, whole and once; returns how much the claim rises again."""
    invoice = tenant.invoices.get(pk=entry.invoice_id)
    customer = lock_customer(tenant, invoice.customer_id)
    tenant.invoices.select_for_update(no_key=True).get(pk=invoice.pk)
    booking = next((one for one in bookings_to_undo(tenant, invoice) if _holds(one, entry)), None)
    if booking is None:
        raise CannotUndoError("Deze boeking is al teruggedraaid, of kan hier niet worden teruggedraaid.")
    if booking.payment is not None:
        _take_back(tenant, booking.payment, why=why, now=now)
    else:
        for one in _entries_of(tenant, invoice, booking):
            reverse_entry(tenant, one, why=why, on=max(on, one.booked_on), now=now)
    audit.record(
        tenant,
        "booking.reversed",
        now=now,
        subject=invoice,
        by=by,
        customer_id=customer.pk,
        details={
            "number": invoice.number,
            "kind": entry.kind,
            "amount": str(booking.amount),
            "entry": str(booking.entry.pk),
            "why": why[:300],
        },
    )
    return booking.amount


def reverse_payment(tenant: Tenant, payment: Payment, *, why: str, now: datetime, by: User | None) -> Money:
    """Undo a payment that was typed by hand, whole and once, whatever took it; returns how much goes off again."""
    if payment.customer_id is not None:
        lock_customer(tenant, payment.customer_id)
    payment = tenant.payments.select_for_update(no_key=True).get(pk=payment.pk)
    left = Money.of(payment.kept)
    if payment.channel != PaymentChannel.MANUAL or not left:
        raise CannotUndoError("Deze betaling is al teruggedraaid, of kan hier niet worden teruggedraaid.")
    _take_back(tenant, payment, why=why, now=now)
    audit.record(
        tenant,
        "booking.reversed",
        now=now,
        subject=payment,
        by=by,
        customer_id=payment.customer_id,
        details={"kind": EntryKind.PAYMENT, "amount": str(left), "why": why[:300]},
    )
    return left


def _take_back(tenant: Tenant, payment: Payment, *, why: str, now: datetime) -> None:
    """A payment that never was, or was typed wrong: all that is left of it goes back."""
    key = f"manual-undo:{payment.pk}"
    take_back_payment(tenant, payment, source_key=key, why=f"Teruggedraaid: {why}", now=now)


def _holds(booking: Booking, entry: LedgerEntry) -> bool:
    if booking.payment is not None:
        return booking.payment.pk == entry.payment_id
    return booking.entry.kind == entry.kind and _root(booking.entry) == _root(entry)


def _entries_of(tenant: Tenant, invoice: Invoice, booking: Booking) -> list[LedgerEntry]:
    rows = tenant.ledger.filter(invoice=invoice, kind=booking.entry.kind, reversed_by__isnull=True)
    root = _root(booking.entry)
    return [entry for entry in rows.order_by("created_at", "pk") if _root(entry) == root]


def _root(entry: LedgerEntry) -> str:
    """The source of a booking; its entries for interest, costs and VAT carry their component behind it."""
    suffix = f":{entry.component}"
    return entry.source_key.removesuffix(suffix) if entry.component != Component.PRINCIPAL else entry.source_key


def _booking(entries: Sequence[LedgerEntry]) -> Booking:
    return Booking(entries[0], -Money.total(Money.of(entry.amount) for entry in entries))
