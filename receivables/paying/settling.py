"""What the PSP says about a payment, fetched with the tenant's own key and booked once.

A webhook, the return page and the poll are only reasons to look. Under the customer's lock the answer is compared with
what we asked; what differs is never booked but shown to a person. Paid is final: expired or failed never undo it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from django.utils import timezone

from receivables.actions.ledger import lock_customer
from receivables.actions.payments import Receipt, record_payment
from receivables.models import Payment, PspAccount, PspPayment
from receivables.models.ledger import PaymentChannel
from receivables.models.paying import PspStatus
from receivables.paying.accounts import account_of, provider_of
from receivables.paying.answers import is_identifier
from receivables.paying.attempts import SAME_KEY_FOR, differs
from receivables.paying.money_back import book_back
from receivables.paying.psp import (
    MoneyBack,
    PaymentProvider,
    PaymentReport,
    PspError,
    PspNotFoundError,
    PspRefusedError,
)
from tenants import audit
from tenants.context import durable_tenant_context
from tenants.models import Tenant, User

GAPS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=27))  # after the first look at 15 minutes; then daily
MOST_POLLS = 40
RANK = {
    PspStatus.NEW: 0,
    PspStatus.UNKNOWN: 0,
    PspStatus.OPEN: 1,
    PspStatus.PENDING: 2,
    PspStatus.AUTHORIZED: 3,
    PspStatus.CANCELED: 4,
    PspStatus.EXPIRED: 4,
    PspStatus.FAILED: 4,
    PspStatus.PAID: 5,
}
NOT_KNOWN = "De PSP kent deze betaling niet. Is de sleutel intussen die van een ander account?"
KEY_REFUSED = "De PSP weigert de sleutel. Controleer de verbinding onder Instellingen, Betaallink."
NO_KEY = "Er is geen PSP-sleutel meer."
OTHER_MODE = "Deze betaling hoort bij een"
PASSING = (NOT_KNOWN, KEY_REFUSED, OTHER_MODE, NO_KEY)  # gone once the PSP answers again
ENDED = frozenset({PspStatus.CANCELED, PspStatus.EXPIRED, PspStatus.FAILED, PspStatus.PAID})


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment as the program sees it. The demo's clock may stand weeks ahead of the PSP's: then it is not real."""

    now: datetime
    on: date
    is_real: bool = True

    def day_of(self, moment: datetime | None) -> date:
        """The civil day in Amsterdam of something the PSP dated, never later than today."""
        if moment is None or not self.is_real:
            return self.on
        return min(timezone.localtime(moment).date(), self.on)


def note_hint(tenant: Tenant, psp_id: str, *, now: datetime) -> list[UUID]:
    """Write down that something happened at the PSP; returns the attempts to look at. Unknown ids leave no trace.

    An id we do not know may be a payment of ours whose creation got no answer; then those are looked at, unless they
    already wait for it: a stranger who invents ids must not keep us busy.
    """
    if not is_identifier(psp_id, prefix="tr_"):
        return []
    with durable_tenant_context(tenant.pk):
        known = tenant.psp_payments.filter(psp_id=psp_id)
        if not known.exists():
            lost = (PspStatus.NEW, PspStatus.UNKNOWN)
            known = tenant.psp_payments.filter(
                psp_id="", status__in=lost, created_at__gt=now - timedelta(days=2), next_poll_at__gt=now
            )
        found = list(known.values_list("pk", flat=True))
        tenant.psp_payments.filter(pk__in=found).update(next_poll_at=now)
    return found


def settle(tenant: Tenant, attempt_id: UUID, *, clock: Clock, provider: PaymentProvider | None = None) -> PspStatus:
    """Ask the PSP about one attempt and book what it says. Safe to run any number of times at once."""
    with durable_tenant_context(tenant.pk):
        attempt = tenant.psp_payments.get(pk=attempt_id)
        account = account_of(tenant)
        gave_back = attempt.refunds.exists() or tenant.payment_returns.filter(payment=attempt.payment_id).exists()
    if provider is None and account is None:
        return _postpone(tenant, attempt, clock=clock, problem=NO_KEY)
    try:
        provider = provider or provider_of(cast(PspAccount, account))
        if problem := wrong_mode(attempt, provider):
            return _postpone(tenant, attempt, clock=clock, problem=problem)
        report = provider.fetch(attempt.psp_id) if attempt.psp_id else _search(provider, attempt)
        if report is None:
            return _not_made(tenant, attempt, clock=clock)
        backs = _money_back(provider, report, look=gave_back)
    except PspNotFoundError:
        return _postpone(tenant, attempt, clock=clock, problem=NOT_KNOWN)
    except PspRefusedError as refusal:
        return _postpone(tenant, attempt, clock=clock, problem=KEY_REFUSED if refusal.is_about_the_key else "")
    except PspError:
        return _postpone(tenant, attempt, clock=clock)
    return apply_report(tenant, attempt, report, backs=backs, clock=clock)


def acknowledge(tenant: Tenant, attempt: PspPayment, *, now: datetime, by: User) -> None:
    """A person dealt with what the PSP said otherwise; from then on it no longer asks for attention."""
    problem = attempt.problem
    if tenant.psp_payments.filter(pk=attempt.pk).exclude(problem="").update(problem="", next_poll_at=None):
        audit.record(
            tenant,
            "psp_payment.acknowledged",
            now=now,
            subject=attempt,
            by=by,
            customer_id=attempt.customer_id,
            details={"problem": problem},
        )


