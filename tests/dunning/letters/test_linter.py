"""The linter: our own texts pass it, and each of its rules refuses what it is there for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dunning.letters import linter
from dunning.letters.linter import check, check_everywhere, possible_claims
from dunning.letters.paragraphs import Language, LegalContent, NoticeText, P, Paragraph, StepKind, Tone, When
from dunning.letters.texts import standard_text
from tests.dunning.letters.samples import EVERY

STEP, NOD = StepKind.DEMAND, StepKind.NOTICE_OF_DEFAULT
FOURTEEN = "U bent in verzuim. Betaal {totaal} {termijn}. Betaalt u niet? Dan betaalt u ook {aangekondigde_kosten} incassokosten."
DEMAND = "Betaal {totaal} uiterlijk op {uiterste_datum}."
COSTS = "Betaal {totaal}, met {kosten} incassokosten, uiterlijk op {uiterste_datum}."


@pytest.mark.parametrize(("step", "legal", "for_consumer", "language", "tone"), EVERY)
def test_our_own_texts_pass(
    step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone
) -> None:
    text = standard_text(step, language, tone, legal=legal, for_consumer=for_consumer)
    assert check_everywhere(text, step=step, legal=legal, for_consumer=for_consumer, language=language, tone=tone) == []


def text(*parts: str | Paragraph, subject: str = "Aanmaning: {facturen}") -> NoticeText:
    return NoticeText("Aanmaning", subject, tuple(P(part) if isinstance(part, str) else part for part in parts), ())


def wrong(
    asked: NoticeText, legal: LegalContent, *, for_consumer: bool = True, interest: bool = False, vat: bool = False
) -> list[str]:
    costs = legal is LegalContent.COSTS_DUE
    return check(
        asked,
        step=NOD if legal is LegalContent.LAST_NOTICE else STEP,
        legal=legal,
        for_consumer=for_consumer,
        claims_interest=interest,
        claims_costs=costs,
        with_vat=vat,
    )


@pytest.mark.parametrize(
    ("legal", "good"),
    [(LegalContent.FOURTEEN_DAY, FOURTEEN), (LegalContent.DEMAND, DEMAND), (LegalContent.COSTS_DUE, COSTS)],
)
def test_the_shortest_sound_text_passes(legal: LegalContent, good: str) -> None:
    """Every refusal below differs from one of these in one thing."""
    assert wrong(text(good), legal) == []


@pytest.mark.parametrize(
    ("legal", "bad", "says"),
    [
        (LegalContent.DEMAND, "Betaal het bedrag uiterlijk op {uiterste_datum}.", "zet {totaal}"),
        (LegalContent.DEMAND, "Betaal {totaal}.", "Noem de termijn"),
        (LegalContent.DEMAND, f"{DEMAND} Dat is € 121,00.", "Typ geen bedrag"),
        (LegalContent.DEMAND, f"{DEMAND} Dat is 121 euro.", "Typ geen bedrag"),
        (LegalContent.DEMAND, f"{DEMAND} Dat is EUR 121.", "Typ geen bedrag"),
        (LegalContent.DEMAND, f"{DEMAND} Dat is 121,50.", "Typ geen bedrag"),
        (LegalContent.DEMAND, f"{DEMAND} Dus vóór 3 december.", "Typ geen datum"),
        (LegalContent.DEMAND, f"{DEMAND} Dus vóór 03-12-2026.", "Typ geen datum"),
        (LegalContent.DEMAND, f"{DEMAND} Betaal binnen tien dagen na dagtekening.", "na dagtekening"),
        (LegalContent.DEMAND, f"{DEMAND} Dat is tien dagen na de datum van deze brief.", "na dagtekening"),
        (LegalContent.DEMAND, f"{DEMAND} Betaal op NL20 INGB 0001 2345 67.", "Typ geen rekeningnummer"),
        (LegalContent.DEMAND, f"{DEMAND} Betaal op nl20ingb0001234567.", "Typ geen rekeningnummer"),
        (LegalContent.DEMAND, f"{DEMAND} {{bedrag}}", "bestaat niet"),
        (LegalContent.DEMAND, f"{DEMAND} {{totaal", "accolade"),
        (LegalContent.DEMAND, f"{DEMAND} Anders betaalt u incassokosten.", "Kosten horen niet"),
        (LegalContent.DEMAND, f"{DEMAND} Wij rekenen {{kosten}}.", "haal {kosten} weg"),
        (LegalContent.DEMAND, f"{DEMAND} Straks is het {{totaal_met_kosten}}.", "Alleen een veertiendagenbrief"),
        (LegalContent.DEMAND, f"{DEMAND} Daarvan is {{rente}} rente.", "[bij rente]"),
        (LegalContent.DEMAND, f"{DEMAND} {{btw_verklaring}}", "[bij btw]"),
        (LegalContent.COSTS_DUE, DEMAND, "zet {kosten}"),
        (LegalContent.COSTS_DUE, f"{COSTS} Ook betaalt u aanmaningskosten.", "art. 6:96 lid 5 BW"),
        (LegalContent.FOURTEEN_DAY, FOURTEEN.replace("{totaal}", "alles"), "zet {totaal}"),
        (LegalContent.FOURTEEN_DAY, FOURTEEN.replace("{termijn}", "snel"), "{termijn}"),
        (LegalContent.FOURTEEN_DAY, FOURTEEN.replace("{termijn}", "uiterlijk op {uiterste_datum}"), "Noem in een veertien"),
        (LegalContent.FOURTEEN_DAY, FOURTEEN.replace("{termijn}", "binnen veertien dagen na heden"), "na dagtekening"),
        (LegalContent.FOURTEEN_DAY, FOURTEEN.replace("{aangekondigde_kosten}", "de"), "{aangekondigde_kosten}"),
        (LegalContent.FOURTEEN_DAY, f"Straks is het {{totaal_met_kosten}}. {FOURTEEN}", "Noem eerst {totaal}"),
        (LegalContent.FOURTEEN_DAY, f"{FOURTEEN} Nu {{kosten}}.", "vraagt zelf geen kosten"),
        (LegalContent.FOURTEEN_DAY, f"{FOURTEEN} Ook is er {{vermelde_rente}} rente.", "één bedrag"),
    ],
)  # fmt: skip
def test_a_rule_refuses_in_dutch(legal: LegalContent, bad: str, says: str) -> None:
    found = wrong(text(bad), legal)
    assert [sentence for sentence in found if says in sentence] != []


@pytest.mark.parametrize(
    "good", ["U betaalt nu geen incassokosten.", "Incassokosten betaalt u pas na een aparte brief."]
)
def test_a_consumer_may_read_that_there_are_no_costs(good: str) -> None:
    assert wrong(text(f"{DEMAND} {good}"), LegalContent.DEMAND) == []


def test_a_subject_with_costs_would_be_a_second_amount() -> None:
    found = wrong(text(FOURTEEN, subject="Straks {totaal_met_kosten}"), LegalContent.FOURTEEN_DAY)
    assert any("onderwerp" in sentence for sentence in found)


def test_vat_needs_the_statement_and_its_amount() -> None:
    found = wrong(text(FOURTEEN), LegalContent.FOURTEEN_DAY, vat=True)
    assert [("{btw_verklaring}" in sentence, "{btw_kosten}" in sentence) for sentence in found] == [
        (True, False),
        (False, True),
    ]
    sound = text(FOURTEEN, P("Met {btw_kosten} btw. {btw_verklaring}", When.VAT))
    assert wrong(sound, LegalContent.FOURTEEN_DAY, vat=True) == []
    assert wrong(sound, LegalContent.FOURTEEN_DAY) == []


def test_a_fact_in_one_branch_only_is_missing_in_the_other() -> None:
    found = wrong(text(P(DEMAND, When.ASKED_BEFORE), P("Betaal nu.", When.FIRST_TIME)), LegalContent.DEMAND)
    assert len(found) == 2


def test_a_friendly_letter_may_be_short() -> None:
    assert (
        check_everywhere(
            text("Wilt u betalen?"),
            step=StepKind.REMINDER,
            legal=LegalContent.FRIENDLY,
            for_consumer=True,
            language=Language.DUTCH,
            tone=Tone.FORMAL,
        )
        == []
    )


def test_an_empty_text_is_refused() -> None:
    assert wrong(replace(text(DEMAND), opening=()), LegalContent.DEMAND)
    assert wrong(text(DEMAND, subject=" "), LegalContent.DEMAND)


def test_a_business_may_be_told_about_costs() -> None:
    assert wrong(text(f"{DEMAND} Anders betaalt u incassokosten."), LegalContent.DEMAND, for_consumer=False) == []


@pytest.mark.parametrize("language", Language)
def test_the_english_words_that_void_are_known_too(language: Language) -> None:
    bad = text("Pay {totaal} within fourteen days after today. {aangekondigde_kosten}")
    found = check(
        bad,
        step=STEP,
        legal=LegalContent.FOURTEEN_DAY,
        for_consumer=True,
        claims_interest=False,
        claims_costs=False,
        language=language,
    )
    assert any("{termijn}" in sentence for sentence in found)


def test_which_claims_a_letter_can_carry() -> None:
    both = {True: set(), False: set()}  # type: dict[bool, set[tuple[LegalContent, bool, bool]]]
    for for_consumer in both:
        for legal in LegalContent:
            both[for_consumer] |= {
                (legal, costs, vat) for _, costs, vat in possible_claims(legal, for_consumer=for_consumer)
            }
    assert {legal for legal, costs, _ in both[True] if costs} == {LegalContent.COSTS_DUE}
    assert {legal for legal, costs, _ in both[False] if costs} == {LegalContent.DEMAND, LegalContent.LAST_NOTICE}
    assert {legal for legal, _, vat in both[True] if vat} == {LegalContent.FOURTEEN_DAY, LegalContent.COSTS_DUE}


@pytest.mark.parametrize("rule", linter.RULES, ids=lambda rule: rule.__name__)
def test_each_rule_is_needed(rule: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without a rule, something that it refuses would be published."""
    bad = {
        "_amount": (LegalContent.DEMAND, "Betaal uiterlijk op {uiterste_datum}.", False),
        "_term": (LegalContent.DEMAND, "Betaal {totaal}.", False),
        "_fourteen_days": (LegalContent.FOURTEEN_DAY, "Betaal {totaal} uiterlijk op {uiterste_datum}.", False),
        "_vat": (LegalContent.FOURTEEN_DAY, FOURTEEN, True),
        "_account": (LegalContent.DEMAND, f"{DEMAND} NL20 INGB 0001 2345 67", False),
        "_costs": (LegalContent.DEMAND, f"{DEMAND} U betaalt administratiekosten.", False),
        "_interest": (LegalContent.DEMAND, f"{DEMAND} Met {{rente}}.", False),
    }
    legal, written, vat = bad[getattr(rule, "__name__", "")]
    assert wrong(text(written), legal, vat=vat) != []
    monkeypatch.setattr(linter, "RULES", tuple(each for each in linter.RULES if each is not rule))
    assert wrong(text(written), legal, vat=vat) == []
