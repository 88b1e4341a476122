"""R5: what is committed before the claim wins. With the guard switched off the race must show, or this proves nothing."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import connection, connections

from dunning.actions.holds import place_hold
from dunning.delivery import claim as claiming
from dunning.delivery.answers import Answer
from dunning.delivery.claim import claim
from dunning.delivery.locks import Facts
from dunning.delivery.prepare import prepare
from dunning.delivery.providers import Outgoing
from dunning.models import Notice
from dunning.models.holds import HoldLevel, HoldReason
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.delivery.world import NOW, TODAY, get_notice, make_notices, pay

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_letters")]
SEED = 20261123


class Silent:
    """A provider that is never called here."""

    name = "silent"
    key_lifetime: timedelta | None = None

    def send(self, outgoing: Outgoing, *, deadline: float) -> Answer:
        raise AssertionError

    def close(self) -> None:
        raise AssertionError


@pytest.mark.parametrize("rounds", [40, pytest.param(200, marks=[pytest.mark.fault, pytest.mark.slow])])
def test_a_payment_or_hold_before_the_claim_always_wins(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    wrong, claimed = _race(tenant, monkeypatch, rounds=rounds)

    assert wrong == 0
    assert 0 < claimed < rounds  # both orders really happened


def test_without_the_locks_the_race_is_lost(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same facts, read without a lock."""
    monkeypatch.setattr(claiming, "lock_facts", _read_facts)

    wrong, _ = _race(tenant, monkeypatch, rounds=15)

    assert wrong > 0


def _read_facts(tenant: Tenant, notice: Notice) -> Facts:
    invoices = list(tenant.invoices.filter(notice_lines__notice=notice))
    return Facts(is_frozen=False, run_state="sending", lines=list(notice.lines.all()), invoices=invoices)


def _race(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, *, rounds: int) -> tuple[int, int]:
    """Claim in one thread while another pays or holds. Counts claims that committed after an objection had, and all claims."""
    notices = make_notices(tenant, rounds)
    for notice_id in notices:
        assert prepare(notice_id, tenant=tenant, now=NOW) is None
    chance = random.Random(SEED)  # noqa: S311 # the race must be repeatable
    moments: dict[str, float] = {}
    really_take = claiming._take

    def slow_take(notice: Notice, *, number: int, now: datetime) -> claiming.Claimed:
        taken = really_take(notice, number=number, now=now)
        time.sleep(0.01)
        moments["claim about to commit"] = time.monotonic()
        return taken

    monkeypatch.setattr(claiming, "_take", slow_take)
    wrong = claims = 0
    for turn, notice_id in enumerate(notices):
        moments.clear()
        _at_once(
            partial(_object, pay if turn % 2 else _hold, tenant, notice_id, moments),
            partial(claim, notice_id, tenant=tenant, provider=Silent(), now=NOW),
            delays=(chance.uniform(0, 0.03), chance.uniform(0, 0.02)),
        )
        if get_notice(tenant, notice_id).state == "claimed":
            claims += 1
            wrong += moments["objection committed"] < moments["claim about to commit"]
    return wrong, claims


def _object(
    objection: Callable[[Tenant, UUID], None], tenant: Tenant, notice_id: UUID, moments: dict[str, float]
) -> None:
    objection(tenant, notice_id)
    moments["objection committed"] = time.monotonic()


def _at_once(*works: Callable[[], object], delays: Sequence[float]) -> None:
    start = threading.Barrier(len(works))
    workers = [
        threading.Thread(target=_run, args=(start, work, delay)) for work, delay in zip(works, delays, strict=True)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _run(start: threading.Barrier, work: Callable[[], object], delay: float) -> None:
    try:
        connection.ensure_connection()
        start.wait(10)
        time.sleep(delay)
        work()
    finally:
        connections.close_all()


def _hold(tenant: Tenant, notice_id: UUID) -> None:
    with tenant_context(tenant.pk):
        customer = tenant.notices.get(pk=notice_id).customer
        place_hold(tenant, level=HoldLevel.CUSTOMER, customer=customer, reason=HoldReason.DISPUTE, on=TODAY, now=NOW)
