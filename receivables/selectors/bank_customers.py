"""Whose money is it then? Customers by what somebody types, and what each of them may pay with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from receivables.models import BankLine, Customer, Invoice
from receivables.selectors.bank_queue import amount_in
from receivables.selectors.customers import CustomerFilter, Position, State, find_customers, positions
from tenants.models import Tenant

MOST_FOUND, MOST_INVOICES = 12, 100


@dataclass(frozen=True, slots=True)
class Candidate:
    customer: Customer
    position: Position


def candidates(tenant: Tenant, line: BankLine, words: str, *, on: date) -> list[Candidate]:
    """By name, number, invoice number or amount; without words: who paid from this account, or owes this amount."""
    rows = tenant.customers.all()
    if words:
        by_words = find_customers(tenant, CustomerFilter(state=State.ALL, words=words), on=on)
        amount = amount_in(words)
        owing = _owing(tenant, Q(open_amount=amount)) if amount is not None else []
        rows = rows.filter(Q(pk__in=owing) | Q(pk__in=by_words.values("pk"))) if owing else by_words
    else:
        known = tenant.known_ibans.filter(iban=line.counterparty_iban or "-", forgotten_at=None)
        payers = list(known.values_list("customer", flat=True)[:MOST_FOUND])
        rows = rows.filter(pk__in=[*payers, *_owing(tenant, Q(open_amount=line.amount))])
    customers = list(rows.order_by("name_key", "pk")[:MOST_FOUND])
    owed = positions(tenant, customers, on=on)
    return [Candidate(customer, owed.get(customer.pk, Position())) for customer in customers]


def payable(tenant: Tenant, customer: Customer) -> list[Invoice]:
    """What this customer has open, the oldest first, credit notes too."""
    rows = tenant.invoices.filter(customer=customer).exclude(open_amount=0)
    return list(rows.order_by("due_on", "number")[:MOST_INVOICES])


def _owing(tenant: Tenant, what: Q) -> list[UUID]:
    owing = tenant.invoices.filter(what).exclude(open_amount=0).order_by()
    return list(owing.values_list("customer", flat=True)[:MOST_FOUND])
