"""Looking at the PSP in the background: after a webhook, and for webhooks that never came."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.conf import settings

from receivables.models import PspPayment
from receivables.paying import settling
from tenants import clock
from tenants.context import reading_context
from tenants.models import Tenant
from tenants.tasks import tenant_task

MOST_AT_ONCE = 500


@tenant_task(one_transaction=False)
def settle_psp_payment(tenant: Tenant, *, attempt_id: str) -> str:
    """Fetch one payment's state and book it."""
    moment = settling.Clock(now=clock.now(), on=clock.today(), is_real=not settings.DEMO)
    return str(settling.settle(tenant, UUID(attempt_id), clock=moment))


@shared_task(name="receivables.paying.tasks.poll")
def poll() -> int:
    """Find every attempt that is due for a look, over all tenants; says how many were queued."""
    now = clock.now()
    tenants = list(Tenant.objects.values_list("pk", flat=True))
    with reading_context(tenants):
        due = PspPayment.across_tenants.filter(next_poll_at__lte=now).order_by("next_poll_at")
        found = list(due.values_list("tenant_id", "pk")[:MOST_AT_ONCE])
    for tenant_id, attempt_id in found:
        settle_psp_payment.delay(tenant_id=tenant_id, attempt_id=str(attempt_id))
    return len(found)
