"""Amounts and dates: read in one way per column, or refused with the reason."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.importing import values
from receivables.importing.values import ValueRefusedError


@pytest.mark.parametrize(
    ("cell", "sign", "expected"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1,234.56", ".", "1234.56"),
        ("€ 1.234,5", ",", "1234.50"),
        ("-50,00", ",", "-50.00"),
        ("50,00-", ",", "-50.00"),
        ("(50,00)", ",", "-50.00"),
        ("'579,68 USD", ",", "579.68"),
        ("1 234,50", ",", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("1.000.000", ",", "1000000.00"),
        (Decimal("25717.69"), ",", "25717.69"),
        (values.from_float(0.1 + 0.2), ",", "0.30"),
    ],
)
def test_an_amount_is_exact(cell: values.Cell, sign: str, expected: str) -> None:
    assert values.amount(cell, decimal_sign=sign) == Decimal(expected)


@pytest.mark.parametrize(
    "cell", ["1.23.4", "12,345", "tien", "", "0x1F", "1e5", "--5", "1,2,3", "9" * 30, "12.34,5,6", "٣"]
)
def test_what_is_no_amount_is_refused(cell: str) -> None:
    with pytest.raises(ValueRefusedError):
        values.amount(cell, decimal_sign=",")


@pytest.mark.parametrize(
    ("cells", "sign", "unsure"),
    [
        (["10,00", "1.234"], ",", []),  # the comma settles it
        (["10.00", "1,234"], ".", []),
        (["1.234", "2.345"], ",", [0, 1]),
        (["1.234", "1,234", "1.234,56"], ",", [0, 1]),
        (["10,00", "10.00", "11,00"], ",", [1]),
        (["1.234.567", "1.234"], ",", []),
        (["100", "200"], ",", []),
    ],
)
def test_a_column_settles_its_own_sign(cells: list[values.Cell], sign: str, unsure: list[int]) -> None:
    reading = values.amounts_of(cells)
    assert (reading.decimal_sign, sorted(reading.unsure)) == (sign, unsure)


def test_a_chosen_sign_settles_everything() -> None:
    assert values.amounts_of(["1.234", "1,234"], decimal_sign=".").unsure == {}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("02-01-2026", date(2026, 1, 2)),
        ("2/1/2026", date(2026, 1, 2)),
        ("2026-01-02", date(2026, 1, 2)),
        ("2026-01-02 00:00:00", date(2026, 1, 2)),
        ("2026-01-02T10:00:00Z", date(2026, 1, 2)),
        ("20260102", date(2026, 1, 2)),
        ("2 januari 2026", date(2026, 1, 2)),
        ("2 jan. 2026", date(2026, 1, 2)),
        ("02-01-26", date(2026, 1, 2)),
        (datetime(2026, 1, 2, 12), date(2026, 1, 2)),  # noqa: DTZ001 # a spreadsheet has no zone
    ],
)
def test_a_date_is_read_day_first(cell: values.Cell, expected: date) -> None:
    assert values.day(cell) == expected


@pytest.mark.parametrize("cell", ["31-02-2026", "00-00-0000", "morgen", "", "2026-13-01", "01-01-0001", "99999"])
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(ValueRefusedError):
        values.day(cell)


def test_an_american_date_makes_its_row_doubtful() -> None:
    assert list(values.dates_of(["03-04-2026", "04/13/2026"]).unsure) == [1]
    assert values.dates_of(["12/15/2018", "01/02/2018"], month_first=True).unsure == {}


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=2))
def test_what_a_dutch_program_writes_comes_back(amount: Decimal) -> None:
    written = f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
    assert values.amount(written, decimal_sign=",") == amount


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(cell: str) -> None:
    for read in (lambda: values.amount(cell, decimal_sign=","), lambda: values.day(cell)):
        with contextlib.suppress(ValueRefusedError):
            read()
