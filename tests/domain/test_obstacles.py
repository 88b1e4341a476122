"""What stops a file before any step is chosen, with the day it ends and the names in its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from dunning.domain import obstacles
from dunning.domain.answers import Blocked, Wait
from dunning.domain.calendar import Calendar
from dunning.domain.facts import Hold, HoldKind, HoldLevel, InvoiceFacts, Taken, TakenState
from dunning.domain.policy import StepKind
from dunning.domain.reasons import Reason, Why
from dunning.domain.starters import STANDAARD
from dunning.domain.stop_signals import StopKind, StopSignal

CALENDAR = Calendar.dutch()
DUE = InvoiceFacts(UUID(int=1), due_on=date(2026, 9, 9), open_cents=10_000, policy=STANDAARD)
ANNOUNCED = Taken("vooraankondiging", StepKind.PRE_DUE_NOTICE, TakenState.AMBIGUOUS, date(2026, 9, 7))
REMINDED = Taken("herinnering", StepKind.REMINDER, TakenState.ACCEPTED, date(2026, 9, 14))
CALL = Taken("belactie", StepKind.CALL, TakenState.PENDING, date(2026, 9, 20))
HANDOVER = Taken("overdracht", StepKind.HANDOVER, TakenState.PENDING, date(2026, 11, 2))
SATURDAY = date(2026, 9, 26)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (TakenState.PENDING, Reason.HANDOVER_FLAGGED),
        (TakenState.REFUSED, Reason.HANDOVER_REFUSED),
        (TakenState.ACCEPTED, Reason.HANDED_OVER),
        (TakenState.AMBIGUOUS, Reason.HANDED_OVER),  # whoever may have the file, the ladder is over
    ],
)
def test_handover_ends_the_ladder(state: TakenState, reason: Reason) -> None:
    assert obstacles.ended([REMINDED]) is None
    assert obstacles.ended([REMINDED, replace(HANDOVER, state=state)]) == Blocked(
        Why(reason, on=date(2026, 11, 2), previous="Overdracht")
    )


@pytest.mark.parametrize(
    ("taken", "obstacle"),
    [
        ((REMINDED,), None),
        (
            (replace(REMINDED, state=TakenState.PENDING),),
            # tomorrow is a Sunday
            Wait(date(2026, 9, 28), Why(Reason.NOTICE_PENDING, on=date(2026, 9, 14), previous="Herinnering")),
        ),
        (
            (replace(REMINDED, state=TakenState.BOUNCED),),
            Blocked(Why(Reason.ADDRESS_BOUNCED, on=date(2026, 9, 14), previous="Herinnering")),
        ),
        (
            (replace(REMINDED, state=TakenState.AMBIGUOUS),),
            Blocked(Why(Reason.NOTICE_AMBIGUOUS, on=date(2026, 9, 14), previous="Herinnering")),
        ),
        (
            (REMINDED, CALL),
            # a week after the call was planned is a Sunday
            Wait(date(2026, 9, 28), Why(Reason.CALL_OPEN, on=date(2026, 9, 20), previous="Belactie")),
        ),
        (
            (ANNOUNCED, replace(REMINDED, state=TakenState.BOUNCED)),  # the first no longer matters, the second does
            Blocked(Why(Reason.ADDRESS_BOUNCED, on=date(2026, 9, 14), previous="Herinnering")),
        ),
    ],
    ids=["nothing", "pending", "bounced", "unknown", "call", "after one that is over"],
)
def test_file_waits_for_a_step_under_way(taken: tuple[Taken, ...], obstacle: Wait | Blocked | None) -> None:
    assert obstacles.unsettled(replace(DUE, taken=taken), CALENDAR, SATURDAY) == obstacle


def test_call_that_nobody_made_holds_the_file_for_a_week() -> None:
    called = replace(DUE, taken=(replace(CALL, on=date(2026, 9, 21)),))

    assert obstacles.unsettled(called, CALENDAR, date(2026, 9, 27)) is not None
    assert obstacles.unsettled(called, CALENDAR, date(2026, 9, 28)) is None
    assert obstacles.settled_on(replace(CALL, state=TakenState.ACCEPTED)) == date(2026, 9, 20)
    assert obstacles.settled_on(replace(REMINDED, state=TakenState.PENDING)) == date(2026, 9, 14)


def test_hold_counts_from_its_first_day_through_its_last() -> None:
    hold = Hold(HoldLevel.CUSTOMER, HoldKind.MANUAL, date(2026, 9, 15), date(2026, 9, 18), "verhuizing")

    active = [on for on in range(13, 21) if obstacles.held([hold], date(2026, 9, on))]

    assert active == [15, 16, 17, 18]
    assert obstacles.held([hold], date(2026, 9, 18)) == Wait(
        date(2026, 9, 19), Why(Reason.HOLD, on=date(2026, 9, 18), note="de klant (verhuizing)")
    )


def test_signal_keeps_its_day() -> None:
    signal = StopSignal(StopKind.BANKRUPTCY, since=date(2026, 9, 1))

    stopped = obstacles.stopped_by(signal, SATURDAY)

    assert stopped is not None
    assert stopped.why.on == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("day", "contact_day"),
    [
        (date(2026, 9, 26), date(2026, 9, 26)),  # a Saturday is one
        (date(2026, 9, 27), date(2026, 9, 28)),
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2028, 12, 17), date(2028, 12, 18)),  # a Sunday, two weeks before the table ends
        (date(2028, 12, 24), date(2028, 12, 24)),  # a Sunday too, but who knows what comes after the table
        (date(2029, 1, 7), date(2029, 1, 7)),
    ],
)
def test_waiting_ends_on_a_contact_day_as_far_as_the_table_goes(day: date, contact_day: date) -> None:
    assert obstacles.on_contact_day(day, CALENDAR) == contact_day


def test_two_weeks_before_the_table_ends_the_bare_day_is_named() -> None:
    closed = Calendar.dutch(closed=[date(2028, 12, 16), date(2028, 12, 18)])

    assert obstacles.on_contact_day(date(2028, 12, 16), closed) == date(2028, 12, 19)
    assert obstacles.on_contact_day(date(2028, 12, 18), closed) == date(2028, 12, 18)
