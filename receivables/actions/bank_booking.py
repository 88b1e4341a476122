"""What becomes of a bank line: a receipt of one or more customers, money that went back, or no business of ours.

A line is taken under its lock, after the customers it pays for, and only while it is open: whoever comes second finds it
booked. Undoing keeps every row and takes the money back out of the ledger by reversals.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from receivables.actions.known_ibans import learn_iban, unlearn_iban
from receivables.actions.ledger import lock_customer
from receivables.actions.payments import Receipt, apply_credit, record_payment, return_payment
from receivables.domain.money import Money
from receivables.models import BankBooking, BankLine, Customer, LedgerEntry, Payment
from receivables.models.banking import BookingKind, LineState
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import EntryKind, PaymentChannel
from tenants import audit
from tenants.models import Tenant, User

EUR = "EUR"
UNDOABLE = frozenset({LineState.BOOKED, LineState.SET_ASIDE})


class BankLineError(ValueError):
    """This cannot be done with this line; the message says why, in Dutch."""


@dataclass(frozen=True, slots=True)
class Share:
    """So much of a receipt for this customer, for these invoices first; credit notes among them are set off before."""

    customer_id: UUID
    amount: Money
    invoice_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a line was booked so: by whom, how sure, and in which words."""

    by: User | None = None
    score: int = 0
    why: tuple[str, ...] = ()
    teaches: bool = True  # that the payer's account is this customer's

    @property
    def is_automatic(self) -> bool:
        return self.by is None


def book_receipt(
    tenant: Tenant, line: BankLine, shares: Sequence[Share], *, ground: Ground, on: date, now: datetime
) -> list[BankBooking]:
    """Book an open receipt for its customers; the shares add up to the line, to the cent."""
    customers = _lock(tenant, shares)
    line = _take(tenant, line, {LineState.OPEN})
    amount = Money.of(line.amount)
    if line.currency != EUR:
        raise BankLineError(f"Een ontvangst in {line.currency} kan nog niet bij facturen worden geboekt.")
    if amount <= Money.zero():
        raise BankLineError("Dit is een afschrijving, geen ontvangst.")
    if Money.total(share.amount for share in shares) != amount or any(share.amount <= Money.zero() for share in shares):
        raise BankLineError(f"De delen moeten samen precies {amount} zijn, en elk meer dan nul.")
    made = line.bookings.count()
    bookings = [
        _book(tenant, line, share, customers[share.customer_id], part=part, made=made, ground=ground, on=on, now=now)
        for part, share in enumerate(shares)
    ]
    _become(tenant, line, LineState.BOOKED)
    return bookings


def book_return(tenant: Tenant, line: BankLine, payment: Payment, *, why: str, by: User, now: datetime) -> BankBooking:
    """A debit that gives a payment back: a refund we transferred, or a direct debit that was reversed."""
    if payment.customer_id is None:
        raise BankLineError("Deze betaling hoort nog bij geen klant.")
    lock_customer(tenant, payment.customer_id)
    line = _take(tenant, line, {LineState.OUTGOING})
    amount = -Money.of(line.amount)
    left = Money.of(payment.kept)
    if payment.currency != line.currency or amount > left:
        raise BankLineError(f"Van deze betaling kan nog {left} terug; de afschrijving is {amount}.")
    made = line.bookings.count()
    returned = return_payment(
        tenant, payment, amount=amount, source_key=f"bank:{line.pk}:{made}", why=why, on=line.booked_on, now=now
    )
    booking = tenant.bank_bookings.create(
        line=line,
        round=made,
        kind=BookingKind.RETURN,
        amount=line.amount,
        customer_id=payment.customer_id,
        payment=payment,
        payment_return=returned,
        why=[why],
        by=by,
        at=now,
    )
    _become(tenant, line, LineState.BOOKED)
    _tell(tenant, "bank_line.returned", line, by=by, now=now, customer_id=payment.customer_id, why=[why])
    return booking


def set_aside(tenant: Tenant, line: BankLine, *, why: str, by: User | None, now: datetime) -> None:
    """No receipt of a customer: interest, a tax refund, a transfer between own accounts, money for another creditor."""
    line = _take(tenant, line, {LineState.OPEN, LineState.OUTGOING})
    tenant.bank_bookings.create(
        line=line,
        round=line.bookings.count(),
        kind=BookingKind.SET_ASIDE,
        amount=line.amount,
        why=[why],
        is_automatic=by is None,
        by=by,
        at=now,
    )
    _become(tenant, line, LineState.SET_ASIDE)
    _tell(tenant, "bank_line.set_aside", line, by=by, now=now, why=[why])


def undo(tenant: Tenant, line: BankLine, *, why: str, by: User, on: date, now: datetime) -> None:
    """Put a line back in the queue. What its bookings put in the ledger is taken back; the rows stay to be seen."""
    standing = line.bookings.filter(undone_at=None).order_by("part")
    if any(booking.kind == BookingKind.RETURN for booking in standing):
        raise BankLineError("Een terugboeking kan niet ongedaan gemaakt worden; boek de ontvangst opnieuw.")
    for customer_id in sorted({booking.customer_id for booking in standing if booking.customer_id}):
        lock_customer(tenant, customer_id)
    line = _take(tenant, line, UNDOABLE)
    for booking in line.bookings.filter(undone_at=None).select_related("payment", "customer").order_by("part"):
        _undo_one(tenant, line, booking, why=why, on=on, now=now)
        booking.undone_at, booking.undone_by, booking.undone_why = now, by, why[:300]
        booking.save(update_fields=["undone_at", "undone_by", "undone_why"])
    _become(tenant, line, LineState.OPEN if line.amount > 0 else LineState.OUTGOING)
    _tell(tenant, "bank_line.undone", line, by=by, now=now, why=[why])


