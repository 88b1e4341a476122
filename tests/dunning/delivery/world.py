"""Customers with open invoices, an approved run and ready notices, as planning leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.mail import EmailMultiAlternatives

from dunning.actions.approval import approve_run
from dunning.actions.planning import plan_run
from dunning.actions.policies import install_starters
from dunning.models import Notice
from dunning.models.notices import NoticeState
from receivables.actions.ledger import book_invoices
from receivables.actions.payments import Receipt, record_payment
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from receivables.models.ledger import PaymentChannel
from tenants.context import tenant_context
from tenants.models import Tenant

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday at ten in Amsterdam
TODAY = date(2026, 11, 23)
AMOUNT = Decimal("121.00")


@dataclass(frozen=True, slots=True)
class SmallContent:
    total: Money


@dataclass(frozen=True, slots=True)
class SmallLetter:
    """Stands in for a composed notice: the same fields, a line of text."""

    pdf: bytes
    mail: bytes
    subject: str
    to: str
    content: SmallContent
    pay_by: date = TODAY + timedelta(days=7)
    pay_link: None = None


def small_letter(notice: Notice, *, now: datetime) -> SmallLetter:
    """A mail that names notice, generation and step, so that the provider's log can be held against the database."""
    message = EmailMultiAlternatives(
        subject=f"{notice.step_key} voor {notice.customer_id}",
        body=f"U heeft {notice.total_amount} open.\n",
        from_email="Bakker <post@bakker.example>",
        to=[notice.customer.email],
        headers={"Message-ID": f"<{notice.pk}.{notice.generation}@bakker.example>", "Date": now.isoformat()},
    )
    mail = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg] # Django's own message takes it
    return SmallLetter(
        f"%PDF {notice.pk} {now:%Y-%m-%d}".encode(),
        mail,
        str(message.subject),
        notice.customer.email,
        SmallContent(Money(notice.total_amount)),
    )


def make_customer(tenant: Tenant, number: int, *, email: str) -> Customer:
    name = f"Klant {number}"
    return tenant.customers.create(
        number=str(number),
        name=name,
        name_key=name.lower(),
        email=email.format(number),
        street=f"Dorpsstraat {number}",
        postcode="1234 AB",
        city="Utrecht",
        created_at=NOW,
    )


def make_invoices(tenant: Tenant, customers: list[Customer]) -> list[Invoice]:
    """One open invoice for each customer."""
    invoices = [
        Invoice(
            tenant=tenant,
            customer=customer,
            number=f"F{customer.number}",
            number_key=f"F{customer.number}",
            issued_on=TODAY - timedelta(days=50),
            due_on=TODAY - timedelta(days=20),
            total_amount=AMOUNT,
            created_at=NOW,
        )
        for customer in customers
    ]
    Invoice.across_tenants.bulk_create(invoices)
    book_invoices(tenant, invoices, now=NOW)
    return invoices


def make_notices(tenant: Tenant, count: int, *, first: int = 1, email: str = "klant{}@example.com") -> list[UUID]:
    """Customers with one overdue invoice each, planned and approved: `count` ready reminders, in the customers' order."""
    with tenant_context(tenant.pk):
        install_starters(tenant, now=NOW)
        tenant.books_updates.create(up_to_on=TODAY, at=NOW, source="test")
        make_invoices(tenant, [make_customer(tenant, number, email=email) for number in range(first, first + count)])
    run = plan_run(tenant, on=TODAY, now=NOW)
    with tenant_context(tenant.pk):
        approve_run(tenant, run, now=NOW)
        found = dict(tenant.notices.filter(state=NoticeState.READY).values_list("customer__number", "pk"))
    return [found[str(number)] for number in range(first, first + count)]


def get_notice(tenant: Tenant, notice_id: UUID) -> Notice:
    """The notice as it is now, with its attempts and reports loaded."""
    with tenant_context(tenant.pk):
        return tenant.notices.prefetch_related("attempts", "delivery_events", "lines").get(pk=notice_id)


def pay(tenant: Tenant, notice_id: UUID, *, source: str = "test", amount: Decimal = AMOUNT) -> None:
    """The customer of this notice pays, in a transaction of its own."""
    with tenant_context(tenant.pk):
        customer = tenant.notices.get(pk=notice_id).customer
        receipt = Receipt(Money.of(str(amount)), TODAY, PaymentChannel.BANK, f"{source}:{notice_id}")
        record_payment(tenant, customer, receipt=receipt, now=NOW)
