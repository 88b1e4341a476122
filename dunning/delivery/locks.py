"""What stands still while a notice is claimed. Everybody who writes these facts takes the same lock, in this order.

tenant -> run -> customer -> invoices -> notice. A payment locks its invoices (the ledger's trigger updates them); a hold,
a dispute and a change of the customer lock the customer first (`receivables.actions.ledger.lock_customer`); the stop button, the emergency stop
and a check that finds broken books update the run or the tenant. So whatever was committed before the claim's own locks is seen by the claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from dunning.models import Notice, NoticeLine, Run
from receivables.actions.ledger import lock_customer
from receivables.models import Invoice
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Facts:
    """What the claim looks at, as it is under the locks."""

    is_frozen: bool  # by a person (the emergency stop), or because the books do not add up
    run_state: str
    lines: list[NoticeLine]
    invoices: list[Invoice]


def lock_facts(tenant: Tenant, notice: Notice) -> Facts:
    """Lock what the claim looks at, and return it as it is now."""
    is_frozen = is_stopped(tenant)
    (run_state,) = _share(Run._meta.db_table, ("state",), notice.run_id)
    lock_customer(tenant, notice.customer_id)
    lines = list(notice.lines.filter(cancelled_at__isnull=True))
    wanted = [line.invoice_id for line in lines]
    invoices = tenant.invoices.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return Facts(is_frozen, str(run_state), lines, list(invoices.only("pk", "tenant_id", "open_amount")))


def is_stopped(tenant: Tenant) -> bool:
    """`Tenant.is_stopped` as it stands now, and stays until this transaction ends."""
    is_frozen, books_broken_at = _share(Tenant._meta.db_table, ("sending_frozen", "books_broken_at"), tenant.pk)
    return bool(is_frozen) or books_broken_at is not None


def _share(table: str, columns: tuple[str, ...], key: int | UUID) -> tuple[object, ...]:
    """FOR SHARE: claims do not wait for each other, a writer of this row waits for them and they for it."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        names = ", ".join(quote(column) for column in columns)
        cursor.execute(f"SELECT {names} FROM {quote(table)} WHERE id = %s FOR SHARE", [key])  # noqa: S608 # our own names
        found: tuple[object, ...] | None = cursor.fetchone()
    return found or (None,) * len(columns)


def lock_with_customer(tenant: Tenant, notice_id: UUID) -> Notice | None:
    """The customer, then the notice: for evidence that a letter left, which may book interest and costs."""
    known = tenant.notices.filter(pk=notice_id).only("pk", "tenant_id", "customer_id").first()
    if known is None:
        return None
    lock_customer(tenant, known.customer_id)
    return tenant.notices.select_for_update(no_key=True).filter(pk=notice_id).first()


def lock_notice(tenant: Tenant, notice_id: UUID) -> Notice | None:
    """The notice itself, or nothing when another process holds it."""
    return tenant.notices.select_for_update(no_key=True, skip_locked=True).filter(pk=notice_id).first()
