"""What a person decides about a letter: sent or not, send again, printed and posted. Nothing here guesses.

The term of the next step counts from the day of the evidence: for a letter on paper the day somebody says it was posted.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from dunning.actions.booking import void_letter
from dunning.delivery.claim import MAY_LEAVE, objections
from dunning.delivery.locks import lock_facts, lock_notice, lock_with_customer
from dunning.delivery.prepare import write
from dunning.delivery.settle import accept, cancel, remember, tell
from dunning.models import Attempt, Notice
from dunning.models.notices import AttemptResult, Channel, NoticeState
from receivables.actions.ledger import lock_customer
from tenants import audit
from tenants.ids import new_id
from tenants.models import Tenant, User

SENT_OR_NOT: Final = (NoticeState.AMBIGUOUS, NoticeState.REFUSED, NoticeState.BOUNCED)
MOST_IN_A_BATCH: Final = 25


class NoticeStateError(ValueError):
    """Somebody or something else was first; the message says so in Dutch."""


def release_notice(tenant: Tenant, notice: Notice, *, now: datetime, by: User) -> Notice:
    """Send it again, under a new key: the person knows that it did not arrive. Everything is looked at again first."""
    notice = _lock(tenant, notice, states=SENT_OR_NOT)
    remember(notice, "released", source_key=f"released:{notice.pk}:{notice.generation}", now=now, by=by)
    notice.generation += 1
    notice.state, notice.problem, notice.message_id = NoticeState.READY, "", ""
    notice.pdf_file = notice.mail_file = notice.lease_until = notice.try_after_at = None
    notice.accepted_at = notice.accepted_on = notice.delivered_at = notice.bounced_at = None
    notice.save()
    void_letter(notice, why="Opnieuw verstuurd; de termijn telt vanaf de nieuwe brief.", now=now, by=by)
    tell(notice, "notice.released", now=now, by=by, generation=notice.generation)
    return notice


def close_as_sent(tenant: Tenant, notice: Notice, *, now: datetime, by: User) -> None:
    """It did leave, says a person who saw evidence; the next step counts from today."""
    notice = _lock(tenant, notice, states=(NoticeState.AMBIGUOUS,))
    accept(notice, now=now, source_key=f"person:{notice.pk}:{notice.generation}", by=by, according_to="person")


def close_as_not_sent(tenant: Tenant, notice: Notice, *, now: datetime, by: User) -> None:
    """It did not arrive and shall not go again: the next run decides about its invoices afresh."""
    notice = _lock(tenant, notice, states=SENT_OR_NOT)
    remember(notice, "closed", source_key=f"closed:{notice.pk}:{notice.generation}", now=now, by=by)
    if notice.accepted_on is not None:  # it bounced: no term counts from it
        notice.accepted_at = notice.accepted_on = None
        notice.save(update_fields=["accepted_at", "accepted_on"])
    void_letter(notice, why="Niet aangekomen, volgens een medewerker.", now=now, by=by)
    cancel(notice, why="Niet aangekomen, volgens een medewerker.", now=now, by=by)


def make_print_batch(tenant: Tenant, *, now: datetime, by: User) -> str | None:
    """Write the letters that are ready for paper and take them out of the queue; returns the name of the batch.

    Every letter passes the same checks as a mail at its claim; one that may no longer go out is left out.
    """
    ready = tenant.notices.filter(channel=Channel.PRINT, state=NoticeState.READY, run__state__in=MAY_LEAVE)
    letters = list(ready.order_by("pk")[:MOST_IN_A_BATCH])
    for notice in letters:
        write(notice, now=now)
    batch = f"print:{new_id()}"
    taken = [notice for notice in letters if _take_for_print(tenant, notice.pk, batch=batch, now=now)]
    if not taken:
        return None
    details = {"batch": batch, "letters": [str(notice.pk) for notice in taken]}
    audit.record(tenant, "print_batch.made", now=now, by=by, details=details)
    return batch


def _take_for_print(tenant: Tenant, notice_id: UUID, *, batch: str, now: datetime) -> bool:
    facts = lock_facts(tenant, tenant.notices.get(pk=notice_id))
    notice = lock_notice(tenant, notice_id)
    if notice is None or facts.is_frozen or notice.state != NoticeState.READY or objections(notice, facts, now=now):
        return False
    if notice.pdf_file_id is None:
        return False
    Attempt.across_tenants.create(
        tenant=tenant,
        notice=notice,
        number=notice.attempts.count() + 1,
        generation=notice.generation,
        started_at=now,
        provider_id=batch,
        answer="Geprint; wacht op de post.",
    )
    notice.state, notice.claimed_at, notice.problem = NoticeState.CLAIMED, now, ""
    notice.save(update_fields=["state", "claimed_at", "problem"])
    return True


def letters_of_batch(tenant: Tenant, batch: str) -> list[Notice]:
    """The letters of a batch that nobody closed yet."""
    attempts = tenant.attempts.filter(provider_id=batch, result=AttemptResult.PENDING).values("notice_id")
    found = tenant.notices.filter(pk__in=attempts, state=NoticeState.CLAIMED, channel=Channel.PRINT)
    return list(found.select_related("customer", "pdf_file").order_by("pk"))


def mark_posted(tenant: Tenant, batch: str, *, now: datetime, by: User) -> int:
    """The letters of this batch are in the post: their terms start today."""
    letters = _lock_batch(tenant, batch)
    for notice in letters:
        _close_attempt(notice, batch, result=AttemptResult.ACCEPTED, answer="Op de post gedaan.", now=now)
        accept(notice, now=now, source_key=f"posted:{notice.pk}:{notice.generation}", by=by, batch=batch)
    return len(letters)


def take_back_batch(tenant: Tenant, batch: str, *, now: datetime, by: User) -> int:
    """The letters of this batch were not posted: they are ready again, and will be written anew."""
    letters = _lock_batch(tenant, batch)
    for notice in letters:
        _close_attempt(notice, batch, result=AttemptResult.NOT_ACCEPTED, answer="Niet gepost.", now=now)
        notice.state, notice.pdf_file = NoticeState.READY, None
        notice.save(update_fields=["state", "pdf_file"])
        tell(notice, "notice.not_posted", now=now, by=by, batch=batch)
    return len(letters)


def _lock_batch(tenant: Tenant, batch: str) -> list[Notice]:
    letters = letters_of_batch(tenant, batch)
    for customer_id in sorted({notice.customer_id for notice in letters}):
        lock_customer(tenant, customer_id)
    keys = [notice.pk for notice in letters]
    rows = tenant.notices.select_for_update(no_key=True).filter(pk__in=keys, state=NoticeState.CLAIMED)
    return list(rows.order_by("pk"))


def _close_attempt(notice: Notice, batch: str, *, result: str, answer: str, now: datetime) -> None:
    notice.attempts.filter(provider_id=batch).update(result=result, answer=answer, finished_at=now)


def _lock(tenant: Tenant, notice: Notice, *, states: Collection[str]) -> Notice:
    locked = lock_with_customer(tenant, notice.pk)
    assert locked is not None  # noqa: S101 # notices are never deleted
    if locked.state not in states:
        raise NoticeStateError(f"Dit bericht is inmiddels afgehandeld: {locked.get_state_display().lower()}.")
    return locked
