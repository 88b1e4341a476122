"""The screens in Chromium: nothing is blocked by the content security policy, nothing overflows on a phone, keys work."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.receivables.paying.rows import make_customer, make_invoice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = ["/t/korrel/", "/t/korrel/klanten/", "/t/korrel/facturen/", "/account/2fa/"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture
def books(tenant: Tenant) -> Tenant:
    with tenant_context(tenant.pk):
        for number, name in enumerate(["Smit Bouw", "Café Jansen", "Van der Heijden Transport en Logistiek B.V."]):
            make_invoice(make_customer(tenant, name), f"2026-{number:04}", "1250.00", age=40 + number)
    return tenant


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, bookkeeper: User, books: Tenant) -> Iterator[BrowserContext]:
    context = _context(browser, live_server, bookkeeper, width=1280)
    yield context
    context.close()


def _context(
    browser: Browser, live_server: LiveServer, user: User, *, width: int, java_script: bool = True
) -> BrowserContext:
    client = Client()
    client.force_login(user)
    context = browser.new_context(
        viewport={"width": width, "height": 844}, base_url=live_server.url, java_script_enabled=java_script
    )
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return context


def _watched(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def test_nothing_is_blocked_and_nothing_fails(desk: BrowserContext) -> None:
    complaints: list[str] = []
    page = _watched(desk, complaints)
    for path in PAGES:
        page.goto(path)
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_on_a_phone(
    browser: Browser, live_server: LiveServer, bookkeeper: User, books: Tenant, scheme: str
) -> None:
    context = _context(browser, live_server, bookkeeper, width=360)
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in [*PAGES, _first_customer(page)]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
        expect(
            page.get_by_text("Bakkerij De Korrel B.V.").first if "/t/" in path else page.locator("main")
        ).to_be_visible()
    context.close()


def _first_customer(page: Page) -> str:
    page.goto("/t/korrel/klanten/")
    return page.locator("tbody a.main-line").first.get_attribute("href") or ""


def test_search_answers_while_typing_and_keeps_the_cursor(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/t/korrel/facturen/")
    page.keyboard.press("/")
    page.keyboard.type("jansen")
    expect(page.locator("#resultaten tbody tr")).to_have_count(1)
    expect(page.locator("#zoekwoord")).to_be_focused()
    assert "q=jansen" in page.url
    page.keyboard.press("Control+A")
    page.keyboard.type("0000")
    expect(page.locator("#resultaten tbody")).to_contain_text("2026-0000")


def test_filters_follow_each_other(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/t/korrel/facturen/")
    page.get_by_role("link", name="Te laat").first.click()
    expect(page.locator("a.chip[aria-current]")).to_have_text("Te laat")
    page.keyboard.press("/")
    page.keyboard.type("smit")
    expect(page.locator("#resultaten tbody tr")).to_have_count(1)
    assert "stand=te-laat" in page.url
    page.go_back()
    expect(page.locator("#resultaten tbody tr")).to_have_count(3)


def test_the_lists_work_without_script(
    browser: Browser, live_server: LiveServer, bookkeeper: User, books: Tenant
) -> None:
    context = _context(browser, live_server, bookkeeper, width=1280, java_script=False)
    page = context.new_page()
    page.goto("/t/korrel/facturen/")
    page.fill("#zoekwoord", "jansen")
    page.locator("noscript button, form#zoek button").first.click()
    assert page.locator("#resultaten tbody tr").count() == 1
    context.close()


def test_everything_is_reached_with_keys(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/t/korrel/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Direct naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    switcher = page.locator("button.switcher")
    switcher.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#wissel-menu")).to_be_visible()
    expect(page.locator("#wissel-lijst li")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#wissel-menu")).to_be_hidden()
    expect(switcher).to_be_focused()


def test_the_menu_opens_on_a_phone(browser: Browser, live_server: LiveServer, bookkeeper: User, books: Tenant) -> None:
    context = _context(browser, live_server, bookkeeper, width=360)
    page = context.new_page()
    page.goto("/t/korrel/")
    expect(page.locator("#menu")).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    page.locator("#menu").get_by_role("link", name="Facturen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Facturen")
    context.close()
