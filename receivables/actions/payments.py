"""Money received: booked once, allocated by art. 6:43 and 6:44 BW, the rest kept as a credit that everybody sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from receivables.actions.ledger import lock_customer, reverse_entry
from receivables.domain.allocation import Allocation, Claim, Parts, allocate
from receivables.domain.money import Money
from receivables.models import Customer, Invoice, LedgerEntry, Payment, PaymentReturn
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import Component, EntryKind, PaymentChannel
from tenants import audit
from tenants.models import Tenant, User

COLUMNS = {Component.PRINCIPAL: "principal", Component.INTEREST: "interest"}  # the other two are costs


class CreditError(Exception):
    """This credit cannot be settled; the message says why, in Dutch."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came in. `source_key` names its one source (mollie:tr_x, manual:<form id>): the same source books once."""

    amount: Money
    received_on: date
    channel: PaymentChannel
    source_key: str
    description: str = ""
    counterparty_iban: str = ""


def record_payment(
    tenant: Tenant,
    customer: Customer,
    *,
    receipt: Receipt,
    now: datetime,
    designated: Collection[UUID] = (),
    by: User | None = None,
) -> Payment:
    """Book a payment once and divide it over what the customer owes; the same source again returns what was booked.

    `designated` are the invoices the debtor named (6:43 lid 1). What no invoice can take stays unallocated.
    """
    lock_customer(tenant, customer.pk)
    booked = tenant.payments.filter(source_key=receipt.source_key).first()
    if booked is not None:
        return booked
    payment = tenant.payments.create(
        customer=customer,
        channel=receipt.channel,
        source_key=receipt.source_key,
        amount=receipt.amount.amount,
        unallocated=receipt.amount.amount,
        received_on=receipt.received_on,
        description=receipt.description[:500],
        counterparty_iban=receipt.counterparty_iban[:34],
        by=by,
        created_at=now,
    )
    result = _allocate(tenant, payment, on=receipt.received_on, now=now, designated=designated)
    audit.record(
        tenant,
        "payment.booked",
        now=now,
        subject=payment,
        by=by,
        customer_id=customer.pk,
        details={
            "amount": str(receipt.amount),
            "channel": receipt.channel.value,
            "received_on": receipt.received_on.isoformat(),
            "allocated": {str(invoice): str(parts.total) for invoice, parts in result.parts.items() if parts.total},
            "left_over": str(result.left_over),
        },
    )
    payment.refresh_from_db()
    return payment


def apply_unallocated(
    tenant: Tenant,
    payment: Payment,
    *,
    on: date,
    now: datetime,
    designated: Collection[UUID] = (),
    by: User | None = None,
) -> Money:
    """Give what is left of an earlier payment to the invoices that are open now; returns how much was given."""
    if payment.customer_id is None:
        raise CreditError("Deze betaling hoort nog bij geen klant.")
    lock_customer(tenant, payment.customer_id)
    payment = tenant.payments.get(pk=payment.pk)
    result = _allocate(tenant, payment, on=on, now=now, designated=designated)
    if result.allocated:
        _tell(tenant, payment, "payment.allocated", result, by=by, now=now)
    return result.allocated


def apply_credit(tenant: Tenant, credit_note: Invoice, *, on: date, now: datetime, by: User | None = None) -> Money:
    """Settle an open credit note: first the invoice it names, then the oldest; returns how much was settled."""
    customer = lock_customer(tenant, credit_note.customer_id)
    credit_note = tenant.invoices.select_for_update(no_key=True).get(pk=credit_note.pk)
    if credit_note.kind != InvoiceKind.CREDIT_NOTE or credit_note.open_amount >= 0:
        raise CreditError(f"{credit_note.number} is geen creditnota waar nog iets van openstaat.")
    claims = _claims(tenant, customer.pk, currency=credit_note.currency)
    named = [claim.id for claim in claims if claim.id in _named_by(tenant, credit_note)]
    result = allocate(-Money.of(credit_note.open_amount), claims, on=on, designated=named)
    if not result.allocated:
        return Money.zero()
    batch = f"settlement:{credit_note.pk}:{credit_note.entries.count()}"
    entries = _entries(tenant, result, kind=EntryKind.SETTLEMENT, batch=batch, on=on, now=now)
    for entry in entries:
        entry.description = f"Creditnota {credit_note.number}"[:300]
    used = LedgerEntry(
        tenant=tenant,
        invoice=credit_note,
        kind=EntryKind.SETTLEMENT,
        amount=result.allocated.amount,
        booked_on=on,
        source_key=f"{batch}:used",
        description="Verrekend met openstaande facturen",
        created_at=now,
    )
    LedgerEntry.across_tenants.bulk_create([*entries, used])
    _tell(tenant, credit_note, "credit_note.settled", result, by=by, now=now)
    return result.allocated


def apply_credits(tenant: Tenant, customer: Customer, *, on: date, now: datetime, by: User | None = None) -> Money:
    """Settle all that stands to a customer's credit with what they owe: credit notes first, then overpayments."""
    lock_customer(tenant, customer.pk)
    settled = Money.zero()
    notes = tenant.invoices.filter(customer=customer, kind=InvoiceKind.CREDIT_NOTE, open_amount__lt=0)
    for note in notes.order_by("issued_on", "number"):
        settled += apply_credit(tenant, note, on=on, now=now, by=by)
    for payment in tenant.payments.filter(customer=customer, unallocated__gt=0).order_by("received_on", "id"):
        settled += apply_unallocated(tenant, payment, on=on, now=now, by=by)
    return settled


