"""How amounts, dates and counts look on every screen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from receivables.domain.money import Money
from tenants.templatetags import voldaan


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234.56"), "€ 1.234,56"),
        (Money.of("1234567.5"), "€ 1.234.567,50"),
        (Decimal("-121"), "€ -121,00"),
        (Decimal("0.005"), "€ 0,01"),  # half up
        (Decimal("-0.001"), "€ 0,00"),
        (0, "€ 0,00"),
        (None, ""),
        ("n.v.t.", "n.v.t."),  # what a file said
    ],
)
def test_eur_is_dutch(value: object, shown: str) -> None:
    assert voldaan.eur(value).replace("\u00a0", " ") == shown


def test_dates_are_dutch() -> None:
    day = date(2026, 11, 3)
    assert [voldaan.datum(day), voldaan.datum_kort(day), voldaan.weekdag_datum(day)] == [
        "3 november 2026",
        "03-11-2026",
        "dinsdag 3 november",
    ]


def test_a_moment_shows_the_day_in_amsterdam() -> None:
    assert voldaan.datum_tijd(datetime(2026, 11, 2, 23, 30, tzinfo=UTC)) == "3 november 2026, 00:30"


@pytest.mark.parametrize(("count", "shown"), [(0, "0 facturen"), (1, "1 factuur"), (12345, "12.345 facturen")])
def test_hoeveel_counts_with_the_right_word(count: int, shown: str) -> None:
    assert voldaan.hoeveel(count, "factuur,facturen") == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Bakkerij De Gouden Korrel", "BK"),
        ("Voldaan", "VO"),
        ("Jan de Wit", "JW"),
        ("B.V.", "BV"),
        ("De Korrel B.V.", "KO"),
    ],
)
def test_initialen_stand_for_a_name(name: str, letters: str) -> None:
    assert voldaan.initialen(name) == letters


def test_iban_is_shown_in_fours() -> None:
    assert voldaan.iban("NL91ABNA0417164300").split("\u00a0") == ["NL91", "ABNA", "0417", "1643", "00"]
