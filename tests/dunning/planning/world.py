"""A tenant's books for planning tests: customers, invoices, weeks that pass, letters that are accepted the day they leave."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from dunning.actions.approval import approve_run
from dunning.actions.booking import book_letter
from dunning.actions.planning import plan_run
from dunning.actions.policies import install_starters
from dunning.explain import sentence
from dunning.models import Decision, Notice, Run
from dunning.models.notices import NoticeState
from receivables.actions.ledger import book_invoices
from receivables.actions.payments import Receipt, record_payment
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from receivables.models.ledger import PaymentChannel
from tenants.context import tenant_context
from tenants.models import Tenant

START = datetime(2026, 8, 1, 8, 0, tzinfo=UTC)


def at(on: date, hour: int = 8) -> datetime:
    return datetime.combine(on, time(hour), tzinfo=UTC)


class Books:
    """Everything below happens in this tenant."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        with tenant_context(tenant.pk):
            install_starters(tenant, now=START)

    def customer(self, name: str, **fields: object) -> Customer:
        with tenant_context(self.tenant.pk):
            return self.tenant.customers.create(
                name=name,
                name_key=name.lower(),
                **{"email": f"{name.lower()}@klant.example", "created_at": START, **fields},
            )

    def invoice(
        self, customer: Customer, number: str, *, due: str, amount: str = "121.00", kind: str = "invoice"
    ) -> Invoice:
        due_on = date.fromisoformat(due)
        invoice = Invoice(
            tenant=self.tenant,
            customer=customer,
            kind=kind,
            number=number,
            number_key=number.upper(),
            issued_on=due_on - timedelta(days=30),
            due_on=due_on,
            total_amount=Decimal(amount),
            created_at=START,
        )
        with tenant_context(self.tenant.pk):
            Invoice.across_tenants.bulk_create([invoice])
            book_invoices(self.tenant, [invoice], now=START)
        return invoice

    def pays(self, customer: Customer, amount: str, *, on: str, invoice: Invoice | None = None) -> None:
        receipt = Receipt(
            amount=Money.of(amount),
            received_on=date.fromisoformat(on),
            channel=PaymentChannel.BANK,
            source_key=f"bank:{customer.pk}:{on}:{amount}",
        )
        designated = [invoice.pk] if invoice else []
        with tenant_context(self.tenant.pk):
            record_payment(self.tenant, customer, receipt=receipt, now=at(receipt.received_on), designated=designated)

    def books_are_known_to(self, on: date) -> None:
        with tenant_context(self.tenant.pk):
            self.tenant.books_updates.create(up_to_on=on, source="confirmed", at=at(on))

    def plan(self, on: str, *, fresh: bool = True, chunk: int = 500) -> Run:
        day = date.fromisoformat(on)
        if fresh:
            self.books_are_known_to(day)
        return plan_run(self.tenant, on=day, now=at(day), chunk=chunk)

    def approve(self, run: Run, *, on: date | None = None) -> Run:
        with tenant_context(self.tenant.pk):
            return approve_run(self.tenant, run, now=at(on or run.on))

    def send(self, run: Run, *, on: date | None = None, term_days: int = 7) -> int:
        """As the provider's evidence would: what was ready is accepted."""
        day = on or run.on
        with tenant_context(self.tenant.pk):
            ready = list(self.tenant.notices.filter(run=run, state=NoticeState.READY).values_list("pk", flat=True))
            self.tenant.notices.filter(pk__in=ready).update(
                state=NoticeState.ACCEPTED,
                accepted_on=day,
                accepted_at=at(day),
                pay_before_on=day + timedelta(days=term_days),
            )
            for notice in self.tenant.notices.filter(pk__in=ready).order_by("pk"):
                book_letter(notice, now=at(day))
            return len(ready)

    def week(self, on: str) -> list[str]:
        """Plan, approve and send; what the run took, as "step number, number"."""
        run = self.plan(on)
        self.approve(run)
        self.send(run)
        return self.taken(run)

    def taken(self, run: Run) -> list[str]:
        with tenant_context(self.tenant.pk):
            rows = run.decisions.exclude(step_key="").filter(excluded_at__isnull=True).select_related("invoice")
            return sorted(f"{row.step_key} {row.invoice.number}" for row in rows)

    def decision(self, run: Run, invoice: Invoice) -> Decision:
        with tenant_context(self.tenant.pk):
            return run.decisions.get(invoice=invoice)

    def why(self, run: Run, invoice: Invoice) -> str:
        return sentence(self.decision(run, invoice))

    def notices(self, run: Run) -> list[Notice]:
        with tenant_context(self.tenant.pk):
            return list(run.notices.select_related("customer").order_by("customer__name", "step_key"))
