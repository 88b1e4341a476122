"""What a consumer reads is plain Dutch (B1): short sentences and ordinary words, measured."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from dunning.letters import texts_je_consumer, texts_nl_business, texts_nl_consumer
from dunning.letters.paragraphs import NoticeText

LONGEST_SENTENCE = 20  # words
AVERAGE_SENTENCE = 11
LONGEST_WORD = 14
EXPLAINED = {"ingebrekestelling", "vooraankondiging"}  # names of letters; the text says what they mean
STIFF = {
    "aangaande", "alsmede", "behoudens", "bijgeschreven", "daaromtrent", "derhalve", "dient", "echter", "geschieden", "gelieve",
    "heden", "hierbij", "hiervan", "indien", "jegens", "middels", "mits", "nadere", "onderhavige", "onverwijld", "sommeren",
    "teneinde", "tenzij", "terzake", "uitblijven", "verschuldigd", "voldoen", "voornoemd", "wellicht",
}  # fmt: skip
TEXTS = [
    pytest.param(text, id=f"{step}-{legal}-{name}")
    for name, texts in (("u", texts_nl_consumer.TEXTS), ("je", texts_je_consumer.TEXTS))
    for (step, legal), text in texts.items()
]


def sentences(text: NoticeText) -> list[list[str]]:
    """The words of every sentence; a placeholder counts as the word it becomes, `{one|many}` as one."""
    found = []
    for part in chain(text.opening, text.closing):
        plain = re.sub(r"\{(\w+)\}", "bedrag", re.sub(r"\{([^{}|]*)\|[^{}]*\}", r"\1", part.text))
        plain = re.sub(r"\([^()]*\)", "", plain)  # an article, for those who look it up
        found += [re.findall(r"[\w’-]+", sentence) for sentence in re.split(r"(?<=[.?!:])\s+", plain)]
    return [words for words in found if words]


@pytest.mark.parametrize("text", TEXTS)
def test_sentences_are_short(text: NoticeText) -> None:
    lengths = [len(words) for words in sentences(text)]
    assert max(lengths) <= LONGEST_SENTENCE
    assert sum(lengths) / len(lengths) <= AVERAGE_SENTENCE


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_ordinary(text: NoticeText) -> None:
    words = {word.lower() for sentence in sentences(text) for word in sentence}
    assert {word for word in words if len(word) > LONGEST_WORD} - EXPLAINED == set()
    assert words & STIFF == set()


@pytest.mark.parametrize("text", texts_je_consumer.TEXTS.values())
def test_the_je_form_says_je_throughout(text: NoticeText) -> None:
    assert {"u", "uw"} & {word.lower() for sentence in sentences(text) for word in sentence} == set()


def test_the_measure_would_notice() -> None:
    """Negative control: the letters to businesses are longer and stiffer."""
    business = [sentences(text) for text in texts_nl_business.TEXTS.values()]
    assert any(len(words) > LONGEST_SENTENCE for text in business for words in text)
    assert {word.lower() for text in business for words in text for word in words} & STIFF
