"""When a tenant's weekly run is due: its own weekday and hour in Amsterdam, moved into the contact window, never missed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from dunning.domain.calendar import Calendar
from dunning.domain.contact_window import AMSTERDAM, ContactWindow
from tenants.models import Tenant

WEEK: Final = timedelta(weeks=1)


def last_slot(tenant: Tenant, *, now: datetime) -> datetime:
    """The latest moment, `now` included, at which this tenant's run was due."""
    local = now.astimezone(AMSTERDAM)
    day = local.date() - timedelta(days=(local.weekday() - tenant.run_weekday) % 7)
    slot = _at(tenant, day)
    return slot if slot <= now else _at(tenant, day - WEEK)


def next_run_on(tenant: Tenant, *, now: datetime) -> date:
    """The day of the next run: a slot on a holiday moves to the first day on which debtors may be approached."""
    slot = last_slot(tenant, now=now).astimezone(AMSTERDAM).date() + WEEK
    calendar = Calendar.dutch()
    return calendar.next_contact_day(slot) if calendar.knows(slot + WEEK) else slot


def is_due(tenant: Tenant, *, last_run_on: date | None, now: datetime) -> bool:
    """Is there a slot since the last run? A missed slot is caught up once, at the first look inside the contact window."""
    slot = last_slot(tenant, now=now)
    if slot < tenant.created_at:
        return False
    if last_run_on is not None and last_run_on >= slot.astimezone(AMSTERDAM).date():
        return False
    return ContactWindow(Calendar.dutch()).is_open(now)


def _at(tenant: Tenant, day: date) -> datetime:
    return datetime.combine(day, time(tenant.run_hour), tzinfo=AMSTERDAM)
