"""The debtor's road: open the link, click, pay at the bank, come back; and every guard on the way, with its control.

Real requests against real PostgreSQL, the official client and the emulator. Nothing runs inside a test's transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from receivables.files import store
from receivables.models import Customer, Invoice, PspPayment
from receivables.paying import links, settling, tasks
from receivables.paying.accounts import BadKeyError, connect_psp
from receivables.paying.emulator.server import Emulator
from receivables.paying.settling import Clock
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.rows import TODAY, make_customer, make_invoice, now

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class World:
    """One debtor with two invoices, a pay link, and a PSP account at the emulator."""

    tenant: Tenant
    customer: Customer
    old: Invoice
    young: Invoice
    url: str
    emulator: Emulator
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def get(self, path: str = "", **more: Any) -> Any:
        return self.client.get(self.path + path, **more)

    @property
    def path(self) -> str:
        return self.url.removeprefix("http://localhost:8000")

    def click(self, *invoices: Invoice) -> Any:
        return self.client.post(f"{self.path}/betalen", {"factuur": [str(invoice.pk) for invoice in invoices]})

    def attempts(self) -> list[PspPayment]:
        with tenant_context(self.tenant.pk):
            return list(self.tenant.psp_payments.order_by("created_at"))

    def attempt(self) -> PspPayment:
        (attempt,) = self.attempts()
        return attempt

    def at_bank(self, outcome: str) -> None:
        httpx.post(self.attempts()[-1].checkout_url, data={"outcome": outcome})

    def webhook(self, psp_id: str, **more: str) -> Any:
        return Client().post(f"/psp/{self.tenant.code}/webhook", {"id": psp_id, **more})

    def open_amounts(self) -> list[str]:
        with tenant_context(self.tenant.pk):
            for invoice in (self.old, self.young):
                invoice.refresh_from_db()
        return [str(self.old.open_amount), str(self.young.open_amount)]

    def payments(self) -> list[Decimal]:
        with tenant_context(self.tenant.pk):
            return list(self.tenant.payments.order_by("created_at").values_list("amount", flat=True))

    def settle(self, attempt: PspPayment | None = None, *, after: timedelta = timedelta()) -> str:
        clock = Clock(now=now() + after, on=TODAY)
        return settling.settle(self.tenant, (attempt or self.attempts()[-1]).pk, clock=clock).value


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What was handed to the worker; a test runs it when it wants to."""
    queued: list[tuple[int, str]] = []
    monkeypatch.setattr(
        tasks.settle_psp_payment, "delay", lambda *, tenant_id, attempt_id: queued.append((tenant_id, attempt_id))
    )
    return queued


@pytest.fixture
def world(
    tenant: Tenant,
    emulator: Emulator,
    settings: Settings,
    queue: list[tuple[int, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    monkeypatch.setattr("tenants.clock.now", now)
    settings.PSP_URL = emulator.url
    settings.PSP_TIMEOUT_MS = 1500
    emulator.faults.webhooks_lost = True  # no server listens in these tests; they post the webhook themselves
    with tenant_context(tenant.pk):
        connect_psp(tenant, API_KEY, now=now())
        customer = make_customer(tenant)
        old, young = make_invoice(customer, "2026-1", "100.00"), make_invoice(customer, "2026-2", "50.00", age=20)
        url = links.pay_url(tenant, customer, now=now())
    return World(tenant, customer, old, young, url, emulator)


def run(queue: list[tuple[int, str]]) -> None:
    while queue:
        tenant_id, attempt_id = queue.pop()
        tasks.settle_psp_payment(tenant_id=tenant_id, attempt_id=attempt_id)


@contextmanager
def unchanged(world: World) -> Iterator[None]:
    """Nothing of this tenant was written meanwhile."""
    before = fingerprint(world.tenant)
    yield
    assert fingerprint(world.tenant) == before


def fingerprint(tenant: Tenant) -> dict[str, str]:
    tables = [
        "receivables_paylink",
        "receivables_psppayment",
        "receivables_psppaymentline",
        "receivables_payment",
        "receivables_ledgerentry",
        "receivables_invoice",
        "receivables_customer",
        "tenants_event",
    ]
    found = {}
    with tenant_context(tenant.pk), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t.id)), '') FROM {table} t")  # noqa: S608 # names above
            found[table] = cursor.fetchone()[0]
    return found


