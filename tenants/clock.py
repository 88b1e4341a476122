"""The one clock. Read at the edge only (views, API, tasks, commands); everything else takes `on` or `now` as an argument.

In the demo the clock may stand days ahead of real time, so that a newcomer can watch the ladder week by week.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC) + _offset()


def today() -> date:
    """The civil day in Amsterdam, which is what the law counts."""
    return now().astimezone(AMSTERDAM).date()


def _offset() -> timedelta:
    if not settings.DEMO:
        return timedelta(0)
    from tenants.models import DemoClock  # noqa: PLC0415 # the clock must be importable before the models are loaded

    row = DemoClock.objects.filter(pk=1).first()
    return row.offset if row else timedelta(0)
