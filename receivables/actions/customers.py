"""Corrections to a customer. What is corrected here survives the next import: imports only fill what is empty.

The key under which imports recognise the customer (`name_key`) stays the name of the books, whatever is shown here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from receivables.models import Customer
from receivables.models.customers import LegalForm
from tenants import audit
from tenants.models import Tenant, User


class CustomerError(Exception):
    """This cannot be changed so; the message says why, in Dutch."""


def correct_customer(
    tenant: Tenant, customer: Customer, *, changes: Mapping[str, Any], now: datetime, by: User | None
) -> list[str]:
    """Write the fields that really change, each with its old value in the log; returns their names."""
    changed = {name: value for name, value in changes.items() if getattr(customer, name) != value}
    if not changed:
        return []
    _refuse_taken(tenant, customer, changed)
    before = {name: _plain(getattr(customer, name)) for name in changed}
    for name, value in changed.items():
        setattr(customer, name, value)
    customer.save(update_fields=list(changed))
    details = {name: [before[name], _plain(value)] for name, value in changed.items()}
    audit.record(
        tenant, "customer.corrected", now=now, subject=customer, by=by, customer_id=customer.pk, details=details
    )
    return list(changed)


def accept_legal_forms(tenant: Tenant, chosen: Mapping[UUID, LegalForm], *, now: datetime, by: User | None) -> int:
    """Write the legal form that a person accepted for each of these customers; one that has a form already keeps it."""
    rows = tenant.customers.select_for_update(no_key=True).filter(pk__in=chosen, legal_form=LegalForm.UNKNOWN)
    count = 0
    for customer in rows.order_by("pk"):
        changes = {"legal_form": chosen[customer.pk].value}
        count += bool(correct_customer(tenant, customer, changes=changes, now=now, by=by))
    return count


def _refuse_taken(tenant: Tenant, customer: Customer, changed: Mapping[str, Any]) -> None:
    """Two customers never share a customer number, or a name and KvK number."""
    others = tenant.customers.exclude(pk=customer.pk)
    if changed.get("number") and others.filter(number=changed["number"]).exists():
        raise CustomerError(f"Debiteurnummer {changed['number']} hoort al bij een andere klant.")
    kvk = changed.get("kvk_number")
    if kvk and others.filter(kvk_number=kvk, name_key=customer.name_key).exists():
        raise CustomerError(f"Er is al een klant met deze naam en KvK-nummer {kvk}.")


def _plain(value: Any) -> Any:
    """A value as the log can keep it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
