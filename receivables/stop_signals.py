"""What each stop signal means in law and what happens here (law/rules.md 9). A person sets it, with a day and a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from receivables.models import Customer
from receivables.models.customers import Insolvency


@dataclass(frozen=True, slots=True)
class Meaning:
    """`law` says what holds, `product` what is left to do; nothing goes out meanwhile."""

    law: str
    product: str


MEANINGS: Final = {
    Insolvency.BANKRUPTCY: Meaning(
        "De curator beheert alles. Een vordering telt alleen mee als zij bij de curator is ingediend "
        "(art. 23, 26 en 110 Fw). Rente vanaf de uitspraak telt niet mee (art. 128 Fw).",
        "Dien de vordering in bij de curator. Meldt de curator dat er niets uitgekeerd wordt, vraag dan de btw terug.",
    ),
    Insolvency.SUSPENSION: Meaning(
        "Betaling van oude schulden kan niet worden afgedwongen (art. 230 Fw).",
        "Schrijf de bewindvoerder aan. Nieuwe leveringen kunt u wel laten betalen.",
    ),
    Insolvency.WSNP: Meaning(
        "De regeling geldt voor schulden van voor de uitspraak (art. 299 Fw). Vanaf die dag loopt geen rente (art. 303 Fw).",
        "Neem contact op met de bewindvoerder. Nieuwe schulden zijn gewone schulden.",
    ),
    Insolvency.MORATORIUM: Meaning(
        "De rechter of de gemeente geeft een pauze, meestal ten hoogste zes maanden (art. 287b Fw, art. 5 Wgs, art. 63a en 241a Fw).",
        "Kijk of de laatste dag van de pauze hier staat.",
    ),
    Insolvency.WHOA: Meaning(
        "Er wordt een akkoord aangeboden; de rechter kan een afkoelingsperiode geven (art. 376 Fw).",
        "Beoordeel het aanbod en stem op tijd.",
    ),
    Insolvency.DEBT_HELP: Meaning(
        "De gemeente of een schuldhulpverlener zoekt een oplossing. De wet dwingt niet altijd tot wachten, zorgvuldig incasseren wel.",
        "Geef een opgave van de schuld en wacht op het voorstel.",
    ),
    Insolvency.ADMINISTRATION: Meaning(
        "De bewindvoerder of curator beheert het geld (art. 1:438 BW). Schulden die gemaakt zijn terwijl het bewind bekend was, "
        "zijn niet op dat vermogen te verhalen (art. 1:440 BW).",
        "Vul de bewindvoerder in en kijk in het openbare register (art. 1:391 BW).",
    ),
    Insolvency.DECEASED: Meaning(
        "De erfgenamen beslissen eerst of zij de nalatenschap aanvaarden.",
        "Zoek uit wie de nalatenschap afwikkelt en vul die persoon in.",
    ),
}


def meaning_of(customer: Customer) -> Meaning | None:
    """What the stop signal of this customer means; nothing when there is none."""
    return MEANINGS.get(Insolvency(customer.insolvency))


def pause_is_over(customer: Customer, *, on: date) -> bool:
    """The last day of the pause went by: somebody has to look whether the signal still holds."""
    return customer.insolvency_until is not None and customer.insolvency_until < on
