"""Books in which things are agreed: every act on a day at eight in the morning, and a look at what would go out without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.db import transaction

from dunning.actions import disputes, messages, plans, promises
from dunning.actions.plan_mails import tend_plans
from dunning.domain.answers import Call, HandOver, Send, say
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.plans import Every, Instalment
from dunning.facts import load, load_tenant
from dunning.ladders import load_ladders
from dunning.models import DebtorMessage, Dispute, PaymentPlan, Promise
from dunning.models.arrangements import DisputeOutcome, DisputeReason, Origin
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tests.dunning.planning.world import Books, at

Made = TypeVar("Made")


def day(text: str) -> date:
    return date.fromisoformat(text)


class AgreedBooks(Books):
    """Debtors who answer, and staff who agree."""

    def disputes(self, invoice: Invoice, *, on: str, origin: Origin = Origin.DEBTOR, **fields: Any) -> Dispute:
        facts: dict[str, Any] = {
            "reason": DisputeReason.NOT_DELIVERED,
            "text": "Niets ontvangen",
            "origin": origin,
            **fields,
        }
        return self._does(on, lambda **when: disputes.open_dispute(self.tenant, invoice, **facts, **when))

    def resolves(self, dispute: Dispute, outcome: DisputeOutcome, *, on: str, note: str = "") -> Dispute:
        return self._does(
            on, lambda **when: disputes.resolve_dispute(self.tenant, dispute, outcome=outcome, note=note, **when)
        )

    def promises(
        self,
        customer: Customer,
        *invoices: Invoice,
        pay_on: str,
        on: str,
        origin: Origin = Origin.DEBTOR,
        **fields: Any,
    ) -> Promise:
        facts: dict[str, Any] = {
            "invoice_ids": [invoice.pk for invoice in invoices],
            "pay_on": day(pay_on),
            "origin": origin,
        }
        return self._does(on, lambda **when: promises.make_promise(self.tenant, customer, **facts, **fields, **when))

    def asks_plan(
        self, customer: Customer, *invoices: Invoice, count: int, first_on: str, on: str, every: Every = Every.MONTH
    ) -> PaymentPlan:
        return self._does(
            on,
            lambda **when: plans.ask_plan(
                self.tenant,
                customer,
                invoice_ids=[invoice.pk for invoice in invoices],
                count=count,
                first_on=day(first_on),
                every=every,
                reason="Even krap",
                origin=Origin.DEBTOR,
                **when,
            ),
        )

    def agrees_plan(self, customer: Customer, *invoices: Invoice, terms: list[tuple[str, str]], on: str) -> PaymentPlan:
        ids = [invoice.pk for invoice in invoices]
        return self._does(
            on,
            lambda **when: plans.start_plan(
                self.tenant, customer, invoice_ids=ids, instalments=instalments(terms), **when
            ),
        )

    def claims_paid(self, customer: Customer, *invoices: Invoice, on: str, amount: str = "121.00") -> DebtorMessage:
        ids = [invoice.pk for invoice in invoices]
        return self._does(
            on,
            lambda **when: messages.claim_paid(
                self.tenant,
                customer,
                paid_on=day(on),
                amount=Money.of(amount),
                paid_from="NL00 TEST",
                text="",
                proof=None,
                invoice_ids=ids,
                **when,
            ),
        )

    def tends(self, on: str) -> list[str]:
        """The background work of a day; the mails it asked for, as "kind key-number"."""
        with tenant_context(self.tenant.pk):
            before = set(self.tenant.service_mails.values_list("pk", flat=True))
            tend_plans(self.tenant, on=day(on), now=at(day(on)))
            fresh = self.tenant.service_mails.exclude(pk__in=before).order_by("created_at", "pk")
            return [f"{mail.kind} {mail.context.get('number', '')}".strip() for mail in fresh]

    def mails(self) -> list[str]:
        with tenant_context(self.tenant.pk):
            return list(self.tenant.service_mails.order_by("created_at", "pk").values_list("kind", flat=True))

    def would(self, invoice: Invoice, on: str) -> str:
        """What a run would answer that day: a step, or in Dutch why not. Nothing is stored."""
        self.books_are_known_to(day(on))
        with tenant_context(self.tenant.pk):
            (loaded,) = load(self.tenant, [invoice.customer_id], ladders=load_ladders(self.tenant), on=day(on))
            facts = load_tenant(self.tenant, on=day(on))
            for one in decide(loaded.facts, tenant=facts, calendar=Calendar.dutch(), on=day(on)):
                if one.invoice_id == invoice.pk:
                    answer = one.answer
                    return answer.step.key if isinstance(answer, Send | Call | HandOver) else say(answer)
        return "niets meer open"

    def would_without(self, invoice: Invoice, on: str) -> str:
        """Negative control: the same day, had nobody arranged anything."""
        with tenant_context(self.tenant.pk), transaction.atomic():
            for rows in ("disputes", "promises", "payment_plans", "debtor_messages", "holds"):
                getattr(self.tenant, rows).all().delete()
            answer = self.would(invoice, on)
            transaction.set_rollback(True)
        return answer

    def _does(self, on: str, act: Callable[..., Made]) -> Made:
        with tenant_context(self.tenant.pk):
            return act(on=day(on), now=at(day(on)))


def instalments(terms: list[tuple[str, str]]) -> tuple[Instalment, ...]:
    return tuple(
        Instalment(number, day(due_on), Money.of(amount)) for number, (due_on, amount) in enumerate(terms, start=1)
    )
