"""Algemene termijnenwet art. 1 and 3, against the shared calendar and against the computus."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dunning.domain import calendar_data
from dunning.domain.calendar import Calendar, CalendarUnknownError
from tests.domain.law import law, needs_law

DUTCH = Calendar.dutch()


def _easter(year: int) -> date:
    """Gauss, in Butcher's form."""
    century, rest = divmod(year, 100)
    leap, common = divmod(century, 4)
    moon = (19 * (year % 19) + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * common + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


@needs_law
def test_calendar_equals_the_shared_days_and_their_names() -> None:
    ours = {"5 mei": calendar_data.LIBERATION_DAY}
    short = {date.fromisoformat(day["date"]): day["name"].partition(" (")[0] for day in law("calendar.json")["days"]}

    assert {day: ours.get(name, name) for day, name in short.items()} == calendar_data.HOLIDAYS


@pytest.mark.parametrize("year", range(calendar_data.FIRST_YEAR, calendar_data.LAST_YEAR + 1))
def test_calendar_movable_feasts_follow_easter(year: int) -> None:
    easter = _easter(year)
    offsets = {
        calendar_data.GOOD_FRIDAY: -2,
        calendar_data.EASTER_MONDAY: 1,
        calendar_data.ASCENSION: 39,
        calendar_data.WHIT_MONDAY: 50,
    }

    for name, offset in offsets.items():
        assert DUTCH.holiday_name(easter + timedelta(days=offset)) == name


@pytest.mark.parametrize("day", [date(2023, 12, 29), date(2029, 1, 2)])
def test_calendar_refuses_a_year_it_does_not_know(day: date) -> None:
    with pytest.raises(CalendarUnknownError) as refused:
        DUTCH.is_working_day(day)

    assert str(refused.value) == (
        f"De feestdagen van {day.year} staan nog niet in de kalender. "
        "Werk Voldaan bij; tot die tijd gaat er voor dat jaar niets uit."
    )


def test_calendar_tells_working_days_from_contact_days() -> None:
    saturday, sunday, whit_monday = date(2026, 11, 28), date(2026, 11, 29), date(2026, 5, 25)

    assert [DUTCH.is_working_day(day) for day in (saturday, sunday, whit_monday)] == [False, False, False]
    assert [DUTCH.is_contact_day(day) for day in (saturday, sunday, whit_monday)] == [True, False, False]


def test_calendar_counts_working_days_over_christmas() -> None:
    assert DUTCH.add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert DUTCH.add_working_days(date(2026, 12, 24), 5) == date(2027, 1, 4)  # New Year is no working day


def test_calendar_delivers_no_post_on_sundays_mondays_and_holidays() -> None:
    before_easter = date(2026, 4, 2)  # Thursday; then Good Friday, Saturday, Sunday, Easter Monday

    assert DUTCH.add_delivery_days(before_easter, 1) == date(2026, 4, 4)
    assert DUTCH.add_delivery_days(before_easter, 2) == date(2026, 4, 7)
    assert not DUTCH.is_delivery_day(date(2026, 11, 23))  # an ordinary Monday


def test_calendar_lets_no_term_end_on_a_rest_day() -> None:
    assert DUTCH.term_ends_on(date(2026, 12, 15), 10) == date(2026, 12, 28)  # the tenth day is Christmas
    assert DUTCH.term_ends_on(date(2026, 11, 23), 10) == date(2026, 12, 3)


def test_calendar_keeps_the_days_a_tenant_is_closed() -> None:
    ours = Calendar.dutch(closed=[date(2026, 12, 28)])

    assert ours.next_contact_day(date(2026, 12, 25)) == date(2026, 12, 29)
    assert ours.holiday_name(date(2026, 12, 25)) == calendar_data.CHRISTMAS
    assert ours.holiday_name(date(2026, 12, 28)) == "gesloten"
