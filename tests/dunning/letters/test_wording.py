"""Amounts, dates, placeholders and the texts of each step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.letters.content import one_line
from dunning.letters.draft import draft
from dunning.letters.paragraphs import Language, NoticeText, StepKind, Tone, When
from dunning.letters.texts import RESERVATION, standard_text
from dunning.letters.wording import PLACEHOLDERS, UnknownPlaceholderError, check_text, euro, fill, long_date
from receivables.domain.money import Money
from tenants.templatetags.voldaan import eur
from tests.dunning.letters.samples import CONSUMER, LINES, notice

TEXTS = [
    standard_text(step, language, tone)
    for step in StepKind
    for language, tone in (
        (Language.DUTCH, Tone.FORMAL),
        (Language.DUTCH, Tone.INFORMAL),
        (Language.ENGLISH, Tone.FORMAL),
    )
]


@pytest.mark.parametrize("amount", ["0.00", "0.05", "1234567.89", "-12.50"])
def test_dutch_amounts_look_as_on_the_screen(amount: str) -> None:
    assert euro(Money.of(amount), Language.DUTCH) == eur(Decimal(amount))


def test_english_amounts_and_dates() -> None:
    assert euro(Money.of("1234.5"), Language.ENGLISH) == "€1,234.50"
    assert long_date(date(2026, 3, 1), Language.ENGLISH) == "1\u00a0March\u00a02026"


def test_fill_chooses_by_number_and_never_reads_a_value_again() -> None:
    text = "{klant}: {deze factuur|deze facturen} van {totaal}"
    assert fill(text, {"klant": "{totaal}{7*7}", "totaal": "€ 1"}, many=True) == "{totaal}{7*7}: deze facturen van € 1"


@pytest.mark.parametrize("text", ["{rekening}", "{", "totaal}", "{{totaal}}", "{{7*7}}", "{totaal|"])
def test_a_text_with_an_unknown_placeholder_is_refused(text: str) -> None:
    with pytest.raises(UnknownPlaceholderError):
        check_text(text)


@pytest.mark.parametrize("text", TEXTS)
def test_the_standard_texts_name_known_placeholders_only(text: NoticeText) -> None:
    for part in (text.subject, *(paragraph.text for paragraph in (*text.opening, *text.closing))):
        check_text(part)


@pytest.mark.parametrize("text", TEXTS)
def test_every_step_names_the_amount_and_a_date(text: NoticeText) -> None:
    opening = " ".join(paragraph.text for paragraph in text.opening)
    assert ("{totaal}" in opening, "{uiterste_datum}" in opening) == (True, True)


@pytest.mark.parametrize("step", StepKind)
@pytest.mark.parametrize("language", Language)
def test_every_notice_reserves_the_right_to_performance(step: StepKind, language: Language) -> None:
    is_claim = step is not StepKind.PRE_DUE_NOTICE  # before the due date there is nothing to interrupt
    assert draft(notice(step, language=language)).reservation == (RESERVATION[language] if is_claim else "")
    assert "3:317" in RESERVATION[language]


@pytest.mark.parametrize("step", StepKind)
@pytest.mark.parametrize("recipient", [CONSUMER, notice().recipient])
def test_no_letter_claims_costs_or_interest(step: StepKind, recipient: object) -> None:
    words = draft(notice(step, recipient=recipient))
    stated = {euro(Money.of(amount), Language.DUTCH) for amount in ("6485.00", "500.00", "5985.00")}
    text = " ".join((*words.opening, *words.closing))
    amounts = {part.rstrip(".;,") for part in text.replace("\u00a0", "_").split() if part.startswith("€")}
    assert amounts <= {amount.replace("\u00a0", "_") for amount in stated}
    assert "%" not in text


def test_a_consumer_reads_that_costs_need_a_letter_of_their_own() -> None:
    consumer = " ".join(draft(notice(StepKind.NOTICE_OF_DEFAULT, recipient=CONSUMER)).closing)
    business = " ".join(draft(notice(StepKind.NOTICE_OF_DEFAULT)).closing)
    assert ("veertien dagen" in consumer, "handelsrente" in consumer) == (True, False)
    assert ("veertien dagen" in business, "handelsrente" in business) == (False, True)


def test_only_the_notice_of_default_puts_the_debtor_in_default_and_names_the_agency() -> None:
    firm = {step for step in StepKind if "incassobureau" in " ".join(draft(notice(step)).closing)}
    assert firm == {StepKind.NOTICE_OF_DEFAULT}


def test_a_demand_without_an_earlier_notice_does_not_mention_one() -> None:
    with_one = draft(notice(StepKind.DEMAND)).opening[0]
    without = draft(notice(StepKind.DEMAND, previous_on=None)).opening[0]
    assert with_one.startswith("Op 9\u00a0november\u00a02026 hebben wij u gevraagd")
    assert without.startswith("De betaaltermijn van de onderstaande facturen is verstreken")


def test_one_invoice_is_spoken_of_in_the_singular() -> None:
    words = draft(notice(lines=LINES[:1]))
    assert words.subject == "Herinnering: factuur 2026-1130"
    assert "de onderstaande factuur verstreken" in words.opening[0]


def test_informal_customers_read_je_until_the_notice_of_default() -> None:
    informal = draft(notice(StepKind.DEMAND, tone=Tone.INFORMAL))
    formal = draft(notice(StepKind.NOTICE_OF_DEFAULT, tone=Tone.INFORMAL))
    assert (informal.salutation, informal.sign_off) == ("Beste mevrouw Van den Berg,", "Met vriendelijke groet,")
    assert (formal.salutation, formal.sign_off) == ("Geachte mevrouw Van den Berg,", "Hoogachtend,")
    assert not any(" u " in text for text in informal.opening)


def test_a_tenants_own_text_replaces_the_standard_part_by_part() -> None:
    standard = standard_text(StepKind.REMINDER, Language.DUTCH)
    own = standard.with_own({"opening": ["Nog {totaal} te gaan.", {"text": "Bel ons.", "when": "business"}]})
    words = draft(notice(own_text=own))
    assert words.opening == ("Nog €\u00a05.985,00 te gaan.", "Bel ons.")
    assert own.opening[1].when is When.BUSINESS
    assert own.closing == standard.closing


def test_the_placeholders_offered_are_those_a_letter_knows() -> None:
    for name in PLACEHOLDERS:
        own = standard_text(StepKind.REMINDER, Language.DUTCH).with_own({"subject": f"{{{name}}}"})
        assert draft(notice(own_text=own)).subject


@given(st.text())
def test_one_line_is_one_line_without_hidden_signs(text: str) -> None:
    cleaned = one_line(text)
    assert cleaned.splitlines() in ([], [cleaned])
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\r\n\x00")
    assert one_line(cleaned) == cleaned
