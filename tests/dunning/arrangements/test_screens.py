"""The screens of "Afspraken" and "Berichten": what they list, what each form does, and who may."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dunning.dossier.collect import collect, timeline
from dunning.dossier.records import claim
from dunning.models.arrangements import MessageKind, Origin, PlanState
from dunning.selectors.timeline import timeline_of
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.dunning.arrangements.world import AgreedBooks, day
from tests.dunning.handover.world import to_the_handover

pytestmark = pytest.mark.django_db
NOON = "2026-09-21T12:00:00+02:00"


@pytest.fixture
def anna(books: AgreedBooks) -> Customer:
    return books.customer("Anna")


@pytest.fixture
def invoice(books: AgreedBooks, anna: Customer) -> Invoice:
    return books.invoice(anna, "F-1", due="2026-09-09", amount="300.00")


@pytest.fixture
def screen(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def _url(name: str, *args: object) -> str:
    return reverse(f"dunning:{name}", args=["korrel", *args])


def _shows(client: Client, url: str, *texts: str) -> str:
    answer = client.get(url)
    body = answer.content.decode()
    assert answer.status_code == 200
    assert faults(body) == []
    assert [text for text in texts if text not in body] == []
    return body


# --- disputes ------------------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_dispute_by_phone_is_listed_reassigned_and_answered(
    screen: Client, books: AgreedBooks, anna: Customer, invoice: Invoice, bookkeeper: User
) -> None:
    _shows(screen, _url("arrangements"), "Niets betwist")
    form = {"invoice": invoice.pk, "reason": "quality", "text": "Kapot", "amount": "80,50", "owner": bookkeeper.pk}
    assert screen.post(_url("dispute_new", anna.pk), form | {"resolve_by_on": "2026-09-20"}).status_code == 422
    assert screen.post(_url("dispute_new", anna.pk), form | {"resolve_by_on": "2026-09-28"}).status_code == 302
    with tenant_context(books.tenant.pk):
        dispute = books.tenant.disputes.get()
    assert (str(dispute.amount), dispute.origin, dispute.opened_by) == ("80.50", Origin.STAFF, bookkeeper)

    _shows(screen, _url("arrangements"), "Anna", "Niet goed geleverd", "28-09-2026")
    _shows(screen, _url("arrangements") + "?van=mij&q=ann", "Anna")
    _shows(screen, _url("arrangements") + "?van=niemand", "Niets gevonden")
    _shows(screen, _url("dispute", dispute.pk), "Niet betwist", "219,50")
    _shows(screen, _url("customer", anna.pk), "Factuur F-1 is betwist")
    _shows(screen, _url("invoice", invoice.pk), "Factuur F-1 is betwist")

    change = {"owner": "", "resolve_by_on": "2026-09-30"}
    assert screen.post(_url("dispute_change", dispute.pk), change).status_code == 302
    assert screen.post(_url("dispute", dispute.pk), {"outcome": "rejected", "note": ""}).status_code == 422
    assert screen.post(_url("dispute", dispute.pk), {"outcome": "upheld", "note": "U heeft gelijk"}).status_code == 302
    with tenant_context(books.tenant.pk):
        dispute.refresh_from_db()
        held = books.tenant.holds.get()
    assert (dispute.owner, dispute.outcome, held.reason) == (None, "upheld", "dispute")
    _shows(screen, _url("arrangements") + "?van=afgehandeld", "Gegrond")


# --- promises ------------------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_promise_by_phone_runs_and_can_be_withdrawn(
    screen: Client, books: AgreedBooks, anna: Customer, invoice: Invoice
) -> None:
    _shows(screen, _url("promise_new", anna.pk), "F-1")
    form = {"invoices": [invoice.pk], "pay_on": "2026-12-01", "amount": "", "note": "na de kas"}
    assert screen.post(_url("promise_new", anna.pk), form | {"pay_on": "2026-09-01"}).status_code == 422
    assert screen.post(_url("promise_new", anna.pk), form).status_code == 302
    with tenant_context(books.tenant.pk):
        promise = books.tenant.promises.get()
    assert str(promise.amount) == "300.00"
    _shows(screen, _url("arrangements_promises"), "Anna", "01-12-2026", "04-12-2026", "Intrekken")
    assert screen.post(_url("promise_withdraw", promise.pk)).status_code == 302
    _shows(screen, _url("arrangements_promises"), "Geen toezeggingen")


@time_machine.travel("2026-10-05T12:00:00+02:00", tick=False)
def test_broken_promises_have_their_list_and_their_number_on_the_dashboard(
    screen: Client, books: AgreedBooks, anna: Customer, invoice: Invoice
) -> None:
    _shows(screen, _url("arrangements_promises") + "?stand=gebroken", "Alles nagekomen")
    books.promises(anna, invoice, pay_on="2026-09-29", on="2026-09-18")
    _shows(screen, _url("arrangements_promises") + "?stand=gebroken", "Anna", "Niet nagekomen")
    _shows(screen, _url("arrangements_promises"), "Geen toezeggingen")
    _shows(screen, _url("dashboard"), "Toezeggingen niet nagekomen")
    _shows(screen, _url("customer", anna.pk), "Toezegging van 29 september 2026 is niet nagekomen")


# --- plans ---------------------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_plan_is_shown_before_it_is_agreed_and_can_be_changed_row_by_row(
    screen: Client, books: AgreedBooks, anna: Customer, invoice: Invoice
) -> None:
    form = {"invoices": [invoice.pk], "count": "3", "first_on": "2026-10-01", "every": "month", "note": ""}
    shown = screen.post(_url("plan_new", anna.pk), form | {"toon": "1"})
    assert shown.status_code == 200
    assert [row[1] for row in shown.context["rows"].rows] == ["100,00", "100,00", "100,00"]
    with tenant_context(books.tenant.pk):
        assert books.tenant.payment_plans.count() == 0

    rows = {"dag": ["2026-10-01", "2026-11-01", ""], "bedrag": ["120,00", "170,00", ""], "bewaar": "1"}
    wrong = screen.post(_url("plan_new", anna.pk), form | rows)
    assert wrong.status_code == 422
    assert "samen € 290,00" in wrong.content.decode().replace("\u00a0", " ")
    unreadable = screen.post(_url("plan_new", anna.pk), form | rows | {"bedrag": ["veel", "170,00", ""]})
    assert unreadable.status_code == 422
    made = screen.post(_url("plan_new", anna.pk), form | rows | {"bedrag": ["130,00", "170,00", ""]})
    assert made.status_code == 302

    _shows(screen, made["Location"], "Loopt goed", "130,00", "170,00")
    _shows(screen, _url("arrangements_plans"), "Anna", "Loopt goed", "0 van 2")
    with tenant_context(books.tenant.pk):
        plan = books.tenant.payment_plans.get()
    change = {"count": "2", "first_on": "2026-10-15", "every": "two_weeks", "note": "", "bewaar": "1"}
    assert screen.post(_url("plan_change", plan.pk), change).status_code == 302
    assert screen.post(_url("plan_end", plan.pk), {"why": "te laat"}).status_code == 302  # that one was replaced
    with tenant_context(books.tenant.pk):
        newest = books.tenant.payment_plans.get(state=PlanState.RUNNING)
    assert screen.post(_url("plan_end", newest.pk), {"why": ""}).status_code == 302
    assert screen.post(_url("plan_end", newest.pk), {"why": "In overleg"}).status_code == 302
    _shows(screen, _url("arrangements_plans") + "?stand=beeindigd", "In overleg")
    _shows(screen, _url("plan", newest.pk), "In overleg")


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("answer", "state"), [("plan_accept", "running"), ("plan_reject", "rejected")])
def test_request_is_first_in_the_list_and_gets_its_answer(
    screen: Client, books: AgreedBooks, anna: Customer, invoice: Invoice, answer: str, state: str
) -> None:
    plan = books.asks_plan(anna, invoice, count=6, first_on="2026-09-30", on="2026-09-18")
    _shows(screen, _url("arrangements_plans") + "?stand=aanvraag", "Aangevraagd", "Beslissen")
    _shows(screen, _url("dashboard"), "Aangevraagde regelingen")
    _shows(screen, _url("plan", plan.pk), "Even krap", "2 oktober 2026")
    assert screen.post(_url(answer, plan.pk), {"why": "Te lang"}).status_code == 302
    with tenant_context(books.tenant.pk):
        plan.refresh_from_db()
    assert plan.state == state


@time_machine.travel("2026-10-07T12:00:00+02:00", tick=False)
def test_missed_and_broken_plans_are_found_by_their_filter(
    screen: Client, books: AgreedBooks, anna: Customer, invoice: Invoice
) -> None:
    missed = books.asks_plan(anna, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    bram = books.customer("Bram")
    other = books.invoice(bram, "F-2", due="2026-09-09", amount="300.00")
    broken = books.asks_plan(bram, other, count=3, first_on="2026-09-22", on="2026-09-18")
    listed = _shows(screen, _url("arrangements_plans") + "?stand=gemist", "Termijn gemist", "Gebroken")
    assert listed.index("Bram") < listed.index("Anna")  # the worst first
    _shows(screen, _url("plan", missed.pk), "Inhalen kan tot en met 10 oktober 2026")
    _shows(screen, _url("plan", broken.pk), "De regeling is gebroken")


# --- messages ------------------------------------------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_inbox_lists_answers_and_files_messages(
    screen: Client, books: AgreedBooks, anna: Customer, invoice: Invoice
) -> None:
    _shows(screen, _url("messages"), "Geen berichten")
    message = books.claims_paid(anna, invoice, on="2026-09-21", amount="300.00")
    _shows(screen, _url("messages") + f"?soort={MessageKind.ALREADY_PAID}", "Anna", "300,00", "28-09-2026")
    _shows(screen, _url("message", message.pk), "NL00 TEST", "Betaling boeken", "28 september 2026")
    _shows(screen, _url("dashboard"), "Berichten van klanten")
    assert screen.post(_url("message", message.pk), {"answer": "", "note": ""}).status_code == 422
    done = {"answer": "Gevonden, dank u.", "note": "", "lifts_hold": "on"}
    assert screen.post(_url("message", message.pk), done).status_code == 302
    _shows(screen, _url("messages") + "?stand=afgehandeld", "Anna")
    with tenant_context(books.tenant.pk):
        assert books.tenant.holds.filter(ended_at__isnull=True).count() == 0


@time_machine.travel(NOON, tick=False)
def test_wrong_person_is_forwarded_with_one_click(
    screen: Client, books: AgreedBooks, anna: Customer, invoice: Invoice
) -> None:
    with tenant_context(books.tenant.pk):
        facts = {"kind": "wrong_person", "forward_name": "Lot", "forward_email": "lot@klant.example"}
        message = books.tenant.debtor_messages.create(customer=anna, left_at="2026-09-21T08:00:00Z", **facts)
    _shows(screen, _url("message", message.pk), "Doorsturen naar Lot")
    assert screen.post(_url("message_forward", message.pk)).status_code == 302
    with tenant_context(books.tenant.pk):
        assert books.tenant.contacts.get().email == "lot@klant.example"
    _shows(screen, _url("message", message.pk), "Doorgestuurd naar Lot")


# --- who may -------------------------------------------------------------------------------------------------------------


def test_who_only_looks_sees_lists_without_buttons(
    client: Client, viewer: User, books: AgreedBooks, anna: Customer, invoice: Invoice
) -> None:
    client.force_login(viewer)
    dispute = books.disputes(invoice, on="2026-09-18")
    assert "<textarea" not in _shows(client, _url("dispute", dispute.pk))
    assert client.post(_url("dispute", dispute.pk), {"outcome": "rejected", "note": "nee"}).status_code == 403
    assert client.get(_url("promise_new", anna.pk)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
@time_machine.travel(NOON, tick=False)
def test_lists_take_the_same_number_of_queries(screen: Client, books: AgreedBooks, count: int) -> None:
    for place in range(count):
        customer = books.customer(f"Klant{place}")
        own = [books.invoice(customer, f"F{place}-{number}", due="2026-09-09", amount="100.00") for number in range(3)]
        books.disputes(own[0], on="2026-09-18")
        books.promises(customer, own[1], pay_on="2026-09-29", on="2026-09-18")
        books.asks_plan(customer, own[2], count=2, first_on="2026-09-30", on="2026-09-18")
        books.claims_paid(customer, own[0], on="2026-09-18")
    counts = []
    for name in ("arrangements", "arrangements_promises", "arrangements_plans", "messages"):
        with CaptureQueriesContext(connection) as queries:
            screen.get(_url(name))
        counts.append(len([query for query in queries if "dunning_" in query["sql"]]))
    assert counts == [1, 2, 1, 1]


# --- what happened -------------------------------------------------------------------------------------------------------


def test_timeline_tells_what_was_arranged_and_how_it_ended(
    books: AgreedBooks, anna: Customer, invoice: Invoice
) -> None:
    books.disputes(invoice, on="2026-09-10", amount=Money.of("80"))
    books.promises(anna, invoice, pay_on="2026-09-20", on="2026-09-11")
    books.asks_plan(anna, invoice, count=3, first_on="2026-09-30", on="2026-09-25")
    books.claims_paid(anna, invoice, on="2026-09-26")
    with tenant_context(books.tenant.pk):
        titles = [entry.title for entry in timeline_of(books.tenant, anna, on=day("2026-10-20"))]
    told = [title for title in reversed(titles) if "naar anna@" not in title]
    assert told == [
        "Betwisting: niet geleverd",
        "€\u00a0300,00 toegezegd voor 20 september 2026",
        "Toezegging voor 20 september 2026 niet nagekomen",
        "Regeling van €\u00a0300,00 afgesproken",
        "Bericht van de klant: zegt betaald te hebben",
        "Blokkade: zegt betaald te hebben",
        "Regeling gebroken: termijn van 30 september 2026 niet op tijd",
    ]


def test_dossier_tells_only_what_was_arranged_about_its_invoices(books: AgreedBooks, tenant: Tenant) -> None:
    handover = to_the_handover(books)
    with tenant_context(tenant.pk):
        first = tenant.invoices.get(number="F1")
    other = books.invoice(handover.customer, "F9", due="2027-01-01", amount="10.00")
    books.disputes(first, on="2026-11-02", amount=Money.of("21"))
    books.disputes(other, on="2026-11-02")
    books.promises(handover.customer, first, pay_on="2026-11-05", on="2026-11-02")
    with tenant_context(tenant.pk):
        facts = collect(tenant, handover, on=day("2026-11-20"))
        told = claim(facts)["arrangements"]
    assert [one["what"] for one in told] == [
        "Betwisting: niet geleverd",
        "€\u00a0121,00 toegezegd voor 5 november 2026",
        "Toezegging voor 5 november 2026 niet nagekomen",
    ]
    assert "F9" not in json.dumps(told)
    assert {one["what"] for one in told} <= {happening.what for happening in timeline(facts)}
