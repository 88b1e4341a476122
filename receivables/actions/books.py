"""How far the books are known: the freshness gate reads the newest of these rows (design 5.3)."""

from __future__ import annotations

from datetime import date, datetime

from receivables.models import BooksUpdate
from tenants import audit
from tenants.models import Tenant, User

CONFIRMED = "confirmed"


def confirm(
    tenant: Tenant, *, up_to_on: date, now: datetime, by: User | None = None, source: str = CONFIRMED
) -> BooksUpdate:
    """Record that every receipt up to and including `up_to_on` is in the books."""
    update = tenant.books_updates.create(up_to_on=up_to_on, source=source, by=by, at=now)
    audit.record(
        tenant,
        "books.confirmed",
        subject=update,
        by=by,
        now=now,
        details={"up_to_on": up_to_on.isoformat(), "source": source},
    )
    return update
