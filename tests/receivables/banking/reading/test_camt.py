"""What CAMT.053 means: signs, batches, reversals, currencies, parts of cents, pages. Each file holds one question."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from receivables.banking.camt import read_camt
from receivables.banking.parsed import BankTransaction, ReadStatement
from receivables.importing.outcome import RefusedError
from tests.receivables.banking.reading.camt_samples import (
    OWN,
    THEIRS,
    balance,
    detail,
    document,
    entry,
    party,
    statement,
)  # fmt: skip


def read(*statements: str, version: str = "02", pages: str = "") -> tuple[ReadStatement, ...]:
    return read_camt(document(*statements, version=version, pages=pages), name="a.xml").statements


def one(*entries: str) -> BankTransaction:
    (line,) = read(statement(*entries))[0].transactions
    return line


def codes(read: ReadStatement) -> list[str]:
    return [problem.code for problem in read.warnings]


def test_a_payment_is_read_whole() -> None:
    assert one(entry(reference="R1")) == BankTransaction(
        position=0, amount=Decimal("50.00"), currency="EUR", booked_on=date(2026, 3, 2), value_on=date(2026, 3, 2),
        counterparty_iban=THEIRS, counterparty_name="Jansen B.V.", text="Factuur 2026-001", end_to_end_id="E2E-1",
        bank_reference="R1",
    )  # fmt: skip


@pytest.mark.parametrize("version", ["02", "03", "04", "06", "08", "10", "13"])
def test_every_version_is_read(version: str) -> None:
    (found,) = read(statement(entry(status="<Sts><Cd>BOOK</Cd></Sts>"), closing="150.00"), version=version)
    assert (found.moved, codes(found)) == (Decimal("50.00"), [])


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("", "leeg"), ("50,00", "50,00"), ("-50.00", "-50.00"), ("1e3", "1e3"), ("0x10", "0x10"), ("NaN", "NaN"),
        ("٥٠", "niet te lezen"), ("1.123456", "1.123456"), ("9999999999999.00", "99999"), ("1 000.00", "1 000.00"),
    ],
)  # fmt: skip
def test_an_amount_that_cannot_be_read_refuses_the_file(amount: str, said: str) -> None:
    with pytest.raises(RefusedError, match=said) as caught:
        read(statement(entry(), entry(amount)))
    assert (caught.value.problem.element, caught.value.problem.line) == ("Amt", 7)


@pytest.mark.parametrize(
    ("part", "instead", "element"),
    [
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>BIJ</CdtDbtInd><Sts>", "CdtDbtInd"),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>", "CdtDbtInd"),
        ("<BookgDt><Dt>2026-03-02", "<BookgDt><Dt>2026-02-30", "BookgDt/Dt"),
        ("<ValDt><Dt>2026-03-02", "<ValDt><Dt>02-03-2026", "ValDt/Dt"),
        ("<BookgDt><Dt>2026-03-02</Dt>", "<BookgDt>", "BookgDt/Dt"),
        ("<Sts>BOOK</Sts>", "<Sts>WEET</Sts>", "Sts"),
        ('<Amt Ccy="EUR">50', "<Amt>50", "Amt Ccy"),
        ('<Amt Ccy="EUR">100.00', '<Amt Ccy="EUR">honderd', "Amt"),
        (f"<IBAN>{OWN}</IBAN>", "", "Acct Id"),
    ],
)
def test_what_cannot_be_read_is_named(part: str, instead: str, element: str) -> None:
    content = document(statement(entry(), closing="150.00")).decode()
    assert content.count(part) == 1
    with pytest.raises(RefusedError) as caught:
        read_camt(content.replace(part, instead).encode(), name="a.xml")
    assert caught.value.problem.element == element
    assert f"element {element} op regel" in str(caught.value)


@pytest.mark.parametrize("written", ["<DtTm>2026-03-02T23:59:00.000Z</DtTm>", "<Dt>2026-03-02+01:00</Dt>"])
def test_a_day_is_the_day_the_bank_wrote(written: str) -> None:
    assert one(entry(booked=written)).booked_on == date(2026, 3, 2)


# --- who and what -------------------------------------------------------------------------------------------------------
US_AND_THEM = party("Dbtr", "Zij", THEIRS) + party("Cdtr", "Wij", OWN)
THEM_AND_US = party("Dbtr", "Wij", OWN) + party("Cdtr", "Zij", THEIRS)
REVERSED = "<RvslInd>true</RvslInd>"
RETURNED = "<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf>"


@pytest.mark.parametrize(
    ("sign", "parties", "extra", "returned", "name", "is_reversal"),
    [
        ("CRDT", US_AND_THEM, "", "", "Zij", False),
        ("DBIT", THEM_AND_US, "", "", "Zij", False),
        ("DBIT", US_AND_THEM, REVERSED, "", "Zij", True),  # a direct debit of ours comes back: parties as they were
        ("DBIT", THEM_AND_US, REVERSED, "", "Zij", True),  # the same, by a bank that turns them round
        ("DBIT", party("Cdtr", "Zij"), REVERSED, RETURNED, "Zij", True),  # ABN AMRO
        ("DBIT", US_AND_THEM, "", RETURNED, "Zij", True),
        ("CRDT", THEM_AND_US, "", RETURNED, "Zij", True),  # a payment of ours comes back
        ("CRDT", party("Cdtr", "Wij", OWN), "", "", "", False),  # ourselves are nobody
        ("CRDT", "<UltmtDbtr><Nm>Achter</Nm></UltmtDbtr>", "", "", "Achter", False),
        ("CRDT", "<Dbtr><Pty><Nm>Nieuw</Nm></Pty></Dbtr>", "", "", "Nieuw", False),
        ("CRDT", "", "", "", "", False),
    ],
)
def test_the_other_side(sign: str, parties: str, extra: str, returned: str, name: str, is_reversal: bool) -> None:
    line = one(entry("50.00", detail(parties=parties, extra=returned), sign=sign, extra=extra))
    assert (line.counterparty_name, line.is_reversal) == (name, is_reversal)
    assert line.counterparty_iban == (THEIRS if name == "Zij" else "")


def test_a_bare_account_number_does() -> None:
    parties = "<Dbtr><Nm>Oud</Nm></Dbtr><DbtrAcct><Id><Othr><Id>12 34 567</Id></Othr></Id></DbtrAcct>"
    assert one(entry("1.00", detail(parties=parties))).counterparty_iban == "1234567"


STRUCTURED = "<Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>"


@pytest.mark.parametrize(
    ("remittance", "text", "reference"),
    [
        ("<Ustrd>een </Ustrd><Ustrd>twee\n drie</Ustrd>", "een twee drie", ""),
        (f"<Ustrd>{'x' * 138}20</Ustrd><Ustrd>26-001</Ustrd>", f"{'x' * 138}2026-001", ""),  # broken off in a number
        (STRUCTURED, "", "RF18539007547034"),
        (STRUCTURED + STRUCTURED.replace("RF18", "RF19"), "RF19539007547034", "RF18539007547034"),
        (
            "<Strd><RfrdDocInf><Nb>F-1</Nb></RfrdDocInf><RfrdDocInf><Nb>F-2</Nb></RfrdDocInf></Strd>", "F-1 F-2", "",
        ),
        ("<Ustrd>&lt;script&gt;=1+1</Ustrd>", "<script>=1+1", ""),
        (f"<Ustrd>{'y' * 3_000}</Ustrd>", "y" * 2_000, ""),
    ],
)  # fmt: skip
def test_the_words_of_the_payer(remittance: str, text: str, reference: str) -> None:
    line = one(entry("1.00", detail(remittance=remittance)))
    assert (line.text, line.reference) == (text, reference)


def test_without_words_the_bank_explains() -> None:
    assert one(entry("1.00", detail(text=""), additional="Kosten maart")).text == "Kosten maart"
    assert one(entry("1.00", plain=True, additional="Kosten maart")).text == "Kosten maart"
    assert one(entry("1.00", detail(end_to_end="NOTPROVIDED"))).end_to_end_id == ""


# --- batches ------------------------------------------------------------------------------------------------------------
def test_a_batch_that_adds_up_is_its_parts() -> None:
    parts = (detail(amount="20.00", reference="A"), detail(amount="30.00", text="Tweede", parties=""))
    (found,) = read(statement(entry("50.00", *parts), closing="150.00"))
    assert [(line.position, line.amount, line.text, line.bank_reference) for line in found.transactions] == [
        (0, Decimal("20.00"), "Factuur 2026-001", "A"),
        (1, Decimal("30.00"), "Tweede", "R1"),
    ]
    assert (found.entries, codes(found)) == (1, [])


@pytest.mark.parametrize("amounts", [("20.00", "31.00"), ("20.00", ""), ("50.00", "0.00")])
def test_a_batch_that_does_not_add_up_is_one_movement(amounts: tuple[str, str]) -> None:
    first, second = amounts
    line = one(entry("50.00", detail(amount=first, text="Een"), detail(amount=second, text="Twee")))
    assert (line.amount, line.text, line.counterparty_name) == (Decimal("50.00"), "Een Twee", "Jansen B.V.")


def test_a_batch_of_several_payers_has_no_payer() -> None:
    assert one(entry("50.00", detail(), detail(parties=party("Dbtr", "Ander")))).counterparty_name == ""


def test_an_entry_of_nothing_moves_nothing() -> None:
    (found,) = read(statement(entry("0.00"), closing="100.00"))
    assert (found.entries, found.transactions, codes(found)) == (1, (), [])


# --- currencies ---------------------------------------------------------------------------------------------------------
def test_foreign_money_on_a_euro_account_is_never_taken_for_euros() -> None:
    with pytest.raises(RefusedError, match="Amt Ccy USD"):
        read(statement(entry(currency="USD"), closing="150.00"))


def test_the_exchange_in_the_file_is_followed() -> None:
    (found,) = read(statement(entry("50.00", detail(amount="46.10"), currency="USD"), closing="146.10"))
    assert [(line.amount, line.currency) for line in found.transactions] == [(Decimal("46.10"), "EUR")]
    assert codes(found) == []


def test_a_statement_in_another_currency_is_read_as_such() -> None:
    found = read(statement(entry(currency="USD"), currency="USD", opening=None))[0]
    assert (found.currency, found.transactions[0].currency) == ("USD", "USD")


# --- balances -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("opening", "closing", "expected"),
    [
        ("100.00", "150.00", []),
        ("-100.00", "-50.00", []),
        ("100.00", "150.01", ["balance_mismatch"]),
        (None, "150.00", ["balance_missing"]),
        ("100.00", None, ["balance_missing"]),
    ],
)
def test_balances_are_checked(opening: str | None, closing: str | None, expected: list[str]) -> None:
    (found,) = read(statement(entry(), opening=opening, closing=closing))
    assert codes(found) == expected


def test_the_balance_of_the_day_before_opens() -> None:
    more = balance("PRCD", "100.00", on="2026-03-01")
    (found,) = read(statement(entry(), opening=None, closing="150.00").replace("<Bal>", f"{more}<Bal>", 1))
    assert (found.opening.on if found.opening else None, codes(found)) == (date(2026, 3, 1), [])


def test_balances_may_stand_below_the_entries() -> None:
    (found,) = read(statement(entry(), after=balance("CLBD", "150.00")))
    assert codes(found) == []


def test_the_number_of_entries_the_bank_counts_is_compared() -> None:
    count = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    (found,) = read(statement(count, entry(), closing="150.00"))
    assert codes(found) == ["count_mismatch"]


def test_one_warning_tells_of_all_alike() -> None:
    bare = entry().replace("<BkTxCd><Prtry><Cd>100</Cd></Prtry></BkTxCd>", "")
    (found,) = read(statement(bare, bare, bare, closing="250.00"))
    assert [(problem.code, problem.message[-14:]) for problem in found.warnings] == [("schema", "Zo nog 2 keer.")]


def test_an_entry_without_a_day_takes_that_of_the_closing_balance() -> None:
    undated = entry().replace("<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt>", "")
    (found,) = read(statement(undated, closing="150.00"))
    assert (found.transactions[0].booked_on, codes(found)) == (date(2026, 3, 2), ["date_missing"])


# --- parts of cents -----------------------------------------------------------------------------------------------------
def test_parts_of_cents_are_rounded_half_up_when_the_balances_confirm_them() -> None:
    (found,) = read(statement(entry("8.12500"), opening="10.00", closing="18.125"))
    assert ([line.amount for line in found.transactions], codes(found)) == ([Decimal("8.13")], ["decimals"])


def test_rounding_that_no_longer_adds_up_says_so() -> None:
    (found,) = read(statement(entry("0.005"), entry("0.005"), opening="0.00", closing="0.01"))
    assert codes(found) == ["decimals", "balance_mismatch"]


@pytest.mark.parametrize("closing", ["18.14", None])
def test_parts_of_cents_that_nothing_confirms_refuse_the_file(closing: str | None) -> None:
    with pytest.raises(RefusedError, match="decimalen") as caught:
        read(statement(entry("8.125"), opening="10.00", closing=closing))
    assert caught.value.problem.element == "Amt"


# --- pages --------------------------------------------------------------------------------------------------------------
def page(number: int, last: str, tag: str = "StmtPgntn") -> str:
    return f"<{tag}><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></{tag}>"


def test_pages_in_one_file_miss_nothing() -> None:
    first = statement(entry(), extra=page(1, "false"), after=balance("ITBD", "150.00"))
    second = statement(balance("ITBD", "150.00"), entry(), opening=None, closing="200.00", extra=page(2, "true"))
    found = read(first, second, version="08")
    assert [(item.page, item.is_last_page, codes(item)) for item in found] == [(1, False, []), (2, True, [])]
    assert [item.opening.amount if item.opening else None for item in found] == [Decimal(100), Decimal(150)]
    assert [item.closing.amount if item.closing else None for item in found] == [Decimal(150), Decimal(200)]
    assert codes(read(second, version="08")[0]) == ["page_missing"]


def test_a_whole_statement_in_a_message_of_pages_stands_by_itself() -> None:
    (found,) = read(statement(entry(), closing="150.00"), pages=page(2, "false", "MsgPgntn"))
    assert (found.page, found.is_last_page, codes(found)) == (None, True, [])
