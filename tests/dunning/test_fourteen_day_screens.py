"""The clock of a fourteen-day letter on the page of its invoice, and what a person may establish about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from dunning.models import FourteenDayLetter
from receivables.domain.unfold import Unfolded
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.events import VERBS
from tenants.models import Event, Tenant, User
from tests.accessibility import faults
from tests.dunning.legal.world import LawBooks
from tests.receivables.opened import blocks_of, expected, plain

pytestmark = pytest.mark.django_db
SENT_ON = date(2026, 9, 21)
IN_THE_TERM = "2026-09-28T10:00Z"
AFTERWARDS = "2026-10-09T10:00Z"


@pytest.fixture(autouse=True)
def _on_that_day() -> Iterator[None]:
    with time_machine.travel(IN_THE_TERM, tick=False):
        yield


@pytest.fixture
def books(tenant: Tenant) -> LawBooks:
    return LawBooks(tenant)


@pytest.fixture
def debtor(books: LawBooks) -> Customer:
    return books.consumer()


@pytest.fixture
def invoice(books: LawBooks, debtor: Customer) -> Invoice:
    """In default, and asked by a fourteen-day letter of 21 September by mail."""
    invoice = books.agreed(debtor, "F-1", due="2026-09-09", amount="1000.00")
    for on in ("2026-09-14", "2026-09-21"):
        books.week(on)
    return invoice


@pytest.fixture
def desk(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def letter_of(books: LawBooks) -> FourteenDayLetter:
    with tenant_context(books.tenant.pk):
        return books.tenant.fourteen_day_letters.select_related("notice").get()


def days_of(books: LawBooks) -> tuple[date, date, date]:
    letter = letter_of(books)
    return letter.received_on, letter.term_last_on, letter.costs_due_from_on


def events(books: LawBooks, verb: str) -> list[Event]:
    with tenant_context(books.tenant.pk):
        return list(books.tenant.events.filter(verb=f"fourteen_day_letter.{verb}").order_by("seq"))


def page(desk: Client, invoice: Invoice) -> str:
    content = desk.get(reverse("dunning:invoice", args=["korrel", invoice.pk])).content.decode()
    assert faults(content) == []
    return plain(content)


def url(action: str, invoice: Invoice, letter: FourteenDayLetter) -> str:
    return reverse(f"dunning:fourteen_day_{action}", args=["korrel", invoice.pk, letter.pk])


def post(desk: Client, books: LawBooks, action: str, invoice: Invoice, **fields: str) -> HttpResponse:
    return desk.post(url(action, invoice, letter_of(books)), fields)  # type: ignore[return-value] # what the test client adds


# --- how far it is --------------------------------------------------------------------------------------------------------


def test_a_running_letter_says_until_when_and_how_that_is_known(
    desk: Client, books: LawBooks, invoice: Invoice
) -> None:
    text = page(desk, invoice)

    for words in (
        "Loopt tot en met 7 oktober 2026",
        '<dd>21 september 2026<br><span class="faint small">volgens de bezorgregel',
        "tot en met 5 oktober 2026",
        "<dt>Kosten vanaf</dt><dd>8 oktober 2026",
        "Aangekondigd over € 1.000,00",
    ):
        assert words in text
    announced = Unfolded.from_json(letter_of(books).notice.stated["announced"]["unfolded"])
    assert expected(announced) in blocks_of(text)
    assert str(announced.amount) == "150.00"


@pytest.mark.parametrize(("on", "label"), [("2026-10-07", "Loopt tot en met"), ("2026-10-08", "Verlopen op")])
def test_it_has_run_out_the_day_after_the_safe_last_day(desk: Client, invoice: Invoice, on: str, label: str) -> None:
    with time_machine.travel(f"{on}T10:00Z", tick=False):
        assert f"{label} 7 oktober 2026" in page(desk, invoice)


def test_what_is_paid_needs_no_term(desk: Client, books: LawBooks, debtor: Customer, invoice: Invoice) -> None:
    books.pays(debtor, "1001.32", on="2026-09-25")
    text = page(desk, invoice)
    assert '<span class="pill good dot">Betaald</span></header>' in text.replace("> <", "><")
    assert "Loopt tot en met" not in text


def test_an_invoice_without_such_a_letter_has_no_panel(desk: Client, books: LawBooks, debtor: Customer) -> None:
    other = books.invoice(debtor, "F-2", due="2026-12-01", amount="10.00")
    assert "Veertiendagenbrief" not in page(desk, other)


def test_the_letter_itself_shows_its_clock_too(desk: Client, books: LawBooks, invoice: Invoice) -> None:
    letter = letter_of(books)
    content = desk.get(reverse("dunning:run_notice", args=["korrel", letter.notice.run_id, letter.notice_id]))
    assert faults(content.content) == []
    assert "Loopt tot en met 7 oktober 2026" in content.content.decode()


# --- another day of receipt -----------------------------------------------------------------------------------------------


def test_an_established_day_moves_the_term_and_is_written_down(
    desk: Client, books: LawBooks, invoice: Invoice, bookkeeper: User
) -> None:
    assert faults(desk.get(url("receipt", invoice, letter_of(books))).content) == []

    answer = post(desk, books, "receipt", invoice, received_on="2026-09-24")

    assert answer["Location"] == reverse("dunning:invoice", args=["korrel", invoice.pk])
    assert days_of(books) == (
        date(2026, 9, 24),
        date(2026, 10, 8),
        date(2026, 10, 13),
    )  # Saturday and Sunday are extended
    (event,) = events(books, "receipt_proved")
    assert (event.by, event.details) == (
        bookkeeper,
        {"from": "2026-09-21", "to": "2026-09-24", "proof": "person"},
    )
    assert "vastgesteld door een medewerker" in page(desk, invoice)
    assert books.settle("2026-10-12") == 0  # the costs wait for the later day
    assert books.settle("2026-10-13") == 1


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-09-20", "De brief is pas op 21 september 2026 verstuurd."),
        ("2026-09-29", "Deze dag moet nog komen."),
        ("gisteren", "Voer een geldige datum in."),
        ("", "Dit veld is vereist."),
    ],
)
def test_a_day_that_cannot_be_is_refused(desk: Client, books: LawBooks, invoice: Invoice, day: str, why: str) -> None:
    before = days_of(books)
    answer = post(desk, books, "receipt", invoice, received_on=day)

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert faults(answer.content) == []
    assert (days_of(books), events(books, "receipt_proved")) == (before, [])


def test_after_the_costs_were_booked_the_day_cannot_be_changed(desk: Client, books: LawBooks, invoice: Invoice) -> None:
    before = days_of(books)
    assert books.settle("2026-10-08") == 1
    with time_machine.travel(AFTERWARDS, tick=False):
        assert "Andere dag van ontvangst" not in page(desk, invoice)
        answer = post(desk, books, "receipt", invoice, received_on="2026-09-25")

    assert answer.status_code == 422
    assert "De kosten na deze brief zijn al geboekt." in answer.content.decode()
    assert (days_of(books), letter_of(books).voided_at) == (before, None)
    assert books.open(invoice)["costs"] == "150.00"


def test_costs_after_a_letter_that_never_came_are_taken_back(desk: Client, books: LawBooks, invoice: Invoice) -> None:
    before = books.open(invoice)
    assert books.settle("2026-10-08") == 1
    with time_machine.travel(AFTERWARDS, tick=False):
        assert "Niet ontvangen" in page(desk, invoice)
        assert post(desk, books, "not_received", invoice, why="de envelop kwam terug").status_code == 302

    assert letter_of(books).voided_at is not None
    assert books.open(invoice) == before


# --- not received ---------------------------------------------------------------------------------------------------------


def test_a_letter_that_did_not_arrive_gives_no_costs(
    desk: Client, books: LawBooks, invoice: Invoice, bookkeeper: User
) -> None:
    assert faults(desk.get(url("not_received", invoice, letter_of(books))).content) == []

    assert post(desk, books, "not_received", invoice, why="de envelop kwam terug").status_code == 302

    (event,) = events(books, "voided")
    assert (event.by, event.details) == (bookkeeper, {"why": "de envelop kwam terug"})
    text = page(desk, invoice)
    assert "de envelop kwam terug" in text
    assert "Loopt tot en met" not in text
    assert books.settle("2026-10-31") == 0
    assert "costs" not in books.open(invoice)


def test_the_ladder_then_asks_by_a_new_letter(desk: Client, books: LawBooks, invoice: Invoice) -> None:
    post(desk, books, "not_received", invoice, why="de envelop kwam terug")
    taken = [books.week(on) for on in ("2026-10-05", "2026-10-12")]
    assert any(taken)
    with tenant_context(books.tenant.pk):
        assert books.tenant.fourteen_day_letters.count() == 2
    assert "Loopt tot en met" in page(desk, invoice)  # of the newest


def test_twice_is_once(desk: Client, books: LawBooks, invoice: Invoice) -> None:
    first, second = (post(desk, books, "not_received", invoice, why="retour") for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 422)
    assert "al vervallen" in second.content.decode()
    assert len(events(books, "voided")) == 1


def test_it_needs_a_reason(desk: Client, books: LawBooks, invoice: Invoice) -> None:
    assert post(desk, books, "not_received", invoice, why="").status_code == 422
    assert letter_of(books).voided_at is None


# --- who ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("owner", 403), ("stranger", 404)])
@pytest.mark.parametrize("action", ["receipt", "not_received"])
def test_others_change_nothing(
    books: LawBooks, invoice: Invoice, who: str, status: int, action: str, request: pytest.FixtureRequest
) -> None:
    client, before = Client(), days_of(books)
    client.force_login(request.getfixturevalue(who))
    answer = post(client, books, action, invoice, received_on="2026-09-24", why="retour")
    assert answer.status_code == status
    assert (days_of(books), letter_of(books).voided_at) == (before, None)


def test_who_may_only_look_sees_no_buttons(client: Client, desk: Client, viewer: User, invoice: Invoice) -> None:
    assert "Andere dag van ontvangst" in page(desk, invoice)
    client.force_login(viewer)
    text = page(client, invoice)
    assert "Loopt tot en met 7 oktober 2026" in text
    assert "Andere dag van ontvangst" not in text


def test_a_letter_belongs_to_its_own_invoices(
    desk: Client, books: LawBooks, debtor: Customer, invoice: Invoice
) -> None:
    other = books.invoice(debtor, "F-2", due="2026-12-01", amount="10.00")
    letter = letter_of(books)
    assert desk.get(url("receipt", invoice, letter)).status_code == 200
    assert desk.get(url("receipt", other, letter)).status_code == 404
    letter.pk = uuid4()
    assert desk.get(url("receipt", invoice, letter)).status_code == 404


def test_opening_the_pages_changes_nothing(desk: Client, books: LawBooks, invoice: Invoice) -> None:
    before = days_of(books)
    for action in ("receipt", "not_received"):
        desk.get(url(action, invoice, letter_of(books)), {"received_on": "2026-09-24", "why": "retour"})
    assert (days_of(books), letter_of(books).voided_at) == (before, None)
    assert before[0] == SENT_ON
    assert before[1] == SENT_ON + timedelta(days=14)


def test_the_trail_speaks_dutch() -> None:
    spoken = {verb for verb in VERBS if verb.startswith("fourteen_day_letter.")}
    assert spoken == {f"fourteen_day_letter.{name}" for name in ("receipt_proved", "ran_out", "voided")}
