"""The shipped figures equal the published ones: every row, every value, nothing more and nothing less."""

from __future__ import annotations

from typing import Any

import pytest

from receivables.domain.money import Money
from receivables.domain.parameters import (
    B2B_FIXED_SUM,
    BIK,
    CONTACT_WINDOW,
    PAYMENT_TERMS,
    RETENTION,
    SMALL_INSTALMENTS,
)
from receivables.domain.rates import SHIPPED, RateKind
from tests.domain.law import law, needs_law

TABLES = {RateKind.CONSUMER: "consumer_6_119", RateKind.COMMERCIAL: "commercial_6_119a_6_119b"}
PROSE = {"source", "status", "topic", "note"}


@needs_law
@pytest.mark.parametrize("kind", list(RateKind))
def test_shipped_rates_equal_the_published_table(kind: RateKind) -> None:
    published = [(row["valid_from"], row["rate"]) for row in law("rates.json")[TABLES[kind]]]

    assert [(row.valid_from.isoformat(), str(row.percent)) for row in SHIPPED[kind].rows] == published


@needs_law
def test_no_published_table_of_rates_is_left_out() -> None:
    assert {name for name, value in law("rates.json").items() if _is_table(value)} == set(TABLES.values())


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


@pytest.mark.parametrize("kind", list(RateKind))
def test_every_shipped_rate_says_where_it_was_read(kind: RateKind) -> None:
    assert [row.valid_from for row in SHIPPED[kind].rows if not row.source] == []


def whole(amount: Money) -> str:
    return f"{amount.amount:.0f}"


SHIPPED_PARAMETERS: dict[str, Any] = {
    "bik": {
        "valid_from": BIK.valid_from.isoformat(),
        "tiers": [[tier.width and whole(tier.width), float(tier.percent) / 100] for tier in BIK.tiers],
        "minimum": str(BIK.minimum),
        "maximum": str(BIK.maximum),
        "vat_rate": str(BIK.vat_percent / 100),
    },
    "b2b_fixed_sum": {"valid_from": B2B_FIXED_SUM.valid_from.isoformat(), "amount": str(B2B_FIXED_SUM.amount)},
    "bik_small_instalments": {
        "threshold_per_instalment": str(SMALL_INSTALMENTS.threshold),
        "first": str(SMALL_INSTALMENTS.first),
        "next": str(SMALL_INSTALMENTS.following),
        "cap_per_six_months": str(SMALL_INSTALMENTS.most_per_six_months),
    },
    "payment_terms": {
        "default_days": PAYMENT_TERMS.default_days,
        "b2b_max_days_if_not_grossly_unfair": PAYMENT_TERMS.business_most_days,
        "large_debtor_to_sme_creditor_max_days": PAYMENT_TERMS.large_to_small_most_days,
        "large_valid_from": PAYMENT_TERMS.large_valid_from.isoformat(),
        "government_days": PAYMENT_TERMS.government_days,
        "government_max_days": PAYMENT_TERMS.government_most_days,
        "large_company_two_of_three": {
            "balance_total_over_eur": whole(PAYMENT_TERMS.large_company.balance_over),
            "net_turnover_over_eur": whole(PAYMENT_TERMS.large_company.turnover_over),
            "employees_from": PAYMENT_TERMS.large_company.employees_from,
        },
    },
    "retention": {
        "fiscal_years": RETENTION.fiscal_years,
        "collection_file_years_after_closing": RETENTION.collection_file_years,
    },
    "contact_window": {
        "from": f"{CONTACT_WINDOW.opens:%H:%M}",
        "to": f"{CONTACT_WINDOW.closes:%H:%M}",
        "sunday": CONTACT_WINDOW.on_sundays,
        "holidays": CONTACT_WINDOW.on_holidays,
    },
}


def published_parameters() -> dict[str, Any]:
    groups = {name: group for name, group in law("parameters.json").items() if name not in PROSE}
    plain = {name: {key: value for key, value in group.items() if key not in PROSE} for name, group in groups.items()}
    plain["bik"]["tiers"] = [[width, float(part)] for width, part in plain["bik"]["tiers"]]
    return plain


@needs_law
def test_shipped_parameters_equal_the_published_ones() -> None:
    assert published_parameters() == SHIPPED_PARAMETERS
