"""The law in the decision: default, the fourteen-day letter, costs at the handover, and what shuts a letter out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dunning.domain import legal_state
from dunning.domain.answers import Answer, Blocked, Call, HandOver, Send, Wait, say
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, Taken, TakenState, TenantFacts
from dunning.domain.forecast import forecast
from dunning.domain.fourteen_day import FourteenDay, LetterState, fourteen_day_term
from dunning.domain.legal_content import LegalContent, claims_costs
from dunning.domain.policy import Channel, ClaimMode, Policy, StepKind
from dunning.domain.reasons import Reason
from dunning.domain.recheck import recheck
from dunning.domain.starters import MILD, STANDAARD, STRENG
from receivables.domain.debtor import Debtor
from receivables.domain.default import DueDateBasis
from receivables.domain.money import Money

CALENDAR = Calendar.dutch()
CONSUMER = Debtor()
COMPANY = Debtor(is_consumer=False, is_natural_person=False)
TRADER = Debtor(is_consumer=False, is_natural_person=True)
PRE_DUE, REMINDER, DEMAND, CALL, NOTICE, HANDOVER = STANDAARD.steps
SHORT = Policy("kort", 1, (REMINDER, DEMAND, HANDOVER), costs=ClaimMode.CLAIM)
DUE = InvoiceFacts(UUID(int=1), due_on=date(2026, 9, 9), open_cents=10_000, policy=STANDAARD)
AGREED = replace(DUE, basis=DueDateBasis.AGREED)
MONDAY = date(2026, 11, 2)
TENANT = TenantFacts()


def _taken(key: str, kind: StepKind, on: str, pay_by: str, content: LegalContent | None = None) -> Taken:
    return Taken(key, kind, TakenState.ACCEPTED, date.fromisoformat(on), date.fromisoformat(pay_by), content)


REMINDED = _taken("herinnering", StepKind.REMINDER, "2026-09-14", "2026-09-21", LegalContent.FRIENDLY)
PUT_IN_DEFAULT = _taken("aanmaning", StepKind.DEMAND, "2026-09-28", "2026-10-08", LegalContent.DEFAULT_NOTICE)
CALLED = Taken("belactie", StepKind.CALL, TakenState.ACCEPTED, date(2026, 10, 5))
NOTIFIED = _taken("ingebrekestelling", StepKind.NOTICE_OF_DEFAULT, "2026-10-19", "2026-10-27", LegalContent.LAST_NOTICE)
BEFORE_HANDOVER = replace(AGREED, taken=(REMINDED, PUT_IN_DEFAULT, CALLED, NOTIFIED))
EXPIRED = FourteenDay(fourteen_day_term(date(2026, 10, 12), CALENDAR))  # through 26 October


def _answer(
    invoice: InvoiceFacts,
    *,
    on: date = MONDAY,
    tenant: TenantFacts = TENANT,
    debtor: Debtor = CONSUMER,
    **facts: object,
) -> Answer:
    customer = CustomerFacts(UUID(int=9), (invoice,), debtor=debtor, **facts)  # type: ignore[arg-type] # fields by name
    (decision,) = decide(customer, tenant=tenant, calendar=CALENDAR, on=on)
    return decision.answer


def _reason(answer: Answer) -> Reason:
    return answer.why.reason


def _mondays(count: int) -> Iterator[date]:
    return (date(2026, 9, 7) + timedelta(weeks=week) for week in range(count))


def _story(invoice: InvoiceFacts, debtor: Debtor = CONSUMER, **facts: object) -> list[str]:
    """What goes out on Mondays when nobody pays."""
    customer = CustomerFacts(UUID(int=9), (invoice,), debtor=debtor, **facts)  # type: ignore[arg-type] # fields by name
    coming = forecast(customer, _mondays(17), tenant=TENANT, calendar=CALENDAR)
    return [f"{item.on:%m-%d} {item.step.key}: {item.content or '-'}" for item in coming]


# --- stories --------------------------------------------------------------------------------------------------------------


def test_consumer_without_an_agreed_day_is_first_put_in_default() -> None:
    assert _story(DUE) == [
        "09-07 vooraankondiging: friendly",
        "09-14 herinnering: friendly",
        "09-28 aanmaning: default_notice",  # ten days
        "10-05 belactie: -",
        "10-19 ingebrekestelling: fourteen_day",  # by mail: through 2 November
        "11-09 overdracht: -",
    ]


def test_consumer_with_an_agreed_day_gets_the_fourteen_days_at_the_demand() -> None:
    assert _story(AGREED) == [
        "09-07 vooraankondiging: friendly",
        "09-14 herinnering: friendly",
        "09-28 aanmaning: fourteen_day",  # through 12 October
        "10-05 belactie: -",
        "10-19 ingebrekestelling: costs_due",
        "11-02 overdracht: -",
    ]


def test_fourteen_days_by_post_start_later() -> None:
    assert _story(AGREED, channels=frozenset({Channel.PRINT})) == [
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
    assert _story(replace(DUE, basis=basis), TRADER)[2:] == [
        f"09-28 aanmaning: {demand}",
        "10-05 belactie: -",
        "10-19 ingebrekestelling: last_notice",
        "11-02 overdracht: -",
    ]


def test_ladder_without_costs_asks_a_consumer_for_none() -> None:
    assert _story(replace(DUE, policy=MILD)) == [
        "09-07 vooraankondiging: friendly",
        "09-21 herinnering: friendly",
        "10-05 tweede-herinnering: friendly",
        "10-19 aanmaning: default_notice",
        "10-26 belactie: -",
        "11-09 ingebrekestelling: last_notice",
        "11-30 overdracht: -",
    ]


def test_short_term_of_a_step_is_stretched_to_what_its_content_asks() -> None:
    assert _story(replace(DUE, policy=STRENG)) == [
        "09-14 herinnering: friendly",
        "09-21 aanmaning: default_notice",  # six days in the ladder, seven in the letter
        "10-05 ingebrekestelling: fourteen_day",
        "10-26 overdracht: -",
    ]


def test_ladder_that_lacks_the_letter_gets_one_before_its_handover() -> None:
    assert _story(replace(DUE, policy=SHORT)) == [
        "09-14 herinnering: friendly",
        "09-28 aanmaning: default_notice",
        "10-12 veertiendagenbrief: fourteen_day",
        "11-02 overdracht: -",
    ]


# --- costs at the handover ------------------------------------------------------------------------------------------------


def test_handover_with_costs_waits_for_an_extra_letter() -> None:
    answer = _answer(BEFORE_HANDOVER)

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

    assert isinstance(_answer(BEFORE_HANDOVER), HandOver)


def test_handover_goes_on_once_the_letter_ran_out_unpaid() -> None:
    assert isinstance(_answer(replace(BEFORE_HANDOVER, letter=EXPIRED)), HandOver)


@pytest.mark.parametrize(
    "policy", [replace(STANDAARD, costs=ClaimMode.OFF), replace(STANDAARD, costs=ClaimMode.STATE)], ids=["off", "state"]
)
def test_handover_without_costs_needs_no_letter(policy: Policy) -> None:
    assert isinstance(_answer(replace(BEFORE_HANDOVER, policy=policy)), HandOver)


def test_handover_of_a_business_needs_no_letter() -> None:
    assert isinstance(_answer(BEFORE_HANDOVER, debtor=TRADER), HandOver)


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
    first = _taken(
        "veertiendagenbrief", StepKind.NOTICE_OF_DEFAULT, "2026-10-19", "2026-10-27", LegalContent.FOURTEEN_DAY
    )
    second = replace(first, key="veertiendagenbrief-2")

    once = _answer(replace(BEFORE_HANDOVER, taken=(*BEFORE_HANDOVER.taken, first), letter=letter))
    twice = _answer(replace(BEFORE_HANDOVER, taken=(*BEFORE_HANDOVER.taken, first, second), letter=letter))

    assert isinstance(once, Send)
    assert isinstance(twice, Send)
    assert (once.step.key, twice.step.key) == ("veertiendagenbrief-2", "veertiendagenbrief-3")


def test_extra_letter_takes_no_key_of_the_ladder() -> None:
    own = replace(NOTICE, key="veertiendagenbrief")
    policy = replace(STANDAARD, steps=(REMINDER, DEMAND, own, HANDOVER))

    answer = _answer(replace(BEFORE_HANDOVER, policy=policy))

    assert isinstance(answer, Send)
    assert answer.step.key == "veertiendagenbrief-2"


def test_a_step_that_is_only_called_like_the_letter_is_an_ordinary_step() -> None:
    own = replace(NOTICE, key="veertiendagenbrief")
    policy = replace(STANDAARD, steps=(REMINDER, DEMAND, own, HANDOVER), costs=ClaimMode.OFF)

    answer = _answer(replace(DUE, policy=policy, taken=(REMINDED, replace(PUT_IN_DEFAULT, content=None))))

    assert isinstance(answer, Send)
    assert (answer.step, answer.content) == (own, LegalContent.DEFAULT_NOTICE)


def test_extra_letter_comes_at_the_time_of_the_handover() -> None:
    assert say(_answer(BEFORE_HANDOVER, on=date(2026, 10, 28))) == (
        "Wacht tot 29 oktober 2026: de veertiendagenbrief komt 10 dagen na de ingebrekestelling van 19 oktober 2026."
    )


def test_no_letter_can_be_sent_before_default_so_a_person_must_choose() -> None:
    answer = _answer(replace(BEFORE_HANDOVER, basis=DueDateBasis.INVOICE_ONLY, taken=(REMINDED, NOTIFIED)))

    assert isinstance(answer, Blocked)
    assert say(answer) == (
        "Geblokkeerd: zonder veertiendagenbrief is een consument geen incassokosten schuldig, en die brief kan nog niet: "
        "de klant is nog niet in verzuim. Stuur eerst een ingebrekestelling, of kies een ladder die geen kosten rekent."
    )


def test_ladder_without_any_letter_has_no_way_to_send_one() -> None:
    alone = Policy("alleen", 1, (replace(HANDOVER, days=30),), costs=ClaimMode.CLAIM)

    answer = _answer(replace(AGREED, policy=alone))

    assert _reason(answer) is Reason.COSTS_NEED_LETTER
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

    assert [getattr(answer, "content", _reason(answer)) for answer in answers] == [
        Reason.BELOW_MINIMUM,  # alone on its letter
        LegalContent.DEFAULT_NOTICE,
        LegalContent.DEFAULT_NOTICE,
    ]


# --- inside the fourteen days ---------------------------------------------------------------------------------------------


def test_formal_step_waits_while_the_fourteen_days_run() -> None:
    demanded = _taken("aanmaning", StepKind.DEMAND, "2026-10-19", "2026-10-29", LegalContent.FOURTEEN_DAY)
    running = FourteenDay(fourteen_day_term(date(2026, 10, 21), CALENDAR))
    invoice = replace(AGREED, taken=(REMINDED, demanded, replace(CALLED, on=date(2026, 10, 22))), letter=running)

    answer = _answer(invoice)

    assert isinstance(answer, Wait)
    assert answer.until == date(2026, 11, 5)
    assert say(answer) == (
        "Wacht tot 5 november 2026: de veertiendagenbrief is op 21 oktober 2026 ontvangen; "
        "betalen zonder kosten kan nog tot en met 4 november 2026."
    )
    assert isinstance(_answer(invoice, on=date(2026, 11, 5)), Send)
    without_letter = replace(invoice, letter=None)
    assert isinstance(_answer(without_letter), Send)  # the printed day alone would not have kept it


def test_letter_on_its_way_and_one_that_came_back_stop_no_call() -> None:
    demanded = _taken("aanmaning", StepKind.DEMAND, "2026-10-19", "2026-11-04", LegalContent.FOURTEEN_DAY)
    running = FourteenDay(fourteen_day_term(date(2026, 10, 21), CALENDAR))

    assert isinstance(_answer(replace(AGREED, taken=(REMINDED, demanded), letter=running)), Call)
    assert isinstance(_answer(replace(AGREED, taken=(REMINDED,), letter=FourteenDay(None))), Send)


# --- what shuts a letter out ----------------------------------------------------------------------------------------------

READY = replace(AGREED, taken=(REMINDED,))
CALL_NEXT = replace(AGREED, taken=(REMINDED, PUT_IN_DEFAULT))
HANDOVER_NEXT = replace(BEFORE_HANDOVER, letter=EXPIRED)


@pytest.mark.parametrize(
    ("invoice", "kind"), [(DUE, Send), (READY, Send), (CALL_NEXT, Call), (HANDOVER_NEXT, HandOver)]
)
def test_closed_wki_gate_stops_everything_to_a_natural_person(invoice: InvoiceFacts, kind: type) -> None:
    closed = TenantFacts(wki_note="Het registernummer van het kantoor is verlopen.")

    assert isinstance(_answer(invoice), kind)
    for person in (CONSUMER, TRADER):
        assert say(_answer(invoice, tenant=closed, debtor=person)) == (
            "Geblokkeerd: incasso voor een ander bij natuurlijke personen staat dicht. "
            "Het registernummer van het kantoor is verlopen."
        )
    assert isinstance(_answer(invoice, tenant=closed, debtor=COMPANY), kind)


def test_letter_for_a_claim_past_its_last_safe_day_needs_a_person() -> None:
    last_day = replace(READY, limitation_on=MONDAY)
    past = replace(READY, limitation_on=date(2026, 11, 1))

    assert isinstance(_answer(last_day), Send)
    assert say(_answer(past)) == (
        "Geblokkeerd: 1 november 2026 was de laatste veilige dag voor de verjaring. "
        "Een aanmaning gaat alleen nog uit als u dat zelf besluit."
    )
    for by_a_person in (CALL_NEXT, HANDOVER_NEXT):
        assert isinstance(_answer(replace(by_a_person, limitation_on=date(2026, 11, 1))), Call | HandOver)
    extra = replace(BEFORE_HANDOVER, limitation_on=date(2026, 11, 1))
    assert _reason(_answer(extra)) is Reason.TIME_BARRED


CAPPED = TenantFacts(contact_cap=2)


def test_contact_cap_waits_until_the_oldest_contact_is_a_week_old() -> None:
    two = (date(2026, 10, 28), date(2026, 10, 31))

    answer = _answer(READY, tenant=CAPPED, contacts_on=two)

    assert isinstance(answer, Wait)
    assert answer.until == date(2026, 11, 4)
    assert say(answer) == (
        "Wacht tot 4 november 2026: er waren 2 contacten in 7 dagen; dat is het maximum voor één klant."
    )
    assert isinstance(_answer(READY, contacts_on=two), Send)
    assert isinstance(_answer(READY, tenant=CAPPED, contacts_on=two[1:]), Send)
    assert isinstance(_answer(READY, tenant=CAPPED, contacts_on=two, on=date(2026, 11, 4)), Send)
    assert isinstance(_answer(HANDOVER_NEXT, tenant=CAPPED, contacts_on=two), HandOver)  # that is no contact


def test_contact_cap_counts_the_letters_of_the_same_run() -> None:
    one = replace(CAPPED, contact_cap=1)
    customer = CustomerFacts(UUID(int=9), (DUE, replace(READY, invoice_id=UUID(int=2))))

    answers = [made.answer for made in decide(customer, tenant=one, calendar=CALENDAR, on=MONDAY)]

    assert [_reason(answer) for answer in answers] == [Reason.PAST_DUE, Reason.CONTACT_CAP]
    assert say(answers[1]) == (
        "Wacht tot 9 november 2026: er was één contact in 7 dagen; dat is het maximum voor één klant."
    )


@pytest.mark.parametrize("mode", [ClaimMode.STATE, ClaimMode.CLAIM])
def test_no_letter_names_interest_of_a_day_without_a_confirmed_rate(mode: ClaimMode) -> None:
    with_interest, without = (
        replace(READY, policy=replace(STANDAARD, interest=interest)) for interest in (mode, ClaimMode.OFF)
    )
    old, fresh = TenantFacts(rates_through=date(2026, 11, 1)), TenantFacts(rates_through=MONDAY)

    assert say(_answer(with_interest, tenant=old)) == (
        "Geblokkeerd: de rentepercentages zijn bevestigd tot en met 1 november 2026. "
        "Een aanmaning met rente wacht op nieuwe percentages."
    )
    assert isinstance(_answer(with_interest, tenant=fresh), Send)
    assert isinstance(_answer(without, tenant=old), Send)
    assert isinstance(_answer(replace(with_interest, taken=()), tenant=old), Send)  # friendly
    in_no_default = replace(with_interest, basis=DueDateBasis.INVOICE_ONLY)
    assert isinstance(_answer(in_no_default, tenant=old), Send)  # a consumer owes no interest yet
    assert isinstance(_answer(CALL_NEXT, tenant=old), Call)


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


# --- whatever the facts ---------------------------------------------------------------------------------------------------

DAYS = st.integers(0, 120).map(lambda days: date(2026, 8, 1) + timedelta(days=days))
LETTERS = st.none() | st.builds(
    FourteenDay,
    DAYS.map(lambda on: fourteen_day_term(on, CALENDAR)),
    is_void=st.sampled_from([False, False, True]),
    is_paid=st.sampled_from([False, False, True]),
)
POLICIES = st.builds(
    lambda policy, interest, costs: replace(policy, interest=interest, costs=costs, min_gap_days=0),
    st.sampled_from([MILD, STANDAARD, STRENG, SHORT]),
    st.sampled_from(ClaimMode),
    st.sampled_from([ClaimMode.CLAIM, *ClaimMode]),
)
MOSTLY_ACCEPTED = st.sampled_from([*[TakenState.ACCEPTED] * 12, *TakenState])


@st.composite
def _on_the_ladder(draw: st.DrawFn) -> InvoiceFacts:
    """An invoice that took the first steps of its ladder; what the letters were in law, and what they gave, may be anything."""
    policy, due_on = draw(POLICIES), draw(DAYS)
    steps = policy.steps[: draw(st.integers(0, len(policy.steps) - 1))]
    taken = []
    for place, step in enumerate(steps):
        on = due_on + timedelta(days=12 * place)
        pay_by = on + timedelta(days=draw(st.sampled_from([8, 10, 30]))) if step.is_letter else None
        content = draw(st.sampled_from([None, *LegalContent])) if step.is_letter else None
        taken.append(Taken(step.key, step.kind, draw(MOSTLY_ACCEPTED), on, pay_by, content))
    return InvoiceFacts(
        draw(st.uuids()),
        due_on,
        draw(st.sampled_from([10_000, 10_000, 10_000, 0])),
        draw(st.sampled_from([policy, policy, policy, None])),
        taken=tuple(taken),
        basis=draw(st.sampled_from(DueDateBasis)),
        letter=draw(LETTERS),
        limitation_on=draw(st.sampled_from([None, None, due_on + timedelta(days=90)])),
    )


INVOICES = st.lists(_on_the_ladder(), max_size=4, unique_by=lambda invoice: invoice.invoice_id)
DEBTORS = st.sampled_from([CONSUMER, CONSUMER, TRADER, COMPANY])
TENANTS = st.builds(
    TenantFacts,
    wki_note=st.sampled_from(["", "", "", "Dicht."]),
    contact_cap=st.sampled_from([None, None, 0, 1, 2]),
    rates_through=st.none() | DAYS,
)
LATER = st.integers(0, 120).map(lambda days: date(2026, 9, 1) + timedelta(days=days))


def _was_due(invoice: InvoiceFacts, on: date) -> bool:
    """By the letter of the law, and without a look at the code under test: these costs are owed."""
    letter = invoice.letter
    if letter is None or letter.is_void or letter.is_paid or letter.term is None:
        return False
    received_on = letter.term.received_on
    notices = [
        taken.pay_by
        for taken in invoice.taken
        if taken.state is TakenState.ACCEPTED and taken.pay_by is not None and taken.kind is not StepKind.CALL
    ]
    in_default = invoice.due_on < received_on and (
        invoice.basis is DueDateBasis.AGREED or any(pay_by < received_on for pay_by in notices)
    )
    return in_default and on > received_on + timedelta(days=14)


FACTS = {
    "invoices": INVOICES,
    "debtor": DEBTORS,
    "tenant": TENANTS,
    "contacts": st.lists(DAYS, max_size=3),
    "on": LATER,
}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(**FACTS)
def test_no_consumer_is_asked_for_costs_before_an_expired_letter_whatever_the_facts(
    invoices: list[InvoiceFacts], debtor: Debtor, tenant: TenantFacts, contacts: list[date], on: date
) -> None:
    _check_costs(invoices, debtor, tenant, contacts, on)


def _check_costs(
    invoices: list[InvoiceFacts], debtor: Debtor, tenant: TenantFacts, contacts: list[date], on: date
) -> None:
    customer = CustomerFacts(UUID(int=9), tuple(invoices), debtor=debtor, contacts_on=tuple(contacts))

    made = decide(customer, tenant=tenant, calendar=CALENDAR, on=on)

    open_ones = {invoice.invoice_id: invoice for invoice in invoices if invoice.open_cents > 0}
    assert sorted(decision.invoice_id for decision in made) == sorted(open_ones)  # each exactly one answer
    for decision in made:
        invoice, answer = open_ones[decision.invoice_id], decision.answer
        assert say(answer).endswith(".")
        if debtor.is_consumer and _asks_costs(answer, invoice, debtor):
            assert invoice.policy is not None
            assert invoice.policy.costs is ClaimMode.CLAIM
            assert _was_due(invoice, on), "costs that nobody owes"


def _asks_costs(answer: Answer, invoice: InvoiceFacts, debtor: Debtor) -> bool:
    if isinstance(answer, Send):
        return claims_costs(answer.content, debtor)
    claims = invoice.policy is not None and invoice.policy.costs is ClaimMode.CLAIM
    return isinstance(answer, HandOver) and claims


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("letter_state", lambda *_: LetterState.EXPIRED_UNPAID),
        ("needs_letter_first", lambda *_, **__: False),
        ("default_from", lambda *_: date(2026, 1, 1)),
    ],
)
def test_without_a_guard_some_facts_ask_for_costs_nobody_owes(
    name: str, instead: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(legal_state, name, instead)

    @settings(max_examples=5000, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(**FACTS)
    def search(
        invoices: list[InvoiceFacts], debtor: Debtor, tenant: TenantFacts, contacts: list[date], on: date
    ) -> None:
        _check_costs(invoices, debtor, tenant, contacts, on)

    with pytest.raises(AssertionError, match="costs that nobody owes"):
        search()
