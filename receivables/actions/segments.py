"""Segments: groups of customers that may follow a ladder of their own."""

from __future__ import annotations

from datetime import datetime

from receivables.models import Segment
from tenants import audit
from tenants.models import Tenant, User


def add_segment(tenant: Tenant, name: str, *, now: datetime, by: User | None = None) -> Segment:
    """A segment by this name; one that is there already is returned as it is."""
    segment, is_new = Segment.across_tenants.get_or_create(tenant=tenant, name=" ".join(name.split())[:80])
    if is_new:
        audit.record(tenant, "segment.added", now=now, subject=segment, by=by, details={"name": segment.name})
    return segment
