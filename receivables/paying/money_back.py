"""What the PSP gives back: refunds and chargebacks into the ledger, each once, and what comes back of them.

A chargeback that the bank reverses, and a refund that fails after all, is money received anew: a payment of its own beside
the return, under a key of its own, so that both stay to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from receivables.actions.payments import Receipt, record_payment
from receivables.actions.returns import return_payment
from receivables.domain.money import Money
from receivables.models import Payment, PaymentReturn, PspPayment
from receivables.models.ledger import PaymentChannel
from receivables.paying.psp import MoneyBack
from receivables.paying.refunds import hear
from tenants import audit
from tenants.models import Tenant

REVERSED = ":reversed"


def book_back(
    tenant: Tenant, attempt: PspPayment, payment: Payment, backs: Sequence[MoneyBack], *, on: date, now: datetime
) -> None:
    """Book what went back and what came back of it. The caller holds the customer's lock."""
    for back in backs:
        if back.currency != payment.currency or back.amount <= Money.zero():
            _show(
                tenant,
                attempt,
                now=now,
                problem=f"{back.id} is {back.amount} {back.currency}: kijk dit na bij de betaaldienst.",
            )
            continue
        if back.is_final:
            _return(tenant, attempt, [payment, *_received_anew(tenant, attempt, backs)], back, on=on, now=now)
        elif back.is_undone:
            _receive_anew(tenant, attempt, back, on=on, now=now)
        hear(tenant, attempt, back, now=now)


def _return(
    tenant: Tenant, attempt: PspPayment, payments: Sequence[Payment], back: MoneyBack, *, on: date, now: datetime
) -> None:
    """Take it off the payment that can bear it. More than was ever received cannot go back: then a person looks."""
    key = _key(attempt, back)
    if tenant.payment_returns.filter(source_key=key).exists():
        return
    payment = max(payments, key=lambda one: one.kept)
    amount = min(back.amount, Money.of(payment.kept))
    if amount != back.amount:
        _show(
            tenant,
            attempt,
            now=now,
            problem=f"{back.id} geeft {back.amount} terug, er was nog {amount} over. Kijk dit na.",
        )
    if amount > Money.zero():
        why = "Terugbetaling" if back.id.startswith("re_") else "Terugboeking door de bank van de klant"
        return_payment(tenant, payment, amount=amount, source_key=key, why=f"{why} ({back.id})", on=on, now=now)


def _receive_anew(tenant: Tenant, attempt: PspPayment, back: MoneyBack, *, on: date, now: datetime) -> None:
    returned: PaymentReturn | None = tenant.payment_returns.filter(source_key=_key(attempt, back)).first()
    if returned is None:  # it never left the ledger
        return
    what = "Terugbetaling niet doorgegaan" if back.id.startswith("re_") else "Terugboeking teruggedraaid"
    receipt = Receipt(
        amount=Money.of(returned.amount),
        received_on=on,
        channel=PaymentChannel.PSP,
        source_key=_key(attempt, back) + REVERSED,
        description=f"{what} ({back.id})",
    )
    designated = list(attempt.lines.values_list("invoice_id", flat=True))
    record_payment(tenant, attempt.customer, receipt=receipt, now=now, designated=designated)


def _received_anew(tenant: Tenant, attempt: PspPayment, backs: Sequence[MoneyBack]) -> list[Payment]:
    keys = [_key(attempt, back) + REVERSED for back in backs if back.is_undone]
    return list(tenant.payments.filter(source_key__in=keys).order_by("pk")) if keys else []


def _key(attempt: PspPayment, back: MoneyBack) -> str:
    return f"{attempt.provider}:{back.id}"


def _show(tenant: Tenant, attempt: PspPayment, *, problem: str, now: datetime) -> None:
    """On the list of what a person must look at; the payment itself stays booked. Told once."""
    if not tenant.psp_payments.filter(pk=attempt.pk).exclude(problem=problem).update(problem=problem):
        return
    details = {"problem": problem}
    audit.record(
        tenant,
        "psp_payment.distrusted",
        now=now,
        subject=attempt,
        customer_id=attempt.customer_id,
        details=details,
    )
