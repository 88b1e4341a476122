"""The page a debtor opens: what it says, to whom, and that opening it changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from receivables.files import store
from receivables.paying import links
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.rows import TODAY, make_customer, make_invoice, now
from tests.receivables.paying.world import World, unchanged

pytestmark = pytest.mark.django_db(transaction=True)


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
    world.get()
    door = world.door
    with CaptureQueriesContext(connection) as queries:
        world.client.get(door)
    assert (
        len([query for query in queries if query["sql"].startswith("SELECT") and "set_config" not in query["sql"]])
        == 13  # five of them about agreements
    )


def test_a_hostile_name_is_shown_as_text(world: World) -> None:
    with tenant_context(world.tenant.pk):
        world.tenant.customers.update(name="<script>alert(1)</script>")
        world.tenant.invoices.update(description="<img src=x onerror=alert(1)>")
    page = world.get().content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


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
    world.pass_check()
    assert b"GEHEIM" not in world.get().content
    assert world.get(f"/factuur/{theirs.pk}").status_code == 404
    assert world.click(theirs).status_code == 409
    assert world.attempts() == []


def test_the_invoice_pdf_is_served(world: World) -> None:
    with tenant_context(world.tenant.pk):
        pdf = store(world.tenant, content=b"%PDF-1.7 factuur", media_type="application/pdf")
        world.tenant.invoices.filter(pk=world.old.pk).update(pdf_file=pdf)
    world.pass_check()
    response = world.get(f"/factuur/{world.old.pk}")
    assert (response.content, response["Content-Type"]) == (b"%PDF-1.7 factuur", "application/pdf")
    assert response["Cache-Control"] == "no-store"


def test_a_file_that_is_no_pdf_is_not_served(world: World) -> None:
    with tenant_context(world.tenant.pk):
        page = store(world.tenant, content=b"<script>alert(1)</script>", media_type="application/pdf")
        world.tenant.invoices.filter(pk=world.old.pk).update(pdf_file=page)
    world.pass_check()
    assert world.get(f"/factuur/{world.old.pk}").status_code == 404


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
