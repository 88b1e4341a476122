"""Which days count: Algemene termijnenwet art. 1 and 3. A year outside the table raises; it never passes as ordinary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from dunning.domain import calendar_data

ONE_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5
SUNDAY: Final = 6
NO_POST: Final = (SUNDAY, 0)  # no ordinary letters are delivered on Sundays and Mondays


class CalendarUnknownError(LookupError):
    """The calendar holds no days for this year, so nobody may say whether the date is a working day."""

    def __init__(self, day: date) -> None:
        super().__init__(
            f"De feestdagen van {day.year} staan nog niet in de kalender. "
            "Werk Voldaan bij; tot die tijd gaat er voor dat jaar niets uit."
        )


class Calendar:
    """Dutch public holidays of a run of years, plus days on which this tenant is closed."""

    __slots__ = ("_first_year", "_last_year", "_names")

    def __init__(self, names: Mapping[date, str], *, first_year: int, last_year: int) -> None:
        self._names = dict(names)
        self._first_year = first_year
        self._last_year = last_year

    @classmethod
    def dutch(cls, *, closed: Iterable[date] = ()) -> Calendar:
        """The shipped table, with the tenant's own closed days on top."""
        names = dict.fromkeys(closed, "gesloten") | calendar_data.HOLIDAYS
        return cls(names, first_year=calendar_data.FIRST_YEAR, last_year=calendar_data.LAST_YEAR)

    def knows(self, day: date) -> bool:
        return self._first_year <= day.year <= self._last_year

    def holiday_name(self, day: date) -> str | None:
        if not self.knows(day):
            raise CalendarUnknownError(day)
        return self._names.get(day)

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday and no holiday (art. 1 lid 1: the days on which a statutory term may end)."""
        return self.holiday_name(day) is None and day.weekday() < SATURDAY

    def is_contact_day(self, day: date) -> bool:
        """A day on which a debtor may be approached: Saturdays too, Sundays and holidays not (Bki art. 4.2)."""
        return self.holiday_name(day) is None and day.weekday() != SUNDAY

    def is_delivery_day(self, day: date) -> bool:
        """A day on which ordinary post arrives (ECLI:NL:HR:2016:2704: not on Sundays, Mondays and holidays)."""
        return self.holiday_name(day) is None and day.weekday() not in NO_POST

    def next_working_day(self, day: date) -> date:
        """`day` itself when it is a working day, else the first one after it."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def next_contact_day(self, day: date) -> date:
        """`day` itself when debtors may be approached on it, else the first such day after it."""
        while not self.is_contact_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`."""
        for _ in range(count):
            day = self.next_working_day(day + ONE_DAY)
        return day

    def add_delivery_days(self, day: date, count: int) -> date:
        """The `count`-th day after `day` on which post arrives."""
        for _ in range(count):
            day += ONE_DAY
            while not self.is_delivery_day(day):
                day += ONE_DAY
        return day

    def term_ends_on(self, day: date, term_days: int) -> date:
        """Last day of a term of `term_days` given on `day`: never ends in a weekend or on a holiday (Atw art. 1)."""
        return self.next_working_day(day + timedelta(days=term_days))
