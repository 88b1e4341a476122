"""What insolvency, debt help and death do to the ladder, signal by signal."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from dunning.domain.answers import Answer, Blocked, Send, Wait, say
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, TenantFacts
from dunning.domain.starters import STANDAARD
from dunning.domain.stop_signals import PAUSES, REPRESENTED, StopKind, StopSignal, interest_ends_on

CALENDAR = Calendar.dutch()
MONDAY = date(2026, 9, 14)
SINCE = date(2026, 9, 1)
DUE = InvoiceFacts(UUID(int=1), due_on=date(2026, 9, 9), open_cents=10_000, policy=STANDAARD)


def _answer(stop: StopSignal | None, on: date = MONDAY) -> Answer:
    customer = CustomerFacts(UUID(int=9), (DUE,), stop=stop)
    (decision,) = decide(customer, tenant=TenantFacts(), calendar=CALENDAR, on=on)
    return decision.answer


def test_without_a_signal_the_letter_goes_out() -> None:
    assert isinstance(_answer(None), Send)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (StopKind.BANKRUPTCY, "faillissement sinds 1 september 2026. Dien de vordering in bij de curator."),
        (StopKind.SUSPENSION, "surseance van betaling sinds 1 september 2026. Meld de vordering bij de bewindvoerder."),
        (
            StopKind.WSNP,
            "wettelijke schuldsanering (Wsnp) sinds 1 september 2026. Meld de vordering bij de bewindvoerder.",
        ),
        (
            StopKind.WHOA,
            "akkoord buiten faillissement (WHOA) sinds 1 september 2026. Reageer op het aanbod en wacht de uitkomst af.",
        ),
        (
            StopKind.DECEASED,
            "overlijden sinds 1 september 2026. Zoek uit wie de erfgenamen zijn en schrijf hun persoonlijk.",
        ),
        (StopKind.MORATORIUM, "moratorium sinds 1 september 2026. Leg vast tot wanneer dit duurt."),
        (StopKind.BROAD_MORATORIUM, "breed moratorium sinds 1 september 2026. Leg vast tot wanneer dit duurt."),
        (StopKind.COOLING_OFF, "afkoelingsperiode sinds 1 september 2026. Leg vast tot wanneer dit duurt."),
        (
            StopKind.DEBT_HELP,
            "schuldhulpverlening sinds 1 september 2026. Overleg met de schuldhulpverlener en leg vast tot wanneer u wacht.",
        ),
        (
            StopKind.ADMINISTRATION,
            "bewind sinds 1 september 2026. Leg het adres van de bewindvoerder vast; brieven gaan daarheen.",
        ),
        (
            StopKind.GUARDIANSHIP,
            "curatele sinds 1 september 2026. Leg het adres van de curator vast; brieven gaan daarheen.",
        ),
    ],
)
def test_signal_blocks_with_its_word_and_what_to_do(kind: StopKind, sentence: str) -> None:
    answer = _answer(StopSignal(kind, since=SINCE))

    assert isinstance(answer, Blocked)
    assert say(answer) == f"Geblokkeerd: {sentence}"


@pytest.mark.parametrize("kind", StopKind)
def test_only_a_pause_with_an_end_ends_by_itself(kind: StopKind) -> None:
    signal = StopSignal(kind, since=SINCE, until=MONDAY)

    during, after = _answer(signal), _answer(signal, on=date(2026, 9, 15))

    if kind in PAUSES:
        assert isinstance(during, Wait)
        assert during.until == date(2026, 9, 15)
        assert say(during) == f"Wacht tot 15 september 2026: {signal.word} tot en met 14 september 2026."
        assert isinstance(after, Send)
    else:
        assert isinstance(during, Blocked)
        assert isinstance(after, Blocked)


@pytest.mark.parametrize("kind", StopKind)
def test_only_a_represented_debtor_is_written_to(kind: StopKind) -> None:
    answer = _answer(StopSignal(kind, representative_known=True))

    assert isinstance(answer, Send if kind in REPRESENTED else Blocked)


def test_signal_without_a_day_still_stops() -> None:
    assert say(_answer(StopSignal(StopKind.BANKRUPTCY))) == (
        "Geblokkeerd: faillissement. Dien de vordering in bij de curator."
    )


def test_interest_ends_the_day_before_bankruptcy_and_wsnp_only() -> None:
    ended = {kind: interest_ends_on(StopSignal(kind, since=SINCE)) for kind in StopKind}

    assert {kind: on for kind, on in ended.items() if on} == {
        StopKind.BANKRUPTCY: date(2026, 8, 31),
        StopKind.WSNP: date(2026, 8, 31),
    }
    assert interest_ends_on(None) is None
    assert interest_ends_on(StopSignal(StopKind.BANKRUPTCY)) is None  # the day of the ruling is not known
