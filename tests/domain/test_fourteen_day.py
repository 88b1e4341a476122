"""The fourteen-day letter against the shared vectors: every case, and every field it expects."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dunning.domain.calendar import Calendar
from dunning.domain.fourteen_day import (
    FourteenDay,
    LetterState,
    Term,
    fourteen_day_term,
    is_valid_wording,
    judge_printed_day,
    receipt_on,
    state_of,
)
from tests.domain.law import law, needs_law

CALENDAR = Calendar.dutch()
MONDAY = date(2026, 3, 2)
TERM = fourteen_day_term(date(2026, 4, 13), CALENDAR)  # ends on King's Day


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _term(case: dict[str, Any]) -> Term | None:
    received_on = receipt_on(
        case["channel"],
        date.fromisoformat(case["sent"]),
        CALENDAR,
        proven_on=_day(case.get("proven_receipt")),
        bounced=case.get("bounced", False),
    )
    return None if received_on is None else fourteen_day_term(received_on, CALENDAR)


OUR_NAMES = {
    "receipt_date": "received_on",
    "term_first_day": "first_on",
    "term_last_day": "last_on",
    "costs_due_from": "due_from_on",
    "term_last_day_extended": "safe_last_on",
    "costs_due_from_extended": "safe_due_from_on",
}


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    """Everything we can say about a case, under the names of the vectors."""
    is_valid = True
    answer: dict[str, date | None] = {}
    if "channel" in case:
        term = _term(case)
        is_valid = term is not None
        answer |= {name: None if term is None else getattr(term, ours) for name, ours in OUR_NAMES.items()}
        if "printed_last_day" in case:
            printed = judge_printed_day(term, date.fromisoformat(case["printed_last_day"]))
            is_valid = is_valid and printed.is_valid
            answer |= {"earliest_valid_printed_day": printed.earliest_valid_on, "safe_printed_day": printed.safe_on}
    if "wording" in case:
        is_valid = is_valid and is_valid_wording(case["wording"])
    assert "channel" in case or "wording" in case, "a kind of case nobody has thought of"
    written = {name: value.isoformat() if value else None for name, value in answer.items()}
    return written | {"valid": is_valid}


@needs_law
@pytest.mark.parametrize("case", law("letter14_vectors.json")["cases"], ids=lambda case: case["id"])
def test_fourteen_day_letter_answers_the_shared_vectors(case: dict[str, Any]) -> None:
    answer = _answer(case)

    assert {name: answer[name] for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize(
    ("channel", "received"),
    [
        ("email", "2026-03-02"),
        ("bailiff", "2026-03-02"),
        ("post", "2026-03-04"),
        ("print", "2026-03-04"),  # our own name for post
        ("registered", "2026-03-04"),
        ("courier", "2026-03-04"),  # a way we do not know is no faster than post
        ("portal", None),  # nobody has looked yet
    ],
)
def test_receipt_follows_the_channel_until_something_is_proven(channel: str, received: str | None) -> None:
    assert receipt_on(channel, MONDAY, CALENDAR) == _day(received)
    assert receipt_on(channel, MONDAY, CALENDAR, proven_on=date(2026, 3, 9)) == date(2026, 3, 9)
    assert receipt_on(channel, MONDAY, CALENDAR, proven_on=date(2026, 3, 9), bounced=True) is None


def test_slower_post_is_received_later() -> None:
    assert receipt_on("post", MONDAY, CALENDAR, extra_days=1) == date(2026, 3, 5)
    assert receipt_on("post", date(2026, 3, 6), CALENDAR, extra_days=1) == date(2026, 3, 11)  # no Sunday, no Monday


def test_margin_moves_the_safe_days_only() -> None:
    wide = fourteen_day_term(date(2026, 3, 2), CALENDAR, margin_days=5)

    assert (wide.last_on, wide.due_from_on) == (date(2026, 3, 16), date(2026, 3, 17))
    assert (wide.safe_last_on, wide.safe_due_from_on) == (
        date(2026, 3, 23),
        date(2026, 3, 24),
    )  # the 21st is a Saturday


# --- words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wording",
    [
        "Betaal binnen veertien dagen vanaf de dag nadat deze brief bij u is bezorgd.",
        "binnen vijftien dagen nadat deze brief bij u is bezorgd",
        "binnen 14 dagen vanaf de dag nadat deze e-mail bij u is bezorgd",
        "binnen 15 dagen nadat dit bericht bij u is bezorgd",
        "binnen veertien dagen vanaf de dag\n  nadat u deze brief hebt ontvangen",
        "U betaalt binnen veertien dagen vanaf de dag nadat deze brief bij u is bezorgd. Vanaf vandaag helpen wij u graag.",
        "De factuur had een termijn van 30 dagen na de datum van de factuur. Betaal nu binnen veertien dagen vanaf de dag "
        "nadat deze brief bij u is bezorgd.",
        "Pay within fourteen days from the day after this letter was delivered to you.",
        "within 15 days after this letter was delivered to you",
    ],
)
def test_wording_the_hoge_raad_accepts_is_valid(wording: str) -> None:
    assert is_valid_wording(wording)


@pytest.mark.parametrize(
    "wording",
    [
        "",
        "Betaal zo snel mogelijk.",
        "binnen veertien dagen",
        "binnen veertien dagen na heden",
        "binnen 14 dagen na vandaag",
        "binnen veertien dagen na dagtekening",
        "binnen veertien dagen na de dagtekening van deze brief",
        "binnen veertien dagen na de datum van deze brief",
        "binnen veertien dagen na de datum hierboven",
        "binnen veertien dagen na verzending",
        "binnen veertien dagen na de dag van verzending van deze brief",
        "binnen veertien dagen nadat deze brief is verzonden",
        "binnen veertien dagen nadat wij deze brief hebben verstuurd",
        "binnen veertien dagen na deze brief",
        "binnen vijftien dagen vanaf de verzenddatum",
        "binnen dertien dagen vanaf de dag nadat deze brief bij u is bezorgd",
        "binnen zeven dagen vanaf de dag nadat deze brief bij u is bezorgd",
        "binnen veertien dagen nadat deze brief bij u is bezorgd",  # a day short: this form needs fifteen
        "within fourteen days of the date of this letter",
        "within fourteen days from today",
        "within fourteen days after dispatch",
        "within fourteen days after this letter",
        "within fourteen days after this letter was sent",
        "within fourteen days after this letter was delivered to you",
    ],
)
def test_wording_that_counts_otherwise_is_void(wording: str) -> None:
    assert not is_valid_wording(wording)


def test_right_words_do_not_mend_wrong_ones_beside_them() -> None:
    right = "binnen veertien dagen vanaf de dag nadat deze brief bij u is bezorgd"

    assert is_valid_wording(right)
    assert not is_valid_wording(f"Betaal {right}, dus binnen twee weken na dagtekening.")
    assert not is_valid_wording(f"Betaal {right}. Die termijn begint vandaag en loopt vanaf heden.")


def test_printed_day_that_is_too_early_says_why_the_letter_is_void() -> None:
    early, exact, never = (
        judge_printed_day(TERM, date(2026, 4, 26)),
        judge_printed_day(TERM, date(2026, 4, 27)),
        judge_printed_day(None, date(2026, 4, 27)),
    )

    assert (early.is_valid, exact.is_valid, never.is_valid) == (False, True, False)
    assert (exact.earliest_valid_on, exact.safe_on) == (date(2026, 4, 27), date(2026, 4, 28))
    assert early.reason == (
        "De brief noemt 26 april 2026 als laatste dag, maar de veertien dagen na ontvangst op 13 april 2026 lopen tot en met "
        "27 april 2026. Alleen een nieuwe brief herstelt dit."
    )
    assert never.reason == "De brief heeft de klant niet bereikt; er loopt geen termijn."
    assert exact.reason == ""


# --- state ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 4, 10), LetterState.RUNNING),  # still on its way
        (date(2026, 4, 28), LetterState.RUNNING),  # King's Day was the last day; we keep to the next
        (date(2026, 4, 29), LetterState.EXPIRED_UNPAID),
    ],
)
def test_letter_runs_through_its_safe_last_day(on: date, state: LetterState) -> None:
    assert state_of(TERM, on=on) is state
    assert FourteenDay(TERM).state(on) is state
    assert FourteenDay(TERM, is_void=True, is_paid=True).state(on) is LetterState.VOID
    assert FourteenDay(TERM, is_paid=True).state(on) is LetterState.PAID


def test_letter_without_a_term_is_none_and_one_that_reached_nobody_is_void() -> None:
    assert state_of(None, on=MONDAY) is LetterState.NONE
    assert FourteenDay(None).state(MONDAY) is LetterState.VOID
