"""Taking planned letters back: an excluded invoice, a stopped run, a run that a newer one replaces.

A withdrawn line frees the step, so the next run decides about it afresh. What a worker has claimed is out of reach.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from dunning.actions.stating import NOT_YET_CLAIMED, state_amounts
from dunning.facts import civil_day
from dunning.models import Notice
from dunning.models.notices import NoticeState
from tenants.models import Tenant

PLANNED_ONLY: Final = (NoticeState.PLANNED,)


def withdraw_planned(tenant: Tenant, notices: QuerySet[Notice], *, why: str, now: datetime) -> int:
    """Cancel those that nobody approved yet."""
    return _withdraw(tenant, notices, states=PLANNED_ONLY, why=why, now=now)


def withdraw_unsent(tenant: Tenant, notices: QuerySet[Notice], *, why: str, now: datetime) -> int:
    """Cancel those that no worker has claimed."""
    return _withdraw(tenant, notices, states=NOT_YET_CLAIMED, why=why, now=now)


def _withdraw(
    tenant: Tenant, notices: QuerySet[Notice], *, states: Iterable[NoticeState], why: str, now: datetime
) -> int:
    locked = notices.select_for_update(no_key=True, of=("self",)).filter(state__in=list(states)).order_by("pk")
    ids = list(locked.values_list("pk", flat=True))
    tenant.notice_lines.filter(notice__in=ids, cancelled_at__isnull=True).update(cancelled_at=now)
    return tenant.notices.filter(pk__in=ids).update(
        state=NoticeState.CANCELLED, cancelled_at=now, cancelled_why=why[:200], lease_until=None
    )


def drop_lines(tenant: Tenant, notice: Notice, invoice_ids: Collection[UUID], *, why: str, now: datetime) -> Notice:
    """Take invoices off a notice that is locked by the caller; without any left the notice itself is cancelled."""
    live = tenant.notice_lines.filter(notice=notice, cancelled_at__isnull=True)
    live.filter(invoice__in=list(invoice_ids)).update(cancelled_at=now)
    if live.exists():
        return state_amounts(tenant, notice, on=civil_day(now))  # what was rendered asks for too much
    notice.state = NoticeState.CANCELLED
    notice.cancelled_at, notice.cancelled_why = now, why[:200]
    notice.save(update_fields=["state", "cancelled_at", "cancelled_why"])
    return notice
