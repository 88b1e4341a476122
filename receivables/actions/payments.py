"""Money received: booked once, allocated by art. 6:43 and 6:44 BW, the rest kept as a credit that everybody sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from receivables.actions import claims
from receivables.actions.ledger import lock_customer
from receivables.actions.payment_interest import interest_around
from receivables.domain.allocation import Allocation, Claim, Parts, allocate
from receivables.domain.money import Money
from receivables.interest import Tables
from receivables.law_tables import rate_tables
from receivables.models import Customer, Invoice, LedgerEntry, Payment
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import Component, EntryKind, PaymentChannel
from tenants import audit
from tenants.models import Tenant, User


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
    undone = claims.take_back_costs(
        tenant, _open_ids(tenant, customer.pk), received_on=receipt.received_on, now=now, cause=cause_of(payment)
    )
    interest = interest_around(tenant, payment, customer.pk, designated=designated, now=now)
    interest.up_to_payment()
    result = allocate_open(tenant, payment, on=receipt.received_on, now=now, designated=designated)
    interest.after_payment()
    book_again(tenant, undone, source_key=f"again:{payment.pk}", now=now)
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
    result = allocate_open(tenant, payment, on=on, now=now, designated=designated)
    if result.allocated:
        _tell(tenant, payment, "payment.allocated", result, by=by, now=now)
    return result.allocated


def apply_credit(
    tenant: Tenant,
    credit_note: Invoice,
    *,
    on: date,
    now: datetime,
    by: User | None = None,
    designated: Collection[UUID] = (),
    key: str = "",
) -> Money:
    """Settle an open credit note: first the invoice it names, then those the debtor named, then the oldest.

    Returns how much was settled; `key` names the settlement, so that it can be found again.
    """
    customer = lock_customer(tenant, credit_note.customer_id)
    credit_note = tenant.invoices.select_for_update(no_key=True).get(pk=credit_note.pk)
    if credit_note.kind != InvoiceKind.CREDIT_NOTE or credit_note.open_amount >= 0:
        raise CreditError(f"{credit_note.number} is geen creditnota waar nog iets van openstaat.")
    asked = _claims(tenant, customer.pk, currency=credit_note.currency, on=on)
    named = {one.claim.id for one in asked} & _named_by(tenant, credit_note)
    wanted = {str(pk) for pk in designated}
    result = _credit(-Money.of(credit_note.open_amount), asked, named, wanted, on=on)
    if not result.allocated:
        return Money.zero()
    batch = f"settlement:{credit_note.pk}:{key or credit_note.entries.count()}"
    entries = _entries(tenant, result, asked, kind=EntryKind.SETTLEMENT, batch=batch, on=on, now=now)
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
    _drop_claims_of_credited(tenant, named, on=on, now=now, key=key)
    _tell(tenant, credit_note, "credit_note.settled", result, by=by, now=now)
    return result.allocated


def _credit(
    amount: Money, asked: Iterable[_Asked], named: Collection[str], wanted: Collection[str], *, on: date
) -> Allocation:
    """A credit note lowers the principal of the invoice it names; what is left is set off like a payment (6:44 BW)."""
    claims_of = {one.claim.id: one.claim for one in asked}
    bare = [replace(claims_of[pk], interest=Money.zero(), costs=Money.zero()) for pk in sorted(named)]
    first = allocate(amount, bare, on=on)
    others = [claim for pk, claim in claims_of.items() if pk not in named]
    rest = allocate(first.left_over, others, on=on, designated=[claim.id for claim in others if claim.id in wanted])
    return Allocation({**first.parts, **rest.parts}, rest.left_over)


def _drop_claims_of_credited(tenant: Tenant, named: Iterable[str], *, on: date, now: datetime, key: str) -> None:
    """An invoice that is credited whole never bore interest or costs."""
    for invoice in tenant.invoices.filter(pk__in=[UUID(pk) for pk in named]):
        if invoice.principal_open <= 0 < invoice.open_amount:
            claims.drop_claims(tenant, invoice, why="De factuur is gecrediteerd", on=on, now=now, key=key)


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


def cause_of(payment: Payment) -> str:
    """How the ledger names this payment as the cause of something else."""
    return f"payment:{payment.pk}"


def _open_ids(tenant: Tenant, customer_id: UUID) -> list[UUID]:
    return list(tenant.invoices.filter(customer_id=customer_id, open_amount__gt=0).values_list("pk", flat=True))


def book_again(tenant: Tenant, undone: claims.TakenBack, *, source_key: str, now: datetime) -> None:
    """Costs that were taken back: over what was left on the last day of the term, and what paid them, anew."""
    if not undone.batches:
        return
    claims.rebook_costs(tenant, undone.batches, source_key=source_key, now=now)
    _divide_again(tenant, undone.payments, now=now)


def reassess_costs(tenant: Tenant, invoice: Invoice, *, on: date, cause: str, now: datetime) -> None:
    """After a correction of the principal that counts from `on`: costs that this day forbids, over what was left of them."""
    undone = claims.take_back_costs(tenant, [invoice.pk], received_on=on, now=now)
    book_again(tenant, undone, source_key=f"again:{cause}", now=now)


def withdraw_costs(tenant: Tenant, customer: Customer, batch: str, *, why: str, on: date, now: datetime) -> None:
    """Take back the costs of a letter that turns out to give no right to them; what had paid them settles the rest.

    The caller says why; nothing happens where no costs of this letter stand.
    """
    lock_customer(tenant, customer.pk)
    _divide_again(tenant, claims.reverse_batch(tenant, batch, why=why, on=on, now=now), now=now)


def _divide_again(tenant: Tenant, payment_ids: Iterable[UUID], *, now: datetime) -> None:
    """Give what became free of these payments to what is open now."""
    freed = tenant.payments.filter(pk__in=payment_ids, unallocated__gt=0).order_by("received_on", "id")
    for payment in freed:
        allocate_open(tenant, payment, on=payment.received_on, now=now, designated=())


def allocate_open(
    tenant: Tenant, payment: Payment, *, on: date, now: datetime, designated: Collection[UUID]
) -> Allocation:
    """Divide what is unallocated over the open claims of the customer, whose lock the caller holds."""
    available = Money.of(payment.unallocated)
    if payment.customer_id is None or not available:
        return Allocation({}, available)
    asked = _claims(tenant, payment.customer_id, currency=payment.currency, on=on)
    result = allocate(
        available, [claim.claim for claim in asked], on=on, designated=[str(invoice_id) for invoice_id in designated]
    )
    batch = f"payment:{payment.pk}:{payment.entries.count()}"
    entries = _entries(tenant, result, asked, kind=EntryKind.PAYMENT, batch=batch, on=on, now=now)
    for entry in entries:
        entry.payment_id = payment.pk
        entry.description = payment.get_channel_display()
    LedgerEntry.across_tenants.bulk_create(entries)
    return result


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an invoice asks, and how much of its costs is VAT: the last of the costs to be settled."""

    claim: Claim
    vat: Money


