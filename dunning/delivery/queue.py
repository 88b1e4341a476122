"""Which notices are due, from the database alone; a reservation keeps two workers from preparing the same one.

A reservation is only politeness: it may expire or be ignored without harm. What keeps a notice from leaving twice is the claim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from dunning.models import Notice, Run
from dunning.models.notices import Channel, NoticeState
from dunning.models.runs import RunState
from tenants.context import durable_tenant_context, reading_context
from tenants.models import Tenant

RESERVED_FOR: Final = timedelta(seconds=90)
IN_HAND: Final = (RunState.APPROVED, RunState.SENDING)
TO_SEND: Final = (NoticeState.READY, NoticeState.WAITING)


def due(notices: QuerySet[Notice], *, now: datetime) -> QuerySet[Notice]:
    """Ready, waiting long enough, or claimed by a worker that never came back (the database's clock)."""
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    is_its_time = Q(try_after_at__isnull=True) | Q(try_after_at__lte=now)
    return notices.filter(
        is_free & (Q(state__in=TO_SEND) & is_its_time | Q(state=NoticeState.CLAIMED)), channel=Channel.EMAIL
    )


def may_send() -> QuerySet[Tenant]:
    """Every tenant, but for the emergency stop and books that do not add up."""
    return Tenant.objects.filter(sending_frozen=False, books_broken_at=None)


def tenants_with_work(*, now: datetime, among: Iterable[int] | None = None) -> list[int]:
    """Every tenant that has something due or a run to close, but for the emergency stop and books that do not add up."""
    active = may_send()
    ids = list((active if among is None else active.filter(pk__in=among)).values_list("pk", flat=True))
    with reading_context(ids):
        found = due(Notice.across_tenants.all(), now=now).order_by().values_list("tenant_id", flat=True).distinct()
        sending = Run.across_tenants.filter(state__in=IN_HAND).values_list("tenant_id", flat=True)
        return sorted({*found, *sending})


def reserve(tenant: Tenant, *, now: datetime, most: int) -> list[UUID]:
    """Take up to `most` due notices aside for this worker, oldest first."""
    with durable_tenant_context(tenant.pk):
        tenant.runs.filter(state=RunState.APPROVED, notices__state__in=TO_SEND).update(state=RunState.SENDING)
        waiting = due(tenant.notices.all(), now=now).order_by("id")
        found = list(waiting.select_for_update(skip_locked=True, no_key=True).values_list("pk", "state")[:most])
        free = [pk for pk, state in found if state != NoticeState.CLAIMED]
        tenant.notices.filter(pk__in=free).update(lease_until=Now() + RESERVED_FOR)
    return [pk for pk, _ in found]


def give_back(tenant: Tenant, notice_ids: Collection[UUID]) -> None:
    """Undo a reservation for what was not taken up."""
    with durable_tenant_context(tenant.pk):
        tenant.notices.filter(pk__in=notice_ids, state__in=TO_SEND).update(lease_until=None)


def finish_runs(tenant: Tenant, *, now: datetime) -> None:
    """A run of which nothing is left to send or print is done; what a person must judge does not keep it open."""
    still = (NoticeState.READY, NoticeState.WAITING, NoticeState.CLAIMED)
    with durable_tenant_context(tenant.pk):
        sending = set(tenant.runs.select_for_update(no_key=True).filter(state__in=IN_HAND).values_list("pk", flat=True))
        busy = tenant.notices.filter(state__in=still, run__in=sending).values_list("run_id", flat=True)
        tenant.runs.filter(pk__in=sending - set(busy)).update(state=RunState.DONE, finished_at=now)


def rest_all(tenant: Tenant, *, until: datetime) -> None:
    """Outside the contact window nothing leaves: let everything that could, wait for the window."""
    with durable_tenant_context(tenant.pk):
        early = Q(try_after_at__isnull=True) | Q(try_after_at__lt=until)
        tenant.notices.filter(early, state__in=TO_SEND, channel=Channel.EMAIL).update(try_after_at=until)
