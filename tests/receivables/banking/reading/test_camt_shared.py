"""Every listed CAMT file: the outcome and each fact that was written down for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from receivables.banking.parsed import BankTransaction, ReadBankFile, ReadStatement
from receivables.banking.reading import outcome_of, read_bank_file
from receivables.importing.outcome import RefusedError
from tests.receivables.banking.shared import Case, cases, params

CASES = cases("camt")
READ = [case for case in CASES if case.outcome != "refuse"]
# What a refusal must name, by what is wrong with the file.
NAMED = {
    "bsp_camt053_garbled_amount.xml": ("Amt", "12..34", "regel 17"),
    "genkgo_camt053.v2.wrong.xml": ("Stmt",),
    "hhb_CAMT_DANGEROUS.xml": ("DOCTYPE",),
    "hhb_t_camt053_AccountIdentification_Missing.xml": ("Acct Id", "regel 27"),
    "hhb_t_camt053_Transactions_One_MissingCdtDbtInd.xml": ("CdtDbtInd", "regel 83"),
    "hhb_t_camt053_Transactions_One_Missing_Amount.xml": ("Amt", "regel 83"),
    "hhb_t_camt053_Transactions_One_Missing_AmountAndCdtDbtInd.xml": ("Amt", "regel 83"),
    "hhb_t_camt053_Transactions_One_OnlyTxtAmntTag_Amount.xml": ("Amt", "regel 83"),
    "hhb_t_camt_50_transacties_28-7-2023.xml": ("Amt", "-148.45", "regel 170"),
    "hhb_t_incorrectCamtType.xml": ("camt.050.001.02",),
    "hhb_v_Wrong_format_CAMT.053_v1.xml": ("camt.053.001.01",),
}


@pytest.mark.parametrize("case", params([case for case in CASES if case.outcome == "refuse"]))
def test_refused_file_says_why(case: Case) -> None:
    with pytest.raises(RefusedError) as caught:
        read_bank_file(case.content(), name=case.name)
    said = str(caught.value)
    other = case.facts["message"][:8]
    wanted = NAMED.get(case.name) or (other, "CAMT.053")  # camt.052 and 054: what to download instead
    assert [word for word in wanted if word not in said] == []


@pytest.mark.parametrize("case", params(READ))
def test_outcome_is_as_listed(case: Case) -> None:
    files = read_bank_file(case.content(), name=case.name)
    if case.name.endswith(".zip"):  # the list speaks of the ZIP; the files in it do not add up, and say so
        assert [outcome_of(file) for file in files] == ["import_with_warning"] * len(case.facts["members"])
        return
    assert [outcome_of(file) for file in files] == [case.outcome]


@pytest.mark.parametrize("case", params(READ))
def test_facts_are_as_listed(case: Case) -> None:
    files = read_bank_file(case.content(), name=case.name)
    listed = case.facts.get("members") or {case.name: case.facts}
    assert [file.name for file in files] == list(listed)
    for file, facts in zip(files, listed.values(), strict=True):
        check_file(file, facts)


def check_file(file: ReadBankFile, facts: dict[str, Any]) -> None:
    assert file.format == facts["message"]
    assert sum(statement.entries + statement.pending for statement in file) == facts["entries_total"]
    for statement, expected in zip(file, facts["statements"], strict=True):
        check_statement(statement, expected)
        if "pagination" in facts and statement.page != 2:  # StmtPgntn, where there is one, goes before MsgPgntn
            assert str(statement.page) == facts["pagination"]["page"]
            assert statement.is_last_page is (facts["pagination"]["last"] == "true")


def check_statement(statement: ReadStatement, expected: dict[str, Any]) -> None:
    assert statement.account == expected["account"]
    assert statement.reference == expected.get("id", "")
    assert statement.number == expected.get("seq", "")
    assert statement.currency == expected.get("currency", statement.currency)
    assert statement.entries + statement.pending == expected["entries"]
    assert amount_of(statement.opening) == expected.get("opening")
    assert amount_of(statement.closing) == expected.get("closing")
    received = sum((line.amount for line in statement.transactions if line.amount > 0), Decimal(0))
    paid = -sum((line.amount for line in statement.transactions if line.amount < 0), Decimal(0))
    assert received == Decimal(expected["sum_credits"])
    assert paid == Decimal(expected["sum_debits"])
    codes = {problem.code for problem in statement.warnings}
    assert ("balance_mismatch" in codes) is (expected.get("balances_reconcile") is False)
    assert ("balance_missing" in codes) is ("balances_reconcile" not in expected)
    declared = expected.get("declared_entries")
    assert ("count_mismatch" in codes) is (declared is not None and int(declared) != expected["entries"])
    check_entries(statement, expected)


def amount_of(balance: Any) -> str | None:
    return None if balance is None else f"{balance.amount:.2f}"


def check_entries(statement: ReadStatement, expected: dict[str, Any]) -> None:
    """The first five entries; a batch is as many movements as it has details."""
    position = 0
    for entry in expected.get("first_entries", []):
        count = max(1, entry["tx_count"])
        check_entry(statement.transactions[position : position + count], entry)
        position += count
    if expected["entries"] <= 5:
        assert len(statement.transactions) == position


def check_entry(lines: tuple[BankTransaction, ...], entry: dict[str, Any]) -> None:
    first = lines[0]
    assert [line.position for line in lines] == list(range(first.position, first.position + len(lines)))
    signed = Decimal(entry["amount"]) if entry["indicator"] == "CRDT" else -Decimal(entry["amount"])
    assert sum(line.amount for line in lines) == signed
    assert {line.currency for line in lines} == {entry["currency"]}
    assert first.is_reversal is (entry.get("reversal") == "true" or "return_reason" in entry)
    if "booking_date" in entry:
        assert first.booked_on.isoformat() == entry["booking_date"][:10]
    assert (first.value_on.isoformat() if first.value_on else None) == entry.get("value_date")
    assert first.end_to_end_id == entry.get("end_to_end", "").replace("NOTPROVIDED", "")
    assert first.reference == entry.get("structured_ref", "")
    if len(lines) == 1 and "servicer_ref" in entry:
        assert first.bank_reference == entry["servicer_ref"]
    check_words(first, entry, is_single=len(lines) == 1)


def check_words(first: BankTransaction, entry: dict[str, Any], *, is_single: bool) -> None:
    side = "debtor" if entry["indicator"] == "CRDT" else "creditor"
    if entry.get("return_reason") and side not in entry:
        side = "creditor" if side == "debtor" else "debtor"
    assert first.counterparty_name in (entry.get(side, ""), *(["DEBTOR NAME NM"] if side not in entry else []))
    assert first.counterparty_iban == entry.get(f"{side}_iban", "")
    if "remittance" in entry:
        assert first.text == " ".join(" ".join(entry["remittance"]).split())
    elif is_single and "additional_info" in entry:
        assert first.text == " ".join(entry["additional_info"].split())


@pytest.mark.parametrize("case", params([case for case in READ if case.name.endswith(".xml")]))
def test_movements_are_those_of_a_plain_reading_of_the_tree(case: Case) -> None:
    """A second, slow reader: each batch in these files says its amounts."""
    root = etree.fromstring(case.content())
    counts = [
        sum(max(1, len(entry.findall(".//{*}TxDtls"))) for entry in statement.findall("{*}Ntry"))
        for statement in root.iter("{*}Stmt")
    ]
    (file,) = read_bank_file(case.content(), name=case.name)
    assert [len(statement.transactions) for statement in file] == counts
