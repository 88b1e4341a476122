"""Notes at a customer: written once, never changed."""

from __future__ import annotations

from datetime import datetime

from receivables.models import Customer, Note
from tenants.audit import record
from tenants.models import Tenant, User


def add_note(tenant: Tenant, customer: Customer, *, text: str, by: User, now: datetime) -> Note:
    """Keep what somebody wrote down about a customer."""
    note = tenant.notes.create(customer=customer, text=text, by=by, at=now)
    record(tenant, "note.added", subject=note, by=by, customer_id=customer.pk, now=now)
    return note
