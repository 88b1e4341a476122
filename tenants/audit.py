"""The audit trail: one line per write, recorded in the same transaction as the write itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from tenants.models import Event, Office, OfficeEvent, Tenant, User


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


def record_at(place: Tenant | Office, verb: str, **event: Any) -> None:
    """Append an event to the trail of a tenant, or to that of an office, whose people reach many tenants."""
    if isinstance(place, Tenant):
        record(place, verb, **event)
        return
    event.pop("subject", None)
    event["at"] = event.pop("now")
    event["details"] = event.get("details") or {}
    OfficeEvent.objects.create(office=place, verb=verb, **event)
