"""The legal figures besides the rates, as dated values with their source. A figure nobody could check says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Final

from receivables.domain.money import Money

LEGAL_STATE_ON: Final = date(2026, 11, 22)
STATUS_NOTE: Final = (
    "De regel voor kleine termijnen van een lopend contract is alleen uit een tweede bron bekend: de tekst van het besluit, "
    "de ingangsdatum en het bedrag voor volgende termijnen zijn niet nagelezen. Voldaan rekent het laagste bedrag; "
    "controleer dit zelf voordat u de kosten vraagt."
)


@dataclass(frozen=True, slots=True)
class Tier:
    """One bracket of the tariff: a percentage over the next `width` of principal; the last bracket has no end."""

    width: Money | None
    percent: Decimal


@dataclass(frozen=True, slots=True)
class CostsTariff:
    valid_from: date
    tiers: tuple[Tier, ...]
    minimum: Money
    maximum: Money
    vat_percent: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class FixedSum:
    valid_from: date
    amount: Money
    source: str


@dataclass(frozen=True, slots=True)
class SmallInstalments:
    """Lower costs for small instalments of a running contract. Uncertain: `note` is shown wherever it is used."""

    threshold: Money
    first: Money
    following: Money
    most_per_six_months: Money
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class CompanySize:
    """A company is large when it meets two of these three."""

    balance_over: Money
    turnover_over: Money
    employees_from: int


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    default_days: int
    business_most_days: int
    large_to_small_most_days: int
    large_valid_from: date
    large_old_contracts_from: date
    government_days: int
    government_most_days: int
    large_company: CompanySize
    source: str


@dataclass(frozen=True, slots=True)
class Retention:
    fiscal_years: int
    collection_file_years: int  # after closing
    source: str


@dataclass(frozen=True, slots=True)
class ContactWindow:
    opens: time
    closes: time
    on_sundays: bool
    on_holidays: bool
    source: str


BIK: Final = CostsTariff(
    valid_from=date(2012, 7, 1),
    tiers=(
        Tier(Money.of("2500"), Decimal(15)),
        Tier(Money.of("2500"), Decimal(10)),
        Tier(Money.of("5000"), Decimal(5)),
        Tier(Money.of("190000"), Decimal(1)),
        Tier(None, Decimal("0.5")),
    ),
    minimum=Money.of("40.00"),
    maximum=Money.of("6775.00"),
    vat_percent=Decimal(21),
    source="art. 2 BIK (Stb. 2012, 141); niet voor vorderingen die voor 1-7-2012 al in verzuim waren (art. 3)",
)
B2B_FIXED_SUM: Final = FixedSum(date(2013, 3, 16), Money.of("40.00"), source="art. 6:96 lid 4 BW")
SMALL_INSTALMENTS: Final = SmallInstalments(
    threshold=Money.of("266.67"),
    first=Money.of("40.00"),
    following=Money.of("20.00"),  # inferred: 40 + 5 x 20 = 140
    most_per_six_months=Money.of("140.00"),
    note=STATUS_NOTE,
    source="wijziging van het BIK bij de Wki (Stb. 2024, 44), tekst niet gezien; gln.nl 19-3-2024",
)
PAYMENT_TERMS: Final = PaymentTerms(
    default_days=30,
    business_most_days=60,
    large_to_small_most_days=30,
    large_valid_from=date(2022, 7, 1),
    large_old_contracts_from=date(2023, 7, 1),
    government_days=30,
    government_most_days=60,
    large_company=CompanySize(Money.of("20000000"), Money.of("40000000"), employees_from=250),
    source="art. 6:119a en 6:119b BW; Stb. 2022, 146 en 175; de grootte-eisen zijn later geïndexeerd, niet nagelezen",
)
RETENTION: Final = Retention(fiscal_years=7, collection_file_years=2, source="art. 52 lid 4 AWR; art. 5.1 Bki")
CONTACT_WINDOW: Final = ContactWindow(
    opens=time(7), closes=time(20), on_sundays=False, on_holidays=False, source="art. 4.2 Bki"
)
