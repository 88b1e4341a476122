"""R4: a hundred webhooks at once, shuffled with expired, refund, chargeback, unknown and foreign ids: one receipt.

Real threads with connections of their own against real PostgreSQL. The guards have a negative control: with the unique
key and the lock off, the same storm books the money more than once.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from receivables.actions import payments
from receivables.paying import attempts, links, settling, tasks
from receivables.paying.accounts import connect_psp
from receivables.paying.psp import MoneyBack, PaymentReport
from receivables.paying.settling import Clock
from tenants.context import durable_tenant_context, tenant_context
from tenants.models import Tenant
from tests import embedded
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice

pytestmark = pytest.mark.django_db(transaction=True)

CLOCK = Clock(now=NOW, on=TODAY)
THREADS = 16  # the embedded server takes 200 connections; a hundred calls share these


class FakePsp:
    """Answers at once with what a hurried PSP would: stale states after newer ones, in any order."""

    mode = "test"

    def __init__(self, report: PaymentReport, *, backs: list[MoneyBack], seed: int) -> None:
        self.report = report
        self.backs = backs
        self.random = random.Random(seed)  # noqa: S311 # repeatable
        self.states = ["paid", "paid", "paid", "open", "expired", "failed", "canceled"]
        self.lock = threading.Lock()

    def fetch(self, payment_id: str) -> PaymentReport:
        with self.lock:
            status = self.random.choice(self.states)
        back = self.backs and status == "paid"
        return PaymentReport(
            id=payment_id,
            status=status,
            mode=self.report.mode,
            amount=self.report.amount,
            currency=self.report.currency,
            attempt=self.report.attempt,
            refunded=self.backs[0].amount if back else self.report.refunded,
        )

    def refunds(self, payment_id: str) -> list[MoneyBack]:
        return self.backs

    def chargebacks(self, payment_id: str) -> list[MoneyBack]:
        return []

    def create(self, order: Any) -> PaymentReport:
        return self.report

    def recent(self, *, limit: int = 250) -> Iterator[PaymentReport]:
        return iter([self.report])


def paid_attempt(tenant: Tenant, *, backs: tuple[str, ...] = (), seed: int = 0) -> tuple[Any, FakePsp]:
    """An attempt of EUR 100 at the PSP, and the PSP that answers for it."""
    from receivables.domain.money import Money  # noqa: PLC0415 # kept beside its only use

    with tenant_context(tenant.pk):
        customer = make_customer(tenant, f"Klant {seed}")
        make_invoice(customer, f"2026-{seed}", "100.00")
        link = links.link_for(tenant, customer, now=NOW)
    attempt = attempts.reserve_attempt(tenant, link, chosen=[], is_test=True, on=TODAY, now=NOW)
    with tenant_context(tenant.pk):
        tenant.psp_payments.filter(pk=attempt.pk).update(psp_id=f"tr_storm{seed}", status="open")
    report = PaymentReport(
        id=f"tr_storm{seed}",
        status="paid",
        mode="test",
        amount=Money.of("100.00"),
        currency="EUR",
        attempt=str(attempt.pk),
    )
    returned = [MoneyBack(id=f"re_{seed}{name}", amount=Money.of("25.00"), currency="EUR") for name in backs]
    return attempt, FakePsp(report, backs=returned, seed=seed)


def storm(calls: list[Callable[[], object]]) -> list[BaseException]:
    """Run all calls on threads that start together; returns what went wrong."""
    barrier = threading.Barrier(THREADS)

    def worker(mine: list[Callable[[], object]]) -> list[BaseException]:
        errors: list[BaseException] = []
        barrier.wait()
        for call in mine:
            try:
                call()
            except Exception as error:  # collected and looked at by the test
                errors.append(error)
        connection.close()
        return errors

    with ThreadPoolExecutor(THREADS) as pool:
        results = pool.map(worker, [calls[start::THREADS] for start in range(THREADS)])
    return [error for errors in results for error in errors]


def booked(tenant: Tenant) -> list[Decimal]:
    with tenant_context(tenant.pk):
        return list(tenant.payments.values_list("amount", flat=True))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hundred_deliveries_book_one_receipt(tenant: Tenant, seed: int) -> None:
    attempt, psp = paid_attempt(tenant, seed=seed)
    errors = storm([lambda: settling.settle(tenant, attempt.pk, clock=CLOCK, provider=psp)] * 100)
    assert errors == []
    assert booked(tenant) == [Decimal("100.00")]
    with tenant_context(tenant.pk):
        assert tenant.invoices.get().open_amount == 0
        assert tenant.psp_payments.get().status == "paid"
        assert tenant.events.filter(verb="payment.booked").count() == 1


def test_a_hundred_deliveries_book_each_refund_once(tenant: Tenant) -> None:
    attempt, psp = paid_attempt(tenant, backs=("a", "b"), seed=4)
    errors = storm([lambda: settling.settle(tenant, attempt.pk, clock=CLOCK, provider=psp)] * 100)
    assert errors == []
    assert booked(tenant) == [Decimal("100.00")]
    with tenant_context(tenant.pk):
        assert tenant.payment_returns.count() == 2
        assert tenant.invoices.get().open_amount == Decimal("50.00")


def test_a_hundred_posts_over_http_book_one_receipt(
    tenant: Tenant, stranger_tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole road: posts with ours, unknown and foreign ids, the worker's task run at once in the same thread."""
    attempt, psp = paid_attempt(tenant, seed=5)
    with tenant_context(tenant.pk):
        connect_psp(tenant, API_KEY, now=NOW)
    monkeypatch.setattr(settling, "provider_of", lambda account: psp)
    monkeypatch.setattr(tasks.settle_psp_payment, "delay", tasks.settle_psp_payment)

    def post(code: str, psp_id: str) -> Callable[[], None]:
        def call() -> None:
            assert Client().post(f"/psp/{code}/webhook", {"id": psp_id}).status_code == 200

        return call

    calls = [post(tenant.code, "tr_storm5")] * 100
    calls += [post(tenant.code, "tr_unknown")] * 20 + [post(stranger_tenant.code, "tr_storm5")] * 20
    random.Random(5).shuffle(calls)  # noqa: S311 # repeatable
    assert storm(list(calls)) == []
    assert booked(tenant) == [Decimal("100.00")]
    assert booked(stranger_tenant) == []
    assert attempt.pk


