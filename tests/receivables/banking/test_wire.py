"""A bank file survives the crossing between two processes, whatever is in it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from receivables.banking.parsed import Balance, BankTransaction, ReadBankFile, ReadStatement
from receivables.banking.wire import files_from_json, from_json, to_json
from receivables.importing.outcome import Problem

cents = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
days = st.dates(min_value=date(1970, 1, 1), max_value=date(2100, 12, 31))
words = st.text(max_size=20)
problems = st.builds(Problem, code=words, message=words, element=st.none() | words, line=st.none() | st.integers(1, 9))
balances = st.builds(Balance, amount=st.decimals(-(10**9), 10**9, places=5), on=days)
lines = st.builds(
    BankTransaction, position=st.integers(0, 10**6), amount=cents, currency=words, booked_on=days,
    value_on=st.none() | days, counterparty_iban=words, counterparty_name=words, text=words, reference=words,
    end_to_end_id=words, bank_reference=words, is_reversal=st.booleans(),
)  # fmt: skip
statements = st.builds(
    ReadStatement, account=words, currency=words, reference=words, number=words, page=st.none() | st.integers(1, 99),
    is_last_page=st.booleans(), from_on=st.none() | days, to_on=st.none() | days, opening=st.none() | balances,
    closing=st.none() | balances, transactions=st.lists(lines, max_size=4).map(tuple), entries=st.integers(0, 9),
    pending=st.integers(0, 9), warnings=st.lists(problems, max_size=2).map(tuple),
)  # fmt: skip
files = st.builds(
    ReadBankFile, name=words, format=words, statements=st.lists(statements, max_size=3).map(tuple),
    warnings=st.lists(problems, max_size=2).map(tuple),
)  # fmt: skip


@given(st.lists(files, max_size=3))
def test_files_come_back_as_they_went(sent: list[ReadBankFile]) -> None:
    wire = [json.loads(json.dumps(item)) for file in sent for item in to_json(file)]
    assert files_from_json(wire) == tuple(sent)


def test_many_lines_travel_in_few_pieces() -> None:
    line = BankTransaction(0, Decimal("1.00"), "EUR", date(2026, 3, 2))
    file = ReadBankFile("a", "mt940", (ReadStatement("A", "EUR", transactions=(line,) * 2_500),))
    pieces = list(to_json(file))
    assert [next(iter(piece)) for piece in pieces] == ["file", "statement", "lines", "lines", "lines"]
    assert from_json(pieces) == file
