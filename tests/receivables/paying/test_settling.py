"""What the PSP says is fetched, compared and booked once; webhooks and polls are only reasons to look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from receivables.paying import settling, tasks
from receivables.paying.accounts import BadKeyError, connect_psp
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.rows import now
from tests.receivables.paying.world import World, run, unchanged

pytestmark = pytest.mark.django_db(transaction=True)

LIES: dict[str, dict[str, Any]] = {
    "amount": {"amount": {"currency": "EUR", "value": "1.00"}},
    "currency": {"amount": {"currency": "USD", "value": "100.00"}, "amountRefunded": None},
    "mode": {"mode": "live"},
    "metadata": {"metadata": {"attempt": "another"}},
    "no metadata": {"metadata": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_payment_that_is_not_what_we_asked_is_not_booked(world: World, lie: str) -> None:
    world.click(world.old)
    world.at_bank("paid")
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | LIES[lie])
    world.settle()
    world.settle()
    assert world.payments() == []
    assert world.attempt().problem
    with tenant_context(world.tenant.pk):
        assert world.tenant.events.filter(verb="psp_payment.distrusted").count() == 1
    assert "We wachten op uw bank" in world.get(f"/terug/{world.attempt().pk}").content.decode()


@pytest.mark.parametrize("lie", LIES)
def test_without_the_comparison_the_lie_would_be_booked(
    world: World, lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    monkeypatch.setattr(settling, "differs", lambda attempt, report: "")
    world.click(world.old)
    world.at_bank("paid")
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | LIES[lie])
    world.settle()
    assert world.payments() != []


@pytest.mark.parametrize("later", ["expired", "failed", "canceled", "open", "something-new"])
def test_paid_is_never_undone(world: World, later: str) -> None:
    world.click(world.old)
    world.at_bank("paid")
    world.settle()
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | {"status": later})
    assert world.settle() == "paid"
    assert world.open_amounts() == ["0.00", "50.00"]


def test_paid_after_expired_is_booked(world: World) -> None:
    world.click(world.old)
    world.at_bank("expired")
    world.settle()
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | {"status": "paid", "paidAt": datetime.now(UTC).isoformat()})
    assert world.settle() == "paid"
    assert world.payments() == [Decimal("100.00")]


def test_a_chargeback_revives_the_claim(world: World) -> None:
    world.click(world.old)
    world.at_bank("paid")
    world.settle()
    world.emulator.accounts.charge_back(world.attempt().psp_id)
    world.settle()
    world.settle()
    assert world.open_amounts() == ["100.00", "50.00"]


def test_a_webhook_books_what_the_psp_confirms(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    world.at_bank("paid")
    assert world.webhook(world.attempt().psp_id).status_code == 200
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


def test_a_forged_paid_books_nothing(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    assert world.webhook(world.attempt().psp_id, status="paid", amount="100.00").status_code == 200
    run(queue)
    assert world.payments() == []


@pytest.mark.parametrize("psp_id", ["tr_0000000000", "", "../../x", "re_1", "tr_" + "a" * 500, "tr_\x00", "tr_é"])
def test_an_unknown_id_is_answered_and_leaves_no_trace(world: World, queue: list[tuple[int, str]], psp_id: str) -> None:
    world.click(world.old)
    with unchanged(world):
        assert world.webhook(psp_id).status_code == 200
    assert queue == []


def test_an_unknown_tenant_is_answered_alike(world: World) -> None:
    assert Client().post("/psp/nobody/webhook", {"id": "tr_x"}).status_code == 200


def test_a_webhook_is_never_fetched(world: World) -> None:
    assert Client().get(f"/psp/{world.tenant.code}/webhook").status_code == 405


def test_a_webhook_of_another_tenant_does_not_touch_ours(
    world: World, stranger_tenant: Tenant, queue: list[tuple[int, str]]
) -> None:
    world.click(world.old)
    with unchanged(world):
        Client().post(f"/psp/{stranger_tenant.code}/webhook", {"id": world.attempt().psp_id})
    assert queue == []


@pytest.mark.usefixtures("hasty")
def test_a_webhook_before_we_know_the_id_makes_us_look(world: World, queue: list[tuple[int, str]]) -> None:
    world.emulator.faults.set({"next": [["create", "timeout_after"]], "timeout_seconds": 2, "webhooks_lost": True})
    world.click(world.old)
    lost = world.emulator.store.rows("payment")[0]
    world.emulator.accounts.settle(lost["id"], "paid")
    world.webhook(lost["id"])
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


@pytest.mark.usefixtures("hasty")
def test_invented_ids_do_not_keep_us_busy(world: World, queue: list[tuple[int, str]]) -> None:
    world.emulator.faults.set({"next": [["create", "timeout_after"]], "timeout_seconds": 2, "webhooks_lost": True})
    world.click(world.old)
    for number in range(5):
        world.webhook(f"tr_invented{number}")
    assert len(queue) == 1


def test_a_new_key_in_another_mode_starts_afresh(world: World) -> None:
    world.click(world.old)
    with tenant_context(world.tenant.pk):
        world.tenant.psp_accounts.update(is_test=False)
    world.click(world.old)
    assert [attempt.is_test for attempt in world.attempts()] == [True, False]


def test_a_webhook_that_cannot_be_written_down_is_asked_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(settling, "note_hint", broken)
    client = Client(raise_request_exception=False)
    assert client.post(f"/psp/{world.tenant.code}/webhook", {"id": "tr_x"}).status_code == 500


def test_without_a_broker_the_poll_finds_what_the_webhook_wrote(
    world: World, queue: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.click(world.old)
    world.at_bank("paid")
    with monkeypatch.context() as patch:
        patch.setattr(tasks.settle_psp_payment, "delay", _no_broker)
        assert world.webhook(world.attempt().psp_id).status_code == 200
    assert tasks.poll() == 1
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


def _no_broker(**_: object) -> None:
    raise OSError("broker is gone")


def test_a_payment_without_a_webhook_is_polled_ever_less_often(world: World) -> None:
    world.click(world.old)
    start = world.attempt().created_at
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | {"expiresAt": (datetime.now(UTC) + timedelta(days=9)).isoformat()})
    gaps = []
    for _ in range(5):
        due = world.attempt().next_poll_at
        assert due is not None
        gaps.append(round((due - start) / timedelta(minutes=15)))
        world.settle(after=due - now())
        start = due
    assert gaps == [1, 4, 16, 108, 96]  # 15 minutes, 1 h, 4 h, 27 h, a day


def test_nothing_is_polled_before_its_time_or_after_its_end(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    assert tasks.poll() == 0
    world.at_bank("expired")
    world.settle()
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_payments.filter(next_poll_at__isnull=False).count() == 0


def test_a_missed_webhook_is_found_by_the_poll(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    world.at_bank("paid")
    with tenant_context(world.tenant.pk):
        world.tenant.psp_payments.update(next_poll_at=now() - timedelta(seconds=1))
    assert tasks.poll() == 1
    run(queue)
    assert world.payments() == [Decimal("100.00")]


def test_the_key_is_sealed_and_never_told(world: World) -> None:
    with tenant_context(world.tenant.pk), connection.cursor() as cursor:
        for table in ("receivables_pspaccount", "tenants_event"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{API_KEY}%"])  # noqa: S608 # names above
            assert cursor.fetchone()[0] == 0


def test_a_nonsense_key_is_refused(world: World) -> None:
    with tenant_context(world.tenant.pk), pytest.raises(BadKeyError):
        connect_psp(world.tenant, "sk_123", now=now())


def test_a_new_key_takes_the_place_of_the_old_one(world: World) -> None:
    with tenant_context(world.tenant.pk):
        account = connect_psp(world.tenant, "live_" + "a" * 30, now=now())
        assert (world.tenant.psp_accounts.count(), account.is_test) == (1, False)
