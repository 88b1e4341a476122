"""The claim: the last look at the facts, committed together with the attempt, before the provider is called.

It refuses to run inside another transaction: a claim that is not committed is no claim. Order of the locks: `locks.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from dunning.actions import planning, recheck
from dunning.delivery.answers import Doubt
from dunning.delivery.locks import Facts, lock_facts, lock_notice
from dunning.delivery.providers import Outgoing, Provider
from dunning.delivery.queue import TO_SEND, due
from dunning.delivery.reports import Reference
from dunning.delivery.settle import cancel, hold_for_a_person, tell
from dunning.domain.calendar import Calendar
from dunning.domain.contact_window import ContactWindow
from dunning.models import Attempt, Notice
from dunning.models.notices import AttemptResult, NoticeState
from dunning.models.runs import RunState
from tenants.context import durable_tenant_context
from tenants.models import Tenant

WINDOW: Final = ContactWindow(Calendar.dutch())
SLACK: Final = timedelta(seconds=60)  # between the end of the call and the end of the lease
MAY_LEAVE: Final = (RunState.APPROVED, RunState.SENDING, RunState.DONE)  # a released notice may outlive its run
BROKEN_OFF: Final = "De verwerking brak af voordat het antwoord binnen was."


@dataclass(frozen=True, slots=True)
class Claimed:
    """The right to call the provider once, for this attempt."""

    tenant: Tenant
    notice_id: UUID
    attempt_id: UUID
    outgoing: Outgoing


def claim(notice_id: UUID, *, tenant: Tenant, provider: Provider, now: datetime) -> Claimed | None:
    """Take a notice for one attempt, or settle why it does not leave now. Committed when this returns."""
    with durable_tenant_context(tenant.pk):
        known = tenant.notices.filter(pk=notice_id).only("pk", "tenant_id", "run_id", "customer_id").first()
        if known is None:
            return None
        facts = lock_facts(tenant, known)
        notice = lock_notice(tenant, notice_id)
        if notice is None or facts.is_frozen or not _is_due(notice, now=now):
            return None
        attempts = list(notice.attempts.order_by("number"))
        doubt = doubt_about(notice, attempts, now=now)
        if not _may_leave(notice, facts, doubt=doubt, provider=provider, now=now):
            return None
        return _take(notice, number=len(attempts) + 1, now=now)


def doubt_about(notice: Notice, attempts: Iterable[Attempt], *, now: datetime) -> Doubt | None:
    """What nobody knows about this generation; a broken-off attempt becomes an unknown one here."""
    mine = [attempt for attempt in attempts if attempt.generation == notice.generation]
    broken_off = [attempt.pk for attempt in mine if attempt.result == AttemptResult.PENDING]
    if broken_off:
        notice.attempts.filter(pk__in=broken_off).update(
            result=AttemptResult.UNKNOWN, finished_at=now, answer=BROKEN_OFF
        )
    unknown = [attempt for attempt in mine if attempt.result in (AttemptResult.PENDING, AttemptResult.UNKNOWN)]
    return Doubt(unknown[0].started_at, len(unknown)) if unknown else None


def _is_due(notice: Notice, *, now: datetime) -> bool:
    """Another worker may have been first; a reservation of our own does not count against us."""
    if notice.state in TO_SEND:
        return notice.try_after_at is None or notice.try_after_at <= now
    return due(notice.tenant.notices.filter(pk=notice.pk), now=now).exists()


def _may_leave(notice: Notice, facts: Facts, *, doubt: Doubt | None, provider: Provider, now: datetime) -> bool:
    """Settle a notice that must not leave, postpone one that must not leave yet; True lets it go."""
    if doubt is not None and not doubt.may_repeat(key_lifetime=provider.key_lifetime, now=now):
        hold_for_a_person(notice, why="Onbekend of de mailserver het bericht heeft aangenomen.", now=now)
        return False
    if objections(notice, facts, now=now, doubt=doubt):
        return False
    opens = WINDOW.next_allowed(now)
    if opens > now:
        _postpone(notice, opens - now, until=opens)
        return False
    return notice.mail_file_id is not None and facts.run_state in MAY_LEAVE


def why_not(notice: Notice, facts: Facts, *, now: datetime) -> str | None:
    """The reason this notice must not leave as it is, from the locked facts."""
    if facts.run_state == RunState.STOPPED:
        return "De run is gestopt."
    now_open = {invoice.pk: invoice.open_amount for invoice in facts.invoices}
    if any(now_open.get(line.invoice_id) != line.open_amount for line in facts.lines):
        return "Het openstaande bedrag is veranderd."
    return planning.recheck(notice, now=now)


def objections(notice: Notice, facts: Facts, *, now: datetime, doubt: Doubt | None = None) -> bool:
    """Act on the reason this notice must not leave as it is; False when there is none.

    It surely did not leave yet: take off what it may not ask, and cancel it when that is all. Perhaps it did: a person decides.
    """
    reason = why_not(notice, facts, now=now)
    if reason is None:
        return False
    if doubt is not None:
        hold_for_a_person(notice, why=f"Onbekend of het bericht is aangenomen; inmiddels: {reason}", now=now)
    elif facts.run_state == RunState.STOPPED:
        cancel(notice, why=reason, now=now)
    elif void := recheck.freshen(notice, now=now):
        tell(notice, "notice.cancelled", now=now, why=void)
    return True


def _postpone(notice: Notice, rest: timedelta, *, until: datetime) -> None:
    if notice.state == NoticeState.CLAIMED:  # an unknown attempt rests on the database's clock
        notice.tenant.notices.filter(pk=notice.pk).update(lease_until=Now() + rest)
        return
    notice.try_after_at, notice.lease_until = until, None
    notice.save(update_fields=["try_after_at", "lease_until"])


def _take(notice: Notice, *, number: int, now: datetime) -> Claimed:
    attempt = Attempt.across_tenants.create(
        tenant=notice.tenant, notice=notice, number=number, generation=notice.generation, started_at=now
    )
    lease = timedelta(seconds=settings.MAIL_DEADLINE_SECONDS) + SLACK
    notice.tenant.notices.filter(pk=notice.pk).update(
        state=NoticeState.CLAIMED, claimed_at=now, lease_until=Now() + lease, try_after_at=None, problem=""
    )
    assert notice.mail_file is not None  # noqa: S101 # looked at in _may_leave
    outgoing = Outgoing(
        key=f"{notice.pk}:{notice.generation}",
        mail=bytes(notice.mail_file.content),
        sender=settings.MAIL_ENVELOPE_SENDER,
        recipient=notice.to_email,
        reference=str(Reference(notice.tenant.code, notice.pk, notice.generation)),
    )
    return Claimed(notice.tenant, notice.pk, attempt.pk, outgoing)
