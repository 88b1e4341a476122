"""The queue of receipts: what waits, found and sorted, a page at a time; each with its best proposal as last worked out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum

from receivables.actions.bank_states import known_days
from receivables.models import BankLine
from receivables.models.banking import LineState, StatementState
from receivables.selectors.paging import Sort
from tenants.models import Tenant

SURE, LIKELY, POSSIBLE = 95, 80, 40
AMOUNT = re.compile(r"(?:€\s*)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{2}))?", re.ASCII)


class State(StrEnum):
    ALL = "alles"
    SURE = "zeker"
    POSSIBLE = "mogelijk"
    NOTHING = "geen-voorstel"
    HELD = "wacht"


STATES = {
    State.ALL: "Alles",
    State.SURE: "Zeker",
    State.POSSIBLE: "Mogelijk",
    State.NOTHING: "Geen voorstel",
    State.HELD: "Wacht op het afschrift",
}
SORTS = {"score": Sort(("score", "id")), "dag": Sort(("booked_on", "id")), "bedrag": Sort(("amount", "id"))}
DEFAULT_SORT = "-score"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the list is asked for."""

    state: State = State.ALL
    account: UUID | None = None
    from_on: date | None = None
    to_on: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Sureness:
    """A score as people say it."""

    score: int
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the list."""

    line: BankLine
    sureness: Sureness
    customer_name: str
    numbers: str
    why: str


@dataclass(frozen=True, slots=True)
class AccountAge:
    """How far one account is known, and what of it waits."""

    number: str
    name: str
    up_to_on: date | None
    days: int
    count: int
    amount: Decimal
    oldest_on: date | None


def sureness(score: int) -> Sureness:
    if score >= SURE:
        return Sureness(score, "vrijwel zeker", "good")
    if score >= LIKELY:
        return Sureness(score, "waarschijnlijk", "info")
    if score >= POSSIBLE:
        return Sureness(score, "mogelijk", "warn")
    return Sureness(score, "onzeker" if score else "geen voorstel", "")


def find_lines(tenant: Tenant, wanted: QueueFilter) -> QuerySet[BankLine]:
    """The receipts that wait for somebody and fit, without an order."""
    rows = tenant.bank_lines.filter(_state(wanted.state), amount__gt=0)
    if wanted.account:
        rows = rows.filter(account=wanted.account)
    if wanted.from_on:
        rows = rows.filter(booked_on__gte=wanted.from_on)
    if wanted.to_on:
        rows = rows.filter(booked_on__lte=wanted.to_on)
    return rows.filter(said(wanted.words)) if wanted.words else rows


def _state(state: State) -> Q:
    match state:
        case State.SURE:
            return Q(state=LineState.OPEN, score__gte=LIKELY)
        case State.POSSIBLE:
            return Q(state=LineState.OPEN, score__gt=0, score__lt=LIKELY)
        case State.NOTHING:
            return Q(state=LineState.OPEN, score=0)
        case State.HELD:
            return Q(state=LineState.HELD)
        case State.ALL:
            return Q(state=LineState.OPEN)


def said(words: str) -> Q:
    """Lines whose payer, text, reference or account holds every word, or whose amount is this."""
    found = Q()
    for word in words.split():
        here = Q(counterparty_name__icontains=word) | Q(text__icontains=word) | Q(reference__icontains=word)
        found &= here | Q(counterparty_iban__icontains=word)
    account = "".join(words.split()).upper()
    found |= Q(counterparty_iban=account)
    amount = amount_in(words)
    return found if amount is None else found | Q(amount=amount) | Q(amount=-amount)


def amount_in(words: str) -> Decimal | None:
    """The amount that somebody typed into a search box: 1.234,56 or 50."""
    found = AMOUNT.fullmatch(words.strip())
    if found is None or len(found[1]) > 12:
        return None
    return Decimal(f"{found[1].replace('.', '')}.{found[2] or '00'}")


def rows_of(tenant: Tenant, lines: Sequence[BankLine]) -> list[QueueRow]:
    """The lines with the name of who they seem to be from, in one query more."""
    wanted = {line.proposal["customer"] for line in lines if line.proposal.get("customer")}
    names = {str(pk): name for pk, name in tenant.customers.filter(pk__in=wanted).values_list("pk", "name")}
    return [_row(line, names) for line in lines]


def _row(line: BankLine, names: dict[str, str]) -> QueueRow:
    said_of: dict[str, Any] = line.proposal
    name = names.get(said_of.get("customer", ""), "")
    numbers = [part["number"] for part in said_of.get("parts", ()) if part["number"]]
    more = f" en {len(numbers) - 2} meer" if len(numbers) > 2 else ""
    why = said_of.get("why") or [""]
    return QueueRow(line, sureness(line.score if name else 0), name, ", ".join(numbers[:2]) + more, why[0])


def questions_of(tenant: Tenant, line: BankLine) -> list[tuple[str, str]]:
    """Why a line is held: the statements it stood in, and what is asked about them."""
    shown = tenant.bank_statements.filter(sightings__line=line, state=StatementState.QUESTIONED).order_by("created_at")
    return [(str(one.number or one.reference), problem[1]) for one in shown for problem in one.problems]


def account_ages(tenant: Tenant, *, on: date) -> list[AccountAge]:
    """Per watched account the newest day that is known whole, and what waits."""
    accounts = tenant.bank_accounts.filter(is_watched=True).order_by("number")
    known = known_days(tenant.bank_statements.all())
    waiting = {row["account"]: row for row in _waiting(tenant)}
    return [_age(account, known.get(account.pk), waiting.get(account.pk, {}), on=on) for account in accounts]


def _waiting(tenant: Tenant) -> list[Any]:
    rows = tenant.bank_lines.filter(state__in=[LineState.OPEN, LineState.HELD], amount__gt=0).order_by()
    return list(rows.values("account").annotate(count=Count("pk"), total=Sum("amount"), oldest=Min("booked_on")))


def _age(account: Any, up_to_on: date | None, waiting: dict[str, Any], *, on: date) -> AccountAge:
    return AccountAge(
        number=account.number,
        name=account.name,
        up_to_on=up_to_on,
        days=(on - up_to_on).days if up_to_on else 0,
        count=waiting.get("count", 0),
        amount=waiting.get("total", Decimal(0)),
        oldest_on=waiting.get("oldest"),
    )
