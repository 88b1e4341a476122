"""A person's answer to a questioned statement: it is right as it is, or its lines stay out. The answer stays."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from receivables.actions.bank_accounts import lock_accounts
from receivables.actions.bank_states import Changes, note_books, refresh
from receivables.models import BankStatement
from receivables.models.banking import StatementState
from tenants import audit
from tenants.models import Tenant, User

ANSWERABLE = frozenset({StatementState.QUESTIONED, StatementState.ACCEPTED, StatementState.REJECTED})
VERBS = {StatementState.ACCEPTED: "bank_statement.accepted", StatementState.REJECTED: "bank_statement.rejected"}


class NothingAskedError(ValueError):
    """The statement fits by now, so there is nothing to answer; the message says so, in Dutch."""


def accept(tenant: Tenant, statement_id: UUID, *, note: str, by: User, now: datetime, on: date) -> Changes:
    """The statement is right as it is: its lines may be used, and the books are known up to its last day."""
    return _answer(tenant, statement_id, StatementState.ACCEPTED, note=note, by=by, now=now, on=on)


def reject(tenant: Tenant, statement_id: UUID, *, note: str, by: User, now: datetime, on: date) -> Changes:
    """The statement is wrong: lines that no other one shows stay out, and the next one must follow on something else."""
    return _answer(tenant, statement_id, StatementState.REJECTED, note=note, by=by, now=now, on=on)


def _answer(
    tenant: Tenant, statement_id: UUID, state: StatementState, *, note: str, by: User, now: datetime, on: date
) -> Changes:
    account = tenant.bank_accounts.get(statements=statement_id)
    lock_accounts(tenant, numbers=[account.number])
    statement = tenant.bank_statements.select_for_update(of=("self",)).get(pk=statement_id)
    if statement.state not in ANSWERABLE:
        raise NothingAskedError("Dit afschrift sluit inmiddels aan; er is niets meer te beantwoorden.")
    statement.state, statement.answer_note, statement.answered_by, statement.answered_at = state, note, by, now
    statement.save(update_fields=["state", "answer_note", "answered_by", "answered_at"])
    changes = refresh(tenant, account, [statement.pk])
    note_books(tenant, on=on, by=by, now=now)
    _tell(tenant, statement, by=by, now=now)
    return changes


def _tell(tenant: Tenant, statement: BankStatement, *, by: User, now: datetime) -> None:
    asked = [message for _, message in statement.problems]
    details = {"number": statement.number, "note": statement.answer_note, "problems": asked}
    verb = VERBS[StatementState(statement.state)]
    audit.record(tenant, verb, subject=statement, by=by, now=now, details=details)
