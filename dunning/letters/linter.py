"""What keeps a text from being published, as Dutch sentences: a tenant may write its own letters, but none the law voids.

Art. 6:82 BW (a demand names amount and term), 6:96 lid 6 BW with HR 25-11-2016 (fourteen days: term, exact costs, one amount),
art. 2 lid 3 BIK (VAT only with the statement), 6:96 lid 5 BW (no other costs from a consumer).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from dunning.domain.fourteen_day import is_valid_wording
from dunning.letters.paragraphs import Language, LegalContent, NoticeText, Paragraph, StepKind, Tone, When
from dunning.letters.texts import fourteen_days
from dunning.letters.wording import PLACEHOLDERS, UnknownPlaceholderError, check_text, fill

COST_PLACEHOLDERS: Final = ("kosten", "btw_kosten", "btw_percentage", "btw_verklaring")
ANNOUNCED: Final = ("aangekondigde_kosten", "totaal_met_kosten")
MONTH: Final = (
    r"(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    r"|january|february|march|may|june|july|august|october)"
)
_AMOUNT: Final = re.compile(
    r"(?:€|\beur(?:o)?\b)\s*\d|\d[\d.,]*\s*(?:€|euro\b|eur\b)|\d+,(?:\d\d|-)(?!\d)", re.IGNORECASE
)
_DAY: Final = re.compile(
    rf"\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}\b|\b\d{{1,2}} {MONTH}\b|\b{MONTH} \d{{1,2}}\b", re.IGNORECASE
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{0,4}\b", re.IGNORECASE)
_TERM_FROM_THE_LETTER: Final = re.compile(
    r"\b(?:na|vanaf|sinds) (?:de )?(?:dag van )?(?:heden|vandaag|dagtekening|verzending|verzenddatum|datum|(?:deze|dit) "
    r"(?:brief|bericht|mail|e-mail))\b(?! bij (?:u|je) )|\bna (?:de )?(?:datum|dagtekening) van\b"
    r"|\b(?:from|after|of) (?:the )?(?:date of|today|dispatch|sending|posting)\b",
    re.IGNORECASE,
)
_OTHER_COSTS: Final = re.compile(
    r"\b(?:aanmanings?|administratie|herinnerings?|dossier|registratie)[- ]?kosten\b"
    r"|\b(?:administration|reminder|late|handling) (?:fee|charge|cost)s?\b",
    re.IGNORECASE,
)
_COSTS: Final = re.compile(r"\b\w*kosten\b|\bcosts?\b|\bfees?\b", re.IGNORECASE)
_NOT_NOW: Final = re.compile(
    r"\b(?:geen|zonder|pas|niet|alleen (?:als|nadat)|no|not|without|only|never)\b", re.IGNORECASE
)
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+")


@dataclass(frozen=True, slots=True)
class Case:
    """One reader in one situation, and exactly what that reader would read (placeholders still in it)."""

    step: StepKind
    legal: LegalContent
    for_consumer: bool
    claims_interest: bool
    claims_costs: bool
    with_vat: bool
    language: Language
    tone: Tone
    subject: str
    parts: tuple[str, ...]

    @property
    def body(self) -> str:
        return "\n".join(self.parts)

    @property
    def all(self) -> str:
        return f"{self.subject}\n{self.body}"

    @property
    def is_formal(self) -> bool:
        return self.legal is not LegalContent.FRIENDLY

    def has(self, *names: str) -> bool:
        return any(f"{{{name}}}" in self.all for name in names)


def check(
    text: NoticeText,
    *,
    step: StepKind,
    legal: LegalContent,
    for_consumer: bool,
    claims_interest: bool,
    claims_costs: bool,
    with_vat: bool = False,
    language: Language = Language.DUTCH,
    tone: Tone = Tone.FORMAL,
) -> list[str]:
    """Everything that is wrong with this text for this reader, whatever the paragraphs that stand in it depend on."""
    if wrong := list(_unreadable(text)):
        return wrong
    found: dict[str, None] = {}  # in order, each once
    for holding in _situations(for_consumer, claims_interest, claims_costs, with_vat):
        parts = tuple(part.text for part in (*text.opening, *text.closing) if part.when in holding)
        case = Case(
            step, legal, for_consumer, claims_interest, claims_costs, with_vat, language, tone, text.subject, parts
        )
        for rule in RULES:
            found.update(dict.fromkeys(rule(case)))
    return list(found)


def check_everywhere(
    text: NoticeText, *, step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone
) -> list[str]:
    """The same for every claim that such a letter may carry: what a text must pass to be published."""
    found: dict[str, None] = {}
    for interest, costs, vat in possible_claims(legal, for_consumer=for_consumer):
        found.update(
            dict.fromkeys(
                check(
                    text,
                    step=step,
                    legal=legal,
                    for_consumer=for_consumer,
                    claims_interest=interest,
                    claims_costs=costs,
                    with_vat=vat,
                    language=language,
                    tone=tone,
                )
            )
        )
    return list(found)


def possible_claims(legal: LegalContent, *, for_consumer: bool) -> Iterator[tuple[bool, bool, bool]]:
    """Interest, costs and VAT as such a letter may have them together."""
    may_interest = legal is not LegalContent.FRIENDLY
    costs_of = {LegalContent.COSTS_DUE: True} if for_consumer else dict.fromkeys(WITH_COSTS_FROM_A_BUSINESS, True)
    may_costs = costs_of.get(legal, False)
    may_vat = may_costs or legal is LegalContent.FOURTEEN_DAY
    for interest, costs, vat in product((False, True), repeat=3):
        if interest > may_interest or costs > may_costs or vat > may_vat:
            continue
        if vat and not costs and legal is not LegalContent.FOURTEEN_DAY:
            continue
        yield interest, costs, vat


WITH_COSTS_FROM_A_BUSINESS: Final = (LegalContent.DEMAND, LegalContent.LAST_NOTICE)


def _situations(
    for_consumer: bool, claims_interest: bool, claims_costs: bool, with_vat: bool
) -> Iterator[frozenset[When]]:
    """Every set of conditions that can hold together for this reader and these claims."""
    fixed = {When.ALWAYS, When.CONSUMER if for_consumer else When.BUSINESS}
    fixed.add(When.COSTS if claims_costs else When.NO_COSTS)
    if claims_interest:
        fixed.add(When.INTEREST)
    if with_vat:
        fixed.add(When.VAT)
    stated = [set()] if claims_interest else [set(), {When.INTEREST_STATED}]
    persons = [{When.NATURAL_PERSON}] if for_consumer else [{When.NATURAL_PERSON}, set()]
    asked = [{When.ASKED_BEFORE}, {When.FIRST_TIME}]
    due = [{When.ONE_DUE_DATE}, {When.SEVERAL_DUE_DATES}]
    for choice in product(stated, persons, asked, due):
        yield frozenset(fixed.union(*choice))


def _unreadable(text: NoticeText) -> Iterator[str]:
    for part in (Paragraph(text.subject), *text.opening, *text.closing):
        try:
            check_text(part.text)
        except UnknownPlaceholderError as error:
            yield str(error)
    if not text.subject.strip() or not text.opening:
        yield "Onderwerp en begin van de brief mogen niet leeg zijn."


# --- the rules ----------------------------------------------------------------------------------------------------------


def _amount(case: Case) -> Iterator[str]:
    if case.is_formal and "{totaal}" not in case.body:
        yield "Noem het bedrag: zet {totaal} in de tekst."
    if _AMOUNT.search(case.all):
        yield "Typ geen bedrag in de tekst: gebruik {totaal} of een van de andere bedragen uit de lijst."


def _term(case: Case) -> Iterator[str]:
    if case.is_formal and not case.has("termijn", "uiterste_datum") and not _gives_fourteen_days(case):
        yield "Noem de termijn: zet {termijn} of {uiterste_datum} in de tekst."
    if _DAY.search(case.all):
        yield "Typ geen datum in de tekst: gebruik {uiterste_datum} of {vorige_datum}."
    if case.is_formal and _TERM_FROM_THE_LETTER.search(_read(case)):
        yield "Laat de termijn niet lopen vanaf de datum of verzending van de brief (“na dagtekening”, “na heden”)."


def _fourteen_days(case: Case) -> Iterator[str]:
    """Void is void: only a new letter mends it."""
    if case.legal is not LegalContent.FOURTEEN_DAY:
        return
    if case.has("uiterste_datum"):
        yield "Noem in een veertiendagenbrief geen dag: gebruik {termijn}, de woorden van de Hoge Raad."
    elif not _gives_fourteen_days(case):
        yield "Geef de termijn met {termijn}: veertien dagen vanaf de dag nadat de brief is bezorgd."
    if "{aangekondigde_kosten}" not in case.body:
        yield "Noem de precieze incassokosten die volgen: zet {aangekondigde_kosten} in de tekst."
    if case.body.find("{totaal_met_kosten}") != -1 and not 0 <= case.body.find("{totaal}") < case.body.find(
        "{totaal_met_kosten}"
    ):
        yield "Noem eerst {totaal}, en {totaal_met_kosten} pas daarna, als gevolg van niet betalen."
    if case.has("vermelde_rente"):
        yield "Noem in een veertiendagenbrief één bedrag: haal {vermelde_rente} weg."
    if case.has("kosten"):
        yield "Een veertiendagenbrief vraagt zelf geen kosten: gebruik {aangekondigde_kosten} in plaats van {kosten}."
    if "{totaal_met_kosten}" in case.subject or "{aangekondigde_kosten}" in case.subject:
        yield "Zet in het onderwerp geen bedrag met kosten: de brief vraagt één bedrag, {totaal}."


def _vat(case: Case) -> Iterator[str]:
    if case.with_vat and "{btw_verklaring}" not in case.body:
        yield "Btw over de kosten mag alleen met de verklaring: zet {btw_verklaring} in de tekst (art. 2 lid 3 BIK)."
    if case.with_vat and "{btw_kosten}" not in case.body:
        yield "Noem de btw over de kosten: zet {btw_kosten} in de tekst."
    if not case.with_vat and case.has("btw_verklaring", "btw_kosten", "btw_percentage"):
        yield "Zet wat over btw gaat in een alinea die begint met [bij btw]; zonder btw klopt die niet."


def _account(case: Case) -> Iterator[str]:
    if _IBAN.search(case.all):
        yield "Typ geen rekeningnummer in de tekst: twee rekeningen in één brief kosten u de incassokosten. Gebruik {iban}."


def _costs(case: Case) -> Iterator[str]:
    """Nothing about costs that is not true for this reader now."""
    if case.legal is not LegalContent.FOURTEEN_DAY and case.has(*ANNOUNCED):
        yield "Alleen een veertiendagenbrief kondigt kosten aan: haal {aangekondigde_kosten} en {totaal_met_kosten} weg."
    if not case.claims_costs and case.legal is not LegalContent.FOURTEEN_DAY and case.has("kosten"):
        yield "In deze brief staan geen incassokosten: haal {kosten} weg, of zet het in een alinea [bij kosten]."
    if case.claims_costs and case.for_consumer and "{kosten}" not in case.body:
        yield "Noem de incassokosten: zet {kosten} in de tekst."
    if case.for_consumer and _OTHER_COSTS.search(case.all):
        yield "Een consument betaalt geen administratie- of aanmaningskosten (art. 6:96 lid 5 BW)."
    elif _threatens_with_costs(case):
        yield "Kosten horen niet in deze brief aan een consument, behalve om te zeggen dat hij ze nu niet betaalt."


def _interest(case: Case) -> Iterator[str]:
    if not case.claims_interest and case.has("rente"):
        yield "Zet {rente} in een alinea die begint met [bij rente]; zonder rente klopt die niet."


RULES: Final[tuple[Callable[[Case], Iterator[str]], ...]] = (
    _amount,
    _term,
    _fourteen_days,
    _vat,
    _account,
    _costs,
    _interest,
)


def _threatens_with_costs(case: Case) -> bool:
    """A sentence about costs to a consumer who owes none, unless it says just that or when they could come."""
    if not case.for_consumer or case.legal in {LegalContent.FOURTEEN_DAY, LegalContent.COSTS_DUE}:
        return False
    sentences = (sentence for part in (case.subject, *case.parts) for sentence in _SENTENCE.split(part))
    return any(_COSTS.search(sentence) and not _NOT_NOW.search(sentence) for sentence in sentences)


def _read(case: Case) -> str:
    """The body with its term written out, as the debtor reads it."""
    values = dict.fromkeys(PLACEHOLDERS, "")
    if case.legal is LegalContent.FOURTEEN_DAY:
        values["termijn"] = fourteen_days(case.language, case.tone)
    return fill(case.body, values, many=True)


def _gives_fourteen_days(case: Case) -> bool:
    return is_valid_wording(re.sub(r"\bbij (?:je|jou)\b", "bij u", _read(case)))
