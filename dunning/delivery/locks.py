"""What stands still while a notice is claimed. Everybody who writes these facts takes the same lock, in this order.

tenant -> run -> customer -> invoices -> notice. A payment locks its invoices (the ledger's trigger updates them); a hold,
a dispute and a change of the customer lock the customer first (`receivables.actions.ledger.lock_customer`); the stop button and the emergency stop
update the run or the tenant. So whatever was committed before the claim's own locks is seen by the claim.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from dunning.models import Notice, Run
from receivables.actions.ledger import lock_customer
from receivables.models import Invoice
from tenants.models import Tenant


def lock_facts(tenant: Tenant, notice: Notice) -> list[Invoice]:
    """Lock what the claim looks at, and return the invoices as they are now."""
    _share(Tenant._meta.db_table, tenant.pk)
    _share(Run._meta.db_table, notice.run_id)
    lock_customer(tenant, notice.customer_id)
    wanted = notice.lines.values_list("invoice_id", flat=True)
    return list(tenant.invoices.select_for_update(no_key=True).filter(pk__in=list(wanted)).order_by("pk"))


def _share(table: str, key: int | UUID) -> None:
    """FOR SHARE: claims do not wait for each other, a writer of this row waits for them and they for it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} WHERE id = %s FOR SHARE", [key])  # noqa: S608 # our own table


def lock_notice(tenant: Tenant, notice_id: UUID) -> Notice | None:
    """The notice itself, or nothing when another process holds it."""
    return tenant.notices.select_for_update(no_key=True, skip_locked=True).filter(pk=notice_id).first()
