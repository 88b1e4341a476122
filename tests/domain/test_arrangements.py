"""How promises and plans stand: by their days and the money since, and what each keeps the ladder from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.domain.answers import Answer, Blocked, Send, Wait, say
from dunning.domain.arrangements import (
    Arrangement,
    Dispute,
    Plan,
    PlanStanding,
    Promise,
    PromiseStanding,
    Received,
    Request,
)
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, TenantFacts
from dunning.domain.plans import Every, split
from dunning.domain.reasons import Reason, Why
from dunning.domain.starters import STANDAARD
from receivables.domain.money import Money

MONDAY = date(2026, 9, 14)
FIRST, SECOND, THIRD = date(2026, 9, 20), date(2026, 10, 20), date(2026, 11, 20)
PLAN = Plan(split(Money.of("300"), 3, first_on=FIRST, every=Every.MONTH), grace_days=3, warning_days=7)
PROMISE = Promise(pay_on=date(2026, 9, 20), grace_on=date(2026, 9, 23), amount=Money.of("100"))
DUE = InvoiceFacts(UUID(int=1), due_on=date(2026, 9, 9), open_cents=30_000, policy=STANDAARD)


def paid(*payments: tuple[date, str]) -> tuple[Received, ...]:
    return tuple(Received(on, Money.of(amount)) for on, amount in payments)


# --- promises ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "on", "standing"),
    [
        (paid(), date(2026, 9, 14), PromiseStanding.OPEN),
        (paid(), date(2026, 9, 23), PromiseStanding.OPEN),  # it may be on its way
        (paid(), date(2026, 9, 24), PromiseStanding.BROKEN),
        (paid((date(2026, 9, 23), "99.99")), date(2026, 9, 24), PromiseStanding.BROKEN),
        (paid((date(2026, 9, 23), "100.00")), date(2026, 9, 24), PromiseStanding.KEPT),
        (paid((date(2026, 9, 15), "40.00"), (date(2026, 9, 16), "60.00")), date(2026, 9, 16), PromiseStanding.KEPT),
        (paid((date(2026, 9, 24), "100.00")), date(2026, 9, 25), PromiseStanding.BROKEN),  # a day late is late
        (paid((date(2026, 9, 15), "100.00"), (date(2026, 9, 18), "-100.00")), date(2026, 9, 18), PromiseStanding.OPEN),
    ],
)
def test_promise_stands_by_what_came_in_on_time(
    received: tuple[Received, ...], on: date, standing: PromiseStanding
) -> None:
    assert replace(PROMISE, received=received).standing(on) is standing


def test_promise_asks_less_after_a_credit_note() -> None:
    credited = replace(PROMISE, lowered=Money.of("60"), received=paid((date(2026, 9, 20), "40.00")))
    assert credited.standing(date(2026, 9, 24)) is PromiseStanding.KEPT


# --- plans ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (date(2026, 9, 19), PlanStanding.KEPT),
        (date(2026, 9, 20), PlanStanding.DUE),
        (date(2026, 9, 23), PlanStanding.DUE),  # three days of grace
        (date(2026, 9, 24), PlanStanding.MISSED),
        (date(2026, 9, 30), PlanStanding.MISSED),  # and seven to catch up
        (date(2026, 10, 1), PlanStanding.BROKEN),
    ],
)
def test_unpaid_instalment_is_due_then_missed_then_breaks_the_plan(on: date, standing: PlanStanding) -> None:
    progress = PLAN.progress(on)

    assert progress.standing is standing
    assert progress.next is not None
    assert progress.next.instalment.number == 1
    assert (progress.grace_on, progress.catch_up_on) == (date(2026, 9, 23), date(2026, 9, 30))
    assert progress.holds is (standing is not PlanStanding.BROKEN)


@pytest.mark.parametrize(
    ("received", "on", "standing", "number"),
    [
        (paid((FIRST, "100")), date(2026, 10, 19), PlanStanding.KEPT, 2),
        (paid((FIRST, "99.99")), date(2026, 9, 30), PlanStanding.MISSED, 1),  # a cent short is short
        (paid((FIRST, "250")), date(2026, 11, 19), PlanStanding.KEPT, 3),  # paid ahead
        (paid((date(2026, 9, 30), "100")), date(2026, 10, 1), PlanStanding.KEPT, 2),  # caught up on the last day
        (paid((date(2026, 10, 1), "100")), date(2026, 10, 1), PlanStanding.BROKEN, 1),  # too late stays too late
        (paid((date(2026, 10, 1), "200")), date(2026, 12, 1), PlanStanding.BROKEN, 1),
        (paid((FIRST, "100"), (SECOND, "100")), date(2026, 11, 24), PlanStanding.MISSED, 3),
        (paid((FIRST, "100"), (date(2026, 10, 5), "-100")), date(2026, 10, 6), PlanStanding.BROKEN, 1),  # it went back
    ],
)
def test_money_fills_the_oldest_instalment_first(
    received: tuple[Received, ...], on: date, standing: PlanStanding, number: int
) -> None:
    progress = replace(PLAN, received=received).progress(on)

    assert progress.standing is standing
    assert progress.next is not None
    assert progress.next.instalment.number == number


def test_a_payment_that_turns_out_to_have_come_in_time_mends_the_plan() -> None:
    """The bank's file of the last day is read two days later."""
    assert PLAN.progress(date(2026, 10, 2)).standing is PlanStanding.BROKEN
    mended = replace(PLAN, received=paid((date(2026, 9, 30), "100")))
    assert mended.progress(date(2026, 10, 2)).standing is PlanStanding.KEPT


