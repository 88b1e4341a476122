"""Which text a notice has, and the fixed sentences around it: salutation, term, VAT statement and reservation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dunning.letters import (
    texts_en_business,
    texts_en_consumer,
    texts_je_business,
    texts_je_consumer,
    texts_nl_business,
    texts_nl_consumer,
)
from dunning.letters.content import NoticeContent
from dunning.letters.labels import LABELS as LABELS
from dunning.letters.paragraphs import Language, LegalContent, NoticeText, StepKind, Tone

Key = tuple[StepKind, LegalContent]

FORMS: Final = ((Language.DUTCH, Tone.FORMAL), (Language.DUTCH, Tone.INFORMAL), (Language.ENGLISH, Tone.FORMAL))
FOR_CONSUMERS: Final = {
    (Language.DUTCH, Tone.FORMAL): texts_nl_consumer.TEXTS,
    (Language.DUTCH, Tone.INFORMAL): texts_je_consumer.TEXTS,
    (Language.ENGLISH, Tone.FORMAL): texts_en_consumer.TEXTS,
}
FOR_BUSINESSES: Final = {
    (Language.DUTCH, Tone.FORMAL): texts_nl_business.TEXTS,
    (Language.DUTCH, Tone.INFORMAL): texts_je_business.TEXTS,
    (Language.ENGLISH, Tone.FORMAL): texts_en_business.TEXTS,
}
ALWAYS_STANDARD: Final = {  # a letter of before its legal content was known
    StepKind.PRE_DUE_NOTICE: LegalContent.FRIENDLY,
    StepKind.REMINDER: LegalContent.FRIENDLY,
    StepKind.DEMAND: LegalContent.DEMAND,
    StepKind.NOTICE_OF_DEFAULT: LegalContent.DEFAULT_NOTICE,
}
ABOUT_COSTS: Final = frozenset({LegalContent.FOURTEEN_DAY, LegalContent.COSTS_DUE})
INFORMAL_KEY: Final = "nl-je"  # own texts: nl, nl-je and en

RESERVATION = {
    Language.DUTCH: "Wij behouden ons ondubbelzinnig het recht op volledige nakoming voor (artikel 3:317 lid 1 BW).",
    Language.ENGLISH: (
        "We unequivocally reserve our right to full performance (Article 3:317(1) of the Dutch Civil Code)."
    ),
}
VAT_STATEMENT = {  # art. 2 lid 3 BIK: both halves have to be said
    Language.DUTCH: (
        "Wij kunnen de btw die wij over deze kosten betalen niet verrekenen. Daarom zijn de kosten met die btw verhoogd."
    ),
    Language.ENGLISH: "We cannot set off the VAT that we pay over these costs. The costs are therefore raised by that VAT.",
}
FOURTEEN_DAYS = {  # the words of HR 25-11-2016, ECLI:NL:HR:2016:2704
    (Language.DUTCH, Tone.FORMAL): "binnen veertien dagen vanaf de dag nadat deze brief bij u is bezorgd",
    (Language.DUTCH, Tone.INFORMAL): "binnen veertien dagen vanaf de dag nadat deze brief bij je is bezorgd",
    (Language.ENGLISH, Tone.FORMAL): "within fourteen days from the day after this letter was delivered to you",
}


def keys_for(*, for_consumer: bool) -> tuple[Key, ...]:
    """Every step and legal content that this reader can meet, in the order of the ladder."""
    texts = FOR_CONSUMERS if for_consumer else FOR_BUSINESSES
    return tuple(texts[Language.DUTCH, Tone.FORMAL])


def combinations() -> Iterator[tuple[Key, bool, Language, Tone]]:
    """Every letter there is: step and content, for a consumer or not, language, tone."""
    for for_consumer in (True, False):
        for key in keys_for(for_consumer=for_consumer):
            for language, tone in FORMS:
                yield key, for_consumer, language, tone


def standard_text(
    step: StepKind,
    language: Language,
    tone: Tone = Tone.FORMAL,
    *,
    legal: LegalContent | None = None,
    for_consumer: bool = True,
) -> NoticeText:
    """Give the standard text; a content that this step or reader does not have gives the step's plain one."""
    form = (language, tone) if (language, tone) in FORMS else (language, Tone.FORMAL)
    texts: Mapping[Key, NoticeText] = (FOR_CONSUMERS if for_consumer else FOR_BUSINESSES)[form]
    return texts.get((step, legal or LegalContent.FRIENDLY)) or texts[step, ALWAYS_STANDARD[step]]


def text_of(content: NoticeContent) -> NoticeText:
    """What this notice says: the tenant's own text, else the standard one."""
    return content.own_text or standard_text(
        content.step,
        content.language,
        content.tone,
        legal=content.legal,
        for_consumer=content.recipient.is_consumer,
    )


def text_key(language: Language, tone: Tone, legal: LegalContent, *, for_consumer: bool) -> str:
    """Under which name a tenant's own text is kept with its step."""
    form = INFORMAL_KEY if (language, tone) == (Language.DUTCH, Tone.INFORMAL) else language.value
    return f"{form}.{legal.value}.{'consumer' if for_consumer else 'business'}"


def own_text(
    texts: Mapping[str, Any], *, step: StepKind, language: Language, tone: Tone, legal: LegalContent, for_consumer: bool
) -> NoticeText | None:
    """The tenant's own text for exactly this letter, else for its language; None when the standard text holds.

    A text of before the legal contents existed is not used for a letter about costs, whose words the law prescribes.
    """
    known = standard_text(step, language, tone, legal=legal, for_consumer=for_consumer)
    names = [text_key(language, each, legal, for_consumer=for_consumer) for each in (tone, Tone.FORMAL)]
    names.append(f"{language.value}.{legal.value}")
    if legal not in ABOUT_COSTS:
        names.append(language.value)
    found = next((texts[name] for name in names if texts.get(name)), None)
    return known.with_own(found) if found else None


def fourteen_days(language: Language, tone: Tone) -> str:
    """The only term a fourteen-day letter may give."""
    return FOURTEEN_DAYS.get((language, tone)) or FOURTEEN_DAYS[language, Tone.FORMAL]


def salutation(content: NoticeContent) -> str:
    contact = content.recipient.contact
    if content.language is Language.ENGLISH:
        return f"Dear {contact}," if contact else "Dear Sir or Madam,"
    if content.tone is Tone.INFORMAL and not is_firmest(content):
        return f"Beste {contact}," if contact else "Beste relatie,"
    return f"Geachte {contact}," if contact else "Geachte heer, mevrouw,"


def sign_off(content: NoticeContent) -> str:
    is_firm = content.step in {StepKind.DEMAND, StepKind.NOTICE_OF_DEFAULT}
    if content.language is Language.ENGLISH:
        return "Yours faithfully," if is_firm and not content.recipient.contact else "Kind regards,"
    is_formal = content.tone is Tone.FORMAL or is_firmest(content)
    return "Hoogachtend," if is_firm and is_formal else "Met vriendelijke groet,"


def is_firmest(content: NoticeContent) -> bool:
    """The notice of default greets everybody formally."""
    return content.step is StepKind.NOTICE_OF_DEFAULT
