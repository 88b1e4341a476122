"""The demo's clock: a day at a time, in the contact window, every weekly slot in its turn, and in the demo alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from pytest_django import Settings

from config.demo import clock
from dunning.actions.policies import install_starters
from dunning.freshness import freshness
from receivables.actions import books
from tenants.clock import AMSTERDAM, now, today  # noqa: TID251 # the clock is what is tested
from tenants.context import tenant_context
from tenants.models import DemoClock, Tenant
from tests.factories import NOW, TenantFactory


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = True


@pytest.mark.parametrize(
    ("real", "begins_on"),
    [
        (datetime(2026, 11, 23, 10, tzinfo=UTC), date(2026, 11, 23)),  # a Monday at eleven: as it is
        (datetime(2026, 11, 23, 4, tzinfo=UTC), date(2026, 11, 23)),  # too early: the same morning
        (datetime(2026, 11, 23, 21, tzinfo=UTC), date(2026, 11, 24)),  # too late: the next one
        (datetime(2026, 11, 21, 21, tzinfo=UTC), date(2026, 11, 23)),  # Saturday evening
        (datetime(2026, 11, 22, 12, tzinfo=UTC), date(2026, 11, 23)),  # Sunday
    ],
)
def test_the_demo_begins_when_letters_may_go_out(db: None, demo: None, real: datetime, begins_on: date) -> None:
    with time_machine.travel(real, tick=False):
        clock.open_for_business(now=now())
        assert today() == begins_on
        assert 9 <= now().astimezone(AMSTERDAM).hour < 18


@pytest.mark.django_db(transaction=True)
def test_a_week_gives_each_tenant_one_run(demo: None) -> None:
    tenants = [TenantFactory.make(run_weekday=weekday, run_hour=9, created_at=NOW) for weekday in (1, 4)]
    for tenant in tenants:
        with tenant_context(tenant.pk):
            install_starters(tenant, now=NOW)
    with time_machine.travel(NOW, tick=False):
        clock.advance(7, now=now())
        assert today() == date(2026, 11, 30)
        assert clock.days_left() == 0
    assert [_runs(tenant) for tenant in tenants] == [[date(2026, 11, 24)], [date(2026, 11, 27)]]


@pytest.mark.django_db(transaction=True)
def test_the_books_stay_as_fresh_or_as_old_as_they_were(demo: None) -> None:
    fresh, stale, unknown = (TenantFactory.make(run_weekday=5) for _ in range(3))
    for tenant, up_to_on in ((fresh, date(2026, 11, 23)), (stale, date(2026, 11, 14))):
        with tenant_context(tenant.pk):
            books.confirm(tenant, up_to_on=up_to_on, now=NOW)
    with time_machine.travel(NOW, tick=False):
        clock.advance(3, now=now())
        found = []
        for tenant in (fresh, stale, unknown):
            with tenant_context(tenant.pk):
                found.append(freshness(tenant, on=today()).up_to_on)
    assert found == [date(2026, 11, 26), date(2026, 11, 17), None]


def _runs(tenant: Tenant) -> list[date]:
    with tenant_context(tenant.pk):
        return list(tenant.runs.order_by("on").values_list("on", flat=True))


def test_outside_the_demo_the_clock_stands(db: None) -> None:
    with pytest.raises(clock.NotTheDemoError):
        clock.advance(7, now=NOW)
    assert not DemoClock.objects.exists()
