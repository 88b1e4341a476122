"""Giving money back through the PSP: our row first, then their refund, no transaction open in between.

The row's id is the idempotency key, so a lost answer makes no second refund. The ledger hears of it when the PSP says that
the money is gone (`money_back.py`), not when we asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from receivables.actions.ledger import lock_customer
from receivables.domain.money import Money
from receivables.models import PspAccount, PspPayment, PspRefund
from receivables.models.paying import RefundState
from receivables.paying.accounts import account_of, provider_of
from receivables.paying.attempts import SAME_KEY_FOR
from receivables.paying.psp import (
    AccountProvider,
    MoneyBack,
    PspNotReachedError,
    PspRefusedError,
    PspUnknownOutcomeError,
    RefundOrder,
)
from tenants import audit
from tenants.context import durable_tenant_context
from tenants.models import Tenant, User

LEASE = timedelta(minutes=2)  # a call ends long before
SOON = timedelta(minutes=5)
LATER = timedelta(hours=6)
OTHER_MODE = "De verbonden sleutel hoort niet bij deze betaling (test of live)."
UNDERWAY = (RefundState.NEW, RefundState.UNKNOWN, RefundState.REQUESTED)
NOT_DONE = {
    "failed": "De terugbetaling is mislukt; het geld kwam terug.",
    "canceled": "De terugbetaling is geannuleerd.",
}


class CannotRefundError(ValueError):
    """This cannot be given back; the message says why, in Dutch."""


def ask_refund(
    tenant: Tenant, psp_payment: PspPayment, *, amount: Money, why: str, now: datetime, by: User | None
) -> PspRefund:
    """Write down that this is to be given back; `send_refund` asks the PSP, after this transaction."""
    lock_customer(tenant, psp_payment.customer_id)
    psp_payment = tenant.psp_payments.select_for_update(no_key=True).get(pk=psp_payment.pk)
    if psp_payment.payment_id is None:
        raise CannotRefundError("Van deze betaling is niets ontvangen.")
    if amount <= Money.zero():
        raise CannotRefundError("Vul een bedrag in dat hoger is dan nul.")
    if amount > (left := refundable(psp_payment)):
        raise CannotRefundError(f"Van deze betaling kan nog € {str(left).replace('.', ',')} terug.")
    refund: PspRefund = tenant.psp_refunds.create(
        psp_payment=psp_payment, amount=amount.amount, why=why[:200], by=by, created_at=now, next_try_at=now
    )
    details = {"amount": str(amount), "why": refund.why, "psp_id": psp_payment.psp_id}
    audit.record(
        tenant, "psp_refund.asked", now=now, subject=refund, by=by, customer_id=psp_payment.customer_id, details=details
    )
    return refund


def refundable(psp_payment: PspPayment) -> Money:
    """What has neither gone back nor is on its way back."""
    payment = psp_payment.payment
    if payment is None:
        return Money.zero()
    underway = (row for row in psp_payment.refunds.all() if row.state in UNDERWAY)
    return Money.of(payment.kept) - Money.total(Money.of(row.amount) for row in underway)


def send_refund(
    tenant: Tenant, refund_id: UUID, *, now: datetime, provider: AccountProvider | None = None
) -> RefundState:
    """Ask the PSP, or ask again with the same key, or look how it stands. Safe to run any number of times at once."""
    with durable_tenant_context(tenant.pk):
        refund = _claim(tenant, refund_id, now=now)
        account = account_of(tenant)
    if refund is None:
        return RefundState.UNKNOWN
    if refund.state == RefundState.REQUESTED:
        return _look(tenant, refund, now=now)
    if provider is None and account is None:
        return _refuse(tenant, refund, "Er is geen sleutel van de betaaldienst meer.", now=now)
    try:
        provider = provider or provider_of(cast(PspAccount, account))
        if (provider.mode == "test") != refund.psp_payment.is_test:
            return _refuse(tenant, refund, OTHER_MODE, now=now)
        back = _found(provider, refund) if refund.state == RefundState.UNKNOWN else None
        if back is None and now - refund.created_at >= SAME_KEY_FOR:
            return _give_up(tenant, refund, now=now)
        back = back or _ask(tenant, refund, provider)
    except PspNotReachedError:
        return _remember(tenant, refund, was_sent=refund.state == RefundState.UNKNOWN)
    except PspUnknownOutcomeError:
        return _remember(tenant, refund, was_sent=True)
    except PspRefusedError as refusal:
        return _refuse(tenant, refund, f"De betaaldienst weigert: {refusal}", now=now)
    return _adopt(tenant, refund, back, now=now)


def hear(tenant: Tenant, attempt: PspPayment, back: MoneyBack, *, now: datetime) -> None:
    """What the PSP says of a refund, put beside the row that asked for it; one made in its dashboard has none."""
    if not back.id.startswith("re_"):
        return
    asked = {refund.psp_id or str(refund.pk): refund for refund in attempt.refunds.select_for_update(no_key=True)}
    refund = asked.get(back.id) or asked.get(back.order)
    if refund is None:
        return
    before = refund.state
    refund.psp_id, refund.problem = back.id, ""
    if back.is_final:
        refund.state, refund.next_try_at = RefundState.DONE, None
    elif back.is_undone:
        refund.state, refund.next_try_at = RefundState.REFUSED, None
        refund.problem = NOT_DONE.get(back.status, "De terugbetaling ging niet door.")
    else:
        refund.state, refund.next_try_at = RefundState.REQUESTED, refund.next_try_at or now + LATER
    refund.save(update_fields=["psp_id", "problem", "state", "next_try_at"])
    if before != refund.state:
        _tell(tenant, refund, now=now)


def _claim(tenant: Tenant, refund_id: UUID, *, now: datetime) -> PspRefund | None:
    """Take a refund that is due, for as long as a call can last; None when another worker was first, or it is done."""
    due = tenant.psp_refunds.filter(pk=refund_id, state__in=UNDERWAY, next_try_at__lte=now)
    if not due.update(next_try_at=now + LEASE):
        return None
    return tenant.psp_refunds.select_related("psp_payment").get(pk=refund_id)


def _ask(tenant: Tenant, refund: PspRefund, provider: AccountProvider) -> MoneyBack:
    """Before the call the row says that it may have been made: whoever dies now leaves no doubt behind."""
    with durable_tenant_context(tenant.pk):
        tenant.psp_refunds.filter(pk=refund.pk, psp_id="").update(state=RefundState.UNKNOWN)
    order = RefundOrder(
        key=str(refund.pk),
        payment_id=refund.psp_payment.psp_id,
        amount=Money.of(refund.amount),
        currency=refund.psp_payment.currency,
        description=f"{tenant.name}: terugbetaling"[:140],
    )
    back = provider.refund(order)
    if back.amount != order.amount or back.currency != order.currency:
        raise PspUnknownOutcomeError(f"asked to give back {order.amount}, the PSP says {back.amount}")
    return back


def _found(provider: AccountProvider, refund: PspRefund) -> MoneyBack | None:
    """A refund whose creation got no answer, found by the id of our row in its metadata."""
    backs = provider.refunds(refund.psp_payment.psp_id)
    return next((back for back in backs if back.order == str(refund.pk)), None)


def _adopt(tenant: Tenant, refund: PspRefund, back: MoneyBack, *, now: datetime) -> RefundState:
    """Keep the PSP's id, and have the payment looked at: what is given back is booked there and nowhere else."""
    with durable_tenant_context(tenant.pk):
        row = tenant.psp_refunds.select_for_update(no_key=True).get(pk=refund.pk)
        if row.state in UNDERWAY:
            row.psp_id, row.problem, row.next_try_at = back.id, "", now + SOON
            row.state = RefundState.REQUESTED
            row.save(update_fields=["psp_id", "problem", "next_try_at", "state"])
            _tell(tenant, row, now=now)
        tenant.psp_payments.filter(pk=row.psp_payment_id).update(next_poll_at=now)
        return RefundState(row.state)


