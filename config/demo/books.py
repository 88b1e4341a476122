"""The books of the demo's tenants: invented customers and invoices, the same on every machine for the same day."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from config.demo import names, numbers

CENT = Decimal("0.01")
POSTCODE_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
# Days past the due date (negative: not due yet), and how often: most pay late by days, a few by months, some hardly ever.
AGES = (
    (range(-24, -4), 26),
    (range(-3, 1), 10),
    (range(1, 4), 8),
    (range(4, 15), 26),
    (range(15, 46), 20),
    (range(46, 110), 10),
    (range(110, 330), 3),
    (range(330, 400), 2),  # a year past due: their VAT comes back
    (range(590, 720), 1),  # a consumer's purchase lapses after two years
)


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A debtor as an accounting program knows it."""

    number: str
    name: str
    street: str
    postcode: str
    city: str
    email: str
    is_consumer: bool
    kvk_number: str = ""
    vat_number: str = ""
    term_days: int = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice; the price is without VAT."""

    description: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """An invoice, or a credit note when it says which invoice it credits."""

    number: str
    customer: CustomerRecord
    issued_on: date
    due_on: date
    lines: tuple[Line, ...]
    vat_rate: int
    credits_number: str = ""

    @property
    def without_vat(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    @property
    def vat(self) -> Decimal:
        return (self.without_vat * self.vat_rate / 100).quantize(CENT, ROUND_HALF_UP)

    @property
    def total(self) -> Decimal:
        return self.without_vat + self.vat


@dataclass(frozen=True, slots=True)
class Business:
    """A tenant of the demo, and what its books look like."""

    slug: str
    name: str
    street: str
    postcode: str
    city: str
    prefix: str
    goods: tuple[tuple[str, int, int], ...]  # description, lowest and highest price in euros
    customers: int
    invoices: int
    consumers: float  # the share of consumers among the customers
    source: str  # "ubl" or "csv": how the books come in
    colour: str
    term_days: int = 30
    vat_rate: int = 21
    businesses: tuple[str, ...] = field(default=())
    run_weekday: int = 0
    run_hour: int = 9
    approves_automatically: bool = False
    books_age_days: int = 0

    @property
    def serial(self) -> int:
        return zlib.crc32(self.slug.encode()) % 90_000


@dataclass(frozen=True, slots=True)
class Books:
    """All that a tenant would upload."""

    customers: tuple[CustomerRecord, ...]
    invoices: tuple[InvoiceRecord, ...]


def make_books(business: Business, *, on: date) -> Books:
    """Invent the books of one tenant as they stand on a day."""
    dice = random.Random(business.serial)  # noqa: S311 - invented data must be the same everywhere
    customers = tuple(_customer(business, index, dice) for index in range(business.customers))
    drawn = [_draw(business, customers, on, dice) for _ in range(business.invoices)]
    ordered = sorted(drawn, key=lambda invoice: invoice.issued_on)
    numbered = [_numbered(business, invoice, index) for index, invoice in enumerate(ordered, start=1)]
    return Books(customers=customers, invoices=(*numbered, *_credit_notes(numbered, on, dice)))


def _customer(business: Business, index: int, dice: random.Random) -> CustomerRecord:
    surname = names.SURNAMES[(index * 7 + business.serial) % len(names.SURNAMES)]
    is_consumer = dice.random() < business.consumers
    first_name = dice.choice(names.FIRST_NAMES)
    name = f"{first_name} {surname}" if is_consumer else _business_name(business, index, surname, dice)
    town, postcode = dice.choice(names.TOWNS)
    mailbox = name.lower().replace("'", "").replace("é", "e").replace("&", "en").replace(".", "").replace(" ", "-")
    has_email = dice.random() > 0.04  # a few must be reached by post or by phone
    domain = "mail.example" if is_consumer else f"{mailbox}.example"
    serial = business.serial * 100 % 90_000 + index
    return CustomerRecord(
        number=str(10_000 + index),
        name=name,
        street=f"{dice.choice(names.STREETS)} {dice.randint(1, 240)}",
        postcode=f"{postcode}{dice.randint(10, 99)} {''.join(dice.choices(POSTCODE_LETTERS, k=2))}",
        city=town,
        email=(f"{mailbox}@{domain}" if is_consumer else f"administratie@{domain}") if has_email else "",
        is_consumer=is_consumer,
        kvk_number="" if is_consumer else numbers.kvk_number(serial),
        vat_number="" if is_consumer else numbers.vat_number(serial),
        term_days=14 if is_consumer else business.term_days,
    )


def _business_name(business: Business, index: int, surname: str, dice: random.Random) -> str:
    if index < len(business.businesses):
        return business.businesses[index]
    trade = names.TRADES[(index * 3 + business.serial) % len(names.TRADES)]
    form = dice.choice(("B.V.", "B.V.", "B.V.", "V.O.F.", ""))
    return f"{surname[0].upper()}{surname[1:]} {trade} {form}".strip()


def _draw(business: Business, customers: Sequence[CustomerRecord], on: date, dice: random.Random) -> InvoiceRecord:
    days_past_due = dice.choice(dice.choices([days for days, _ in AGES], [often for _, often in AGES])[0])
    customer = customers[min(int(dice.expovariate(1.6) * len(customers) / 2), len(customers) - 1)]
    due_on = on - timedelta(days=days_past_due)
    return InvoiceRecord(
        number="",
        customer=customer,
        issued_on=due_on - timedelta(days=customer.term_days),
        due_on=due_on,
        lines=tuple(_line(business, dice) for _ in range(dice.choice((1, 1, 2, 2, 3)))),
        vat_rate=business.vat_rate,
    )


def _line(business: Business, dice: random.Random) -> Line:
    description, lowest, highest = dice.choice(business.goods)
    price = Decimal(dice.randint(lowest * 4, highest * 4)) / 4
    return Line(description=description, quantity=dice.choice((1, 1, 1, 2, 3, 4)), price=price.quantize(CENT))


def _numbered(business: Business, invoice: InvoiceRecord, index: int) -> InvoiceRecord:
    return InvoiceRecord(
        number=f"{business.prefix}{invoice.issued_on:%Y}-{index:04d}",
        customer=invoice.customer,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        lines=invoice.lines,
        vat_rate=invoice.vat_rate,
    )


def _credit_notes(invoices: Sequence[InvoiceRecord], on: date, dice: random.Random) -> list[InvoiceRecord]:
    """One in forty is credited, for its first line."""
    credited = dice.sample(list(invoices), k=len(invoices) // 40)
    return [
        InvoiceRecord(
            number=f"C{invoice.number}",
            customer=invoice.customer,
            issued_on=min(on, invoice.issued_on + timedelta(days=6)),
            due_on=min(on, invoice.issued_on + timedelta(days=6)),
            lines=invoice.lines[:1],
            vat_rate=invoice.vat_rate,
            credits_number=invoice.number,
        )
        for invoice in credited
    ]
