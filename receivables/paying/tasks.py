"""Looking at the PSP in the background: after a webhook, for webhooks that never came, for refunds and for payouts."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.conf import settings

from receivables.models import PspAccount, PspPayment, PspRefund
from receivables.paying import refunds, settlement_sync, settlements, settling
from receivables.paying.accounts import account_of, provider_of, reader_of
from receivables.paying.psp import PspError
from tenants import clock
from tenants.context import durable_tenant_context, reading_context
from tenants.models import Tenant
from tenants.tasks import fan_out, tenant_task

MOST_AT_ONCE = 500


@tenant_task(one_transaction=False)
def settle_psp_payment(tenant: Tenant, *, attempt_id: str) -> str:
    """Fetch one payment's state and book it."""
    moment = settling.Clock(now=clock.now(), on=clock.today(), is_real=not settings.DEMO)
    return str(settling.settle(tenant, UUID(attempt_id), clock=moment))


@tenant_task(one_transaction=False)
def send_psp_refund(tenant: Tenant, *, refund_id: str) -> str:
    """Ask the PSP to give money back, or look how that stands."""
    return str(refunds.send_refund(tenant, UUID(refund_id), now=clock.now()))


@tenant_task(one_transaction=False)
def read_psp(tenant: Tenant) -> int:
    """Payouts, and refunds and chargebacks nobody told us of; says how many payouts were new."""
    with durable_tenant_context(tenant.pk):
        account = account_of(tenant)
    if account is None:
        return 0
    now = clock.now()
    try:
        provider, reader = provider_of(account), reader_of(account)
        settlement_sync.notice_money_back(tenant, provider, now=now)
        if reader is not None:
            found = settlement_sync.sync(tenant, reader, now=now)
        else:
            found = settlement_sync.sync_from_payments(tenant, provider, now=now)
    except PspError:  # the next time will do: nothing is lost by looking later
        return 0
    settlements.clear_waiting(tenant, now=now)
    return found


@shared_task(name="receivables.paying.tasks.poll")
def poll() -> int:
    """Find every payment and refund that is due for a look, over all tenants; says how many were queued."""
    now = clock.now()
    tenants = list(Tenant.objects.values_list("pk", flat=True))
    with reading_context(tenants):
        due = PspPayment.across_tenants.filter(next_poll_at__lte=now).order_by("next_poll_at")
        found = list(due.values_list("tenant_id", "pk")[:MOST_AT_ONCE])
        to_give = PspRefund.across_tenants.filter(next_try_at__lte=now).order_by("next_try_at")
        given = list(to_give.values_list("tenant_id", "pk")[:MOST_AT_ONCE])
    for tenant_id, attempt_id in found:
        settle_psp_payment.delay(tenant_id=tenant_id, attempt_id=str(attempt_id))
    for tenant_id, refund_id in given:
        send_psp_refund.delay(tenant_id=tenant_id, refund_id=str(refund_id))
    return len(found) + len(given)


@shared_task(name="receivables.paying.tasks.read_all_psps")
def read_all_psps() -> int:
    """One look at every tenant's PSP account; says how many."""
    with reading_context(Tenant.objects.values_list("pk", flat=True)):
        accounts = PspAccount.across_tenants.exclude(encrypted_key="").order_by("tenant_id")
        tenants = list(accounts.values_list("tenant_id", flat=True))
    return fan_out(read_psp, tenants)
