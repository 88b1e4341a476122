"""One life of the product in Chromium, in the demo as a newcomer starts it.

An office opens a client's books and imports them. One debtor pays through the mail; another never pays, and as the clock
moves week by week gets a reminder, a demand, a call, a notice of default, and is handed over with a dossier.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from config.demo.books import Business, CustomerRecord, InvoiceRecord, Line
from config.demo.documents import LIST_HEADINGS, ubl
from tenants.templatetags.voldaan import MONTHS
from tests.browser.chromium import window
from tests.runtime.stack import RunningDemo, own_servers, running_demo, wait_for

BUSINESS = Business(
    slug="proefbedrijf",
    name="Proefbedrijf B.V.",
    street="Teststraat 1",
    postcode="1011 AB",
    city="Amsterdam",
    prefix="P",
    goods=(),
    customers=2,
    invoices=2,
    consumers=0,
    source="ubl",
    colour="#205060",
)
PAYER, SITTER = "Betaler B.V.", "Zitter B.V."
BASE = "/t/proefbedrijf-bv"


@pytest.fixture(scope="module")
def demo() -> Iterator[RunningDemo]:
    with own_servers() as servers, running_demo(servers) as started:
        yield started


@pytest.mark.browser
@pytest.mark.slow
def test_one_debtor_pays_and_another_is_handed_over(demo: RunningDemo) -> None:
    with window() as page:
        _log_in(page, demo)
        _open_the_books(page)
        today = _today(page)
        _import(page, demo, today)
        _first_run(page, demo)
        _pay(page, demo)
        steps = _weeks_until_handover(page, demo)
        _hand_over(page, demo)

    assert steps == ["Herinnering", "Aanmaning", "Belactie", "Ingebrekestelling", "Overdracht"]


def _log_in(page: Page, demo: RunningDemo) -> None:
    page.goto(f"{demo.url}/account/login/")
    page.fill("input[name=login]", "kantoor@demo.example")
    page.fill("input[name=password]", "voldaan-demo")
    page.click("main button[type=submit], form button[type=submit]")
    expect(page.get_by_role("heading", name="Administraties")).to_be_visible()


def _open_the_books(page: Page) -> None:
    page.get_by_role("link", name="Nieuwe administratie").click()
    page.get_by_label("Naam van de administratie").fill(BUSINESS.name)
    page.get_by_label("IBAN").fill("NL91 ABNA 0417 1643 00")
    page.get_by_label("E-mailadres").fill("boekhouding@proefbedrijf.example")
    page.get_by_role("button", name="Aanmaken").click()
    expect(page.get_by_role("heading", name="Importeren")).to_be_visible()
    page.get_by_role("link", name="Instellingen").click()
    page.get_by_role("link", name="Mollie verbinden").click()
    page.get_by_label("API-sleutel van Mollie").fill("test_" + "story" * 6)
    page.get_by_role("button", name="Verbinden").click()
    expect(page.get_by_text("Verbonden met een testsleutel")).to_be_visible()


def _today(page: Page) -> date:
    """The demo's day, as its bar says: `maandag 23 november 2026`."""
    months = [month.lower() for month in MONTHS]
    words = (page.locator(".demo-bar strong").text_content() or "").split()
    return date(int(words[3]), months.index(words[2]) + 1, int(words[1]))


def _customer(number: str, name: str) -> CustomerRecord:
    mailbox = f"{name.split()[0].lower()}@klant.example"
    return CustomerRecord(
        number, name, "Kade 1", "3011 AA", "Rotterdam", mailbox, is_consumer=False, kvk_number="12345678"
    )


