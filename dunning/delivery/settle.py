"""How a notice ends or halts, inside the caller's transaction and with its row locked: cancelled, held, accepted, bounced.

Evidence of acceptance always wins and is never undone, also when it arrives after a person or a clock gave up waiting.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from dunning.actions.booking import book_letter
from dunning.domain.contact_window import AMSTERDAM
from dunning.models import DeliveryEvent, Notice
from dunning.models.notices import NoticeState
from tenants import audit
from tenants.models import User

PROVEN: Final = (NoticeState.ACCEPTED, NoticeState.DELIVERED, NoticeState.BOUNCED)


def cancel(notice: Notice, *, why: str, now: datetime, by: User | None = None) -> None:
    """End a notice that surely did not leave; its step may be planned again."""
    notice.state, notice.cancelled_at, notice.cancelled_why = NoticeState.CANCELLED, now, why[:200]
    notice.lease_until = notice.try_after_at = None
    notice.save(update_fields=["state", "cancelled_at", "cancelled_why", "lease_until", "try_after_at"])
    notice.lines.filter(cancelled_at__isnull=True).update(cancelled_at=now)
    tell(notice, "notice.cancelled", now=now, by=by, why=why)


def hold_for_a_person(notice: Notice, *, why: str, now: datetime) -> None:
    """Sent or not? Nobody knows, so nothing happens until a person says."""
    notice.state, notice.problem = NoticeState.AMBIGUOUS, why[:300]
    notice.lease_until = notice.try_after_at = None
    notice.save(update_fields=["state", "problem", "lease_until", "try_after_at"])
    tell(notice, "notice.held_as_unknown", now=now, why=why)


def accept(notice: Notice, *, now: datetime, source_key: str, by: User | None = None, **details: Any) -> None:
    """Book the evidence that this notice was handed over; the term of the next step counts from that day."""
    remember(notice, "accepted", source_key=source_key, now=now, by=by, **details)
    if notice.state in PROVEN:
        return
    if notice.state == NoticeState.CANCELLED:
        _revive_lines(notice)
    notice.state, notice.accepted_at = NoticeState.ACCEPTED, now
    notice.accepted_on = now.astimezone(AMSTERDAM).date()
    notice.lease_until = notice.try_after_at = notice.cancelled_at = None
    notice.problem = notice.cancelled_why = ""
    notice.save(
        update_fields=[
            *("state", "accepted_at", "accepted_on", "lease_until", "try_after_at", "problem"),
            *("cancelled_at", "cancelled_why"),
        ]
    )
    tell(notice, "notice.accepted", now=now, by=by, **details)
    book_letter(notice, now=now)


def _revive_lines(notice: Notice) -> None:
    """It did leave, though it was thought not to: its steps count again, unless they were taken anew in the meantime."""
    for line in notice.lines.filter(cancelled_at=notice.cancelled_at):  # not those that were taken off before
        live = notice.tenant.notice_lines.filter(
            invoice_id=line.invoice_id, step_key=line.step_key, cycle=line.cycle, cancelled_at__isnull=True
        )
        if not live.exists():
            line.cancelled_at = None
            line.save(update_fields=["cancelled_at"])


def remember(
    notice: Notice, kind: str, *, source_key: str, now: datetime, by: User | None = None, **details: Any
) -> None:
    """Keep a report about a notice; the same report twice is one row."""
    DeliveryEvent.across_tenants.bulk_create(
        [
            DeliveryEvent(
                tenant=notice.tenant,
                notice=notice,
                kind=kind,
                source_key=source_key[:200],
                at=now,
                by=by,
                details=details,
            )
        ],
        ignore_conflicts=True,
    )


def tell(notice: Notice, verb: str, *, now: datetime, by: User | None = None, **details: Any) -> None:
    """Write it down in the audit trail."""
    audit.record(notice.tenant, verb, now=now, subject=notice, by=by, customer_id=notice.customer_id, details=details)
