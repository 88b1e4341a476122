"""Bank tables by hand: the layouts that are read without asking, and what is refused instead of guessed."""

from __future__ import annotations

import json
import os
import random
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from receivables.banking.parsed import BankTransaction, ReadStatement
from receivables.banking.tabular import read_table, suggest
from receivables.importing.outcome import RefusedError

SEED = int(os.environ.get("FUZZ_SEED", "20261126"))
FILES = int(os.environ.get("FUZZ_FILES", "500"))
OWN = "NL69INGB0123456789"

ING = (
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen";'
    '"Saldo na mutatie";"Tag"\n'
    '"20260302";"J. de Vries";"NL69INGB0123456789";"NL20INGB0001234567";"OV";"Bij";"1.234,50";"Overschrijving";'
    '"Naam: J. de Vries Omschrijving: factuur 2026-001 IBAN: NL20INGB0001234567 Kenmerk: NOTPROVIDED Valutadatum: 02-03-2026";"1.244,50";""\n'
    '"20260301";"Energie BV";"NL69INGB0123456789";"NL91ABNA0417164300";"IC";"Af";"90,00";"Incasso";'
    '"Naam: Energie BV Omschrijving: maart Kenmerk: E-77 Valutadatum: 01-03-2026";"10,00";""\n'
)
ING_ENGLISH = (
    '"Date","Name / Description","Account","Counterparty","Code","Debit/credit","Amount (EUR)","Transaction type","Notifications"\n'
    '"20260302","J. de Vries","NL69INGB0123456789","NL20INGB0001234567","GT","Credit","1234,50","Transfer",'
    '"Name: J. de Vries Description: factuur 2026-001 IBAN: NL20INGB0001234567 Reference: R-9 Value date: 02/03/2026"\n'
)
RABOBANK = (
    '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN","Naam tegenpartij",'
    '"Naam uiteindelijke partij","Naam initiërende partij","BIC tegenpartij","Code","Batch ID","Transactiereferentie",'
    '"Machtigingskenmerk","Incassant ID","Betalingskenmerk","Omschrijving-1","Omschrijving-2","Omschrijving-3","Reden retour"\n'
    '"NL50RABO0156750961","EUR","RABONL2U","000000000000000123","2026-03-01","2026-03-01","-90,00","+10,00","NL91ABNA0417164300",'
    '"Energie BV","","","ABNANL2A","ei","","E-77","M1","C1","","maart","",""," "\n'
    '"NL50RABO0156750961","EUR","RABONL2U","000000000000000124","2026-03-02","2026-03-02","+1234,50","+1244,50","NL20INGB0001234567",'
    '"J. de Vries","","","INGBNL2A","cb","","R-9","","","1234567890123456","factuur","2026-001",""," "\n'
)
ABN = (
    "123456789\tEUR\t20260301\t100,00\t10,00\t20260301\t-90,00\t/TRTP/SEPA INCASSO/CSID/NL1/NAME/Energie BV/MARF/M1/REMI/maart/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/EREF/E-77\n"
    "123456789\tEUR\t20260302\t10,00\t1244,50\t20260303\t1234,50\tSEPA Overboeking                 IBAN: NL20INGB0001234567        BIC: INGBNL2A                    Naam: J. de Vries                Omschrijving: factuur 2026-001   Kenmerk: R-9\n"
)
ASN = (
    "01-03-2026,NL26ASNB6963784633,NL91ABNA0417164300,energie bv,,,,EUR,100.00,EUR,-90.00,01-03-2026,01-03-2026,8810,INC,555,,'maart, 2026',3\n"
    "02-03-2026,NL26ASNB6963784633,NL20INGB0001234567,j. de vries,,,,EUR,10.00,EUR,1234.50,02-03-2026,02-03-2026,8810,OVB,556,,'factuur 2026-001',3\n"
)
TRIODOS = (
    '"01-03-2026","NL86TRIO0787878877","90,00","Debet","Energie BV","NL91ABNA0417164300","IC","maart","10,00"\n'
    '"02-03-2026","NL86TRIO0787878877","1.234,50","Credit","J. de Vries","NL20INGB0001234567","ET","factuur 2026-001","1.244,50"\n'
)
BUNQ = (
    '"Date","Interest Date","Amount","Account","Counterparty","Name","Description"\n'
    '"2026-03-01","2026-03-01","-90,00","NL17BUNQ8574274698","NL91ABNA0417164300","Energie BV","maart"\n'
    '"2026-03-02","2026-03-02","1.234,50","NL17BUNQ8574274698","NL20INGB0001234567","J. de Vries","factuur 2026-001"\n'
)
KNAB = (
    "KNAB EXPORT;;;;;;;;;;\n"
    "Rekeningnummer;Transactiedatum;Valutacode;CreditDebet;Bedrag;Tegenrekeningnummer;Tegenrekeninghouder;Valutadatum;Betaalwijze;Omschrijving;Referentie\n"
    "NL92KNAB0123123123;01-03-2026;EUR;D;90,00;NL91ABNA0417164300;Energie BV;01-03-2026;Incasso;maart;E-77\n"
    "NL92KNAB0123123123;02-03-2026;EUR;C;1234,50;NL20INGB0001234567;J. de Vries;02-03-2026;Overboeking;factuur 2026-001;R-9\n"
)
BANKS = {
    "ING": (ING, OWN),
    "ING (English)": (ING_ENGLISH, OWN),
    "Rabobank": (RABOBANK, "NL50RABO0156750961"),
    "ABN AMRO": (ABN, "123456789"),
    "ASN/SNS": (ASN, "NL26ASNB6963784633"),
    "Triodos": (TRIODOS, "NL86TRIO0787878877"),
    "bunq": (BUNQ, "NL17BUNQ8574274698"),
    "Knab": (KNAB, "NL92KNAB0123123123"),
}
WITH_BALANCE = ["ING", "Rabobank", "ABN AMRO", "ASN/SNS", "Triodos"]


