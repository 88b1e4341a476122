"""The PSP of a world from its own side: pay, give back, charge back, settle; and what our side has of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
from django.conf import settings

from receivables.domain.money import Money
from receivables.models import Invoice, PspPayment, PspRefund
from receivables.paying import attempts, links, refunds, settling
from receivables.paying.mollie import MollieProvider, MollieSettlements
from receivables.paying.settling import Clock
from tenants.context import tenant_context
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.rows import TODAY, now
from tests.receivables.paying.world import World

TOKEN = "access_emulatorkey1234567890"  # the emulator knows it by its key


def provider(world: World) -> MollieProvider:
    return MollieProvider(api_key=API_KEY, url=world.emulator.url, timeout_ms=settings.PSP_TIMEOUT_MS)


def reader(world: World) -> MollieSettlements:
    return MollieSettlements(token=TOKEN, url=world.emulator.url, timeout_ms=settings.PSP_TIMEOUT_MS)


def control(world: World, name: str, **asked: Any) -> Any:
    answer = httpx.post(f"{world.emulator.url}/_control/{name}", json=asked)
    answer.raise_for_status()
    return answer.json()


def open_payment(world: World, *invoices: Invoice) -> PspPayment:
    """A payment the debtor may pay at the PSP, made the way the button does."""
    with tenant_context(world.tenant.pk):
        link = links.link_for(world.tenant, world.customer, now=now())
    chosen = [invoice.pk for invoice in invoices]
    attempt = attempts.reserve_attempt(world.tenant, link, chosen=chosen, is_test=True, on=TODAY, now=now())
    attempts.open_checkout(
        world.tenant, attempt, provider(world), return_url="http://localhost:8000/betaald", locale="nl_NL"
    )
    return again(world, attempt)


def paid_payment(world: World, *invoices: Invoice) -> PspPayment:
    """A payment that was paid and booked."""
    attempt = open_payment(world, *invoices)
    control(world, f"payments/{attempt.psp_id}", outcome="paid")
    settle(world, attempt)
    return again(world, attempt)


def settle(world: World, attempt: PspPayment, *, after: timedelta = timedelta()) -> str:
    clock = Clock(now=now() + after, on=TODAY)
    return settling.settle(world.tenant, attempt.pk, clock=clock, provider=provider(world)).value


def again(world: World, attempt: PspPayment) -> PspPayment:
    with tenant_context(world.tenant.pk):
        return world.tenant.psp_payments.select_related("payment").get(pk=attempt.pk)


def ask(world: World, attempt: PspPayment, amount: str, *, why: str = "dubbel betaald") -> PspRefund:
    with tenant_context(world.tenant.pk):
        return refunds.ask_refund(world.tenant, attempt, amount=Money.of(amount), why=why, now=now(), by=None)


def send(world: World, refund: PspRefund, *, after: timedelta = timedelta()) -> str:
    """One look at a refund, when it is due."""
    return refunds.send_refund(world.tenant, refund.pk, now=now() + after, provider=provider(world)).value


def refund_of(world: World, refund: PspRefund) -> PspRefund:
    with tenant_context(world.tenant.pk):
        return world.tenant.psp_refunds.get(pk=refund.pk)


def returns(world: World) -> list[Decimal]:
    with tenant_context(world.tenant.pk):
        return list(world.tenant.payment_returns.order_by("created_at").values_list("amount", flat=True))


def made(world: World, kind: str) -> int:
    """How many the PSP really made of this kind."""
    return sum(line["what"] == f"{kind}.created" for line in world.emulator.store.journal())
