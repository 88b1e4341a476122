"""Background work of a handover: ask the owner, make the dossier. Both look at the row first, so asking twice is harmless."""

from __future__ import annotations

from uuid import UUID

from dunning.actions.packaging import package_handover
from dunning.dossier.approval_link import mails_to_owners
from tenants import clock
from tenants.context import tenant_context
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