def test_plan_is_done_when_all_is_paid_whatever_happened_on_the_way() -> None:
    late = replace(PLAN, received=paid((date(2026, 12, 24), "300")))

    assert PLAN.progress(date(2026, 12, 25)).standing is PlanStanding.BROKEN
    assert late.progress(date(2026, 12, 25)).standing is PlanStanding.DONE
    assert late.progress(date(2026, 12, 25)).left == Money.zero()


@pytest.mark.parametrize(
    ("lowered", "amounts", "standing"),
    [
        ("40", ["100.00", "100.00", "60.00"], PlanStanding.KEPT),
        ("100", ["100.00", "100.00"], PlanStanding.KEPT),
        ("150", ["100.00", "50.00"], PlanStanding.KEPT),
        ("300", [], PlanStanding.DONE),
        ("400", [], PlanStanding.DONE),
    ],
)
def test_credit_comes_off_the_last_instalments(lowered: str, amounts: list[str], standing: PlanStanding) -> None:
    progress = replace(PLAN, lowered=Money.of(lowered)).progress(MONDAY)

    assert [str(part.instalment.amount) for part in progress.parts] == amounts
    assert progress.standing is standing


payments = st.lists(st.tuples(st.integers(-30, 120), st.integers(-20_000, 30_000)), max_size=6)


@given(payments, st.integers(0, 40_000), st.integers(-10, 150))
def test_parts_always_add_up_to_what_was_agreed(moves: list[tuple[int, int]], lowered: int, days: int) -> None:
    received = tuple(Received(MONDAY + timedelta(days=day), Money.from_cents(cents)) for day, cents in moves)
    plan = replace(PLAN, received=received, lowered=Money.from_cents(lowered))
    on = MONDAY + timedelta(days=days)

    progress = plan.progress(on)

    came_in = sum(one.amount.cents for one in received if one.on <= on)
    agreed = max(0, 30_000 - lowered)
    assert progress.paid.cents + progress.left.cents == agreed
    assert progress.paid.cents == min(agreed, max(0, came_in))
    assert (progress.standing is PlanStanding.DONE) == (progress.left.cents == 0)
    assert (progress.next is None) == (progress.standing is PlanStanding.DONE)


