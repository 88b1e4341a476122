"""Corners of the decision that the stories do not pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from dunning.domain.answers import Answer, Blocked, Call, HandOver, Send, Wait
from dunning.domain.calendar import Calendar, CalendarUnknownError
from dunning.domain.decide import decide
from dunning.domain.facts import (
    CustomerFacts,
    Gate,
    Hold,
    HoldKind,
    HoldLevel,
    InvoiceFacts,
    Taken,
    TakenState,
    TenantFacts,
)
from dunning.domain.forecast import forecast
from dunning.domain.policy import Anchor, Channel, Policy, StepKind
from dunning.domain.reasons import SENTENCES, Reason, Why, explain
from dunning.domain.recheck import recheck
from dunning.domain.starters import MILD, STANDAARD
from receivables.domain.money import Money

CALENDAR = Calendar.dutch()
MONDAY = date(2026, 9, 14)
DUE = InvoiceFacts(UUID(int=1), due_on=date(2026, 9, 9), open_cents=10_000, policy=STANDAARD)
REMINDED = Taken("herinnering", StepKind.REMINDER, TakenState.ACCEPTED, date(2026, 9, 14), date(2026, 9, 21))


def _answers(*invoices: InvoiceFacts, on: date = MONDAY, **customer: object) -> list[Answer]:
    facts = CustomerFacts(UUID(int=9), invoices, **customer)  # type: ignore[arg-type] # fields by name
    return [made.answer for made in decide(facts, tenant=TenantFacts(), calendar=CALENDAR, on=on)]


def _reason(invoice: InvoiceFacts, on: date = MONDAY, **customer: object) -> Reason:
    (answer,) = _answers(invoice, on=on, **customer)
    return answer.why.reason


def test_every_open_invoice_gets_one_answer_and_a_paid_one_none() -> None:
    paid = replace(DUE, invoice_id=UUID(int=2), open_cents=0)

    cent = replace(DUE, invoice_id=UUID(int=3), open_cents=1)

    (answer, last) = _answers(DUE, paid, cent)

    assert isinstance(answer, Send)
    assert (answer.step.key, answer.channel) == ("herinnering", Channel.EMAIL)
    assert last == answer


def test_invoice_without_a_ladder_or_in_another_currency_is_blocked() -> None:
    assert _reason(replace(DUE, policy=None)) is Reason.NO_POLICY
    assert _reason(replace(DUE, currency="USD")) is Reason.OTHER_CURRENCY
    assert _reason(replace(DUE, policy=Policy("eigen", 1, STANDAARD.steps[:1]))) is Reason.NO_STEP
    pending = replace(REMINDED, state=TakenState.PENDING)
    assert _reason(replace(DUE, policy=None, taken=(pending,))) is Reason.NO_POLICY
    assert _answers(replace(DUE, currency="USD")) == [Blocked(Why(Reason.OTHER_CURRENCY, note="USD"))]


def test_ladder_without_handover_ends_with_its_last_letter() -> None:
    assert (
        _reason(replace(DUE, policy=Policy("kort", 1, STANDAARD.steps[:2]), taken=(REMINDED,))) is Reason.LADDER_ENDED
    )


def test_minimum_counts_the_whole_letter() -> None:
    high = replace(STANDAARD, min_amount=Money.of("150.00"))
    one, other = replace(DUE, policy=high), replace(DUE, policy=high, invoice_id=UUID(int=2))

    (alone,) = _answers(one)
    assert isinstance(alone, Blocked)
    assert (
        explain(alone.why) == "Geblokkeerd: samen € 100,00, minder dan het minimum van € 150,00 voor een herinnering."
    )
    assert [type(answer) for answer in _answers(one, other)] == [Send, Send]


def test_minimum_of_the_step_and_of_the_ladder_both_count() -> None:
    def with_minimum(step: str, ladder: str) -> Policy:
        steps = tuple(replace(each, min_amount=Money.of(step)) for each in STANDAARD.steps)
        return replace(STANDAARD, steps=steps, min_amount=Money.of(ladder))

    minima = [("100.00", "0"), ("0", "100.00"), ("100.01", "0"), ("0", "100.01"), ("100.01", "50"), ("50", "100.01")]
    reasons = [_reason(replace(DUE, policy=with_minimum(*minimum))) for minimum in minima]

    assert reasons == [Reason.PAST_DUE] * 2 + [Reason.BELOW_MINIMUM] * 4


def test_call_and_handover_keep_their_reason_and_are_never_sent() -> None:
    channels = (Channel.EMAIL,)  # of no use to a call, and no harm
    call, handover = replace(STANDAARD.steps[3], channels=channels), replace(STANDAARD.steps[5], channels=channels)
    reminded = replace(DUE, taken=(REMINDED,))
    policies = [Policy("eigen", 1, (STANDAARD.steps[1], step)) for step in (call, handover)]

    answers = [_answers(replace(reminded, policy=policy), on=date(2026, 9, 28)) for policy in policies]

    why = Why(Reason.TERM_ENDED, on=MONDAY, days=14, step="", previous="Herinnering")
    assert answers == [
        [Call(call, replace(why, step="Belactie"))],
        [HandOver(handover, replace(why, step="Overdracht"))],
    ]


def test_step_counted_from_the_due_date_still_follows_the_letter_before_it() -> None:
    steps = (STANDAARD.steps[1], replace(STANDAARD.steps[2], anchor=Anchor.DUE_DATE, days=14))
    late = replace(DUE, policy=Policy("eigen", 1, steps), due_on=date(2026, 6, 1), taken=(REMINDED,))

    assert _reason(late, on=date(2026, 9, 15)) is Reason.TERM_RUNNING
    assert _reason(late, on=date(2026, 9, 22)) is Reason.TERM_ENDED


def test_term_on_the_letter_outlasts_the_days_of_the_step() -> None:
    given = replace(REMINDED, pay_by=date(2026, 9, 30))

    (answer,) = _answers(replace(DUE, taken=(given,)), on=date(2026, 9, 28))

    assert isinstance(answer, Wait)
    assert explain(answer.why, until=answer.until) == (
        "Wacht tot 1 oktober 2026: de herinnering van 14 september 2026 geeft 16 dagen om te betalen."
    )


def test_unknown_notice_before_the_due_date_no_longer_matters_after_it() -> None:
    unknown = Taken("vooraankondiging", StepKind.PRE_DUE_NOTICE, TakenState.AMBIGUOUS, date(2026, 9, 7))

    assert _reason(replace(DUE, taken=(unknown,)), on=date(2026, 9, 8)) is Reason.NOTICE_AMBIGUOUS
    assert _reason(replace(DUE, taken=(unknown,))) is Reason.PAST_DUE


def test_step_that_was_sent_is_not_sent_again_when_the_ladder_is_reordered() -> None:
    second, first = MILD.steps[2], MILD.steps[1]
    turned = Policy("mild", 2, (second, first, *MILD.steps[3:]))
    demanded = Taken("tweede-herinnering", StepKind.REMINDER, TakenState.ACCEPTED, date(2026, 8, 1))

    (answer,) = _answers(
        replace(
            DUE,
            policy=turned,
            due_on=date(2026, 7, 1),
            taken=(replace(REMINDED, on=date(2026, 7, 9), pay_by=None), demanded),
        )
    )

    assert isinstance(answer, Send)
    assert answer.step.key == "aanmaning"


def test_call_made_under_another_ladder_passes_over_no_letter() -> None:
    called = Taken("belactie", StepKind.CALL, TakenState.ACCEPTED, date(2026, 9, 18))

    (answer,) = _answers(replace(DUE, taken=(REMINDED, called)), on=date(2026, 9, 28))

    assert isinstance(answer, Send)
    assert answer.step.key == "aanmaning"


def test_longest_hold_speaks() -> None:
    short = Hold(HoldLevel.INVOICE, HoldKind.MANUAL, MONDAY, date(2026, 9, 20))
    plan = Hold(HoldLevel.INVOICE, HoldKind.PLAN, MONDAY, date(2026, 12, 1))
    future = Hold(HoldLevel.INVOICE, HoldKind.DISPUTE, date(2027, 1, 1), None)

    assert _reason(replace(DUE, holds=(short, plan, future))) is Reason.PLAN


def test_formal_step_passes_when_the_hold_on_the_file_is_over() -> None:
    over = Hold(HoldLevel.FILE, HoldKind.MANUAL, date(2026, 9, 1), date(2026, 9, 20))

    assert _reason(replace(DUE, taken=(REMINDED,), holds=(over,)), on=date(2026, 9, 28)) is Reason.TERM_ENDED


FLAGGED = Taken("overdracht", StepKind.HANDOVER, TakenState.PENDING, date(2026, 9, 7))
OPEN_CALL = Taken("belactie", StepKind.CALL, TakenState.PENDING, date(2026, 9, 21))
CLOSED = Hold(HoldLevel.TENANT, HoldKind.MANUAL, date(2026, 9, 1), None)


@pytest.mark.parametrize(
    ("reason", "taken", "customer", "tenant", "on"),
    [
        (Reason.PAST_DUE, (), {}, TenantFacts(), MONDAY),  # nothing in the way
        (Reason.INSOLVENCY, (), {"insolvency": "faillissement"}, TenantFacts(), MONDAY),
        (Reason.HOLD_WITHOUT_END, (), {}, TenantFacts(holds=(CLOSED,)), MONDAY),
        (Reason.UNALLOCATED_CREDIT, (), {"unallocated_cents": 1}, TenantFacts(), MONDAY),
        (Reason.CONTACT_GAP, (), {"last_contact_on": date(2026, 9, 12)}, TenantFacts(), MONDAY),
        (Reason.PAST_DUE, (), {"last_contact_on": date(2026, 9, 11)}, TenantFacts(), MONDAY),
        (Reason.GATE_RED, (), {}, TenantFacts(gate=Gate.RED), MONDAY),
        (Reason.PAST_DUE, (), {}, TenantFacts(gate=Gate.AMBER), MONDAY),
        (Reason.GATE_AMBER, (REMINDED,), {}, TenantFacts(gate=Gate.AMBER), date(2026, 9, 28)),
        (Reason.REST_DAY, (), {}, TenantFacts(), date(2026, 9, 13)),
        (Reason.HANDOVER_FLAGGED, (REMINDED, FLAGGED), {}, TenantFacts(), MONDAY),
        (Reason.CALL_OPEN, (REMINDED, OPEN_CALL), {}, TenantFacts(), date(2026, 9, 27)),
        (Reason.TERM_ENDED, (REMINDED, OPEN_CALL), {}, TenantFacts(), date(2026, 10, 8)),
        (Reason.ADDRESS_BOUNCED, (replace(REMINDED, state=TakenState.BOUNCED),), {}, TenantFacts(), MONDAY),
        (Reason.NOTICE_PENDING, (replace(REMINDED, state=TakenState.PENDING),), {}, TenantFacts(), MONDAY),
    ],
)
def test_what_stops_a_letter(
    reason: Reason, taken: tuple[Taken, ...], customer: dict[str, Any], tenant: TenantFacts, on: date
) -> None:
    facts = CustomerFacts(UUID(int=9), (replace(DUE, taken=taken),), **customer)

    (made,) = decide(facts, tenant=tenant, calendar=CALENDAR, on=on)

    assert made.answer.why.reason is reason


def test_stale_books_say_what_is_the_matter_with_them() -> None:
    demand = replace(DUE, taken=(REMINDED,))

    for gate, reason in ((Gate.RED, Reason.GATE_RED), (Gate.AMBER, Reason.GATE_AMBER)):
        tenant = TenantFacts(gate=gate, gate_note="De laatste bankregel is van maart.")
        customer = CustomerFacts(UUID(int=9), (demand,))

        (made,) = decide(customer, tenant=tenant, calendar=CALENDAR, on=date(2026, 9, 28))

        assert made.answer == Blocked(Why(reason, step="Aanmaning", note="De laatste bankregel is van maart."))


def test_far_due_dates_wait_without_guessing_and_an_unknown_day_is_refused() -> None:
    (answer,) = _answers(replace(DUE, due_on=date(2031, 1, 1)))
    assert isinstance(answer, Wait)
    assert answer.until == date(2030, 12, 29)  # a Sunday nobody claims to be a contact day

    with pytest.raises(CalendarUnknownError):
        _answers(DUE, on=date(2029, 3, 1))


def test_forecast_runs_the_same_decision_on_later_days() -> None:
    customer = CustomerFacts(UUID(int=9), (DUE, replace(DUE, invoice_id=UUID(int=2), open_cents=0)))
    mondays = [date.fromordinal(MONDAY.toordinal() + 7 * week) for week in range(10)]

    coming = list(forecast(customer, mondays, tenant=TenantFacts(), calendar=CALENDAR))

    assert [(item.on.isoformat(), item.step.key) for item in coming] == [
        ("2026-09-14", "herinnering"),
        ("2026-09-28", "aanmaning"),
        ("2026-10-05", "belactie"),
        ("2026-10-19", "ingebrekestelling"),  # the fourteen-day letter
        ("2026-11-09", "overdracht"),
    ]


def test_recheck_says_what_fell_off_and_why() -> None:
    held = replace(DUE, invoice_id=UUID(int=2), holds=(Hold(HoldLevel.INVOICE, HoldKind.DISPUTE, MONDAY, None),))
    customer = CustomerFacts(UUID(int=9), (DUE, held))

    result = recheck(
        customer,
        step_key="herinnering",
        invoice_ids=[UUID(int=1), UUID(int=2), UUID(int=3)],
        tenant=TenantFacts(),
        calendar=CALENDAR,
        on=MONDAY,
    )

    assert result.standing == (UUID(int=1),)
    fallen = result.fallen
    assert (fallen[UUID(int=2)], fallen[UUID(int=3)]) == (
        Blocked(Why(Reason.DISPUTE, on=MONDAY, note="de factuur")),
        None,
    )


def test_every_reason_has_a_sentence_that_reads() -> None:
    full = {"on": MONDAY, "days": 1, "step": "Aanmaning", "previous": "Herinnering", "cents": 1, "minimum_cents": 2}

    for reason in Reason:
        sentence = explain(Why(reason, note="iets", **full), until=MONDAY)  # type: ignore[arg-type] # fields by name
        assert sentence.endswith(("dag verstreken.", ".", "iets"))
        assert "{" not in sentence
        assert "  " not in sentence
    assert set(SENTENCES) == set(Reason)
