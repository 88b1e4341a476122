"""Pages of one MT940 statement put together again, and its balances checked: :60F: plus the movements is :62F:."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from receivables.banking.parsed import ReadStatement
from receivables.importing.outcome import Problem


def whole_statements(pages: Iterable[ReadStatement]) -> list[ReadStatement]:
    """One statement for all its pages, with a warning where the balances do not fit."""
    return [_checked(statement) for statement in _joined(pages)]


def _joined(pages: Iterable[ReadStatement]) -> list[ReadStatement]:
    joined: list[ReadStatement] = []
    for page in pages:
        if joined and _continues(joined[-1], page):
            joined[-1] = _one(joined[-1], page)
        else:
            joined.append(page)
    return joined


def _continues(before: ReadStatement, page: ReadStatement) -> bool:
    """The same account and number, broken off with an interim balance from which this page goes on."""
    return (
        not before.is_last_page
        and (before.account, before.currency, before.number) == (page.account, page.currency, page.number)
        and before.closing is not None
        and page.opening is not None
        and before.closing.amount == page.opening.amount
    )


def _one(before: ReadStatement, page: ReadStatement) -> ReadStatement:
    start = len(before.transactions)
    moved = tuple(line._replace(position=start + line.position) for line in page.transactions)
    return replace(
        before,
        is_last_page=page.is_last_page,
        to_on=_later(before.to_on, page.to_on),
        closing=page.closing,
        transactions=before.transactions + moved,
        entries=before.entries + page.entries,
        warnings=(
            *(found for found in before.warnings if found.element != ":62M:"),
            *(found for found in page.warnings if found.element != ":60M:"),
        ),
    )


def _later(first: date | None, second: date | None) -> date | None:
    return max((day for day in (first, second) if day), default=None)


def _checked(statement: ReadStatement) -> ReadStatement:
    """Opening and movements must make the closing balance."""
    if statement.closing is None:
        return _warned(
            statement, "balance_missing", "Er staat geen eindsaldo (:62F:) in: het afschrift is niet volledig."
        )
    opening = statement.opening.amount if statement.opening else 0
    if opening + statement.moved != statement.closing.amount:
        return _warned(
            statement,
            "balance_mismatch",
            f"Beginsaldo {opening} plus boekingen {statement.moved} is niet het eindsaldo {statement.closing.amount}.",
        )
    return statement


def _warned(statement: ReadStatement, code: str, message: str) -> ReadStatement:
    number = f"Afschrift {statement.number}: " if statement.number else ""
    return replace(statement, warnings=(*statement.warnings, Problem(code, number + message)))
