"""A text as a person types it: paragraphs with a blank line between, conditions in brackets, and "+" for "runs on".

[eerder gevraagd] Op {vorige_datum} vroegen wij u om te betalen.

Betaal {totaal} {termijn}.

+ [bij rente] In dit bedrag zit {rente} rente.
"""

from __future__ import annotations

import re
from typing import Final

from dunning.letters.paragraphs import Paragraph, When

NAMES: Final = {
    When.ASKED_BEFORE: "eerder gevraagd",
    When.FIRST_TIME: "eerste keer",
    When.ONE_DUE_DATE: "één vervaldatum",
    When.SEVERAL_DUE_DATES: "meer vervaldatums",
    When.INTEREST: "bij rente",
    When.INTEREST_STATED: "rente vermeld",
    When.COSTS: "bij kosten",
    When.NO_COSTS: "zonder kosten",
    When.VAT: "bij btw",
    When.CONSUMER: "consument",
    When.BUSINESS: "bedrijf",
    When.NATURAL_PERSON: "natuurlijk persoon",
}
MEANINGS: Final = {
    When.ASKED_BEFORE: "als deze facturen al eens zijn gevraagd",
    When.FIRST_TIME: "als dit het eerste bericht over deze facturen is",
    When.ONE_DUE_DATE: "als alle facturen dezelfde vervaldatum hebben",
    When.SEVERAL_DUE_DATES: "als de vervaldatums verschillen",
    When.INTEREST: "als er rente in het totaal zit",
    When.INTEREST_STATED: "als rente wel wordt genoemd, maar niet gevraagd",
    When.COSTS: "als er incassokosten in het totaal zitten",
    When.NO_COSTS: "als er geen incassokosten in het totaal zitten",
    When.VAT: "als er btw over de incassokosten komt",
    When.CONSUMER: "aan een consument",
    When.BUSINESS: "aan een bedrijf",
    When.NATURAL_PERSON: "aan een mens: consument, eenmanszaak of vennoot",
}
_BY_NAME: Final = {name: when for when, name in NAMES.items()}
_PARAGRAPH: Final = re.compile(r"(?P<plus>\+\s*)?(?:\[(?P<when>[^\[\]]*)\]\s*)?(?P<text>.*)", re.DOTALL)


class UnknownConditionError(ValueError):
    """Something in brackets that is no condition; the message says which ones there are."""


def written(parts: tuple[Paragraph, ...]) -> str:
    """As a person sees it in the editor."""
    return "\n\n".join(_written(part) for part in parts)


def _written(part: Paragraph) -> str:
    plus = "+ " if part.runs_on else ""
    condition = "" if part.when is When.ALWAYS else f"[{NAMES[part.when]}] "
    return f"{plus}{condition}{part.text}"


def read(text: str) -> tuple[Paragraph, ...]:
    """As it is kept. The reverse of `written`."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return tuple(_read(" ".join(block.split())) for block in blocks if block.strip())


def _read(block: str) -> Paragraph:
    found = _PARAGRAPH.fullmatch(block)
    assert found is not None  # noqa: S101 # every part of the pattern may be empty
    name = found["when"]
    if name is not None and name.strip().lower() not in _BY_NAME:
        raise UnknownConditionError(
            f"[{name}] is geen voorwaarde. Kies uit: {', '.join(f'[{each}]' for each in _BY_NAME)}."
        )
    when = When.ALWAYS if name is None else _BY_NAME[name.strip().lower()]
    return Paragraph(found["text"], when, runs_on=found["plus"] is not None)
