"""R4 in short: 8 payments, 25 deliveries each and more, at a real emulator; the full storm is in tests/faults."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Count
from pytest_django import Settings

from receivables.domain.money import Money
from receivables.paying import settling, tasks
from receivables.paying.accounts import connect_psp
from receivables.paying.emulator.server import Emulator
from receivables.paying.psp import PaymentReport
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.desk import open_payment
from tests.receivables.paying.rows import TODAY, now
from tests.receivables.paying.test_hundred_webhooks import guards_off
from tests.receivables.paying.webhook_storm import Storm, as_a_worker_would
from tests.receivables.paying.world import World, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def storm(
    tenant: Tenant,
    stranger_tenant: Tenant,
    emulator: Emulator,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Storm:
    monkeypatch.setattr("tenants.clock.now", now)
    settings.PSP_URL, settings.PSP_TIMEOUT_MS = emulator.url, 20_000
    emulator.faults.webhooks_lost = True  # the storm delivers them itself
    for one, key in ((tenant, API_KEY), (stranger_tenant, "test_strangerkey1234567890")):
        with tenant_context(one.pk):
            connect_psp(one, key, now=now())
    as_a_worker_would(monkeypatch, tasks)
    made = Storm(tenant, stranger_tenant, emulator, payments=8, deliveries=25, seed=1)
    made.prepare()
    return made


def test_every_payment_refund_and_chargeback_is_booked_once(storm: Storm) -> None:
    storm.rage()
    assert storm.errors == []
    assert storm.wrong() == {}
    assert storm.open_amounts() == storm.expected_open()
    assert storm.stranger_has_nothing()
    with tenant_context(storm.tenant.pk):
        per_key = storm.tenant.payments.values("source_key").annotate(times=Count("pk"))
        assert set(per_key.values_list("times", flat=True)) == {1}
        assert list(storm.tenant.psp_payments.exclude(problem="")) == []


def test_without_the_guards_the_same_storm_books_doubles(storm: Storm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: no customer lock, no look at what is booked, no unique key."""
    with guards_off(monkeypatch):
        storm.rage()
        doubles = storm.doubles()
    assert doubles > 0


def test_a_webhook_that_never_comes_is_made_up_for_within_half_an_hour(
    world: World, queue: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = open_payment(world, world.old)
    world.emulator.accounts.settle(attempt.psp_id, "paid")
    waited = timedelta()
    while not world.payments() and waited < timedelta(hours=2):
        waited += timedelta(minutes=1)
        monkeypatch.setattr("tenants.clock.now", lambda waited=waited: now() + waited)
        if tasks.poll():
            run(queue)
    assert world.payments() == [Decimal("100.00")]
    assert waited < timedelta(minutes=30)


def test_without_the_poll_a_lost_webhook_is_never_made_up_for(
    world: World, queue: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    attempt = open_payment(world, world.old)
    world.emulator.accounts.settle(attempt.psp_id, "paid")
    with tenant_context(world.tenant.pk):
        world.tenant.psp_payments.update(next_poll_at=None)
    monkeypatch.setattr("tenants.clock.now", lambda: now() + timedelta(days=2))
    assert tasks.poll() == 0
    assert world.payments() == []


def forged(world: World, psp_id: str) -> dict[str, str]:
    return {"id": psp_id, "status": "paid", "amount": "100.00", "mode": "test", "attempt": str(world.attempt().pk)}


def test_a_forged_webhook_books_nothing(world: World, queue: list[tuple[int, str]]) -> None:
    attempt = open_payment(world, world.old)
    world.webhook(**forged(world, attempt.psp_id) | {"psp_id": attempt.psp_id})
    run(queue)
    assert world.payments() == []


def test_a_handler_that_believes_the_webhook_books_the_forgery(world: World) -> None:
    """The negative control: the handler we did not write, here only."""

    def trusting_handler(said: dict[str, str]) -> None:
        report = PaymentReport(
            id=said["id"],
            status=said["status"],
            mode=said["mode"],
            amount=Money.of(said["amount"]),
            currency="EUR",
            attempt=said["attempt"],
        )
        clock = settling.Clock(now=now(), on=TODAY)
        settling.apply_report(world.tenant, world.attempt(), report, backs=[], clock=clock)

    attempt = open_payment(world, world.old)
    trusting_handler(forged(world, attempt.psp_id))
    assert world.payments() == [Decimal("100.00")]


def test_webhooks_of_the_emulator_itself_late_doubled_and_shuffled(
    world: World, queue: list[tuple[int, str]], live_server: object, settings: Settings
) -> None:
    """Over HTTP into the web application: the emulator's own postman, three copies of each, mixed over half a second."""
    settings.PUBLIC_URL = str(live_server)
    world.emulator.faults.set({"webhook_copies": 3, "webhook_shuffle": 0.5})
    attempt = open_payment(world, world.old)
    world.emulator.accounts.settle(attempt.psp_id, "paid")
    world.emulator.accounts.refund(API_KEY, attempt.psp_id, {"amount": {"currency": "EUR", "value": "10.00"}})
    deadline = time.monotonic() + 20
    while len(queue) < 6 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(queue) == 6
    run(queue)
    assert world.payments() == [Decimal("100.00")]
    assert world.open_amounts() == ["10.00", "50.00"]
