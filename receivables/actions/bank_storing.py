"""Storing the statements of one account: each line once, however many files show it, and where each was seen.

Runs under the lock of its account, in the caller's transaction.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import uuid_utils
from django.db import connection
from django.db.models import Sum, TextField
from django.db.models.functions import Cast

from receivables.actions.bulk import insert_rows
from receivables.banking.parsed import Balance, BankTransaction, ReadStatement
from receivables.domain.bank_alike import Line
from receivables.domain.bank_chain import CHAIN_CODES
from receivables.domain.bank_merge import Merged, merge
from receivables.domain.bank_statement import Statement
from receivables.importing.outcome import Problem
from receivables.models import BankAccount, BankFile, BankLine, BankStatement
from receivables.models.banking import LineState, StatementState
from tenants.models import Tenant

LINE_FIELDS = (
    "id", "booked_on", "value_on", "amount", "currency", "counterparty_iban", "counterparty_name", "text", "reference",
    "end_to_end_id", "bank_reference", "is_reversal", "source_format", "state",
)  # fmt: skip
LINE_COLUMNS = (  # the key as text: a UUID is slower to hash and to make
    "key", "booked_on", "amount", "currency", "counterparty_iban", "counterparty_name", "text", "reference", "end_to_end_id",
    "bank_reference", "source_format",
)  # fmt: skip
# What one format may tell and another leave out. Not the text: within one format that must stay as it was.
TOLD = ("counterparty_iban", "counterparty_name", "reference", "end_to_end_id")
LEARN = """
    UPDATE receivables_bankline AS line SET counterparty_iban = told.counterparty_iban,
        counterparty_name = told.counterparty_name, reference = told.reference, end_to_end_id = told.end_to_end_id
    FROM jsonb_to_recordset(%s::jsonb) AS told (id uuid, counterparty_iban text, counterparty_name text, reference text,
        end_to_end_id text)
    WHERE line.id = told.id AND line.tenant_id = %s
"""
SIGHT = """
    INSERT INTO receivables_banklinesighting (tenant_id, id, statement_id, line_id, position)
    SELECT %s, * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::integer[])
