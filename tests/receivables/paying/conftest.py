"""The emulator as a real server, and a world in which a debtor can pay at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from receivables.paying import links, tasks
from receivables.paying.accounts import connect_psp
from receivables.paying.emulator.server import Emulator
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.rows import make_customer, make_invoice, now
from tests.receivables.paying.world import World

API_KEY = "test_emulatorkey1234567890"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A fresh emulator with an empty memory; webhooks are repeated at once."""
    server = Emulator(haste=10_000)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join(timeout=5)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What was handed to the worker; a test runs it when it wants to."""
    queued: list[tuple[int, str]] = []
    monkeypatch.setattr(
        tasks.settle_psp_payment, "delay", lambda *, tenant_id, attempt_id: queued.append((tenant_id, attempt_id))
    )
    return queued


@pytest.fixture
def world(
    tenant: Tenant,
    emulator: Emulator,
    settings: Settings,
    queue: list[tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    monkeypatch.setattr("tenants.clock.now", now)
    cache.clear()  # the brakes of another test
    settings.PSP_URL = emulator.url
    settings.PSP_TIMEOUT_MS = 15_000  # a busy machine is no fault; who tests a timeout asks for `hasty`
    emulator.faults.webhooks_lost = True  # no server listens in these tests; they post the webhook themselves
    with tenant_context(tenant.pk):
        connect_psp(tenant, API_KEY, now=now())
        customer = make_customer(tenant)
        old, young = make_invoice(customer, "2026-1", "100.00"), make_invoice(customer, "2026-2", "50.00", age=20)
        url = links.pay_url(tenant, customer, now=now())
    return World(tenant, customer, old, young, url, emulator)


@pytest.fixture
def hasty(world: World, settings: Settings) -> None:  # it sets the patient one first
    """We do not wait for an answer that takes longer than this."""
    settings.PSP_TIMEOUT_MS = 1500
