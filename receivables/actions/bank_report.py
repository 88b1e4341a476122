"""What became of a bank file, for screen, shell and audit trail: plain JSON, kept with the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from receivables.actions.bank_states import Changes
from receivables.actions.bank_storing import Stored, cents_of, reconciles
from receivables.banking.parsed import ReadBankFile, ReadStatement
from receivables.domain.bank_chain import CHAIN_CODES, QUESTIONS
from receivables.importing.outcome import Problem
from receivables.models import BankFile, BankStatement
from receivables.models.banking import StatementState
from tenants.models import Tenant

SHOWN = 100
CENT = Decimal("0.01")


class Result(StrEnum):
    IMPORTED = "imported"
    WARNED = "imported_with_warning"
    NOTHING = "nothing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BankReport:
    """One file. `is_known` when these bytes were imported before: then nothing was changed."""

    file: BankFile
    values: dict[str, Any]
    is_known: bool = False

    @property
    def result(self) -> Result:
        return Result(self.values["result"])

    @property
    def is_refused(self) -> bool:
        return self.result is Result.REFUSED

    @property
    def asks_for_columns(self) -> bool:
        """A table that only a person can read: which column is what?"""
        return any(error["code"] == "columns" for error in self.values["errors"])

    def as_json(self) -> dict[str, Any]:
        return {**self.values, "is_known": self.is_known}


@dataclass(slots=True)
class Findings:
    """What was gathered while storing."""

    stored: list[Stored] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: list[Changes] = field(default_factory=list)


def refused(name: str, problems: Sequence[Problem]) -> dict[str, Any]:
    """Nothing of the file was stored."""
    errors = [problem.as_json() for problem in list(dict.fromkeys(problems))[:SHOWN]]
    return _values(name, format_="", result=Result.REFUSED, errors=errors)


def imported(name: str, files: Sequence[ReadBankFile], found: Findings, *, format_: str) -> dict[str, Any]:
    """The result depends on the file alone; what other statements say of it stands under the questions."""
    statements = [stored.read for stored in found.stored]
    values = _values(name, format_=format_, result=_result(files, statements))
    values["statements"] = [statement_values(stored) for stored in found.stored]
    values["counts"] = _counts(found.stored)
    values["warnings"] = [warning.as_json() for warning in _warnings(files, found.stored)][:SHOWN]
    values["questions"] = _questions(found)[:SHOWN]
    values["notes"] = [*found.notes, *_regrouped(found.stored), *_settled(found.changes)][:SHOWN]
    return values


def _values(name: str, *, format_: str, result: Result, errors: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    counts = dict.fromkeys(("entries", "transactions", "new", "known", "pending"), 0)
    return {
        "name": name, "format": format_, "result": result.value, "statements": [], "counts": counts, "errors": list(errors),
        "warnings": [], "questions": [], "notes": [],
    }  # fmt: skip


def _result(files: Sequence[ReadBankFile], statements: Sequence[ReadStatement]) -> Result:
    if not any(statement.transactions or statement.pending for statement in statements):
        return Result.NOTHING
    warnings = [problem for file in files for problem in file.warnings]
    warnings += [problem for statement in statements for problem in statement.warnings]
    is_wrong = any(problem.code not in CHAIN_CODES for problem in warnings)
    return Result.WARNED if is_wrong or any(reconciles(one) is False for one in statements) else Result.IMPORTED


# --- statements --------------------------------------------------------------------------------------------------------
def statement_values(stored: Stored) -> dict[str, Any]:
    statement, read = stored.statement, stored.read
    received = sum((line.amount for line in read.transactions if line.amount > 0), Decimal(0))
    return {
        "id": str(statement.pk),
        "account": statement.account.number,
        "reference": read.reference,
        "number": read.number,
        "opening": _cents(cents_of(read.opening)),
        "closing": _cents(cents_of(read.closing)),
        "currency": read.currency,
        "entries": read.entries,
        "transactions": len(read.transactions),
        "sum_credits": f"{received:.2f}",
        "sum_debits": f"{received - read.moved:.2f}",
        "balances_reconcile": reconciles(read),
        "state": StatementState(statement.state).value,
    }


def _cents(cents: int | None) -> str | None:
    return None if cents is None else f"{cents * CENT:.2f}"


def _counts(stored: Iterable[Stored]) -> dict[str, int]:
    counts = dict.fromkeys(("entries", "transactions", "new", "known", "pending"), 0)
    for one in stored:
        counts["entries"] += one.read.entries
        counts["transactions"] += len(one.read.transactions)
        counts["new"] += one.new
        counts["known"] += one.known + one.regrouped
        counts["pending"] += one.read.pending
    return counts


# --- what a person reads -----------------------------------------------------------------------------------------------
def _warnings(files: Iterable[ReadBankFile], stored: Iterable[Stored]) -> list[Problem]:
    """Of the file, and of each statement what is no question."""
    found = [warning for file in files for warning in file.warnings]
    for one in stored:
        problems = (Problem(code=code, message=message) for code, message in one.statement.problems)
        found += [warning for warning in one.read.warnings if warning.code not in CHAIN_CODES]
        found += [problem for problem in problems if problem.code not in QUESTIONS]
    return list({(problem.code, problem.message): problem for problem in found}.values())


def _questions(found: Findings) -> list[dict[str, str]]:
    """About the statements of this file, and about older ones that it puts in doubt."""
    asked = [stored.statement for stored in found.stored]
    asked += [statement for changes in found.changes for statement in changes.questioned]
    unique = {statement.pk: statement for statement in asked}
    return [question for statement in unique.values() for question in questions_about(statement)]


def questions_about(statement: BankStatement) -> list[dict[str, str]]:
    """The open questions about one statement."""
    if statement.state != StatementState.QUESTIONED:
        return []
    return [
        {"statement": str(statement.pk), "account": statement.account.number, "code": code, "message": message}
        for code, message in statement.problems
        if code in QUESTIONS
    ]


def _regrouped(stored: Iterable[Stored]) -> list[str]:
    return [
        f"Van afschrift {one.read.number or one.read.reference} stonden {one.regrouped} bedragen er al in, anders samengevoegd."
        for one in stored
        if one.regrouped
    ]


def _settled(changes: Iterable[Changes]) -> list[str]:
    settled = [statement for found in changes for statement in found.settled]
    if not settled:
        return []
    count = len(settled)
    return ["Eén eerder afschrift sluit nu aan." if count == 1 else f"{count} eerdere afschriften sluiten nu aan."]


def as_it_is_now(tenant: Tenant, file: BankFile) -> dict[str, Any]:
    """The first result of a file, with the states and questions of today."""
    values = dict(file.report)
    rows = tenant.bank_statements.filter(file=file).select_related("account").order_by("position")
    by_id = {str(one.pk): one for one in rows}
    values["statements"] = [
        {**shown, "state": by_id[shown["id"]].state, "account": by_id[shown["id"]].account.number}
        for shown in values["statements"]
        if shown["id"] in by_id
    ]
    values["questions"] = [question for one in by_id.values() for question in questions_about(one)][:SHOWN]
    return values
