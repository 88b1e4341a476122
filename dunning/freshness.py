"""The freshness gate: are the receipts known well enough to ask for money? With its reason and what to do next (design 5.3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Max, Min, Q, Sum

from dunning.domain.facts import Gate
from dunning.domain.reasons import dutch_day
from receivables.actions.bank_states import GOOD, known_days
from receivables.models import BankFile, BankLine, BankStatement, BooksUpdate, Payment
from receivables.models.banking import BankFileState, LineState, StatementState
from tenants.models import Tenant

FROM_BANK = "bank"  # such updates tell what the statements themselves tell better


@dataclass(frozen=True, slots=True)
class NextStep:
    """What opens the gate: the words on the button and the page behind it."""

    label: str
    url_name: str


CONFIRM = NextStep("De betalingen zijn bijgewerkt", "dunning:runs")
IMPORT_ITEMS = NextStep("Openstaande posten importeren", "receivables:imports")
IMPORT_BANK = NextStep("Bankbestand inlezen", "receivables:bank")
ANSWER = NextStep("Afschriften bekijken", "receivables:bank_statements")
MATCH = NextStep("Ontvangsten verwerken", "receivables:bank_queue")
ALLOCATE = NextStep("Tegoeden verwerken", "receivables:unallocated")


@dataclass(frozen=True, slots=True)
class Freshness:
    gate: Gate
    note: str
    up_to_on: date | None
    next: NextStep | None = None


@dataclass(slots=True)
class Known:
    """What is known of one tenant's receipts."""

    confirmed_to: date | None = None  # by a person or an open-item list
    accounts: dict[UUID, date | None] = field(default_factory=dict)  # watched account -> newest complete day
    unmatched: int = 0
    unmatched_amount: Decimal = Decimal(0)
    oldest_unmatched_on: date | None = None
    without_customer: int = 0
    questioned: int = 0
    is_file_refused: bool = False

    @property
    def bank_to(self) -> date | None:
        """The day up to which every watched account is complete."""
        days = list(self.accounts.values())
        return min((day for day in days if day is not None), default=None) if days and None not in days else None

    @property
    def up_to_on(self) -> date | None:
        return max((day for day in (self.confirmed_to, self.bank_to) if day is not None), default=None)


def freshness(tenant: Tenant, *, on: date) -> Freshness:
    """Green: everything may go out. Amber: friendly messages only. Red: nothing."""
    return judge(tenant, known_of([tenant.pk])[tenant.pk], on=on)


def judge(tenant: Tenant, known: Known, *, on: date) -> Freshness:
    """What the newest known day and the receipts without a place mean for this tenant. The worst reason is told."""
    up_to_on = known.up_to_on
    if up_to_on is None:
        note = (
            "Nog niet bekend is tot welke dag de betalingen zijn verwerkt. Importeer of bevestig de openstaande posten."
        )
        return Freshness(Gate.RED, note, None, IMPORT_BANK if known.accounts else IMPORT_ITEMS)
    days = (on - up_to_on).days
    aged = f"De betalingen zijn verwerkt tot en met {dutch_day(up_to_on)}, {days} dagen geleden."
    refresh = IMPORT_BANK if known.accounts else CONFIRM
    if known.questioned and up_to_on == known.bank_to:
        aged, refresh = f"{aged} {_questions(known.questioned)}.", ANSWER
    if days > tenant.fresh_red_days:
        return Freshness(Gate.RED, aged, up_to_on, refresh)
    if days > tenant.fresh_amber_days:
        return Freshness(Gate.AMBER, aged, up_to_on, refresh)
    loose = _loose_end(known)
    if loose is not None:
        return Freshness(Gate.AMBER, loose[0], up_to_on, loose[1])
    return Freshness(Gate.GREEN, "", up_to_on)


def _loose_end(known: Known) -> tuple[str, NextStep] | None:
    """A reason to think that somebody paid and we do not know it yet."""
    if known.questioned:
        return f"{_questions(known.questioned)}: misschien ontbreken er ontvangsten.", ANSWER
    if known.is_file_refused:
        return "Het nieuwste bankbestand is geweigerd: wat daarin staat, is nog niet verwerkt.", IMPORT_BANK
    if known.unmatched:
        what = "ontvangst van de bank is" if known.unmatched == 1 else "ontvangsten van de bank zijn"
        return f"{known.unmatched} {what} nog niet bij een klant geboekt.", MATCH
    if known.without_customer:
        what = "ontvangst hoort" if known.without_customer == 1 else "ontvangsten horen"
        return f"{known.without_customer} {what} nog bij geen klant.", ALLOCATE
    return None


def _questions(count: int) -> str:
    if count == 1:
        return "Over een bankafschrift staat nog een vraag open"
    return f"Over {count} bankafschriften staan nog vragen open"


def known_of(tenant_ids: Collection[int]) -> dict[int, Known]:
    """The same for several tenants at once, in five queries, and three more when a statement raises a question.

    The caller's context lets them be read.
    """
    found = {pk: Known() for pk in tenant_ids}
    updates = BooksUpdate.across_tenants.filter(tenant__in=tenant_ids).exclude(source=FROM_BANK).order_by()
    for pk, day in updates.values_list("tenant").annotate(Max("up_to_on")):
        found[pk].confirmed_to = day
    _add_statements(found)
    _add_lines(found)
    loose = Payment.across_tenants.filter(tenant__in=tenant_ids, customer__isnull=True, unallocated__gt=0).order_by()
    for pk, count in loose.values_list("tenant").annotate(Count("pk")):
        found[pk].without_customer = count
    newest = BankFile.across_tenants.filter(tenant__in=tenant_ids).order_by("tenant", "-created_at", "-pk")
    for pk, state in newest.distinct("tenant").values_list("tenant", "state"):
        found[pk].is_file_refused = state == BankFileState.REFUSED
    return found


def _add_statements(found: dict[int, Known]) -> None:
    """Per watched account the newest day that its statements tell whole, and the questions about any account."""
    rows = BankStatement.across_tenants.filter(tenant__in=list(found)).order_by()
    by_account = rows.values_list("tenant", "account", "account__is_watched").annotate(
        newest=Max("to_on", filter=Q(state__in=GOOD)),
        questioned=Count("pk", filter=Q(state=StatementState.QUESTIONED)),
    )
    asked: dict[UUID, int] = {}
    for pk, account, is_watched, newest, questioned in by_account:
        found[pk].questioned += questioned
        if is_watched:
            found[pk].accounts[account] = newest
            if questioned:
                asked[account] = pk
    if asked:  # what lies behind a question is not known
        days = known_days(rows.filter(account__in=list(asked)))
        for account, pk in asked.items():
            found[pk].accounts[account] = days.get(account)


def _add_lines(found: dict[int, Known]) -> None:
    """Receipts that wait for somebody. A line that is held waits for its statement: that is a question, or was rejected."""
    rows = BankLine.across_tenants.filter(tenant__in=list(found), state=LineState.OPEN, amount__gt=0).order_by()
    sums = rows.values_list("tenant").annotate(Count("pk"), Sum("amount"), Min("booked_on"))
    for pk, count, amount, oldest in sums:
        known = found[pk]
        known.unmatched, known.unmatched_amount, known.oldest_unmatched_on = count, amount, oldest
