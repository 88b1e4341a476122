"""What a person knows of the due date of an invoice: agreed or not, when it arrived, whether it is an instalment.

It decides when default begins (art. 6:82 and 6:83 BW) and so when interest and costs may be asked. Whoever changes it takes the
customer's lock first, as a claim of a letter does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from receivables.actions.ledger import lock_customer
from receivables.models import Customer, Invoice
from receivables.models.invoices import DueDateBasis
from tenants import audit
from tenants.models import Tenant, User

FIELDS = ("due_date_basis", "received_on", "is_instalment")


class TermError(ValueError):
    """This cannot be; the message says why, in Dutch."""


def set_invoice_terms(
    tenant: Tenant, invoice: Invoice, *, changes: Mapping[str, Any], now: datetime, by: User | None
) -> bool:
    """Write what really changed of one invoice, with the old values in the log; False when nothing did."""
    lock_customer(tenant, invoice.customer_id)
    fresh = tenant.invoices.select_for_update(no_key=True).get(pk=invoice.pk)
    return _write(tenant, fresh, changes, now=now, by=by)


def set_terms_of_customer(
    tenant: Tenant,
    customer: Customer,
    invoice_ids: Collection[UUID],
    *,
    basis: DueDateBasis,
    is_instalment: bool | None,
    now: datetime,
    by: User | None,
) -> int:
    """The same ground for many open invoices of one customer at once; returns how many changed."""
    lock_customer(tenant, customer.pk)
    rows = tenant.invoices.select_for_update(no_key=True).filter(customer=customer, pk__in=invoice_ids)
    changes: dict[str, Any] = {"due_date_basis": basis.value}
    if is_instalment is not None:
        changes["is_instalment"] = is_instalment
    return sum(_write(tenant, row, changes, now=now, by=by) for row in rows.order_by("pk"))


def _write(tenant: Tenant, invoice: Invoice, changes: Mapping[str, Any], *, now: datetime, by: User | None) -> bool:
    changed = {name: changes[name] for name in FIELDS if name in changes and getattr(invoice, name) != changes[name]}
    received_on = changed.get("received_on")
    if received_on is not None and received_on < invoice.issued_on:
        raise TermError(f"Factuur {invoice.number} kan niet ontvangen zijn voordat zij gemaakt werd.")
    if not changed:
        return False
    details = {name: [_plain(getattr(invoice, name)), _plain(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(invoice, name, value)
    invoice.save(update_fields=list(changed))
    audit.record(
        tenant,
        "invoice.terms_set",
        now=now,
        subject=invoice,
        by=by,
        customer_id=invoice.customer_id,
        details={"number": invoice.number, **details},
    )
    return True


def _plain(value: Any) -> Any:
    """A value as a person reads it in the log."""
    if isinstance(value, date):
        return value.isoformat()
    return DueDateBasis(value).label if isinstance(value, str) else value