def _look(tenant: Tenant, refund: PspRefund, *, now: datetime) -> RefundState:
    """It was asked and is on its way: have the payment looked at, in case its webhook never came."""
    with durable_tenant_context(tenant.pk):
        tenant.psp_refunds.filter(pk=refund.pk, state=RefundState.REQUESTED).update(next_try_at=now + LATER)
        tenant.psp_payments.filter(pk=refund.psp_payment_id).update(next_poll_at=now)
    return RefundState.REQUESTED


def _remember(tenant: Tenant, refund: PspRefund, *, was_sent: bool) -> RefundState:
    """No answer: the same key again at the next look. Only what surely never arrived is new again."""
    state = RefundState.UNKNOWN if was_sent else RefundState.NEW
    with durable_tenant_context(tenant.pk):
        tenant.psp_refunds.filter(pk=refund.pk, psp_id="", state__in=UNDERWAY).update(state=state)
    return state


def _give_up(tenant: Tenant, refund: PspRefund, *, now: datetime) -> RefundState:
    """The key may be forgotten by now, so asking again could pay twice. Long after the last call the PSP's list decides."""
    if refund.state == RefundState.UNKNOWN and now - refund.created_at < 2 * SAME_KEY_FOR:
        return RefundState.UNKNOWN
    return _refuse(
        tenant, refund, "De betaaldienst heeft deze terugbetaling niet. Vraag haar zo nodig opnieuw.", now=now
    )


def _refuse(tenant: Tenant, refund: PspRefund, problem: str, *, now: datetime) -> RefundState:
    with durable_tenant_context(tenant.pk):
        row = tenant.psp_refunds.select_for_update(no_key=True).get(pk=refund.pk)
        if row.state in {RefundState.NEW, RefundState.UNKNOWN}:
            row.state, row.problem, row.next_try_at = RefundState.REFUSED, problem[:300], None
            row.save(update_fields=["state", "problem", "next_try_at"])
            _tell(tenant, row, now=now)
        return RefundState(row.state)


def _tell(tenant: Tenant, refund: PspRefund, *, now: datetime) -> None:
    details = {"amount": str(refund.amount), "psp_id": refund.psp_id, "problem": refund.problem}
    audit.record(
        tenant,
        f"psp_refund.{refund.state}",
        now=now,
        subject=refund,
        customer_id=refund.psp_payment.customer_id,
        details=details,
    )