def _claims(tenant: Tenant, customer_id: UUID, *, currency: str, on: date) -> list[_Asked]:
    """What each open invoice asks, per component; locked in one order, so that two bookings never wait for each other."""
    open_invoices = tenant.invoices.filter(customer_id=customer_id, currency=currency, open_amount__gt=0)
    invoices = list(open_invoices.select_for_update(no_key=True).order_by("pk"))
    ledger, tables = claims.entries_of(tenant, [invoice.pk for invoice in invoices]), rate_tables()
    return [_asked(invoice, ledger[invoice.pk], tables, on=on) for invoice in invoices]


def _asked(invoice: Invoice, entries: Collection[LedgerEntry], tables: Tables, *, on: date) -> _Asked:
    sums: dict[str, Money] = defaultdict(Money.zero)
    for entry in entries:
        sums[entry.component] += Money.of(entry.amount)
    costs, vat = sums[Component.COSTS], sums[Component.COSTS_VAT]
    claim = Claim(
        id=str(invoice.pk),
        invoiced_on=invoice.issued_on,
        due_on=invoice.due_on,
        principal=sums[Component.PRINCIPAL],
        interest=sums[Component.INTEREST],
        costs=costs + vat,
        rate=claims.rate_of(entries, tables, on=on),
    )
    return _Asked(claim, vat)


def _entries(
    tenant: Tenant,
    result: Allocation,
    asked: Iterable[_Asked],
    *,
    kind: EntryKind,
    batch: str,
    on: date,
    now: datetime,
) -> list[LedgerEntry]:
    without_vat = {one.claim.id: one.claim.costs - one.vat for one in asked}
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
        for component, amount in _components(parts, costs=without_vat[claim_id])
        if amount
    ]


def _components(parts: Parts, *, costs: Money) -> Iterable[tuple[Component, Money]]:
    """Of what goes to costs, the costs themselves come first and the VAT on them last."""
    to_costs = min(parts.costs, costs)
    return (
        (Component.COSTS, to_costs),
        (Component.COSTS_VAT, parts.costs - to_costs),
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
