"""Every recorded Mollie answer, sent to our provider as the answer to every call: we never break on one.

The tests go over whatever `$SHARED_DATA/mollie/expected.json` lists (default: the folder beside the repository).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from receivables.domain.money import Money
from receivables.paying.answers import read_payment
from receivables.paying.mollie import MollieProvider
from receivables.paying.psp import (
    PaymentOrder,
    PspBusyError,
    PspError,
    PspNotFoundError,
    PspRefusedError,
    PspUnknownOutcomeError,
)
from tests.receivables.paying.canned import CannedServer
from tests.receivables.paying.conftest import API_KEY

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
EXPECTED = SHARED / "mollie" / "expected.json"
FILES: dict[str, Any] = json.loads(EXPECTED.read_text())["files"] if EXPECTED.exists() else {}
needs_data = pytest.mark.skipif(not FILES, reason=f"no recorded Mollie answers at {EXPECTED} (set SHARED_DATA)")

CALLS: dict[str, Callable[[MollieProvider, str], Any]] = {
    "fetch": lambda provider, payment_id: provider.fetch(payment_id),
    "create": lambda provider, payment_id: provider.create(
        PaymentOrder("k", Money.of("10.00"), "Order", "http://localhost/", "http://localhost/hook")
    ),
    "recent": lambda provider, payment_id: list(provider.recent()),
    "refunds": lambda provider, payment_id: provider.refunds(payment_id),
    "chargebacks": lambda provider, payment_id: provider.chargebacks(payment_id),
}


def content_of(name: str) -> bytes:
    """The recorded answer; placeholders of the PHP fakes are filled in first."""
    text = (SHARED / "mollie" / name).read_bytes()
    return re.sub(rb"\{\{ (RESOURCE_ID|CODE|\w+) \}\}", lambda m: b"422" if m[1] == b"CODE" else b"tr_filledin", text)


def status_of(facts: dict[str, Any]) -> int:
    return facts["status"] if isinstance(facts.get("status"), int) else 200


@needs_data
def test_there_are_recorded_answers() -> None:
    assert all((SHARED / "mollie" / name).exists() for name in FILES)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", FILES)
def test_no_recorded_answer_breaks_a_call(name: str, call: str) -> None:
    facts, content = FILES[name]["facts"], content_of(name)
    status = status_of(facts)
    with CannedServer([201 if (call, status) == ("create", 200) else status, 404], content) as server:
        provider = MollieProvider(api_key=API_KEY, url=server.url, timeout_ms=2000)
        try:
            CALLS[call](provider, facts.get("id", "tr_none"))
        except PspError as error:
            outcome: type[Exception] = type(error)
        else:
            outcome = type(None)  # type: ignore[assignment] # no error at all
    assert outcome in EXPECTATIONS[FILES[name]["outcome"]]


NOTHING: Any = type(None)
EXPECTATIONS: dict[str, set[Any]] = {
    "read": {NOTHING, PspUnknownOutcomeError, PspNotFoundError},  # a resource of another kind is not believed
    "error_response": {PspBusyError, PspRefusedError, PspNotFoundError, PspUnknownOutcomeError},
    "refuse": {PspUnknownOutcomeError},
}


PAYMENTS = [
    name
    for name, expected in FILES.items()
    if expected["outcome"] == "read" and expected["facts"].get("resource") == "payment"
]


@pytest.mark.parametrize("name", PAYMENTS)
def test_a_recorded_payment_is_read_as_its_facts_say(name: str) -> None:
    """Over HTTP through the official client, also where its models are stricter than Mollie's own recordings."""
    facts = FILES[name]["facts"]
    with CannedServer(200, content_of(name)) as server:
        payment = MollieProvider(api_key=API_KEY, url=server.url).fetch(facts["id"])
    assert (payment.id, payment.mode, payment.status, f"{payment.amount} {payment.currency}") == (
        facts["id"],
        facts["mode"],
        facts["status"],
        facts["amount"],
    )
    assert payment.method == facts["method"]
    if "amountChargedBack" in facts:
        assert f"{payment.charged_back} {payment.currency}" == facts["amountChargedBack"]
    if "checkout" in facts:
        assert payment.checkout_url == facts["checkout"]


def lists(resource: str) -> list[tuple[str, list[dict[str, Any]]]]:
    return [
        (name, expected["facts"]["embedded"][resource])
        for name, expected in FILES.items()
        if resource in expected["facts"].get("embedded", {})
    ]


@pytest.mark.parametrize(("name", "rows"), lists("payments"), ids=[name for name, _ in lists("payments")])
def test_recorded_payments_in_a_list_are_read(name: str, rows: list[dict[str, Any]]) -> None:
    recorded = json.loads(content_of(name))["_embedded"]["payments"]
    assert [f"{payment.amount} {payment.currency}" for payment in map(read_payment, recorded)][: len(rows)] == [
        row["amount"] for row in rows
    ]


@pytest.mark.parametrize(("name", "rows"), lists("chargebacks"), ids=[name for name, _ in lists("chargebacks")])
def test_recorded_chargebacks_are_read(name: str, rows: list[dict[str, Any]]) -> None:
    with CannedServer(200, content_of(name)) as server:
        backs = MollieProvider(api_key=API_KEY, url=server.url).chargebacks("tr_x")
    assert [(back.id, back.amount.amount) for back in backs][: len(rows)] == [
        (row["id"], Decimal(row["amount"].split()[0])) for row in rows
    ]


@pytest.mark.parametrize(("name", "rows"), lists("refunds"), ids=[name for name, _ in lists("refunds")])
def test_recorded_refunds_are_read(name: str, rows: list[dict[str, Any]]) -> None:
    with CannedServer(200, content_of(name)) as server:
        refunds = MollieProvider(api_key=API_KEY, url=server.url).refunds("tr_x")
    assert [(refund.id, refund.is_final) for refund in refunds][: len(rows)] == [
        (row["id"], row["status"] == "refunded") for row in rows
    ]
