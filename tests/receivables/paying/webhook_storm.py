"""R4: payments at a real emulator, and their webhooks in every order, number and hand while the PSP's world moves on.

Threads with connections of their own against real PostgreSQL; each accepted webhook runs the worker's task at once, in the
thread that took it, so that many look at one payment at the same moment.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client

from receivables.models import PspPayment
from receivables.paying import attempts, links
from receivables.paying.emulator.server import Emulator
from receivables.paying.mollie import MollieProvider
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.rows import TODAY, make_customer, make_invoice, now

THREADS = 12
#: What happens to a payment at the PSP, in this order; the webhooks come whenever they come.
STORIES: tuple[tuple[str, ...], ...] = (
    ("paid",),
    ("paid", "refund"),
    ("paid", "charge_back"),
    ("expired",),
    ("paid", "refund", "refund"),
    ("paid", "charge_back", "reverse"),
    ("failed",),
    ("canceled",),
)
RECEIVED = {"paid": 1, "reverse": 1}
WENT_BACK = {"refund": Decimal("30.00"), "charge_back": Decimal("100.00")}


@dataclass
class Storm:
    """So many payments of 100 euro, each with a story and so many deliveries."""

    tenant: Tenant
    stranger: Tenant
    emulator: Emulator
    payments: int
    deliveries: int
    seed: int
    attempts: list[PspPayment] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def prepare(self) -> None:
        """Every debtor clicked Pay."""
        provider = MollieProvider(api_key=API_KEY, url=self.emulator.url, timeout_ms=20_000)
        for number in range(self.payments):
            with tenant_context(self.tenant.pk):
                customer = make_customer(self.tenant, f"Klant {number}")
                make_invoice(customer, f"2026-{number}", "100.00")
                link = links.link_for(self.tenant, customer, now=now())
            attempt = attempts.reserve_attempt(self.tenant, link, chosen=[], is_test=True, on=TODAY, now=now())
            attempts.open_checkout(self.tenant, attempt, provider, return_url="http://localhost/", locale="nl_NL")
        with tenant_context(self.tenant.pk):
            self.attempts = list(self.tenant.psp_payments.order_by("created_at", "pk"))

    def story(self, number: int) -> tuple[str, ...]:
        return STORIES[number % len(STORIES)]

    def rage(self) -> None:
        """The PSP's world moves while webhooks of ours, of nobody and of somebody else come in, shuffled."""
        chance = random.Random(self.seed)  # noqa: S311 # repeatable
        calls = [self.post(attempt.psp_id) for attempt in self.attempts] * self.deliveries
        calls += [self.post(f"tr_unknown{number}") for number in range(self.payments)]
        calls += [self.post(attempt.psp_id, code=self.stranger.code) for attempt in self.attempts]
        chance.shuffle(calls)
        bank = threading.Thread(target=self.move, args=(random.Random(self.seed),))  # noqa: S311 # repeatable
        bank.start()
        self.deliver(calls)
        bank.join()
        self.deliver([self.post(attempt.psp_id) for attempt in self.attempts])  # the PSP tells of the last change too

    def deliver(self, calls: Sequence[Callable[[], object]]) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            for errors in pool.map(_all, [calls[start::THREADS] for start in range(THREADS)]):
                self.errors += errors

    def move(self, chance: random.Random) -> None:
        """What happens at the PSP: each story in its order, all of them mixed."""
        steps = [number for number in range(self.payments) for _ in self.story(number)]
        chance.shuffle(steps)
        ahead = {number: iter(self.story(number)) for number in range(self.payments)}
        for number in steps:
            self.step(self.attempts[number].psp_id, next(ahead[number]))
            time.sleep(chance.random() * 0.02)

    def step(self, psp_id: str, what: str) -> None:
        accounts = self.emulator.accounts
        if what == "refund":
            accounts.refund(API_KEY, psp_id, {"amount": {"currency": "EUR", "value": "30.00"}})
        elif what == "charge_back":
            accounts.charge_back(psp_id)
        elif what == "reverse":
            accounts.reverse(self.emulator.store.rows("chargeback", parent=psp_id)[0]["id"])
        else:
            accounts.settle(psp_id, what)

    def post(self, psp_id: str, *, code: str = "") -> Callable[[], None]:
        def call() -> None:
            assert Client().post(f"/psp/{code or self.tenant.code}/webhook", {"id": psp_id}).status_code == 200

        return call

    # what must hold ------------------------------------------------------------------------------------------------
    def expected(self) -> dict[str, tuple[int, Decimal]]:
        """Of each payment: how often money came in, and how much went back."""
        return {
            attempt.psp_id: (
                sum(RECEIVED.get(step, 0) for step in self.story(number)),
                sum((WENT_BACK.get(step, Decimal(0)) for step in self.story(number)), Decimal(0)),
            )
            for number, attempt in enumerate(self.attempts)
        }

    def booked(self) -> dict[str, tuple[int, Decimal]]:
        found = {}
        with tenant_context(self.tenant.pk):
            for attempt in self.attempts:
                payments = self.tenant.payments.filter(customer=attempt.customer_id).prefetch_related("returns")
                back = sum((row.amount for payment in payments for row in payment.returns.all()), Decimal(0))
                found[attempt.psp_id] = (len(payments), back)
        return found

    def wrong(self) -> dict[str, tuple[int, Decimal]]:
        """What is booked otherwise. A chargeback that was reversed before anybody looked may never have left the books."""
        expected, unseen = self.expected(), (1, Decimal(0))
        reversed_ones = {
            attempt.psp_id for number, attempt in enumerate(self.attempts) if "reverse" in self.story(number)
        }
        return {
            psp_id: found
            for psp_id, found in self.booked().items()
            if found != expected[psp_id] and not (psp_id in reversed_ones and found == unseen)
        }

    def doubles(self) -> int:
        """Receipts beyond those that really came in."""
        expected = self.expected()
        return sum(max(0, count - expected[psp_id][0]) for psp_id, (count, _) in self.booked().items())

    def open_amounts(self) -> Counter[Decimal]:
        with tenant_context(self.tenant.pk):
            return Counter(self.tenant.invoices.values_list("open_amount", flat=True))

    def expected_open(self) -> Counter[Decimal]:
        hundred = Decimal("100.00")
        return Counter(hundred - hundred * received + back for received, back in self.expected().values())

    def stranger_has_nothing(self) -> bool:
        with tenant_context(self.stranger.pk):
            return not self.stranger.payments.exists() and not self.stranger.psp_payments.exists()


def _all(calls: Sequence[Callable[[], object]]) -> list[BaseException]:
    errors: list[BaseException] = []
    for call in calls:
        try:
            call()
        except Exception as error:  # collected and looked at by the test
            errors.append(error)
    connection.close()
    return errors


def as_a_worker_would(patch: Any, tasks: Any) -> None:
    """A webhook's task runs at once, in the thread that took it."""
    patch.setattr(tasks.settle_psp_payment, "delay", tasks.settle_psp_payment)
