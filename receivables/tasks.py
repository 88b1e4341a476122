"""Background work of this app; each task fetches by id and makes one call."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db.models import Max
from django.urls import reverse

from receivables import ledger_check
from receivables.actions import uploads
from receivables.law_tables import rate_tables, warnings
from tenants import clock, mails
from tenants.context import reading_context
from tenants.models import Tenant, User
from tenants.tasks import fan_out, tenant_task

log = logging.getLogger(__name__)
RATES_TOLD = "receivables.rates-told"  # in Redis: lost, it costs one mail too many
WEEK_SECONDS = 7 * 24 * 3600
NIGHT = range(2, 6)  # hours in Amsterdam in which nobody waits for the database
CHECKED_FOR = timedelta(hours=20)


@tenant_task(one_transaction=False)
def read_import(tenant: Tenant, *, batch_id: str) -> None:
    uploads.read_in_background(tenant, UUID(batch_id), now=clock.now())


@tenant_task(one_transaction=False)
def apply_import(tenant: Tenant, *, batch_id: str) -> None:
    uploads.apply_in_background(tenant, UUID(batch_id), now=clock.now(), on=clock.today())


@shared_task
def check_ledgers() -> None:
    """Every hour: have the books looked at of tenants whose turn it is."""
    fan_out(check_ledger, tenants_to_check(now=clock.now()))


def tenants_to_check(*, now: datetime) -> list[int]:
    """Whose books nobody ever looked at; at night also those whose newest check is of yesterday."""
    is_night = now.astimezone(clock.AMSTERDAM).hour in NIGHT
    with reading_context(Tenant.objects.values_list("pk", flat=True)):
        newest = Tenant.objects.annotate(newest=Max("ledger_checks__checked_at")).order_by("pk")
        rows = list(newest.values_list("pk", "newest"))
    return [pk for pk, at in rows if at is None or (is_night and now - at > CHECKED_FOR)]


@tenant_task
def check_ledger(tenant: Tenant) -> None:
    """Hold one tenant's books against the invariants; a breach stops its sending."""
    found = ledger_check.check(tenant, now=clock.now())
    if found.breaches:
        log.error("tenant %s: the ledger does not add up: %s", tenant.pk, sorted({code for code, *_ in found.breaches}))


@shared_task
def watch_rates() -> None:
    """A few times a day: log that an interest table ends soon, and once a week tell those who can add the next rate."""
    found = warnings(rate_tables(), on=clock.today())
    for text in found:
        log.warning("interest rates: %s", text)
    if found and cache.add(RATES_TOLD, clock.today().isoformat(), timeout=WEEK_SECONDS):
        _tell_platform_admins(found)


def _tell_platform_admins(found: list[str]) -> None:
    admins = (
        User.objects.filter(is_platform_admin=True, is_active=True).order_by("email").values_list("email", flat=True)
    )
    url = settings.PUBLIC_URL + reverse("receivables:rates_admin")
    try:
        mails.send("rates_warning", admins, warnings=found, url=url)
    except OSError:  # the mail server is away: tomorrow again
        cache.delete(RATES_TOLD)
        raise
