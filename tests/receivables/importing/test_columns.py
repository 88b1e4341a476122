"""Headings of the programs our users come from are recognised; what is doubtful stays for the user to choose."""

from __future__ import annotations

import pytest

from receivables.importing import columns, openitems, tables
from tests.receivables.importing.samples import HEADING, open_items
from tests.receivables.importing.test_sandbox import workbook

# (program, heading, one row): what the guess must make of it
LISTS = [
    ("Exact Online", "Code;Naam;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag;Openstaand", "10001;Jansen BV;2026001;01-10-2026;31-10-2026;121,00;121,00"),
    ("AFAS", "Factuurnr.;Naam;Deb.nr.;Boekdatum;Vervaldatum;Factuurbedrag;Saldo", "2026001;Jansen BV;10001;01-10-2026;31-10-2026;121,00;121,00"),
    ("Yuki", "Relatie;Relatiecode;Factuurnummer;Datum;Vervaldatum;Bedrag;Openstaand bedrag", "Jansen BV;10001;2026001;01-10-2026;31-10-2026;121,00;121,00"),
    ("Twinfield", "Debiteur;Debiteurnaam;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag EUR;Openstaand EUR", "10001;Jansen BV;2026001;01-10-2026;31-10-2026;121,00;121,00"),
    ("SnelStart", "Relatiecode;Relatienaam;Factuurnr;Datum;Vervaldatum;Factuurbedrag;Openstaand saldo", "10001;Jansen BV;2026001;01-10-2026;31-10-2026;121,00;121,00"),
    ("Moneybird", "Factuurnummer;Contact;Klantnummer;Factuurdatum;Vervaldatum;Totaalbedrag;Te betalen", "2026001;Jansen BV;10001;01-10-2026;31-10-2026;121,00;121,00"),
    ("e-Boekhouden", "Datum;Factuurnr;Relatiecode;Bedrijfsnaam;Bedrag;Openstaand;Vervaldatum", "01-10-2026;2026001;10001;Jansen BV;121,00;121,00;31-10-2026"),
    ("English", "Invoice number,Customer no,Customer name,Invoice date,Due date,Total amount,Amount due", "2026001,10001,Jansen BV,2026-10-01,2026-10-31,121.00,121.00"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "row"), [pytest.param(heading, row, id=name) for name, heading, row in LISTS])
def test_a_known_list_needs_no_choosing(heading: str, row: str) -> None:
    table = tables.read(open_items(row, heading=heading))
    found = openitems.read(table, columns.guess(table.header, table.rows))
    assert not found.errors, found.errors
    item = found.items[0]
    assert (item.number, str(item.issued_on), str(item.due_on), str(item.open)) == (
        "2026001",
        "2026-10-01",
        "2026-10-31",
        "121.00",
    )
    assert "Jansen BV" in (item.customer_name, item.contact)


def test_a_heading_below_a_title_is_found() -> None:
    table = tables.read(
        open_items(
            "Openstaande posten;;;;;;",
            "per 23-11-2026;;;;;;",
            HEADING,
            "F-1;D1;Jansen;01-10-2026;;1,00;1,00",
            heading=";;;;;;",
        )
    )
    assert table.header[0] == "Factuurnummer"
    assert table.lines == [5]


def test_a_table_without_heading_has_columns_by_letter() -> None:
    table = tables.read(b"F-1;Jansen;01-10-2026;10,00\nF-2;De Vries;02-10-2026;11,00\n")
    assert table.header == ("Kolom A", "Kolom B", "Kolom C", "Kolom D")
    found = openitems.read(table, {"number": 0, "customer_name": 1, "issued_on": 2, "open": 3})
    assert [item.number for item in found.items] == ["F-1", "F-2"]


