"""The control desk, for tests and demos only: faults, what happens at the bank or in the dashboard, and the journal.

POST /_control/faults                  {"next": [["create", "timeout_after"]], ...}   see faults.py
POST /_control/payments/tr_x           {"outcome": "paid" | "canceled" | "expired" | "failed" | "charge_back"}
POST /_control/refunds                 {"payment": "tr_x", "amount": "2.50"}          as made in the dashboard
POST /_control/refunds/re_x            {"status": "refunded" | "failed" | "processing"}
POST /_control/chargebacks/chb_x       {}                                             the bank reverses it
POST /_control/settlements             {"account": "test_..."}                        pay out what is due
POST /_control/expire                  {}                                             every open payment
POST /_control/canned                  {"status": 200, "body": "..."}                 the answer to every API call
GET  /_control/journal
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

from receivables.paying.emulator.faults import Faults
from receivables.paying.emulator.resources import ApiError
from receivables.paying.emulator.routes import Desk
from receivables.paying.emulator.store import Resource


class ControlledDesk(Desk, Protocol):
    """The server, as the control desk may change it."""

    faults: Faults
    canned: tuple[int, bytes] | None


def control(desk: ControlledDesk, verb: str, name: str, asked: Resource) -> Any:
    """One order; what the desk does not know raises ApiError."""
    if (verb, name) == ("GET", "journal"):
        return desk.store.journal()
    if verb != "POST":
        raise ApiError(404, "The control desk does not know this")
    kind, _, resource_id = name.partition("/")
    orders: dict[str, Callable[[], Any]] = {
        "faults": lambda: desk.faults.set(asked),
        "payments": lambda: _payment(desk, resource_id, str(asked.get("outcome", ""))),
        "refunds": lambda: _refund(desk, resource_id, asked),
        "chargebacks": lambda: desk.accounts.reverse(resource_id),
        "settlements": lambda: desk.payouts.settle(str(asked.get("account", "")), base=desk.url, **_fee(asked)),
        "expire": desk.accounts.expire_all,
        "canned": lambda: _can(desk, asked),
    }
    if kind not in orders:
        raise ApiError(404, "The control desk does not know this")
    return orders[kind]() or {}


def _payment(desk: ControlledDesk, payment_id: str, outcome: str) -> Resource:
    if outcome == "charge_back":
        return desk.accounts.charge_back(payment_id)
    return desk.accounts.settle(payment_id, outcome)


def _refund(desk: ControlledDesk, refund_id: str, asked: Resource) -> Resource:
    if refund_id:
        return desk.accounts.end_refund(refund_id, str(asked.get("status", "")))
    payment_id = str(asked.get("payment", ""))
    payment = desk.store.get(payment_id)
    if payment is None:
        raise ApiError(404, f"No payment exists with token {payment_id}.")
    amount = payment["amount"] | ({"value": asked["amount"]} if "amount" in asked else {})
    return desk.accounts.refund(desk.store.account_of(payment_id), payment_id, {"amount": amount})


def _fee(asked: Resource) -> dict[str, Decimal]:
    return {"fee": Decimal(str(asked["fee"]))} if "fee" in asked else {}


def _can(desk: ControlledDesk, asked: Resource) -> None:
    desk.canned = (int(asked["status"]), str(asked["body"]).encode()) if asked else None
