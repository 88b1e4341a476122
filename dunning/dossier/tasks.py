"""Background work of a handover: ask the owner, make the dossier. Both look at the row first, so asking twice is harmless."""

from __future__ import annotations

from uuid import UUID

from dunning.actions.packaging import package_handover
from dunning.dossier.approval_link import mails_to_owners
from dunning.models import Handover
from dunning.models.handovers import HandoverState
from tenants import clock
from tenants.context import reading_context, tenant_context
from tenants.models import Tenant
from tenants.tasks import tenant_task


@tenant_task
def build_dossier(tenant: Tenant, *, handover_id: str) -> None:
    package_handover(tenant, UUID(handover_id), now=clock.now())


@tenant_task(one_transaction=False)
def ask_owners(tenant: Tenant, *, handover_id: str) -> None:
    with tenant_context(tenant.pk):
        mails = mails_to_owners(tenant, UUID(handover_id), now=clock.now())
    for mail in mails:
        mail.send()


def build_forgotten() -> None:
    """Make what was approved and never made, whatever became of the message that asked for it."""
    tenant_ids = list(Tenant.objects.order_by("pk").values_list("pk", flat=True))
    with reading_context(tenant_ids):
        waiting = Handover.across_tenants.filter(state=HandoverState.APPROVED, packaged_at__isnull=True)
        found = list(waiting.order_by("approved_at").values_list("tenant_id", "pk")[:50])
    for tenant_id, handover_id in found:
        build_dossier.delay(tenant_id=tenant_id, handover_id=str(handover_id))
