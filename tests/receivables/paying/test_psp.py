"""Mollie's official client against the emulator: create, fetch, list, and every way a call can go wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from mollie import ClientSDK, models

from receivables.domain.money import Money
from receivables.paying.answers import read_payment
from receivables.paying.emulator.server import Emulator
from receivables.paying.mollie import MollieProvider
from receivables.paying.psp import (
    PaymentOrder,
    PspNotFoundError,
    PspNotReachedError,
    PspRefusedError,
    PspUnknownOutcomeError,
)
from tests.receivables.paying.conftest import API_KEY

ROOT = Path(__file__).resolve().parents[3]


def order(key: str = "attempt-1", amount: str = "12.34") -> PaymentOrder:
    return PaymentOrder(
        key=key,
        amount=Money.of(amount),
        description="Factuur 2026-001",
        redirect_url="http://localhost:8000/b/x/terug",
        webhook_url="http://127.0.0.1:9/psp/x/webhook",
    )


@pytest.fixture
def provider(emulator: Emulator) -> MollieProvider:
    return MollieProvider(api_key=API_KEY, url=emulator.url, timeout_ms=1000)


def created(emulator: Emulator) -> int:
    return sum(line["what"] == "payment.created" for line in emulator.store.journal())


def test_a_created_payment_is_what_was_asked(provider: MollieProvider) -> None:
    payment = provider.create(order())
    assert (payment.status, payment.amount, payment.currency, payment.mode, payment.attempt) == (
        "open",
        Money.of("12.34"),
        "EUR",
        "test",
        "attempt-1",
    )
    assert payment.checkout_url.startswith("http://127.0.0.1")


def test_the_same_key_makes_one_payment(provider: MollieProvider, emulator: Emulator) -> None:
    assert provider.create(order()) == provider.create(order())
    assert created(emulator) == 1


def test_another_key_makes_another_payment(provider: MollieProvider, emulator: Emulator) -> None:
    assert provider.create(order("a")).id != provider.create(order("b")).id
    assert created(emulator) == 2


@pytest.mark.parametrize("fault", ["timeout_after", "reset_after", "garbage"])
def test_a_lost_answer_is_found_again_with_the_same_key(
    provider: MollieProvider, emulator: Emulator, fault: str
) -> None:
    emulator.faults.set({"next": [["create", fault]], "timeout_seconds": 1.5})
    with pytest.raises(PspUnknownOutcomeError):
        provider.create(order())
    assert created(emulator) == 1
    assert provider.create(order()).status == "open"
    assert created(emulator) == 1


def test_a_lost_payment_is_found_by_its_metadata(provider: MollieProvider, emulator: Emulator) -> None:
    emulator.faults.set({"next": [["create", "error_after"]]})
    with pytest.raises(PspUnknownOutcomeError):
        provider.create(order("lost"))
    assert [payment.attempt for payment in provider.recent()] == ["lost"]


def test_an_unavailable_psp_is_never_taken_for_a_refusal(provider: MollieProvider, emulator: Emulator) -> None:
    emulator.faults.set({"next": [["create", "refuse"]]})
    with pytest.raises(PspUnknownOutcomeError):
        provider.create(order())
    assert created(emulator) == 0


def test_no_connection_is_surely_not_accepted() -> None:
    with pytest.raises(PspNotReachedError):
        MollieProvider(api_key=API_KEY, url="http://127.0.0.1:9", timeout_ms=1000).create(order())


def test_a_refusal_names_its_field(provider: MollieProvider) -> None:
    with pytest.raises(PspRefusedError) as refusal:
        provider.create(order(amount="50000.01"))
    assert (refusal.value.status, refusal.value.field) == (422, "amount")


def test_a_wrong_key_is_a_refusal(emulator: Emulator) -> None:
    with pytest.raises(PspRefusedError):
        MollieProvider(api_key="nonsense", url=emulator.url).fetch("tr_x")


def test_another_account_does_not_see_the_payment(provider: MollieProvider, emulator: Emulator) -> None:
    payment = provider.create(order())
    stranger = MollieProvider(api_key="test_anotherkey1234567890", url=emulator.url)
    with pytest.raises(PspNotFoundError):
        stranger.fetch(payment.id)
    assert list(stranger.recent()) == []


def test_the_list_is_paged_without_gaps_or_doubles(provider: MollieProvider) -> None:
    made = [provider.create(order(f"attempt-{number}")).id for number in range(103)]
    assert [payment.id for payment in provider.recent()] == made[::-1]


def test_a_redirect_is_not_followed() -> None:
    with pytest.raises(PspUnknownOutcomeError):
        _ask_server(302, {}, lambda provider: provider.fetch("tr_abc"), headers={"Location": "http://127.0.0.1:9/"})


@pytest.mark.parametrize(
    "checkout", ["javascript:alert(1)", "http://evil.example/", "https://mollie.com.evil.example/"]
)
def test_a_debtor_is_not_sent_to_a_strange_checkout(checkout: str) -> None:
    answer = payment_answer() | {"_links": {"checkout": {"href": checkout, "type": "text/html"}}}
    with pytest.raises(PspUnknownOutcomeError):
        _ask_server(201, answer, lambda provider: provider.create(order()))


def test_the_real_checkout_is_accepted() -> None:
    link = {"checkout": {"href": "https://www.mollie.com/checkout/abc", "type": "text/html"}}
    payment = _ask_server(201, payment_answer() | {"_links": link}, lambda provider: provider.create(order()))
    assert payment.checkout_url == "https://www.mollie.com/checkout/abc"


@pytest.mark.parametrize(
    "change",
    [
        {"resource": "refund"},
        {"id": "../../payments"},
        {"id": None},
        {"amount": {"value": "NaN", "currency": "EUR"}},
        {"amount": {"value": "1.234", "currency": "EUR"}},
        {"amount": {"value": "1e30", "currency": "EUR"}},
        {"amount": {"value": "1.00"}},
        {"amount": "1.00"},
        {"amountRefunded": {"value": "1.00", "currency": "USD"}},
    ],
)
def test_an_absurd_answer_is_not_believed(change: dict[str, Any]) -> None:
    with pytest.raises(PspUnknownOutcomeError):
        read_payment(payment_answer() | change)


def test_an_unreadable_date_does_not_stop_a_payment() -> None:
    assert read_payment(payment_answer() | {"paidAt": "yesterday"}).paid_at is None


def test_an_answer_about_another_payment_is_not_believed() -> None:
    with pytest.raises(PspUnknownOutcomeError):
        _ask_server(200, payment_answer(), lambda provider: provider.fetch("tr_other"))


def payment_answer() -> dict[str, Any]:
    return {
        "resource": "payment",
        "id": "tr_abc",
        "mode": "test",
        "status": "open",
        "amount": {"value": "12.34", "currency": "EUR"},
        "metadata": {"attempt": "attempt-1"},
        "_links": {},
    }


def _ask_server(
    status: int, body: dict[str, Any], ask: Callable[[MollieProvider], Any], headers: dict[str, str] | None = None
) -> Any:
    """One real HTTP answer, and what the provider makes of it."""
    from tests.receivables.paying.canned import CannedServer  # noqa: PLC0415 # keeps the other tests free of it

    with CannedServer(status, body, headers=headers) as server:
        return ask(MollieProvider(api_key=API_KEY, url=server.url, timeout_ms=1000))


# the emulator itself -----------------------------------------------------------------------------------------------
def settle(emulator: Emulator, payment_id: str, outcome: str) -> None:
    httpx.post(f"{emulator.url}/_control/payments/{payment_id}", json={"outcome": outcome}).raise_for_status()


def test_the_bank_page_ends_a_payment_once(provider: MollieProvider) -> None:
    payment = provider.create(order())
    page = httpx.get(payment.checkout_url)
    assert "12,34" in page.text
    assert provider.fetch(payment.id).status == "open"  # looking changes nothing
    assert httpx.post(payment.checkout_url, data={"outcome": "paid"}).headers["location"].endswith("/b/x/terug")
    httpx.post(payment.checkout_url, data={"outcome": "failed"})
    assert provider.fetch(payment.id).status == "paid"


@pytest.mark.parametrize("outcome", ["canceled", "expired", "failed"])
def test_the_bank_page_knows_every_end(provider: MollieProvider, outcome: str) -> None:
    payment = provider.create(order())
    httpx.post(payment.checkout_url, data={"outcome": outcome})
    assert provider.fetch(payment.id).status == outcome


def test_the_bank_page_shows_markup_as_text(provider: MollieProvider) -> None:
    hostile = PaymentOrder(
        key="x",
        amount=Money.of("1.00"),
        description="<script>alert(1)</script>",
        redirect_url="http://localhost/",
        webhook_url="http://127.0.0.1:9/",
    )
    assert "<script>" not in httpx.get(provider.create(hostile).checkout_url).text


def test_an_open_payment_expires_by_itself() -> None:
    server = Emulator(expires_after=timedelta(seconds=0))
    threading.Thread(target=server.serve, daemon=True).start()
    provider = MollieProvider(api_key=API_KEY, url=server.url)
    payment = provider.create(order())
    assert provider.fetch(payment.id).status == "expired"
    server.stop()


def test_refunds_and_chargebacks_are_reported(provider: MollieProvider, emulator: Emulator) -> None:
    payment = provider.create(order())
    settle(emulator, payment.id, "paid")
    sdk = ClientSDK(security=models.Security(api_key=API_KEY), server_url=emulator.url)
    asked = {"amount": {"currency": "EUR", "value": "2.34"}, "description": "te veel"}
    sdk.refunds.create(payment_id=payment.id, refund_request=models.RefundRequest.model_validate(asked))
    settle(emulator, payment.id, "charge_back")
    assert [refund.amount for refund in provider.refunds(payment.id)] == [Money.of("2.34")]
    assert [back.amount for back in provider.chargebacks(payment.id)] == [Money.of("12.34")]
    assert provider.fetch(payment.id).refunded == Money.of("2.34")


def test_a_webhook_is_repeated_until_it_is_answered(provider: MollieProvider, emulator: Emulator) -> None:
    from tests.receivables.paying.canned import CannedServer  # noqa: PLC0415 # keeps the other tests free of it

    with CannedServer([500, 503, 200], {}) as server:
        asked = PaymentOrder("k", Money.of("1.00"), "Factuur", "http://localhost/", f"{server.url}/hook")
        payment = provider.create(asked)
        settle(emulator, payment.id, "paid")
        server.wait_for(3)
        assert server.bodies == [f"id={payment.id}".encode()] * 3


def test_the_emulator_remembers_after_a_restart(tmp_path: Path) -> None:
    """A process of its own, ended and started again on the same file."""
    state = tmp_path / "psp.sqlite"
    with _process(state) as (process, url):
        payment = MollieProvider(api_key=API_KEY, url=url).create(order())
        process.terminate()
        assert process.wait(timeout=10) == 0
    with _process(state) as (process, url):
        assert MollieProvider(api_key=API_KEY, url=url).fetch(payment.id).status == "open"


class _process:  # noqa: N801 # reads as a word in a with statement
    def __init__(self, state: Path) -> None:
        command = [sys.executable, "-m", "receivables.paying.emulator", "--port", "0", "--state", str(state)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ))

    def __enter__(self) -> tuple[subprocess.Popen[str], str]:
        assert self.process.stdout is not None
        return self.process, self.process.stdout.readline().split()[-1]

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