def read(text: str, **options: Any) -> list[ReadStatement]:
    return list(read_table(text.encode(), name="bank.csv", options=options))


def received(statement: ReadStatement) -> BankTransaction:
    return next(line for line in statement.transactions if line.amount > 0)


def refusal(text: str, **options: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        read(text, **{"account": OWN, **options})
    return refused.value


@pytest.mark.parametrize("bank", BANKS)
def test_a_known_layout_is_read_without_asking(bank: str) -> None:
    text, account = BANKS[bank]
    (statement,) = read(text)
    line = received(statement)
    assert (suggest(text.encode(), "bank.csv").known, statement.account, statement.currency) == (bank, account, "EUR")
    assert statement.warnings == ()
    assert (line.amount, line.booked_on) == (Decimal("1234.50"), date(2026, 3, 2))
    assert (line.counterparty_iban, line.counterparty_name.lower()) == ("NL20INGB0001234567", "j. de vries")
    assert line.text == "factuur 2026-001"


@pytest.mark.parametrize("bank", WITH_BALANCE)
def test_a_running_balance_gives_both_balances_whatever_comes_first(bank: str) -> None:
    (statement,) = read(BANKS[bank][0])
    assert statement.opening is not None
    assert statement.closing is not None
    assert (statement.opening.amount, statement.closing.amount) == (Decimal("100.00"), Decimal("1244.50"))
    assert [line.amount for line in statement.transactions] == [Decimal("-90.00"), Decimal("1234.50")]
    assert [line.position for line in statement.transactions] == [0, 1]
    assert (statement.from_on, statement.to_on) == (date(2026, 3, 1), date(2026, 3, 2))


@pytest.mark.parametrize("bank", ["bunq", "Knab", "ING (English)"])
def test_without_a_running_balance_there_is_none(bank: str) -> None:
    (statement,) = read(BANKS[bank][0])
    assert (statement.opening, statement.closing, statement.warnings) == (None, None, ())


@pytest.mark.parametrize("bank", WITH_BALANCE)
def test_a_line_that_is_gone_shows_in_the_balance(bank: str) -> None:
    """The negative control of the chain: the same file with one more row, whose balance does not follow."""
    text = BANKS[bank][0]
    rows = text.rstrip("\n").split("\n")
    torn = "\n".join([*rows, rows[-2 if bank == "ING" else -1], rows[-1]])
    (statement,) = read(torn)
    assert [problem.code for problem in statement.warnings] == ["balance_mismatch"]
    assert (statement.opening, statement.closing) == (None, None)


def test_references_are_kept_apart() -> None:
    found = {bank: received(read(text)[0]) for bank, (text, _) in BANKS.items()}
    assert {bank: line.end_to_end_id for bank, line in found.items()} == {
        "ING": "", "ING (English)": "R-9", "Rabobank": "R-9", "ABN AMRO": "R-9", "ASN/SNS": "", "Triodos": "", "bunq": "",
        "Knab": "R-9",
    }  # fmt: skip
    assert found["Rabobank"].reference == "1234567890123456"
    assert (found["Rabobank"].bank_reference, found["ASN/SNS"].bank_reference) == ("000000000000000124", "556")
    assert found["ABN AMRO"].value_on == date(2026, 3, 3)


def test_a_comma_in_an_unquoted_text_is_text() -> None:
    assert read(ASN)[0].transactions[0].text == "maart, 2026"


TABLE = "Datum;Bedrag;Af/Bij;Naam;Omschrijving\n01-03-2026;10,00;Bij;Jansen;factuur 7\n"
MAPPING = {"date": 0, "amount": 1, "sign": 2, "name": 3, "text": 4}


def test_a_mapping_makes_any_table_readable() -> None:
    assert refusal(TABLE).problem.code == "columns"
    (statement,) = read(TABLE, mapping=MAPPING, account=OWN)
    (line,) = statement.transactions
    assert (line.amount, line.counterparty_name, line.text) == (Decimal("10.00"), "Jansen", "factuur 7")


def test_choices_of_a_form_are_text() -> None:
    chosen = {**{name: str(index) for name, index in MAPPING.items()}, "iban": ""}
    (statement,) = read(TABLE, mapping=chosen, account=OWN, header_row="1", decimal_sign="", date_order="")
    assert statement.entries == 1


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"mapping": {"date": 0, "amount": 99}}, "Deze kolom is er niet"),
        ({"mapping": {"date": 0, "amount": -1}}, "Kies een kolom"),
        ({"mapping": {"date": "x", "amount": 1}}, "Kies een kolom"),
        ({"mapping": {"datum": 0, "amount": 1}}, "Deze kolom is er niet"),
        ({"mapping": {"amount": 1}}, "Kies nog: Boekdatum"),
        ({"mapping": {"date": 0}}, "Kies nog: Bedrag"),
        ({"mapping": MAPPING, "account": ""}, "Kies nog: Eigen rekening"),
        ({"mapping": MAPPING, "date_order": "ydm"}, "datumvolgorde"),
        ({"mapping": MAPPING, "decimal_sign": ";"}, "decimaalteken"),
        ({"mapping": MAPPING, "header_row": 7}, "Regel 7 is leeg"),
    ],
)
def test_a_choice_that_is_none_is_refused(chosen: dict[str, Any], sentence: str) -> None:
    assert sentence in str(refusal(TABLE, **chosen))


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("01-03-2026;tien;Bij;a;b", "Bedrag", "geen bedrag"),
        ("01-03-2026;10,005;Bij;a;b", "Bedrag", "kan duizend of een kommagetal zijn"),
        ("01-03-2026;-10,00;Bij;a;b", "Bedrag", "minteken"),
        ("01-03-2026;10,00;Misschien;a;b", "Af/Bij", "is niet Af of Bij"),
        ("31-02-2026;10,00;Bij;a;b", "Datum", "geen bruikbare datum"),
        ("03/13/2026;10,00;Bij;a;b", "Datum", "Amerikaanse datum"),
        (";10,00;Bij;a;b", "Datum", "hier staat geen datum"),
    ],
)
def test_a_doubtful_cell_is_refused_by_line_and_column(row: str, column: str, sentence: str) -> None:
    refused = refusal(
        f"Datum;Bedrag;Af/Bij;Naam;Omschrijving\n01-03-2026;10,00;Bij;Jansen;ok\n{row}\n", mapping=MAPPING
    )
    assert [(problem.line, problem.column) for problem in refused.problems] == [(3, column)]
    assert str(refused).startswith(f"Regel 3, kolom {column}: ")
    assert sentence in str(refused)