def _undo_one(tenant: Tenant, line: BankLine, booking: BankBooking, *, why: str, on: date, now: datetime) -> None:
    payment = booking.payment
    if payment is None:
        return
    left = Money.of(payment.kept)
    if left:
        return_payment(
            tenant,
            payment,
            amount=left,
            source_key=f"bank-undo:{booking.pk}",
            why=f"Verkeerd geboekt: {why}",
            on=on,
            now=now,
        )
    if booking.customer is not None:
        _take_back_set_off(tenant, booking, booking.customer, on=on, now=now)
        unlearn_iban(tenant, booking.customer, line.counterparty_iban, now=now)


def _take_back_set_off(tenant: Tenant, booking: BankBooking, customer: Customer, *, on: date, now: datetime) -> None:
    """The credit notes that were set off with this booking are open again: a settlement the other way round."""
    key = _set_off_key(booking.line_id, booking.round, booking.part)
    rows = tenant.ledger.filter(kind=EntryKind.SETTLEMENT, invoice__customer=customer)
    entries = list(rows.filter(source_key__contains=f":{key}:"))
    LedgerEntry.across_tenants.bulk_create(
        LedgerEntry(
            tenant=tenant,
            invoice_id=entry.invoice_id,
            component=entry.component,
            kind=EntryKind.SETTLEMENT,
            amount=-entry.amount,
            booked_on=on,
            source_key=entry.source_key.replace(f":{key}:", f":{key}-undone:"),
            description="Verrekening ongedaan gemaakt",
            created_at=now,
        )
        for entry in entries
    )


def _book(
    tenant: Tenant,
    line: BankLine,
    share: Share,
    customer: Customer,
    *,
    part: int,
    made: int,
    ground: Ground,
    on: date,
    now: datetime,
) -> BankBooking:
    key = _set_off_key(line.pk, made, part)
    designated = _set_off_credits(tenant, share, key=key, on=on, now=now, by=ground.by)
    payment = record_payment(
        tenant,
        customer,
        receipt=Receipt(
            amount=share.amount,
            received_on=line.booked_on,
            channel=PaymentChannel.BANK,
            source_key=f"bank:{line.pk}:{made}:{part}",
            description=line.text or line.reference,
            counterparty_iban=line.counterparty_iban,
        ),
        now=now,
        designated=designated,
        by=ground.by,
    )
    if ground.teaches:
        learn_iban(tenant, customer, line.counterparty_iban, now=now, by=ground.by)
    _tell(tenant, "bank_line.booked", line, by=ground.by, now=now, customer_id=customer.pk, why=list(ground.why))
    return BankBooking.across_tenants.create(
        tenant=tenant,
        line=line,
        part=part,
        round=made,
        kind=BookingKind.RECEIPT,
        amount=share.amount.amount,
        customer=customer,
        payment=payment,
        score=ground.score,
        why=list(ground.why),
        is_automatic=ground.is_automatic,
        by=ground.by,
        at=now,
    )


def _set_off_credits(
    tenant: Tenant, share: Share, *, key: str, on: date, now: datetime, by: User | None
) -> Collection[UUID]:
    """Set off the credit notes the payer took into account; returns the invoices that are left to pay."""
    named = tenant.invoices.filter(pk__in=share.invoice_ids, customer_id=share.customer_id)
    invoices = list(named.filter(kind=InvoiceKind.INVOICE).values_list("pk", flat=True))
    notes = named.filter(kind=InvoiceKind.CREDIT_NOTE, open_amount__lt=0).order_by("issued_on", "number")
    for note in notes:
        apply_credit(tenant, note, on=on, now=now, by=by, designated=invoices, key=key)
    return invoices


def _set_off_key(line_id: UUID, made: int, part: int) -> str:
    """Names the settlements of one booking; each credit note has its own under this name."""
    return f"bank-{line_id}-{made}-{part}"


def _lock(tenant: Tenant, shares: Sequence[Share]) -> dict[UUID, Customer]:
    """The customers, in one order whatever the order of the shares."""
    if not shares:
        raise BankLineError("Kies voor welke klant deze ontvangst is.")
    return {pk: lock_customer(tenant, pk) for pk in sorted({share.customer_id for share in shares})}


def _take(tenant: Tenant, line: BankLine, allowed: Collection[LineState]) -> BankLine:
    taken = tenant.bank_lines.select_for_update(no_key=True).get(pk=line.pk)
    if taken.state not in allowed:
        raise BankLineError(f"Deze regel is al afgehandeld: {taken.get_state_display().lower()}.")
    return taken


def _become(tenant: Tenant, line: BankLine, state: LineState) -> None:
    line.state = state
    tenant.bank_lines.filter(pk=line.pk).update(state=state)


def _tell(
    tenant: Tenant,
    verb: str,
    line: BankLine,
    *,
    by: User | None,
    now: datetime,
    why: list[str],
    customer_id: UUID | None = None,
) -> None:
    details = {"amount": str(line.amount), "booked_on": line.booked_on.isoformat(), "why": why}
    audit.record(tenant, verb, now=now, subject=line, by=by, customer_id=customer_id, details=details)
