"""Rows of a bank table as movements and statements; a running balance gives opening and closing and checks every row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from receivables.banking import mt940_free, mt940_text
from receivables.banking.bank_formats import Columns
from receivables.banking.mt940_free import Told
from receivables.banking.parsed import Balance, BankTransaction, ReadStatement
from receivables.banking.tabular_cells import Cells, Doubts
from receivables.importing.outcome import NUMBER_LENGTH, Problem
from receivables.importing.tables import Table

_ABN_LINE = 65
_ING_LABELS = re.compile(
    r"(?:^|\s)(Naam|Omschrijving|IBAN|Kenmerk|Valutadatum|Datum/Tijd|Machtiging ID|Incassant ID|Name|Description|Reference|"
    r"Value date|Date/time|Mandate ID|Creditor ID): "
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, what it moves, and the balance it shows."""

    line: int
    account: str
    currency: str
    amount: Decimal | None
    balance: Decimal | None
    moved: BankTransaction | None


def of_table(table: Table, columns: Columns, *, currency: str, is_inverted: bool) -> list[ReadStatement]:
    """One statement per account and currency, in the order of the file."""
    cells = Cells(table, columns, Doubts(table))
    rows = list(_rows(cells, currency, is_inverted=is_inverted))
    cells.doubts.refuse_if_any()
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.account, row.currency), []).append(row)
    if not groups and columns.account:
        return [ReadStatement(bare(columns.account), currency or "EUR")]
    return [_statement(account, kept, group) for (account, kept), group in groups.items()]


# --- rows --------------------------------------------------------------------------------------------------------------
def _rows(cells: Cells, currency: str, *, is_inverted: bool) -> Iterator[Row]:
    days, value_days, balances = cells.days("date"), cells.days("value_date"), cells.amounts("balance")
    amounts = _amounts(cells, is_inverted=is_inverted)
    accounts, currencies, told = _accounts(cells), cells.currencies(currency), _told(cells)
    own = cells.words("bank_reference")
    for index, line in enumerate(cells.table.lines):
        amount, booked_on = amounts[index], days[index]
        if amount and booked_on is None and cells.is_total(index):
            amount = None
        if amount and booked_on is None:
            cells.doubts.add(index, cells.columns.at["date"], "hier staat geen datum", code="bad_date")
        moved = None
        if amount and booked_on:
            value_on = value_days[index] if value_days else None
            moved = _transaction(amount, currencies[index], booked_on, value_on, told[index], own[index])
        balance = _after(balances[index], amount, cells.columns) if balances else None
        yield Row(line, accounts[index], currencies[index], amount, balance, moved)


def _transaction(
    amount: Decimal, currency: str, booked_on: date, value_on: date | None, told: Told, own: str
) -> BankTransaction:
    return BankTransaction(
        position=0,
        amount=amount,
        currency=currency,
        booked_on=booked_on,
        value_on=value_on,
        counterparty_iban=told.account,
        counterparty_name=told.name,
        text=told.text,
        reference=told.reference,
        end_to_end_id=told.end_to_end_id,
        bank_reference=own[:NUMBER_LENGTH],
        is_reversal=told.is_return,
    )


def _accounts(cells: Cells) -> list[str]:
    """Each row names its own account; where it does not, the one of the file or of the user's choice counts."""
    found = [bare(written or cells.columns.account) for written in cells.words("account")]
    for index, account in enumerate(found):
        if not account:
            cells.doubts.add(index, cells.columns.at["account"], "hier staat geen rekeningnummer", code="bad_account")
    return found


def _after(balance: Decimal | None, amount: Decimal | None, columns: Columns) -> Decimal | None:
    if balance is None or not columns.balance_before:
        return balance
    return balance + (amount or 0)


def _amounts(cells: Cells, *, is_inverted: bool) -> list[Decimal | None]:
    """Positive is received: the amount with its own sign or the one beside it, or credit less debit."""
    if "amount" in cells.columns.at:
        signs = cells.signs() if "sign" in cells.columns.at else []
        found = cells.amounts("amount")
        signed = [_signed(cells, row, amount, signs[row] if signs else 0) for row, amount in enumerate(found)]
    else:
        empty: list[Decimal | None] = [None] * len(cells.table.rows)
        debits = cells.amounts("debit") or empty
        credits_ = cells.amounts("credit") or empty
        signed = [_less(credit, debit) for credit, debit in zip(credits_, debits, strict=True)]
    return [-amount if is_inverted and amount is not None else amount for amount in signed]


