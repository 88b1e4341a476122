"""Money back through the PSP: asked once whatever happens on the way, booked once when it is gone, undone when it returns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from receivables.domain.money import Money
from receivables.models.paying import RefundState
from receivables.paying import refunds, settlement_sync
from receivables.paying.psp import RefundOrder
from tenants.context import tenant_context
from tests.receivables.paying.desk import (
    again,
    ask,
    control,
    made,
    paid_payment,
    provider,
    refund_of,
    returns,
    send,
    settle,
)
from tests.receivables.paying.rows import now
from tests.receivables.paying.test_hundred_webhooks import storm
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_refund_is_booked_when_the_psp_has_done_it(world: World) -> None:
    attempt = paid_payment(world, world.old)
    world.emulator.faults.refund_status = "pending"
    refund = ask(world, attempt, "30.00")
    assert send(world, refund) == RefundState.REQUESTED
    settle(world, attempt)
    assert returns(world) == []
    assert world.open_amounts() == ["0.00", "50.00"]
    control(world, f"refunds/{refund_of(world, refund).psp_id}", status="refunded")
    settle(world, attempt)
    settle(world, attempt)
    assert returns(world) == [Decimal("30.00")]
    assert world.open_amounts() == ["30.00", "50.00"]
    assert refund_of(world, refund).state == RefundState.DONE


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", ["error_after", "timeout_after", "reset_after", "garbage", "refuse", "throttle"])
def test_a_lost_answer_gives_back_once(world: World, fault: str) -> None:
    attempt = paid_payment(world, world.old)
    refund = ask(world, attempt, "30.00")
    world.emulator.faults.set({"next": [["refund", fault]], "timeout_seconds": 2, "webhooks_lost": True})
    assert send(world, refund) in {RefundState.UNKNOWN, RefundState.NEW}
    send(world, refund, after=timedelta(minutes=3))
    settle(world, attempt)
    assert made(world, "refund") == 1
    assert returns(world) == [Decimal("30.00")]
    assert refund_of(world, refund).state == RefundState.DONE


def test_with_another_key_each_time_the_lost_answer_would_give_back_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: no key of our own, and no look at what the PSP already has."""
    keys = iter(("one", "two"))
    monkeypatch.setattr(refunds, "RefundOrder", lambda **order: RefundOrder(**order | {"key": next(keys)}))
    monkeypatch.setattr(refunds, "_found", lambda provider, refund: None)
    attempt = paid_payment(world, world.old)
    refund = ask(world, attempt, "30.00")
    world.emulator.faults.set({"next": [["refund", "reset_after"]], "webhooks_lost": True})
    send(world, refund)
    send(world, refund, after=timedelta(minutes=3))
    assert made(world, "refund") == 2


def test_a_refund_whose_process_died_before_the_answer_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = paid_payment(world, world.old)
    refund = ask(world, attempt, "30.00")

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(refunds, "_adopt", die)
        with pytest.raises(SystemExit):
            send(world, refund)
    assert refund_of(world, refund).state == RefundState.UNKNOWN
    assert send(world, refund, after=timedelta(hours=3)) == RefundState.REQUESTED
    assert made(world, "refund") == 1


def test_long_after_an_unknown_outcome_nobody_asks_again(world: World) -> None:
    """The PSP may have forgotten the key: then its list decides, and a person may ask anew."""
    attempt = paid_payment(world, world.old)
    refund = ask(world, attempt, "30.00")
    world.emulator.faults.set({"next": [["refund", "refuse"]], "webhooks_lost": True})
    send(world, refund)
    assert send(world, refund, after=timedelta(minutes=40)) == RefundState.UNKNOWN
    assert send(world, refund, after=timedelta(minutes=70)) == RefundState.REFUSED
    assert made(world, "refund") == 0
    with tenant_context(world.tenant.pk):
        assert refunds.refundable(world.tenant.psp_payments.get()) == Money.of("100.00")


def test_a_refusal_is_told_and_frees_the_amount(world: World) -> None:
    attempt = paid_payment(world, world.old)
    refund = ask(world, attempt, "100.00")
    control(world, "refunds", payment=attempt.psp_id, amount="1.00")  # somebody in the dashboard was first
    assert send(world, refund) == RefundState.REFUSED
    assert "higher than the maximum" in refund_of(world, refund).problem
    settle(world, attempt)
    assert returns(world) == [Decimal("1.00")]


@pytest.mark.parametrize("amount", ["100.01", "0.00", "-1.00"])
def test_no_more_goes_back_than_came_in(world: World, amount: str) -> None:
    attempt = paid_payment(world, world.old)
    with pytest.raises(refunds.CannotRefundError):
        ask(world, attempt, amount)


def test_what_is_on_its_way_counts_as_gone(world: World) -> None:
    attempt = paid_payment(world, world.old)
    ask(world, attempt, "60.00")
    with pytest.raises(refunds.CannotRefundError, match="40,00"):
        ask(world, again(world, attempt), "60.00")


def test_two_people_at_once_cannot_give_back_more_than_came_in(world: World) -> None:
    attempt = paid_payment(world, world.old)

    def one() -> None:
        try:
            ask(world, attempt, "60.00")
        except refunds.CannotRefundError:
            pass
        finally:
            connection.close()

    assert storm([one] * 16) == []
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_refunds.count() == 1