@contextmanager
def guards_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No lock on the customer or the attempt, no look for an earlier booking, no unique keys."""
    unlocked = """
        ALTER TABLE receivables_payment DROP CONSTRAINT payment_booked_once;
        ALTER TABLE receivables_invoice DROP CONSTRAINT invoice_never_overpaid;
    """
    relocked = """
        ALTER TABLE receivables_payment ADD CONSTRAINT payment_booked_once UNIQUE (tenant_id, source_key);
        ALTER TABLE receivables_invoice ADD CONSTRAINT invoice_never_overpaid CHECK (
            (kind = 'invoice' AND open_amount >= 0) OR (kind = 'credit_note' AND open_amount <= 0));
    """
    _as_owner(unlocked)
    with monkeypatch.context() as patch:
        free = lambda tenant, customer_id: tenant.customers.get(pk=customer_id)  # noqa: E731 # one line each
        patch.setattr(settling, "lock_customer", free)
        patch.setattr(payments, "lock_customer", free)
        patch.setattr("django.db.models.query.QuerySet.select_for_update", lambda self, **_: self.all())
        yield
    emptied = "TRUNCATE receivables_payment, receivables_ledgerentry, receivables_invoice CASCADE;"
    _as_owner("SET session_replication_role = replica;" + emptied + relocked)  # they refuse to be emptied otherwise


def _as_owner(statements: str) -> None:
    with psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE), autocommit=True) as superuser:
        superuser.execute(statements)


def test_without_the_guards_the_same_storm_books_doubles(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: if this does not double, the tests above prove nothing."""
    attempt, psp = paid_attempt(tenant, seed=6)
    psp.states = ["paid"]
    with guards_off(monkeypatch):
        storm([lambda: settling.settle(tenant, attempt.pk, clock=CLOCK, provider=psp)] * 100)
        doubles = len(booked(tenant))
    assert doubles > 1


def test_the_unique_key_alone_still_books_once(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defence in depth: no locks at all, and the database's own key refuses the second booking."""
    attempt, psp = paid_attempt(tenant, seed=7)
    with monkeypatch.context() as patch:
        free = lambda tenant, customer_id: tenant.customers.get(pk=customer_id)  # noqa: E731 # one line
        patch.setattr(settling, "lock_customer", free)
        patch.setattr(payments, "lock_customer", free)
        patch.setattr("django.db.models.query.QuerySet.select_for_update", lambda self, **_: self.all())
        storm([lambda: settling.settle(tenant, attempt.pk, clock=CLOCK, provider=psp)] * 100)
    assert booked(tenant) == [Decimal("100.00")]


def test_a_payment_booked_while_a_letter_is_claimed_is_waited_for(tenant: Tenant) -> None:
    """Whoever holds the customer's lock sees the payment as committed or not at all, never in between."""
    attempt, psp = paid_attempt(tenant, seed=8)
    psp.states = ["paid"]
    with ThreadPoolExecutor(1) as pool:
        with durable_tenant_context(tenant.pk):
            tenant.customers.select_for_update(no_key=True).get(pk=attempt.customer_id)
            settled = pool.submit(_settle_and_close, tenant, attempt.pk, psp)
            with pytest.raises(TimeoutError):
                settled.result(timeout=0.5)
            assert tenant.invoices.get().open_amount == Decimal("100.00")
        settled.result(timeout=10)
    assert booked(tenant) == [Decimal("100.00")]


def _settle_and_close(tenant: Tenant, attempt_id: Any, psp: FakePsp) -> None:
    try:
        settling.settle(tenant, attempt_id, clock=CLOCK, provider=psp)
    finally:
        connection.close()
