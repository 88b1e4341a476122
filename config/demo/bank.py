"""Two months on the bank accounts of the demo: what was invoiced and paid meanwhile, and the receipts that make people think.

Most are written as people write them (config/demo/scribbles.py) and book themselves when the demo begins. Where a tenant
stands in PUZZLES, some receipts are left that only a person can place; the first tenant has none, so its books are fresh.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from config.demo import numbers, scribbles
from config.demo.books import CENT, Books, Business, CustomerRecord, InvoiceRecord, Line, make_books
from config.demo.scribbles import Scribe
from config.demo.statements import Movement

WEEKS = 9
DAYS = WEEKS * 7 - 9  # so long ago the first of these payments came
LATELY = timedelta(days=6)
FIRST_NUMBER = 401  # behind those that are still open
MISSING = {"groenrijk": 2}  # the statement of so many weeks before the last was never fetched
MOST_READ = frozenset({"van-dam", "noorderlicht"})  # every payer there copies the number


def with_paid(business: Business, books: Books, *, on: date) -> tuple[Books, tuple[InvoiceRecord, ...]]:
    """The books with invoices that were paid in these two months, and those invoices; uploaded as everything else."""
    dice = _dice(business, "paid")
    paid = tuple(_paid(business, books, dice, place, on) for place in range(business.invoices // 4))
    return Books(books.customers, (*books.invoices, *paid)), paid


def movements(
    business: Business, books: Books, paid: Sequence[InvoiceRecord], *, on: date, other: Business
) -> list[Movement]:
    """Everything that moved on the account, in no particular order."""
    month = _Account(business, books, paid, on, other)
    found = [*month.payments(), *month.costs()]
    return [one for one in found if one.cents] + [one for tell in PUZZLES.get(business.slug, ()) for one in tell(month)]


def _dice(business: Business, about: str) -> random.Random:
    return random.Random(f"{business.slug} {about}")  # noqa: S311 - invented data must be the same everywhere


def _paid(business: Business, books: Books, dice: random.Random, place: int, on: date) -> InvoiceRecord:
    customer = books.customers[dice.randrange(len(books.customers))]
    description, lowest, highest = dice.choice(business.goods)
    price = (Decimal(dice.randint(lowest * 4, highest * 4)) / 4).quantize(CENT)
    due_on = on - timedelta(days=dice.randint(8, DAYS))
    return InvoiceRecord(
        number=f"{business.prefix}{due_on:%Y}-{FIRST_NUMBER + place:04}",
        customer=customer,
        issued_on=due_on - timedelta(days=customer.term_days),
        due_on=due_on,
        lines=(Line(description, 1, price),),
        vat_rate=business.vat_rate,
    )


@dataclass
class _Account:
    """Who pays what into one account, and how they write it."""

    business: Business
    books: Books
    paid: Sequence[InvoiceRecord]
    on: date
    other: Business

    def __post_init__(self) -> None:
        self.dice = _dice(self.business, "bank")
        self.scribe = Scribe(self.dice)
        credited = {invoice.credits_number for invoice in self.books.invoices}
        old = [one for one in self.books.invoices if one.issued_on <= self.on - LATELY and not one.credits_number]
        self.open = [one for one in old if one.number not in credited]
        self.dice.shuffle(self.open)

    def payments(self) -> Iterator[Movement]:
        """What was invoiced in these months comes in, a few days early or late."""
        for invoice in self.paid:
            day = min(invoice.due_on + timedelta(days=self.dice.randint(-5, 7)), self.on)
            yield self.receipt(invoice, self._words(invoice), on=day)

    def costs(self) -> Iterator[Movement]:
        for week in range(WEEKS - 1):
            day = self.on - timedelta(days=7 * week + 3)
            yield Movement(
                day, -self.dice.randint(9_000, 240_000), "Groothandel Oost B.V.", _iban("groothandel"), "FACTUUR"
            )
            if week % 4 == 1:
                yield Movement(
                    day, -165_000, "Vastgoed Centrum B.V.", _iban("huur"), f"huur {scribbles.MONTHS[day.month - 1]}"
                )

    def receipt(
        self, invoice: InvoiceRecord, text: str, *, on: date, cents: int | None = None, name: str = "", iban: str = ""
    ) -> Movement:
        customer = invoice.customer
        holder = name or _dice_name(self.business, customer)
        amount = cents_of(invoice) if cents is None else cents
        return Movement(on, amount, holder, iban or _iban(f"{self.business.slug} {customer.number}"), text)

    def lately(self) -> date:
        return self.on - timedelta(days=self.dice.randint(0, LATELY.days - 1))

    def next_open(self) -> InvoiceRecord:
        """An invoice that waits for its money, each once."""
        return self.open.pop()

    def _words(self, invoice: InvoiceRecord) -> str:
        about = self.about(invoice)
        if self.business.slug in MOST_READ or self.dice.random() < 0.7:
            return self.scribe.right(invoice.number, about)
        way = self.dice.choice((scribbles.other_separators, scribbles.without_prefix, scribbles.without_zeros))
        return f"factuur {way(self.dice, invoice.number)} {about['naam']}"

    def about(self, invoice: InvoiceRecord) -> dict[str, str]:
        return {
            "klant": invoice.customer.number,
            "dag": scribbles.day(invoice.issued_on),
            "bedrag": scribbles.dutch(cents_of(invoice)),
            "order": str(self.dice.randrange(100_000, 900_000)),
            "tel": f"06{self.dice.randrange(10**7, 10**8)}",
            "postcode": invoice.customer.postcode,
            "maand": scribbles.MONTHS[invoice.issued_on.month - 1],
            "naam": invoice.customer.name,
        }


def cents_of(invoice: InvoiceRecord) -> int:
    return int(invoice.total * 100)


def _iban(whose: str) -> str:
    return numbers.iban(zlib.crc32(whose.encode()))


def _dice_name(business: Business, customer: CustomerRecord) -> str:
    """How the bank prints this customer: always the same."""
    return Scribe(_dice(business, customer.number)).account_name(customer.name, is_consumer=customer.is_consumer)


# --- receipts that make people think -----------------------------------------------------------------------------------
def _less_credit(account: _Account) -> Iterator[Movement]:
    """An invoice less its credit note, and nobody says so."""
    notes = {note.credits_number: note for note in account.books.invoices if note.credits_number}
    for invoice in account.books.invoices:
        if invoice.number in notes and invoice.issued_on <= account.on - LATELY:
            cents = cents_of(invoice) - cents_of(notes[invoice.number])
            yield account.receipt(invoice, "conform afspraak", on=account.lately(), cents=cents)
            return


def _no_reference(account: _Account) -> Iterator[Movement]:
    """The right amount from an account in another name, without a word."""
    yield account.receipt(
        account.next_open(), "betaling", on=account.lately(), name="Dekker Beheer B.V.", iban=_iban("dekker")
    )


def _other_person(account: _Account) -> Iterator[Movement]:
    """Somebody pays for somebody else, and types the number wrong."""
    invoice = account.next_open()
    wrong = scribbles.swapped(account.dice, invoice.number)
    text = f"voor {invoice.customer.name.split()[0]} {wrong}"
    yield account.receipt(invoice, text, on=account.lately(), name="M. Schouten e/o P. Vos", iban=_iban("schouten"))


def _twice(account: _Account) -> Iterator[Movement]:
    """What was paid a month ago comes in again."""
    invoice = account.paid[0]
    yield account.receipt(invoice, f"Factuur {invoice.number}", on=account.on - timedelta(days=1))


def _elsewhere(account: _Account) -> Iterator[Movement]:
    """Money for another client of the same office."""
    invoice = make_books(account.other, on=account.on).invoices[0]
    yield replace(
        account.receipt(invoice, f"Factuur {invoice.number}", on=account.lately()), iban=_iban(account.other.slug)
    )


def _in_part(account: _Account) -> Iterator[Movement]:
    """A round amount that is a part of something."""
    invoice = account.next_open()
    cents = max(1_000, cents_of(invoice) // 20_000 * 10_000)
    yield account.receipt(invoice, "deelbetaling", on=account.lately(), cents=cents)


def _discount(account: _Account) -> Iterator[Movement]:
    """Two per cent that nobody promised."""
    invoice = account.next_open()
    text = f"{invoice.number} min 2% korting"
    yield account.receipt(invoice, text, on=account.lately(), cents=cents_of(invoice) * 98 // 100)


def _too_much(account: _Account) -> Iterator[Movement]:
    invoice = account.next_open()
    yield account.receipt(invoice, f"fact {invoice.number}", on=account.lately(), cents=cents_of(invoice) + 2_500)


def _tax(account: _Account) -> Iterator[Movement]:
    yield Movement(
        account.lately(), 61_200, "BELASTINGDIENST", _iban("belastingdienst"), "TERUGGAAF OB AANSLAG 998123456B01"
    )


def _bank_interest(account: _Account) -> Iterator[Movement]:
    yield Movement(account.lately(), 1_437, "", "", "CREDITRENTE")


PUZZLES: dict[str, tuple[Callable[[_Account], Iterator[Movement]], ...]] = {
    "korenaar": (
        _less_credit, _no_reference, _other_person, _twice, _elsewhere, _in_part, _discount, _too_much, _tax, _bank_interest,
    ),
    "lindeman": (_no_reference, _less_credit, _twice),
}  # fmt: skip
