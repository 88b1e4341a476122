"""What becomes of a bank line: a receipt of one or more customers, money that went back, or no business of ours.

A line is taken under its lock, after the customers it pays for, and only while it is open: whoever comes second finds it
booked. Undoing keeps every row and takes the money back out of the ledger by reversals.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from receivables.actions.bank_states import hold_or_free_line
from receivables.actions.known_ibans import learn_iban, unlearn_iban
from receivables.actions.ledger import lock_customer
from receivables.actions.payments import Receipt, apply_credit, record_payment
from receivables.actions.returns import return_payment, take_back_payment
from receivables.domain.money import Money
from receivables.models import BankBooking, BankLine, Customer, LedgerEntry, Payment
from receivables.models.banking import BookingKind, LineState
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import EntryKind, PaymentChannel
from tenants import audit
from tenants.models import Tenant, User

EUR = "EUR"
ANEW = "bank-return-undo:"  # before the key of the return that was none
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
    if ground.is_automatic and _was_undone(line):
        raise BankLineError("Iemand heeft dit teruggedraaid; daarna boekt alleen een mens het opnieuw.")
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
    if line.booked_on < payment.received_on:
        raise BankLineError("Deze afschrijving is van voor de betaling: zij kan haar niet teruggeven.")
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


@transaction.atomic
def undo(tenant: Tenant, line: BankLine, *, why: str, by: User, now: datetime) -> None:
    """Put a line back in the queue, whole or not at all. The ledger is what it would be without its bookings; the rows stay to be seen.

    Refused when money of it went back since through another line: that return comes first.
    """
    held = {booking.customer_id for booking in line.bookings.filter(undone_at=None) if booking.customer_id}
    for customer_id in sorted(held):
        lock_customer(tenant, customer_id)
    line = _take(tenant, line, UNDOABLE)
    standing = list(line.bookings.filter(undone_at=None).select_related("payment", "customer").order_by("part"))
    if not held.issuperset(booking.customer_id for booking in standing if booking.customer_id):
        raise BankLineError("Deze regel is intussen anders geboekt. Kijk opnieuw.")
    for booking in standing:
        _undo_one(tenant, line, booking, why=why, now=now)
        booking.undone_at, booking.undone_by, booking.undone_why = now, by, why[:300]
        booking.save(update_fields=["undone_at", "undone_by", "undone_why"])
    _become(tenant, line, LineState.OPEN if line.amount > 0 else LineState.OUTGOING)
    hold_or_free_line(tenant, line)
    _tell(tenant, "bank_line.undone", line, by=by, now=now, why=[why])


def _undo_one(tenant: Tenant, line: BankLine, booking: BankBooking, *, why: str, now: datetime) -> None:
    if booking.payment is None or booking.customer is None:
        return
    if booking.kind == BookingKind.RETURN:
        _receive_anew(tenant, line, booking, booking.customer, why=why, now=now)
        return
    payments = _money_of(tenant, booking.payment)
    gone = Money.of(booking.amount) - Money.total(Money.of(payment.kept) for payment in payments)
    if gone:
        raise BankLineError(f"Van deze ontvangst ging al {gone} terug. Draai eerst die terugboeking terug.")
    for payment in payments:
        key = f"bank-undo:{booking.pk}" if payment == booking.payment else f"bank-undo:{booking.pk}:{payment.pk}"
        take_back_payment(tenant, payment, source_key=key, why=f"Verkeerd geboekt: {why}", now=now)
    _take_back_set_off(tenant, booking, booking.customer, now=now)
    unlearn_iban(tenant, booking.customer, booking.taught_iban, now=now)


def _receive_anew(
    tenant: Tenant, line: BankLine, booking: BankBooking, customer: Customer, *, why: str, now: datetime
) -> None:
    """A return that was none: the money is there again from that day, for the invoices that had it."""
    had_it = tenant.ledger.filter(payment=booking.payment, kind=EntryKind.REVERSAL).values_list("invoice", flat=True)
    receipt = Receipt(
        amount=-Money.of(booking.amount),
        received_on=line.booked_on,
        channel=PaymentChannel.BANK,
        source_key=f"{ANEW}{booking.payment_return_id}",
        description=f"Terugboeking teruggedraaid: {why}",
    )
    record_payment(tenant, customer, receipt=receipt, now=now, designated=set(had_it))


def _money_of(tenant: Tenant, payment: Payment) -> list[Payment]:
    """A payment, and what came anew of its returns that turned out to be none."""
    found = [payment]
    for one in found:
        keys = [f"{ANEW}{returned.pk}" for returned in one.returns.all()]
        found += tenant.payments.filter(source_key__in=keys).order_by("pk")
    return found


def _take_back_set_off(tenant: Tenant, booking: BankBooking, customer: Customer, *, now: datetime) -> None:
    """The credit notes that were set off with this booking are open again, and what was dropped for them is asked again."""
    key = _set_off_key(booking.line_id, booking.round, booking.part)
    rows = tenant.ledger.filter(kind__in=[EntryKind.SETTLEMENT, EntryKind.CORRECTION], invoice__customer=customer)
    entries = list(rows.filter(source_key__contains=f":{key}:"))
    LedgerEntry.across_tenants.bulk_create(
        LedgerEntry(
            tenant=tenant,
            invoice_id=entry.invoice_id,
            component=entry.component,
            kind=entry.kind,
            amount=-entry.amount,
            booked_on=entry.booked_on,
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
    taught = learn_iban(tenant, customer, line.counterparty_iban, now=now, by=ground.by) if ground.teaches else ""
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
        taught_iban=taught,
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


def _was_undone(line: BankLine) -> bool:
    return line.bookings.filter(undone_at__isnull=False).exists()


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