# the page ----------------------------------------------------------------------------------------------------------
def test_the_page_says_who_what_how_much_and_until_when(world: World) -> None:
    text = world.get().content.decode()
    for expected in ("Bakkerij De Korrel B.V.", "Jansen Interieur", "2026-1", "2026-2", "€\xa0100,00", "iDEAL | Wero"):
        assert expected in text
    assert "uiterste betaaldatum" in text


def test_a_letters_own_last_day_is_shown(world: World) -> None:
    until = TODAY + timedelta(days=9)
    with tenant_context(world.tenant.pk):
        links.link_for(world.tenant, world.customer, now=now(), pay_before_on=until)
    assert f"Betaal uiterlijk {until.day}\xa0" in world.get().content.decode()


def test_the_page_speaks_the_customers_language_or_the_chosen_one(world: World) -> None:
    assert 'lang="nl"' in world.get().content.decode()
    english = world.get("?taal=en").content.decode()
    assert '<html lang="en">' in english
    assert "€100.00" in english
    with tenant_context(world.tenant.pk):
        world.tenant.customers.update(language="en")
    assert "Pay €100.00" in world.get().content.decode()


def test_both_languages_have_the_same_words() -> None:
    from receivables.paying.texts import DUTCH, ENGLISH  # noqa: PLC0415 # only here

    assert DUTCH.keys() == ENGLISH.keys()
    for key, text in DUTCH.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", ENGLISH[key])), key