def return_payment(
    tenant: Tenant, payment: Payment, *, amount: Money, source_key: str, why: str, on: date, now: datetime
) -> PaymentReturn | None:
    """Book money that went back (refund, chargeback) once; None when this source was booked before.

    First what was still unallocated goes; then allocations are reversed, the newest first, and what a reversal frees
    beyond the amount is given back to the invoices. The claim lives again for what went back.
    """
    if payment.customer_id is not None:
        lock_customer(tenant, payment.customer_id)
    if tenant.payment_returns.filter(source_key=source_key).exists():
        return None
    _free(tenant, payment, amount, why=why, on=on, now=now)
    returned = tenant.payment_returns.create(
        payment=payment,
        source_key=source_key,
        amount=amount.amount,
        returned_on=on,
        description=why[:300],
        created_at=now,
    )
    _allocate(tenant, tenant.payments.get(pk=payment.pk), on=on, now=now, designated=())
    audit.record(
        tenant,
        "payment.returned",
        now=now,
        subject=payment,
        customer_id=payment.customer_id,
        details={"amount": str(amount), "why": why[:300], "returned_on": on.isoformat()},
    )
    return returned


def _free(tenant: Tenant, payment: Payment, amount: Money, *, why: str, on: date, now: datetime) -> None:
    """Reverse allocations of this payment until `amount` of it is unallocated."""
    payment.refresh_from_db()
    missing = amount - Money.of(payment.unallocated)
    entries = tenant.ledger.filter(payment=payment, kind=EntryKind.PAYMENT, reversed_by__isnull=True)
    for entry in entries.order_by("-created_at", "-id"):
        if missing <= Money.zero():
            return
        reverse_entry(tenant, entry, why=why, on=on, now=now)
        missing += Money.of(entry.amount)  # the entry is negative


def _allocate(tenant: Tenant, payment: Payment, *, on: date, now: datetime, designated: Collection[UUID]) -> Allocation:
    """Divide what is unallocated over the open claims of the customer, whose lock the caller holds."""
    available = Money.of(payment.unallocated)
    if payment.customer_id is None or not available:
        return Allocation({}, available)
    claims = _claims(tenant, payment.customer_id, currency=payment.currency)
    result = allocate(available, claims, on=on, designated=[str(invoice_id) for invoice_id in designated])
    batch = f"payment:{payment.pk}:{payment.entries.count()}"
    entries = _entries(tenant, result, kind=EntryKind.PAYMENT, batch=batch, on=on, now=now)
    for entry in entries:
        entry.payment_id = payment.pk
        entry.description = payment.get_channel_display()
    LedgerEntry.across_tenants.bulk_create(entries)
    return result


def _claims(tenant: Tenant, customer_id: UUID, *, currency: str) -> list[Claim]:
    """What each open invoice asks, per component; locked in one order, so that two bookings never wait for each other."""
    open_invoices = tenant.invoices.filter(customer_id=customer_id, currency=currency, open_amount__gt=0)
    invoices = list(open_invoices.select_for_update(no_key=True).order_by("pk"))
    sums: dict[UUID, dict[str, Money]] = defaultdict(lambda: defaultdict(Money.zero))
    for entry in tenant.ledger.filter(invoice__in=[invoice.pk for invoice in invoices]):
        sums[entry.invoice_id][COLUMNS.get(Component(entry.component), "costs")] += Money.of(entry.amount)
    return [_claim(invoice, sums[invoice.pk]) for invoice in invoices]


def _claim(invoice: Invoice, sums: dict[str, Money]) -> Claim:
    zero = Money.zero()
    return Claim(
        id=str(invoice.pk),
        invoiced_on=invoice.issued_on,
        due_on=invoice.due_on,
        principal=sums.get("principal", zero),
        interest=sums.get("interest", zero),
        costs=sums.get("costs", zero),
    )


def _entries(
    tenant: Tenant, result: Allocation, *, kind: EntryKind, batch: str, on: date, now: datetime
) -> list[LedgerEntry]:
    return [
        LedgerEntry(
            tenant=tenant,
            invoice_id=UUID(claim_id),
            component=component,
            kind=kind,
            amount=-amount.amount,
            booked_on=on,
            source_key=f"{batch}:{claim_id}:{component}",
            created_at=now,
        )
        for claim_id, parts in result.parts.items()
        for component, amount in _components(parts)
        if amount
    ]


def _components(parts: Parts) -> Iterable[tuple[Component, Money]]:
    """Costs are settled as one; the VAT on them is split off when the law engine books it apart."""
    return (
        (Component.COSTS, parts.costs),
        (Component.INTEREST, parts.interest),
        (Component.PRINCIPAL, parts.principal),
    )


def _named_by(tenant: Tenant, credit_note: Invoice) -> set[str]:
    """The invoice a credit note says it belongs to."""
    if not credit_note.credits_number:
        return set()
    named = tenant.invoices.filter(customer_id=credit_note.customer_id, number=credit_note.credits_number)
    return {str(pk) for pk in named.values_list("pk", flat=True)}


def _tell(
    tenant: Tenant, subject: Payment | Invoice, verb: str, result: Allocation, *, by: User | None, now: datetime
) -> None:
    audit.record(
        tenant,
        verb,
        now=now,
        subject=subject,
        by=by,
        customer_id=subject.customer_id,
        details={
            "amount": str(result.allocated),
            "allocated": {str(invoice): str(parts.total) for invoice, parts in result.parts.items() if parts.total},
        },
    )
