"""A bank file as JSON, to cross from the child process to ours: short arrays, because there may be 20,000 lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from receivables.banking.parsed import Balance, BankTransaction, ReadBankFile, ReadStatement
from receivables.importing.outcome import Problem

_CHUNK = 1_000


def to_json(file: ReadBankFile) -> Iterator[dict[str, Any]]:
    """The file, then each statement followed by its lines, in chunks."""
    yield {"file": [file.name, file.format, _problems(file.warnings)]}
    for statement in file:
        yield {"statement": _statement(statement)}
        lines = map(_line, statement.transactions)
        while chunk := list(islice(lines, _CHUNK)):
            yield {"lines": chunk}


def from_json(items: Iterable[dict[str, Any]]) -> ReadBankFile:
    """The inverse, of one file."""
    (file,) = files_from_json(items)
    return file


def files_from_json(items: Iterable[dict[str, Any]]) -> tuple[ReadBankFile, ...]:
    """The inverse, of the files of a ZIP one after the other."""
    files: list[tuple[list[Any], list[ReadStatement]]] = []
    lines: list[BankTransaction] = []
    for item in items:
        if "lines" in item:
            lines += map(_line_of, item["lines"])
        elif "statement" in item:
            _close(files, lines)
            files[-1][1].append(_statement_of(item["statement"]))
        else:
            _close(files, lines)
            files.append((item["file"], []))
    _close(files, lines)
    return tuple(
        ReadBankFile(name, format_, tuple(statements), _problems_of(problems))
        for (name, format_, problems), statements in files
    )


def _close(files: list[tuple[list[Any], list[ReadStatement]]], lines: list[BankTransaction]) -> None:
    """The lines so far belong to the newest statement."""
    if lines:
        statements = files[-1][1]
        statements[-1] = replace(statements[-1], transactions=tuple(lines))
        lines.clear()


# --- lines -------------------------------------------------------------------------------------------------------------
def _line(line: BankTransaction) -> list[Any]:
    position, amount, currency, booked_on, value_on, *texts, is_reversal = line
    return [position, str(amount), currency, booked_on.toordinal(), _ordinal(value_on), *texts, int(is_reversal)]


def _line_of(row: list[Any]) -> BankTransaction:
    position, amount, currency, booked_on, value_on, *texts, is_reversal = row
    iban, name, text, reference, end_to_end, own = texts
    return BankTransaction(
        position, Decimal(amount), currency, date.fromordinal(booked_on), _day(value_on), iban, name, text, reference,
        end_to_end, own, bool(is_reversal),
    )  # fmt: skip


# --- statements --------------------------------------------------------------------------------------------------------
def _statement(read: ReadStatement) -> list[Any]:
    return [
        read.account, read.currency, read.reference, read.number, read.page, read.is_last_page,
        _ordinal(read.from_on), _ordinal(read.to_on), _balance(read.opening), _balance(read.closing),
        read.entries, read.pending, _problems(read.warnings),
    ]  # fmt: skip


def _statement_of(row: list[Any]) -> ReadStatement:
    account, currency, reference, number, page, is_last_page, from_on, to_on, opening, closing, *counts, problems = row
    entries, pending = counts
    return ReadStatement(
        account=account, currency=currency, reference=reference, number=number, page=page, is_last_page=is_last_page,
        from_on=_day(from_on), to_on=_day(to_on), opening=_balance_of(opening), closing=_balance_of(closing),
        entries=entries, pending=pending, warnings=_problems_of(problems),
    )  # fmt: skip


def _balance(balance: Balance | None) -> list[Any] | None:
    return None if balance is None else [str(balance.amount), balance.on.toordinal()]


def _balance_of(row: list[Any] | None) -> Balance | None:
    return None if row is None else Balance(Decimal(row[0]), date.fromordinal(row[1]))


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [problem.as_json() for problem in problems]


def _problems_of(rows: Iterable[dict[str, Any]]) -> tuple[Problem, ...]:
    return tuple(map(Problem.from_json, rows))
