"""Sending in the background. The sweep needs only the database; a message in Redis is a hint that may get lost."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Final

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerError

from dunning.delivery import queue
from dunning.delivery.providers.choose import provider_for
from dunning.delivery.send import send_batch
from tenants.clock import now
from tenants.models import Tenant
from tenants.tasks import tenant_task

BATCH: Final = timedelta(minutes=2)  # then other tenants have their turn
HINT_LIVES: Final = 30  # seconds; the sweep gives a new one


@shared_task
def sweep() -> None:
    """Find every tenant with something to do, and say so."""
    for tenant_id in queue.tenants_with_work(now=now()):
        hint(tenant_id)


@tenant_task(one_transaction=False)
def send_notices(tenant: Tenant) -> None:
    """Send what is due of one tenant; what is left over waits for the next hint or sweep."""
    if tenant.is_stopped:
        return
    with contextlib.closing(provider_for(tenant)) as provider:
        send_batch(tenant, provider=provider, clock=now, budget=BATCH)


def hint(tenant_id: int) -> None:
    """Tell the workers that there is work; a broker that is away costs time, never a letter."""
    with contextlib.suppress(BrokerError, OSError):
        send_notices.apply_async(kwargs={"tenant_id": tenant_id}, expires=HINT_LIVES, retry=False)
