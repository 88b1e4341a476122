"""R4 in full: 200 payments with 100 deliveries each, shuffled with their own pasts, unknown and foreign ids."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from pytest_django import Settings

from receivables.paying import tasks
from receivables.paying.accounts import connect_psp
from receivables.paying.emulator.server import Emulator
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.conftest import API_KEY, emulator
from tests.receivables.paying.rows import now
from tests.receivables.paying.webhook_storm import Storm, as_a_worker_would

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
__all__ = ["emulator"]

PAYMENTS, DELIVERIES, LOST = 200, 100, 40


@pytest.mark.parametrize("seed", [1])
def test_two_hundred_payments_survive_a_hundred_deliveries_each(
    tenant: Tenant,
    stranger_tenant: Tenant,
    emulator: Emulator,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr("tenants.clock.now", now)
    settings.PSP_URL, settings.PSP_TIMEOUT_MS = emulator.url, 30_000
    emulator.faults.webhooks_lost = True
    for one, key in ((tenant, API_KEY), (stranger_tenant, "test_strangerkey1234567890")):
        with tenant_context(one.pk):
            connect_psp(one, key, now=now())
    as_a_worker_would(monkeypatch, tasks)
    storm = Storm(tenant, stranger_tenant, emulator, payments=PAYMENTS, deliveries=DELIVERIES, seed=seed)
    storm.prepare()
    started = time.monotonic()
    storm.rage()
    print(f"R4: {PAYMENTS * DELIVERIES} deliveries in {time.monotonic() - started:.0f} s, seed {seed}")  # noqa: T201 # the figure
    assert storm.errors == []
    assert storm.wrong() == {}
    assert storm.open_amounts() == storm.expected_open()
    assert storm.stranger_has_nothing()


def test_payments_whose_webhooks_are_all_lost_are_found_by_the_poll(
    tenant: Tenant,
    stranger_tenant: Tenant,
    emulator: Emulator,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tenants.clock.now", now)
    settings.PSP_URL, settings.PSP_TIMEOUT_MS = emulator.url, 30_000
    emulator.faults.webhooks_lost = True
    with tenant_context(tenant.pk):
        connect_psp(tenant, API_KEY, now=now())
    as_a_worker_would(monkeypatch, tasks)
    storm = Storm(tenant, stranger_tenant, emulator, payments=LOST, deliveries=0, seed=1)
    storm.prepare()
    for number, attempt in enumerate(storm.attempts):
        for step in storm.story(number):
            storm.step(attempt.psp_id, step)
    monkeypatch.setattr("tenants.clock.now", lambda: now() + timedelta(minutes=29))
    assert tasks.poll() == LOST
    assert storm.wrong() == {}
    assert storm.open_amounts() == storm.expected_open()
