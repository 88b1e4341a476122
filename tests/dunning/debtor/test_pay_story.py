"""A debtor on a phone, in Chromium without script: from the mail to a part paid, a dispute and a plan."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tenants.context import tenant_context
from tests.browser.chromium import PATIENCE_MS
from tests.browser.test_screens import CHROMIUM, QUIET
from tests.receivables.paying.world import World, run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Page]:
    """A small screen, Dutch, no script; what is blocked or asked from elsewhere fails the test."""
    settings.PUBLIC_URL = live_server.url
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=live_server.url, java_script_enabled=False, locale="nl-NL"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


def test_a_debtor_pays_a_part_disputes_the_rest_and_makes_a_plan(
    phone: Page, world: World, queue: list[tuple[int, str]]
) -> None:
    phone.goto(world.url)
    assert world.path not in phone.url
    _pay_a_part(phone, world, queue)
    _dispute(phone, world)
    _agree_on_a_plan(phone, world)


def _pay_a_part(phone: Page, world: World, queue: list[tuple[int, str]]) -> None:
    phone.get_by_text("Een deel betalen").click()
    phone.get_by_label("Bedrag", exact=True).fill("60,00")
    phone.get_by_role("button", name="Betaal dit bedrag").click()
    phone.locator("button.pay").click()
    expect(phone.get_by_role("heading", name="Gelukt, bedankt")).to_be_visible()
    expect(phone.get_by_text("Bij Bakkerij De Korrel B.V. staat nog")).to_contain_text("90,00")
    run(queue)
    assert world.open_amounts() == ["40.00", "50.00"]
    phone.get_by_role("link", name="Terug naar het overzicht").click()


def _dispute(phone: Page, world: World) -> None:
    phone.get_by_role("link", name="Ik ben het er niet mee eens").click()
    phone.get_by_label("Factuur 2026-2").check()
    phone.get_by_label("Niet goed geleverd").check()
    phone.get_by_label("Leg uit wat er niet klopt").fill("De taart was stuk.")
    phone.get_by_role("button", name="Versturen").click()
    expect(phone.get_by_role("heading", name="We hebben uw bezwaar")).to_be_visible()
    with tenant_context(world.tenant.pk):
        assert world.tenant.disputes.get().invoice_id == world.young.pk
    phone.get_by_role("link", name="Terug naar het overzicht").click()
    expect(phone.get_by_text("Factuur 2026-2 is betwist")).to_be_visible()


def _agree_on_a_plan(phone: Page, world: World) -> None:
    world.tenant.plan_least_instalment = Decimal(10)
    world.tenant.save(update_fields=["plan_least_instalment"])
    phone.get_by_role("link", name="Ik wil in delen betalen").click()
    phone.get_by_label("Factuur 2026-2").uncheck()
    phone.get_by_label("In hoeveel termijnen?").select_option("2")
    phone.get_by_role("button", name="Bereken de termijnen").click()
    expect(phone.locator("#termijnen li")).to_have_count(2)
    phone.get_by_role("button", name="Akkoord, zo betaal ik").click()
    expect(phone.get_by_role("heading", name="De regeling gaat in")).to_be_visible()
    phone.get_by_role("link", name="Terug naar het overzicht").click()
    expect(phone.get_by_role("button", name="Betaal termijn 1")).to_contain_text("20,00")
