"""One batch of one tenant: reserve, prepare, claim, call, book. Everything is committed before the provider is called."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from dunning.delivery import queue
from dunning.delivery.answers import Answer
from dunning.delivery.claim import SLACK, WINDOW, Claimed, claim
from dunning.delivery.prepare import is_unwritten, prepare, set_aside
from dunning.delivery.providers import Provider
from dunning.delivery.record import record
from tenants.models import Tenant

log = logging.getLogger(__name__)
journal = logging.getLogger(
    "dunning.delivery.journal"
)  # ship this one off the database's machine: it survives a restore
AT_ONCE: Final = 10
ROUNDS: Final = 2  # a letter of which one invoice was just paid is written once more for the rest
FAILURES_IN_A_ROW: Final = 3

Clock = Callable[[], datetime]


def send_batch(tenant: Tenant, *, provider: Provider, clock: Clock, budget: timedelta) -> int:
    """Send what is due, for `budget` at most; returns how many calls were made."""
    ends = time.monotonic() + budget.total_seconds()
    calls = failures = 0
    seen: set[UUID] = set()
    opens = WINDOW.next_allowed(clock())
    if opens > clock():
        queue.rest_all(tenant, until=opens)
    while time.monotonic() < ends and (due := queue.reserve(tenant, now=clock(), most=AT_ONCE)):
        if seen.issuperset(due):  # held by another worker
            break
        seen.update(due)
        for place, notice_id in enumerate(due):
            answer = deliver(notice_id, tenant=tenant, provider=provider, clock=clock)
            calls += answer is not None
            failures = failures + 1 if answer is not None and answer.is_unreachable else 0
            if failures >= FAILURES_IN_A_ROW or time.monotonic() > ends:
                queue.give_back(tenant, due[place + 1 :])
                return calls
    queue.finish_runs(tenant, now=clock())
    return calls


def deliver(notice_id: UUID, *, tenant: Tenant, provider: Provider, clock: Clock) -> Answer | None:
    """Take one notice as far as it can go now; None when the provider was not called."""
    for _ in range(ROUNDS):
        trouble = prepare(notice_id, tenant=tenant, now=clock())
        taken_at = time.monotonic()
        claimed = claim(notice_id, tenant=tenant, provider=provider, now=clock())
        if claimed is not None:
            answer = _call(claimed, provider, taken_at=taken_at)
            record(claimed, answer, key_lifetime=provider.key_lifetime, now=clock())
            return answer
        if not is_unwritten(notice_id, tenant=tenant):
            return None
    if trouble:  # and the claim found no reason to withdraw it
        set_aside(notice_id, tenant=tenant, why=trouble, now=clock())
    return None


def _call(claimed: Claimed, provider: Provider, *, taken_at: float) -> Answer:
    """Call once, unless this process was asleep so long that its lease may be over."""
    if time.monotonic() - taken_at > SLACK.total_seconds() / 2:
        return Answer.not_accepted("De verwerking stond te lang stil; er is niets verstuurd.")
    outgoing = claimed.outgoing
    journal.info(
        "tenant=%s key=%s to_call=%s sha256=%s",
        claimed.tenant.pk,
        outgoing.key,
        provider.name,
        hashlib.sha256(outgoing.mail).hexdigest(),
    )
    return provider.send(outgoing, deadline=settings.MAIL_DEADLINE_SECONDS)
