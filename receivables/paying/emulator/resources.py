"""Mollie v2 resources and errors as they look on the wire: HAL links, amounts as text, ISO moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode, urlsplit

from receivables.paying.emulator.store import Resource, moment, new_id

METHODS = frozenset({"ideal", "wero", "banktransfer", "creditcard", "bancontact", "directdebit"})
REFUND_STATUSES = frozenset({"queued", "pending", "processing", "refunded", "failed", "canceled"})
PROFILE = "pfl_voldaandemo"
DOCUMENTATION = {"href": "https://docs.mollie.com/reference/overview", "type": "text/html"}
TITLES = {
    400: "Bad Request",
    401: "Unauthorized Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class ApiError(Exception):
    """An answer in Mollie's error format."""

    def __init__(self, status: int, detail: str, *, field: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.body: Resource = {
            "status": status,
            "title": TITLES[status],
            "detail": detail,
            "_links": {"documentation": DOCUMENTATION},
        }
        if field:
            self.body["field"] = field


def hal(url: str) -> dict[str, str]:
    return {"href": url, "type": "application/hal+json"}


def page(url: str) -> dict[str, str]:
    return {"href": url, "type": "text/html"}


def new_payment(asked: Mapping[str, Any], *, base: str, mode: str, now: datetime, expires_after: timedelta) -> Resource:
    """A payment as Mollie would make it from this request; what it does not accept raises ApiError."""
    amount = read_amount(asked.get("amount"))
    payment_id = new_id("tr_")
    self_url = f"{base}/v2/payments/{payment_id}"
    return {
        "resource": "payment",
        "id": payment_id,
        "mode": mode,
        "createdAt": moment(now),
        "amount": amount,
        "description": _text(asked, "description"),
        "method": _method(asked.get("method")),
        "metadata": asked.get("metadata"),
        "status": "open",
        "isCancelable": asked.get("method") == "banktransfer",
        "locale": asked.get("locale") or "nl_NL",
        "expiresAt": moment(now + expires_after),
        "profileId": PROFILE,
        "sequenceType": "oneoff",
        "redirectUrl": _url(asked, "redirectUrl", required=True),
        "cancelUrl": _url(asked, "cancelUrl", required=False),
        "webhookUrl": _url(asked, "webhookUrl", required=False),
        "details": None,
        "_links": {
            "self": hal(self_url),
            "dashboard": page(f"{base}/"),
            "documentation": DOCUMENTATION,
        },
    }


def new_refund(asked: Mapping[str, Any], payment: Resource, *, now: datetime, status: str) -> Resource:
    amount = read_amount(asked.get("amount") or payment["amount"])
    gone = (payment.get(name, {}).get("value", "0.00") for name in ("amountRefunded", "amountChargedBack"))
    left = Decimal(payment["amount"]["value"]) - sum(map(Decimal, gone))
    if payment["status"] != "paid":
        raise ApiError(422, "The payment is not paid, so it cannot be refunded")
    if amount["currency"] != payment["amount"]["currency"]:
        raise ApiError(422, "The currency differs from that of the payment", field="amount")
    if Decimal(amount["value"]) > left:
        raise ApiError(422, "The amount is higher than the maximum", field="amount")
    return _money_back("refund", new_id("re_"), amount, payment, now=now) | {
        "status": status,
        "description": str(asked.get("description") or payment["description"])[:255],
        "metadata": asked.get("metadata"),
    }


def new_chargeback(payment: Resource, *, now: datetime) -> Resource:
    return _money_back("chargeback", new_id("chb_"), payment["amount"], payment, now=now) | {
        "reason": {"code": "AC01", "description": "Account identifier incorrect"},
        "reversedAt": None,
    }


def _money_back(kind: str, new: str, amount: Resource, payment: Resource, *, now: datetime) -> Resource:
    above = payment["_links"]["self"]["href"]
    return {
        "resource": kind,
        "id": new,
        "mode": payment["mode"],
        "paymentId": payment["id"],
        "amount": amount,
        "settlementAmount": {"currency": amount["currency"], "value": f"-{amount['value']}"},
        "createdAt": moment(now),
        "_links": {"self": hal(f"{above}/{kind}s/{new}"), "payment": hal(above), "documentation": DOCUMENTATION},
    }


def listing(rows: list[Resource], *, name: str, url: str, limit: int) -> Resource:
    """A page of a list; `rows` holds one more than the page when there is a next one."""
    shown, beyond = rows[:limit], rows[limit:]
    following = hal(f"{url}?{urlencode({'from': beyond[0]['id'], 'limit': limit})}") if beyond else None
    return {
        "count": len(shown),
        "_embedded": {name: shown},
        "_links": {"self": hal(url), "previous": None, "next": following, "documentation": DOCUMENTATION},
    }


def read_amount(value: Any) -> Resource:
    if not isinstance(value, Mapping):
        raise ApiError(422, "The amount is missing or is not an object", field="amount")
    text, currency = value.get("value"), value.get("currency")
    if not isinstance(currency, str) or len(currency) != 3 or not currency.isupper():
        raise ApiError(422, "The currency is not a valid ISO 4217 code", field="amount.currency")
    try:
        exact = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        exact = None
    if exact is None or not exact.is_finite() or exact.as_tuple().exponent != -2:
        raise ApiError(422, "The amount contains an invalid value", field="amount.value")
    if exact <= 0:
        raise ApiError(422, "The amount is lower than the minimum", field="amount")
    if exact > 50_000:  # iDEAL's own ceiling
        raise ApiError(422, "The amount is higher than the maximum", field="amount")
    return {"currency": currency, "value": f"{exact:.2f}"}


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ApiError(422, f"The {name} is missing or empty", field=name)
    if len(value) > 255:
        raise ApiError(422, f"The {name} is longer than 255 characters", field=name)
    return value


def _method(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if value is not None and value not in METHODS:
        raise ApiError(422, "The payment method is invalid", field="method")
    return None if value is None else str(value)


def _url(asked: Mapping[str, Any], name: str, *, required: bool) -> str | None:
    value = asked.get(name)
    if value is None and not required:
        return None
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ApiError(422, f"The {name} is missing or is not a valid URL", field=name)
    return str(value)
