"""The queue of receipts without script: every action is a form that works with a browser from 1995."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from receivables.actions.bank_matching import match_open_lines
from receivables.ledger_check import check
from receivables.models import BankLine, Customer
from receivables.models.banking import LineState
from tenants.context import tenant_context
from tenants.models import Role, Tenant, User
from tests.accessibility import faults
from tests.factories import MembershipFactory
from tests.receivables.banking.rows import THEIRS, make_line
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, open_of

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "2026-04711"
QUEUE = "/t/korrel/bank/te-verwerken/"


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.clock.now", lambda: NOW)


@pytest.fixture
def desk(client: Client, bookkeeper: User, tenant: Tenant) -> Client:
    tenant.match_threshold = 101  # everything waits for a person
    tenant.save(update_fields=["match_threshold"])
    client.force_login(bookkeeper)
    return client


def url(name: str, line: BankLine) -> str:
    return reverse(f"receivables:{name}", args=["korrel", line.pk])


def seen(answer: Any) -> str:
    assert answer.status_code in (200, 422)
    assert faults(answer.content) == []
    return re.sub(r"\s+", " ", answer.content.decode()).replace("\u00a0", " ").replace("&nbsp;", " ")


def digests(page: str) -> list[str]:
    return re.findall(r'name="digest" value="([0-9a-f]+)"', page)


def state(tenant: Tenant, line: BankLine) -> LineState:
    with tenant_context(tenant.pk):
        line.refresh_from_db()
        assert check(tenant, now=NOW).breaches == []
        return LineState(line.state)


@pytest.fixture
def customer(tenant: Tenant) -> Customer:
    with tenant_context(tenant.pk):
        customer = make_customer(tenant, number="K100")
        make_invoice(customer, NUMBER, "181.50")
        return customer


@pytest.fixture
def line(tenant: Tenant, customer: Customer) -> BankLine:
    with tenant_context(tenant.pk):
        return make_line(tenant, "181.50", f"Factuur {NUMBER}")


def test_the_page_says_what_it_thinks_and_why(desk: Client, tenant: Tenant, line: BankLine) -> None:
    match_open_lines(tenant, on=TODAY, now=NOW)
    page = seen(desk.get(QUEUE))
    for words in ("vrijwel zeker", NUMBER, f"Factuurnummer {NUMBER} staat in de omschrijving", "€ 181,50"):
        assert words in page


def test_agreeing_books_and_goes_on_to_the_next(desk: Client, tenant: Tenant, line: BankLine) -> None:
    with tenant_context(tenant.pk):
        other = make_line(tenant, "12.00", "iets anders")
    page = seen(desk.get(f"{QUEUE}?regel={line.pk}"))
    sent = {"digest": digests(page)[0], "terug": "stand=alles&q=&kwaad=1", "volgende": str(other.pk)}
    answer = desk.post(url("bank_line_accept", line), sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{QUEUE}?stand=alles&regel={other.pk}#regel")
    assert state(tenant, line) is LineState.BOOKED
    assert f"€ 181,50 geboekt bij Jansen Interieur voor {NUMBER}." in seen(desk.get(QUEUE))


def test_agreeing_with_yesterdays_page_books_nothing(desk: Client, tenant: Tenant, line: BankLine) -> None:
    shown = digests(seen(desk.get(f"{QUEUE}?regel={line.pk}")))[0]
    with tenant_context(tenant.pk):
        twin = make_line(tenant, "181.50", f"Factuur {NUMBER}")
    desk.post(url("bank_line_accept", line), {"digest": shown})
    page = seen(desk.post(url("bank_line_accept", twin), {"digest": shown}, follow=True))
    assert "klopt niet meer" in page
    assert state(tenant, twin) is LineState.OPEN
    page = seen(desk.post(url("bank_line_accept", line), {"digest": shown}, follow=True))
    assert "klopt niet meer" in page
    with tenant_context(tenant.pk):
        assert tenant.payments.count() == 1


def test_another_customer_is_searched_and_its_invoices_ticked(desk: Client, tenant: Tenant, line: BankLine) -> None:
    with tenant_context(tenant.pk):
        other = make_customer(tenant, "De Vries Schilders")
        young, old = make_invoice(other, "F9", "100.00", age=30), make_invoice(other, "F8", "100.00", age=80)
        paid = make_invoice(make_customer(tenant, "Klein"), "F7", "999.00")
    for words in ("vries", "F9", "100,00"):
        assert "De Vries Schilders" in seen(desk.get(url("bank_line_customer", line), {"q": words}))
    assert "Zoek op een deel" in seen(desk.get(url("bank_line_customer", line), {"q": "bestaat niet"}))
    assert "F9" in seen(desk.get(url("bank_line_customer", line), {"klant": str(other.pk)}))
    wrong = {"customer": str(other.pk), "invoices": [str(paid.pk)]}
    assert "niet van deze klant" in seen(desk.post(url("bank_line_customer", line), wrong))
    desk.post(url("bank_line_customer", line), {"customer": str(other.pk), "invoices": [str(young.pk)]})
    assert state(tenant, line) is LineState.BOOKED
    with tenant_context(tenant.pk):
        assert open_of(young, old) == ["0.00", "18.50"]  # what F9 did not need went to the oldest
        assert tenant.known_ibans.get(iban=THEIRS).customer == other


def test_a_split_adds_up_or_is_shown_again(desk: Client, tenant: Tenant, line: BankLine, customer: Customer) -> None:
    with tenant_context(tenant.pk):
        other = make_customer(tenant, "De Vries Schilders", number="K200")
        second = make_invoice(other, "F9", "100.00")
        first = tenant.invoices.get(number=NUMBER)
    rows = {"rijen": "3", "deel0-whom": NUMBER, "deel0-amount": "81,50", "deel1-whom": "K200", "deel1-amount": "99"}
    assert NUMBER in seen(desk.get(url("bank_line_split", line)))
    page = seen(desk.post(url("bank_line_split", line), rows))
    assert "er scheelt 1.00" in page
    page = seen(desk.post(url("bank_line_split", line), rows | {"erbij": "1"}))
    assert 'name="deel3-amount"' in page
    page = seen(desk.post(url("bank_line_split", line), rows | {"deel2-whom": "niemand", "deel2-amount": "1"}))
    assert "Niet gevonden" in page
    assert state(tenant, line) is LineState.OPEN
    desk.post(url("bank_line_split", line), rows | {"deel1-amount": "100"})
    assert state(tenant, line) is LineState.BOOKED
    with tenant_context(tenant.pk):
        assert open_of(first, second) == ["100.00", "0.00"]


def test_what_is_no_receipt_goes_aside_with_its_reason_and_comes_back(
    desk: Client, tenant: Tenant, line: BankLine
) -> None:
    desk.post(url("bank_line_set_aside", line), {"reason": "", "other": ""})
    assert state(tenant, line) is LineState.OPEN
    desk.post(url("bank_line_set_aside", line), {"reason": "Belastingteruggaaf"})
    assert state(tenant, line) is LineState.SET_ASIDE
    page = seen(desk.get(QUEUE))
    assert "€ 181,50 apart gelegd: Belastingteruggaaf" in page
    moment = re.search(r'name="van" value="([^"]+\+00:00)"', page)
    assert moment is not None
    undo_url = reverse("receivables:bank_queue_undo", args=["korrel"])
    desk.post(undo_url, {"van": "2020-01-01T00:00:00+00:00"})
    assert state(tenant, line) is LineState.SET_ASIDE
    desk.post(undo_url, {"van": moment[1]})
    assert state(tenant, line) is LineState.OPEN


def test_the_booked_list_shows_why_and_takes_back(desk: Client, tenant: Tenant, line: BankLine) -> None:
    tenant.match_threshold = 95
    tenant.save(update_fields=["match_threshold"])
    match_open_lines(tenant, on=TODAY, now=NOW)
    booked = "/t/korrel/bank/geboekt/"
    page = seen(desk.get(booked))
    assert f"Factuurnummer {NUMBER} staat in de omschrijving" in page
    for what, is_shown in [("vanzelf", True), ("door-mensen", False), ("apart", False), ("terug", False)]:
        assert ("Jansen Interieur" in seen(desk.get(booked, {"wat": what}))) is is_shown
    desk.post(url("bank_line_undo", line), {"why": "van de buurman"})
    assert state(tenant, line) is LineState.OPEN
    assert "van de buurman" in seen(desk.get(booked, {"wat": "ongedaan"}))


def test_many_are_agreed_with_after_a_look(desk: Client, tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        for place in range(3):
            number = f"2026-0{4000 + 17 * place}"
            make_invoice(make_customer(tenant, f"Klant {place}"), number, "100.00")
            make_line(tenant, "100.00", number, name=f"Klant {place}", iban=f"NL{place}")
    match_open_lines(tenant, on=TODAY, now=NOW)
    bulk = f"{QUEUE}akkoord/"
    page = seen(desk.get(bulk))
    chosen = re.findall(r'name="regel" value="([^"]+)"', page)
    assert len(chosen) == 3
    page = seen(desk.post(bulk, {"regel": [chosen[0], chosen[1], f"{chosen[2]}0", "onzin"]}, follow=True))
    assert "2 ontvangsten geboekt, samen € 200,00. 1 niet" in page
    assert "Niets om samen te boeken" in seen(desk.get(bulk, {"vanaf": "101"}))


def test_the_list_shows_what_still_holds_and_no_surer_than_it_was(desk: Client, tenant: Tenant, line: BankLine) -> None:
    """It reads the books of the proposed debtors alone: what spoke against a proposal in all the books still counts."""
    match_open_lines(tenant, on=TODAY, now=NOW)
    bulk = f"{QUEUE}akkoord/"
    with tenant_context(tenant.pk):
        tenant.bank_lines.filter(pk=line.pk).update(score=61)
        stranger = make_customer(tenant, "Heel iemand anders")
    page = seen(desk.get(bulk, {"vanaf": "60"}))
    assert "mogelijk 61" in page
    with tenant_context(tenant.pk):
        kept = tenant.bank_lines.get(pk=line.pk)
        kept.proposal = {**kept.proposal, "customer": str(stranger.pk)}
        kept.save(update_fields=["proposal"])
    assert "Niets om samen te boeken" in seen(desk.get(bulk, {"vanaf": "60"}))


def test_a_debit_gives_back_the_payment_it_reverses(desk: Client, tenant: Tenant, line: BankLine) -> None:
    shown = digests(seen(desk.get(f"{QUEUE}?regel={line.pk}")))[0]
    desk.post(url("bank_line_accept", line), {"digest": shown})
    with tenant_context(tenant.pk):
        storno = make_line(tenant, "-181.50", "Storno", is_reversal=True)
        rent = make_line(tenant, "-900.00", "Huur", iban="NL99DEMO0000000009", name="Verhuurder")
    debits = "/t/korrel/bank/afschrijvingen/"
    page = seen(desk.get(debits))
    assert "zelfde rekening en bedrag" in page
    assert "Verhuurder" not in page
    assert "Verhuurder" in seen(desk.get(debits, {"wat": "alles"}))
    payment = re.search(r'name="payment" value="([^"]+)"', page)
    assert payment is not None
    desk.post(url("bank_line_return", storno), {"payment": payment[1], "why": "Storno"})
    desk.post(url("bank_line_set_aside", rent), {"other": "Huur"})
    assert (state(tenant, storno), state(tenant, rent)) == (LineState.BOOKED, LineState.SET_ASIDE)
    with tenant_context(tenant.pk):
        assert open_of(tenant.invoices.get(number=NUMBER)) == ["181.50"]


def test_filters_find_by_sureness_words_amount_period_and_account(desk: Client, tenant: Tenant, line: BankLine) -> None:
    with tenant_context(tenant.pk):
        make_line(tenant, "12.34", "zomaar", name="Onbekende Vogel", iban="", on=TODAY - timedelta(days=20))
        make_line(tenant, "77.00", "wacht", name="Vastgehouden", state=LineState.HELD)
        account = tenant.bank_accounts.get()
    match_open_lines(tenant, on=TODAY, now=NOW)
    for asked, sure, loose, held in [
        ({}, True, True, False),
        ({"stand": "zeker"}, True, False, False),
        ({"stand": "geen-voorstel"}, False, True, False),
        ({"stand": "mogelijk"}, False, False, False),
        ({"stand": "wacht"}, False, False, True),
        ({"q": "vogel"}, False, True, False),
        ({"q": "12,34"}, False, True, False),
        ({"q": NUMBER}, True, False, False),
        ({"van": (TODAY - timedelta(days=5)).isoformat()}, True, False, False),
        ({"tot": (TODAY - timedelta(days=5)).isoformat()}, False, True, False),
        ({"rekening": str(account.pk)}, True, True, False),
        ({"sorteer": "bedrag", "van": "onzin", "na": "onzin", "regel": "onzin"}, True, True, False),
    ]:
        rows = desk.get(QUEUE, asked).context["rows"]
        names = {row.line.text for row, _ in rows}
        assert (f"Factuur {NUMBER}" in names, "zomaar" in names, "wacht" in names) == (sure, loose, held), asked


def test_money_for_another_administration_is_recognised_only_there_where_one_may_look(
    desk: Client, tenant: Tenant, sibling_tenant: Tenant, stranger_tenant: Tenant, bookkeeper: User
) -> None:
    for place, number in [(sibling_tenant, "ZUID-2026-77"), (stranger_tenant, "NOORD-2026-88")]:
        with tenant_context(place.pk):
            make_invoice(make_customer(place), number, "55.00")
    with tenant_context(tenant.pk):
        near = make_line(tenant, "55.00", "betreft zuid-2026-77.")
        far = make_line(tenant, "55.00", "betreft NOORD-2026-88")
    hint = "Lijkt voor een andere administratie"
    assert hint not in seen(desk.get(f"{QUEUE}?regel={near.pk}"))
    MembershipFactory.make(user=bookkeeper, tenant=sibling_tenant, role=Role.VIEWER)
    page = seen(desk.get(f"{QUEUE}?regel={near.pk}"))
    assert hint in page
    assert "Slagerij Zuid B.V., en daar staat precies dit bedrag open" in page
    assert hint not in seen(desk.get(f"{QUEUE}?regel={far.pk}"))
    with tenant_context(tenant.pk):
        make_invoice(make_customer(tenant, "Eigen"), "ZUID-2026-77", "99.00")  # we know that number ourselves
    assert hint not in seen(desk.get(f"{QUEUE}?regel={near.pk}"))


def test_a_viewer_reads_and_books_nothing(client: Client, viewer: User, tenant: Tenant, line: BankLine) -> None:
    client.force_login(viewer)
    page = seen(client.get(QUEUE)).split("<main")[1]
    assert 'method="post"' not in page
    for name in ("accept", "set_aside", "undo", "customer", "split", "return"):
        assert client.post(url(f"bank_line_{name}", line)).status_code == 403
    assert state(tenant, line) is LineState.OPEN


def test_an_empty_tenant_is_told_what_to_do(desk: Client) -> None:
    assert "Nog geen bankregels" in seen(desk.get(QUEUE))
    assert "Nog niets geboekt" in seen(desk.get("/t/korrel/bank/geboekt/"))
    assert "Geen terugboekingen" in seen(desk.get("/t/korrel/bank/afschrijvingen/"))


def test_a_known_account_is_forgotten(desk: Client, tenant: Tenant, customer: Customer) -> None:
    with tenant_context(tenant.pk):
        known = tenant.known_ibans.create(customer=customer, iban=THEIRS, learned_at=NOW)
    desk.post(reverse("receivables:known_iban_forget", args=["korrel", known.pk]))
    with tenant_context(tenant.pk):
        known.refresh_from_db()
        assert known.forgotten_at == NOW
        assert tenant.events.filter(verb="known_iban.forgotten").count() == 1
