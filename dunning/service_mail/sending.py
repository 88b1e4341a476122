"""Sending service mails: claimed durably, called once, booked. An outcome that nobody knows is never repeated without a key.

The same rules as for notices (docs/sending.md), on one row: `first_unknown_at` is set by the claim itself and cleared only by an
answer that says the mail was surely not taken.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from dunning.actions.plan_mails import look_again
from dunning.delivery.answers import Answer, Doubt, after
from dunning.delivery.claim import SLACK, WINDOW
from dunning.delivery.locks import is_stopped
from dunning.delivery.providers import Outgoing, Provider
from dunning.domain.contact_window import AMSTERDAM
from dunning.models import ServiceMail
from dunning.models.notices import AttemptResult
from dunning.models.service_mails import ServiceMailKind as Kind
from dunning.models.service_mails import ServiceMailState as State
from dunning.service_mail.outbox import may_write
from dunning.service_mail.render import render
from receivables.actions.ledger import lock_customer
from receivables.files import store
from tenants import audit
from tenants.context import durable_tenant_context
from tenants.models import Tenant

log = logging.getLogger(__name__)
journal = logging.getLogger("dunning.delivery.journal")
AT_ONCE: Final = frozenset(  # what answers the debtor's own doing; the rest waits for the contact window
    {
        Kind.RECEIPT, Kind.MESSAGE_RECEIVED, Kind.DISPUTE_OPENED, Kind.PROMISE_MADE, Kind.PLAN_REQUESTED,
        Kind.PLAN_STARTED,
    }
)  # fmt: skip
ASKS: Final = frozenset({Kind.INSTALMENT_DUE, Kind.INSTALMENT_MISSED})
OF_A_PLAN: Final = ASKS | {Kind.PLAN_ENDED}  # the plan is asked again before these leave
TO_SEND: Final = (State.READY, State.WAITING)
MOST: Final = 50
FAILURES_IN_A_ROW: Final = 3
OUTDATED_AFTER_DAYS: Final = 14  # a confirmation that comes later only makes people ask what it means
AFTER_A_FAULT: Final = timedelta(minutes=15)
UNSURE: Final = "Onbekend of de mailserver het bericht heeft aangenomen."
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Claimed:
    """The right to call the provider once. `was_unsure` says that an earlier call had no known outcome."""

    tenant: Tenant
    mail_id: UUID
    attempt: int
    outgoing: Outgoing
    was_unsure: bool


def due(mails: QuerySet[ServiceMail], *, now: datetime) -> QuerySet[ServiceMail]:
    """Ready, waiting long enough, or claimed by a worker that never came back (the database's clock)."""
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    is_its_time = Q(try_after_at__isnull=True) | Q(try_after_at__lte=now)
    return mails.filter(is_free & (Q(state__in=TO_SEND) & is_its_time | Q(state=State.CLAIMED)))


def send_due(tenant: Tenant, *, provider: Provider, clock: Clock) -> int:
    """Send what is due, some at a time; returns how many calls were made."""
    calls = failures = 0
    with durable_tenant_context(tenant.pk):
        found = list(due(tenant.service_mails.all(), now=clock()).order_by("id").values_list("pk", flat=True)[:MOST])
    for mail_id in found:
        taken_at = time.monotonic()
        claimed = claim(mail_id, tenant=tenant, provider=provider, now=clock())
        if claimed is None:
            continue
        answer = _call(claimed, provider, taken_at=taken_at)
        record(claimed, answer, key_lifetime=provider.key_lifetime, now=clock())
        calls += 1
        failures = failures + 1 if answer.is_unreachable else 0
        if failures >= FAILURES_IN_A_ROW:
            break
    return calls


def claim(mail_id: UUID, *, tenant: Tenant, provider: Provider, now: datetime) -> Claimed | None:
    """Take a mail for one attempt, or settle why it does not leave now. Committed when this returns."""
    with durable_tenant_context(tenant.pk):
        known = tenant.service_mails.filter(pk=mail_id).first()
        if known is None or is_stopped(tenant):
            return None
        lock_customer(tenant, known.customer_id)
        mail = _lock(tenant, mail_id)
        if mail is None or not due(tenant.service_mails.filter(pk=mail_id), now=now).exists():
            return None
        if not _may_leave(mail, tenant, provider=provider, now=now):
            return None
        return _take(mail, tenant=tenant, now=now)


def _lock(tenant: Tenant, mail_id: UUID) -> ServiceMail | None:
    rows = tenant.service_mails.select_for_update(no_key=True, skip_locked=True, of=("self",))
    return rows.select_related("customer").filter(pk=mail_id).first()


def _may_leave(mail: ServiceMail, tenant: Tenant, *, provider: Provider, now: datetime) -> bool:
    if mail.first_unknown_at is not None:
        doubt = Doubt(mail.first_unknown_at, mail.attempts)
        if not doubt.may_repeat(key_lifetime=provider.key_lifetime, now=now):
            _end(mail, State.AMBIGUOUS, why=UNSURE, now=now)
            return False
        return True  # it may have left: only the very same mail can be repeated
    on = now.astimezone(AMSTERDAM).date()
    if why := why_not(mail, tenant, on=on):
        _end(mail, State.CANCELLED, why=why, now=now)
        return False
    if why := _why_not_by_its_plan(mail, tenant, on=on):
        _end(mail, State.CANCELLED, why=why, now=now)
        tenant.service_mails.filter(pk=mail.pk).update(key=f"{mail.key}:not-sent:{mail.pk}")  # it may ask anew
        return False
    if mail.kind not in AT_ONCE and (opens := WINDOW.next_allowed(now)) > now:
        mail.try_after_at, mail.lease_until = opens, None
        mail.save(update_fields=["try_after_at", "lease_until"])
        return False
    return True


def why_not(mail: ServiceMail, tenant: Tenant, *, on: date) -> str:
    """Why this mail is no longer wanted, from the facts under the customer's lock; empty when it may go."""
    if not may_write(mail.customer):
        return "Deze klant mag niet worden aangeschreven."
    if (on - mail.created_at.date()).days > OUTDATED_AFTER_DAYS:
        return "De verzending stond te lang stil; dit bericht is achterhaald."
    if mail.kind not in ASKS:
        return ""
    if not tenant.invoices.filter(customer=mail.customer, open_amount__gt=0).exists():
        return "Er staat niets meer open."
    last_on = mail.context.get("until_on") or mail.context.get("due_on")
    return "De dag waarover dit gaat is voorbij." if last_on and date.fromisoformat(last_on) < on else ""


def _why_not_by_its_plan(mail: ServiceMail, tenant: Tenant, *, on: date) -> str:
    """Why its plan no longer asks for this mail; empty when it does, and then the mail says what is left by now."""
    if mail.kind not in OF_A_PLAN:
        return ""
    again = look_again(tenant, mail, on=on)
    if again.why_not:
        return again.why_not
    if again.fresh and "file" not in mail.context:  # once written it stays the same mail, byte for byte
        mail.context = mail.context | again.fresh
        mail.save(update_fields=["context"])
    return ""


def _take(mail: ServiceMail, *, tenant: Tenant, now: datetime) -> Claimed | None:
    content = _bytes(mail, tenant=tenant, now=now)
    if content is None:
        return None
    was_unsure = mail.first_unknown_at is not None
    lease = timedelta(seconds=settings.MAIL_DEADLINE_SECONDS) + SLACK
    attempt = mail.attempts + 1
    tenant.service_mails.filter(pk=mail.pk).update(
        state=State.CLAIMED,
        attempts=attempt,
        first_unknown_at=mail.first_unknown_at or now,
        lease_until=Now() + lease,
        try_after_at=None,
        problem="",
    )
    outgoing = Outgoing(str(mail.pk), content, settings.MAIL_ENVELOPE_SENDER, mail.to_email)
    return Claimed(tenant, mail.pk, attempt, outgoing, was_unsure)


def _bytes(mail: ServiceMail, *, tenant: Tenant, now: datetime) -> bytes | None:
    """The mail as it was first written: a repeat under the same key is the same mail, byte for byte."""
    if kept := mail.context.get("file"):
        return bytes(tenant.files.get(pk=kept).content)
    try:
        content = render(mail, tenant=tenant, now=now)
    except (LookupError, ValueError, ArithmeticError) as fault:
        log.exception("service mail %s of tenant %s cannot be written", mail.pk, tenant.pk)
        mail.problem, mail.try_after_at = f"De mail kan niet worden gemaakt: {fault}"[:300], now + AFTER_A_FAULT
        mail.save(update_fields=["problem", "try_after_at"])
        return None
    kept = store(tenant, content=content, media_type="message/rfc822", name=f"{mail.kind}-{mail.pk}.eml").pk
    mail.context = mail.context | {"file": str(kept)}
    mail.save(update_fields=["context"])
    return content


def _call(claimed: Claimed, provider: Provider, *, taken_at: float) -> Answer:
    """Call once, unless this process was asleep so long that its lease may be over."""
    if time.monotonic() - taken_at > SLACK.total_seconds() / 2:
        return Answer.not_accepted("De verwerking stond te lang stil; er is niets verstuurd.")
    outgoing = claimed.outgoing
    digest = hashlib.sha256(outgoing.mail).hexdigest()
    journal.info("tenant=%s key=%s to_call=%s sha256=%s", claimed.tenant.pk, outgoing.key, provider.name, digest)
    return provider.send(outgoing, deadline=settings.MAIL_DEADLINE_SECONDS)


def record(claimed: Claimed, answer: Answer, *, key_lifetime: timedelta | None, now: datetime) -> None:
    """Book the answer. One that comes after a later attempt began only counts when it says that the mail was taken."""
    tenant = claimed.tenant
    with durable_tenant_context(tenant.pk):
        mail = tenant.service_mails.select_for_update(no_key=True, of=("self",)).get(pk=claimed.mail_id)
        if answer.result == AttemptResult.ACCEPTED:
            _accept(mail, answer, now=now)
        elif mail.state == State.CLAIMED and mail.attempts == claimed.attempt:
            _follow_up(mail, claimed, answer, key_lifetime=key_lifetime, now=now)


def _accept(mail: ServiceMail, answer: Answer, *, now: datetime) -> None:
    if mail.state == State.ACCEPTED:
        return
    mail.state, mail.accepted_at, mail.message_id = State.ACCEPTED, now, answer.provider_id[:200]
    mail.lease_until = mail.try_after_at = mail.first_unknown_at = None
    mail.problem = ""
    fields = ["state", "accepted_at", "message_id", "lease_until", "try_after_at", "first_unknown_at", "problem"]
    mail.save(update_fields=fields)


def _follow_up(
    mail: ServiceMail, claimed: Claimed, answer: Answer, *, key_lifetime: timedelta | None, now: datetime
) -> None:
    is_unsure = claimed.was_unsure or answer.result == AttemptResult.UNKNOWN
    doubt = Doubt(mail.first_unknown_at or now, mail.attempts) if is_unsure else None
    may_repeat = doubt is not None and doubt.may_repeat(key_lifetime=key_lifetime, now=now)
    step = after(answer, attempts=mail.attempts, doubt=doubt, may_repeat=may_repeat)
    state = State(step.state.value)
    if state in (State.AMBIGUOUS, State.REFUSED):
        _end(mail, state, why=answer.text, now=now)
        return
    mail.tenant.service_mails.filter(pk=mail.pk).update(
        state=state,
        problem=answer.text[:300],
        first_unknown_at=mail.first_unknown_at if is_unsure else None,
        lease_until=Now() + step.rest if state == State.CLAIMED else None,
        try_after_at=now + step.rest if state == State.WAITING else None,
    )


def _end(mail: ServiceMail, state: State, *, why: str, now: datetime) -> None:
    mail.state, mail.problem = state, why[:300]
    mail.lease_until = mail.try_after_at = None
    mail.save(update_fields=["state", "problem", "lease_until", "try_after_at"])
    details = {"kind": mail.get_kind_display(), "why": mail.problem}
    verb = f"service_mail.{state.value}"
    audit.record(mail.tenant, verb, now=now, subject=mail, customer_id=mail.customer_id, details=details)
