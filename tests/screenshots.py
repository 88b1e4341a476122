"""The pictures of the README, out of a running demo: `make demo` in one terminal, `make screenshots` in another.

Six pictures go to docs/screenshots/. A visitor's first week is done for them: the waiting run is approved, a debtor's pay
page is opened from the mail, and the clock goes a week ahead, so that there is something to see.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

DEMO = os.environ.get("DEMO_URL", "http://localhost:8000").rstrip("/")
MAILBOX = os.environ.get("DEMO_MAILBOX_URL", "http://localhost:8025").rstrip("/")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
OFFICE, BOOKKEEPER = "kantoor@demo.example", "boekhouder@demo.example"
RECEIPTS_WAIT_AT = "korenaar"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_FOR_MAIL = 60.0
WAIT_FOR_WEEK = 600.0


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        take(log_in(browser, OFFICE).new_page(), f"{DEMO}/t/{RECEIPTS_WAIT_AT}/bank/te-verwerken/", "queue")
        page = log_in(browser, BOOKKEEPER).new_page()
        home = desk_url(page)
        take(phone(browser), pay_link(page, newest_run(page, home)), "pay")
        move_a_week(page, home)
        take(page, home, "dashboard")
        run = newest_run(page, home)
        take(page, run, "run")
        take(page, most_urgent_letter(page, run), "letter")
        take(page, puzzling_customer(page, home), "customer")
        browser.close()


def log_in(browser: Browser, who: str) -> BrowserContext:
    """Somebody of the demo, on a desk."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, device_scale_factor=1.5, locale="nl-NL", color_scheme="light"
    )
    page = context.new_page()
    page.goto(f"{DEMO}/account/login/")
    page.locator(f"li:has-text('{who}') button").click()
    page.wait_for_url(re.compile(r"/[ot]/|/$"))
    page.close()
    return context


def desk_url(page: Page) -> str:
    """The dashboard of the tenant that the bookkeeper works for."""
    page.goto(f"{DEMO}/")
    if "/t/" not in page.url:
        page.locator("main a[href^='/t/']").first.click()
        page.wait_for_url(re.compile(r"/t/"))
    found = re.match(r".*/t/[^/]+/", page.url)
    return found.group(0) if found else page.url


def newest_run(page: Page, home: str) -> str:
    """The newest run; one is made when there is none."""
    page.goto(f"{home}runs/")
    make = page.locator("main form[action$='/voorbereiden/'] button")
    if make.count() and not page.locator("tbody a").count():
        make.click()
        page.wait_for_load_state()
        page.goto(f"{home}runs/")
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/"))
    return page.url


def move_a_week(page: Page, home: str) -> None:
    """The demo's clock goes a week ahead, day by day; the page shows itself again when it stands still."""
    page.goto(home)
    page.locator(".demo-bar button[value='7']").click()
    page.locator(".tiles").wait_for(timeout=WAIT_FOR_WEEK * 1000)


def most_urgent_letter(page: Page, run: str) -> str:
    """A letter of the highest step in this run."""
    page.goto(run)
    rows = page.locator("tbody tr:has(a[href*='/berichten/'])")
    urgent = rows.filter(has_text=re.compile("Ingebrekestelling|Aanmaning"))
    chosen = urgent if urgent.count() else rows
    return DEMO + (chosen.first.locator("a[href*='/berichten/']").first.get_attribute("href") or "")


def puzzling_customer(page: Page, home: str) -> str:
    """Of the largest debtors the one whose invoices got the most different answers."""
    page.goto(f"{home}klanten/?sorteer=-te-laat")
    links = [link.get_attribute("href") or "" for link in page.locator("tbody a.main-line").all()[:12]]
    answers = {link: _answers(page, f"{DEMO}{link}") for link in links}
    return f"{DEMO}{max(answers, key=lambda link: (min(answers[link][0], 3), -abs(answers[link][1] - 4)))}"


def _answers(page: Page, url: str) -> tuple[int, int]:
    """How many sorts of answers, and how many invoices."""
    page.goto(url)
    tones = [why.get_attribute("class") for why in page.locator("td.hide-small .why").all()]
    return len(set(tones)), len(tones)


def pay_link(page: Page, run: str) -> str:
    """The pay link of a mail that was really sent."""
    found = _link_in_mail()
    if not found:
        page.goto(run)
        page.locator("form[action$='/akkoord/'] button, [data-opens*='akkoord']").first.click()
        confirm = page.locator("dialog[open] button[type=submit]")
        if confirm.count():
            confirm.click()
        page.wait_for_load_state()
    ends = time.monotonic() + WAIT_FOR_MAIL
    while not found and time.monotonic() < ends:
        time.sleep(1)
        found = _link_in_mail()
    if not found:
        sys.exit(f"No mail with a pay link arrived at {MAILBOX} within {WAIT_FOR_MAIL:.0f} s.")
    return found


def _link_in_mail() -> str:
    links = [
        link.group(0)
        for mail in json.loads(_read(f"{MAILBOX}/berichten.json"))
        if (link := re.search(rf"{re.escape(DEMO)}/b/[\w-]+", mail["text"]))
    ]
    return links[0] if links else ""


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # our own mailbox
        return str(answer.read().decode())


def phone(browser: Browser) -> Page:
    """A debtor, on a phone."""
    return browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        locale="nl-NL",
        color_scheme="light",
        is_mobile=True,
    ).new_page()


def take(page: Page, url: str, name: str) -> None:
    answer = page.goto(url)
    if answer is None or answer.status != 200:
        sys.exit(f"{url} does not answer with a page.")
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:  # 256 colours are enough, and a third of the size
        picture.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE).save(
            path, optimize=True
        )
    sys.stdout.write(f"docs/screenshots/{name}.png\n")


if __name__ == "__main__":
    main()
