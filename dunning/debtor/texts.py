"""The words of the ways out, per language; beside those of the pay page (`receivables.paying.texts`)."""

from __future__ import annotations

from typing import Final

from dunning.debtor.texts_en import ENGLISH
from dunning.debtor.texts_nl import DUTCH

TEXTS: Final = {"nl": DUTCH, "en": ENGLISH}


def with_ways_out(words: dict[str, str]) -> dict[str, str]:
    """The words of the pay page and those of the ways out, in one language."""
    return words | TEXTS.get(words["language"], DUTCH)