def test_amounts_in_two_currencies_need_their_column() -> None:
    text = "Date;Amount;Name\n2026-03-01;$ 10,00;a\n2026-03-01;€ 10,00;b\n"
    assert "EUR en USD" in str(refusal(text, mapping={"date": 0, "amount": 1}))
    (statement,) = read(text.replace("€", "$"), mapping={"date": 0, "amount": 1}, account=OWN)
    assert statement.currency == "USD"


def test_a_total_is_no_movement() -> None:
    text = f"{TABLE};10,00;;Totaal;\n"
    (statement,) = read(text, mapping=MAPPING, account=OWN)
    assert (len(statement.transactions), statement.entries) == (1, 2)
    assert [(problem.code, problem.line) for problem in statement.warnings] == [("not_booked", 3)]


def test_a_card_statement_counts_the_other_way() -> None:
    text = "Datum;Bedrag\n01-03-2026;10,00\n"
    assert read(text, mapping={"date": 0, "amount": 1}, account=OWN)[0].moved == Decimal("10.00")
    assert read(text, mapping={"date": 0, "amount": 1}, account=OWN, inverted=True)[0].moved == Decimal("-10.00")


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("Boekdatum;Naam tegenpartij;Tegenrekening;Bedrag;Omschrijving;Rekening", "01-03-2026;a;NL20INGB0001234567;1,00;x;NL69INGB0123456789"),
        ("Booking date;Counterparty name;Counterparty IBAN;Amount;Description;Account", "2026-03-01;a;NL20INGB0001234567;1.00;x;NL69INGB0123456789"),
        ("Buchungstag;Auftraggeber;IBAN;Betrag;Verwendungszweck;Auftragskonto", "01.03.2026;a;NL20INGB0001234567;1,00;x;NL69INGB0123456789"),
        ("Fecha;Ordenante;Cuenta contraria;Importe;Concepto;Cuenta", "01/03/2026;a;NL20INGB0001234567;1,00;x;NL69INGB0123456789"),
    ],
)  # fmt: skip
def test_headings_of_four_languages_are_proposed(heading: str, row: str) -> None:
    look = suggest(f"{heading}\n{row}\n".encode(), "bank.csv")
    assert look.mapping == {"date": 0, "name": 1, "iban": 2, "amount": 3, "text": 4, "account": 5}
    assert (look.missing, look.known, look.header_row) == ((), "", 1)


