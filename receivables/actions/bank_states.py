"""After every import and every answer: which statements hold, which lines may be used, and how far the books are known.

The states follow from all statements of an account together, so the order of import does not matter. Only statements near
the new ones can change, so only those are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Min, QuerySet

from receivables.actions.bank_storing import day_sums, whole_cents
from receivables.domain.bank_chain import CHAIN_CODES, QUESTIONS, Link, Trouble, judge, known_up_to
from receivables.models import BankAccount, BankLine, BankStatement, BooksUpdate
from receivables.models.banking import LineState, StatementState
from tenants.models import Tenant, User

ANSWERED = frozenset({StatementState.ACCEPTED, StatementState.REJECTED})
GOOD = frozenset({StatementState.COMPLETE, StatementState.ACCEPTED})
DOUBTFUL = frozenset({StatementState.QUESTIONED, StatementState.REJECTED})
UNDECIDED = frozenset({LineState.HELD, LineState.OPEN, LineState.OUTGOING})
SOURCE = "bank"
_BATCH = 2_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import or an answer did to statements that were there already."""

    questioned: tuple[BankStatement, ...] = ()
    settled: tuple[BankStatement, ...] = ()
    statements: Mapping[UUID, BankStatement] = field(default_factory=dict)  # all that were looked at


def refresh(
    tenant: Tenant, account: BankAccount, touched: Collection[UUID], *, fresh: Collection[UUID] = ()
) -> Changes:
    """Judge the statements around `touched` again, and hold or free their lines. `fresh` ones show new lines only."""
    links = {link.key: link for link in _links(account)}
    near = _near(links, list(account.statements.filter(pk__in=touched)))
    judged = judge(_with_balances(tenant, links, near), near)
    statements = {one.pk: one for one in account.statements.filter(pk__in=near)}
    changed = [one for one in statements.values() if _judged(one, judged.get(one.pk, ()))]
    before = {one.pk: one.state for one in account.statements.filter(pk__in=[one.pk for one in changed])}
    BankStatement.across_tenants.bulk_update(changed, ["state", "problems"])
    hold_or_free(tenant, [statements[pk] for pk in _with_lines_to_look_at(statements, before, touched, fresh)])
    asked = {one.pk for one in changed if one.state == StatementState.QUESTIONED}
    were_asked = {pk for pk, state in before.items() if state == StatementState.QUESTIONED}
    return Changes(
        questioned=tuple(one for one in changed if one.pk in asked - were_asked),
        settled=tuple(one for one in changed if one.pk in were_asked - asked),
        statements=statements,
    )


def _with_lines_to_look_at(
    statements: Mapping[UUID, BankStatement],
    before: Mapping[UUID, str],
    touched: Collection[UUID],
    fresh: Collection[UUID],
) -> set[UUID]:
    """New lines are stored as usable: a fresh statement that is in no doubt has nothing to hold or to free."""
    changed = {pk for pk, state in before.items() if (state in DOUBTFUL) != (statements[pk].state in DOUBTFUL)}
    return changed | {pk for pk in touched if pk not in fresh or statements[pk].state in DOUBTFUL}


def _judged(statement: BankStatement, found: Sequence[Trouble]) -> bool:
    """Write what was found on the statement; whether that changed anything. A person's answer stays."""
    if statement.state in ANSWERED:
        return False
    own = [problem for problem in statement.problems if problem[0] not in CHAIN_CODES]
    problems = [*own, *([trouble.code, trouble.message] for trouble in found)]
    state = state_of(code for code, _ in problems)
    if (state, problems) == (statement.state, statement.problems):
        return False
    statement.state, statement.problems = state, problems
    return True


def state_of(codes: Iterable[str]) -> StatementState:
    """A question when a person must answer, a warning when something is only missing, else complete."""
    found = set(codes)
    if found & QUESTIONS:
        return StatementState.QUESTIONED
    return StatementState.WARNED if found else StatementState.COMPLETE


# --- the chain around the new statements -------------------------------------------------------------------------------
def _links(account: BankAccount) -> Iterable[Link]:
    """Every statement of the account that has a day, without the rejected ones."""
    names = ("pk", "from_on", "to_on", "opening", "closing", "number", "reference", "page", "is_last_page")
    rows = account.statements.exclude(state=StatementState.REJECTED).filter(from_on__isnull=False)
    for pk, start, end, opening, closing, number, reference, page, is_last in rows.order_by("pk").values_list(*names):
        yield Link(
            key=pk,
            start=start,
            end=end,
            opening=whole_cents(opening),
            closing=whole_cents(closing),
            number=number or reference,
            page=page,
            is_last_page=is_last,
        )


def _near(links: Mapping[Any, Link], touched: Sequence[BankStatement]) -> set[UUID]:
    """What may have changed: these themselves, what overlaps or comes next after them, and their other pages."""
    keys = {one.pk for one in touched}
    first = min((one.from_on for one in touched if one.from_on), default=None)
    last = max((one.to_on for one in touched if one.to_on), default=None)
    if first is None or last is None:
        return keys
    following = min((link.start for link in links.values() if link.start > last), default=last)
    pages = {one.number or one.reference for one in touched if one.page is not None} - {""}
    return keys | {
        key
        for key, link in links.items()
        if first <= link.start <= following or (link.page is not None and link.number in pages)
    }


