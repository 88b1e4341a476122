"""Mollie's official client, unchanged, against the emulator: every call about money parses by the client's own models.

The client under test is the SDK itself, not our wrapper around it, so that no fallback of ours can hide a difference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from mollie import ClientSDK, models
from mollie.utils import BackoffStrategy, RetryConfig

from receivables.paying.emulator.server import Emulator
from tests.receivables.paying.conftest import API_KEY

LIVE = "live_emulatorkey1234567890"
TOKEN = "access_emulatorkey1234567890"  # the emulator knows it by its key
NO_RETRIES = RetryConfig("none", BackoffStrategy(0, 0, 1, 0), False)


class Desk:
    """The SDK under three keys, and the control desk."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.sdk = self.client(models.Security(api_key=API_KEY))
        self.live = self.client(models.Security(api_key=LIVE))
        self.organisation = self.client(models.Security(advanced_access_token=TOKEN))

    def client(self, security: models.Security) -> ClientSDK:
        return ClientSDK(security=security, server_url=self.emulator.url, retry_config=NO_RETRIES)

    def pay(self, amount: str = "10.00", *, client: ClientSDK | None = None, paid: bool = True, **more: Any) -> str:
        asked = {
            "amount": {"currency": "EUR", "value": amount},
            "description": "Factuur 2026-1",
            "redirectUrl": "http://localhost/terug",
            **more,
        }
        request = models.PaymentRequest.model_validate(asked)
        made = (client or self.sdk).payments.create(payment_request=request)
        if paid:
            self.control(f"payments/{made.id}", outcome="paid")
        return made.id

    def control(self, name: str, **asked: Any) -> Any:
        answer = httpx.post(f"{self.emulator.url}/_control/{name}", json=asked)
        answer.raise_for_status()
        return answer.json()

    def give_back(self, payment_id: str, amount: str = "2.50", *, key: str | None = None) -> models.RefundResponse:
        asked = {"amount": {"currency": "EUR", "value": amount}, "description": "te veel", "metadata": {"refund": "x"}}
        request = models.RefundRequest.model_validate(asked)
        return self.sdk.refunds.create(payment_id=payment_id, refund_request=request, idempotency_key=key)


def ids(page: Any, name: str) -> list[str]:
    """The ids on one page of a list, as the client's own model read it."""
    assert page is not None
    return [row.id for row in getattr(page.result.embedded, name)]


def through(page: Any, name: str) -> list[str]:
    """The ids of all pages, by the client's own way to the next one."""
    seen = []
    while page is not None:
        seen += ids(page, name)
        page = page.next()
    return seen


@pytest.fixture
def desk(emulator: Emulator) -> Desk:
    emulator.faults.webhooks_lost = True
    return Desk(emulator)


def test_a_payment_from_creation_to_the_list(desk: Desk) -> None:
    payment_id = desk.pay(paid=False, method="ideal", locale="nl_NL", metadata={"attempt": "x"})
    found = desk.sdk.payments.get(payment_id=payment_id)
    assert (found.id, found.status, found.mode, found.method) == (payment_id, "open", "test", "ideal")
    assert ids(desk.sdk.payments.list(limit=10), "payments") == [payment_id]


def test_pages_lead_through_all_payments_by_the_clients_own_next(desk: Desk) -> None:
    made = [desk.pay(paid=False) for _ in range(7)]
    assert through(desk.sdk.payments.list(limit=3), "payments") == made[::-1]


def test_the_oldest_payments_come_first_when_asked(desk: Desk) -> None:
    made = [desk.pay(paid=False) for _ in range(3)]
    assert ids(desk.sdk.payments.list(limit=2, sort=models.Sorting.ASC), "payments") == made[:2]


def test_a_payment_is_changed(desk: Desk) -> None:
    payment_id = desk.pay(paid=False)
    body = models.UpdatePaymentRequestBody.model_validate({"description": "Anders"})
    assert desk.sdk.payments.update(payment_id=payment_id, request_body=body).description == "Anders"


