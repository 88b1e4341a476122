"""What matching must know of one tenant, read in four queries: debtors, what they owe, and from which accounts they pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from receivables.domain.matching.books import Books
from receivables.domain.matching.values import Debtor, OpenItem, Receipt
from receivables.domain.money import Money
from receivables.models import BankLine, Invoice
from tenants.models import Tenant

PAID_BEFORE = timedelta(days=120)  # so long a paid invoice is still known: its number may be paid twice
EUR = "EUR"
FEW = 1000


@dataclass(frozen=True, slots=True)
class Ours:
    """The index, and the number of each invoice in it."""

    books: Books
    numbers: dict[str, str]


def load_books(tenant: Tenant, *, on: date, only: Collection[UUID] | None = None) -> Ours:
    """Everything open in euro, and what was invoiced lately and is paid; memory grows with that alone.

    With `only` the books of these customers.
    """
    items = list(_items(tenant, on=on, only=only))
    ibans = _ibans(tenant, only=only)
    wanted = {item.debtor_id for item in items} | set(ibans)
    debtors = list(_debtors(tenant, wanted, ibans))
    return Ours(Books(debtors, items), {item.id: item.number for item in items})


def receipt_of(line: BankLine) -> Receipt:
    """A bank line as matching reads it."""
    return Receipt(
        id=str(line.pk),
        cents=Money.of(line.amount).cents,
        booked_on=line.booked_on,
        text=line.text,
        reference=line.reference,
        end_to_end_id=line.end_to_end_id,
        counterparty_iban=line.counterparty_iban,
        counterparty_name=line.counterparty_name,
    )


def relevant(tenant: Tenant, *, on: date) -> QuerySet[Invoice]:
    """What a payment may be for: what is open in euro, and what was invoiced lately and is paid."""
    lately = Q(open_amount=0, issued_on__gt=on - PAID_BEFORE)
    return tenant.invoices.filter(~Q(open_amount=0) | lately, currency=EUR)


def _items(tenant: Tenant, *, on: date, only: Collection[UUID] | None) -> Iterator[OpenItem]:
    rows = relevant(tenant, on=on).order_by("due_on", "pk")
    if only is not None:
        rows = rows.filter(customer__in=only)
    names = ("pk", "customer_id", "number", "open_amount", "claimed_amount", "issued_on", "due_on", "payment_reference")
    for pk, customer_id, number, asked, claimed, issued_on, due_on, reference in rows.values_list(*names).iterator():
        yield OpenItem(
            id=str(pk),
            debtor_id=str(customer_id),
            number=number,
            open_cents=Money.of(asked).cents,
            principal_cents=Money.of(asked - claimed).cents,
            issued_on=issued_on,
            due_on=due_on,
            references=(reference,) if reference else (),
        )


def _ibans(tenant: Tenant, *, only: Collection[UUID] | None) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    rows = tenant.known_ibans.filter(forgotten_at=None)
    if only is not None:
        rows = rows.filter(customer__in=only)
    for customer_id, iban in rows.values_list("customer_id", "iban").iterator():
        found[str(customer_id)].add(iban)
    return found


def _debtors(tenant: Tenant, wanted: Iterable[str], ibans: dict[str, set[str]]) -> Iterator[Debtor]:
    known = set(wanted)
    rows = tenant.customers.order_by("pk")
    if len(known) <= FEW:
        rows = rows.filter(pk__in=known)
    for pk, name, number in rows.values_list("pk", "name", "number").iterator():
        if str(pk) in known:
            yield Debtor(id=str(pk), name=name, number=number, ibans=frozenset(ibans.get(str(pk), ())))
