"""Every listed bank table can be mapped, and then gives all its rows; the hostile ones are refused with their place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from receivables.banking.parsed import ReadBankFile
from receivables.banking.tabular import read_table, suggest
from receivables.importing.outcome import RefusedError
from tests.receivables.importing.shared import Case, cases, params

TABLES = [case for case in cases("csv_xlsx") if case.outcome == "import_with_mapping"]
HOSTILE = {case.name: case for case in cases("hostile") if case.name.startswith(("csv_", "xlsx_"))}
# What no heading tells: a table without headings, and a list of invoices in which somebody looks for payments.
BY_HAND: dict[str, dict[str, Any]] = {
    "oca_original_currency_no_header.csv": {
        "mapping": {"date": 0, "text": 1, "currency": 2, "amount": 3, "name": 5, "reference": 7},
        "date_order": "mdy",
        "decimal_sign": ".",
    },
    "afas_debiteurenlijst_demo.xlsx": {"mapping": {"date": 4, "amount": 7, "name": 1}},
}
# Day-first dates and amounts that leave no doubt: read as they are, nothing chosen but the columns.
CLOSING = {
    "oca_balance.csv": ("10.00", "1510.00"),
    "oca_debit_credit.csv": ("10.00", "1510.00"),
    "oca_sample_statement_en_empty_values.xlsx": ("9705.75", "7498.07"),
    "oca_paypal_statement_en.csv": ("0.75", "0.75"),
}


def options(case: Case) -> dict[str, Any]:
    """What the screen proposes, with the own account where the file does not name it."""
    look = suggest(case.content(), case.name)
    chosen = {
        "mapping": look.mapping,
        "header_row": look.header_row,
        "decimal_sign": look.decimal_sign,
        "date_order": look.date_order,
        **BY_HAND.get(case.name, {}),
    }
    named = "account" in look.mapping or look.account
    return chosen if named else {**chosen, "account": "NL69 INGB 0123 4567 89"}


def read(case: Case) -> ReadBankFile:
    return read_table(case.content(), name=case.name, options=options(case))


@pytest.mark.parametrize("case", params(TABLES))
def test_every_row_below_the_heading_is_answered_for(case: Case) -> None:
    sheets = case.facts.get("sheets") or [case.facts]
    heading = 0 if case.name == "oca_original_currency_no_header.csv" else 1
    found = read(case)
    assert sum(statement.entries for statement in found) == sheets[0]["non_empty_rows"] - heading
    booked = sum(len(statement.transactions) for statement in found)
    told = sum(1 for statement in found for problem in statement.warnings if problem.code == "not_booked")
    assert sum(statement.entries for statement in found) == booked + told


@pytest.mark.parametrize("case", params([case for case in TABLES if case.name in CLOSING]))
def test_a_running_balance_gives_opening_and_closing(case: Case) -> None:
    statement = read(case).statements[0]
    assert statement.opening is not None
    assert statement.closing is not None
    assert (statement.opening.amount, statement.closing.amount) == tuple(map(Decimal, CLOSING[case.name]))
    assert statement.opening.amount + statement.moved == statement.closing.amount


@pytest.mark.parametrize("case", params([case for case in TABLES if case.name.startswith("ing_example_format1")]))
def test_ing_is_read_without_asking(case: Case) -> None:
    (statement,) = read_table(case.content(), name=case.name, options={})
    assert (statement.account, statement.currency, statement.entries) == ("HE65IEKA8524767355", "EUR", 3)
    assert [line.amount for line in statement.transactions] == [Decimal("-42.81"), Decimal("-30.97"), Decimal("-47.50")]
    assert statement.transactions[2].counterparty_iban == "KH73UPIX2082007174"


@pytest.mark.parametrize("case", params([case for case in TABLES if not case.name.startswith("ing_example_format1")]))
def test_a_layout_that_is_not_known_asks_for_its_columns(case: Case) -> None:
    with pytest.raises(RefusedError) as refused:
        read_table(case.content(), name=case.name, options={})
    look = suggest(case.content(), case.name)
    assert refused.value.problem.code == "columns"
    assert refused.value.problem.column == "; ".join(look.headings)


def test_two_currencies_are_two_statements() -> None:
    case = next((case for case in TABLES if case.name == "oca_multi_currency.csv"), None)
    if case is None:
        pytest.skip("no shared files")
    assert [(one.currency, one.moved) for one in read(case)] == [
        ("USD", Decimal("-33.50")),
        ("EUR", Decimal("1525.00")),
    ]


def refused_places(name: str, chosen: dict[str, Any]) -> list[tuple[int | None, str | None]]:
    if name not in HOSTILE:
        pytest.skip("no shared files")
    with pytest.raises(RefusedError) as refused:
        read_table(HOSTILE[name].content(), name=name, options={"account": "NL69INGB0123456789", **chosen})
    return [(problem.line, problem.column) for problem in refused.value.problems]


def test_ambiguous_amounts_are_refused_by_line_and_column() -> None:
    mapping = {"date": 3, "amount": 5, "name": 2}
    assert refused_places("csv_ambiguous_amounts.csv", {"mapping": mapping}) == [(2, "Bedrag"), (3, "Bedrag")]


def test_a_chosen_decimal_sign_reads_them_or_names_the_rest() -> None:
    """With a comma for decimals 1,234 has three: still refused, and only that one."""
    mapping = {"date": 3, "amount": 5, "name": 2}
    places = refused_places("csv_ambiguous_amounts.csv", {"mapping": mapping, "decimal_sign": ","})
    assert places == [(3, "Bedrag")]


def test_ambiguous_dates_are_refused_by_line_and_column() -> None:
    mapping = {"date": 3, "amount": 5, "name": 2}
    assert refused_places("csv_ambiguous_dates.csv", {"mapping": mapping}) == [(3, "Datum")]


def test_formulas_without_a_value_are_no_zero() -> None:
    mapping = {"date": 3, "amount": 5, "name": 2}
    places = refused_places("xlsx_formula_no_value.xlsx", {"mapping": mapping})
    assert places[0][0] == 2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("csv_zero_bytes.csv", "empty"),
        ("csv_binary_pretending.csv", "not_a_csv"),
        ("csv_huge_field.csv.gz", "too_long"),
        ("xlsx_zip_bomb.xlsx", "too_large"),
    ],
)
def test_what_is_no_table_is_refused(name: str, code: str) -> None:
    if name not in HOSTILE:
        pytest.skip("no shared files")
    with pytest.raises(RefusedError) as refused:
        read_table(HOSTILE[name].content(), name=name, options={})
    assert refused.value.problem.code == code


@pytest.mark.parametrize(
    "name", ["csv_bom_semicolon_comma.csv", "csv_cp1252.csv", "xlsx_text_numbers.xlsx", "xlsx_date1904.xlsx"]
)
def test_odd_writing_is_read(name: str) -> None:
    if name not in HOSTILE:
        pytest.skip("no shared files")
    case = HOSTILE[name]
    look = suggest(case.content(), name)
    date, amount = column(look.headings, "Factuurdatum"), column(look.headings, "Openstaand")
    chosen = {"mapping": {"date": date, "amount": amount}, "account": "NL69INGB0123456789"}
    (statement,) = read_table(case.content(), name=name, options=chosen)
    assert statement.entries == case.facts["rows_imported"]
    facts = case.facts.get("facts", {})
    if "open_total" in facts:
        assert statement.moved == Decimal(facts["open_total"])
    if "issue_date" in facts:
        assert statement.transactions[0].booked_on.isoformat() == facts["issue_date"]


def column(headings: tuple[str, ...], name: str) -> int:
    return next((index for index, heading in enumerate(headings) if heading.lower() == name.lower()), 0)
