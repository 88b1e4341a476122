"""A bookkeeper works through ten receipts in Chromium without touching the mouse."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from receivables.actions.bank_matching import match_open_lines
from receivables.ledger_check import check
from receivables.models.banking import LineState
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.browser.test_screens import CHROMIUM, QUIET
from tests.receivables.banking.rows import make_line
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/t/korrel/bank/te-verwerken/?sorteer=bedrag"


@pytest.fixture
def books(tenant: Tenant) -> Tenant:
    """Ten receipts, from the smallest to the largest: eight that are sure, one for somebody else, one of the tax office."""
    tenant.match_threshold = 101
    tenant.save(update_fields=["match_threshold"])
    with tenant_context(tenant.pk):
        for place in range(8):
            number, amount = f"2026-0{4000 + 17 * place}", f"{100 + place}.00"
            make_invoice(make_customer(tenant, f"Klant {place}"), number, amount)
            make_line(
                tenant, amount, f"Factuur {number}", name=f"Klant {place}", iban=f"NL0{place}DEMO000000000{place}"
            )
        make_invoice(make_customer(tenant, "De Vries Schilders"), "2026-09999", "250.00")
        make_invoice(make_customer(tenant, "Smit Bouw"), "2026-08888", "250.00")
        make_line(tenant, "500.00", "samen", name="Onbekend", iban="NL44DEMO0000000044")
        make_line(tenant, "612.00", "Teruggaaf OB", name="Belastingdienst", iban="NL45DEMO0000000045")
    match_open_lines(tenant, on=TODAY, now=NOW)
    return tenant


@pytest.fixture
def page(live_server: LiveServer, bookkeeper: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setattr("tenants.clock.now", lambda: NOW)
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps an event loop in this thread
    client = Client()
    client.force_login(bookkeeper)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url, locale="nl-NL")
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        complaints: list[str] = []
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def press(page: Page, key: str) -> None:
    """A key that leads to another page; the next key waits until that one stands."""
    with page.expect_navigation():
        page.keyboard.press(key)


def opened(page: Page) -> str:
    return " ".join((page.locator("#regel").text_content() or "").split())


@pytest.fixture
def at_work(books: Tenant, page: Page) -> Page:
    page.goto(QUEUE)
    return page


def test_ten_receipts_without_a_mouse(at_work: Page, books: Tenant) -> None:
    page = at_work
    assert opened(page) == "€ 100,00 van Klant 0"
    press(page, "j")
    assert opened(page) == "€ 101,00 van Klant 1"
    expect(page.locator("#regel")).to_be_focused()
    press(page, "k")
    press(page, "Enter")
    expect(page.locator("#regel")).to_be_focused()
    expect(page.locator("#stand")).to_have_text("Laatst gedaan: €\u00a0100,00 geboekt bij Klant 0 voor 2026-04000.")
    assert opened(page) == "€ 101,00 van Klant 1"

    press(page, "u")  # a mistake after all
    assert opened(page) == "€ 100,00 van Klant 0"
    for key in ("a", "Enter", "a", "Enter", "a", "Enter", "a", "a"):
        press(page, key)
    assert opened(page) == "€ 500,00 van Onbekend"

    press(page, "s")
    expect(page.locator("[data-first-field]")).to_be_focused()
    page.keyboard.type("2026-09999")
    page.keyboard.press("Tab")
    page.keyboard.type("250")
    expect(page.locator("[data-remaining]")).to_have_text("€\u00a0250,00")
    page.keyboard.press("Tab")
    page.keyboard.type("Smit Bouw")
    page.keyboard.press("Tab")
    page.keyboard.type("250")
    expect(page.locator("[data-remaining]")).to_have_text("€\u00a00,00")
    press(page, "Enter")
    assert opened(page) == "€ 612,00 van Belastingdienst"

    page.keyboard.press("x")
    expect(page.get_by_label("Wat is het dan?")).to_be_focused()
    page.keyboard.type("Bel")
    page.keyboard.press("Tab")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Alles is verwerkt")).to_be_visible()

    with tenant_context(books.pk):
        assert check(books, now=NOW).breaches == []
        assert not books.bank_lines.filter(state=LineState.OPEN).exists()
        assert not books.invoices.filter(open_amount__gt=Decimal(0)).exists()
        assert books.bank_lines.get(state=LineState.SET_ASIDE).bookings.get().why == ["Belastingteruggaaf"]


def test_another_customer_with_keys(at_work: Page, books: Tenant) -> None:
    page = at_work
    press(page, "c")
    expect(page.get_by_label("Naam, klantnummer, factuurnummer of bedrag")).to_be_focused()
    page.keyboard.type("2026-09999")
    press(page, "Enter")
    expect(page.get_by_role("link", name="De Vries Schilders")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("button", name="Boeken bij De Vries Schilders")).to_be_focused()
    press(page, "Enter")
    assert opened(page) == "€ 101,00 van Klant 1"
    with tenant_context(books.pk):
        assert books.payments.get().customer == books.customers.get(name="De Vries Schilders")


def test_keys_do_nothing_while_typing_in_a_window_or_switched_off(at_work: Page) -> None:
    page = at_work
    page.keyboard.press("/")
    page.keyboard.type("aakjxsu?")
    expect(page.locator("#zoekwoord")).to_have_value("aakjxsu?")
    page.locator("#regel").focus()
    page.keyboard.press("?")
    expect(page.locator("#toetsen")).to_be_visible()
    page.keyboard.press("j")
    page.get_by_label("Toetsen uitzetten in deze browser").check()
    page.keyboard.press("Escape")
    page.locator("#regel").focus()
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert opened(page) == "€ 100,00 van Klant 0"
    page.reload()
    page.locator("#regel").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert opened(page) == "€ 100,00 van Klant 0"
    assert page.locator("#stand").count() == 0
