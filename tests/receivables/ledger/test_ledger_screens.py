"""The page of the check and the page where a person gives up a claim or undoes a booking."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from receivables.ledger_check import check
from receivables.models.ledger import PaymentChannel
from tenants.context import tenant_context
from tenants.models import Event, Tenant, User
from tests.accessibility import faults
from tests.receivables.ledger.world import Books, make_books, pay, superuser
from tests.receivables.paying.rows import NOW, open_of

LEDGER, NOW_URL = "/t/korrel/grootboek/", "/t/korrel/grootboek/controleren/"


def _tree(page: str) -> Any:
    """The page as a tree; the stubs of lxml do not know what an XPath finds."""
    return html.document_fromstring(page)


@pytest.fixture
def books(tenant: Tenant) -> Books:
    with tenant_context(tenant.pk):
        return make_books(tenant)


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def text(content: bytes) -> str:
    return " ".join(_tree(content.decode()).text_content().split())


def page_of(books: Books) -> str:
    return f"/t/korrel/facturen/{books.invoice.pk}/boekingen/"


def now_open(books: Books) -> str:
    with tenant_context(books.tenant.pk):
        return open_of(books.invoice)[0]


# the check ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_before_the_first_check_the_page_says_what_to_do(staff: Client, tenant: Tenant) -> None:
    answer = staff.get(LEDGER)
    assert "Nog niet nagerekend" in text(answer.content)
    assert faults(answer.content) == []


@pytest.mark.django_db
def test_checking_now_shows_six_promises_and_the_trial_balance(staff: Client, books: Books, bookkeeper: User) -> None:
    answer = staff.post(NOW_URL, follow=True)
    shown = text(answer.content)
    assert (shown.count("klopt niet"), shown.count("Het grootboek is in orde.")) == (0, 1)
    assert "Kosten betaaldienst" in shown
    assert "€ 0,29" in shown
    totals = _tree(answer.content.decode()).xpath("//tfoot//td/text()")
    assert len(set(totals)) == 1
    assert faults(answer.content) == []
    event = Event.across_tenants.filter(verb="ledger.checked")
    with tenant_context(books.tenant.pk):
        assert event.get().by == bookkeeper


@pytest.mark.django_db(transaction=True)
def test_a_breach_is_shown_in_red_with_where_it_is(staff: Client, books: Books) -> None:
    with superuser(locks=False) as connection:
        connection.execute("UPDATE receivables_invoice SET open_amount = open_amount + 1 WHERE number = '2026-1'")
        connection.execute("UPDATE receivables_payment SET unallocated = unallocated + 1 WHERE channel = 'manual'")
        connection.execute("UPDATE receivables_ledgerentry SET source_key = 'settlement:x:y:z' WHERE amount = 30")
    answer = staff.post(NOW_URL, follow=True)
    tree = _tree(answer.content.decode())
    links = {link.text_content(): link.get("href") for link in tree.xpath("//span[@class='bad']/following-sibling::a")}
    assert links == {
        "factuur 2026-1": f"/t/korrel/facturen/{books.invoice.pk}/",
        "betaling van Jansen Interieur, 23-11-2026": f"/t/korrel/klanten/{books.customer.pk}/",
        "factuur C-1": links.get("factuur C-1"),
    }
    assert "Er gaat geen mail en geen brief uit" in text(answer.content)
    assert faults(answer.content) == []
    assert "Het grootboek klopt niet. Er gaat nu niets uit." in text(staff.get("/t/korrel/").content)


@pytest.mark.django_db
def test_a_viewer_reads_and_does_not_start_a_check(client: Client, viewer: User, books: Books) -> None:
    with tenant_context(books.tenant.pk):
        check(books.tenant, now=NOW)
    client.force_login(viewer)
    assert "Nu controleren" not in text(client.get(LEDGER).content)
    assert client.post(NOW_URL).status_code == 403


# giving up ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_giving_up_asks_first_and_then_books(staff: Client, books: Books) -> None:
    asked = {"kind": "discount", "amount": "10,00", "why": "om ervan af te zijn"}
    question = staff.post(page_of(books), asked)
    assert "€ 10,00 korting geven?" in text(question.content)
    assert (now_open(books), faults(question.content)) == ("60.00", [])

    fields = _tree(question.content.decode()).xpath("//main//input[@type='hidden']")
    answer = staff.post(page_of(books), {one.get("name"): one.get("value") for one in fields})

    assert answer["Location"] == f"/t/korrel/facturen/{books.invoice.pk}/"
    assert now_open(books) == "50.00"


@pytest.mark.django_db
def test_a_write_off_takes_everything_that_is_open(staff: Client, books: Books) -> None:
    staff.post(page_of(books), {"kind": "write_off", "amount": "", "why": "failliet", "stated": "60.00"})
    assert now_open(books) == "0.00"


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"kind": "write_off", "why": "failliet", "stated": "61.00"}, "Het openstaande bedrag is intussen veranderd."),
        ({"kind": "discount", "amount": "60,01", "why": "x"}, "Meer dan de openstaande hoofdsom kan niet: 60,00."),
        ({"kind": "discount", "amount": "", "why": "x"}, "Vul in hoeveel korting u geeft."),
        ({"kind": "write_off", "why": ""}, "Nog niet goed"),
        ({"kind": "gift", "why": "x"}, "Nog niet goed"),
    ],
)
@pytest.mark.django_db
def test_what_is_not_right_books_nothing(staff: Client, books: Books, posted: dict[str, str], sentence: str) -> None:
    answer = staff.post(page_of(books), posted)
    assert (answer.status_code, now_open(books)) == (422, "60.00")
    assert sentence in text(answer.content)
    assert faults(answer.content) == []


# undoing -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_payment_by_hand_is_undone_with_a_reason(staff: Client, books: Books) -> None:
    page = staff.get(page_of(books))
    (url,) = _tree(page.content.decode()).xpath("//dialog/form/@action")
    assert faults(page.content) == []

    nothing = staff.post(url, {"why": ""}, follow=True)
    assert (now_open(books), "Zeg kort waarom" in text(nothing.content)) == ("60.00", True)

    done = staff.post(url, {"why": "dubbel getypt"}, follow=True)
    assert (now_open(books), "teruggedraaid" in text(done.content)) == ("100.00", True)

    again = staff.post(url, {"why": "nog eens"}, follow=True)
    assert (now_open(books), "al teruggedraaid" in text(again.content)) == ("100.00", True)


@pytest.mark.django_db
def test_a_payment_that_no_invoice_took_is_undone_from_the_credits(
    staff: Client, books: Books, bookkeeper: User
) -> None:
    with tenant_context(books.tenant.pk):
        lost = pay(books.invoice.customer, "500.00", "manual:te-veel", books.invoice)
        from_bank = pay(books.invoice.customer, "7.00", "bank:1", channel=PaymentChannel.BANK)
    page = staff.get(reverse("receivables:unallocated", args=["korrel"]))
    (url,) = _tree(page.content.decode()).xpath("//dialog/form/@action")  # what came from the bank is undone there
    assert (str(lost.pk) in url, faults(page.content), now_open(books)) == (True, [], "0.00")

    assert "Zeg kort waarom" in text(staff.post(url, {"why": ""}, follow=True).content)
    done = staff.post(url, {"why": "verkeerde klant"}, follow=True)
    assert ("€ 500,00 is teruggedraaid" in text(done.content), now_open(books)) == (True, "60.00")
    with tenant_context(books.tenant.pk):
        event = Event.across_tenants.filter(verb="booking.reversed").get()
        assert (event.by, event.details["why"]) == (bookkeeper, "verkeerde klant")

    for again in (url, url.replace(str(lost.pk), str(from_bank.pk))):
        assert "al teruggedraaid, of kan hier niet" in text(staff.post(again, {"why": "nog eens"}, follow=True).content)
    with tenant_context(books.tenant.pk):
        assert (lost.returns.count(), from_bank.returns.count()) == (1, 0)


@pytest.mark.django_db
def test_a_viewer_sees_no_way_to_book(client: Client, viewer: User, books: Books) -> None:
    client.force_login(viewer)
    assert client.get(page_of(books)).status_code == 403
    invoice = client.get(f"/t/korrel/facturen/{books.invoice.pk}/")
    assert "Afboeken, korting of terugdraaien" not in text(invoice.content)
