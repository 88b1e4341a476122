"""Which step is next and what it rests on: every answer keeps the days and the names that its sentence is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from dunning.domain import timing
from dunning.domain.answers import Blocked, Wait
from dunning.domain.calendar import Calendar
from dunning.domain.facts import InvoiceFacts, Taken, TakenState
from dunning.domain.fourteen_day import FourteenDay, fourteen_day_term
from dunning.domain.policy import Policy, Step, StepKind
from dunning.domain.reasons import Reason, Why
from dunning.domain.starters import STANDAARD

CALENDAR = Calendar.dutch()
PRE_DUE, REMINDER, DEMAND, CALL, NOTICE, HANDOVER = STANDAARD.steps
DUE_ON = date(2026, 9, 9)  # a Wednesday
DUE = InvoiceFacts(UUID(int=1), due_on=DUE_ON, open_cents=10_000, policy=STANDAARD)
ANNOUNCED = Taken("vooraankondiging", StepKind.PRE_DUE_NOTICE, TakenState.ACCEPTED, date(2026, 9, 6))
REMINDED = Taken("herinnering", StepKind.REMINDER, TakenState.ACCEPTED, date(2026, 9, 14), date(2026, 9, 21))
OPEN_CALL = Taken("belactie", StepKind.CALL, TakenState.PENDING, date(2026, 9, 25))


def test_step_that_is_ready_says_what_it_rests_on() -> None:
    on = date(2026, 9, 28)

    assert timing.why_ready(PRE_DUE, DUE, None, date(2026, 9, 7)) == Why(
        Reason.BEFORE_DUE, on=DUE_ON, step="Vooraankondiging"
    )
    assert timing.why_ready(REMINDER, DUE, None, on) == Why(Reason.PAST_DUE, on=DUE_ON, days=19, step="Herinnering")
    assert timing.why_ready(DEMAND, DUE, REMINDED, on) == Why(
        Reason.TERM_ENDED, on=date(2026, 9, 14), days=14, step="Aanmaning", previous="Herinnering"
    )
    assert timing.why_ready(NOTICE, DUE, OPEN_CALL, date(2026, 10, 5)) == Why(
        Reason.TERM_ENDED, on=date(2026, 10, 2), days=3, step="Ingebrekestelling", previous="Belactie"
    )


@pytest.mark.parametrize(
    ("on", "wait"),
    [
        (date(2026, 9, 8), Wait(date(2026, 9, 12), Why(Reason.NOT_DUE, on=DUE_ON, step="Herinnering"))),
        (date(2026, 9, 9), Wait(date(2026, 9, 12), Why(Reason.NOT_DUE, on=DUE_ON, step="Herinnering"))),
        (date(2026, 9, 10), Wait(date(2026, 9, 12), Why(Reason.JUST_DUE, on=DUE_ON, days=3, step="Herinnering"))),
        (date(2026, 9, 11), Wait(date(2026, 9, 12), Why(Reason.JUST_DUE, on=DUE_ON, days=3, step="Herinnering"))),
        (date(2026, 9, 12), None),
    ],
)
def test_first_step_waits_for_its_days_after_the_due_date(on: date, wait: Wait | None) -> None:
    assert timing.early(REMINDER, DUE, None, CALENDAR, on) == wait


def test_step_waits_for_its_days_after_the_one_before() -> None:
    without_term = replace(REMINDED, pay_by=None)
    invoice = replace(DUE, taken=(without_term,))

    assert timing.early(DEMAND, invoice, without_term, CALENDAR, date(2026, 9, 23)) == Wait(
        date(2026, 9, 24),
        Why(Reason.STEP_TOO_EARLY, on=date(2026, 9, 14), days=10, step="Aanmaning", previous="Herinnering"),
    )
    assert timing.early(DEMAND, invoice, without_term, CALENDAR, date(2026, 9, 24)) is None


def test_step_waits_for_a_contact_day() -> None:
    sunday = replace(REMINDED, on=date(2026, 9, 17), pay_by=None)  # ten days later is a Sunday

    wait = timing.early(DEMAND, replace(DUE, taken=(sunday,)), sunday, CALENDAR, date(2026, 9, 24))

    assert wait is not None
    assert wait.until == date(2026, 9, 28)


@pytest.mark.parametrize(
    ("step", "before", "first_on"),
    [
        (replace(REMINDER, days=0), None, date(2026, 9, 10)),
        (replace(REMINDER, days=0), replace(REMINDED, on=DUE_ON, pay_by=None), date(2026, 9, 10)),
        (replace(REMINDER, days=0), replace(REMINDED, pay_by=None), date(2026, 9, 15)),  # not on the day of the other
        (replace(DEMAND, days=1), replace(REMINDED, on=date(2026, 9, 4), pay_by=None), date(2026, 9, 10)),
    ],
    ids=["alone", "on the due date", "after a letter", "after a letter that came before the due date was moved"],
)
def test_step_comes_at_least_a_day_after_the_due_date_and_after_the_one_before(
    step: Step, before: Taken | None, first_on: date
) -> None:
    invoice = replace(DUE, taken=(before,) if before else ())

    assert timing.early(step, invoice, before, CALENDAR, first_on - timedelta(days=1)) is not None
    assert timing.early(step, invoice, before, CALENDAR, first_on) is None


def test_notice_before_the_due_date_has_its_own_days() -> None:
    assert timing.early(PRE_DUE, DUE, None, CALENDAR, date(2026, 9, 5)) == Wait(
        date(2026, 9, 7),  # the 6th is a Sunday
        Why(Reason.NOT_DUE, on=DUE_ON, step="Vooraankondiging"),
    )
    assert timing.early(PRE_DUE, DUE, None, CALENDAR, date(2026, 9, 6)) is None


def test_term_of_a_letter_keeps_the_next_one_but_no_call() -> None:
    given = replace(REMINDED, pay_by=date(2026, 9, 30))
    invoice = replace(DUE, taken=(given,))

    assert timing.early(DEMAND, invoice, given, CALENDAR, date(2026, 9, 30)) == Wait(
        date(2026, 10, 1),
        Why(Reason.TERM_RUNNING, on=date(2026, 9, 14), days=16, step="Aanmaning", previous="Herinnering"),
    )
    assert timing.early(DEMAND, invoice, given, CALENDAR, date(2026, 10, 1)) is None
    assert timing.early(CALL, invoice, given, CALENDAR, date(2026, 9, 30)) is None


def test_fourteen_days_keep_formal_steps_only() -> None:
    letter = FourteenDay(fourteen_day_term(date(2026, 9, 14), CALENDAR, margin_days=2))  # through Wednesday the 30th
    wait = Wait(
        date(2026, 10, 1),
        Why(Reason.FOURTEEN_DAYS_RUNNING, on=date(2026, 9, 14), days=16, note="30 september 2026"),
    )
    reminded = replace(REMINDED, pay_by=None)
    invoice = replace(DUE, taken=(reminded,), letter=letter)

    assert timing.early(DEMAND, invoice, reminded, CALENDAR, date(2026, 9, 30)) == wait
    assert timing.early(DEMAND, invoice, reminded, CALENDAR, date(2026, 10, 1)) is None
    assert timing.early(REMINDER, invoice, reminded, CALENDAR, date(2026, 9, 30)) is None


def test_ladder_at_its_end_names_the_last_step() -> None:
    assert timing.ladder_ended(DUE) == Blocked(Why(Reason.NO_STEP))
    assert timing.ladder_ended(replace(DUE, taken=(OPEN_CALL, REMINDED))) == Blocked(
        Why(Reason.LADDER_ENDED, on=date(2026, 10, 2), previous="Belactie")
    )


def test_step_counts_from_the_one_that_settled_last() -> None:
    called = replace(OPEN_CALL, state=TakenState.ACCEPTED, on=REMINDED.on - timedelta(days=1))

    assert timing.previous(DUE) is None
    assert timing.previous(replace(DUE, taken=(ANNOUNCED,))) is None  # that one came before the due date
    assert timing.previous(replace(DUE, taken=(ANNOUNCED, REMINDED))) == REMINDED
    assert timing.previous(replace(DUE, taken=(called, REMINDED))) == REMINDED
    assert timing.previous(replace(DUE, taken=(OPEN_CALL, REMINDED))) == OPEN_CALL


def test_next_step_passes_no_letter_and_skips_a_notice_that_is_over() -> None:
    assert timing.next_step(DUE, STANDAARD, date(2026, 9, 8)) == PRE_DUE
    assert timing.next_step(DUE, STANDAARD, DUE_ON) == REMINDER
    assert timing.next_step(replace(DUE, taken=(OPEN_CALL,)), STANDAARD, DUE_ON) == REMINDER
    assert timing.next_step(replace(DUE, taken=(REMINDED, OPEN_CALL)), STANDAARD, DUE_ON) == DEMAND
    handed = Taken("overdracht", StepKind.HANDOVER, TakenState.ACCEPTED, date(2026, 11, 2))
    assert timing.next_step(replace(DUE, taken=(handed, REMINDED)), STANDAARD, DUE_ON) is None


def test_next_step_follows_the_furthest_letter_in_a_ladder_with_several_of_a_kind() -> None:
    reminders = tuple(replace(REMINDER, key=key) for key in ("eerste", "tweede", "derde"))
    policy = Policy("eigen", 1, (*reminders, DEMAND))
    third, second = replace(REMINDED, key="derde"), replace(REMINDED, key="tweede")

    assert timing.next_step(replace(DUE, taken=(third,)), policy, DUE_ON) == DEMAND
    assert timing.next_step(replace(DUE, taken=(third, second)), policy, DUE_ON) == DEMAND
    assert timing.next_step(replace(DUE, taken=(second,)), policy, DUE_ON) == reminders[2]