# --- what each keeps the ladder from -------------------------------------------------------------------------------------


def _answer(*arrangements: Arrangement, on: date = MONDAY) -> Answer:
    other = replace(DUE, invoice_id=UUID(int=2))
    customer = CustomerFacts(UUID(int=9), (replace(DUE, arrangements=arrangements), other))
    decided = {
        one.invoice_id: one.answer for one in decide(customer, tenant=TenantFacts(), calendar=Calendar.dutch(), on=on)
    }
    assert isinstance(decided[UUID(int=2)], Send)  # the other invoice of this customer goes on
    return decided[UUID(int=1)]


def test_without_any_arrangement_the_letter_goes() -> None:
    """Negative control of all below."""
    assert isinstance(_answer(), Send)


@pytest.mark.parametrize(
    ("arrangement", "answer", "sentence"),
    [
        (
            Dispute(date(2026, 9, 10), "Niet geleverd"),
            Blocked(Why(Reason.DISPUTED, on=date(2026, 9, 10), note="niet geleverd")),
            "Geblokkeerd: de factuur is sinds 10 september 2026 betwist (niet geleverd). Handel eerst de betwisting af.",
        ),
        (
            PROMISE,
            Wait(date(2026, 9, 24), Why(Reason.PROMISE, on=date(2026, 9, 20))),
            "Wacht tot 24 september 2026: betaling is toegezegd voor 20 september 2026.",
        ),
        (
            Request(date(2026, 9, 10), date(2026, 9, 24)),
            Wait(date(2026, 9, 25), Why(Reason.PLAN_REQUESTED, on=date(2026, 9, 10))),
            "Wacht tot 25 september 2026: de klant vroeg op 10 september 2026 een regeling aan. Beslis daarover.",
        ),
        (
            PLAN,
            Wait(date(2026, 10, 1), Why(Reason.PLAN_RUNNING, on=FIRST)),
            "Wacht tot 1 oktober 2026: er loopt een regeling; de eerstvolgende termijn is van 20 september 2026.",
        ),
    ],
)
def test_each_arrangement_stops_its_invoice_and_says_why(
    arrangement: Arrangement, answer: Answer, sentence: str
) -> None:
    assert _answer(arrangement) == answer
    assert say(answer) == sentence


@pytest.mark.parametrize(
    ("arrangement", "last_on"),
    [
        (PROMISE, date(2026, 9, 23)),
        (Request(date(2026, 9, 10), date(2026, 9, 24)), date(2026, 9, 24)),
        (PLAN, date(2026, 9, 30)),
    ],
)
def test_ladder_goes_on_by_itself_the_day_after(arrangement: Arrangement, last_on: date) -> None:
    assert isinstance(_answer(arrangement, on=last_on), Wait)
    assert isinstance(_answer(arrangement, on=last_on + timedelta(days=1)), Send)


def test_a_kept_promise_a_finished_plan_and_a_request_that_holds_nothing_do_not_stop_what_is_left() -> None:
    kept = replace(PROMISE, received=paid((MONDAY, "100")))
    done = replace(PLAN, received=paid((MONDAY, "300")))

    assert isinstance(_answer(kept, done, Request(date(2026, 9, 10), None)), Send)


def test_a_missed_instalment_is_said_while_it_can_be_caught_up() -> None:
    assert say(_answer(PLAN, on=date(2026, 9, 24))) == (
        "Wacht tot 1 oktober 2026: de termijn van 20 september 2026 is niet betaald, maar kan nog worden ingehaald."
    )


def test_a_dispute_outlasts_and_else_the_longest_speaks() -> None:
    dispute = Dispute(date(2026, 9, 10), "Anders")
    assert isinstance(_answer(PROMISE, dispute, PLAN), Blocked)
    assert _answer(PROMISE, PLAN) == _answer(PLAN)
