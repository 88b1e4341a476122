"""What an invoice asks on a date, and why: the one answer behind mail, letter, pay page, screen, API and dossier.

Every euro unfolds to ledger entries, and interest and costs further: to the rule, article, base, rate and days that were frozen
beside their entry when it was booked. What nobody asked for yet is no part of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import QuerySet, Sum

from receivables.domain.money import Money
from receivables.domain.unfold import Unfolded
from receivables.models import Customer, Invoice, LedgerEntry
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import Component, EntryKind
from tenants.models import Tenant

PRINCIPAL = frozenset({EntryKind.INVOICE, EntryKind.CREDIT, EntryKind.CORRECTION})
RECEIPTS = frozenset({EntryKind.PAYMENT, EntryKind.SETTLEMENT})


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One entry, as a person reads it. `amount` raises the claim when positive."""

    booked_on: date
    label: str
    description: str
    component: str
    kind: str
    amount: Money
    unfolded: Unfolded | None = None  # of interest and costs: how the amount came about


@dataclass(frozen=True, slots=True)
class InvoiceBalance:
    """The claim of one invoice on a date. `principal + interest + costs == open`; `lines` add up to `open` too."""

    invoice: Invoice
    invoiced: Money
    paid: Money
    principal: Money
    interest: Money
    costs: Money
    lines: tuple[BalanceLine, ...]
    costs_vat: Money = field(default_factory=Money.zero)  # part of `costs`

    @property
    def open(self) -> Money:
        return self.principal + self.interest + self.costs

    @property
    def is_open(self) -> bool:
        return bool(self.open)

    def is_overdue(self, on: date) -> bool:
        return self.open > Money.zero() and self.invoice.due_on < on


@dataclass(frozen=True, slots=True)
class CustomerBalance:
    """All claims on one customer on a date, oldest due first, and what stands to their credit."""

    invoices: tuple[InvoiceBalance, ...]
    unallocated: Money

    @property
    def claims(self) -> tuple[InvoiceBalance, ...]:
        return tuple(balance for balance in self.invoices if balance.open > Money.zero())

    @property
    def credits(self) -> tuple[InvoiceBalance, ...]:
        return tuple(balance for balance in self.invoices if balance.open < Money.zero())

    @property
    def owed(self) -> Money:
        return Money.total(balance.open for balance in self.claims)

    @property
    def credit(self) -> Money:
        """Overpayments and open credit notes; shown beside what is owed, never silently taken off it."""
        return self.unallocated - Money.total(balance.open for balance in self.credits)

    def overdue(self, on: date) -> Money:
        return Money.total(balance.open for balance in self.claims if balance.is_overdue(on))


def balance_of_invoices(tenant: Tenant, invoices: Iterable[Invoice], *, on: date) -> dict[UUID, InvoiceBalance]:
    """What each of these invoices asks on this day, in one query."""
    found = list(invoices)
    lines: dict[UUID, list[LedgerEntry]] = defaultdict(list)
    entries = tenant.ledger.filter(invoice__in=[invoice.pk for invoice in found], booked_on__lte=on)
    for entry in entries.order_by("booked_on", "created_at", "id"):
        lines[entry.invoice_id].append(entry)
    return {invoice.pk: _balance(invoice, lines[invoice.pk]) for invoice in found}


def balance_of_customer(tenant: Tenant, customer: Customer, *, on: date, all_invoices: bool = False) -> CustomerBalance:
    """What a customer owes on this day, in three queries; with `all_invoices` the settled ones too."""
    invoices: QuerySet[Invoice] = tenant.invoices.filter(customer=customer)
    if not all_invoices:
        invoices = invoices.exclude(open_amount=0)
    found = list(invoices.order_by("due_on", "issued_on", "number"))
    balances = balance_of_invoices(tenant, found, on=on)
    return CustomerBalance(
        invoices=tuple(balances[invoice.pk] for invoice in found),
        unallocated=unallocated_of(tenant, customer),
    )


def unallocated_of(tenant: Tenant, customer: Customer) -> Money:
    """Received, and not yet given to an invoice."""
    total = tenant.payments.filter(customer=customer, unallocated__gt=0).aggregate(total=Sum("unallocated"))["total"]
    return Money.of(total or 0)


def _balance(invoice: Invoice, entries: Sequence[LedgerEntry]) -> InvoiceBalance:
    parts: dict[str, Money] = defaultdict(Money.zero)
    invoiced = paid = Money.zero()
    for entry in entries:
        amount = Money.of(entry.amount)
        parts[entry.component] += amount
        if entry.kind in PRINCIPAL and entry.component == Component.PRINCIPAL:
            invoiced += amount
        elif entry.kind in RECEIPTS or (entry.kind == EntryKind.REVERSAL and entry.payment_id):
            paid -= amount
    return InvoiceBalance(
        invoice=invoice,
        invoiced=invoiced,
        paid=paid,
        principal=parts[Component.PRINCIPAL],
        interest=parts[Component.INTEREST],
        costs=parts[Component.COSTS] + parts[Component.COSTS_VAT],
        costs_vat=parts[Component.COSTS_VAT],
        lines=tuple(_line(invoice, entry) for entry in entries),
    )


def _line(invoice: Invoice, entry: LedgerEntry) -> BalanceLine:
    label = entry.get_kind_display()
    if entry.kind in {EntryKind.INVOICE, EntryKind.CREDIT}:
        kind = "Creditnota" if invoice.kind == InvoiceKind.CREDIT_NOTE else "Factuur"
        label = f"{kind} {invoice.number}"
    return BalanceLine(
        booked_on=entry.booked_on,
        label=label,
        description=entry.description,
        component=entry.get_component_display(),
        kind=entry.kind,
        amount=Money.of(entry.amount),
        unfolded=unfolded_of(entry),
    )


def unfolded_of(entry: LedgerEntry) -> Unfolded | None:
    """How interest or costs came about, as it was frozen when they were booked."""
    stored = entry.details.get("unfolded")
    return Unfolded.from_json(stored) if stored else None
