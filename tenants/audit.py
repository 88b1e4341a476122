"""The audit trail: one line per write, recorded in the same transaction as the write itself."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from tenants.context import reading_context
from tenants.models import Event, Office, OfficeEvent, Tenant, User

# Where the request that is being answered came from; the access decorators say it, tasks have none.
origin: ContextVar[str | None] = ContextVar("origin", default=None)


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
        ip_address=ip_address or origin.get(),
        details=details or {},
    )


def record_at(place: Tenant | Office, verb: str, **event: Any) -> None:
    """Append an event to the trail of a tenant, or to that of an office, whose people reach many tenants."""
    if isinstance(place, Tenant):
        record(place, verb, **event)
        return
    event.pop("subject", None)
    event["at"] = event.pop("now")
    event["ip_address"] = event.get("ip_address") or origin.get()
    event["details"] = event.get("details") or {}
    OfficeEvent.objects.create(office=place, verb=verb, **event)


VERIFY = """
SELECT seq, reason FROM (
    SELECT e.seq,
        CASE
            WHEN e.seq <> coalesce(lag(e.seq) OVER chain, 0) + 1 THEN 'missing'
            WHEN e.previous_hash <> coalesce(lag(e.hash) OVER chain, '') THEN 'unchained'
            WHEN e.hash <> encode(sha256(convert_to(voldaan_event_text(e), 'UTF8')), 'hex') THEN 'changed'
        END AS reason
    FROM tenants_event e
    WHERE e.tenant_id = %s
    WINDOW chain AS (ORDER BY e.seq)
) judged
WHERE reason IS NOT NULL ORDER BY seq LIMIT 1
"""
HEAD = "SELECT seq, hash FROM tenants_event WHERE tenant_id = %s ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the trail of a tenant is whole. `head` kept elsewhere also shows that the newest lines were not cut off."""

    length: int
    head: str
    broken_at: int | None = None
    reason: str = ""


def verify(tenant: Tenant) -> Verdict:
    """Recompute every hash in PostgreSQL; names the first line that was changed, or before which one is missing."""
    with reading_context([tenant.pk]), connection.cursor() as cursor:
        cursor.execute(VERIFY, [tenant.pk])
        broken_at, reason = cursor.fetchone() or (None, "")
        cursor.execute(HEAD, [tenant.pk])
        length, head = cursor.fetchone() or (0, "")
    return Verdict(length=length, head=head, broken_at=broken_at, reason=reason)
