"""The list of invoices: filters and orders that follow an index of one tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Collate

from receivables.models import Invoice
from receivables.models.invoices import InvoiceKind
from receivables.selectors.ageing import BY_KEY
from receivables.selectors.paging import Sort
from tenants.models import Tenant

FEW = 200
SHORTEST_END = 3
LAST_CHARACTER = "\U0010ffff"
PLAIN_NUMBER = Collate("number_key", "C")  # compared byte by byte, as the index is


class State(StrEnum):
    OPEN = "open"
    OVERDUE = "te-laat"
    NOT_DUE = "niet-vervallen"
    PAID = "betaald"
    CREDIT = "credit"
    ALL = "alles"


STATES = {
    State.OPEN: "Open",
    State.OVERDUE: "Te laat",
    State.NOT_DUE: "Nog niet vervallen",
    State.CREDIT: "Creditnota’s",
    State.PAID: "Betaald",
    State.ALL: "Alles",
}
OPEN_STATES = frozenset({State.OPEN, State.OVERDUE, State.NOT_DUE})

SORTS = {
    "vervalt": Sort(("due_on", "id")),
    "nummer": Sort(("number_key",)),
    "klant": Sort(("customer__name_key", "due_on", "id")),
    "open": Sort(("open_amount", "id")),
}
DEFAULT_SORT = "vervalt"


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """What the list is asked for."""

    state: State = State.OPEN
    age: str = ""
    segment: UUID | None = None
    words: str = ""

    @property
    def may_sort_by_amount(self) -> bool:
        """Only open amounts have an index to follow."""
        return self.state in OPEN_STATES or bool(self.age)


def find_invoices(tenant: Tenant, wanted: InvoiceFilter, *, on: date) -> QuerySet[Invoice]:
    """The invoices of this tenant that fit, without an order."""
    rows = tenant.invoices.filter(_state(wanted.state, on=on))
    if wanted.age in BY_KEY:
        rows = rows.filter(BY_KEY[wanted.age].condition(on), open_amount__gt=0).exclude(open_amount=0)
    if wanted.segment:
        rows = rows.filter(customer__segment=wanted.segment)
    if wanted.words:
        rows = _search(tenant, rows, wanted.words)
    return rows


def _state(state: State, *, on: date) -> Q:
    is_open = ~Q(open_amount=0)  # written as the partial indexes are, so that they are used
    match state:
        case State.OPEN:
            return is_open & Q(open_amount__gt=0)
        case State.OVERDUE:
            return is_open & Q(open_amount__gt=0, due_on__lt=on)
        case State.NOT_DUE:
            return is_open & Q(open_amount__gt=0, due_on__gte=on)
        case State.PAID:
            return Q(open_amount=0, kind=InvoiceKind.INVOICE)
        case State.CREDIT:
            return Q(kind=InvoiceKind.CREDIT_NOTE)
        case State.ALL:
            return Q()


def _search(tenant: Tenant, rows: QuerySet[Invoice], words: str) -> QuerySet[Invoice]:
    """By the beginning of the number or by words of the customer's name; when that finds nothing, by the number's end.

    Few hits are fetched first, so that the list then reads only those; many hits (`2026`) are met soon in any order.
    Row level security lets an index serve comparisons, but not LIKE: hence the range.
    """
    number = "".join(words.split()).upper()
    numbers = tenant.invoices.alias(plain_number=PLAIN_NUMBER).order_by()
    begins = Q(plain_number__gte=number, plain_number__lt=number + LAST_CHARACTER)
    found = list(numbers.filter(begins).values_list("pk", flat=True)[: FEW + 1])
    customers = _customers(tenant, words)
    if len(found) > FEW:
        return rows.alias(plain_number=PLAIN_NUMBER).filter(begins | Q(customer__in=customers))
    if not found and not customers and len(number) >= SHORTEST_END:
        found = list(numbers.filter(number_key__endswith=number).values_list("pk", flat=True)[:FEW])
    return rows.filter(Q(pk__in=found) | Q(customer__in=customers))


def _customers(tenant: Tenant, words: str) -> list[UUID]:
    customers = tenant.customers.order_by()
    for word in words.split():
        customers = customers.filter(name__icontains=word)
    return list(customers.values_list("pk", flat=True)[:FEW])
