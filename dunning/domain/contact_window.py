"""Hours at which a debtor may be approached: Besluit kwaliteit incassodienstverlening art. 4.2.

Not between 20:00 and 07:00, not on Sundays, holidays and equalised days, Amsterdam time. The rule binds collection for others
towards natural persons; we keep it for everybody, which is the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from dunning.domain.calendar import ONE_DAY, Calendar

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
EARLIEST: Final = time(7)
LATEST: Final = time(20)


@dataclass(frozen=True, slots=True)
class ContactWindow:
    """The hours of a day in which messages may leave; a tenant may narrow them, never widen them."""

    calendar: Calendar
    opens: time = EARLIEST
    closes: time = LATEST

    def __post_init__(self) -> None:
        if not EARLIEST <= self.opens < self.closes <= LATEST:
            raise ValueError("Berichten mogen alleen tussen 07:00 en 20:00 uur de deur uit.")

    def is_open(self, now: datetime) -> bool:
        """May a message leave at this moment?"""
        return self.next_allowed(now) == now

    def next_allowed(self, now: datetime) -> datetime:
        """The first moment, `now` included, at which a message may leave (UTC)."""
        local = now.astimezone(AMSTERDAM)
        day = local.date()
        if local.time() >= self.closes:
            day += ONE_DAY
        allowed = self.calendar.next_contact_day(day)
        if allowed == local.date() and local.time() >= self.opens:
            return now.astimezone(UTC)
        return datetime.combine(allowed, self.opens, tzinfo=AMSTERDAM).astimezone(UTC)
