"""Whatever happens, in whatever order: after each story the books are in order, and the locks agree (hypothesis)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from receivables.actions.claims import drop_claims
from receivables.actions.ledger import (
    DiscountError,
    NothingToWriteOffError,
    correct_invoice,
    grant_discount,
    write_off,
)
from receivables.actions.payments import CreditError, apply_credit, apply_credits
from receivables.actions.returns import return_payment
from receivables.actions.undoing import CannotUndoError, bookings_to_undo, reverse_booking
from receivables.domain.money import Money
from receivables.ledger_check import look
from receivables.models import Customer, Invoice, Payment
from receivables.models.ledger import PaymentChannel
from tenants.models import Tenant
from tests.receivables.ledger.world import pay, pay_out
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice

REFUSALS = (DiscountError, NothingToWriteOffError, CreditError, CannotUndoError)
CHANNELS = (PaymentChannel.MANUAL, PaymentChannel.BANK, PaymentChannel.PSP)
UNBALANCED = """
SELECT count(*) FROM (
    SELECT FROM receivables_journal WHERE tenant_id = %s GROUP BY transaction, currency HAVING sum(amount) <> 0
) AS found
"""


@dataclass
class Story:
    """One customer; every step takes two numbers and makes of them what it can."""

    tenant: Tenant
    customer: Customer
    steps: int = 0
    paid_out: set[Payment] = field(default_factory=set)

    def key(self, name: str) -> str:
        self.steps += 1
        return f"{name}:{self.steps}"

    def invoices(self) -> list[Invoice]:
        return list(self.tenant.invoices.order_by("pk"))

    def one_of(self, place: int) -> Invoice | None:
        found = self.invoices()
        return found[place % len(found)] if found else None

    # --- what may happen ---

    def bill(self, place: int, cents: int) -> None:
        currency = "USD" if place % 7 == 0 else "EUR"
        make_invoice(self.customer, self.key("F"), str(Money.from_cents(cents)), age=place % 90, currency=currency)

    def credit(self, place: int, cents: int) -> None:
        named = self.one_of(place)
        number = named.number if named and place % 2 else ""
        make_invoice(self.customer, self.key("C"), str(-Money.from_cents(cents)), credits_number=number, age=1)

    def claim(self, place: int, cents: int) -> None:
        invoice = self.one_of(place)
        component = ("interest", "costs", "costs_vat")[place % 3]
        if invoice is not None and invoice.kind == "invoice" and invoice.open_amount > 0:
            self.tenant.ledger.create(
                invoice=invoice,
                kind="interest" if component == "interest" else "costs",
                component=component,
                amount=Money.from_cents(cents).amount,
                booked_on=TODAY,
                source_key=self.key("claim"),
                created_at=NOW,
            )

    def drop(self, place: int, cents: int) -> None:
        if (invoice := self.one_of(place)) is not None:
            drop_claims(self.tenant, invoice, why="fout", on=TODAY, now=NOW)

    def receive(self, place: int, cents: int) -> None:
        channel = CHANNELS[place % len(CHANNELS)]
        amount = str(Money.from_cents(cents))
        chosen = [invoice for invoice in self.invoices() if invoice.kind == "invoice"][: place % 3]
        pay(self.customer, amount, self.key(channel), *chosen, channel=channel)

    def give_back(self, place: int, cents: int) -> None:
        payments = list(self.tenant.payments.order_by("pk"))
        if not payments:
            return
        payment = payments[place % len(payments)]
        left = payment.amount - sum((row.amount for row in payment.returns.all()), Decimal(0))
        if left:
            amount = min(Money.from_cents(cents), Money.of(left))
            source = "bank" if place % 2 else "mollie"
            return_payment(
                self.tenant, payment, amount=amount, source_key=self.key(source), why="terug", on=TODAY, now=NOW
            )

    def pay_out(self, place: int, cents: int) -> None:
        waiting = [one for one in self.tenant.payments.filter(channel="psp") if one not in self.paid_out]
        others = Money.from_cents(cents if place % 2 else 0)
        if waiting or others:
            pay_out(self.tenant, *waiting, fees="0.29", others=str(others))
            self.paid_out.update(waiting)

    def settle_credit(self, place: int, cents: int) -> None:
        if (invoice := self.one_of(place)) is not None:
            apply_credit(self.tenant, invoice, on=TODAY, now=NOW)

    def settle_all(self, place: int, cents: int) -> None:
        apply_credits(self.tenant, self.customer, on=TODAY, now=NOW)

    def give_up(self, place: int, cents: int) -> None:
        if (invoice := self.one_of(place)) is not None:
            write_off(self.tenant, invoice, why="oninbaar", on=TODAY, now=NOW, by=None)

    def discount(self, place: int, cents: int) -> None:
        if (invoice := self.one_of(place)) is not None:
            amount = min(Money.from_cents(cents), max(Money.of(invoice.principal_open), Money.from_cents(1)))
            grant_discount(self.tenant, invoice, amount=amount, why="korting", on=TODAY, now=NOW, by=None)

    def undo(self, place: int, cents: int) -> None:
        invoice = self.one_of(place)
        bookings = bookings_to_undo(self.tenant, invoice) if invoice else []
        if bookings:
            entry = bookings[cents % len(bookings)].entry
            reverse_booking(self.tenant, entry, why="toch niet", on=TODAY, now=NOW, by=None)

    def correct(self, place: int, cents: int) -> None:
        invoice = self.one_of(place)
        if invoice is not None and invoice.kind == "invoice":
            amount = max(Money.from_cents(cents - 5_000), -Money.of(invoice.principal_open))
            key = self.key("revision")
            correct_invoice(self.tenant, invoice, by_amount=amount, why="x", source_key=key, on=TODAY, now=NOW)


STEPS: dict[str, Callable[[Story, int, int], None]] = {
    name: step for name, step in vars(Story).items() if callable(step) and step.__code__.co_argcount == 3
}
steps = st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 20), st.integers(1, 20_000))
beginning = [("bill", 1, 12_100), ("receive", 2, 5_000), ("bill", 2, 8_000)]


@pytest.mark.django_db
@given(told=st.lists(steps, min_size=1, max_size=14))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_books_are_in_order_after_any_story(inside: Tenant, told: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        story = Story(inside, make_customer(inside))
        for name, place, cents in [*beginning, *told]:
            event(name)
            with suppress(*REFUSALS), transaction.atomic():
                STEPS[name](story, place, cents)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit would
            cursor.execute(UNBALANCED, [inside.pk])
            assert cursor.fetchone() == (0,)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert look(inside).breaches == ()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_steps_do_what_they_say(inside: Tenant) -> None:
    """So that the test above is not about stories in which nothing happens."""
    story = Story(inside, make_customer(inside))
    told = [
        ("bill", 1, 12_100), ("claim", 0, 100), ("receive", 2, 5_000), ("pay_out", 1, 900), ("give_back", 1, 300),
        ("bill", 2, 8_000), ("credit", 1, 900), ("settle_all", 0, 1), ("discount", 1, 200), ("give_up", 1, 1),
        ("undo", 1, 0), ("correct", 1, 2_000),
    ]  # fmt: skip
    for name, place, cents in told:
        STEPS[name](story, place, cents)
    kinds = set(inside.ledger.values_list("kind", flat=True))
    assert kinds >= {"invoice", "credit", "payment", "settlement", "discount", "write_off", "reversal", "correction"}
    assert len(STEPS) == 13
    assert look(inside).breaches == ()
