"""What the bank file readers answer: statements with their lines, as values. Amounts are signed: positive is received."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from receivables.importing.outcome import Problem


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance of the account; negative is overdrawn. Exact: some files carry five decimals."""

    amount: Decimal
    on: date


class BankTransaction(NamedTuple):
    """One movement. A batch in a file is as many movements as it says amounts for, else one.

    A named tuple: there are tens of thousands in a file, and these are made five times as fast.
    """

    position: int  # within its statement, from 0
    amount: Decimal  # two decimals, never zero
    currency: str
    booked_on: date
    value_on: date | None = None
    counterparty_iban: str = ""  # without spaces, upper case; a bare account number when there is no IBAN
    counterparty_name: str = ""
    text: str = ""  # what the payer wrote, line breaks of the format taken out, at most 2,000 signs
    reference: str = ""  # a structured reference: RF, betalingskenmerk
    end_to_end_id: str = ""  # empty when NOTPROVIDED
    bank_reference: str = ""  # the bank's own reference of this movement
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One statement (or one page of it) of one account."""

    account: str  # IBAN without spaces, or the bare number
    currency: str
    reference: str = ""
    number: str = ""
    page: int | None = None
    is_last_page: bool = True
    from_on: date | None = None
    to_on: date | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    transactions: tuple[BankTransaction, ...] = ()
    entries: int = 0  # as the file counts them: a batch is one entry
    pending: int = 0  # announced, not booked: told, never stored
    warnings: tuple[Problem, ...] = ()

    @property
    def moved(self) -> Decimal:
        return sum((line.amount for line in self.transactions), Decimal(0))


@dataclass(frozen=True, slots=True)
class ReadBankFile:
    """A whole file, or one file out of a ZIP."""

    name: str
    format: str  # "camt.053.001.02", "mt940", "csv"
    statements: tuple[ReadStatement, ...]
    warnings: tuple[Problem, ...] = field(default=())

    def __iter__(self) -> Iterator[ReadStatement]:
        return iter(self.statements)
