"""One payment at the PSP, from the debtor's click: our row first, then their payment, no transaction open in between.

The row's id is the idempotency key, so that a second click, a lost answer or a restarted process makes no second payment.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from receivables.actions.ledger import lock_customer
from receivables.balance import InvoiceBalance, balance_of_customer
from receivables.domain.money import Money
from receivables.models import PayLink, PspPayment, PspPaymentLine
from receivables.models.paying import PspStatus
from receivables.paying.parts import is_too_little, spread, total_of
from receivables.paying.psp import (
    PaymentOrder,
    PaymentProvider,
    PaymentReport,
    PspBusyError,
    PspNotReachedError,
    PspRefusedError,
    PspUnknownOutcomeError,
)
from tenants import audit
from tenants.context import durable_tenant_context
from tenants.models import Tenant

SAME_CHECKOUT_FOR = timedelta(minutes=8)  # an iDEAL payment lives for fifteen
SAME_KEY_FOR = timedelta(minutes=30)  # how long we trust the PSP to remember an idempotency key
FIRST_POLL = timedelta(minutes=15)
MOST_PER_HOUR = 20
_REFUSED = {"amount": "too_much", "method": "method_refused"}
BUSY_PAUSES = (0.2, 0.4, 0.8)  # another request is making the very same payment


class CannotPayError(Exception):
    """This cannot be paid now; `reason` is a key of the texts on the pay page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def reserve_attempt(
    tenant: Tenant,
    link: PayLink,
    *,
    chosen: Collection[UUID],
    is_test: bool,
    on: date,
    now: datetime,
    amount: Money | None = None,
    method: str = "",
) -> PspPayment:
    """Write down what the debtor wants to pay: all that is open in the ledger at this moment, or a part of it.

    A click on the same amount, invoices and method shortly after an unfinished one takes that attempt up again.
    """
    with durable_tenant_context(tenant.pk):
        customer = lock_customer(tenant, link.customer_id)
        claims = chosen_claims(tenant, link, chosen=chosen, on=on)
        lines = _lines(claims, amount, on=on)
        attempt = _unfinished(tenant, link, lines, method=method, is_test=is_test, now=now)
        if attempt is not None:
            return attempt
        if tenant.psp_payments.filter(pay_link=link, created_at__gt=now - timedelta(hours=1)).count() >= MOST_PER_HOUR:
            raise CannotPayError("too_often")
        attempt = tenant.psp_payments.create(
            customer=customer,
            pay_link=link,
            amount=Money.total(lines.values()).amount,
            is_test=is_test,
            method=method,
            created_at=now,
            next_poll_at=now + FIRST_POLL,
        )
        PspPaymentLine.across_tenants.bulk_create(
            PspPaymentLine(tenant=tenant, psp_payment=attempt, invoice_id=invoice_id, amount=part.amount)
            for invoice_id, part in lines.items()
        )
        tenant.pay_links.filter(pk=link.pk, first_opened_at=None).update(first_opened_at=now)
        numbers = [claim.invoice.number for claim in claims if claim.invoice.pk in lines]
        details = {"amount": str(attempt.amount), "invoices": numbers}
        audit.record(tenant, "psp_payment.started", now=now, subject=attempt, customer_id=customer.pk, details=details)
        return attempt


def _lines(claims: tuple[InvoiceBalance, ...], amount: Money | None, *, on: date) -> dict[UUID, Money]:
    """What is paid on which invoice; a part must be worth the trouble, and never more than what is open."""
    if not claims:
        raise CannotPayError("nothing_open")
    if amount is None:
        return {claim.invoice.pk: claim.open for claim in claims}
    if is_too_little(amount, claims):
        raise CannotPayError("too_little")
    if amount > total_of(claims):
        raise CannotPayError("more_than_open")
    return spread(amount, claims, on=on)


def chosen_claims(tenant: Tenant, link: PayLink, *, chosen: Collection[UUID], on: date) -> tuple[InvoiceBalance, ...]:
    """The open claims of the link's customer that were chosen; all of them when nothing was."""
    claims = balance_of_customer(tenant, link.customer, on=on).claims
    in_euro = tuple(claim for claim in claims if claim.invoice.currency == "EUR")
    return tuple(claim for claim in in_euro if claim.invoice.pk in chosen) if chosen else in_euro