def test_a_transfer_is_cancelled_and_ideal_is_not(desk: Desk) -> None:
    transfer = desk.pay(paid=False, method="banktransfer")
    assert desk.sdk.payments.cancel(payment_id=transfer).status == "canceled"
    with pytest.raises(models.ErrorResponse) as refusal:
        desk.sdk.payments.cancel(payment_id=desk.pay(paid=False, method="ideal"))
    assert refusal.value.status_code == 422


def test_a_refund_from_creation_to_its_end(desk: Desk) -> None:
    desk.emulator.faults.refund_status = "pending"
    payment_id = desk.pay()
    made = desk.give_back(payment_id)
    assert (made.status, made.amount.value, made.payment_id) == ("pending", "2.50", payment_id)
    desk.control(f"refunds/{made.id}", status="refunded")
    assert desk.sdk.refunds.get(payment_id=payment_id, refund_id=made.id).status == "refunded"
    assert ids(desk.sdk.refunds.list(payment_id=payment_id), "refunds") == [made.id]
    assert ids(desk.sdk.refunds.all(), "refunds") == [made.id]


def test_a_refund_on_its_way_is_cancelled(desk: Desk) -> None:
    desk.emulator.faults.refund_status = "queued"
    payment_id = desk.pay()
    refund_id = desk.give_back(payment_id).id
    desk.sdk.refunds.cancel(payment_id=payment_id, refund_id=refund_id)
    assert desk.sdk.refunds.get(payment_id=payment_id, refund_id=refund_id).status == "canceled"
    assert desk.sdk.payments.get(payment_id=payment_id).amount_refunded.value == "0.00"  # type: ignore[union-attr] # set


def test_a_chargeback_and_its_reversal(desk: Desk) -> None:
    payment_id = desk.pay()
    chargeback_id = desk.control(f"payments/{payment_id}", outcome="charge_back")["id"]
    assert ids(desk.sdk.chargebacks.list(payment_id=payment_id), "chargebacks") == [chargeback_id]
    assert ids(desk.sdk.chargebacks.all(), "chargebacks") == [chargeback_id]
    desk.control(f"chargebacks/{chargeback_id}")
    assert desk.sdk.chargebacks.get(payment_id=payment_id, chargeback_id=chargeback_id).reversed_at


def test_methods_and_the_profile_of_a_key(desk: Desk) -> None:
    small = desk.sdk.methods.list()
    assert small.embedded.methods[0].id == "ideal"
    large = desk.sdk.methods.list(amount=models.Amount(currency="EUR", value="60000.00"))
    assert [method.id for method in large.embedded.methods] == ["banktransfer"]
    assert desk.sdk.methods.get(method_id=models.MethodEnum.WERO).description == "Wero"
    assert desk.sdk.profiles.get_current().mode == "test"
    assert desk.live.profiles.get_current().mode == "live"


def test_the_organisation_and_what_its_token_may(desk: Desk) -> None:
    assert desk.organisation.organizations.get_current().name == "Voldaan demo"
    listed = desk.organisation.permissions.list()
    assert "settlements.read" in [row.id for row in listed.embedded.permissions]
    assert desk.organisation.permissions.get(permission_id="settlements.read").granted


def test_a_settlement_adds_up(desk: Desk) -> None:
    paid = [desk.pay(amount, client=desk.live) for amount in ("100.00", "50.00")]
    desk.control("refunds", payment=paid[0], amount="30.00")
    desk.control(f"payments/{paid[1]}", outcome="charge_back")
    settlement_id = desk.control("settlements", account=LIVE)["id"]
    settlements = desk.organisation.settlements
    found = settlements.get(settlement_id=settlement_id)
    assert (found.status, found.amount.value) == ("paidout", "69.30")  # 150 - 30 - 50 - 2 x 0.29 with VAT
    assert ids(settlements.list(), "settlements") == [settlement_id]
    assert set(ids(settlements.list_payments(settlement_id=settlement_id), "payments")) == set(paid)
    assert len(ids(settlements.list_refunds(settlement_id=settlement_id), "refunds")) == 1
    assert len(ids(settlements.list_chargebacks(settlement_id=settlement_id), "chargebacks")) == 1
    assert ids(settlements.list_captures(settlement_id=settlement_id), "captures") == []
    assert [settlements.get_open().status.value, settlements.get_next().status.value] == ["open", "open"]