def _import(page: Page, demo: RunningDemo, today: date) -> None:
    """Two UBL invoices for the one who pays, a list with one for the one who does not."""
    lines = (Line("Werk", 1, Decimal("100.00")),)
    payer = _customer("1", PAYER)
    invoices = [
        InvoiceRecord(f"P-{n}", payer, today - timedelta(days=35 + n), today - timedelta(days=5 + n), lines, 21)
        for n in (1, 2)
    ]
    files = [
        {"name": f"{invoice.number}.xml", "mimeType": "application/xml", "buffer": ubl(BUSINESS, invoice)}
        for invoice in invoices
    ]
    page.goto(f"{demo.url}{BASE}/importeren/")
    page.set_input_files("input[type=file]", files=files)  # type: ignore[arg-type] # as Playwright documents
    page.get_by_role("button", name=re.compile("inlezen|uploaden", re.IGNORECASE)).first.click()
    expect(page.get_by_text("Nieuwe facturen")).to_be_visible()
    expect(page.locator(".tile", has_text="Nieuwe facturen")).to_contain_text("2")

    due = today - timedelta(days=6)
    row = ["2", SITTER, "Dijk 9", "3011 AB", "Rotterdam", "zitter@klant.example", ""]
    row += ["L-1", f"{due - timedelta(days=30):%d-%m-%Y}", f"{due:%d-%m-%Y}", "1.234,56", "1.234,56"]
    table = f"{';'.join(LIST_HEADINGS)}\r\n{';'.join(row)}\r\n".encode()
    page.goto(f"{demo.url}{BASE}/importeren/")
    page.set_input_files("input[type=file]", files={"name": "open.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_role("button", name=re.compile("inlezen|uploaden", re.IGNORECASE)).first.click()
    page.get_by_role("button", name="1 factuur inlezen").click()
    expect(page.locator(".tile", has_text="Nieuwe facturen")).to_contain_text("1")


def _first_run(page: Page, demo: RunningDemo) -> None:
    _confirm_books(page, demo)
    page.get_by_role("button", name="Nu een run voorbereiden").click()
    expect(page.get_by_role("button", name="Akkoord geven")).to_be_visible()
    row = page.get_by_role("row", name=re.compile(SITTER))
    expect(row).to_contain_text("1.234,56")
    row.get_by_role("link", name=SITTER, exact=True).click()
    expect(page.get_by_text("zitter@klant.example")).to_be_visible()
    expect(page.get_by_role("img", name="Pagina 1 van de brief")).to_be_visible()
    page.go_back()
    _approve(page)


def _confirm_books(page: Page, demo: RunningDemo) -> None:
    page.goto(f"{demo.url}{BASE}/runs/")
    button = page.get_by_role("button", name="De betalingen zijn bijgewerkt")
    if button.count():
        button.click()


def _approve(page: Page) -> None:
    """Approve, and stay until everything has left."""
    page.get_by_role("button", name="Akkoord geven").click()
    page.get_by_role("button", name="Akkoord, verzenden").click()
    expect(page.get_by_text("Akkoord vastgelegd")).to_be_visible()

    def is_done() -> bool:
        page.reload()
        return page.locator("h1 + .pill", has_text="Klaar").count() == 1

    assert wait_for(is_done, seconds=60)


def _pay(page: Page, demo: RunningDemo) -> None:
    """From the mail through the bank page to a ladder that has nothing left to ask."""
    page.goto(demo.mailbox)
    page.locator("tr", has_text="betaler@klant.example").get_by_role("link").first.click()
    page.locator("pre a[href*='/b/']").first.click()
    expect(page.get_by_text("€ 242,00").first).to_be_visible()
    page.locator("button.pay-button").click()
    page.locator("button.pay").click()
    expect(page.get_by_text(re.compile("betaald|ontvangen|dank", re.IGNORECASE)).first).to_be_visible()

    page.goto(f"{demo.url}{BASE}/klanten/?toon=alles&q=Betaler")

    def is_paid() -> bool:
        page.goto(f"{demo.url}{BASE}/facturen/?toon=alles&q=P-1")
        return "Betaald" in (page.locator("main").text_content() or "")

    assert wait_for(is_paid, seconds=30)


def _weeks_until_handover(page: Page, demo: RunningDemo) -> list[str]:
    """Let weeks pass, doing each week what a bookkeeper does; the steps that the one who sits was given, in order."""
    steps = ["Herinnering"]
    for _ in range(14):
        _next_week(page, demo)
        _confirm_books(page, demo)
        waiting = page.get_by_role("row", name=re.compile("Wacht op akkoord"))
        if waiting.count() == 0:
            continue
        waiting.first.get_by_role("link").first.click()
        assert PAYER not in (page.locator("main").text_content() or "")
        step = _step_of_this_run(page)
        if step:
            _approve(page)
            steps.append(step)
        if step == "Belactie":
            _call(page, demo)
        if step == "Overdracht":
            return steps
    raise AssertionError(f"after fourteen weeks the ladder stood at {steps}")


def _next_week(page: Page, demo: RunningDemo) -> None:
    page.goto(f"{demo.url}{BASE}/")
    before = _today(page)
    page.get_by_role("button", name="Week vooruit").click()

    def has_passed() -> bool:
        page.goto(f"{demo.url}{BASE}/")
        return _today(page) == before + timedelta(days=7)

    assert wait_for(has_passed, seconds=90)
    page.wait_for_timeout(1500)


def _step_of_this_run(page: Page) -> str:
    """What the open run does for the one who sits; nothing when it only waits."""
    for outcome, name in (("call", "Belactie"), ("hand_over", "Overdracht")):
        page.locator(f"nav.tabs a[href='?uitkomst={outcome}']").click()
        if page.get_by_role("row", name=re.compile(SITTER)).count():
            return name
    page.locator("nav.tabs a[href='?uitkomst=send']").click()
    row = page.get_by_role("row", name=re.compile(SITTER))
    if not row.count():
        return ""
    text = row.text_content() or ""
    return next(name for name in ("Herinnering", "Aanmaning", "Ingebrekestelling") if name in text)


def _call(page: Page, demo: RunningDemo) -> None:
    page.goto(f"{demo.url}{BASE}/belacties/")
    page.get_by_role("link", name=re.compile("Bellen met")).click()
    page.get_by_label("Niet bereikt").check()
    page.get_by_role("button", name="Vastleggen").click()
    expect(page.get_by_text("is vastgelegd")).to_be_visible()


def _hand_over(page: Page, demo: RunningDemo) -> None:
    page.goto(f"{demo.url}{BASE}/overdrachten/")
    page.get_by_role("link", name=SITTER).click()
    address = page.url
    page.get_by_role("button", name="Akkoord", exact=True).click()
    page.locator("dialog").get_by_role("button", name="Akkoord").click()

    def is_packaged() -> bool:
        page.goto(address)
        return page.get_by_role("link", name="Downloaden").count() == 1

    assert wait_for(is_packaged, seconds=60)
    with page.expect_download() as download:
        page.get_by_role("link", name="Downloaden").click()
    with download.value.path().open("rb") as file:
        names = zipfile.ZipFile(io.BytesIO(file.read())).namelist()
    assert any(name.endswith("manifest.json") for name in names)
    assert sum(name.endswith(".eml") for name in names) == 3
    page.get_by_label("Naam van het incassobureau").fill("Incassobureau Noord")
    page.get_by_role("button", name="Overgedragen").click()
    expect(page.locator("h1 + .sub .pill", has_text="Overgedragen")).to_be_visible()

    _next_week(page, demo)
    page.goto(f"{demo.url}{BASE}/runs/")
    page.locator("tbody a").first.click()
    page.locator("nav.tabs a[href='?uitkomst=blocked']").click()
    expect(page.get_by_role("row", name=re.compile(SITTER))).to_contain_text("De ladder is ten einde")