def open_checkout(
    tenant: Tenant, attempt: PspPayment, provider: PaymentProvider, *, return_url: str, locale: str
) -> str:
    """Have the PSP make the payment and return where the debtor pays. Runs outside any transaction."""
    if attempt.checkout_url and attempt.status == PspStatus.OPEN:
        return attempt.checkout_url
    order = PaymentOrder(
        key=str(attempt.pk),
        amount=Money.of(attempt.amount),
        currency=attempt.currency,
        description=_description(tenant, attempt),
        redirect_url=return_url,
        webhook_url=settings.PUBLIC_URL + reverse("receivables:psp_webhook", args=[tenant.code]),
        locale=locale,
        method=attempt.method,
    )
    try:
        report = _create(provider, order)
    except PspRefusedError as refusal:
        _remember(tenant, attempt, status=PspStatus.FAILED, problem=f"Geweigerd door de PSP: {refusal}")
        raise CannotPayError(_REFUSED.get(refusal.field.partition(".")[0], "refused")) from refusal
    except PspNotReachedError as error:
        _remember(tenant, attempt, status=PspStatus.NEW)
        raise CannotPayError("unavailable") from error
    except PspUnknownOutcomeError as error:
        _remember(tenant, attempt, status=PspStatus.UNKNOWN)
        raise CannotPayError("unavailable") from error
    _adopt(tenant, attempt, report)
    return report.checkout_url


def differs(attempt: PspPayment, report: PaymentReport) -> str:
    """What the PSP reports otherwise than we asked; empty when this is our payment (T10, T22)."""
    asked = {
        "bedrag": f"{attempt.amount} {attempt.currency}",
        "modus": "test" if attempt.is_test else "live",
        "kenmerk": str(attempt.pk),
    }
    told = {"bedrag": f"{report.amount} {report.currency}", "modus": report.mode, "kenmerk": report.attempt}
    if attempt.psp_id:
        asked["id"], told["id"] = attempt.psp_id, report.id
    wrong = [
        f"{name} {told[name] or 'ontbreekt'} in plaats van {asked[name]}" for name in asked if told[name] != asked[name]
    ]
    return "; ".join(wrong)[:300]


def _create(provider: PaymentProvider, order: PaymentOrder) -> PaymentReport:
    for pause in BUSY_PAUSES:
        try:
            return provider.create(order)
        except PspBusyError:
            time.sleep(pause)
    return provider.create(order)


def _unfinished(
    tenant: Tenant, link: PayLink, lines: dict[UUID, Money], *, method: str, is_test: bool, now: datetime
) -> PspPayment | None:
    """An attempt for exactly this that may still be paid, or whose creation got no answer."""
    wanted = {invoice_id: part.amount for invoice_id, part in lines.items()}
    recent = tenant.psp_payments.filter(
        pay_link=link, payment=None, problem="", is_test=is_test, method=method, created_at__gt=now - SAME_KEY_FOR
    )
    for attempt in recent.prefetch_related("lines").order_by("-created_at"):
        if {line.invoice_id: line.amount for line in attempt.lines.all()} != wanted:
            continue
        if attempt.status in {PspStatus.NEW, PspStatus.UNKNOWN}:
            return attempt
        if attempt.status == PspStatus.OPEN and attempt.checkout_url and attempt.created_at > now - SAME_CHECKOUT_FOR:
            return attempt
    return None


def _adopt(tenant: Tenant, attempt: PspPayment, report: PaymentReport) -> None:
    """Keep the PSP's id and checkout beside our row; a payment that is not what we asked for is not used."""
    if problem := differs(attempt, report):
        _remember(tenant, attempt, status=PspStatus.UNKNOWN, problem=problem)
        raise CannotPayError("unavailable")
    with durable_tenant_context(tenant.pk):
        row = tenant.psp_payments.select_for_update(no_key=True).get(pk=attempt.pk)
        row.psp_id, row.checkout_url = report.id, report.checkout_url[:500]
        if row.status in {PspStatus.NEW, PspStatus.UNKNOWN}:
            row.status = PspStatus.OPEN
        row.save(update_fields=["psp_id", "checkout_url", "status"])


def _remember(tenant: Tenant, attempt: PspPayment, *, status: PspStatus, problem: str = "") -> None:
    """Note how the call ended, unless another request brought this attempt further meanwhile."""
    with durable_tenant_context(tenant.pk):
        unmade = tenant.psp_payments.filter(pk=attempt.pk, psp_id="")
        changes: dict[str, object] = {"status": status, "problem": problem[:300]}
        if status == PspStatus.FAILED:
            changes["next_poll_at"] = None
        unmade.update(**changes)


def _description(tenant: Tenant, attempt: PspPayment) -> str:
    """What the debtor's bank shows: the invoices, then who is paid."""
    with durable_tenant_context(tenant.pk):
        numbers = list(attempt.lines.order_by("invoice__due_on").values_list("invoice__number", flat=True))
    label = f"Factuur {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} facturen: {', '.join(numbers)}"
    return f"{tenant.name} - {label}"[:140]
