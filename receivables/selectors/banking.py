"""What the pages about bank files, accounts and statements show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from receivables.actions.bank_states import known_days
from receivables.domain.bank_chain import GAP
from receivables.models import BankAccount, BankFile, BankLineSighting, BankStatement
from receivables.models.banking import BankFileState, StatementState
from receivables.selectors.paging import Page, Sort, take
from tenants.models import Tenant

BY_TIME = Sort(("created_at", "id"), is_descending=True)
BY_DAY = Sort(("to_on", "id"), is_descending=True)
BY_PLACE = Sort(("position", "id"))
TONES = {
    StatementState.COMPLETE: "good",
    StatementState.WARNED: "warn",
    StatementState.QUESTIONED: "bad",
    StatementState.ACCEPTED: "good",
    StatementState.REJECTED: "",
}
ICONS = {
    StatementState.COMPLETE: "check",
    StatementState.WARNED: "triangle-alert",
    StatementState.QUESTIONED: "circle-question-mark",
    StatementState.ACCEPTED: "user-check",
    StatementState.REJECTED: "ban",
}


class Shown(StrEnum):
    """Which statements of an account."""

    ALL = "alles"
    QUESTIONS = "vragen"
    WARNED = "waarschuwing"


SHOWN = {Shown.ALL: "Alles", Shown.QUESTIONS: "Vragen", Shown.WARNED: "Met een waarschuwing"}
SHOWN_STATES = {Shown.QUESTIONS: [StatementState.QUESTIONED], Shown.WARNED: [StatementState.WARNED]}


class Direction(StrEnum):
    """Which lines of a statement."""

    ALL = "alles"
    IN = "bij"
    OUT = "af"


DIRECTIONS = {Direction.ALL: "Alles", Direction.IN: "Bij", Direction.OUT: "Af"}


class FileShown(StrEnum):
    """Which files."""

    ALL = "alles"
    REFUSED = "geweigerd"


FILES_SHOWN = {FileShown.ALL: "Alles", FileShown.REFUSED: "Geweigerd"}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with what its statements say together."""

    account: BankAccount
    statements: int
    questions: int
    newest_on: date | None
    known_up_to: date | None


@dataclass(frozen=True, slots=True)
class Station:
    """One statement on the chain; `gaps` are the questions that stand between it and the one before."""

    statement: BankStatement
    tone: str
    icon: str
    gaps: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_asked(self) -> bool:
        return self.statement.state == StatementState.QUESTIONED

    @property
    def is_answered(self) -> bool:
        return self.statement.answered_at is not None


def find_files(tenant: Tenant, shown: FileShown, words: str) -> QuerySet[BankFile]:
    """Uploaded files, by name."""
    rows = tenant.bank_files.select_related("by")
    if shown is FileShown.REFUSED:
        rows = rows.filter(state=BankFileState.REFUSED)
    return rows.filter(name__icontains=words) if words else rows


def account_rows(tenant: Tenant) -> list[AccountRow]:
    """Every account; those that are watched first."""
    rows = tenant.bank_accounts.annotate(
        statement_count=Count("statements"),
        question_count=Count("statements", filter=Q(statements__state=StatementState.QUESTIONED)),
        newest_on=Max("statements__to_on"),
    )
    known = known_days(tenant.bank_statements.all())
    return [
        AccountRow(one, one.statement_count, one.question_count, one.newest_on, known.get(one.pk))
        for one in rows.order_by("-is_watched", "number", "currency")
    ]


def find_statements(account: BankAccount, shown: Shown, words: str) -> QuerySet[BankStatement]:
    """The statements of an account that have a day, by number, reference or file."""
    rows = account.statements.filter(to_on__isnull=False).select_related("file", "answered_by")
    if states := SHOWN_STATES.get(shown):
        rows = rows.filter(state__in=states)
    if words:
        rows = rows.filter(
            Q(number__istartswith=words) | Q(reference__icontains=words) | Q(file__name__icontains=words)
        )
    return rows


def chain_page(rows: QuerySet[BankStatement], *, token: str) -> Page[Station]:
    """The newest first."""
    page = take(rows, BY_DAY, token=token)
    return Page([station(statement) for statement in page.rows], page.next_token, page.is_first)


def station(statement: BankStatement) -> Station:
    """How a statement stands on the chain."""
    state = StatementState(statement.state)
    gaps = [message for code, message in statement.problems if code == GAP]
    problems = [message for code, message in statement.problems if code != GAP]
    return Station(statement, TONES[state], ICONS[state], gaps, problems)


def questions_of(tenant: Tenant) -> int:
    return tenant.bank_statements.filter(state=StatementState.QUESTIONED).count()


def find_lines(
    tenant: Tenant, statement: BankStatement, direction: Direction, words: str
) -> QuerySet[BankLineSighting]:
    """The lines of a statement as it shows them, by payer, text, account or amount."""
    rows = tenant.bank_sightings.filter(statement=statement).select_related("line")
    if direction is Direction.IN:
        rows = rows.filter(line__amount__gt=0)
    elif direction is Direction.OUT:
        rows = rows.filter(line__amount__lt=0)
    for word in words.split():
        rows = rows.filter(
            Q(line__counterparty_name__icontains=word)
            | Q(line__text__icontains=word)
            | Q(line__counterparty_iban__icontains=word)
            | Q(line__amount__in=_amounts(word))
        )
    return rows


def _amounts(word: str) -> list[str]:
    plain = word.replace(".", "").replace(",", ".")
    return [plain, f"-{plain}"] if plain.replace(".", "", 1).isdecimal() and len(plain) < 15 else []


def statements_of_file(tenant: Tenant, file_id: UUID) -> list[Station]:
    rows = tenant.bank_statements.filter(file=file_id).select_related("account", "file", "answered_by")
    return [station(statement) for statement in rows.order_by("position")[:500]]