def test_the_page_is_private_and_asks_nothing_from_elsewhere(world: World) -> None:
    response = world.get()
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    policy = response["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert world.emulator.url in policy  # a form may lead to the bank
    sources = re.findall(r'(?:src|href)="([^"]+)"', response.content.decode())
    assert [source for source in sources if source.startswith(("http", "//"))] == []
    assert "<script" not in response.content.decode()


def test_nothing_open_asks_for_nothing(world: World) -> None:
    world.click(world.old, world.young)
    world.at_bank("paid")
    world.settle()
    page = world.get()
    assert "Er staat niets meer open" in page.content.decode()
    assert b'<form method="post"' not in page.content


def test_without_a_psp_account_the_page_shows_how_to_transfer(world: World) -> None:
    with tenant_context(world.tenant.pk):
        world.tenant.psp_accounts.all().delete()
    page = world.get().content.decode()
    assert "NL91\xa0ABNA\xa00417\xa01643\xa000" in page
    assert "pay-button" not in page
    assert world.click(world.old).status_code == 503


def test_an_overpayment_is_shown_as_credit(world: World) -> None:
    from receivables.actions.payments import record_payment  # noqa: PLC0415 # only here
    from tests.receivables.paying.rows import receipt  # noqa: PLC0415 # only here

    with tenant_context(world.tenant.pk):
        record_payment(world.tenant, world.customer, receipt=receipt("175.00", received_on=TODAY), now=now())
    assert "tegoed van €\xa025,00" in world.get().content.decode()


@pytest.mark.parametrize("more", [0, 3])
def test_the_page_takes_as_many_queries_whatever_the_invoices(world: World, more: int) -> None:
    with tenant_context(world.tenant.pk):
        for number in range(more):
            make_invoice(world.customer, f"2027-{number}", "10.00")
    with CaptureQueriesContext(connection) as queries:
        world.get()
    assert (
        len([query for query in queries if query["sql"].startswith("SELECT") and "set_config" not in query["sql"]]) == 8
    )


def test_a_hostile_name_is_shown_as_text(world: World) -> None:
    with tenant_context(world.tenant.pk):
        world.tenant.customers.update(name="<script>alert(1)</script>")
        world.tenant.invoices.update(description="<img src=x onerror=alert(1)>")
    page = world.get().content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


# the token ---------------------------------------------------------------------------------------------------------
def test_the_table_never_holds_the_token(world: World) -> None:
    token = world.path.removeprefix("/b/")
    world.click(world.old)
    with tenant_context(world.tenant.pk), connection.cursor() as cursor:
        for table in ("receivables_paylink", "tenants_event", "receivables_psppayment"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{token}%"])  # noqa: S608 # names above
            assert cursor.fetchone()[0] == 0


def test_the_same_link_is_told_again(world: World) -> None:
    with tenant_context(world.tenant.pk):
        assert links.pay_url(world.tenant, world.customer, now=now()) == world.url


def test_a_link_survives_a_rotated_key(world: World, settings: Settings) -> None:
    settings.PAY_LINK_KEY_FALLBACKS = [settings.PAY_LINK_KEY]
    settings.PAY_LINK_KEY = "a-new-key"
    assert world.get().status_code == 200
    with tenant_context(world.tenant.pk):
        assert links.pay_url(world.tenant, world.customer, now=now()) == world.url


def test_a_lost_key_brings_a_new_link_and_leaves_the_old_one_working(world: World, settings: Settings) -> None:
    settings.PAY_LINK_KEY = "a-new-key"
    with tenant_context(world.tenant.pk):
        assert links.pay_url(world.tenant, world.customer, now=now()) != world.url
    assert world.get().status_code == 200


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), lambda t: "zzzzzzz" + t[7:], lambda t: "x"]
)
def test_a_guessed_token_opens_nothing(world: World, change: Any) -> None:
    response = Client().get("/b/" + change(world.path.removeprefix("/b/")))
    assert response.status_code == 404
    assert b"Jansen" not in response.content


def test_another_tenants_code_does_not_open_the_link(world: World, stranger_tenant: Tenant) -> None:
    token = world.path.removeprefix("/b/").removeprefix(world.tenant.code)
    assert Client().get(f"/b/{stranger_tenant.code}{token}").status_code == 404


@pytest.mark.parametrize("end", ["expires_at", "revoked_at"])
def test_an_ended_link_shows_only_whom_to_ask(world: World, end: str) -> None:
    with tenant_context(world.tenant.pk):
        world.tenant.pay_links.update(**{end: now() - timedelta(seconds=1)})
    response = world.get()
    assert response.status_code == 410
    assert b"Jansen" not in response.content
    assert b"100,00" not in response.content
    assert world.click(world.old).status_code == 410
    assert world.attempts() == []


def test_revoking_is_an_event_and_brings_a_new_link(world: World) -> None:
    with tenant_context(world.tenant.pk):
        link = world.tenant.pay_links.get()
        links.revoke(world.tenant, link, now=now())
        links.revoke(world.tenant, link, now=now())
        assert world.tenant.events.filter(verb="pay_link.revoked").count() == 1
        assert links.pay_url(world.tenant, world.customer, now=now()) != world.url


def test_another_customers_invoice_is_not_shown_or_paid(world: World) -> None:
    with tenant_context(world.tenant.pk):
        other = make_customer(world.tenant, "Buurman")
        pdf = store(world.tenant, content=b"%PDF-1.7 geheim", media_type="application/pdf")
        theirs = make_invoice(other, "GEHEIM-1", "75.00", pdf_file=pdf)
    assert b"GEHEIM" not in world.get().content
    assert world.get(f"/factuur/{theirs.pk}").status_code == 404
    assert world.click(theirs).status_code == 409
    assert world.attempts() == []


