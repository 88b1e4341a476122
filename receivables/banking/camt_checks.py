"""Does a statement add up? Everything here is a warning: the movements stand, the statement is not called complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from receivables.banking.camt_header import BookedBalance, Header
from receivables.banking.camt_values import CENT, dutch
from receivables.banking.parsed import BankTransaction, ReadStatement
from receivables.importing.outcome import Problem


def balances(
    header: Header, opening: BookedBalance | None, closing: BookedBalance | None, *, currency: str, exact: Decimal
) -> Iterator[Problem]:
    """Opening and movements make the closing. Of one page of many that is not to be seen."""
    for item in (opening, closing):
        if item is not None and item.currency != currency:
            yield _mismatch(
                f"Het saldo {item.code} is in {item.currency}, de rekening in {currency}: het is niet na te rekenen."
            )
            return
    if not header.page.is_whole:
        return
    if opening is None or closing is None:
        name = "beginsaldo (OPBD of PRCD)" if opening is None else "eindsaldo (CLBD)"
        yield Problem(
            code="balance_missing",
            message=f"Het afschrift heeft geen {name}: of alle bij- en afschrijvingen erop staan, is niet na te rekenen.",
            element="Bal",
        )
        return
    expected = opening.balance.amount + exact
    if expected != closing.balance.amount:
        yield _mismatch(
            f"De saldi sluiten niet: het beginsaldo van {dutch(opening.balance.amount)} met {dutch(exact)} aan bij- en "
            f"afschrijvingen is {dutch(expected)}, maar het eindsaldo is {dutch(closing.balance.amount)} {currency}."
        )


def rounding(
    transactions: Sequence[BankTransaction],
    opening: BookedBalance | None,
    closing: BookedBalance | None,
) -> Iterator[Problem]:
    """Amounts with parts of a cent were rounded; together they may then be a cent off."""
    yield Problem(
        code="decimals",
        message="Het bestand noemt bedragen in delen van een cent; zij zijn afgerond op hele centen (element Amt).",
        element="Amt",
    )
    if opening is None or closing is None:
        return
    moved = sum((line.amount for line in transactions), Decimal(0))
    ends = [opening.balance.amount + moved, closing.balance.amount]
    if len({end.quantize(CENT, ROUND_HALF_UP) for end in ends}) > 1:
        yield _mismatch("Door het afronden op hele centen sluiten de saldi niet meer op de cent.")


def number_of_entries(header: Header, counted: int) -> Iterator[Problem]:
    if header.declared is not None and header.declared != counted and header.page.is_whole:
        yield Problem(
            code="count_mismatch",
            message=f"Volgens de bank staan er {header.declared} boekingen op het afschrift, in het bestand staan er "
            f"{counted} (element NbOfNtries).",
            element="NbOfNtries",
        )


def gathered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """One of each kind, with how often."""
    kinds: dict[tuple[str, str | None], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.code, problem.element), []).append(problem)
    return tuple(_counted(alike) for alike in kinds.values())


def _counted(alike: list[Problem]) -> Problem:
    more = len(alike) - 1
    if not more:
        return alike[0]
    return replace(alike[0], message=f"{alike[0].message} Zo nog {more} keer.")


def with_missing_pages(statements: Sequence[ReadStatement]) -> tuple[ReadStatement, ...]:
    """A page whose fellows are not in the same file says so."""
    series: dict[tuple[str, str, str], list[ReadStatement]] = {}
    for statement in statements:
        series.setdefault((statement.account, statement.number, statement.reference), []).append(statement)
    return tuple(_told(item, series[item.account, item.number, item.reference]) for item in statements)


def _told(statement: ReadStatement, series: Sequence[ReadStatement]) -> ReadStatement:
    numbers = {item.page for item in series if item.page is not None}
    has_last = any(item.is_last_page for item in series)
    if statement.page is None or (has_last and numbers == set(range(1, max(numbers) + 1))):
        return statement
    problem = Problem(
        code="page_missing",
        message=f"Dit is blad {statement.page}{'' if statement.is_last_page else ', niet het laatste'}. Het afschrift is "
        "pas compleet als de andere bladen er ook zijn.",
        element="PgNb",
    )
    return replace(statement, warnings=(*statement.warnings, problem))


def _mismatch(message: str) -> Problem:
    return Problem(code="balance_mismatch", message=message, element="Bal")