def test_without_the_lock_two_people_give_back_too_much(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test above."""
    attempt = paid_payment(world, world.old)
    monkeypatch.setattr(refunds, "lock_customer", lambda tenant, customer_id: None)
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda self, **_: self.all())

    def one() -> None:
        try:
            ask(world, attempt, "60.00")
        except refunds.CannotRefundError:
            pass
        finally:
            connection.close()

    storm([one] * 16)
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_refunds.count() > 1


def test_sixteen_workers_ask_the_psp_once(world: World) -> None:
    attempt = paid_payment(world, world.old)
    refund = ask(world, attempt, "30.00")

    def one() -> None:
        send(world, refund)
        connection.close()

    assert storm([one] * 16) == []
    assert made(world, "refund") == 1


def test_a_test_payment_is_not_given_back_with_a_live_key(world: World) -> None:
    attempt = paid_payment(world, world.old)
    refund = ask(world, attempt, "30.00")
    live = provider(world)
    live.mode = "live"
    assert refunds.send_refund(world.tenant, refund.pk, now=now(), provider=live) == RefundState.REFUSED
    assert made(world, "refund") == 0


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_fails_after_all_gives_the_money_back(world: World, status: str) -> None:
    attempt = paid_payment(world, world.old)
    refund = ask(world, attempt, "30.00")
    send(world, refund)
    settle(world, attempt)
    assert world.open_amounts() == ["30.00", "50.00"]
    control(world, f"refunds/{refund_of(world, refund).psp_id}", status=status)
    settle(world, attempt)
    settle(world, attempt)
    assert world.open_amounts() == ["0.00", "50.00"]
    assert world.payments() == [Decimal("100.00"), Decimal("30.00")]
    assert refund_of(world, refund).state == RefundState.REFUSED


def test_a_refund_made_in_the_dashboard_is_booked_too(world: World) -> None:
    attempt = paid_payment(world, world.old)
    control(world, "refunds", payment=attempt.psp_id, amount="25.00")
    settle(world, attempt)
    assert returns(world) == [Decimal("25.00")]
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_refunds.count() == 0


# chargebacks -------------------------------------------------------------------------------------------------------
def test_a_reversed_chargeback_gives_the_money_back_once(world: World) -> None:
    attempt = paid_payment(world, world.old)
    chargeback = control(world, f"payments/{attempt.psp_id}", outcome="charge_back")
    settle(world, attempt)
    assert world.open_amounts() == ["100.00", "50.00"]
    control(world, f"chargebacks/{chargeback['id']}")
    for _ in range(3):
        settle(world, attempt)
    assert world.open_amounts() == ["0.00", "50.00"]
    with tenant_context(world.tenant.pk):
        keys = set(world.tenant.payments.values_list("source_key", flat=True))
    assert keys == {f"mollie:{attempt.psp_id}", f"mollie:{chargeback['id']}:reversed"}


def test_a_chargeback_reversed_before_we_looked_changes_nothing(world: World) -> None:
    attempt = paid_payment(world, world.old)
    chargeback = control(world, f"payments/{attempt.psp_id}", outcome="charge_back")
    control(world, f"chargebacks/{chargeback['id']}")
    settle(world, attempt)
    assert world.payments() == [Decimal("100.00")]
    assert returns(world) == []


def test_a_second_chargeback_is_booked_on_what_came_back(world: World) -> None:
    attempt = paid_payment(world, world.old)
    first = control(world, f"payments/{attempt.psp_id}", outcome="charge_back")
    settle(world, attempt)
    control(world, f"chargebacks/{first['id']}")
    settle(world, attempt)
    control(world, f"payments/{attempt.psp_id}", outcome="charge_back")
    settle(world, attempt)
    assert returns(world) == [Decimal("100.00"), Decimal("100.00")]
    assert world.open_amounts() == ["100.00", "50.00"]


def test_more_back_than_ever_came_in_is_shown_to_a_person_once(world: World) -> None:
    attempt = paid_payment(world, world.old)
    control(world, "refunds", payment=attempt.psp_id, amount="30.00")
    settle(world, attempt)
    control(world, f"payments/{attempt.psp_id}", outcome="charge_back")
    settle(world, attempt)
    settle(world, attempt)
    assert returns(world) == [Decimal("30.00"), Decimal("70.00")]
    assert "er was nog 70.00 over" in again(world, attempt).problem
    with tenant_context(world.tenant.pk):
        assert world.tenant.events.filter(verb="psp_payment.distrusted").count() == 1


MISSED: dict[str, Callable[[World, str], object]] = {
    "refund": lambda world, psp_id: control(world, "refunds", payment=psp_id, amount="25.00"),
    "chargeback": lambda world, psp_id: control(world, f"payments/{psp_id}", outcome="charge_back"),
}


@pytest.mark.parametrize("kind", MISSED)
def test_money_back_nobody_told_us_of_is_found(world: World, kind: str) -> None:
    attempt = paid_payment(world, world.old)
    assert again(world, attempt).next_poll_at is None
    MISSED[kind](world, attempt.psp_id)
    assert settlement_sync.notice_money_back(world.tenant, provider(world), now=now()) == 1
    assert again(world, attempt).next_poll_at is not None
    settle(world, attempt)
    assert len(returns(world)) == 1
    assert settlement_sync.notice_money_back(world.tenant, provider(world), now=now()) == 0
