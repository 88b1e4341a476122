"""Reading uploaded bank files in the background; matching follows."""

from __future__ import annotations

from uuid import UUID

from receivables.actions import bank_uploads
from receivables.banking.matching_tasks import match_bank_lines
from tenants import clock
from tenants.models import Tenant
from tenants.tasks import tenant_task


@tenant_task(one_transaction=False)
def read_bank_files(tenant: Tenant, *, batch_id: str) -> None:
    if bank_uploads.read_all(tenant, UUID(batch_id), now=clock.now(), on=clock.today()):
        match_bank_lines.delay(tenant_id=tenant.pk)
