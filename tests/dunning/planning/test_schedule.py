"""When a run is due: own weekday and hour, Amsterdam time, caught up once, and only inside the contact window."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dunning import tasks
from dunning.domain.contact_window import AMSTERDAM
from dunning.models.runs import RunState
from dunning.schedule import is_due, last_slot, next_run_on
from tenants.context import tenant_context
from tenants.models import Tenant
from tenants.tasks import MissingTenantError
from tests.dunning.planning.world import Books


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def _tenant(weekday: int = 0, hour: int = 9, created: str = "2026-01-01T00:00") -> Tenant:
    return Tenant(run_weekday=weekday, run_hour=hour, created_at=moment(created))


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-11-23T09:00", "2026-11-23T09:00"),
        ("2026-11-23T08:59", "2026-11-16T09:00"),
        ("2026-11-28T12:00", "2026-11-23T09:00"),
        ("2026-10-26T08:30", "2026-10-19T09:00"),  # the clock went back the night before: half past eight is not nine
        ("2026-03-30T09:10", "2026-03-30T09:00"),
    ],
)
def test_slot_is_the_tenants_own_weekday_and_hour(now: str, slot: str) -> None:
    assert last_slot(_tenant(), now=moment(now)) == moment(slot)


@pytest.mark.parametrize(
    ("now", "last_run_on", "due"),
    [
        ("2026-11-23T09:00", "2026-11-16", True),
        ("2026-11-23T08:55", "2026-11-16", False),
        ("2026-11-23T09:05", "2026-11-23", False),
        ("2026-11-25T14:00", "2026-11-16", True),  # everything was down on Monday and Tuesday: once, now
        ("2026-11-25T21:00", "2026-11-16", False),  # but not at night
        ("2026-11-25T09:00", "2026-11-24", False),  # somebody planned by hand since
        ("2026-11-23T09:05", None, True),
    ],
)
def test_run_is_due_once_per_slot(now: str, last_run_on: str | None, due: bool) -> None:
    last = date.fromisoformat(last_run_on) if last_run_on else None

    assert is_due(_tenant(), last_run_on=last, now=moment(now)) is due


def test_slot_on_a_holiday_moves_to_the_next_allowed_morning() -> None:
    tenant, before = _tenant(), date(2026, 3, 30)

    assert is_due(tenant, last_run_on=before, now=moment("2026-04-06T09:05")) is False  # Easter Monday
    assert is_due(tenant, last_run_on=before, now=moment("2026-04-07T06:59")) is False
    assert is_due(tenant, last_run_on=before, now=moment("2026-04-07T07:00")) is True
    assert next_run_on(tenant, now=moment("2026-04-01T12:00")) == date(2026, 4, 7)
    assert next_run_on(tenant, now=moment("2026-11-23T08:00")) == date(2026, 11, 23)


def test_new_tenant_waits_for_its_first_own_slot() -> None:
    assert is_due(_tenant(created="2026-11-24T10:00"), last_run_on=None, now=moment("2026-11-24T11:00")) is False


@pytest.fixture
def monday_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.clock.now", lambda: moment("2026-11-30T09:05"))
    monkeypatch.setattr("tenants.clock.today", lambda: date(2026, 11, 30))


def test_tick_names_the_tenants_that_are_due_and_planning_makes_one_run(books: Books, monday_morning: None) -> None:
    tenant = books.tenant
    assert tasks.tenants_to_plan() == [tenant.pk]

    for _ in range(2):
        tasks.plan(tenant_id=tenant.pk, on="2026-11-30")

    assert tasks.tenants_to_plan() == []
    with tenant_context(tenant.pk):
        assert tenant.runs.get().state == RunState.PLANNED


def test_tick_takes_up_a_run_that_was_broken_off_today(books: Books, monday_morning: None) -> None:
    with tenant_context(books.tenant.pk):
        books.tenant.runs.create(on=date(2026, 11, 30), state=RunState.PLANNING)

    assert tasks.tenants_to_plan() == [books.tenant.pk]


def test_planning_refuses_to_start_without_a_tenant(db: None) -> None:
    with pytest.raises(MissingTenantError):
        tasks.plan(on="2026-11-30")


def test_planning_in_a_year_without_calendar_says_so_and_goes_on(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    tasks.plan(tenant_id=books.tenant.pk, on="2031-01-06")

    assert "De feestdagen van 2031 staan nog niet in de kalender" in caplog.text
