"""Every letter there is: its text exists, states exactly its amounts, and asks one amount on one account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from dunning.domain.fourteen_day import is_valid_wording
from dunning.letters.content import NoticeContent, UnlawfulCostsError
from dunning.letters.draft import draft
from dunning.letters.mail import render_mail
from dunning.letters.paragraphs import Language, LegalContent, NoticeText, StepKind, Tone
from dunning.letters.render import render_pdf
from dunning.letters.texts import (
    FORMS,
    RESERVATION,
    VAT_STATEMENT,
    combinations,
    keys_for,
    own_text,
    standard_text,
    text_key,
)
from dunning.letters.wording import euro
from receivables.domain.money import Money
from tests.dunning.letters import pdf
from tests.dunning.letters.samples import ANNOUNCED, CONSUMER, COSTS, COSTS_VAT, EVERY, INTEREST, LINES, claimed, notice

AMOUNT = re.compile(r"€\s?-?[\d.,]*\d")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){3,}(?: [A-Z0-9]{1,4})?\b")
PRINCIPAL = Money.total(line.open for line in LINES)
WANTED = {
    True: {
        StepKind.PRE_DUE_NOTICE: {"friendly"},
        StepKind.REMINDER: {"friendly"},
        StepKind.DEMAND: {"demand", "default_notice", "fourteen_day", "costs_due"},
        StepKind.NOTICE_OF_DEFAULT: {"default_notice", "fourteen_day", "costs_due", "last_notice"},
    },
    False: {
        StepKind.PRE_DUE_NOTICE: {"friendly"},
        StepKind.REMINDER: {"friendly"},
        StepKind.DEMAND: {"demand", "default_notice"},
        StepKind.NOTICE_OF_DEFAULT: {"default_notice", "last_notice"},
    },
}


@cache
def printed(content: NoticeContent) -> bytes:
    """A letter that several tests read is laid out once."""
    return render_pdf(content)


@pytest.mark.parametrize("for_consumer", [True, False])
def test_every_step_has_the_contents_that_it_can_have(for_consumer: bool) -> None:
    found = {
        step: {legal.value for kind, legal in keys_for(for_consumer=for_consumer) if kind is step} for step in StepKind
    }
    assert found == WANTED[for_consumer]


def test_every_content_is_written_in_three_forms() -> None:
    assert len(list(combinations())) == 3 * sum(len(found) for steps in WANTED.values() for found in steps.values())
    texts = {
        standard_text(step, *form, legal=legal, for_consumer=True).opening
        for step, legal in keys_for(for_consumer=True)
        for form in FORMS
    }
    assert len(texts) == 3 * (len(keys_for(for_consumer=True)) - 2)  # two contents read the same at both steps


@pytest.mark.parametrize(("step", "legal", "for_consumer", "language", "tone"), EVERY)
def test_the_letter_states_exactly_its_amounts_and_one_account(
    step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone
) -> None:
    content = claimed(step, legal, for_consumer=for_consumer, language=language, tone=tone)
    letter = pdf.text_of(printed(content))
    allowed = {content.total, content.principal, *_parts(content)}

    stated = {_plain(amount) for amount in AMOUNT.findall(letter)}
    assert stated - {_plain(euro(amount, language)) for amount in allowed} == set()
    assert {_plain(euro(amount, language)) for amount in _asked(content)} - stated == set()
    assert set(IBAN.findall(letter)) == {"NL91 ABNA 0417 1643 00"}


@pytest.mark.parametrize(("step", "legal", "for_consumer", "language", "tone"), EVERY)
def test_the_qr_code_asks_the_total_and_nothing_else(
    step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone, tmp_path: Path
) -> None:
    content = claimed(step, legal, for_consumer=for_consumer, language=language, tone=tone)
    if tone is Tone.INFORMAL or language is Language.ENGLISH:  # the picture is the same; reading it is slow
        assert f"EUR{content.total}" in content.transfer.epc_payload()
        return
    page, *_ = pdf.pages_as_pictures(printed(content), tmp_path)
    assert pdf.codes_on(page) == [content.transfer.epc_payload()]
    assert f"EUR{content.total}" in content.transfer.epc_payload()


@pytest.mark.parametrize(("step", "legal", "for_consumer", "language", "tone"), EVERY)
def test_letter_and_specification_are_one_page_each(
    step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone
) -> None:
    content = claimed(step, legal, for_consumer=for_consumer, language=language, tone=tone)
    pages = [page.extract_text() for page in pdf.reader(printed(content)).pages]
    assert len(pages) == (2 if content.claim_lines else 1)
    assert content.sender.signatory in pages[0]


@pytest.mark.parametrize(("step", "legal", "for_consumer", "language", "tone"), EVERY)
def test_mail_and_letter_say_the_same(
    step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone
) -> None:
    content = claimed(step, legal, for_consumer=for_consumer, language=language, tone=tone)
    words, mail = draft(content), render_mail(content)
    html = _plain(re.sub(r"<[^>]+>", " ", mail.html).replace("&amp;", "&"))
    sentences = [*words.opening, *words.closing, words.pay_by, words.amount, *(row.amount for row in words.sums)]
    assert [sentence for sentence in sentences if _plain(sentence) not in html] == []
    assert [sentence for sentence in sentences if _plain(sentence) not in _plain(mail.text)] == []


@pytest.mark.parametrize(("step", "legal", "for_consumer", "language", "tone"), EVERY)
def test_every_letter_after_the_due_date_reserves_performance(
    step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone
) -> None:
    reservation = draft(claimed(step, legal, for_consumer=for_consumer, language=language, tone=tone)).reservation
    assert reservation == ("" if step is StepKind.PRE_DUE_NOTICE else RESERVATION[language])


@pytest.mark.parametrize(("language", "tone"), FORMS)
@pytest.mark.parametrize("step", [StepKind.DEMAND, StepKind.NOTICE_OF_DEFAULT])
def test_a_fourteen_day_letter_gives_the_term_in_words_and_no_day(
    step: StepKind, language: Language, tone: Tone
) -> None:
    content = claimed(step, LegalContent.FOURTEEN_DAY, for_consumer=True, language=language, tone=tone)
    letter = pdf.text_of(printed(content))
    body = " ".join((*draft(content).opening, *draft(content).closing))

    assert is_valid_wording(letter.replace("bij je is bezorgd", "bij u is bezorgd"))
    assert ("3 december" in letter, "3 December" in letter) == (False, False)
    assert body.index(euro(content.total, language)) < body.index(euro(ANNOUNCED, language))
    assert euro(content.total_with_costs, language) in body
    assert VAT_STATEMENT[language] in body
    assert content.total == PRINCIPAL + INTEREST


def test_without_vat_a_fourteen_day_letter_says_nothing_about_it() -> None:
    content = claimed(StepKind.DEMAND, LegalContent.FOURTEEN_DAY, for_consumer=True, with_vat=False)
    letter = pdf.text_of(printed(content))
    assert ("btw (21 %)" in letter, VAT_STATEMENT[Language.DUTCH] in letter) == (False, False)
    assert euro(content.total + ANNOUNCED, Language.DUTCH).replace("\u00a0", " ") in letter


def test_what_is_claimed_stands_in_the_table_and_adds_up() -> None:
    content = claimed(StepKind.NOTICE_OF_DEFAULT, LegalContent.COSTS_DUE, for_consumer=True)
    letter = pdf.text_of(printed(content))
    assert "Hoofdsom € 6.485,00 € 500,00 € 5.985,00 Rente € 41,17 Incassokosten € 674,25" in letter
    assert "Btw over incassokosten (21 %) € 141,59 Totaal € 6.842,01" in letter
    assert content.total == PRINCIPAL + INTEREST + COSTS + COSTS_VAT


def test_the_specification_names_everybody_and_every_line() -> None:
    content = claimed(StepKind.NOTICE_OF_DEFAULT, LegalContent.COSTS_DUE, for_consumer=True)
    page = " ".join(pdf.reader(printed(content)).pages[1].extract_text().replace("\u00a0", " ").split())
    facts = [
        "Oudegracht 112",
        "Kantoor Van Dijk",
        "Maliebaan 4",
        "Laan 1",
        "Grondslag",
        "Betaaltermijn",
        "Rente over 2026-1130",
        "51 dagen, 4 %",
        "art. 6:119 BW",
        "Wki-register 1234.",
        "klachten@vandijk.example",
        "vandijk.example/privacy",
    ]
    assert [fact for fact in facts if fact not in page] == []


def test_who_collects_stands_on_a_letter_without_specification_too() -> None:
    letter = pdf.text_of(printed(claimed(StepKind.REMINDER, LegalContent.FRIENDLY, for_consumer=True)))
    assert "Verzonden door Kantoor Van Dijk, Maliebaan 4" in letter
    assert "Wki-register 1234." in letter


def test_interest_that_is_stated_is_not_asked() -> None:
    content = notice(StepKind.DEMAND, legal=LegalContent.DEMAND, interest_stated=Money.of("12.34"))
    letter = pdf.text_of(printed(content))
    assert "Tot en met vandaag is € 12,34 rente verschuldigd. Met dit bericht vragen wij die rente niet." in letter
    assert content.total == PRINCIPAL


@pytest.mark.parametrize(
    ("legal", "changes", "why"),
    [
        (LegalContent.LAST_NOTICE, {"lines": (replace(LINES[0], costs=COSTS),)}, "veertiendagenbrief is verlopen"),
        (
            LegalContent.LAST_NOTICE,
            {"lines": (replace(LINES[0], costs_vat=COSTS_VAT),), "vat_statement": True},
            "verlopen",
        ),
        (LegalContent.FOURTEEN_DAY, {}, "precieze bedrag"),
        (LegalContent.FOURTEEN_DAY, {"announced_costs": Money.zero()}, "precieze bedrag"),
        (LegalContent.DEMAND, {"announced_costs": COSTS}, "kondigt incassokosten aan"),
        (
            LegalContent.FOURTEEN_DAY,
            {"announced_costs": COSTS, "announced_costs_vat": COSTS_VAT},
            "niet kunt verrekenen",
        ),
    ],
)
def test_a_letter_that_the_law_forbids_cannot_be_made(
    legal: LegalContent, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(UnlawfulCostsError, match=why):
        notice(StepKind.NOTICE_OF_DEFAULT, recipient=CONSUMER, legal=legal, **changes)


def test_a_business_letter_may_ask_costs_at_once() -> None:
    """Negative control: what the guard refuses a consumer is fine here."""
    lines = (replace(LINES[0], costs=COSTS),)
    assert notice(StepKind.NOTICE_OF_DEFAULT, legal=LegalContent.LAST_NOTICE, lines=lines).costs == COSTS


# --- a tenant's own text ------------------------------------------------------------------------------------------------


def _own(
    texts: Mapping[str, object], legal: LegalContent, *, tone: Tone = Tone.FORMAL, for_consumer: bool = True
) -> NoticeText | None:
    return own_text(
        texts, step=StepKind.DEMAND, language=Language.DUTCH, tone=tone, legal=legal, for_consumer=for_consumer
    )


def test_the_most_exact_own_text_goes_first() -> None:
    texts = {
        "nl.demand.consumer": {"subject": "een"},
        "nl.demand": {"subject": "twee"},
        "nl": {"subject": "drie"},
        "nl-je.demand.consumer": {"subject": "vier"},
    }
    subjects = []
    for tone, for_consumer, legal in (
        (Tone.FORMAL, True, LegalContent.DEMAND),
        (Tone.FORMAL, False, LegalContent.DEMAND),
        (Tone.INFORMAL, True, LegalContent.DEMAND),
        (Tone.FORMAL, True, LegalContent.DEFAULT_NOTICE),
    ):
        found = _own(texts, legal, tone=tone, for_consumer=for_consumer)
        subjects.append(found.subject if found else "")
    assert subjects == ["een", "twee", "vier", "drie"]


@pytest.mark.parametrize("legal", [LegalContent.FOURTEEN_DAY, LegalContent.COSTS_DUE])
def test_a_text_of_before_is_not_used_for_a_letter_about_costs(legal: LegalContent) -> None:
    texts = {"nl": {"subject": "Betaal"}}
    assert _own(texts, legal) is None
    assert _own({text_key(Language.DUTCH, Tone.FORMAL, legal, for_consumer=True): texts["nl"]}, legal) is not None


@pytest.mark.parametrize(("step", "legal", "for_consumer", "language", "tone"), EVERY)
def test_a_text_survives_being_kept_as_the_tenants_own(
    step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone
) -> None:
    text = standard_text(step, language, tone, legal=legal, for_consumer=for_consumer)
    assert replace(text, subject="", opening=(), closing=()).with_own(text.as_own()) == text


def _parts(content: NoticeContent) -> set[Money]:
    amounts = {content.original, content.paid, content.interest, content.costs, content.costs_vat, content.vat}
    if content.is_fourteen_day:
        amounts |= {content.announced_costs or Money.zero(), content.total_with_costs}
    lines = {amount for line in content.lines for amount in (line.original, line.paid, line.open)}
    return amounts | lines | {line.amount for line in content.claim_lines if line.amount}


def _asked(content: NoticeContent) -> list[Money]:
    amounts = [content.total, content.principal, content.interest, content.costs, content.vat]
    return [amount for amount in amounts if amount]


def _plain(text: str) -> str:
    return "".join(text.split()).replace("\u00a0", "")
