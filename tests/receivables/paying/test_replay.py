"""Every recorded Mollie answer, played by the emulator as the answer to every call: no surprise, no booking, the facts kept.

Goes over whatever `$SHARED_DATA/mollie/expected.json` lists (default: the folder beside the repository).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from receivables.domain.money import Money
from receivables.paying import attempts, connection, links, settlement_sync, settling
from receivables.paying.answers import read_list, read_method, read_money_back, read_payout
from receivables.paying.emulator.server import Emulator
from receivables.paying.mollie import MollieProvider, MollieSettlements
from receivables.paying.psp import PaymentOrder, PspError, PspRefusedError, RefundOrder
from tenants.context import tenant_context
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.rows import TODAY, now
from tests.receivables.paying.test_recorded_answers import FILES, content_of, lists, needs_data, status_of
from tests.receivables.paying.world import World

pytestmark = needs_data

TOKEN = "access_emulatorkey1234567890"  # the emulator knows it by its key
ORDER = PaymentOrder("k", Money.of("10.00"), "Order", "http://localhost/", "http://localhost/hook")
CALLS: dict[str, Callable[[MollieProvider, MollieSettlements], Any]] = {
    "create": lambda provider, _: provider.create(ORDER),
    "fetch": lambda provider, _: provider.fetch("tr_7UhSN1zuXS"),
    "cancel": lambda provider, _: provider.cancel("tr_7UhSN1zuXS", key="k"),
    "recent": lambda provider, _: list(provider.recent()),
    "refund": lambda provider, _: provider.refund(RefundOrder("k", "tr_7UhSN1zuXS", Money.of("5.95"), "terug")),
    "refunds": lambda provider, _: provider.refunds("tr_7UhSN1zuXS"),
    "chargebacks": lambda provider, _: provider.chargebacks("tr_7UhSN1zuXS"),
    "recent_money_back": lambda provider, _: list(provider.recent_money_back()),
    "methods": lambda provider, _: provider.methods(),
    "profile": lambda provider, _: provider.profile(),
    "payouts": lambda _, reader: list(reader.payouts()),
    "payout_parts": lambda _, reader: list(reader.payout_parts("stl_jDk30akdN")),
}


@pytest.fixture(scope="module")
def player() -> Iterator[Emulator]:
    server = Emulator()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join(timeout=5)


def clients(url: str) -> tuple[MollieProvider, MollieSettlements]:
    return (
        MollieProvider(api_key=API_KEY, url=url, timeout_ms=2000),
        MollieSettlements(token=TOKEN, url=url, timeout_ms=2000),
    )


def play(emulator: Emulator, name: str) -> None:
    emulator.canned = (status_of(FILES[name]["facts"]), content_of(name))


@pytest.mark.parametrize("name", FILES)
def test_no_recorded_answer_surprises_a_call(player: Emulator, name: str) -> None:
    """Read, or one of our own errors; what `expected.json` calls an error or refuses is never read."""
    provider, reader = clients(player.url)
    play(player, name)
    believed = set()
    for call, ask in CALLS.items():
        try:
            ask(provider, reader)
        except PspError:
            continue
        believed.add(call)
    if FILES[name]["outcome"] != "read":
        assert believed == set()


@pytest.mark.django_db(transaction=True)
def test_no_recorded_answer_is_booked(world: World) -> None:
    """An attempt of ours hears each of them as the state of its payment, its refund and its payouts."""
    with tenant_context(world.tenant.pk):
        link = links.link_for(world.tenant, world.customer, now=now())
    attempt = attempts.reserve_attempt(world.tenant, link, chosen=[], is_test=True, on=TODAY, now=now())
    with tenant_context(world.tenant.pk):
        world.tenant.psp_payments.update(psp_id="tr_7UhSN1zuXS", status="open")
    provider, reader = clients(world.emulator.url)
    for name in FILES:
        play(world.emulator, name)
        with tenant_context(world.tenant.pk):
            world.tenant.psp_payments.update(problem="", next_poll_at=now())
        settling.settle(world.tenant, attempt.pk, clock=settling.Clock(now=now(), on=TODAY), provider=provider)
        connection.check_connection(world.tenant, now=now(), provider=provider)
        with suppress(PspError):
            settlement_sync.notice_money_back(world.tenant, provider, now=now())
        with suppress(PspError):
            settlement_sync.sync(world.tenant, reader, now=now())
    with tenant_context(world.tenant.pk):
        assert world.tenant.payments.count() == 0
        assert world.tenant.payment_returns.count() == 0
        assert world.tenant.psp_payments.get().status == "open"
    assert world.open_amounts() == ["100.00", "50.00"]


@pytest.mark.parametrize(
    "name", [name for name, file in FILES.items() if file["outcome"] == "error_response" and "field" in file["facts"]]
)
def test_a_recorded_refusal_keeps_its_words(player: Emulator, name: str) -> None:
    facts = FILES[name]["facts"]
    play(player, name)
    with pytest.raises(PspRefusedError) as refusal:
        clients(player.url)[0].fetch("tr_x")
    assert (refusal.value.status, str(refusal.value), refusal.value.field) == (
        facts["status"],
        facts["detail"],
        facts["field"],
    )


@pytest.mark.parametrize(("name", "rows"), lists("methods"), ids=[name for name, _ in lists("methods")])
def test_recorded_methods_are_read(player: Emulator, name: str, rows: list[dict[str, Any]]) -> None:
    play(player, name)
    found = clients(player.url)[0].methods()
    assert [(method.id, method.description) for method in found][: len(rows)] == [
        (row["id"], row["description"]) for row in rows
    ]
    assert len(found) == FILES[name]["facts"]["embedded_counts"]["methods"]


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if file["facts"].get("resource") == "method"])
def test_a_recorded_method_is_read(name: str) -> None:
    facts, content = FILES[name]["facts"], json.loads(content_of(name))
    found = read_method(content | ({"id": "filledin"} if facts["placeholders"] else {}))
    assert found.description == facts["description"]


@pytest.mark.parametrize(("name", "rows"), lists("settlements"), ids=[name for name, _ in lists("settlements")])
def test_recorded_settlements_are_read(player: Emulator, name: str, rows: list[dict[str, Any]]) -> None:
    play(player, name)
    found = list(clients(player.url)[1].payouts())
    assert [(payout.id, payout.reference, f"{payout.amount} {payout.currency}") for payout in found] == [
        (row["id"], row["reference"], row["amount"]) for row in rows
    ]
    assert all(payout.is_paid_out for payout in found)


@pytest.mark.parametrize(
    "name", [name for name, file in FILES.items() if file["facts"].get("resource") == "settlement"]
)
def test_a_recorded_settlement_is_read_with_its_fees(name: str) -> None:
    facts, content = FILES[name]["facts"], json.loads(content_of(name))
    payout = read_payout(content | {"id": "stl_filledin"})
    assert (payout.status, f"{payout.amount} {payout.currency}") == (facts["status"], facts["amount"])
    months = [month for year in content["periods"].values() for month in year.values()]
    costs = sum((Decimal(cost["amountGross"]["value"]) for month in months for cost in month["costs"]), Decimal(0))
    assert payout.fees == Money.rounded(costs)


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if file["facts"].get("resource") == "profile"])
def test_a_recorded_profile_is_read(player: Emulator, name: str) -> None:
    facts = FILES[name]["facts"]
    play(player, name)
    profile = clients(player.url)[0].profile()
    assert (profile.mode, profile.status) == (facts["mode"], facts["status"])


BACKS = {"refund": "re_", "chargeback": "chb_"}


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if file["facts"].get("resource") in BACKS])
def test_a_recorded_refund_or_chargeback_is_read(name: str) -> None:
    facts = FILES[name]["facts"]
    back = read_money_back(json.loads(content_of(name)), prefix=BACKS[facts["resource"]])
    assert (back.id, f"{back.amount} {back.currency}", back.status) == (
        facts["id"],
        facts["amount"],
        facts.get("status", ""),
    )
    assert back.is_final == (facts["resource"] == "chargeback" and not back.is_undone)  # recorded refunds are pending


@pytest.mark.parametrize("kind", ["refunds", "chargebacks"])
def test_recorded_money_back_of_a_settlement_is_negative(player: Emulator, kind: str) -> None:
    for name, rows in lists(kind):
        found = read_list(json.loads(content_of(name)), name=kind)
        assert len(found) >= len(rows)
        play(player, name)
        reader = clients(player.url)[1]
        with pytest.raises(PspError):  # one list cannot be the payments, refunds and chargebacks at once
            list(reader.payout_parts("stl_jDk30akdN"))
