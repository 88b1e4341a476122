"""Why the due dates of a customer's open invoices bind, and which could be called agreed (law/rules.md 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet

from receivables.models import Customer, Invoice
from receivables.models.invoices import DueDateBasis, InvoiceKind
from tenants.models import Tenant

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class TermRow:
    """An open invoice; `may_be_agreed` when its term is exactly the one agreed with this customer."""

    invoice: Invoice
    days: int
    may_be_agreed: bool


def open_terms(tenant: Tenant, customer: Customer) -> list[TermRow]:
    """The open invoices, the oldest due date first; the first few hundred."""
    invoices = _open(tenant, customer).order_by("due_on", "number_key")[:MOST_SHOWN]
    return [TermRow(row, (row.due_on - row.issued_on).days, may_be_agreed(customer, row)) for row in invoices]


def count_open_terms(tenant: Tenant, customer: Customer) -> tuple[int, int]:
    """How many invoices are open, and how many of them could be called agreed."""
    could = Q(pk__in=[])
    if customer.payment_term_days is not None:
        agreed = F("issued_on") + timedelta(days=customer.payment_term_days)
        could = Q(due_on=agreed, due_date_basis=DueDateBasis.INVOICE_ONLY)
    found = _open(tenant, customer).aggregate(all=Count("pk"), could=Count("pk", filter=could))
    return found["all"], found["could"]


def may_be_agreed(customer: Customer, invoice: Invoice) -> bool:
    """The invoice says only its own date, and that is the term agreed with this customer. A person decides."""
    if customer.payment_term_days is None or invoice.due_date_basis != DueDateBasis.INVOICE_ONLY:
        return False
    return invoice.due_on == invoice.issued_on + timedelta(days=customer.payment_term_days)


def _open(tenant: Tenant, customer: Customer) -> QuerySet[Invoice]:
    return tenant.invoices.filter(customer=customer, kind=InvoiceKind.INVOICE, open_amount__gt=0)
