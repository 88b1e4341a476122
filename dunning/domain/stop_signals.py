"""Insolvency, debt help and death: what each does to the ladder and to interest. None of them is guessed; a person enters it.

Faillissementswet art. 23, 128, 230, 287b, 303; Wet gemeentelijke schuldhulpverlening art. 5; art. 1:438 and 1:440 BW.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from dunning.domain.calendar import ONE_DAY


class StopKind(StrEnum):
    BANKRUPTCY = "bankruptcy"
    SUSPENSION = "suspension"
    WSNP = "wsnp"
    WHOA = "whoa"
    DECEASED = "deceased"
    MORATORIUM = "moratorium"
    BROAD_MORATORIUM = "broad_moratorium"
    COOLING_OFF = "cooling_off"
    DEBT_HELP = "debt_help"
    ADMINISTRATION = "administration"
    GUARDIANSHIP = "guardianship"


PAUSES: Final = frozenset(
    {StopKind.MORATORIUM, StopKind.BROAD_MORATORIUM, StopKind.COOLING_OFF, StopKind.DEBT_HELP}
)  # end by themselves once an end is known
REPRESENTED: Final = frozenset({StopKind.ADMINISTRATION, StopKind.GUARDIANSHIP})  # go on, through the representative
ENDS_INTEREST: Final = frozenset({StopKind.BANKRUPTCY, StopKind.WSNP})  # Fw 128 and 303

_NO_END: Final = "Leg vast tot wanneer dit duurt"
WORDS: Final = {
    StopKind.BANKRUPTCY: ("faillissement", "Dien de vordering in bij de curator"),
    StopKind.SUSPENSION: ("surseance van betaling", "Meld de vordering bij de bewindvoerder"),
    StopKind.WSNP: ("wettelijke schuldsanering (Wsnp)", "Meld de vordering bij de bewindvoerder"),
    StopKind.WHOA: ("akkoord buiten faillissement (WHOA)", "Reageer op het aanbod en wacht de uitkomst af"),
    StopKind.DECEASED: ("overlijden", "Zoek uit wie de erfgenamen zijn en schrijf hun persoonlijk"),
    StopKind.MORATORIUM: ("moratorium", _NO_END),
    StopKind.BROAD_MORATORIUM: ("breed moratorium", _NO_END),
    StopKind.COOLING_OFF: ("afkoelingsperiode", _NO_END),
    StopKind.DEBT_HELP: ("schuldhulpverlening", "Overleg met de schuldhulpverlener en leg vast tot wanneer u wacht"),
    StopKind.ADMINISTRATION: ("bewind", "Leg het adres van de bewindvoerder vast; brieven gaan daarheen"),
    StopKind.GUARDIANSHIP: ("curatele", "Leg het adres van de curator vast; brieven gaan daarheen"),
}


@dataclass(frozen=True, slots=True)
class StopSignal:
    """What a person entered about a customer, with its dates."""

    kind: StopKind
    since: date | None = None
    until: date | None = None  # the last day, where one is known
    representative_known: bool = False  # letters can go to the bewindvoerder or curator

    @property
    def word(self) -> str:
        return WORDS[self.kind][0]

    @property
    def advice(self) -> str:
        """What to do, in Dutch, without a full stop."""
        return WORDS[self.kind][1]


def interest_ends_on(signal: StopSignal | None) -> date | None:
    """The last day that counts for interest: the day before the ruling (Fw 128, 303). None when interest runs on."""
    if signal is None or signal.since is None or signal.kind not in ENDS_INTEREST:
        return None
    return signal.since - ONE_DAY
