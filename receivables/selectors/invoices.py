"""The list of invoices: filters and orders that follow an index of one tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Reverse

from receivables.models import Invoice
from receivables.models.invoices import InvoiceKind
from receivables.selectors.ageing import BY_KEY
from receivables.selectors.paging import Sort
from tenants.models import Tenant

SEARCH_CUSTOMERS = 200


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
    """By the beginning or the end of the number, or by words of the customer's name."""
    number = "".join(words.split()).upper()
    customers = tenant.customers.order_by()
    for word in words.split():
        customers = customers.filter(name__icontains=word)
    found = list(customers.values_list("pk", flat=True)[:SEARCH_CUSTOMERS])
    return rows.alias(backwards=Reverse(F("number_key"))).filter(
        Q(number_key__startswith=number) | Q(backwards__startswith=number[::-1]) | Q(customer__in=found)
    )
