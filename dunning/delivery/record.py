"""Booking what the provider answered. It tries hard: an answer that is not booked turns into an unknown outcome."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now

from dunning.delivery.answers import Answer, Next, after
from dunning.delivery.claim import Claimed, doubt_about
from dunning.delivery.locks import lock_with_customer
from dunning.delivery.settle import accept, hold_for_a_person
from dunning.models import Attempt, Notice
from dunning.models.notices import AttemptResult, NoticeState
from tenants import audit
from tenants.context import durable_tenant_context

log = logging.getLogger(__name__)
PATIENCE: Final = timedelta(seconds=60)
PAUSE: Final = 0.5
UNDECIDED: Final = (NoticeState.CLAIMED, NoticeState.AMBIGUOUS)


def record(claimed: Claimed, answer: Answer, *, key_lifetime: timedelta | None, now: datetime) -> NoticeState:
    """Book the answer, waiting for a database that is restarting; booking it twice changes nothing."""
    gives_up = time.monotonic() + PATIENCE.total_seconds()
    while True:
        try:
            return _book(claimed, answer, key_lifetime=key_lifetime, now=now)
        except (OperationalError, InterfaceError):
            if time.monotonic() > gives_up:
                raise
            log.warning("the database is away; the answer for notice %s waits", claimed.notice_id)
            connection.close()
            time.sleep(PAUSE)


def _book(claimed: Claimed, answer: Answer, *, key_lifetime: timedelta | None, now: datetime) -> NoticeState:
    tenant = claimed.tenant
    with durable_tenant_context(tenant.pk):
        notice = lock_with_customer(tenant, claimed.notice_id)
        assert notice is not None  # noqa: S101 # notices are never deleted
        attempt = notice.attempts.get(pk=claimed.attempt_id)
        is_open = attempt.result in (AttemptResult.PENDING, AttemptResult.UNKNOWN)
        if is_open:
            _close(attempt, answer, now=now)
        if answer.result == AttemptResult.ACCEPTED:
            accept(
                notice, now=now, source_key=f"attempt:{attempt.pk}", answer=answer.text, provider_id=answer.provider_id
            )
        elif is_open and notice.state in UNDECIDED and attempt.generation == notice.generation:
            _follow_up(notice, attempt, answer, key_lifetime=key_lifetime, now=now)
        return NoticeState(notice.state)


def _close(attempt: Attempt, answer: Answer, *, now: datetime) -> None:
    attempt.result, attempt.answer, attempt.provider_id = answer.result, answer.text[:500], answer.provider_id[:200]
    Attempt.across_tenants.filter(pk=attempt.pk).update(
        result=attempt.result, answer=attempt.answer, provider_id=attempt.provider_id, finished_at=now
    )


def _follow_up(
    notice: Notice, attempt: Attempt, answer: Answer, *, key_lifetime: timedelta | None, now: datetime
) -> None:
    attempts = list(notice.attempts.order_by("number"))
    if attempts[-1].number > attempt.number:
        return  # a later attempt goes on from here
    doubt = doubt_about(notice, attempts, now=now)
    may_repeat = doubt is not None and doubt.may_repeat(key_lifetime=key_lifetime, now=now)
    step = after(answer, attempts=attempt.number, doubt=doubt, may_repeat=may_repeat)
    if step.state == NoticeState.AMBIGUOUS == notice.state:
        return
    if step.state == NoticeState.AMBIGUOUS:
        hold_for_a_person(notice, why=f"Onbekend of het bericht is aangenomen: {answer.text}", now=now)
        return
    _rest(notice, step, answer, now=now)
    if step.state == NoticeState.REFUSED:
        audit.record(
            notice.tenant,
            "notice.refused",
            now=now,
            subject=notice,
            customer_id=notice.customer_id,
            details={"answer": answer.text},
        )


def _rest(notice: Notice, step: Next, answer: Answer, *, now: datetime) -> None:
    notice.state, notice.problem = step.state, answer.text[:300]
    notice.tenant.notices.filter(pk=notice.pk).update(
        state=step.state,
        problem=notice.problem,
        lease_until=Now() + step.rest if step.state == NoticeState.CLAIMED else None,
        try_after_at=now + step.rest if step.state == NoticeState.WAITING else None,
    )