def _signed(cells: Cells, row: int, amount: Decimal | None, sign: int) -> Decimal | None:
    """The word beside an amount says which way it went. With a minus too it is a riddle, unless balances check it."""
    if amount is None or not sign:
        return amount
    if amount < 0 and "balance" not in cells.columns.at:
        cells.doubts.add(row, cells.columns.at["amount"], "een minteken en Af of Bij naast elkaar", code="bad_sign")
    return sign * abs(amount)


def _less(credit: Decimal | None, debit: Decimal | None) -> Decimal | None:
    if credit is None and debit is None:
        return None
    return (credit or Decimal(0)) - (debit or Decimal(0))


def bare(written: str) -> str:
    return re.sub(r"[\s.]", "", written).upper()[:40]


# --- the other side ----------------------------------------------------------------------------------------------------
def _told(cells: Cells) -> list[Told]:
    names = ("iban", "name", "end_to_end", "reference")
    columns = zip(cells.texts(), *(cells.words(name) for name in names), strict=True)
    return [_about(cells.columns.dialect, *row) for row in columns]


def _about(dialect: str, text: str, iban: str, name: str, end_to_end: str, reference: str) -> Told:
    account = mt940_free.bare_account(iban)
    if dialect == "abn":
        return mt940_text.told(None, [text[start : start + _ABN_LINE] for start in range(0, len(text), _ABN_LINE)])
    found = _ing(text) if dialect == "ing" else Told(text=mt940_free.whole(text))
    return replace(
        found,
        account=account or found.account,
        name=mt940_free.clean(name) or found.name,
        reference=reference[:NUMBER_LENGTH] or mt940_free.payment_reference(found.text),
        end_to_end_id=mt940_free.end_to_end(end_to_end) or found.end_to_end_id,
    )


def _ing(text: str) -> Told:
    """`Naam: .. Omschrijving: .. IBAN: .. Kenmerk: ..`; what the payer wrote is the description."""
    start, *split = _ING_LABELS.split(text.strip())
    values = dict(zip(split[::2], split[1::2], strict=True))
    written = values.get("Omschrijving") or values.get("Description")
    return Told(
        account=mt940_free.bare_account(values.get("IBAN", "").split(" ")[0]),
        text=mt940_free.whole(written if written is not None else start if values else text),
        end_to_end_id=mt940_free.end_to_end(values.get("Kenmerk") or values.get("Reference") or ""),
    )


# --- statements --------------------------------------------------------------------------------------------------------
def _statement(account: str, currency: str, group: Sequence[Row]) -> ReadStatement:
    rows, opening, closing = _in_order(group)
    moved = [row.moved for row in rows if row.moved]
    days = [line.booked_on for line in moved]
    return ReadStatement(
        account=account,
        currency=currency,
        from_on=min(days, default=None),
        to_on=max(days, default=None),
        opening=_balance(opening, min(days, default=None)),
        closing=_balance(closing, max(days, default=None)),
        transactions=tuple(line._replace(position=position) for position, line in enumerate(moved)),
        entries=len(rows),
        warnings=tuple(_findings(rows, checked=closing is not None)),
    )


def _balance(amount: Decimal | None, on: date | None) -> Balance | None:
    return None if amount is None or on is None else Balance(amount, on)


def _in_order(group: Sequence[Row]) -> tuple[list[Row], Decimal | None, Decimal | None]:
    """(rows from old to new, opening, closing): some banks print the newest first, and the running balance shows it."""
    for rows in (list(group), list(reversed(group))):
        counted = [row for row in rows if row.amount is not None or row.balance is not None]
        if not counted or not _chains(counted):
            continue
        first, last = counted[0], counted[-1]
        if first.balance is not None and last.balance is not None:
            return rows, first.balance - (first.amount or 0), last.balance
    return list(group), None, None


def _chains(rows: Sequence[Row]) -> bool:
    return all(
        row.balance is not None and before.balance is not None and before.balance + (row.amount or 0) == row.balance
        for before, row in pairwise(rows)
    )


def _findings(rows: Sequence[Row], *, checked: bool) -> Iterator[Problem]:
    silent = [row.line for row in rows if row.amount is None]
    if silent:
        lines = ", ".join(map(str, silent[:10]))
        yield Problem("not_booked", f"Zonder bedrag of een totaal, niet geboekt: regel {lines}.", line=silent[0])
    if not checked and any(row.balance is not None for row in rows):
        yield Problem("balance_mismatch", "Het saldo per regel sluit niet aan op de bedragen.", line=rows[0].line)
