"""The law in the decision: default, the fourteen-day letter, and costs at the handover."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from dunning.domain import legal_state
from dunning.domain.answers import Blocked, Call, HandOver, Send, Wait, say
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, Taken, TakenState
from dunning.domain.forecast import forecast
from dunning.domain.fourteen_day import FourteenDay, fourteen_day_term
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import Channel, ClaimMode, Policy, StepKind
from dunning.domain.reasons import Reason
from dunning.domain.recheck import recheck
from dunning.domain.starters import MILD, STANDAARD, STRENG
from receivables.domain.default import DueDateBasis
from receivables.domain.money import Money
from tests.domain.decided import (
    AGREED,
    BEFORE_HANDOVER,
    CALENDAR,
    CALLED,
    CONSUMER,
    DEMAND,
    DUE,
    EXPIRED,
    HANDOVER,
    MONDAY,
    NOTICE,
    NOTIFIED,
    PUT_IN_DEFAULT,
    READY,
    REMINDED,
    REMINDER,
    SHORT,
    TENANT,
    TRADER,
    decided,
    reason_of,
    story_of,
    taken_on,
)

# --- stories --------------------------------------------------------------------------------------------------------------


def test_consumer_without_an_agreed_day_is_first_put_in_default() -> None:
    assert story_of(DUE) == [
        "09-07 vooraankondiging: friendly",
        "09-14 herinnering: friendly",
        "09-28 aanmaning: default_notice",  # ten days
        "10-05 belactie: -",
        "10-19 ingebrekestelling: fourteen_day",  # by mail: through 2 November
        "11-09 overdracht: -",
    ]


def test_consumer_with_an_agreed_day_gets_the_fourteen_days_at_the_demand() -> None:
    assert story_of(AGREED) == [
        "09-07 vooraankondiging: friendly",
        "09-14 herinnering: friendly",
        "09-28 aanmaning: fourteen_day",  # through 12 October
        "10-05 belactie: -",
        "10-19 ingebrekestelling: costs_due",
        "11-02 overdracht: -",
    ]


def test_fourteen_days_by_post_start_later() -> None:
    assert story_of(AGREED, channels=frozenset({Channel.PRINT})) == [
        "09-14 herinnering: friendly",  # the notice before the due date goes by mail only
        "09-28 aanmaning: fourteen_day",  # received on Wednesday
        "10-05 belactie: -",
        "10-19 ingebrekestelling: costs_due",
        "11-02 overdracht: -",
    ]
    tight = replace(AGREED, policy=replace(SHORT, steps=(REMINDER, DEMAND, replace(HANDOVER, days=11))))
    days = [date(2026, 9, 28) + timedelta(days=day) for day in range(21)]
    ends = {
        channel: [
            item.on
            for item in forecast(
                CustomerFacts(UUID(int=9), (replace(tight, taken=(REMINDED,)),), channels=frozenset({channel})),
                days,
                tenant=TENANT,
                calendar=CALENDAR,
            )
        ][1]
        for channel in Channel
    }
    assert ends == {Channel.EMAIL: date(2026, 10, 13), Channel.PRINT: date(2026, 10, 15)}


@pytest.mark.parametrize(
    ("basis", "demand"),
    [
        (DueDateBasis.AGREED, "demand"),
        (DueDateBasis.STATUTORY, "demand"),
        (DueDateBasis.INVOICE_ONLY, "default_notice"),
    ],
)
def test_business_needs_no_fourteen_days(basis: DueDateBasis, demand: str) -> None:
    assert story_of(replace(DUE, basis=basis), TRADER)[2:] == [
        f"09-28 aanmaning: {demand}",
        "10-05 belactie: -",
        "10-19 ingebrekestelling: last_notice",
        "11-02 overdracht: -",
    ]


def test_ladder_without_costs_asks_a_consumer_for_none() -> None:
    assert story_of(replace(DUE, policy=MILD)) == [
        "09-07 vooraankondiging: friendly",
        "09-21 herinnering: friendly",
        "10-05 tweede-herinnering: friendly",
        "10-19 aanmaning: default_notice",
        "10-26 belactie: -",
        "11-09 ingebrekestelling: last_notice",
        "11-30 overdracht: -",
    ]


def test_short_term_of_a_step_is_stretched_to_what_its_content_asks() -> None:
    assert story_of(replace(DUE, policy=STRENG)) == [
        "09-14 herinnering: friendly",
        "09-21 aanmaning: default_notice",  # six days in the ladder, seven in the letter
        "10-05 ingebrekestelling: fourteen_day",
        "10-26 overdracht: -",
    ]


def test_ladder_that_lacks_the_letter_gets_one_before_its_handover() -> None:
    assert story_of(replace(DUE, policy=SHORT)) == [
        "09-14 herinnering: friendly",
        "09-28 aanmaning: default_notice",
        "10-12 veertiendagenbrief: fourteen_day",
        "11-02 overdracht: -",
    ]


# --- costs at the handover ------------------------------------------------------------------------------------------------


def test_handover_with_costs_waits_for_an_extra_letter() -> None:
    answer = decided(BEFORE_HANDOVER)

    assert isinstance(answer, Send)
    assert (answer.step.key, answer.step.kind, answer.step.term_days) == (
        "veertiendagenbrief",
        StepKind.NOTICE_OF_DEFAULT,
        14,
    )
    assert (answer.content, answer.channel) == (LegalContent.FOURTEEN_DAY, Channel.EMAIL)
    assert say(answer) == (
        "Veertiendagenbrief: zonder deze brief is een consument geen incassokosten schuldig (art. 6:96 lid 6 BW)."
    )


def test_without_the_guard_a_consumer_is_handed_over_with_costs_he_does_not_owe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(legal_state, "needs_letter_first", lambda *_, **__: False)

    assert isinstance(decided(BEFORE_HANDOVER), HandOver)


def test_handover_goes_on_once_the_letter_ran_out_unpaid() -> None:
    assert isinstance(decided(replace(BEFORE_HANDOVER, letter=EXPIRED)), HandOver)


@pytest.mark.parametrize(
    "policy", [replace(STANDAARD, costs=ClaimMode.OFF), replace(STANDAARD, costs=ClaimMode.STATE)], ids=["off", "state"]
)
def test_handover_without_costs_needs_no_letter(policy: Policy) -> None:
    assert isinstance(decided(replace(BEFORE_HANDOVER, policy=policy)), HandOver)


def test_handover_of_a_business_needs_no_letter() -> None:
    assert isinstance(decided(BEFORE_HANDOVER, debtor=TRADER), HandOver)


@pytest.mark.parametrize(
    "letter",
    [
        FourteenDay(EXPIRED.term, is_void=True),
        FourteenDay(EXPIRED.term, is_paid=True),
        FourteenDay(None),
        FourteenDay(fourteen_day_term(date(2026, 9, 9), CALENDAR)),  # on the due date itself: not yet in default
    ],
    ids=["void", "paid", "returned", "before default"],
)
def test_letter_that_gives_no_costs_is_sent_anew_under_another_key(letter: FourteenDay) -> None:
    first = taken_on(
        "veertiendagenbrief", StepKind.NOTICE_OF_DEFAULT, "2026-10-19", "2026-10-27", LegalContent.FOURTEEN_DAY
    )
    second = replace(first, key="veertiendagenbrief-2")

    once = decided(replace(BEFORE_HANDOVER, taken=(*BEFORE_HANDOVER.taken, first), letter=letter))
    twice = decided(replace(BEFORE_HANDOVER, taken=(*BEFORE_HANDOVER.taken, first, second), letter=letter))

    assert isinstance(once, Send)
    assert isinstance(twice, Send)
    assert (once.step.key, twice.step.key) == ("veertiendagenbrief-2", "veertiendagenbrief-3")


def test_extra_letter_takes_no_key_of_the_ladder() -> None:
    own = replace(NOTICE, key="veertiendagenbrief")
    policy = replace(STANDAARD, steps=(REMINDER, DEMAND, own, HANDOVER))

    answer = decided(replace(BEFORE_HANDOVER, policy=policy))

    assert isinstance(answer, Send)
    assert answer.step.key == "veertiendagenbrief-2"


def test_a_step_that_is_only_called_like_the_letter_is_an_ordinary_step() -> None:
    own = replace(NOTICE, key="veertiendagenbrief")
    policy = replace(STANDAARD, steps=(REMINDER, DEMAND, own, HANDOVER), costs=ClaimMode.OFF)

    answer = decided(replace(DUE, policy=policy, taken=(REMINDED, replace(PUT_IN_DEFAULT, content=None))))

    assert isinstance(answer, Send)
    assert (answer.step, answer.content) == (own, LegalContent.DEFAULT_NOTICE)


def test_extra_letter_comes_at_the_time_of_the_handover() -> None:
    assert say(decided(BEFORE_HANDOVER, on=date(2026, 10, 28))) == (
        "Wacht tot 29 oktober 2026: de veertiendagenbrief komt 10 dagen na de ingebrekestelling van 19 oktober 2026."
    )


def test_no_letter_can_be_sent_before_default_so_a_person_must_choose() -> None:
    answer = decided(replace(BEFORE_HANDOVER, basis=DueDateBasis.INVOICE_ONLY, taken=(REMINDED, NOTIFIED)))

    assert isinstance(answer, Blocked)
    assert say(answer) == (
        "Geblokkeerd: zonder veertiendagenbrief is een consument geen incassokosten schuldig, en die brief kan nog niet: "
        "de klant is nog niet in verzuim. Stuur eerst een ingebrekestelling, of kies een ladder die geen kosten rekent."
    )


def test_ladder_without_any_letter_has_no_way_to_send_one() -> None:
    alone = Policy("alleen", 1, (replace(HANDOVER, days=30),), costs=ClaimMode.CLAIM)

    answer = decided(replace(AGREED, policy=alone))

    assert reason_of(answer) is Reason.COSTS_NEED_LETTER
    assert "de ladder heeft geen brief" in say(answer)


# --- default --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "from_on"),
    [
        (PUT_IN_DEFAULT, date(2026, 10, 9)),
        (replace(PUT_IN_DEFAULT, content=LegalContent.DEMAND), None),
        (replace(PUT_IN_DEFAULT, content=None), None),  # an older demand: nobody knows what it said
        (replace(NOTIFIED, content=None), date(2026, 10, 28)),  # an older notice of default
        (replace(PUT_IN_DEFAULT, state=TakenState.BOUNCED), None),
        (replace(PUT_IN_DEFAULT, pay_by=None), None),
    ],
    ids=["notice", "demand", "older demand", "older notice", "came back", "no term"],
)
def test_default_follows_from_the_letters_that_were_accepted(taken: Taken, from_on: date | None) -> None:
    assert legal_state.default_from(replace(DUE, taken=(REMINDED, taken)), CONSUMER) == from_on
    assert legal_state.default_from(replace(AGREED, taken=(REMINDED, taken)), CONSUMER) == date(2026, 9, 10)


def test_invoices_share_a_letter_only_when_it_is_the_same_in_law() -> None:
    first = replace(AGREED, taken=(REMINDED,))
    other, third = (replace(DUE, invoice_id=UUID(int=number), taken=(REMINDED,)) for number in (2, 3))
    high = replace(STANDAARD, min_amount=Money.of("150.00"))
    customer = CustomerFacts(UUID(int=9), tuple(replace(invoice, policy=high) for invoice in (first, other, third)))

    answers = [made.answer for made in decide(customer, tenant=TENANT, calendar=CALENDAR, on=MONDAY)]

    assert [getattr(answer, "content", reason_of(answer)) for answer in answers] == [
        Reason.BELOW_MINIMUM,  # alone on its letter
        LegalContent.DEFAULT_NOTICE,
        LegalContent.DEFAULT_NOTICE,
    ]


# --- inside the fourteen days ---------------------------------------------------------------------------------------------


def test_formal_step_waits_while_the_fourteen_days_run() -> None:
    demanded = taken_on("aanmaning", StepKind.DEMAND, "2026-10-19", "2026-10-29", LegalContent.FOURTEEN_DAY)
    running = FourteenDay(fourteen_day_term(date(2026, 10, 21), CALENDAR))
    invoice = replace(AGREED, taken=(REMINDED, demanded, replace(CALLED, on=date(2026, 10, 22))), letter=running)

    answer = decided(invoice)

    assert isinstance(answer, Wait)
    assert answer.until == date(2026, 11, 5)
    assert say(answer) == (
        "Wacht tot 5 november 2026: de veertiendagenbrief is op 21 oktober 2026 ontvangen; "
        "betalen zonder kosten kan nog tot en met 4 november 2026."
    )
    assert isinstance(decided(invoice, on=date(2026, 11, 5)), Send)
    without_letter = replace(invoice, letter=None)
    assert isinstance(decided(without_letter), Send)  # the printed day alone would not have kept it


def test_letter_on_its_way_and_one_that_came_back_stop_no_call() -> None:
    demanded = taken_on("aanmaning", StepKind.DEMAND, "2026-10-19", "2026-11-04", LegalContent.FOURTEEN_DAY)
    running = FourteenDay(fourteen_day_term(date(2026, 10, 21), CALENDAR))

    assert isinstance(decided(replace(AGREED, taken=(REMINDED, demanded), letter=running)), Call)
    assert isinstance(decided(replace(AGREED, taken=(REMINDED,), letter=FourteenDay(None))), Send)


# --- the second look ------------------------------------------------------------------------------------------------------


def test_second_look_drops_a_letter_that_became_another_one_in_law() -> None:
    customer = CustomerFacts(UUID(int=9), (READY,))

    def look(content: LegalContent | None) -> tuple[int, list[str]]:
        result = recheck(
            customer,
            step_key="aanmaning",
            invoice_ids=[READY.invoice_id],
            tenant=TENANT,
            calendar=CALENDAR,
            on=MONDAY,
            content=content,
        )
        return len(result.standing), [say(answer) for answer in result.fallen.values() if answer]

    assert look(None) == look(LegalContent.FOURTEEN_DAY) == (1, [])
    assert look(LegalContent.DEFAULT_NOTICE) == (
        0,
        ["Geblokkeerd: deze aanmaning is intussen juridisch een andere brief. De volgende run maakt een nieuwe."],
    )
