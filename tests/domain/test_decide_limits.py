"""What shuts a letter out by law: the Wki gate, limitation, the cap on contacts, unconfirmed rates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from dunning.domain.answers import Call, HandOver, Send, Wait, say
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, InvoiceFacts, TenantFacts
from dunning.domain.reasons import Reason
from tests.domain.decided import (
    AGREED,
    BEFORE_HANDOVER,
    CALENDAR,
    COMPANY,
    CONSUMER,
    DUE,
    EXPIRED,
    MONDAY,
    PUT_IN_DEFAULT,
    READY,
    REMINDED,
    TRADER,
    decided,
    reason_of,
)

CALL_NEXT = replace(AGREED, taken=(REMINDED, PUT_IN_DEFAULT))
HANDOVER_NEXT = replace(BEFORE_HANDOVER, letter=EXPIRED)


@pytest.mark.parametrize(
    ("invoice", "kind"), [(DUE, Send), (READY, Send), (CALL_NEXT, Call), (HANDOVER_NEXT, HandOver)]
)
def test_closed_wki_gate_stops_everything_to_a_natural_person(invoice: InvoiceFacts, kind: type) -> None:
    closed = TenantFacts(wki_note="Het registernummer van het kantoor is verlopen.")

    assert isinstance(decided(invoice), kind)
    for person in (CONSUMER, TRADER):
        assert say(decided(invoice, tenant=closed, debtor=person)) == (
            "Geblokkeerd: incasso voor een ander bij natuurlijke personen staat dicht. "
            "Het registernummer van het kantoor is verlopen."
        )
    assert isinstance(decided(invoice, tenant=closed, debtor=COMPANY), kind)


def test_letter_for_a_claim_past_its_last_safe_day_needs_a_person() -> None:
    last_day = replace(READY, limitation_on=MONDAY)
    past = replace(READY, limitation_on=date(2026, 11, 1))

    assert isinstance(decided(last_day), Send)
    assert say(decided(past)) == (
        "Geblokkeerd: 1 november 2026 was de laatste veilige dag voor de verjaring. "
        "Een aanmaning gaat alleen nog uit als u dat zelf besluit."
    )
    for by_a_person in (CALL_NEXT, HANDOVER_NEXT):
        assert isinstance(decided(replace(by_a_person, limitation_on=date(2026, 11, 1))), Call | HandOver)
    extra = replace(BEFORE_HANDOVER, limitation_on=date(2026, 11, 1))
    assert reason_of(decided(extra)) is Reason.TIME_BARRED


CAPPED = TenantFacts(contact_cap=2)


def test_contact_cap_waits_until_the_oldest_contact_is_a_week_old() -> None:
    two = (date(2026, 10, 28), date(2026, 10, 31))

    answer = decided(READY, tenant=CAPPED, contacts_on=two)

    assert isinstance(answer, Wait)
    assert answer.until == date(2026, 11, 4)
    assert say(answer) == (
        "Wacht tot 4 november 2026: er waren 2 contacten in 7 dagen; dat is het maximum voor één klant."
    )
    assert isinstance(decided(READY, contacts_on=two), Send)
    assert isinstance(decided(READY, tenant=CAPPED, contacts_on=two[1:]), Send)
    assert isinstance(decided(READY, tenant=CAPPED, contacts_on=two, on=date(2026, 11, 4)), Send)
    assert isinstance(decided(HANDOVER_NEXT, tenant=CAPPED, contacts_on=two), HandOver)  # that is no contact


def test_contact_cap_counts_the_letters_of_the_same_run() -> None:
    one = replace(CAPPED, contact_cap=1)
    customer = CustomerFacts(UUID(int=9), (DUE, replace(READY, invoice_id=UUID(int=2))))

    answers = [made.answer for made in decide(customer, tenant=one, calendar=CALENDAR, on=MONDAY)]

    assert [reason_of(answer) for answer in answers] == [Reason.PAST_DUE, Reason.CONTACT_CAP]
    assert say(answers[1]) == (
        "Wacht tot 9 november 2026: er was één contact in 7 dagen; dat is het maximum voor één klant."
    )
