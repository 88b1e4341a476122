"""The screens for giving money back and for payouts: who may, what they show, and that a click asks once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from receivables.actions.payments import Receipt, record_payment
from receivables.domain.money import Money
from receivables.models.ledger import PaymentChannel
from receivables.paying import settlement_sync, tasks
from tenants.context import tenant_context
from tenants.models import User
from tests.accessibility import faults
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.desk import control, paid_payment, reader, returns, settle
from tests.receivables.paying.rows import TODAY, now
from tests.receivables.paying.test_settlements import bank_line
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def url(world: World, name: str, *args: object) -> str:
    return reverse(f"receivables:{name}", args=[world.tenant.slug, *args])


def test_a_bookkeeper_gives_a_payment_back(
    world: World, client: Client, bookkeeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = paid_payment(world, world.old)
    monkeypatch.setattr(tasks.send_psp_refund, "delay", tasks.send_psp_refund)
    client.force_login(bookkeeper)
    page = client.get(url(world, "refund", attempt.payment_id))
    assert faults(page.content) == []
    assert 'value="100,00"' in page.content.decode()
    sent = {"amount": "40,00", "why": "dubbel betaald", "sure": "on"}
    assert client.post(url(world, "refund", attempt.payment_id), sent).status_code == 302
    settle(world, attempt)
    assert returns(world) == [Decimal("40.00")]
    shown = client.get(url(world, "refunds", world.customer.pk)).content.decode()
    assert "Terugbetaald" in shown
    assert "dubbel betaald" in shown


@pytest.mark.parametrize(
    "sent",
    [
        {"amount": "40,00", "why": "dubbel betaald"},
        {"amount": "100,01", "why": "dubbel betaald", "sure": "on"},
        {"amount": "0", "why": "dubbel betaald", "sure": "on"},
        {"amount": "40,00", "sure": "on"},
    ],
)
def test_what_is_not_meant_or_too_much_asks_nothing(
    world: World, client: Client, bookkeeper: User, sent: dict[str, str]
) -> None:
    attempt = paid_payment(world, world.old)
    client.force_login(bookkeeper)
    assert client.post(url(world, "refund", attempt.payment_id), sent).status_code == 422
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_refunds.count() == 0


def test_a_viewer_may_not_give_back(world: World, client: Client, viewer: User) -> None:
    attempt = paid_payment(world, world.old)
    client.force_login(viewer)
    assert client.get(url(world, "refund", attempt.payment_id)).status_code == 403
    sent = {"amount": "40,00", "why": "dubbel betaald", "sure": "on"}
    assert client.post(url(world, "refund", attempt.payment_id), sent).status_code == 403


def test_money_that_came_by_bank_is_transferred_by_hand(world: World, client: Client, bookkeeper: User) -> None:
    receipt = Receipt(
        amount=Money.of("180.00"),
        received_on=TODAY,
        channel=PaymentChannel.BANK,
        source_key="bank:1",
        counterparty_iban="NL13TEST0123456789",
    )
    with tenant_context(world.tenant.pk):
        payment = record_payment(world.tenant, world.customer, receipt=receipt, now=now())
    client.force_login(bookkeeper)
    page = client.get(url(world, "refund", payment.pk))
    assert faults(page.content) == []
    shown = page.content.decode().replace("\u00a0", " ")
    assert "NL13 TEST 0123 4567 89" in shown
    assert "30,00</span>, het tegoed" in shown
    assert 'name="sure"' not in shown
    sent = {"amount": "40,00", "why": "dubbel betaald", "sure": "on"}
    assert client.post(url(world, "refund", payment.pk), sent).status_code == 422


def test_payouts_show_where_the_money_is(world: World, client: Client, bookkeeper: User) -> None:
    paid_payment(world, world.old)
    client.force_login(bookkeeper)
    assert "Jansen Interieur" in client.get(url(world, "psp_unsettled")).content.decode()
    control(world, "settlements", account=API_KEY)
    settlement_sync.sync(world.tenant, reader(world), now=now())
    with tenant_context(world.tenant.pk):
        found = world.tenant.psp_settlements.get()
    for page in (
        client.get(url(world, "psp_settlements")),
        client.get(url(world, "psp_unsettled")),
        client.get(url(world, "psp_settlement", found.pk)),
    ):
        assert faults(page.content) == []
    line = bank_line(world, str(found.amount), "zonder kenmerk")
    answer = url(world, "psp_settlement_answer", found.pk)
    client.post(answer, {"answer": "clear", "line": str(line.pk)})
    assert "Op de bank" in client.get(url(world, "psp_settlements") + "?stand=binnen").content.decode()
    client.post(answer, {"answer": "release", "why": "andere"})
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_settlements.get().bank_line is None
    assert client.post(answer, {"answer": "clear", "line": "nonsense"}).status_code == 404


def test_the_list_of_payouts_costs_the_same_with_one_and_with_many(
    world: World, client: Client, bookkeeper: User
) -> None:
    client.force_login(bookkeeper)
    counts = []
    for number in range(3):
        with tenant_context(world.tenant.pk):
            world.tenant.psp_settlements.create(psp_id=f"stl_{number}", amount="10.00", created_at=now())
        if number in {0, 2}:
            with CaptureQueriesContext(connection) as queries:
                client.get(url(world, "psp_settlements"))
            counts.append(len(queries))
    assert counts[0] == counts[1]
