"""Receipts with the truth beside them, written as badly as people do. For measuring how well matching reads them.

What is paid, in per cent of the lines (KINDS): 30 payment reference copied right (QR, pay instruction), 24.5 number
right, 15 number mangled (separators 26 of 100, only the end 18, prefix left out 14, zeros left out 14, broken by a line
8, one digit wrong 6, letters for digits 5, short year 5, digits swapped 4), 8 no number but the exact amount from the
own account, 5 several invoices with numbers, 4 everything open without numbers, 2 less a credit note, 3 in part, 3
rounded, overpaid or less a discount, 2 paid twice, 1.5 by somebody else, 1 wrong or old number, 0.5 no customer at all
(tax, interest, own transfers, payment providers), 0.5 meant for another creditor.

The books: six creditors with each their own numbering, of which short ones, ones that run through 9999, and ones that
look like customer numbers or dates. A third of the debtors have a subscription at one of three prices; consumers share
surnames, one in twenty has a relative with the same initial among the debtors; one account in fifty pays for two, one in
twelve is in quite another name; half the accounts are known beforehand. Four invoices in a hundred carry interest and costs, three are never paid.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from config.demo import scribbles
from config.demo.payers import PRICES, Payer, debtors_of, no_customer, stranger_iban, stranger_name
from config.demo.scribbles import Scribe
from receivables.domain.matching.values import Debtor, OpenItem, Part, Receipt
from receivables.domain.references import payment_reference, rf_reference

KINDS = {
    "reference": 30.0, "number": 24.5, "mangled": 15.0, "own account": 8.0, "several": 5.0, "all open": 4.0,
    "less credit": 2.0, "part": 3.0, "rounded": 3.0, "twice": 2.0, "other person": 1.5, "wrong number": 1.0,
    "stranger": 0.5, "other creditor": 0.5,
}  # fmt: skip
NEEDS_TWO = {"several", "all open"}
START, DAYS = date(2026, 1, 5), 330


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a creditor numbers its invoices and its customers."""

    slug: str
    share: float  # of all lines
    form: str
    first: int = 1
    first_customer: int = 10_001
    has_rf: bool = False


SCHEMES = (
    Scheme("handel", 0.30, "2026-{:04}"),
    Scheme("installatie", 0.20, "F2026{:04}", first_customer=260_101, has_rf=True),
    Scheme("zorg", 0.18, "26{:04}", first=101, first_customer=1_001),
    Scheme("verhuur", 0.15, "VF-26.{:05}", first_customer=70_001),
    Scheme("groothandel", 0.12, "{}", first=9_800, first_customer=10_001, has_rf=True),  # runs through 9999
    Scheme("vereniging", 0.05, "{}", first=412, first_customer=501),  # 412: also an amount, a house number
)


@dataclass(frozen=True, slots=True)
class Remittance:
    """A receipt, what it truly is for, and what the creditor lets go of afterwards (a discount, costs)."""

    receipt: Receipt
    kind: str
    debtor_id: str
    parts: tuple[Part, ...]
    left_over_cents: int
    waived: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditorBooks:
    """A creditor over a year: items by day of issue, receipts by day."""

    slug: str
    debtors: tuple[Debtor, ...]
    items: tuple[OpenItem, ...]
    remittances: tuple[Remittance, ...]


