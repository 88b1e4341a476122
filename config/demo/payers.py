"""Invented debtors with the accounts they pay from: namesakes, relatives, accounts that pay for two."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from config.demo import names, numbers
from config.demo.scribbles import Scribe
from receivables.domain.matching.values import Debtor

PRICES = (4995, 2495, 12100)
_BEGINNINGS = [
    "Hof",
    "Dijk",
    "Berg",
    "Veld",
    "Meer",
    "Hout",
    "Brink",
    "Wijk",
    "Kamp",
    "Bosch",
    "Zand",
    "Water",
    "Linde",
    "Hoek",
    "Molen",
    "Burg",
    "Akker",
    "Vlie",
    "Zijl",
    "Horst",
]
_ENDINGS = ("man", "stra", "sma", "huis", "mans", "ema", "inga", "er", "hof", "kamp")
_MORE_FIRST = [
    "Thea",
    "Joost",
    "Ria",
    "Wim",
    "Cor",
    "Ans",
    "Tom",
    "Lars",
    "Sofie",
    "Emma",
    "Bram",
    "Hugo",
    "Inge",
    "Kees",
    "Leo",
    "Mia",
    "Nora",
    "Otto",
    "Paul",
    "Rob",
    "Sara",
    "Tess",
    "Ugo",
    "Vera",
]


@dataclass(frozen=True, slots=True)
class Payer:
    """A debtor, how its bank calls it, from where it pays, and how many days late."""

    debtor: Debtor
    account_name: str
    iban: str
    second_iban: str
    other_iban: str  # of whoever pays for this debtor
    partner: str
    is_consumer: bool
    price: int  # of its subscription, or 0
    lag: int


def debtors_of(first_number: int, count: int, chance: random.Random) -> list[Payer]:
    """Debtors of one creditor, numbered on from `first_number`."""
    scribe = Scribe(chance)
    made: list[Payer] = []
    for place in range(count):
        is_consumer = chance.random() < 0.5
        name = _person(chance) if is_consumer else _company(chance)
        if is_consumer and made and chance.random() < 0.05:  # a relative, with the same initial
            other = chance.choice(made)
            if other.is_consumer:
                first, _, surname = other.debtor.name.partition(" ")
                same = [each for each in (*names.FIRST_NAMES, *_MORE_FIRST) if each[0] == first[0] and each != first]
                name = f"{chance.choice(same or [first])} {surname}"
        made.append(_payer(first_number + place, name, is_consumer, scribe))
    return [_sharing(payer, made, chance) for payer in made]


def stranger_name(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return f"{chance.choice('ABDEGHJKLM')} {chance.choice(names.SURNAMES)}"
    return f"{chance.choice(('Administratiekantoor', 'Holding', 'Bewind'))} {chance.choice(names.SURNAMES)}"


def stranger_iban(chance: random.Random) -> str:
    return numbers.iban(chance.randrange(10**8, 10**10))


def no_customer(chance: random.Random) -> tuple[str, str]:
    """Name and text of money that no customer sent."""
    return chance.choice(
        (
            ("BELASTINGDIENST", "TERUGGAAF OB 2026 AANSLAGNUMMER 998123456B01"),
            ("", "CREDITRENTE KWARTAAL 2 2026"),
            ("EIGEN SPAARREKENING", "overboeking van spaarrekening"),
            ("Mollie Payments", f"{chance.randrange(10**6, 10**7)}.2607.{chance.randrange(1, 30):02}"),
            ("Stg Derdengelden Buckaroo", f"uitbetaling {chance.randrange(10**5, 10**6)}"),
            ("UWV", f"ziekengeld {chance.randrange(10**8, 10**9)}"),
        )
    )


def _payer(number: int, name: str, is_consumer: bool, scribe: Scribe) -> Payer:
    chance = scribe.chance
    iban = numbers.iban(chance.randrange(10**8, 10**10))
    way = chance.random()
    account_name = scribe.account_name(name, is_consumer=is_consumer)
    if way < 0.08:  # the director's own account, a trade name
        account_name = stranger_name(chance)
    known = frozenset({iban}) if chance.random() < 0.5 else frozenset()
    return Payer(
        debtor=Debtor(f"d{number}", name, str(number), known),
        account_name=account_name,
        iban=iban,
        second_iban=numbers.iban(chance.randrange(10**8, 10**10)) if chance.random() < 0.1 else "",
        other_iban=numbers.iban(chance.randrange(10**8, 10**10)),
        partner=scribe.account_name(_person(chance), is_consumer=True),
        is_consumer=is_consumer,
        price=chance.choice(PRICES) if chance.random() < 0.33 else 0,
        lag=round(chance.gauss(2, 9)),
    )


def _sharing(payer: Payer, everybody: list[Payer], chance: random.Random) -> Payer:
    """One account in fifty pays for two."""
    if chance.random() >= 0.02:
        return payer
    other = chance.choice(everybody)
    debtor = replace(payer.debtor, ibans=frozenset())
    return replace(payer, debtor=debtor, iban=other.iban, account_name=other.account_name, second_iban="")


def _surname(chance: random.Random) -> str:
    if chance.random() < 0.4:  # the common ones
        return names.SURNAMES[min(int(chance.expovariate(0.08)), len(names.SURNAMES) - 1)]
    built = chance.choice(_BEGINNINGS) + chance.choice(_ENDINGS)
    return chance.choice(("", "", "", "van ", "van der ", "ten ", "de ")) + built


def _person(chance: random.Random) -> str:
    return f"{chance.choice((*names.FIRST_NAMES, *_MORE_FIRST))} {_surname(chance)}"


def _company(chance: random.Random) -> str:
    way = chance.random()
    if way < 0.05:
        return f"{chance.choice(names.HOSPITALITY)} {chance.choice(names.TOWNS)[0]}"
    legal = chance.choice(("B.V.", "B.V.", "V.O.F.", ""))
    if way < 0.25:
        return f"{chance.choice(names.TRADES)} {_surname(chance)} {chance.choice(names.TOWNS)[0]} {legal}".strip()
    if way < 0.35:
        return f"{_surname(chance)} & {_surname(chance)} {legal}".strip()
    surname = _surname(chance)
    return f"{surname[0].upper()}{surname[1:]} {chance.choice(names.TRADES)} {legal}".strip()