"""
CENT = Decimal("0.01")
MANY = 1_000
TABLES = frozenset({"csv", "spreadsheet"})


@dataclass(slots=True)
class Stored:
    """What became of one statement of the file."""

    statement: BankStatement
    read: ReadStatement
    new: int = 0
    known: int = 0
    regrouped: int = 0


@dataclass(slots=True)
class AccountStore:
    """Takes the statements of one account out of one file, in order."""

    tenant: Tenant
    account: BankAccount
    file: BankFile
    on: date
    now: datetime
    _shown: list[Statement] = field(default_factory=list)
    _lines: list[tuple[Any, ...]] = field(default_factory=list)
    _sightings: list[tuple[Any, ...]] = field(default_factory=list)
    _told: dict[Hashable, dict[str, str]] = field(default_factory=dict)
    _learned: dict[str, dict[str, str]] = field(default_factory=dict)

    def store(self, given: Sequence[tuple[int, str, ReadStatement]]) -> list[Stored]:
        """Store statements, given with their place in the file and the format they were read from."""
        days = [line.booked_on for _, _, read in given for line in read.transactions]
        if days:
            self._shown = list(shown_between(self.tenant, self.account, min(days), max(days)))
            self._told = {line.key: _told(line) for one in self._shown for line in one.lines}
        last = len(given) - 1
        found = [self._take(*one, is_last=number == last) for number, one in enumerate(given)]
        BankStatement.across_tenants.bulk_create([one.statement for one in found])
        self._insert()
        return found

    def _take(self, place: int, format_: str, read: ReadStatement, *, is_last: bool) -> Stored:
        statement = self._statement(place, read)
        if is_last and self._is_alone():
            made = self._keep(statement, read, format_, Merged())
            return Stored(statement, read, new=len(made))
        new = as_statement(read, key=statement.pk, format_=format_, file=(self.file.pk, place))
        merged = merge(new, self._shown)
        made = self._keep(statement, read, format_, merged)
        if not is_last:
            self._shown.append(_as_stored(new, {**merged.known, **made}))
        return Stored(statement, read, new=len(made), known=len(merged.known), regrouped=len(merged.regrouped))

    def _is_alone(self) -> bool:
        """Nothing to compare with: a first file."""
        return not self._shown

    def _statement(self, place: int, read: ReadStatement) -> BankStatement:
        first, last = period_of(read, latest=self.on)
        opening, closing = cents_of(read.opening), cents_of(read.closing)
        return BankStatement(
            tenant=self.tenant,
            account=self.account,
            file=self.file,
            position=place,
            reference=read.reference[:80],
            number=read.number[:40],
            page=read.page,
            is_last_page=read.is_last_page,
            from_on=first,
            to_on=last,
            opening=None if opening is None else opening * CENT,
            closing=None if closing is None else closing * CENT,
            state=StatementState.WARNED,  # until the chain is looked at
            problems=[[problem.code, problem.message] for problem in own_problems(read)],
            created_at=self.now,
        )

    def _keep(
        self, statement: BankStatement, read: ReadStatement, format_: str, merged: Merged
    ) -> dict[Hashable, Hashable]:
        """Make rows of what is new, and a sighting of everything; the keys of the new lines."""
        made: dict[Hashable, Hashable] = {}
        known, regrouped = merged.known, merged.regrouped
        shown_in = str(statement.pk)
        for line in read.transactions:
            place = line.position
            if place in regrouped:
                continue
            key = known.get(place)
            if key is None:
                key = made[place] = _key()
                self._lines.append(_row(key, line, format_))
            else:
                self._learn(key, line)
            self._sightings.append((_key(), shown_in, str(key), place))
        return made

    def _learn(self, key: Hashable, line: BankTransaction) -> None:
        """What this format tells of a line and the first one left out; what was told is never written over."""
        known = self._told.get(key)
        if known is None:
            return
        iban, name, _, reference, end_to_end_id, _ = _texts(line)
        told = dict(zip(TOLD, (iban, name, reference, end_to_end_id), strict=True))
        more = {name: text for name, text in told.items() if text and not known[name]}
        if more:
            known |= more
            self._learned[str(key)] = known

    def _insert(self) -> None:
        same = {"tenant": self.tenant.pk, "account": self.account.pk, "created_at": self.now}
        insert_rows(BankLine, LINE_FIELDS, self._lines, same={**same, "proposal": "{}", "score": 0})
        self._forget_plans(len(self._lines))
        self._insert_sightings()
        self._forget_plans(len(self._sightings))
        self._write_what_was_learned()

    def _insert_sightings(self) -> None:
        """Keys and numbers need no quoting: a third of the time of `insert_rows`, and there is one for each line."""
        columns = ["{" + ",".join(map(str, column)) + "}" for column in zip(*self._sightings, strict=True)]
        if columns:
            with connection.cursor() as cursor:
                cursor.execute(SIGHT, [self.tenant.pk, *columns])

    def _write_what_was_learned(self) -> None:
        if not self._learned:
            return
        rows = [{"id": key, **told} for key, told in self._learned.items()]
        with connection.cursor() as cursor:
            cursor.execute(LEARN, [json.dumps(rows), self.tenant.pk])

    def _forget_plans(self, inserted: int) -> None:
        """See `receivables.actions.storing`: a plan of a key check made on a nearly empty table stays slow."""
        if inserted >= MANY:
            with connection.cursor() as cursor:
                cursor.execute("DISCARD PLANS")


# --- what the file says ------------------------------------------------------------------------------------------------
def kind_of(format_: str) -> str:
    """camt, mt940, csv or zip; a spreadsheet is told from a CSV by nothing but its container."""
    if format_ in TABLES:
        return "csv"
    return "camt" if format_.startswith("camt") else format_[:20]


def cents_of(balance: Balance | None) -> int | None:
    """A balance in whole cents, half up."""
    return None if balance is None else int(balance.amount.quantize(CENT, rounding=ROUND_HALF_UP) * 100)


def moved_cents(read: ReadStatement) -> int:
    return int(read.moved * 100)


def period_of(read: ReadStatement, *, latest: date) -> tuple[date | None, date | None]:
    """The first and last day, as the file says, as its balances say, or as its lines do.

    What ends after `latest`, the day it came in, is told up to that day, or up to its last line when that is later still.
    """
    days = [line.booked_on for line in read.transactions]
    newest = max(days, default=None)
    first = [day for day in (read.from_on, min(days, default=None)) if day]
    last = [day for day in (read.to_on, read.closing.on if read.closing else None, newest) if day]
    if not first and read.opening:
        first = [read.opening.on]
    if not first and not last:
        return None, None
    start = min(first or last)
    end = max(start, max(last or first))
    return start, max(start, min(end, latest), newest or start)


def reconciles(read: ReadStatement) -> bool | None:
    """Whether the lines explain the difference of the balances; None when a balance is missing."""
    if read.opening is None or read.closing is None:
        return None
    return (cents_of(read.opening) or 0) + moved_cents(read) == cents_of(read.closing)


def own_problems(read: ReadStatement) -> list[Problem]:
    """What is wrong with a statement by itself; what the others say of it comes later."""
    found = [problem for problem in read.warnings if problem.code not in CHAIN_CODES]
    codes = {problem.code for problem in found}
    if reconciles(read) is False and "balance_mismatch" not in codes:
        message = "Het beginsaldo met de bij- en afschrijvingen komt niet uit op het eindsaldo."
        found.append(Problem(code="balance_mismatch", message=message))
    is_page = read.page is not None and (read.page > 1 or not read.is_last_page)
    if reconciles(read) is None and not is_page and not codes & {"balance_missing", "balance_mismatch"}:
        message = "Er staat geen begin- of eindsaldo in: of alles erop staat, is niet na te rekenen."
        found.append(Problem(code="balance_missing", message=message))
    return list(dict.fromkeys(found))


def as_statement(read: ReadStatement, *, key: UUID, format_: str, file: Hashable) -> Statement:
    """A statement of the file for merging; its lines go by their position."""
    days: dict[date, int] = defaultdict(int)
    lines = []
    for line in read.transactions:
        cents = int(line.amount * 100)
        days[line.booked_on] += cents
        lines.append(
            Line(
                line.position, line.booked_on, cents, line.currency, *_texts(line), format_,
            )
        )  # fmt: skip
    return Statement(
        key=key,
        lines=tuple(lines),
        days=dict(days),
        opening=cents_of(read.opening),
        closing=cents_of(read.closing),
        number=read.number or read.reference,
        page=read.page,
        format=format_,
        file=file,
    )


def _as_stored(new: Statement, keys: Mapping[Hashable, Hashable]) -> Statement:
    """The same statement, its lines under the keys they are stored with, for the next one in the file."""
    lines = tuple(
        Line(
            keys[line.key], line.booked_on, line.cents, line.currency, line.iban, line.name, line.text, line.reference,
            line.end_to_end_id, line.bank_reference, line.format,
        )
        for line in new.lines
        if line.key in keys
    )  # fmt: skip
    return replace(new, lines=lines, by_day={}, before={})


def _key() -> str:
    """As `tenants.ids.new_id`, written already: forty thousand of them are noticed."""
    return str(uuid_utils.uuid7())


def _row(key: str, line: BankTransaction, format_: str) -> tuple[Any, ...]:
    """Plain JSON values: turning 20,000 lines into them later costs twice as much."""
    state = LineState.OPEN.value if line.amount > 0 else LineState.OUTGOING.value
    day, amount = line.booked_on.isoformat(), str(line.amount)
    value_on = line.value_on.isoformat() if line.value_on else None
    texts = _texts(line)
    return key, day, value_on, amount, line.currency, *texts, line.is_reversal, format_, state


def _texts(line: BankTransaction) -> tuple[str, str, str, str, str, str]:
    """As the columns hold them; merging must compare what will be stored."""
    return (
        _cut(line.counterparty_iban, 40), _cut(line.counterparty_name, 200), _cut(line.text, 2000), _cut(line.reference, 60),
        _cut(line.end_to_end_id, 60), _cut(line.bank_reference, 80),
    )  # fmt: skip


def _cut(text: str, length: int) -> str:
    return text[:length].replace("\x00", "") if text else ""


# --- what is stored ----------------------------------------------------------------------------------------------------
def shown_between(tenant: Tenant, account: BankAccount, first: date, last: date) -> Iterator[Statement]:
    """The statements that show a line of these days, with those lines; rejected ones too, for their lines are stored."""
    rows = account.lines.filter(tenant=tenant, booked_on__range=(first, last)).annotate(key=Cast("id", TextField()))
    lines = {row[0]: _line_of(row) for row in rows.values_list(*LINE_COLUMNS)}
    if not lines:
        return
    seen = tenant.bank_sightings.filter(line__account=account, line__booked_on__range=(first, last))
    seen = seen.order_by("statement", "position").annotate(key=Cast("line", TextField()))
    places: dict[UUID, list[str]] = defaultdict(list)
    for statement, line in seen.values_list("statement", "key"):
        places[statement].append(line)
    days = day_sums(tenant, places)
    for one in account.statements.filter(pk__in=places).select_related("file"):
        format_ = one.file.format
        yield Statement(
            key=one.pk,
            lines=tuple(lines[line] for line in places[one.pk] if line in lines),
            days=days[one.pk],
            opening=whole_cents(one.opening),
            closing=whole_cents(one.closing),
            number=one.number or one.reference,
            page=one.page,
            format="" if format_ == "zip" else kind_of(format_),
        )


def day_sums(tenant: Tenant, statements: Iterable[UUID]) -> dict[UUID, dict[date, int]]:
    """What moved per statement and day."""
    found: dict[UUID, dict[date, int]] = defaultdict(dict)
    rows = (
        tenant.bank_sightings.filter(statement__in=list(statements))
        .order_by()
        .values_list("statement", "line__booked_on")
        .annotate(moved=Sum("line__amount"))
    )
    for statement, day, moved in rows:
        found[statement][day] = int(moved * 100)
    return found


def whole_cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def _told(line: Line) -> dict[str, str]:
    texts = (line.iban, line.name, line.reference, line.end_to_end_id)
    return dict(zip(TOLD, texts, strict=True))


def _line_of(row: tuple[Any, ...]) -> Line:
    pk, booked_on, amount, *rest = row
    return Line(pk, booked_on, int(amount * 100), *rest)