def creditors(seed: int, lines: int) -> Iterator[CreditorBooks]:
    """Six creditors that receive `lines` payments together, the same for the same seed."""
    for scheme in SCHEMES:
        chance = random.Random(f"{seed} {scheme.slug}")  # noqa: S311 - invented books, no secret
        count = max(40, round(lines * scheme.share))
        yield _Year(scheme, chance, count, debtor_count=max(12, count // 7)).run()


def one_creditor(seed: int, *, lines: int, debtor_count: int) -> CreditorBooks:
    """The first of the six, with as many debtors as asked."""
    chance = random.Random(f"{seed} alone")  # noqa: S311 - invented books, no secret
    return _Year(SCHEMES[0], chance, lines, debtor_count).run()


@dataclass(frozen=True, slots=True)
class _Turn:
    """A payment that is due: who pays which invoice, with what else of that debtor is open."""

    kind: str
    payer: Payer
    item: OpenItem
    cents: int  # open on it
    mine: tuple[str, ...]
    on: date


@dataclass
class _Year:
    """One creditor's year, day by day; knows what is truly open."""

    scheme: Scheme
    chance: random.Random
    lines: int
    debtor_count: int
    payers: list[Payer] = field(default_factory=list)
    items: dict[str, OpenItem] = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)
    of_payer: dict[str, list[str]] = field(default_factory=dict)
    to_pay: dict[date, list[str]] = field(default_factory=dict)
    owed: Counter[str] = field(default_factory=Counter)  # kinds that could not be had when their turn came
    lines_out: list[Remittance] = field(default_factory=list)
    repeats: dict[date, list[Remittance]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scribe = Scribe(self.chance)
        self.payers = debtors_of(self.scheme.first_customer, self.debtor_count, self.chance)
        self.by_id = {payer.debtor.id: payer for payer in self.payers}
        self.of_payer = {payer.debtor.id: [] for payer in self.payers}

    def run(self) -> CreditorBooks:
        on = START
        while len(self.lines_out) < self.lines and on < START + timedelta(days=3 * DAYS):
            self._invoice(on)
            for again in self.repeats.pop(on, ()):
                self._emit(again)
            for item_id in self.to_pay.pop(on, ()):
                if self.open[item_id]:
                    self._pay(item_id, on)
            on += timedelta(days=1)
        items = tuple(sorted(self.items.values(), key=lambda item: (item.issued_on, item.id)))
        debtors = tuple(payer.debtor for payer in self.payers)
        return CreditorBooks(self.scheme.slug, debtors, items, tuple(self.lines_out[: self.lines]))

    # ---- invoices

    def _invoice(self, on: date) -> None:
        if on.day == 1:
            for payer in self.payers:
                if payer.price:
                    self._issue(payer, payer.price, on)
        daily = self.lines / DAYS * 0.72
        for _ in range(int(daily) + (self.chance.random() < daily % 1)):
            payer = self.chance.choice(self.payers)
            for _ in range(self.chance.choices((1, 2, 3), (80, 15, 5))[0]):
                self._issue(payer, self._amount(), on)

    def _amount(self) -> int:
        chance = self.chance
        if chance.random() < 0.25:  # round prices with VAT
            return chance.randrange(1, 60) * 25 * 121
        return round(min(chance.lognormvariate(9.6, 1.1), 3_000_000)) + 500

    def _issue(self, payer: Payer, cents: int, on: date, *, is_credit: bool = False) -> OpenItem:
        serial = self.scheme.first + len(self.items)
        costs = 4000 + cents // 90 if self.chance.random() < 0.04 and not is_credit else 0
        reference = rf_reference(f"{self.scheme.first}{serial}") if self.scheme.has_rf else _kenmerk(serial)
        item = OpenItem(
            id=f"{self.scheme.slug}-{serial}",
            debtor_id=payer.debtor.id,
            number=self.scheme.form.format(serial),
            open_cents=-cents if is_credit else cents + costs,
            principal_cents=-cents if is_credit else cents,
            issued_on=on,
            due_on=on + timedelta(days=14 if payer.is_consumer else 30),
            references=(reference,),
        )
        self.items[item.id], self.open[item.id] = item, item.open_cents
        self.of_payer[payer.debtor.id].append(item.id)
        if self.chance.random() > 0.03 and not is_credit:
            lag = round(self.chance.gauss(payer.lag, 6))
            self._later(item.id, max(on + timedelta(days=1), item.due_on + timedelta(days=lag)))
        return item

    def _later(self, item_id: str, on: date) -> None:
        self.to_pay.setdefault(on, []).append(item_id)

    # ---- payments

    def _pay(self, item_id: str, on: date) -> None:
        item = self.items[item_id]
        mine = tuple(key for key in self.of_payer[item.debtor_id] if self.open[key])
        kind = self._kind(has_two=sum(self.open[key] > 0 for key in mine) > 1)
        turn = _Turn(kind, self.by_id[item.debtor_id], item, self.open[item_id], mine, on)
        if kind in {"stranger", "other creditor"}:
            self._emit(self._nobody(turn))
            self._later(item_id, on + timedelta(days=1))
        else:
            _WAYS.get(kind, _Year._single)(self, turn)

    def _kind(self, *, has_two: bool) -> str:
        """By share; what needs two open invoices and does not find them is made up for at the next chance."""
        if has_two and self.owed.total():
            kind = next(iter(self.owed.elements()))
            self.owed[kind] -= 1
            return kind
        shares = {**KINDS, "number": KINDS.get("number", 0) - KINDS.get("twice", 0)}  # the first of two has a number
        while True:
            kind = self.chance.choices(tuple(shares), tuple(shares.values()))[0]
            if has_two or kind not in NEEDS_TWO:
                return kind
            self.owed[kind] += 1

    def _single(self, turn: _Turn) -> None:
        """One invoice, in full: with interest and costs, or the principal alone, which the creditor then accepts."""
        cents = turn.cents
        if cents > turn.item.principal_cents and self.chance.random() < 0.4:
            cents = turn.item.principal_cents
        text, reference = self._words(turn.kind, turn, cents)
        line = self._line(turn, cents, text, (Part(turn.item.id, cents),), reference=reference)
        line = replace(line, waived=_rest(turn, cents), kind="number" if turn.kind == "twice" else turn.kind)
        self._emit(line)
        if turn.kind == "twice":
            again = turn.on + timedelta(days=self.chance.randrange(1, 21))
            twin = replace(line.receipt, id=f"{line.receipt.id}b", booked_on=again)
            self.repeats.setdefault(again, []).append(Remittance(twin, "twice", line.debtor_id, (), cents))

    def _words(self, kind: str, turn: _Turn, cents: int) -> tuple[str, str]:
        """The text and the structured reference."""
        about = self._about(turn, cents)
        if kind == "reference":
            reference = turn.item.references[0]
            return ("", reference) if self.chance.random() < 0.6 else (self.scribe.reference(reference), "")
        if kind == "mangled":
            return self.scribe.mangled(turn.item.number, about), ""
        if kind == "own account":
            return self.scribe.silent(about), ""
        return self.scribe.right(turn.item.number, about), ""

    def _own_account(self, turn: _Turn) -> None:
        """Of equal amounts people mean the oldest, or the one that came last and not the one they forgot."""
        oldest = next(key for key in turn.mine if self.open[key] == turn.cents)
        self._single(replace(turn, item=self.items[oldest]) if self.chance.random() < 0.6 else turn)

    def _several(self, turn: _Turn) -> None:
        others = [key for key in turn.mine if key != turn.item.id and self.open[key] > 0]
        count = min(len(others), self.chance.choices((1, 2, 3, 6), (60, 25, 10, 5))[0])
        chosen = sorted((turn.item.id, *self.chance.sample(others, count)))
        parts = tuple(Part(key, self.open[key]) for key in chosen)
        total = sum(part.cents for part in parts)
        text = self.scribe.several([self.items[key].number for key in chosen], self._about(turn, total))
        self._emit(self._line(turn, total, text, parts))

    def _all_open(self, turn: _Turn) -> None:
        parts = tuple(Part(key, self.open[key]) for key in turn.mine)
        total = sum(part.cents for part in parts)
        if total <= 0:
            return self._single(replace(turn, kind="number"))
        return self._emit(self._line(turn, total, self.scribe.silent(self._about(turn, total)), parts))

    def _less_credit(self, turn: _Turn) -> None:
        share = self.chance.uniform(0.05, 0.6)
        credit = self._issue(turn.payer, max(100, round(turn.cents * share)), turn.on, is_credit=True)
        total = turn.cents + credit.open_cents
        about = self._about(turn, total)
        numbers = [turn.item.number, credit.number]
        text = self.scribe.several(numbers, about) if share > 0.3 else self.scribe.right(numbers[0], about)
        self._emit(self._line(turn, total, text, (Part(turn.item.id, turn.cents), Part(credit.id, credit.open_cents))))

    def _part(self, turn: _Turn) -> None:
        cents = max(100, round(turn.cents * self.chance.uniform(0.2, 0.8) / 1000) * 1000)
        if cents >= turn.cents:
            return self._single(replace(turn, kind="number"))
        text, _ = self._words("number" if self.chance.random() < 0.7 else "own account", turn, cents)
        self._later(turn.item.id, turn.on + timedelta(days=self.chance.randrange(14, 45)))
        return self._emit(self._line(turn, cents, text, (Part(turn.item.id, cents),)))

    def _rounded(self, turn: _Turn) -> None:
        cents = max(100, self.scribe.nearly(turn.cents))
        paid = min(cents, turn.cents)
        text, _ = self._words(self.chance.choice(("number", "mangled", "own account")), turn, cents)
        line = self._line(turn, cents, text, (Part(turn.item.id, paid),))
        self._emit(replace(line, waived=_rest(turn, paid)))

    def _other_person(self, turn: _Turn) -> None:
        if self.chance.random() < 0.8:
            text = self.scribe.right(turn.item.number, self._about(turn, turn.cents))
        else:
            text = f"{turn.payer.debtor.name} {scribbles.only_the_end(self.chance, turn.item.number)}"
        line = self._line(turn, turn.cents, text, (Part(turn.item.id, turn.cents),))
        name = turn.payer.partner if self.chance.random() < 0.5 else stranger_name(self.chance)
        receipt = replace(line.receipt, counterparty_name=name, counterparty_iban=turn.payer.other_iban)
        self._emit(replace(line, receipt=receipt))

    def _wrong_number(self, turn: _Turn) -> None:
        chance, way = self.chance, self.chance.random()
        if way < 0.5:
            number = chance.choice(list(self.items.values())).number
        elif way < 0.75:
            number = self.items[self.of_payer[turn.payer.debtor.id][0]].number
        else:
            number = self.scheme.form.format(self.scheme.first + len(self.items) + chance.randrange(50, 900))
        text = self.scribe.right(number, self._about(turn, turn.cents))
        self._emit(self._line(turn, turn.cents, text, (Part(turn.item.id, turn.cents),)))

    def _nobody(self, turn: _Turn) -> Remittance:
        chance = self.chance
        cents = chance.choice((*PRICES, self._amount(), self._amount(), self._amount()))
        line = self._line(turn, cents, "", ())
        if turn.kind == "stranger":
            name, text = no_customer(chance)
            receipt = replace(line.receipt, text=text, counterparty_name=name, counterparty_iban=stranger_iban(chance))
        else:
            other = chance.choice([scheme for scheme in SCHEMES if scheme.slug != self.scheme.slug])
            number = other.form.format(other.first + chance.randrange(1, 9000))
            receipt = replace(line.receipt, text=self.scribe.right(number, self._about(turn, cents)))
            if chance.random() < 0.75:
                name = stranger_name(chance)
                receipt = replace(receipt, counterparty_name=name, counterparty_iban=stranger_iban(chance))
        return replace(line, receipt=receipt, debtor_id="")

    # ---- a line

    def _about(self, turn: _Turn, cents: int) -> dict[str, str]:
        chance, issued_on = self.chance, turn.item.issued_on
        return {
            "klant": turn.payer.debtor.number,
            "dag": scribbles.day(issued_on),
            "bedrag": scribbles.dutch(cents),
            "order": str(chance.randrange(10_000, 4_600_000)),
            "tel": f"06{chance.randrange(10**7, 10**8)}",
            "postcode": f"{chance.randrange(1000, 9999)} {chance.choice(('AB', 'KL', 'XZ', 'DE'))}",
            "maand": scribbles.MONTHS[issued_on.month - 1],
            "naam": turn.payer.debtor.name,
        }

    def _line(self, turn: _Turn, cents: int, text: str, parts: tuple[Part, ...], *, reference: str = "") -> Remittance:
        payer, chance = turn.payer, self.chance
        receipt = Receipt(
            id=f"{self.scheme.slug}-{len(self.lines_out)}",
            cents=cents,
            booked_on=turn.on,
            text=text,
            reference=reference,
            end_to_end_id=chance.choice(("NOTPROVIDED", "", f"{turn.on:%Y%m%d}{chance.randrange(10**8)}")),
            counterparty_iban=payer.second_iban if payer.second_iban and chance.random() < 0.3 else payer.iban,
            counterparty_name=payer.account_name,
        )
        return Remittance(receipt, turn.kind, payer.debtor.id, parts, cents - sum(part.cents for part in parts))

    def _emit(self, line: Remittance) -> None:
        for part in (*line.parts, *line.waived):
            self.open[part.item_id] -= part.cents
        self.lines_out.append(line)


_WAYS = {
    "own account": _Year._own_account, "several": _Year._several, "all open": _Year._all_open,
    "less credit": _Year._less_credit, "part": _Year._part, "rounded": _Year._rounded,
    "other person": _Year._other_person, "wrong number": _Year._wrong_number,
}  # fmt: skip


def _rest(turn: _Turn, paid: int) -> tuple[Part, ...]:
    return (Part(turn.item.id, turn.cents - paid),) if paid < turn.cents else ()


def _kenmerk(serial: int) -> str:
    return payment_reference(f"{2026:05}{serial:010}")