def test_line_breaks_inside_quotes_keep_line_numbers_right() -> None:
    table = tables.read(
        open_items('F-1;D1;"Jansen\nen Zoon";01-10-2026;;1,00;1,00', "F-2;D2;De Vries;onzin;;1,00;1,00")
    )
    assert table.lines == [2, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    content = f"{HEADING}\nF-1;D1;Café €;01-10-2026;;1,00;1,00\n".encode(encoding)
    assert (
        openitems.read(tables.read(content), columns.guess(tables.read(content).header, tables.read(content).rows))
        .items[0]
        .customer_name
        == "Café €"
    )


def test_excel_s_own_separator_line_is_obeyed() -> None:
    table = tables.read(b"sep=|\r\nFactuurnummer|Naam\r\nF-1|Jansen; Bakker\r\n")
    assert (table.delimiter, table.header, table.lines) == ("|", ("Factuurnummer", "Naam"), [3])


def test_a_missing_column_says_what_to_choose() -> None:
    found = openitems.read(tables.read(b"Naam;Bedrag\nJansen;10,00\n"), {"customer_name": 0, "open": 1})
    assert found.errors[0].message == "Kies eerst de kolom voor: Factuurnummer, Factuurdatum."


def test_debit_minus_credit_is_open() -> None:
    table = tables.read(
        open_items(
            "F-1;Jansen;01-10-2026;100,00;",
            "F-2;Jansen;01-10-2026;;40,00",
            heading="Factuurnummer;Naam;Factuurdatum;Debet;Credit",
        )
    )
    found = openitems.read(table, columns.guess(table.header, table.rows))
    assert [str(item.open) for item in found.items] == ["100.00", "-40.00"]


def test_more_open_than_the_invoice_is_an_error() -> None:
    table = tables.read(open_items("F-1;D1;Jansen;01-10-2026;;10,00;11,00"))
    assert "past niet bij" in openitems.read(table, columns.guess(table.header, table.rows)).errors[0].message


def test_due_before_issued_is_an_error() -> None:
    table = tables.read(open_items("F-1;D1;Jansen;01-10-2026;30-09-2026;10,00;10,00"))
    assert "vóór de factuurdatum" in openitems.read(table, columns.guess(table.header, table.rows)).errors[0].message


@pytest.mark.parametrize(
    ("total", "messages"),
    [("3,00", []), ("4,00", ["Regel 4, kolom Openstaand: het totaal is 4.00, maar de regels tellen op tot 3.00."])],
)
def test_a_total_row_is_no_invoice_but_must_add_up(total: str, messages: list[str]) -> None:
    table = tables.read(
        open_items(
            "F-1;D1;Jansen;01-10-2026;;1,00;1,00", "F-2;D1;Jansen;01-10-2026;;2,00;2,00", f"Totaal;;;;;3,00;{total}"
        )
    )
    found = openitems.read(table, columns.guess(table.header, table.rows))
    assert [problem.message for problem in found.errors] == messages
    assert len(found.items) == (0 if messages else 2)


def test_an_empty_open_amount_is_never_guessed() -> None:
    table = tables.read(open_items("F-1;D1;Jansen;01-10-2026;;1,00;1,00", "F-2;D1;Jansen;01-10-2026;;2,00;"))
    assert openitems.read(table, columns.guess(table.header, table.rows)).errors[0].line == 3


def test_an_error_in_a_cell_is_no_empty_cell() -> None:
    cells = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for letter, name in zip("ABCDE", ("Factuurnummer", "Naam", "Factuurdatum", "Bedrag", "Openstaand"), strict=True)
    )
    row = '<c r="A2" t="inlineStr"><is><t>F-1</t></is></c><c r="B2" t="inlineStr"><is><t>Jansen</t></is></c><c r="C2" t="inlineStr"><is><t>01-10-2026</t></is></c><c r="D2"><v>10</v></c><c r="E2" t="e"><f>D2/0</f><v>#DIV/0!</v></c>'
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">{cells}</row><row r="2">{row}</row></sheetData></worksheet>'
    table = tables.read(workbook(sheet))
    assert "Cel E2" in openitems.read(table, columns.guess(table.header, table.rows)).errors[0].message


def test_line_ends_of_an_old_mac_are_read() -> None:
    table = tables.read(open_items("F-1;D1;Jansen;01-10-2026;;1,00;1,00").replace(b"\r\n", b"\r"))
    assert len(table.rows) == 1