def test_the_look_crosses_to_another_process_as_json() -> None:
    look = asdict(suggest(RABOBANK.encode(), "bank.csv"))
    assert json.loads(json.dumps(look))["mapping"]["amount"] == 6


def test_a_table_below_other_lines_is_found() -> None:
    look = suggest(f"Mijn bank\n\nOverzicht van maart\n{TABLE}".encode(), "bank.csv")
    assert (look.header_row, look.lines, look.headings[1]) == (4, (5,), "Bedrag")


def test_mutated_tables_are_read_or_refused() -> None:
    chance = random.Random(SEED)  # noqa: S311 - a repeatable mutation
    seeds = [text.encode() for text, _ in BANKS.values()]
    tokens = [b";", b",", b"\t", b'"', b"\n", b"\x00", b"\xff", b"9" * 50, b"Totaal", b"-", b"1e9", b"=1+1"]
    for _ in range(FILES):
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(content) + 1)
            content[at : at + chance.randint(0, 5)] = chance.choice([chance.choice(tokens), chance.randbytes(2)])
        mapping = {name: chance.randrange(6) for name in ("date", "amount", "sign", "balance", "text")}
        for options in ({}, {"mapping": mapping, "account": OWN}):
            try:
                suggest(bytes(content), "")
                found = read_table(bytes(content), name="", options=options)
            except RefusedError:
                continue
            assert all(line.amount for statement in found for line in statement.transactions)
