"""How people write: an invoice number in a bank app, and how a bank prints the name of the payer. Seeded random, invented."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

from config.demo import names
from receivables.domain.references import grouped

PLAIN = (
    "{n}", "{n}", "{n}", "Factuur {n}", "factuur {n}", "Factuurnummer {n}", "factuurnr {n}", "Betaling factuur {n}",
    "fact. {n} klantnr {klant}", "{n} {klant}", "Factuur {n} d.d. {dag}", "inv {n} EUR {bedrag}", "uw factuur {n} van {dag}",
    "klantnummer {klant} factuurnummer {n}", "order {order} factuur {n}", "{n} {naam}", "Nota {n}, bedankt!", "Re: {n}",
    "Factuur: {n} Debiteur: {klant} Bedrag: {bedrag}", "{naam} {n} tel {tel}",
)  # fmt: skip
HASTY = (
    "{n}", "fact {n}", "fact.{n}", "factnr. {n}", "f:{n}", "nr {n}", "inv {n}", "Factuur {n}", "rekening {n} {dag}",
    "betaling {n}", "fct {n} {bedrag}", "klant {klant} fact {n}", "{n} {naam}", "{n} bedankt", "fact {n} order {order}",
    "factuur {n} {postcode}", "{dag} {n}", "nota {n} tel {tel}", "abonnement {n}", "zie factuur {n}",
)  # fmt: skip
SILENT = (
    "", "", "betaling", "Betaling rekening", "zie specificatie", "abonnement", "Overboeking {naam}", "{dag}", "{klant}",
    "Betaling uw factuur", "contributie {maand}", "factuur {maand} 2026", "klantnr {klant}", "bedankt voor de snelle levering",
    "{bedrag}", "tel. {tel}",
)  # fmt: skip
JOINED = (" en ", ", ", " + ", " & ", "/", " ", "; ", ",")
MONTHS = ("jan", "febr", "maart", "april", "mei", "juni", "juli", "aug", "sept", "okt", "nov", "dec")
LEGAL = ("B.V.", "BV", "B.V", "b.v.", "")


class Scribe:
    """Somebody who pays, with a hasty hand; everything comes out of one random source."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    # ---- texts

    def right(self, number: str, about: dict[str, str]) -> str:
        return self._printed(self._filled(PLAIN, number, about))

    def mangled(self, number: str, about: dict[str, str]) -> str:
        way = self.chance.choices(MANGLES, MANGLE_SHARES)[0]
        return self._printed(self._filled(HASTY, way(self.chance, number), about))

    def silent(self, about: dict[str, str]) -> str:
        return self._printed(self._filled(SILENT, "", about))

    def several(self, numbers: Sequence[str], about: dict[str, str]) -> str:
        chance, joined = self.chance, self.chance.choice(JOINED)
        style = chance.random()
        if style < 0.55:
            written = joined.join(numbers)
        elif style < 0.8:  # 2026-0123/0124/0125
            written = joined.join((numbers[0], *(only_the_end(chance, number) for number in numbers[1:])))
        elif style < 0.9:  # 123,124 & 125
            written = joined.join(without_zeros(chance, only_the_end(chance, number)) for number in numbers)
        else:
            written = joined.join(other_separators(chance, number) for number in numbers)
        return self._printed(
            self._filled(("{n}", "facturen {n}", "fact {n}", "Betaling {n}", "fact.nrs {n}"), written, about)
        )

    def reference(self, reference: str) -> str:
        ways: tuple[Callable[[], str], ...] = (
            lambda: reference, lambda: grouped(reference), lambda: grouped(reference).replace(" ", "."), reference.lower,
            lambda: f"betalingskenmerk {reference}", lambda: f"kenmerk: {grouped(reference)}", lambda: f"/CD {reference}",
        )  # fmt: skip
        return self._printed(self.chance.choice(ways)())

    def nearly(self, whole: int) -> int:
        """An amount that is not quite right."""
        chance, way = self.chance, self.chance.random()
        if way < 0.3:  # up to whole euros
            return whole + (-whole % chance.choice((100, 500, 1000)) or 100)
        if way < 0.6:  # a discount
            return whole - max(1, whole * chance.randrange(1, 4) // 100)
        if way < 0.7:  # bank costs
            return whole - (chance.choice((15, 100, 750, 1500)) if whole > 3000 else 15)
        if way < 0.85:  # two digits swapped
            digits = swapped(chance, str(whole))
            return int(digits) if int(digits) != whole else whole + 1
        return whole + chance.randrange(1, 5_000)

    def _filled(self, templates: Sequence[str], number: str, about: dict[str, str]) -> str:
        return self.chance.choice(templates).format(n=number, **about)

    def _printed(self, text: str) -> str:
        """As the bank passes it on: capitals, and lines of 35 signs."""
        chance = self.chance
        if chance.random() < 0.3:
            text = text.upper()
        if chance.random() < 0.25 and len(text) > 35:
            text = chance.choice((" ", "\n")).join(text[start : start + 35] for start in range(0, len(text), 35))
        return text

    # ---- names

    def account_name(self, name: str, *, is_consumer: bool) -> str:
        """The name of an account holder: never quite the name in the books."""
        chance = self.chance
        printed = self._person(name) if is_consumer else self._company(name)
        if chance.random() < 0.6:
            printed = plain(printed).upper()
        return printed[: chance.choice((35, 70, 70))].strip()

    def _person(self, name: str) -> str:
        chance = self.chance
        first, _, surname = name.partition(" ")
        initial = f"{first[0]}" if chance.random() < 0.7 else f"{first[0]}{chance.choice('AJMPCH')}"
        way = chance.random()
        if way < 0.45:
            return f"{chance.choice(('', 'HR ', 'MW ', 'Dhr. ', ''))}{initial} {surname}"
        if way < 0.6:
            return f"{'.'.join(initial)}. {surname}"
        if way < 0.75:
            return f"{initial} {surname} e/o {chance.choice('ABDEGHJKLM')} {chance.choice(names.SURNAMES)}"
        if way < 0.85:
            *before, last = surname.split()
            return f"{last}, {initial}. {' '.join(before)}".strip()
        return name if way < 0.95 else f"{initial} {surname}-{chance.choice(names.SURNAMES)}"

    def _company(self, name: str) -> str:
        chance = self.chance
        bare = re.sub(r" (B\.V\.|V\.O\.F\.)$", "", name)
        if chance.random() < 0.1:
            bare = f"{bare} {chance.choice(('Holding', 'Beheer', 'Groep', 'Nederland'))}"
        if chance.random() < 0.05:
            return f"{chance.choice('ABDEGHJKLM')}. {chance.choice(names.SURNAMES)} h/o {bare}"
        return name if chance.random() < 0.5 else f"{bare} {chance.choice(LEGAL)}".strip()


def plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def dutch(cents: int) -> str:
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"


def day(on: date) -> str:
    return f"{on:%d-%m-%Y}"


# ---- ways to spoil a number; each leaves a person a fair chance to read it


def other_separators(chance: random.Random, number: str) -> str:
    """2026/0123, 20260123, 2026 0123; a number without separators gets one behind the year."""
    if re.search(r"[^A-Za-z0-9]", number):
        return re.sub(r"[^A-Za-z0-9]", chance.choice(("", " ", "/", ".", "_", "-", "")), number)
    digits = re.search(r"\d{6,}", number)
    return number[:-4] + chance.choice("-/. ") + number[-4:] if digits else number


def without_prefix(_: random.Random, number: str) -> str:
    return re.sub(r"^[A-Za-z]+\W?", "", number)


def without_zeros(_: random.Random, number: str) -> str:
    """2026-123: the zeros in front of the last group."""
    return re.sub(r"(^|\D)0+(?=\d+$)", r"\1", number)


def only_the_end(chance: random.Random, number: str) -> str:
    """0123, -123, 123: what is behind the year."""
    groups = re.findall(r"\d+", number)
    end = groups[-1] if len(groups) > 1 else groups[-1][-4:]
    return chance.choice((end, end.lstrip("0") or end, f"-{end}", end))


def short_year(_: random.Random, number: str) -> str:
    return re.sub(r"20(?=2\d)", "", number, count=1)


def letters_for_digits(chance: random.Random, number: str) -> str:
    return number.replace("0", chance.choice("oO"), 1) if chance.random() < 0.7 else number.replace("1", "l", 1)


def broken(chance: random.Random, number: str) -> str:
    place = chance.randrange(1, len(number))
    return number[:place] + chance.choice((" ", "\n", " ")) + number[place:]


def one_wrong(chance: random.Random, number: str) -> str:
    places = [place for place, sign in enumerate(number) if sign.isdigit()]
    place = chance.choice(places[-4:])
    return number[:place] + str((int(number[place]) + chance.randrange(1, 10)) % 10) + number[place + 1 :]


def swapped(chance: random.Random, number: str) -> str:
    place = chance.randrange(max(1, len(number) - 4), len(number))
    return number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]


MANGLES = (
    other_separators, without_prefix, without_zeros, only_the_end, short_year, letters_for_digits, broken, one_wrong, swapped,
)  # fmt: skip
MANGLE_SHARES = (26, 14, 14, 18, 5, 5, 8, 6, 4)
