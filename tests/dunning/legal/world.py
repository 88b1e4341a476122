"""Books in which letters really leave: written, accepted, booked, and their terms run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from dunning.actions.fourteen_days import settle_due_letters
from dunning.actions.policies import make_default
from dunning.delivery.prepare import write
from dunning.delivery.settle import accept
from dunning.models import FourteenDayLetter, Notice, Run
from dunning.models.notices import NoticeState
from receivables.models import Customer, Invoice, LedgerEntry
from receivables.models.customers import LegalForm
from receivables.models.ledger import Component
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.planning.world import Books, at


class LawBooks(Books):
    """A tenant whose every customer follows the ladder "Streng": it claims interest and costs."""

    def __init__(self, tenant: Tenant, *, ladder: str = "Streng") -> None:
        super().__init__(tenant)
        with tenant_context(tenant.pk):
            make_default(tenant, tenant.policies.get(name=ladder), now=at(date(2026, 8, 1)))

    def consumer(self, name: str = "Jansen", **fields: Any) -> Customer:
        return self.customer(name, legal_form=LegalForm.PRIVATE, **fields)

    def business(self, name: str = "Handel", **fields: Any) -> Customer:
        return self.customer(name, legal_form=LegalForm.PRIVATE_COMPANY, **fields)

    def agreed(self, customer: Customer, number: str, *, due: str, amount: str) -> Invoice:
        """An invoice whose due date was agreed: a fatal term."""
        invoice = self.invoice(customer, number, due=due, amount=amount)
        self.change(invoice, due_date_basis="agreed")
        return invoice

    def change(self, row: Invoice | Customer | Tenant, **values: Any) -> None:
        with tenant_context(self.tenant.pk):
            for name, value in values.items():
                setattr(row, name, value)
            row.save(update_fields=list(values))

    def send(self, run: Run, *, on: date | None = None, term_days: int = 7) -> int:
        """Write every letter that is ready and book the evidence that it left."""
        day = on or run.on
        with tenant_context(self.tenant.pk):
            ready = list(self.tenant.notices.filter(run=run, state=NoticeState.READY).order_by("pk"))
            for notice in ready:
                write(notice, now=at(day))
                notice.refresh_from_db()
                accept(notice, now=at(day), source_key=f"test:{notice.pk}")
        return len(ready)

    def settle(self, on: str) -> int:
        day = date.fromisoformat(on)
        with tenant_context(self.tenant.pk):
            return settle_due_letters(self.tenant, on=day, now=at(day))

    def letters(self, on: str) -> list[Notice]:
        with tenant_context(self.tenant.pk):
            found = self.tenant.notices.filter(run__on=on).exclude(state=NoticeState.CANCELLED)
            return list(found.select_related("customer", "run").order_by("customer__name", "step_key", "legal_content"))

    def letter(self, on: str) -> Notice:
        (found,) = self.letters(on)
        return found

    def term(self, notice: Notice) -> FourteenDayLetter:
        with tenant_context(self.tenant.pk):
            return self.tenant.fourteen_day_letters.get(notice=notice)

    def entries(self, invoice: Invoice) -> list[LedgerEntry]:
        with tenant_context(self.tenant.pk):
            return list(self.tenant.ledger.filter(invoice=invoice).order_by("booked_on", "created_at", "id"))

    def open(self, invoice: Invoice) -> dict[str, str]:
        """What is open per component; what is nothing is left out."""
        sums: dict[str, Decimal] = {}
        for entry in self.entries(invoice):
            sums[entry.component] = sums.get(entry.component, Decimal(0)) + entry.amount
        return {Component(name).value: str(amount) for name, amount in sorted(sums.items()) if amount}
