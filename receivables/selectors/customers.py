"""The list of customers with what each owes: one page of names, or the largest debtors first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum

from receivables.models import Customer, Invoice
from receivables.models.customers import Insolvency
from receivables.selectors.paging import PAGE_SIZE, Page, Sort, decode, encode, take
from tenants.models import Tenant

ZERO = Decimal("0.00")
BY_NAME = Sort(("name_key", "id"))


class State(StrEnum):
    OPEN = "open"
    OVERDUE = "te-laat"
    NO_EMAIL = "zonder-mail"
    INSOLVENT = "stopsignaal"
    ALL = "alles"


STATES = {
    State.OPEN: "Met openstaand",
    State.OVERDUE: "Te laat",
    State.NO_EMAIL: "Zonder e-mailadres",
    State.INSOLVENT: "Faillissement, Wsnp e.d.",
    State.ALL: "Alle klanten",
}
OPEN, OVERDUE = "open", "overdue"


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """What the list is asked for."""

    state: State = State.OPEN
    segment: UUID | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """What a customer owes on a day; credit notes lower `open_amount`."""

    open_amount: Decimal = ZERO
    open_count: int = 0
    overdue_amount: Decimal = ZERO
    oldest_due_on: date | None = None

    def days_late(self, on: date) -> int:
        return max((on - self.oldest_due_on).days, 0) if self.oldest_due_on else 0


@dataclass(frozen=True, slots=True)
class CustomerRow:
    customer: Customer
    position: Position
    days_late: int


def find_customers(tenant: Tenant, wanted: CustomerFilter, *, on: date) -> QuerySet[Customer]:
    """The customers of this tenant that fit, without an order."""
    return _named(tenant, wanted).filter(_state(tenant, wanted.state, on=on))


def _named(tenant: Tenant, wanted: CustomerFilter) -> QuerySet[Customer]:
    rows = tenant.customers.all()
    if wanted.segment:
        rows = rows.filter(segment=wanted.segment)
    return _search(tenant, rows, wanted.words) if wanted.words else rows


def _state(tenant: Tenant, state: State, *, on: date) -> Q:
    owed = tenant.invoices.filter(customer=OuterRef("pk"), open_amount__gt=0)
    match state:
        case State.OPEN:
            return Q(Exists(owed))
        case State.OVERDUE:
            return Q(Exists(owed.filter(due_on__lt=on)))
        case State.NO_EMAIL:
            return Q(email="") & Q(Exists(owed))
        case State.INSOLVENT:
            return ~Q(insolvency=Insolvency.NONE)
        case State.ALL:
            return Q()


def _search(tenant: Tenant, rows: QuerySet[Customer], words: str) -> QuerySet[Customer]:
    """By words of the name, or by customer number, place, KvK number, or the number of one of the invoices."""
    by_name = Q()
    for word in words.split():
        by_name &= Q(name__icontains=word)
    number = "".join(words.split()).upper()
    holders = list(tenant.invoices.filter(number_key=number).values_list("customer", flat=True)[:5])
    return rows.filter(
        by_name | Q(number__istartswith=words) | Q(city__iexact=words) | Q(kvk_number=number) | Q(pk__in=holders)
    )


def positions(tenant: Tenant, customers: Iterable[Customer], *, on: date) -> dict[UUID, Position]:
    """What each of these customers owes, in one query."""
    rows = tenant.invoices.filter(customer__in=[customer.pk for customer in customers]).exclude(open_amount=0)
    return {row["customer"]: _position(row) for row in _per_customer(rows, on=on)}


def page_by_name(rows: QuerySet[Customer], tenant: Tenant, *, on: date, token: str) -> Page[CustomerRow]:
    page = take(rows.select_related("segment"), BY_NAME, token=token)
    owed = positions(tenant, page.rows, on=on)
    return Page(_rows(page.rows, owed, on=on), page.next_token, page.is_first)


def page_by_amount(
    tenant: Tenant, wanted: CustomerFilter, *, on: date, by: str, token: str = "", size: int = 0
) -> Page[CustomerRow]:
    """Largest first, by what is open or what is late; ranks first, and looks at one page of customers only."""
    owed = _ranking(tenant, wanted, by=by, on=on)
    values = decode(token, 2) if token else None
    if values and _is_amount(values[0]) and _is_id(values[1]):
        owed = owed.filter(Q(total__lt=values[0]) | Q(total=values[0], customer__gt=values[1]))
    size = size or PAGE_SIZE
    found = list(owed.order_by("-total", "customer")[: size + 1])
    more, found = len(found) > size, found[:size]
    by_id = tenant.customers.select_related("segment").in_bulk([row["customer"] for row in found])
    customers = [by_id[row["customer"]] for row in found]
    last = found[-1] if more else None
    return Page(
        _rows(customers, positions(tenant, customers, on=on), on=on),
        encode([str(last["total"]), str(last["customer"])]) if last else "",
        not values,
    )


def _ranking(tenant: Tenant, wanted: CustomerFilter, *, by: str, on: date) -> QuerySet[Any, dict[str, Any]]:
    """The total of each customer straight out of the open invoices, without asking each customer for its own."""
    late = Q(due_on__lt=on, open_amount__gt=0)
    rows = tenant.invoices.exclude(open_amount=0).order_by()
    if wanted.segment or wanted.words or wanted.state not in {State.OPEN, State.OVERDUE}:
        rows = rows.filter(customer__in=_named(tenant, wanted).filter(_state(tenant, wanted.state, on=on)).values("pk"))
    if by == OVERDUE and wanted.state == State.OVERDUE:
        rows = rows.filter(late)
    total = Sum("open_amount", filter=late, default=ZERO) if by == OVERDUE else Sum("open_amount")
    needed = late if wanted.state == State.OVERDUE else Q(open_amount__gt=0)
    ranked = rows.values("customer").annotate(total=total, needed=Count("pk", filter=needed)).filter(needed__gt=0)
    return cast("QuerySet[Any, dict[str, Any]]", ranked)


def _per_customer(rows: QuerySet[Invoice], *, on: date) -> QuerySet[Invoice, dict[str, Any]]:
    late = Q(due_on__lt=on, open_amount__gt=0)
    found = (
        rows.order_by()
        .values("customer")
        .annotate(
            open_sum=Sum("open_amount"),
            open_count=Count("pk", filter=Q(open_amount__gt=0)),
            overdue_sum=Sum("open_amount", filter=late, default=ZERO),
            oldest_due_on=Min("due_on", filter=late),
        )
    )
    return cast("QuerySet[Invoice, dict[str, Any]]", found)


def _position(row: dict[str, Any]) -> Position:
    return Position(row["open_sum"], row["open_count"], row["overdue_sum"], row["oldest_due_on"])


def _rows(customers: list[Customer], owed: dict[UUID, Position], *, on: date) -> list[CustomerRow]:
    nothing = Position()
    return [
        CustomerRow(customer, position, position.days_late(on))
        for customer in customers
        for position in [owed.get(customer.pk, nothing)]
    ]


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
