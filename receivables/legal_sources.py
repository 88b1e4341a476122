"""The legal figures that the program uses, as a person reads them: what, from when, where it stands, and what is uncertain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from receivables.domain.money import Money
from receivables.domain.parameters import (
    B2B_FIXED_SUM,
    BIK,
    CONTACT_WINDOW,
    PAYMENT_TERMS,
    RETENTION,
    SMALL_INSTALMENTS,
    CostsTariff,
)
from tenants.templatetags.voldaan import datum, eur, eur_kort


@dataclass(frozen=True, slots=True)
class Source:
    """One rule with its figures; `warning` says what nobody could check."""

    title: str
    rule: str
    source: str
    warning: str = ""


def sources() -> tuple[Source, ...]:
    """Every dated figure besides the interest rates."""
    return tuple(_sources())


def _sources() -> Iterator[Source]:
    yield Source("Incassokosten", _tariff(BIK), BIK.source)
    fixed = f"{eur(B2B_FIXED_SUM.amount)} zonder aanmaning, vanaf de dag na de vervaldatum; sinds {datum(B2B_FIXED_SUM.valid_from)}."
    yield Source("Vast bedrag bij bedrijven", fixed, B2B_FIXED_SUM.source)
    small = SMALL_INSTALMENTS
    yield Source(
        "Kleine termijnen van een lopend contract",
        f"Termijnen onder {eur(small.threshold)}: {eur(small.first)} voor de eerste, {eur(small.following)} voor elke volgende, "
        f"samen hoogstens {eur(small.most_per_six_months)} per half jaar.",
        small.source,
        small.note,
    )
    terms = PAYMENT_TERMS
    yield Source(
        "Betaaltermijnen",
        f"Zonder afspraak {terms.default_days} dagen. Tussen bedrijven hoogstens {terms.business_most_days} dagen, tenzij een "
        f"langere termijn uitdrukkelijk is afgesproken en niet oneerlijk is. Een grote onderneming betaalt een kleinere binnen "
        f"{terms.large_to_small_most_days} dagen, de overheid binnen {terms.government_days}.",
        terms.source,
    )
    window = CONTACT_WINDOW
    yield Source(
        "Contacttijden",
        f"Berichten en telefoontjes tussen {window.opens:%H:%M} en {window.closes:%H:%M}, niet op zondagen en feestdagen.",
        window.source,
    )
    yield Source(
        "Bewaren",
        f"De boekhouding {RETENTION.fiscal_years} jaar, het incassodossier ten minste {RETENTION.collection_file_years} jaar "
        "na sluiting.",
        RETENTION.source,
    )


def _tariff(tariff: CostsTariff) -> str:
    brackets = [
        f"{_percent(tier.percent)} over {'de eerste' if place == 0 else 'de volgende'} {eur_kort(tier.width)}"
        if tier.width
        else f"{_percent(tier.percent)} over de rest"
        for place, tier in enumerate(tariff.tiers)
    ]
    return (
        f"{', '.join(brackets)} van de hoofdsom. Ten minste {eur(tariff.minimum)}, hoogstens {eur(tariff.maximum)}. "
        "De rente telt niet mee."
    )


def _percent(value: object) -> str:
    return f"{value} %".replace(".", ",")


def large_company() -> str:
    """The size test of art. 2:397 BW, with the doubt about its amounts."""
    size = PAYMENT_TERMS.large_company
    return (
        f"Groot is wie aan twee van de drie voldoet: meer dan {_millions(size.balance_over)} balans, meer dan "
        f"{_millions(size.turnover_over)} omzet, ten minste {size.employees_from} mensen (art. 2:397 BW). "
        "Deze bedragen zijn later geïndexeerd; de nieuwe zijn niet nagelezen."
    )


def _millions(amount: Money) -> str:
    return f"€ {amount.amount / 1_000_000:.0f} miljoen"
