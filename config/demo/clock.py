"""The demo's clock, moved a day at a time, so that every weekly slot on the way gets its turn.

Each day stops in the contact window (law/rules.md 6: letters go out on working days and Saturdays, 07:00 to 20:00).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from celery import current_app
from celery.exceptions import AlwaysEagerIgnored
from django.conf import settings
from django.core.cache import cache
from django.db.models import Max

from tenants.clock import AMSTERDAM
from tenants.context import tenant_context
from tenants.models import DemoClock, Tenant

MORNING = time(10, 0)
FIRST_HOUR, LAST_HOUR = time(9, 0), time(18, 0)  # between these a newcomer has hours left to look around
SUNDAY = 6
RUNNING = "demo-clock-days-left"
STALLED_AFTER = 300  # seconds without a step: the worker fell over


class NotTheDemoError(Exception):
    """Somebody tried to move the clock outside the demo."""


def advance(days: int, *, now: datetime) -> None:
    """Live through `days` mornings; on each one everything due is planned and sent before the next begins."""
    from dunning.tasks import tick  # noqa: PLC0415 # brings the letters along, which a start does not need

    _require_demo()
    today = now.astimezone(AMSTERDAM).date()
    try:
        with _tasks_at_once():
            for step in range(1, days + 1):
                _mark(days - step + 1)
                _stand_at(today + timedelta(days=step))
                _keep_the_books(now=now + timedelta(days=step))
                tick()
    finally:
        cache.delete(RUNNING)


def _keep_the_books(*, now: datetime) -> None:
    """Somebody goes on processing payments while the days pass: the books of each tenant stay as fresh, or as old, as they were."""
    from receivables.actions import books  # noqa: PLC0415 # as above

    for tenant in Tenant.objects.order_by("pk"):
        with tenant_context(tenant.pk):
            newest = tenant.books_updates.aggregate(newest=Max("up_to_on"))["newest"]
            if newest is not None:
                books.confirm(tenant, up_to_on=newest + timedelta(days=1), now=now, source="demo")


def open_for_business(*, now: datetime) -> None:
    """At the start: when it is night or Sunday, begin on the next working morning, or nothing could be sent."""
    _require_demo()
    local = now.astimezone(AMSTERDAM)
    if local.weekday() != SUNDAY and FIRST_HOUR <= local.time() < LAST_HOUR:
        return
    day = local.date() if local.time() < FIRST_HOUR else local.date() + timedelta(days=1)
    _stand_at(day + timedelta(days=1) if day.weekday() == SUNDAY else day)


def announce(days: int) -> None:
    """Say on the screen that the clock will run, before the worker has taken it up."""
    _mark(days)


def days_left() -> int:
    """How many days the clock still has to live through; 0 when it stands still."""
    return int(cache.get(RUNNING) or 0)


def _mark(days: int) -> None:
    cache.set(RUNNING, days, timeout=STALLED_AFTER)


def _stand_at(day: date) -> None:
    moment = datetime.combine(day, MORNING, tzinfo=AMSTERDAM)
    DemoClock.objects.update_or_create(pk=1, defaults={"offset": moment - datetime.now(UTC)})


def _require_demo() -> None:
    if not settings.DEMO:
        raise NotTheDemoError("The clock moves in the demo only (DEMO=1).")


@contextmanager
def _tasks_at_once() -> Iterator[None]:
    """Tasks that are started inside run right here, so that a day is finished before the next one begins."""
    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = True
    try:
        with warnings.catch_warnings(action="ignore", category=AlwaysEagerIgnored):
            yield
    finally:
        current_app.conf.task_always_eager = before
