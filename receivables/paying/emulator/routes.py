"""Mollie's paths, and what each of them does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from receivables.paying.emulator import catalogue
from receivables.paying.emulator.account import Accounts
from receivables.paying.emulator.payouts import Payouts
from receivables.paying.emulator.resources import PROFILE, ApiError, listing
from receivables.paying.emulator.store import Resource, Store


class Desk(Protocol):
    """The server behind a call."""

    store: Store
    accounts: Accounts
    payouts: Payouts
    url: str


class Call(Protocol):
    """One authorised request."""

    account: str
    path: str
    path_only: str

    @property
    def desk(self) -> Desk: ...

    def read_json(self) -> Resource: ...

    def read_page(self) -> tuple[int, str, bool]: ...


Match = re.Match[str]
Handler = Callable[[Call, Match], tuple[int, Resource | None]]


def create(call: Call, _: Match) -> tuple[int, Resource]:
    return 201, call.desk.accounts.create(call.account, call.read_json(), base=call.desk.url)


def list_payments(call: Call, _: Match) -> tuple[int, Resource]:
    limit, start, oldest = call.read_page()
    if start:
        call.desk.accounts.payment(call.account, start)
    rows = call.desk.store.rows("payment", account=call.account, start=start, limit=limit, oldest=oldest)
    return 200, listing(rows, name="payments", url=f"{call.desk.url}/v2/payments", limit=limit)


def get(call: Call, match: Match) -> tuple[int, Resource]:
    return 200, call.desk.accounts.payment(call.account, match["payment"])


def update(call: Call, match: Match) -> tuple[int, Resource]:
    return 200, call.desk.accounts.update(call.account, match["payment"], call.read_json())


def cancel(call: Call, match: Match) -> tuple[int, Resource]:
    return 200, call.desk.accounts.cancel(call.account, match["payment"])


def refund(call: Call, match: Match) -> tuple[int, Resource]:
    return 201, call.desk.accounts.refund(call.account, match["payment"], call.read_json())


def cancel_refund(call: Call, match: Match) -> tuple[int, None]:
    call.desk.accounts.cancel_refund(call.account, match["payment"], match["one"])
    return 204, None


def below(call: Call, match: Match) -> tuple[int, Resource]:
    """The refunds, chargebacks or captures of one payment."""
    limit, start, _ = call.read_page()
    url = f"{call.desk.url}{call.path_only}"
    kind = match["kind"].removesuffix("s")
    return 200, call.desk.accounts.below(call.account, match["payment"], kind=kind, start=start, limit=limit, url=url)


def one_below(call: Call, match: Match) -> tuple[int, Resource]:
    kind = match["kind"].removesuffix("s")
    return 200, call.desk.accounts.one_below(call.account, match["payment"], kind=kind, resource_id=match["one"])


def all_of(call: Call, match: Match) -> tuple[int, Resource]:
    """The refunds or chargebacks of all payments."""
    limit, start, oldest = call.read_page()
    kind = match["kind"].removesuffix("s")
    rows = call.desk.store.rows(kind, account=call.account, start=start, limit=limit, oldest=oldest)
    return 200, listing(rows, name=match["kind"], url=f"{call.desk.url}{call.path_only}", limit=limit)


def methods(call: Call, _: Match) -> tuple[int, Resource]:
    amount = parse_qs(urlsplit(call.path).query).get("amount[value]", [""])[0]
    return 200, catalogue.methods(call.desk.url, amount=amount)


def method(call: Call, match: Match) -> tuple[int, Resource]:
    return 200, catalogue.method(call.desk.url, match["one"])


def profile(call: Call, match: Match) -> tuple[int, Resource]:
    if match["one"] not in {"me", PROFILE}:
        raise ApiError(404, f"No profile exists with token {match['one']}.")
    return 200, catalogue.profile(call.desk.url, mode="live" if call.account.startswith("live_") else "test")


def organisation(call: Call, _: Match) -> tuple[int, Resource]:
    _with_token(call)
    return 200, catalogue.organisation(call.desk.url)


def permissions(call: Call, _: Match) -> tuple[int, Resource]:
    _with_token(call)
    return 200, catalogue.permissions(call.desk.url)


def permission(call: Call, match: Match) -> tuple[int, Resource]:
    _with_token(call)
    return 200, catalogue.permission(call.desk.url, match["one"])


def settlements(call: Call, _: Match) -> tuple[int, Resource]:
    _with_token(call)
    limit, start, _oldest = call.read_page()
    url = f"{call.desk.url}/v2/settlements"
    return 200, call.desk.payouts.listed(call.account, start=start, limit=limit, url=url)


def settlement(call: Call, match: Match) -> tuple[int, Resource]:
    _with_token(call)
    if match["settlement"] in {"open", "next"}:
        return 200, call.desk.payouts.open(call.account, base=call.desk.url)
    return 200, call.desk.payouts.get(call.account, match["settlement"])


def settled(call: Call, match: Match) -> tuple[int, Resource]:
    _with_token(call)
    limit, start, _ = call.read_page()
    url, kind = f"{call.desk.url}{call.path_only}", match["kind"].removesuffix("s")
    found = call.desk.payouts.below(call.account, match["settlement"], kind=kind, start=start, limit=limit, url=url)
    return 200, found


def _with_token(call: Call) -> None:
    """An API key may not do this; the organisation's token may."""
    if not call.account.startswith("access_"):
        raise ApiError(403, "The API key does not have permission for this; use an organization access token")


PAYMENT = r"/v2/payments/(?P<payment>\w+)"
SETTLEMENT = r"/v2/settlements/(?P<settlement>\w+)"
ROUTES: list[tuple[str, re.Pattern[str], str, Handler]] = [
    (verb, re.compile(path), operation, handler)
    for verb, path, operation, handler in (
        ("POST", r"/v2/payments", "create", create),
        ("GET", r"/v2/payments", "list", list_payments),
        ("GET", PAYMENT, "fetch", get),
        ("PATCH", PAYMENT, "update", update),
        ("DELETE", PAYMENT, "cancel", cancel),
        ("POST", PAYMENT + r"/refunds", "refund", refund),
        ("DELETE", PAYMENT + r"/refunds/(?P<one>\w+)", "cancel_refund", cancel_refund),
        ("GET", PAYMENT + r"/(?P<kind>refunds|chargebacks)", "below", below),
        ("GET", PAYMENT + r"/(?P<kind>refunds|chargebacks)/(?P<one>\w+)", "below", one_below),
        ("GET", r"/v2/(?P<kind>refunds|chargebacks)", "below", all_of),
        ("GET", r"/v2/methods(?:/all)?", "methods", methods),
        ("GET", r"/v2/methods/(?P<one>\w+)", "methods", method),
        ("GET", r"/v2/profiles/(?P<one>\w+)", "profile", profile),
        ("GET", r"/v2/organizations/me", "organisation", organisation),
        ("GET", r"/v2/permissions", "permissions", permissions),
        ("GET", r"/v2/permissions/(?P<one>[\w.]+)", "permissions", permission),
        ("GET", r"/v2/settlements", "settlements", settlements),
        ("GET", SETTLEMENT, "settlements", settlement),
        ("GET", SETTLEMENT + r"/(?P<kind>payments|refunds|chargebacks|captures)", "settlements", settled),
    )
]