def test_settled_payments_are_paged(desk: Desk) -> None:
    made = {desk.pay(client=desk.live) for _ in range(5)}
    settlement_id = desk.control("settlements", account=LIVE)["id"]
    page = desk.organisation.settlements.list_payments(settlement_id=settlement_id, limit=2)
    seen = through(page, "payments")
    assert set(seen) == made
    assert len(seen) == 5


ERRORS: dict[str, tuple[int, Callable[[Desk], Any]]] = {
    "unknown payment": (404, lambda desk: desk.sdk.payments.get(payment_id="tr_none")),
    "unknown settlement": (404, lambda desk: desk.organisation.settlements.get(settlement_id="stl_none")),
    "a live payment under a test key": (
        404,
        lambda desk: desk.sdk.payments.get(payment_id=desk.pay(client=desk.live, paid=False)),
    ),
    "too large": (422, lambda desk: desk.pay("50000.01")),
    "more back than was paid": (422, lambda desk: desk.give_back(desk.pay("1.00"), "1.01")),
    "an api key asks settlements": (401, lambda desk: desk.sdk.settlements.list()),
    "a wrong key": (
        401,
        lambda desk: desk.client(models.Security(api_key="nonsense")).payments.get(payment_id="tr_x"),
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors_are_those_the_client_knows(desk: Desk, case: str) -> None:
    status, call = ERRORS[case]
    with pytest.raises(models.ClientError) as error:
        call(desk)
    assert error.value.status_code == status
    assert not isinstance(error.value, models.ResponseValidationError)


def test_a_refusal_names_its_field(desk: Desk) -> None:
    with pytest.raises(models.ErrorResponse) as refusal:
        desk.pay("0.00")
    assert refusal.value.data.field == "amount"


def test_the_same_key_gives_the_same_answer(desk: Desk) -> None:
    payment_id = desk.pay()
    first, second = (desk.give_back(payment_id, key="one") for _ in range(2))
    assert first == second
    assert desk.sdk.payments.get(payment_id=payment_id).amount_refunded.value == "2.50"  # type: ignore[union-attr] # set


def test_the_same_key_for_something_else_is_refused(desk: Desk) -> None:
    payment_id = desk.pay()
    desk.give_back(payment_id, "2.50", key="one")
    with pytest.raises(models.ErrorResponse) as refusal:
        desk.give_back(payment_id, "2.51", key="one")
    assert refusal.value.status_code == 422
    assert desk.sdk.payments.get(payment_id=payment_id).amount_refunded.value == "2.50"  # type: ignore[union-attr] # set


@pytest.mark.parametrize(
    ("fault", "status"), [("refuse", 503), ("throttle", 429), ("error_after", 500), ("garbage", 200)]
)
def test_a_fault_is_seen_by_the_client(desk: Desk, fault: str, status: int) -> None:
    payment_id = desk.pay()
    desk.control("faults", next=[["fetch", fault]])
    with pytest.raises(models.ClientError) as error:
        desk.sdk.payments.get(payment_id=payment_id)
    assert error.value.status_code == status
    assert desk.sdk.payments.get(payment_id=payment_id).id == payment_id


@pytest.mark.parametrize("lie", ["wrong_amount", "wrong_currency", "wrong_mode", "unknown_status"])
def test_a_lie_reaches_the_client_as_an_answer(desk: Desk, lie: str) -> None:
    payment_id = desk.pay("12.00")
    truth = desk.sdk.payments.get(payment_id=payment_id)
    desk.control("faults", next=[["fetch", lie]])
    assert desk.sdk.payments.get(payment_id=payment_id) != truth
    assert desk.sdk.payments.get(payment_id=payment_id) == truth


def test_every_open_payment_expires_at_once_when_told(desk: Desk) -> None:
    payment_id = desk.pay(paid=False)
    desk.control("expire")
    assert desk.sdk.payments.get(payment_id=payment_id).status == "expired"