def _with_balances(tenant: Tenant, links: Mapping[Any, Link], near: Collection[UUID]) -> list[Link]:
    """The running balances of statements that another one begins in, and what the pages of a long one moved."""
    starts = [(key, link.start) for key, link in links.items() if key in near]
    days: dict[UUID, set[date]] = {}
    for key, link in links.items():
        begins = {start for other, start in starts if other != key and link.start <= start <= link.end}
        if link.is_chained and begins:
            days[key] = {day for start in begins for day in (start - _DAY, start)}
    pages = {key for key, link in links.items() if key in near and link.needs_pages}
    sums = day_sums(tenant, {*days, *pages})
    steps = _steps(tenant, days)
    return [
        replace(link, moved=sum(sums[key].values()), balances=_balances(link, days.get(key, ()), sums[key], steps.get(key, {})))
        if key in sums
        else link
        for key, link in links.items()
    ]  # fmt: skip


def _steps(tenant: Tenant, days: Mapping[UUID, Collection[date]]) -> dict[UUID, dict[date, list[int]]]:
    """The amounts of those days per statement, in the order of the file."""
    found: dict[UUID, dict[date, list[int]]] = defaultdict(lambda: defaultdict(list))
    wanted = {day for some in days.values() for day in some}
    rows = tenant.bank_sightings.filter(statement__in=list(days), line__booked_on__in=wanted)
    for statement, day, amount in rows.order_by("statement", "position").values_list(
        "statement", "line__booked_on", "line__amount"
    ):
        found[statement][day].append(int(amount * 100))
    return found


def _balances(
    link: Link, days: Iterable[date], sums: Mapping[date, int], steps: Mapping[date, list[int]]
) -> dict[date, tuple[int, ...]]:
    found = {}
    for day in days:
        before = (link.opening or 0) + sum(moved for other, moved in sums.items() if other < day)
        found[day] = tuple(accumulate(steps.get(day, ()), initial=before))
    return found


# --- lines -------------------------------------------------------------------------------------------------------------
def hold_or_free(tenant: Tenant, statements: Iterable[BankStatement]) -> None:
    """A line waits while every statement that shows it is in doubt; what was made of a line already is never touched."""
    doubtful, sure = set[UUID](), set[UUID]()
    for one in statements:
        (doubtful if one.state in DOUBTFUL else sure).add(one.pk)
    seen = tenant.bank_sightings.order_by().values_list("line", flat=True)
    lines = set(seen.filter(statement__in=doubtful))
    lines |= set(seen.filter(statement__in=sure, line__state=LineState.HELD))  # any other line is as it should be
    for some in _batches(sorted(lines)):
        _hold_or_free(tenant, some)


def hold_or_free_line(tenant: Tenant, line: BankLine) -> None:
    """A line that comes back to the queue waits when the statements that show it are in doubt by now."""
    if tenant.bank_sightings.filter(line=line).exists():
        _hold_or_free(tenant, [line.pk])


def _hold_or_free(tenant: Tenant, lines: Sequence[UUID]) -> None:
    """By key: a join would leave the database guessing how many lines there are."""
    seen = tenant.bank_sightings.filter(line__in=lines).exclude(statement__state__in=DOUBTFUL)
    sure = set(seen.order_by().values_list("line", flat=True))
    wrong: dict[LineState, list[UUID]] = defaultdict(list)
    rows = tenant.bank_lines.filter(pk__in=lines, state__in=UNDECIDED).values_list("pk", "state", "amount")
    for pk, state, amount in rows:
        free = LineState.OPEN if amount > 0 else LineState.OUTGOING
        right = free if pk in sure else LineState.HELD
        if state != right:
            wrong[right].append(pk)
    for right, keys in wrong.items():
        tenant.bank_lines.filter(pk__in=keys, state__in=UNDECIDED).update(state=right)


def _batches(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]


# --- how far the books are known ---------------------------------------------------------------------------------------
def note_books(tenant: Tenant, *, on: date, by: User | None, now: datetime) -> date | None:
    """Tell the freshness gate when the bank files bring the books further; the day that they reach now."""
    known = known_days(tenant.bank_statements.all())
    watched = tenant.bank_accounts.filter(is_watched=True).values_list("pk", flat=True)
    reached = [known.get(account) for account in watched]
    if not reached or None in reached:
        return None
    up_to_on = min(*(day for day in reached if day), on)
    newest = tenant.books_updates.filter(source=SOURCE).order_by("-up_to_on").values_list("up_to_on", flat=True).first()
    if newest is None or up_to_on > newest:
        BooksUpdate.across_tenants.create(tenant=tenant, up_to_on=up_to_on, source=SOURCE, by=by, at=now)
    return up_to_on


def known_days(statements: QuerySet[BankStatement]) -> dict[UUID, date]:
    """Per account the last day up to which every movement is known; without one, nothing is known for certain."""
    dated = statements.filter(from_on__isnull=False, to_on__isnull=False).order_by()
    asked = dated.filter(state=StatementState.QUESTIONED)
    doubts = _doubts(asked)
    good = dated.filter(state__in=GOOD)
    found = dict(good.exclude(account__in=doubts).values_list("account").annotate(newest=Max("to_on")))
    for account, first in doubts.items():
        periods = good.filter(account=account).values_list("from_on", "to_on")
        up_to_on = known_up_to(((start, end) for start, end in periods if start and end), [(first, first)])
        if up_to_on:
            found[account] = up_to_on
    return found


def _doubts(asked: QuerySet[BankStatement]) -> dict[UUID, date]:
    """The first day in doubt per account: that of the first line, for MT940 dates its opening balance a day before."""
    found: dict[UUID, date] = {}
    rows = asked.values_list("account", "from_on").annotate(statement=F("pk"), first=Min("sightings__line__booked_on"))
    for account, from_on, _, first in rows:
        day = first or from_on
        if day:
            found[account] = min(day, found.get(account, day))
    return found
