"""The check code: what it proves, and what a stranger learns from the page that judges it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from dunning.debtor import check_code
from receivables.domain.money import Money
from tenants.models import Tenant
from tests.accessibility import faults

KEY, DAY = "a key", date(2026, 11, 23)
AMOUNT = Money.of("121.00")


@pytest.fixture(autouse=True)
def _no_brakes(redis_server: None) -> None:
    cache.clear()


def made(*, on: date = DAY) -> str:
    return check_code.make("korrel2", on=on, amount=AMOUNT, key=KEY)


def test_a_code_is_short_and_says_its_day() -> None:
    code = made()
    assert re.fullmatch(r"KORREL2-[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", code)
    found = check_code.read(code)
    assert found is not None
    assert (found.tenant_code, found.day) == ("korrel2", DAY)
    assert found.is_right(AMOUNT, keys=[KEY])


@pytest.mark.parametrize("typed", ["korrel2 {rest}", "KORREL2{rest}", " Korrel2-{rest} "])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    rest = made().partition("-")[2]
    found = check_code.read(typed.format(rest=rest.replace("-", " ").lower()))
    assert found is not None
    assert found.is_right(AMOUNT, keys=["another", KEY])


def test_another_amount_day_creditor_or_key_is_not_right() -> None:
    found = check_code.read(made())
    assert found is not None
    assert not found.is_right(Money.of("121.01"), keys=[KEY])
    assert not found.is_right(AMOUNT, keys=["another"])
    others = [made(on=date(2026, 11, 24)), check_code.make("zuid222", on=DAY, amount=AMOUNT, key=KEY)]
    assert len({code[-5:] for code in [made(), *others]}) == 3


@pytest.mark.parametrize("typed", ["", "KORREL2", "0000000000", "KORREL2-00000-11111", "é" * 40])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert check_code.read(typed) is None


# --- the page -------------------------------------------------------------------------------------------------------------


def ask(client: Client, code: str, amount: str = "121,00", iban: str = "", language: str = "") -> Any:
    return client.post(f"/echt/{language}", {"code": code, "amount": amount, "iban": iban})


def printed(settings: Settings, tenant: Tenant) -> str:
    return check_code.make(tenant.code, on=DAY, amount=AMOUNT, key=settings.PAY_LINK_KEY)


@pytest.mark.django_db
def test_a_genuine_message_is_recognised(client: Client, tenant: Tenant, settings: Settings) -> None:
    page = ask(client, printed(settings, tenant), iban="nl91 abna 0417 1643 00").content.decode()
    assert "Ja, dit bericht is van Bakkerij De Korrel B.V." in page
    assert "23\xa0november\xa02026" in page
    assert "Het rekeningnummer klopt" in page
    english = ask(client, printed(settings, tenant), language="?taal=en").content.decode()
    assert "Yes, this message is from" in english


@pytest.mark.django_db
def test_a_copied_message_with_another_account_is_warned_of(client: Client, tenant: Tenant, settings: Settings) -> None:
    page = ask(client, printed(settings, tenant), iban="NL20INGB0001234567").content.decode()
    assert "Betaal niet op dit rekeningnummer" in page
    assert "NL91\xa0ABNA\xa00417\xa01643\xa000" in page


@pytest.mark.django_db
def test_what_is_unknown_gets_one_answer(
    client: Client, tenant: Tenant, stranger_tenant: Tenant, settings: Settings
) -> None:
    """Another amount, another creditor, nobody's code, nonsense: the same words, so that nothing can be found out."""
    right = printed(settings, tenant)
    pages = {
        re.sub(r'value="[^"]*"', "", ask(client, code, amount).content.decode())
        for code, amount in [
            (right, "121,01"),
            (right.replace("KORREL2", stranger_tenant.code.upper()), "121,00"),
            (right.replace("KORREL2", "ZZZZZZZ"), "121,00"),
            ("ABCDEFGHJK23", "121,00"),
        ]
    }
    assert len(pages) == 1
    (page,) = pages
    assert "Wij herkennen dit niet" in page
    assert "Bakkerij" not in page


@pytest.mark.django_db
def test_guessing_is_stopped_and_looking_is_not(client: Client, tenant: Tenant, settings: Settings) -> None:
    answers = [ask(client, "ABCDEFGHJK23").status_code for _ in range(21)]
    assert (answers[:20], answers[20]) == ([200] * 20, 429)
    assert ask(client, printed(settings, tenant)).status_code == 429
    assert client.get("/echt/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/echt/", "/echt/?taal=en", "/echt/korrel2/", "/echt/korrel2/?taal=en"])
def test_the_pages_are_public_accessible_and_ask_nothing_from_elsewhere(
    client: Client, tenant: Tenant, path: str
) -> None:
    page = client.get(path)
    assert (page.status_code, faults(page.content)) == (200, [])
    assert "script-src 'none'" in page["Content-Security-Policy"]
    assert [found for found in re.findall(r'(?:src|href)="([^"]+)"', page.content.decode()) if "//" in found] == []


@pytest.mark.django_db
def test_the_page_of_a_creditor_says_account_sender_and_links(client: Client, tenant: Tenant) -> None:
    page = client.get(f"/echt/{tenant.code.upper()}/").content.decode()
    for fact in ("NL91\xa0ABNA\xa00417\xa01643\xa000", "post@voldaan.invalid", "http://localhost:8000/b/"):
        assert fact in page
    assert client.get("/echt/niemand/").status_code == 404
