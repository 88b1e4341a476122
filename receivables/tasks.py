"""Background work of this app; each task fetches by id and makes one call."""

from __future__ import annotations

from uuid import UUID

from receivables.actions import uploads
from tenants import clock
from tenants.models import Tenant
from tenants.tasks import tenant_task


@tenant_task(one_transaction=False)
def read_import(tenant: Tenant, *, batch_id: str) -> None:
    uploads.read_in_background(tenant, UUID(batch_id), now=clock.now())


@tenant_task(one_transaction=False)
def apply_import(tenant: Tenant, *, batch_id: str) -> None:
    uploads.apply_in_background(tenant, UUID(batch_id), now=clock.now(), on=clock.today())
