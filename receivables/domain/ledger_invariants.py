"""What must always hold in the books (I1 to I6), in words for a bookkeeper, and what a breach looks like."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Invariant(StrEnum):
    """The six promises of the ledger; the label stands on the screen, the text under it says what was looked at."""

    I1 = "I1"
    I2 = "I2"
    I3 = "I3"
    I4 = "I4"
    I5 = "I5"
    I6 = "I6"

    @property
    def label(self) -> str:
        return _LABELS[self][0]

    @property
    def says(self) -> str:
        return _LABELS[self][1]


_LABELS = {
    Invariant.I1: (
        "Elke boeking sluit",
        "Debet en credit van elke boeking zijn gelijk, en de munt is die van factuur en betaling.",
    ),
    Invariant.I2: (
        "Niets wordt gewijzigd of gewist",
        "De sloten van de database staan aan, en elke terugboeking spiegelt precies één boeking.",
    ),
    Invariant.I3: (
        "Openstaand is de som van de boekingen",
        "Per factuur: het openstaande bedrag, en de rente en kosten daarin.",
    ),
    Invariant.I4: (
        "Een betaling wordt één keer verdeeld",
        "Nooit meer toegerekend of terugbetaald dan ontvangen; wat online betaald is, is één keer geboekt.",
    ),
    Invariant.I5: (
        "Onderweg is wat nog niet is uitbetaald",
        "De rekening van de betaaldienst is gelijk aan de online betalingen die nog in geen uitbetaling zaten.",
    ),
    Invariant.I6: (
        "De proefbalans sluit",
        "Alle rekeningen samen zijn nul, en debiteuren en tegoeden zijn de som van facturen en betalingen.",
    ),
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that is wrong: a Dutch sentence, and some of the rows where it shows, as `invoice:<id>`."""

    invariant: Invariant
    sentence: str
    examples: tuple[str, ...] = ()

    def as_json(self) -> list[object]:
        return [self.invariant.value, self.sentence, list(self.examples)]

    @classmethod
    def from_json(cls, stored: list[object]) -> Breach:
        code, sentence, examples = stored
        shown = examples if isinstance(examples, list) else []
        return cls(Invariant(str(code)), str(sentence), tuple(str(example) for example in shown))