def test_the_invoice_pdf_is_served(world: World) -> None:
    with tenant_context(world.tenant.pk):
        pdf = store(world.tenant, content=b"%PDF-1.7 factuur", media_type="application/pdf")
        world.tenant.invoices.filter(pk=world.old.pk).update(pdf_file=pdf)
    response = world.get(f"/factuur/{world.old.pk}")
    assert (response.content, response["Content-Type"]) == (b"%PDF-1.7 factuur", "application/pdf")
    assert response["Cache-Control"] == "no-store"


def test_a_file_that_is_no_pdf_is_not_served(world: World) -> None:
    with tenant_context(world.tenant.pk):
        page = store(world.tenant, content=b"<script>alert(1)</script>", media_type="application/pdf")
        world.tenant.invoices.filter(pk=world.old.pk).update(pdf_file=page)
    assert world.get(f"/factuur/{world.old.pk}").status_code == 404


# scanners ----------------------------------------------------------------------------------------------------------
def test_a_mail_scanner_changes_nothing(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    attempt = world.attempt()
    paths = [
        "",
        "/../../betaald/",
        f"?factuur={world.old.pk}",
        f"/terug/{attempt.pk}",
        f"/factuur/{world.old.pk}",
        "/betalen",
        "?taal=en",
    ]
    queue.clear()
    with unchanged(world):
        for path in paths:
            for _ in range(20):
                world.client.get(world.path + path)
                world.client.head(world.path + path)
    assert world.emulator.store.rows("payment") != []
    assert len(world.emulator.store.rows("payment")) == 1


def test_a_get_that_writes_would_be_refused_by_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a page that tries to write while it reads fails."""
    from receivables.paying import page as pages  # noqa: PLC0415 # only here

    def writing(tenant: Tenant, *_: object, **__: object) -> None:
        tenant.pay_links.update(revoked_at=now())

    monkeypatch.setattr(pages, "build", writing)
    with pytest.raises(Exception, match="read-only transaction"):
        world.get()


def test_a_get_on_the_pay_button_pays_nothing(world: World) -> None:
    assert world.get("/betalen").status_code == 405
    assert world.attempts() == []


# paying ------------------------------------------------------------------------------------------------------------
def test_a_click_makes_the_payment_at_the_psp_and_leads_there(world: World) -> None:
    response = world.click(world.old, world.young)
    attempt = world.attempt()
    assert (response.status_code, response["Location"]) == (303, attempt.checkout_url)
    assert (attempt.amount, attempt.status, attempt.is_test) == (Decimal("150.00"), "open", True)
    with tenant_context(world.tenant.pk):
        assert {line.invoice_id for line in attempt.lines.all()} == {world.old.pk, world.young.pk}


def test_no_transaction_is_open_while_the_psp_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from receivables.paying import mollie  # noqa: PLC0415 # only here

    seen: list[tuple[bool, int]] = []
    create = mollie.MollieProvider.create

    def watching(self: Any, order: Any) -> Any:
        seen.append((connection.in_atomic_block, len(world.attempts())))
        return create(self, order)

    monkeypatch.setattr(mollie.MollieProvider, "create", watching)
    world.click(world.old)
    assert seen == [(False, 1)]  # and our row was there first


def test_the_amount_comes_from_the_ledger_not_from_the_form(world: World) -> None:
    world.client.post(f"{world.path}/betalen", {"factuur": str(world.old.pk), "amount": "0.01", "bedrag": "0.01"})
    assert world.attempt().amount == Decimal("100.00")


def test_paid_is_booked_on_the_chosen_invoice_and_ends_the_claim(world: World) -> None:
    world.click(world.young)
    world.at_bank("paid")
    assert world.settle() == "paid"
    assert world.open_amounts() == ["100.00", "0.00"]
    assert world.payments() == [Decimal("50.00")]
    with tenant_context(world.tenant.pk):
        assert world.attempt().payment_id == world.tenant.payments.get().pk
        assert world.tenant.events.filter(verb="payment.booked", customer_id=world.customer.pk).count() == 1


@pytest.mark.parametrize("outcome", ["canceled", "expired", "failed"])
def test_what_was_not_paid_books_nothing_and_can_be_tried_again(world: World, outcome: str) -> None:
    world.click(world.old)
    world.at_bank(outcome)
    assert world.settle() == outcome
    assert world.open_amounts() == ["100.00", "50.00"]
    page = world.get(f"/terug/{world.attempt().pk}").content.decode()
    assert "De betaling is niet gelukt" in page
    world.click(world.old)
    assert len(world.attempts()) == 2


def test_the_return_page_shows_the_fetched_state_and_asks_the_worker_to_book(
    world: World, queue: list[tuple[int, str]]
) -> None:
    world.click(world.old)
    world.at_bank("paid")
    with unchanged(world):
        page = world.get(f"/terug/{world.attempt().pk}").content.decode()
    assert "Gelukt, bedankt" in page
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


def test_the_return_page_waits_without_script(world: World) -> None:
    world.click(world.old)
    page = world.get(f"/terug/{world.attempt().pk}").content.decode()
    assert "We wachten op uw bank" in page
    assert f"/terug/{world.attempt().pk}" in page  # the link to look again


def test_the_return_page_survives_an_unreachable_psp(world: World, settings: Settings) -> None:
    world.click(world.old)
    settings.PSP_URL = "http://127.0.0.1:9"
    assert "We wachten op uw bank" in world.get(f"/terug/{world.attempt().pk}").content.decode()


def test_the_return_page_of_a_stranger_is_unknown(world: World) -> None:
    assert world.get(f"/terug/{uuid4()}").status_code == 404


def test_the_psp_never_learns_the_token(world: World) -> None:
    world.click(world.old)
    token = world.path.removeprefix("/b/").removeprefix(world.tenant.code)
    told = world.emulator.store.get(world.attempt().psp_id)
    assert token not in str(told)


def test_the_browser_that_clicked_comes_back_to_its_page(world: World) -> None:
    world.click(world.old)
    back = world.client.get(f"/betaald/{world.tenant.code}/{world.attempt().pk}")
    assert (back.status_code, back["Location"]) == (303, f"{world.path}/terug/{world.attempt().pk}")
    assert "httponly" in str(world.client.cookies["betaallink"]).lower()


def test_another_browser_hears_how_it_ended_and_nothing_else(world: World) -> None:
    world.click(world.old)
    world.at_bank("paid")
    page = Client().get(f"/betaald/{world.tenant.code}/{world.attempt().pk}").content.decode()
    assert "Gelukt, bedankt" in page
    for secret in ("Jansen", "2026-1", world.path.removeprefix("/b/")):
        assert secret not in page


def test_a_cookie_of_another_link_opens_nothing(world: World) -> None:
    world.click(world.old)
    with tenant_context(world.tenant.pk):
        other = links.pay_url(world.tenant, make_customer(world.tenant, "Buurman"), now=now())
    client = Client()
    client.cookies["betaallink"] = other.rpartition("/")[2]
    assert client.get(f"/betaald/{world.tenant.code}/{world.attempt().pk}").status_code == 200
    assert client.get(f"/betaald/{world.tenant.code}/{uuid4()}").status_code == 404
    assert client.get(f"/betaald/nobody/{world.attempt().pk}").status_code == 404


def test_a_second_click_takes_up_the_same_payment(world: World) -> None:
    first, second = world.click(world.old), world.click(world.old)
    assert first["Location"] == second["Location"]
    assert len(world.emulator.store.rows("payment")) == 1


def test_a_click_after_cancelling_does_not_lead_back_to_the_dead_checkout(world: World) -> None:
    """The worker was too late to book the cancellation; the click finds it out itself."""
    first = world.click(world.old)
    world.at_bank("canceled")
    second = world.click(world.old)
    assert first["Location"] != second["Location"]
    assert [attempt.status for attempt in world.attempts()] == ["canceled", "open"]


def test_a_click_after_paying_shows_that_it_is_paid(world: World) -> None:
    world.click(world.old)
    world.at_bank("paid")
    assert world.click(world.old)["Location"] == f"{world.path}/terug/{world.attempt().pk}"
    assert world.open_amounts() == ["0.00", "50.00"]


def test_another_choice_is_another_payment(world: World) -> None:
    world.click(world.old)
    world.click(world.old, world.young)
    assert [str(attempt.amount) for attempt in world.attempts()] == ["100.00", "150.00"]


def test_an_invoice_paid_twice_leaves_a_visible_credit(world: World) -> None:
    """Two tabs, two payments: the second is money all the same, and never dropped."""
    world.click(world.old, world.young)
    world.click(world.old)
    both = world.attempts()
    for attempt in both:
        httpx.post(attempt.checkout_url, data={"outcome": "paid"})
        world.settle(attempt)
    assert world.open_amounts() == ["0.00", "0.00"]
    with tenant_context(world.tenant.pk):
        assert sum(payment.unallocated for payment in world.tenant.payments.all()) == Decimal("100.00")
    assert "tegoed" in world.get().content.decode()


@pytest.mark.parametrize("fault", ["timeout_after", "reset_after", "error_after", "garbage"])
def test_a_lost_answer_makes_no_second_payment(world: World, fault: str) -> None:
    world.emulator.faults.set({"next": [["create", fault]], "timeout_seconds": 2, "webhooks_lost": True})
    response = world.click(world.old)
    assert response.status_code == 503
    assert "geen antwoord" in response.content.decode()
    assert world.attempt().status == "unknown"
    assert world.click(world.old).status_code == 303
    if fault != "error_after":  # the emulator forgets a key that ended in its own 5xx, as we must assume of any PSP
        assert len(world.emulator.store.rows("payment")) == 1
    assert len(world.attempts()) == 1


def test_an_unreachable_psp_is_said_plainly(world: World, settings: Settings) -> None:
    settings.PSP_URL = "http://127.0.0.1:9"
    response = world.click(world.old)
    assert (response.status_code, "geen antwoord" in response.content.decode()) == (503, True)


def test_too_much_for_ideal_is_said_plainly(world: World) -> None:
    with tenant_context(world.tenant.pk):
        big = make_invoice(world.customer, "2026-9", "60000.00")
    response = world.click(big)
    assert (response.status_code, "te hoog" in response.content.decode()) == (422, True)
    assert world.attempt().status == "failed"


def test_endless_clicking_is_stopped(world: World) -> None:
    for _ in range(20):
        world.click(world.old)
        world.at_bank("canceled")
        world.settle()
    assert world.click(world.old).status_code == 429
    assert len(world.attempts()) == 20


def test_a_payment_of_a_lost_answer_is_found_and_booked_by_the_poll(world: World) -> None:
    """The answer was lost, the debtor paid all the same (the bank's own app): metadata brings it home."""
    world.emulator.faults.set({"next": [["create", "timeout_after"]], "timeout_seconds": 2, "webhooks_lost": True})
    world.click(world.old)
    lost = world.emulator.store.rows("payment")[0]
    world.emulator.accounts.settle(lost["id"], "paid")
    assert world.settle() == "paid"
    assert world.open_amounts() == ["0.00", "50.00"]
    assert world.attempt().psp_id == lost["id"]


def test_an_attempt_the_psp_never_made_ends_by_itself(world: World, settings: Settings) -> None:
    settings.PSP_URL = "http://127.0.0.1:9"
    world.click(world.old)
    settings.PSP_URL = world.emulator.url
    assert world.settle() == "new"
    assert world.settle(after=timedelta(hours=2)) == "failed"
    assert world.attempt().next_poll_at is None


# what the PSP says is compared -------------------------------------------------------------------------------------
LIES: dict[str, dict[str, Any]] = {
    "amount": {"amount": {"currency": "EUR", "value": "1.00"}},
    "currency": {"amount": {"currency": "USD", "value": "100.00"}, "amountRefunded": None},
    "mode": {"mode": "live"},
    "metadata": {"metadata": {"attempt": "another"}},
    "no metadata": {"metadata": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_payment_that_is_not_what_we_asked_is_not_booked(world: World, lie: str) -> None:
    world.click(world.old)
    world.at_bank("paid")
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | LIES[lie])
    world.settle()
    world.settle()
    assert world.payments() == []
    assert world.attempt().problem
    with tenant_context(world.tenant.pk):
        assert world.tenant.events.filter(verb="psp_payment.distrusted").count() == 1
    assert "We wachten op uw bank" in world.get(f"/terug/{world.attempt().pk}").content.decode()


@pytest.mark.parametrize("lie", LIES)
def test_without_the_comparison_the_lie_would_be_booked(
    world: World, lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    monkeypatch.setattr(settling, "differs", lambda attempt, report: "")
    world.click(world.old)
    world.at_bank("paid")
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | LIES[lie])
    world.settle()
    assert world.payments() != []


@pytest.mark.parametrize("later", ["expired", "failed", "canceled", "open", "something-new"])
def test_paid_is_never_undone(world: World, later: str) -> None:
    world.click(world.old)
    world.at_bank("paid")
    world.settle()
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | {"status": later})
    assert world.settle() == "paid"
    assert world.open_amounts() == ["0.00", "50.00"]


def test_paid_after_expired_is_booked(world: World) -> None:
    world.click(world.old)
    world.at_bank("expired")
    world.settle()
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | {"status": "paid", "paidAt": datetime.now(UTC).isoformat()})
    assert world.settle() == "paid"
    assert world.payments() == [Decimal("100.00")]


def test_a_chargeback_revives_the_claim(world: World) -> None:
    world.click(world.old)
    world.at_bank("paid")
    world.settle()
    world.emulator.accounts.charge_back(world.attempt().psp_id)
    world.settle()
    world.settle()
    assert world.open_amounts() == ["100.00", "50.00"]


# webhooks ----------------------------------------------------------------------------------------------------------
def test_a_webhook_books_what_the_psp_confirms(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    world.at_bank("paid")
    assert world.webhook(world.attempt().psp_id).status_code == 200
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


def test_a_forged_paid_books_nothing(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    assert world.webhook(world.attempt().psp_id, status="paid", amount="100.00").status_code == 200
    run(queue)
    assert world.payments() == []


@pytest.mark.parametrize("psp_id", ["tr_0000000000", "", "../../x", "re_1", "tr_" + "a" * 500, "tr_\x00", "tr_é"])
def test_an_unknown_id_is_answered_and_leaves_no_trace(world: World, queue: list[tuple[int, str]], psp_id: str) -> None:
    world.click(world.old)
    with unchanged(world):
        assert world.webhook(psp_id).status_code == 200
    assert queue == []


def test_an_unknown_tenant_is_answered_alike(world: World) -> None:
    assert Client().post("/psp/nobody/webhook", {"id": "tr_x"}).status_code == 200


def test_a_webhook_is_never_fetched(world: World) -> None:
    assert Client().get(f"/psp/{world.tenant.code}/webhook").status_code == 405


def test_a_webhook_of_another_tenant_does_not_touch_ours(
    world: World, stranger_tenant: Tenant, queue: list[tuple[int, str]]
) -> None:
    world.click(world.old)
    with unchanged(world):
        Client().post(f"/psp/{stranger_tenant.code}/webhook", {"id": world.attempt().psp_id})
    assert queue == []


def test_a_webhook_before_we_know_the_id_makes_us_look(world: World, queue: list[tuple[int, str]]) -> None:
    world.emulator.faults.set({"next": [["create", "timeout_after"]], "timeout_seconds": 2, "webhooks_lost": True})
    world.click(world.old)
    lost = world.emulator.store.rows("payment")[0]
    world.emulator.accounts.settle(lost["id"], "paid")
    world.webhook(lost["id"])
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


def test_invented_ids_do_not_keep_us_busy(world: World, queue: list[tuple[int, str]]) -> None:
    world.emulator.faults.set({"next": [["create", "timeout_after"]], "timeout_seconds": 2, "webhooks_lost": True})
    world.click(world.old)
    for number in range(5):
        world.webhook(f"tr_invented{number}")
    assert len(queue) == 1


def test_a_new_key_in_another_mode_starts_afresh(world: World) -> None:
    world.click(world.old)
    with tenant_context(world.tenant.pk):
        world.tenant.psp_accounts.update(is_test=False)
    world.click(world.old)
    assert [attempt.is_test for attempt in world.attempts()] == [True, False]


def test_a_webhook_that_cannot_be_written_down_is_asked_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(settling, "note_hint", broken)
    client = Client(raise_request_exception=False)
    assert client.post(f"/psp/{world.tenant.code}/webhook", {"id": "tr_x"}).status_code == 500


def test_without_a_broker_the_poll_finds_what_the_webhook_wrote(
    world: World, queue: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.click(world.old)
    world.at_bank("paid")
    with monkeypatch.context() as patch:
        patch.setattr(tasks.settle_psp_payment, "delay", _no_broker)
        assert world.webhook(world.attempt().psp_id).status_code == 200
    assert tasks.poll() == 1
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


def _no_broker(**_: object) -> None:
    raise OSError("broker is gone")


# polling -----------------------------------------------------------------------------------------------------------
def test_a_payment_without_a_webhook_is_polled_ever_less_often(world: World) -> None:
    world.click(world.old)
    start = world.attempt().created_at
    body = world.emulator.store.get(world.attempt().psp_id)
    assert body is not None
    world.emulator.store.save(body | {"expiresAt": (datetime.now(UTC) + timedelta(days=9)).isoformat()})
    gaps = []
    for _ in range(5):
        due = world.attempt().next_poll_at
        assert due is not None
        gaps.append(round((due - start) / timedelta(minutes=15)))
        world.settle(after=due - now())
        start = due
    assert gaps == [1, 4, 16, 108, 96]  # 15 minutes, 1 h, 4 h, 27 h, a day


def test_nothing_is_polled_before_its_time_or_after_its_end(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    assert tasks.poll() == 0
    world.at_bank("expired")
    world.settle()
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_payments.filter(next_poll_at__isnull=False).count() == 0


def test_a_missed_webhook_is_found_by_the_poll(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old)
    world.at_bank("paid")
    with tenant_context(world.tenant.pk):
        world.tenant.psp_payments.update(next_poll_at=now() - timedelta(seconds=1))
    assert tasks.poll() == 1
    run(queue)
    assert world.payments() == [Decimal("100.00")]


# the key -----------------------------------------------------------------------------------------------------------
def test_the_key_is_sealed_and_never_told(world: World) -> None:
    with tenant_context(world.tenant.pk), connection.cursor() as cursor:
        for table in ("receivables_pspaccount", "tenants_event"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{API_KEY}%"])  # noqa: S608 # names above
            assert cursor.fetchone()[0] == 0


def test_a_nonsense_key_is_refused(world: World) -> None:
    with tenant_context(world.tenant.pk), pytest.raises(BadKeyError):
        connect_psp(world.tenant, "sk_123", now=now())


def test_a_new_key_takes_the_place_of_the_old_one(world: World) -> None:
    with tenant_context(world.tenant.pk):
        account = connect_psp(world.tenant, "live_" + "a" * 30, now=now())
        assert (world.tenant.psp_accounts.count(), account.is_test) == (1, False)