def look(account: PspAccount, attempt: PspPayment) -> PspStatus:
    """What the PSP says now, for showing; writes nothing."""
    try:
        report = provider_of(account).fetch(attempt.psp_id)
    except PspError:
        return PspStatus.UNKNOWN
    if differs(attempt, report):
        return PspStatus.UNKNOWN
    return _status(report, PspStatus(attempt.status))


def wrong_mode(attempt: PspPayment, provider: PaymentProvider) -> str:
    """Why this key is not asked: a test key says nothing about real money, a live key nothing about a test."""
    mode = "test" if attempt.is_test else "live"
    if provider.mode == mode:
        return ""
    return f"{OTHER_MODE} {mode}-sleutel; verbonden is nu een {provider.mode}-sleutel."


def apply_report(
    tenant: Tenant, seen: PspPayment, report: PaymentReport, *, backs: list[MoneyBack], clock: Clock
) -> PspStatus:
    """Compare, book and remember, in one transaction under the customer's lock."""
    with durable_tenant_context(tenant.pk):
        lock_customer(tenant, seen.customer_id)
        attempt = tenant.psp_payments.select_for_update(no_key=True).get(pk=seen.pk)
        if problem := differs(attempt, report):
            _distrust(tenant, attempt, problem, now=clock.now)
            return PspStatus(attempt.status)
        attempt.psp_id = report.id
        attempt.status = _status(report, PspStatus(attempt.status))
        if attempt.next_poll_at == seen.next_poll_at:  # a hint that came meanwhile is looked at again
            attempt.next_poll_at = None if attempt.status in ENDED else _next_poll(attempt, clock.now)
            attempt.poll_count += 1
        if attempt.payment_id is None or attempt.problem.startswith(PASSING):
            attempt.problem = ""
        if report.is_paid and attempt.payment_id is None:
            attempt.paid_at = clock.now
            attempt.payment = _book(tenant, attempt, report, clock=clock)
        attempt.save(update_fields=["psp_id", "status", "next_poll_at", "poll_count", "problem", "paid_at", "payment"])
        if attempt.payment is not None:
            book_back(tenant, attempt, attempt.payment, backs, on=clock.on, now=clock.now)
        return PspStatus(attempt.status)


def _book(tenant: Tenant, attempt: PspPayment, report: PaymentReport, *, clock: Clock) -> Payment:
    """The one place where PSP money enters the ledger; its source key is the PSP's own id."""
    designated = list(attempt.lines.values_list("invoice_id", flat=True))
    receipt = Receipt(
        amount=report.amount,
        received_on=clock.day_of(report.paid_at),
        channel=PaymentChannel.PSP,
        source_key=f"{attempt.provider}:{report.id}",
        description=f"{'Testbetaling' if attempt.is_test else 'Betaald'} via de betaallink ({report.id})",
    )
    return record_payment(tenant, attempt.customer, receipt=receipt, now=clock.now, designated=designated)


def _status(report: PaymentReport, before: PspStatus) -> PspStatus:
    """The rank rule: a status only moves up, a word we do not know changes nothing."""
    try:
        after = PspStatus(report.status)
    except ValueError:
        return before
    return after if RANK[after] > RANK[before] else before


def _search(provider: PaymentProvider, attempt: PspPayment) -> PaymentReport | None:
    """Find a payment whose creation got no answer by the id of our row in its metadata."""
    return next((report for report in provider.recent() if report.attempt == str(attempt.pk)), None)


def _money_back(provider: PaymentProvider, report: PaymentReport, *, look: bool) -> list[MoneyBack]:
    """`look` when something went back before: a failed refund or reversed chargeback no longer counts in the totals."""
    backs: list[MoneyBack] = []
    if report.refunded or look:
        backs += provider.refunds(report.id)
    if report.charged_back or look:
        backs += provider.chargebacks(report.id)
    return backs


def _not_made(tenant: Tenant, attempt: PspPayment, *, clock: Clock) -> PspStatus:
    """The PSP has no payment of ours; once the key is no longer remembered it was surely never made."""
    if clock.now - attempt.created_at < 2 * SAME_KEY_FOR:
        return _postpone(tenant, attempt, clock=clock)
    with durable_tenant_context(tenant.pk):
        tenant.psp_payments.filter(pk=attempt.pk, psp_id="").update(status=PspStatus.FAILED, next_poll_at=None)
    return PspStatus.FAILED


def _postpone(tenant: Tenant, attempt: PspPayment, *, clock: Clock, problem: str = "") -> PspStatus:
    """No answer: look again later, and let a person see it when there is something to see."""
    with durable_tenant_context(tenant.pk):
        row = tenant.psp_payments.select_for_update(no_key=True).get(pk=attempt.pk)
        row.next_poll_at = _next_poll(row, clock.now) if row.poll_count < MOST_POLLS else None
        row.poll_count += 1
        row.problem = problem or row.problem
        row.save(update_fields=["poll_count", "next_poll_at", "problem"])
        return PspStatus(row.status)


def _next_poll(attempt: PspPayment, now: datetime) -> datetime:
    polled = attempt.poll_count
    return now + (GAPS[polled] if polled < len(GAPS) else timedelta(days=1))


def _distrust(tenant: Tenant, attempt: PspPayment, problem: str, *, now: datetime) -> None:
    """Book nothing; a person must look. Told once, however often the PSP repeats it."""
    if attempt.problem == problem:
        return
    attempt.problem = problem
    attempt.next_poll_at = None
    attempt.save(update_fields=["problem", "next_poll_at"])
    audit.record(
        tenant,
        "psp_payment.distrusted",
        now=now,
        subject=attempt,
        customer_id=attempt.customer_id,
        details={"problem": problem},
    )
