"""What an account can tell about itself: ways to pay, its profile, its organisation and what a token may do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from receivables.paying.emulator.resources import DOCUMENTATION, PROFILE, ApiError, hal, page
from receivables.paying.emulator.store import Resource

ORGANISATION = "org_1182161"
#: id, description, smallest and largest amount in euro
METHODS = {
    "ideal": ("iDEAL", "0.01", "50000.00"),
    "wero": ("Wero", "0.01", "50000.00"),
    "creditcard": ("Creditcard", "0.01", "10000.00"),
    "bancontact": ("Bancontact", "0.02", "50000.00"),
    "banktransfer": ("Bankoverschrijving", "0.01", "1000000.00"),
    "directdebit": ("SEPA-incasso", "0.01", "1000.00"),
}
PERMISSIONS = {
    "payments.read": "View your payments, chargebacks and payment methods",
    "refunds.read": "View your refunds",
    "settlements.read": "View your settlements",
    "organizations.read": "View your organizational details",
    "profiles.read": "View your website profiles",
}


def methods(base: str, *, amount: str = "") -> Resource:
    """The methods that are on; of an amount, only those that take it."""
    try:
        asked = Decimal(amount) if amount else None
    except ArithmeticError as error:
        raise ApiError(400, "The amount contains an invalid value", field="amount") from error
    rows = [
        method(base, name)
        for name, (_, least, most) in METHODS.items()
        if asked is None or Decimal(least) <= asked <= Decimal(most)
    ]
    return _all(rows, name="methods", url=f"{base}/v2/methods")


def method(base: str, name: str) -> Resource:
    if name not in METHODS:
        raise ApiError(404, f"No payment method exists with token {name}.")
    description, least, most = METHODS[name]
    return {
        "resource": "method",
        "id": name,
        "description": description,
        "minimumAmount": {"value": least, "currency": "EUR"},
        "maximumAmount": {"value": most, "currency": "EUR"},
        "image": dict.fromkeys(("size1x", "size2x", "svg"), f"{base}/bank.css"),
        "status": "activated",
        "_links": {"self": hal(f"{base}/v2/methods/{name}"), "documentation": DOCUMENTATION},
    }


def profile(base: str, *, mode: str) -> Resource:
    lists = {name: hal(f"{base}/v2/{name}") for name in ("payments", "refunds", "chargebacks", "methods")}
    return {
        "resource": "profile",
        "id": PROFILE,
        "mode": mode,
        "name": "Voldaan demo",
        "website": "https://voldaan.example",
        "email": "betalingen@voldaan.example",
        "phone": "+31612345678",
        "businessCategory": "OTHER_MERCHANDISE",
        "status": "verified",
        "createdAt": "2026-01-05T08:00:00+00:00",
        "_links": {"self": hal(f"{base}/v2/profiles/{PROFILE}"), "dashboard": page(f"{base}/"), **lists}
        | {"documentation": DOCUMENTATION},
    }


def organisation(base: str) -> Resource:
    return {
        "resource": "organization",
        "id": ORGANISATION,
        "name": "Voldaan demo",
        "email": "info@voldaan.example",
        "locale": "nl_NL",
        "address": {
            "streetAndNumber": "Voorbeeldstraat 1",
            "postalCode": "1000AA",
            "city": "Amsterdam",
            "country": "NL",
        },
        "registrationNumber": "99000001",
        "vatNumber": None,
        "vatRegulation": "dutch",
        "_links": {
            "self": hal(f"{base}/v2/organizations/{ORGANISATION}"),
            "dashboard": page(f"{base}/"),
            "documentation": DOCUMENTATION,
        },
    }


def permissions(base: str) -> Resource:
    rows = [permission(base, name) for name in PERMISSIONS]
    return _all(rows, name="permissions", url=f"{base}/v2/permissions")


def permission(base: str, name: str) -> Resource:
    if name not in PERMISSIONS:
        raise ApiError(404, f"No permission exists with token {name}.")
    return {
        "resource": "permission",
        "id": name,
        "description": PERMISSIONS[name],
        "granted": True,
        "_links": {"self": hal(f"{base}/v2/permissions/{name}"), "documentation": DOCUMENTATION},
    }


def _all(rows: list[Resource], *, name: str, url: str) -> dict[str, Any]:
    """A list without pages."""
    links = {"self": hal(url), "documentation": DOCUMENTATION}
    return {"count": len(rows), "_embedded": {name: rows}, "_links": links}
