"""Does the key work? Asked of the PSP outside any transaction, kept for the screen, never with the key in it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from receivables.models import PspAccount
from receivables.paying import connection
from receivables.paying.accounts import account_of, connect_psp, provider_of
from receivables.paying.connection import check_connection, offered
from receivables.paying.psp import Method
from tenants.context import tenant_context
from tenants.models import User
from tests.accessibility import faults
from tests.receivables.paying.canned import CannedServer
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.desk import open_payment
from tests.receivables.paying.rows import now
from tests.receivables.paying.world import World, run

pytestmark = pytest.mark.django_db(transaction=True)


def checked(world: World) -> PspAccount:
    account = check_connection(world.tenant, now=now())
    assert account is not None
    return account


def test_a_good_key_says_which_ways_to_pay_there_are(world: World) -> None:
    account = checked(world)
    assert (account.check_problem, account.checked_at is not None) == ("", True)
    assert account.methods[:2] == [
        {"id": "ideal", "description": "iDEAL | Wero"},
        {"id": "wero", "description": "Wero"},
    ]
    assert "directdebit" not in [row["id"] for row in account.methods]


def test_ideal_comes_first_wherever_the_account_puts_it() -> None:
    asked = [Method("creditcard", "Creditcard"), Method("klarna", "Klarna"), Method("ideal", "iDEAL")]
    assert [row["id"] for row in offered(asked)] == ["ideal", "creditcard"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "weigert deze sleutel"),
        (403, "weigert deze sleutel"),
        (503, "geen bruikbaar antwoord"),
        (429, "niet bereikbaar"),
    ],
)
def test_what_is_wrong_is_told_and_the_known_methods_stay(
    world: World, settings: Settings, status: int, said: str
) -> None:
    known = checked(world).methods
    with CannedServer(status, {"status": status, "title": "x", "detail": "x"}) as server:
        settings.PSP_URL = server.url
        account = checked(world)
    assert said in account.check_problem
    assert account.methods == known


def test_a_psp_that_is_away_is_told(world: World, settings: Settings) -> None:
    settings.PSP_URL = "http://127.0.0.1:9"
    assert "niet bereikbaar" in checked(world).check_problem


def test_a_key_that_no_field_key_opens_is_told(world: World, settings: Settings) -> None:
    settings.FIELD_KEYS = ["b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMTI="]
    assert "niet meer te lezen" in checked(world).check_problem


def test_a_key_replaced_during_the_check_does_not_get_its_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:

    def replaced(account: PspAccount) -> Any:
        with tenant_context(world.tenant.pk):
            connect_psp(world.tenant, "test_" + "n" * 30, now=now())
        return provider_of(account)

    monkeypatch.setattr(connection, "provider_of", replaced)
    assert checked(world).checked_at is None


def test_the_button_checks_and_shows_it_without_the_key(world: World, client: Client, office_admin: User) -> None:
    client.force_login(office_admin)
    url = reverse("receivables:psp_account", args=[world.tenant.slug])
    assert client.post(url, {"doen": "check"}).status_code == 302
    page = client.get(url).content
    assert faults(page) == []
    assert "iDEAL | Wero" in page.decode()
    assert API_KEY not in page.decode()


def test_a_new_key_is_checked_at_once(world: World, client: Client, office_admin: User) -> None:
    client.force_login(office_admin)
    url = reverse("receivables:psp_account", args=[world.tenant.slug])
    client.post(url, {"doen": "key", "key": "test_" + "n" * 30})
    with tenant_context(world.tenant.pk):
        account = account_of(world.tenant)
        assert account is not None
        assert account.checked_at is not None


def test_the_overview_warns_while_debtors_would_pay_with_nothing(
    world: World, client: Client, office_admin: User, settings: Settings
) -> None:
    client.force_login(office_admin)
    settings.DEMO = False  # the demo says in its own bar that nothing is real
    dashboard, warning = reverse("dunning:dashboard", args=[world.tenant.slug]), "staat in testmodus"
    assert warning in client.get(dashboard).text
    with tenant_context(world.tenant.pk):
        connect_psp(world.tenant, API_KEY.replace("test_", "live_", 1), now=now())
    assert warning not in client.get(dashboard).text


def test_a_token_is_kept_and_taken_away_again(world: World, client: Client, office_admin: User) -> None:
    client.force_login(office_admin)
    url = reverse("receivables:psp_account", args=[world.tenant.slug])
    assert client.post(url, {"doen": "token", "token": "geheim"}).status_code == 422
    client.post(url, {"doen": "token", "token": "access_" + "t" * 30})
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_accounts.get().encrypted_settlement_token
    client.post(url, {"doen": "token", "token": ""})
    with tenant_context(world.tenant.pk):
        assert not world.tenant.psp_accounts.get().encrypted_settlement_token


def test_the_command_tells_every_tenant_and_fails_on_a_bad_key(world: World, settings: Settings) -> None:
    out = StringIO()
    call_command("psp_check", "--json", stdout=out)
    assert json.loads(out.getvalue())[world.tenant.slug]["problem"] == ""
    settings.PSP_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match=world.tenant.slug):
        call_command("psp_check", stdout=StringIO())


# the key of an open payment is replaced ------------------------------------------------------------------------------
def test_an_open_payment_is_followed_with_a_new_key_of_the_same_account(
    world: World, queue: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At Mollie every key of a profile sees its payments; the emulator is told that these two are one account."""
    attempt = open_payment(world, world.old)
    world.emulator.accounts.settle(attempt.psp_id, "paid")
    with tenant_context(world.tenant.pk):
        connect_psp(world.tenant, "test_" + "n" * 30, now=now())
    world.emulator.store._db.execute("UPDATE resource SET account = ?", ("test_" + "n" * 30,))
    world.webhook(attempt.psp_id)
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


def test_a_payment_the_new_key_does_not_know_is_told_to_a_person(world: World, queue: list[tuple[int, str]]) -> None:
    attempt = open_payment(world, world.old)
    with tenant_context(world.tenant.pk):
        connect_psp(world.tenant, "test_" + "n" * 30, now=now())
    world.webhook(attempt.psp_id)
    run(queue)
    assert "De PSP kent deze betaling niet" in world.attempt().problem
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_payments.get().next_poll_at is not None


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_told_at_the_payments_it_holds_up(
    world: World, queue: list[tuple[int, str]], settings: Settings, status: int
) -> None:
    attempt = open_payment(world, world.old)
    with CannedServer(status, {"status": status, "title": "x", "detail": "x"}) as server:
        settings.PSP_URL = server.url
        world.webhook(attempt.psp_id)
        run(queue)
    assert "weigert de sleutel" in world.attempt().problem
    settings.PSP_URL = world.emulator.url
    world.settle()
    assert world.attempt().problem == ""


def test_a_live_key_is_not_asked_about_a_test_payment(world: World, queue: list[tuple[int, str]]) -> None:
    attempt = open_payment(world, world.old)
    world.emulator.accounts.settle(attempt.psp_id, "paid")
    live = "live_" + "n" * 30
    with tenant_context(world.tenant.pk):
        connect_psp(world.tenant, live, now=now())
    world.emulator.store._db.execute("UPDATE resource SET account = ?", (live,))
    world.webhook(attempt.psp_id)
    run(queue)
    assert world.payments() == []
    assert "hoort bij een test-sleutel" in world.attempt().problem
