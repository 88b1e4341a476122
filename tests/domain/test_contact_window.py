"""Besluit kwaliteit incassodienstverlening art. 4.2, against the shared vectors and on the nights the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from dunning.domain.calendar import Calendar
from dunning.domain.contact_window import AMSTERDAM, ContactWindow
from tests.domain.law import law, needs_law

WINDOW = ContactWindow(Calendar.dutch())


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@needs_law
@pytest.mark.parametrize("case", law("contact_window_vectors.json")["cases"], ids=lambda case: case["id"])
def test_contact_window_answers_the_shared_vectors(case: dict[str, Any]) -> None:
    moment = _local(case["local_time"])

    assert WINDOW.is_open(moment) is case["expected"]["allowed"]
    assert WINDOW.next_allowed(moment) == _local(case["expected"]["next_allowed"])


@pytest.mark.parametrize(
    ("moment", "opens_at"),
    [
        ("2026-11-24T06:59", "2026-11-24T06:00+00:00"),  # 07:00 in winter
        ("2026-03-28T20:00", "2026-03-30T05:00+00:00"),  # Saturday evening before summer time
        ("2026-10-24T20:30", "2026-10-26T06:00+00:00"),  # Saturday evening before winter time
        ("2026-10-24T19:59", "2026-10-24T17:59+00:00"),
    ],
)
def test_contact_window_keeps_amsterdam_time_when_the_clock_changes(moment: str, opens_at: str) -> None:
    allowed = WINDOW.next_allowed(_local(moment))

    assert allowed == datetime.fromisoformat(opens_at)
    assert allowed.tzinfo is UTC  # wherever the machine stands


def test_contact_window_can_be_narrowed_but_not_widened() -> None:
    office_hours = ContactWindow(Calendar.dutch(), opens=time(9), closes=time(17))

    assert office_hours.next_allowed(_local("2026-11-24T17:00")) == _local("2026-11-25T09:00")
    whole_day = ContactWindow(Calendar.dutch(), opens=time(7), closes=time(20))  # all that the law leaves
    assert whole_day.is_open(_local("2026-11-24T07:00"))


@pytest.mark.parametrize(
    ("opens", "closes"),
    [(time(7), time(20, 1)), (time(6, 59), time(20)), (time(12), time(12)), (time(17), time(9))],
)
def test_contact_window_refuses_hours_outside_the_law_and_hours_that_never_open(opens: time, closes: time) -> None:
    with pytest.raises(ValueError, match=r"^Berichten mogen alleen tussen 07:00 en 20:00 uur de deur uit\.$"):
        ContactWindow(Calendar.dutch(), opens=opens, closes=closes)
