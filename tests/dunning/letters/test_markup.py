"""A text typed and read back: what stands in the editor is what is kept."""

from __future__ import annotations

import pytest

from dunning.letters.markup import MEANINGS, NAMES, UnknownConditionError, read, written
from dunning.letters.paragraphs import Also, Language, LegalContent, P, StepKind, Tone, When
from dunning.letters.texts import standard_text
from tests.dunning.letters.samples import EVERY


@pytest.mark.parametrize(("step", "legal", "for_consumer", "language", "tone"), EVERY)
def test_our_own_texts_survive_the_editor(
    step: StepKind, legal: LegalContent, for_consumer: bool, language: Language, tone: Tone
) -> None:
    text = standard_text(step, language, tone, legal=legal, for_consumer=for_consumer)
    assert (read(written(text.opening)), read(written(text.closing))) == (text.opening, text.closing)


def test_blank_lines_part_and_line_ends_do_not() -> None:
    assert read("een\r\ntwee\r\n\r\n\n[bij rente] drie\n\n + [bij btw]vier\n") == (
        P("een twee"),
        P("drie", When.INTEREST),
        Also("vier", When.VAT),
    )


def test_an_unknown_condition_names_the_known_ones() -> None:
    with pytest.raises(UnknownConditionError, match=r"\[soms\] is geen voorwaarde.*\[bij rente\]"):
        read("[soms] tekst")


def test_every_condition_has_a_name_and_a_meaning() -> None:
    assert set(NAMES) == set(MEANINGS) == set(When) - {When.ALWAYS}
    assert len(set(NAMES.values())) == len(NAMES)
