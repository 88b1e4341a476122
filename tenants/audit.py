"""The audit trail: one line per write, recorded in the same transaction as the write itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from tenants.models import Event, Tenant, User


def record(
    tenant: Tenant,
    verb: str,
    *,
    now: datetime,
    subject: models.Model | None = None,
    by: User | None = None,
    customer_id: UUID | None = None,
    ip_address: str | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """Append an event. `details` holds plain JSON and never a secret, token or password."""
    return Event.across_tenants.create(
        tenant=tenant,
        at=now,
        verb=verb,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        customer_id=customer_id,
        by=by,
        ip_address=ip_address,
        details=details or {},
    )
