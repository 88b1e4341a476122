"""Money that goes back: a refund, a chargeback, or a payment that was a mistake. The claim lives again, and no row disappears."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from receivables.actions import claims
from receivables.actions.ledger import lock_customer, reverse_entry
from receivables.actions.payments import allocate_open, book_again, cause_of
from receivables.domain.money import Money
from receivables.models import Payment, PaymentReturn
from receivables.models.ledger import EntryKind
from tenants import audit
from tenants.models import Tenant


def return_payment(
    tenant: Tenant, payment: Payment, *, amount: Money, source_key: str, why: str, on: date | None, now: datetime
) -> PaymentReturn | None:
    """Book money that went back (refund, chargeback) once; None when this source was booked before.

    First what was still unallocated goes; then allocations are reversed, the newest first, and what a reversal frees
    beyond the amount is given back to the invoices that had it. The claim lives again for what went back.
    Without a day (`on`) the payment is taken to have never been: everything is dated as if it was not there.
    """
    if payment.customer_id is not None:
        lock_customer(tenant, payment.customer_id)
    if tenant.payment_returns.filter(source_key=source_key).exists():
        return None
    had_it = _free(tenant, payment, amount, why=why, on=on, now=now)
    returned_on = payment.received_on if on is None else on
    returned = tenant.payment_returns.create(
        payment=payment,
        source_key=source_key,
        amount=amount.amount,
        returned_on=returned_on,
        description=why[:300],
        created_at=now,
    )
    allocate_open(tenant, tenant.payments.get(pk=payment.pk), on=returned_on, now=now, designated=had_it)
    audit.record(
        tenant,
        "payment.returned",
        now=now,
        subject=payment,
        customer_id=payment.customer_id,
        details={"amount": str(amount), "why": why[:300], "returned_on": returned_on.isoformat()},
    )
    return returned


def take_back_payment(tenant: Tenant, payment: Payment, *, source_key: str, why: str, now: datetime) -> None:
    """Undo a payment that was a mistake, as far as it did not go back already: the claim is what it would be without it.

    Costs that it had made undue are booked again.
    """
    left = Money.of(payment.kept)
    if not left:
        return
    return_payment(tenant, payment, amount=left, source_key=source_key, why=why, on=None, now=now)
    batches = claims.taken_back_by(tenant, cause_of(payment), customer_id=payment.customer_id)
    undone = claims.reverse_batches(tenant, batches, why=why, on=payment.received_on, now=now)
    book_again(tenant, undone, source_key=f"undone:{payment.pk}", now=now)


def _free(tenant: Tenant, payment: Payment, amount: Money, *, why: str, on: date | None, now: datetime) -> list[UUID]:
    """Reverse allocations of this payment until `amount` of it is unallocated; the invoices that lost them."""
    payment.refresh_from_db()
    missing, had_it = amount - Money.of(payment.unallocated), []
    entries = tenant.ledger.filter(payment=payment, kind=EntryKind.PAYMENT, reversed_by__isnull=True)
    for entry in entries.order_by("-created_at", "-id"):
        if missing <= Money.zero():
            break
        reverse_entry(tenant, entry, why=why, on=max(on or entry.booked_on, entry.booked_on), now=now)
        missing += Money.of(entry.amount)  # the entry is negative
        had_it.append(entry.invoice_id)
    return had_it
