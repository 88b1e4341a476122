"""A dispute and a claim at the same moment: whichever has the customer's lock first is seen by the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connections

from dunning.actions import disputes
from dunning.delivery import claim as claiming
from dunning.delivery.claim import claim
from dunning.delivery.prepare import prepare
from dunning.models import Notice
from dunning.models.arrangements import DisputeReason, Origin
from receivables.models import Customer
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.delivery.conftest import small_letters  # noqa: F401 # a fixture
from tests.dunning.delivery.test_races import Silent
from tests.dunning.delivery.world import NOW, TODAY, get_notice, make_notices

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("small_letters")]
PATIENCE = 15


@pytest.fixture
def notice_id(tenant: Tenant) -> UUID:
    (found,) = make_notices(tenant, 1)
    assert prepare(found, tenant=tenant, now=NOW) is None
    return found


def test_dispute_that_was_committed_first_cancels_the_letter(tenant: Tenant, notice_id: UUID) -> None:
    """The claim waits for the dispute that is being written, and then sees it."""
    written, commits = threading.Event(), threading.Event()

    def dispute() -> None:
        with tenant_context(tenant.pk):
            _dispute(tenant, notice_id)
            written.set()
            assert commits.wait(PATIENCE)

    disputing, claiming_it = _start(dispute), _start(lambda: _claim(tenant, notice_id), after=written)
    time.sleep(0.3)
    assert claiming_it.is_alive()  # it waits for the customer's lock
    commits.set()
    for thread in (disputing, claiming_it):
        thread.join(PATIENCE)

    assert get_notice(tenant, notice_id).state == "cancelled"


def _race(tenant: Tenant, notice_id: UUID, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The claim has looked and is about to commit when the dispute comes; who commits first."""
    looked, order = threading.Event(), list[str]()
    really_take = claiming._take

    def slow_take(notice: Notice, *, number: int, now: datetime) -> claiming.Claimed:
        taken = really_take(notice, number=number, now=now)
        looked.set()
        time.sleep(0.5)
        order.append("claim")
        return taken

    monkeypatch.setattr(claiming, "_take", slow_take)

    def dispute() -> None:
        with tenant_context(tenant.pk):
            _dispute(tenant, notice_id)
        order.append("dispute")

    threads = [_start(lambda: _claim(tenant, notice_id)), _start(dispute, after=looked)]
    for thread in threads:
        thread.join(PATIENCE)
    assert get_notice(tenant, notice_id).state == "claimed"
    return order


def test_dispute_during_a_claim_waits_until_the_letter_is_taken(
    tenant: Tenant, notice_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _race(tenant, notice_id, monkeypatch) == ["claim", "dispute"]


def test_without_the_lock_a_letter_is_taken_after_its_dispute(
    tenant: Tenant, notice_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the dispute stood in the books before the claim was, and the letter goes all the same."""

    def read_customer(tenant: Tenant, customer_id: UUID) -> Customer:
        return tenant.customers.get(pk=customer_id)

    monkeypatch.setattr(disputes, "lock_customer", read_customer)
    assert _race(tenant, notice_id, monkeypatch) == ["dispute", "claim"]


def _dispute(tenant: Tenant, notice_id: UUID) -> None:
    invoice = tenant.notices.get(pk=notice_id).lines.select_related("invoice").get().invoice
    reason = DisputeReason.QUALITY
    disputes.open_dispute(tenant, invoice, reason=reason, text="", origin=Origin.DEBTOR, on=TODAY, now=NOW)


def _claim(tenant: Tenant, notice_id: UUID) -> None:
    claim(notice_id, tenant=tenant, provider=Silent(), now=NOW)


def _start(work: Callable[[], None], *, after: threading.Event | None = None) -> threading.Thread:
    def run() -> None:
        try:
            if after is not None:
                assert after.wait(PATIENCE)
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
