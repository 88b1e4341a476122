"""CSV layouts of Dutch banks that are read without asking: by their headings, or by what stands in every row.

ING (comma and semicolon, Dutch and English), Rabobank, bunq and Knab have headings; ABN AMRO (tab), ASN/SNS and Triodos
have none. Everything else is mapped by the user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from receivables.importing.columns import plain
from receivables.importing.values import Cell, text

_IBAN = r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}"
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what, and how it is written."""

    at: Mapping[str, int]
    texts: tuple[int, ...] = ()  # the remittance; more columns are put behind each other
    date_order: str = "dmy"
    decimal_sign: str | None = None  # None: the column itself must tell
    balance_before: bool = False  # the balance of the row is the one before it
    account: str = ""  # of the whole file
    dialect: str = ""  # how the text column is written inside
    name: str = ""


@dataclass(frozen=True, slots=True)
class Headed:
    """A layout known by its headings (in the plain form of `columns.plain`)."""

    name: str
    at: Mapping[str, str]
    texts: tuple[str, ...]
    date_order: str
    decimal_sign: str | None = ","
    optional: frozenset[str] = field(default_factory=frozenset)
    dialect: str = ""

    def columns(self, header: Sequence[str]) -> Columns | None:
        """None when one of its headings is not there."""
        places = {heading: index for index, heading in reversed(list(enumerate(map(plain, header))))}
        needed = {*self.at.values(), *self.texts[:1]} - self.optional
        if not needed <= set(places):
            return None
        return Columns(
            at={name: places[heading] for name, heading in self.at.items() if heading in places},
            texts=tuple(places[heading] for heading in self.texts if heading in places),
            date_order=self.date_order,
            decimal_sign=self.decimal_sign,
            dialect=self.dialect,
            name=self.name,
        )


@dataclass(frozen=True, slots=True)
class Bare:
    """A layout without headings, known by patterns that every row must fit."""

    name: str
    widths: range
    patterns: Mapping[int, str]
    at: Mapping[str, int]
    texts: tuple[int, ...]
    date_order: str
    decimal_sign: str
    balance_before: bool = False
    dialect: str = ""

    def fits(self, rows: Sequence[Sequence[Cell]]) -> bool:
        return bool(rows) and all(self._fits(row) for row in rows[:_SAMPLE])

    def _fits(self, row: Sequence[Cell]) -> bool:
        return len(row) in self.widths and all(
            re.fullmatch(pattern, text(row[index]).strip()) for index, pattern in self.patterns.items()
        )

    def columns(self) -> Columns:
        return Columns(
            self.at, self.texts, self.date_order, self.decimal_sign, self.balance_before, "", self.dialect, self.name
        )


HEADED = (
    Headed(
        "ING",
        {"date": "datum", "name": "naam omschrijving", "account": "rekening", "iban": "tegenrekening", "sign": "af bij",
         "amount": "bedrag eur", "balance": "saldo na mutatie"},
        ("mededelingen",),
        "ymd",
        optional=frozenset({"saldo na mutatie"}),
        dialect="ing",
    ),
    Headed(
        "ING (English)",
        {"date": "date", "name": "name description", "account": "account", "iban": "counterparty", "sign": "debit credit",
         "amount": "amount eur", "balance": "resulting balance"},
        ("notifications",),
        "ymd",
        optional=frozenset({"resulting balance"}),
        dialect="ing",
    ),
    Headed(
        "Rabobank",
        {"account": "iban bban", "currency": "munt", "bank_reference": "volgnr", "date": "datum", "value_date": "rentedatum",
         "amount": "bedrag", "balance": "saldo na trn", "iban": "tegenrekening iban bban", "name": "naam tegenpartij",
         "end_to_end": "transactiereferentie", "reference": "betalingskenmerk"},
        ("omschrijving 1", "omschrijving 2", "omschrijving 3"),
        "ymd",
        optional=frozenset({"transactiereferentie", "betalingskenmerk", "rentedatum", "volgnr"}),
    ),
    Headed(
        "bunq",
        {"date": "date", "value_date": "interest date", "amount": "amount", "account": "account", "iban": "counterparty",
         "name": "name"},
        ("description",),
        "ymd",
        decimal_sign=None,  # the user of bunq chooses
    ),
    Headed(
        "Knab",
        {"account": "rekeningnummer", "date": "transactiedatum", "currency": "valutacode", "sign": "creditdebet",
         "amount": "bedrag", "iban": "tegenrekeningnummer", "name": "tegenrekeninghouder", "value_date": "valutadatum",
         "end_to_end": "referentie"},
        ("omschrijving",),
        "dmy",
        optional=frozenset({"referentie"}),
    ),
    Headed(
        "ABN AMRO",
        {"account": "accountnumber", "currency": "mutationcode", "date": "transactiondate", "value_date": "valuedate",
         "balance": "endsaldo", "amount": "amount"},
        ("description",),
        "ymd",
        decimal_sign=None,
        dialect="abn",
    ),
)  # fmt: skip

BARE = (
    Bare(
        "ABN AMRO",
        range(8, 9),
        {0: rf"\d{{9,10}}|{_IBAN}", 1: r"[A-Z]{3}", 2: r"\d{8}", 3: r"-?\d+,\d\d", 4: r"-?\d+,\d\d", 5: r"\d{8}", 6: r"[+-]?\d+,\d\d"},
        {"account": 0, "currency": 1, "date": 2, "balance": 4, "value_date": 5, "amount": 6},
        (7,),
        "ymd",
        ",",
        dialect="abn",
    ),
    Bare(
        "ASN/SNS",
        range(19, 60),  # a comma in the text makes one more column
        {0: r"\d\d-\d\d-\d{4}", 1: _IBAN, 7: r"[A-Z]{3}", 8: r"-?\d+\.\d\d", 9: r"[A-Z]{3}", 10: r"[+-]?\d+\.\d\d",
         11: r"\d\d-\d\d-\d{4}", 12: r"\d\d-\d\d-\d{4}"},
        {"date": 0, "account": 1, "iban": 2, "name": 3, "currency": 9, "balance": 8, "amount": 10, "value_date": 12,
         "bank_reference": 15, "reference": 16},
        (17,),
        "dmy",
        ".",
        balance_before=True,
        dialect="asn",
    ),
    Bare(
        "Triodos",
        range(9, 11),
        {0: r"\d\d-\d\d-\d{4}", 1: _IBAN, 2: r"\d[\d.]*,\d\d", 3: r"(?i)debet|credit", 8: r"-?\d[\d.]*,\d\d"},
        {"date": 0, "account": 1, "amount": 2, "sign": 3, "name": 4, "iban": 5, "balance": 8},
        (7,),
        "dmy",
        ",",
    ),
)  # fmt: skip


def with_heading(header: Sequence[str]) -> Columns | None:
    """The layout of a bank we know; None when the user must say what is what."""
    return next((found for layout in HEADED if (found := layout.columns(header))), None)


def without_heading(rows: Sequence[Sequence[Cell]]) -> Columns | None:
    """A layout whose rows begin at once."""
    fitting = [layout.columns() for layout in BARE if layout.fits(rows)]
    return fitting[0] if len(fitting) == 1 else None
