"""The legal side of a customer: proposals that a person accepts, switches, agreed interest and stop signals."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from receivables.models import Customer
from receivables.models.customers import Insolvency
from receivables.selectors import paging
from receivables.stop_signals import MEANINGS
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.paying.rows import make_customer, make_invoice
from tests.receivables.test_screens_customer_edit import _form as as_it_stands

pytestmark = pytest.mark.django_db
URL = "/t/korrel/klanten/rechtsvorm/"


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def page_of(client: Client, customer: Customer) -> str:
    answer = client.get(f"/t/korrel/klanten/{customer.pk}/")
    assert answer.status_code == 200
    assert faults(answer.content) == []
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_proposal_changes_nothing_until_it_is_accepted(staff: Client, inside: Tenant, bookkeeper: User) -> None:
    customer = make_customer(inside, "Smit Bouw B.V.")
    page = page_of(staff, customer)
    assert "Voorstel: bv" in page
    assert "onbekend, telt als ja" in page
    customer.refresh_from_db()
    assert customer.legal_form == "unknown"

    url = f"/t/korrel/klanten/{customer.pk}/rechtsvorm/"
    assert staff.post(url, {"legal_form": "private_company"}).status_code == 302
    customer.refresh_from_db()
    event = inside.events.get(verb="customer.corrected")
    assert (customer.legal_form, customer.is_consumer) == ("private_company", None)
    assert (event.by, event.details) == (bookkeeper, {"legal_form": ["unknown", "private_company"]})
    page = page_of(staff, customer)
    assert "Voorstel" not in page
    assert "volgt uit de rechtsvorm" in page


@pytest.mark.parametrize("form", ["", "onzin", "unknown"])
def test_what_is_no_form_is_not_accepted(staff: Client, inside: Tenant, form: str) -> None:
    customer = make_customer(inside, "Smit Bouw B.V.")
    staff.post(f"/t/korrel/klanten/{customer.pk}/rechtsvorm/", {"legal_form": form})
    assert not inside.events.filter(verb="customer.corrected").exists()


def test_a_form_that_is_known_is_not_overwritten_by_a_late_click(staff: Client, inside: Tenant) -> None:
    customer = make_customer(inside, "Smit Bouw B.V.", legal_form="foundation")
    staff.post(f"/t/korrel/klanten/{customer.pk}/rechtsvorm/", {"legal_form": "private_company"})
    customer.refresh_from_db()
    assert customer.legal_form == "foundation"


def test_many_are_accepted_at_once_and_only_what_is_ticked(staff: Client, inside: Tenant) -> None:
    smit, zon = make_customer(inside, "Smit Bouw B.V."), make_customer(inside, "Stichting Zon")
    left, plain = make_customer(inside, "Gemeente Ede"), make_customer(inside, "Jansen")
    make_customer(inside, "Bekend B.V.", legal_form="private_company")
    page = staff.get(URL)
    assert faults(page.content) == []
    text = page.content.decode()
    assert "Bekend B.V." not in text
    assert text.count(" checked ") == 3
    assert "4 klanten zonder rechtsvorm" in text

    posted = {
        "klant": [str(smit.pk), str(zon.pk), str(plain.pk), "onzin"],
        f"vorm-{smit.pk}": "private_company",
        f"vorm-{zon.pk}": "foundation",
        f"vorm-{left.pk}": "government",
        f"vorm-{plain.pk}": "",
    }
    assert staff.post(URL, posted).status_code == 302
    forms = dict(inside.customers.values_list("name", "legal_form"))
    assert (forms["Smit Bouw B.V."], forms["Stichting Zon"]) == ("private_company", "foundation")
    assert (forms["Gemeente Ede"], forms["Jansen"]) == ("unknown", "unknown")
    assert inside.events.filter(verb="customer.corrected").count() == 2


@pytest.mark.parametrize("posted", [{}, {"klant": "onzin"}])
def test_nothing_ticked_is_told(staff: Client, inside: Tenant, posted: dict[str, str]) -> None:
    make_customer(inside, "Smit Bouw B.V.")
    answer = staff.post(URL, posted)
    assert answer.status_code == 422
    assert "Kruis ten minste één klant aan" in answer.content.decode()


def test_a_customer_of_a_stranger_is_not_accepted(staff: Client, inside: Tenant, stranger_tenant: Tenant) -> None:
    with tenant_context(stranger_tenant.pk):
        theirs = make_customer(stranger_tenant, "Geheim B.V.")
    staff.post(URL, {"klant": str(theirs.pk), f"vorm-{theirs.pk}": "private_company"})
    with tenant_context(stranger_tenant.pk):
        theirs.refresh_from_db()
    assert theirs.legal_form == "unknown"


def test_the_list_is_paged_at_a_fixed_number_of_queries(
    staff: Client, inside: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.take, "__kwdefaults__", {"token": "", "size": 3})
    counted = []
    for number in range(3):
        make_customer(inside, f"Smit {number} B.V.")
        staff.get(URL)
        with CaptureQueriesContext(connection) as queries:
            staff.get(URL)
        counted.append(len(queries))
    assert len(set(counted)) == 1
    make_customer(inside, "Zuid B.V.")
    assert 'rel="next"' in staff.get(URL).content.decode()


def test_a_viewer_sees_proposals_and_no_buttons(client: Client, viewer: User, tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        customer = make_customer(tenant, "Smit Bouw B.V.")
    client.force_login(viewer)
    assert "Overnemen" not in page_of(client, customer)
    assert "<select" not in client.get(URL).content.decode().partition("<main")[2]
    assert client.post(URL, {"klant": str(customer.pk)}).status_code == 403
    assert client.post(f"/t/korrel/klanten/{customer.pk}/rechtsvorm/", {}).status_code == 403


# --- the form ------------------------------------------------------------------------------------------------------------


def edit(staff: Client, customer: Customer, **changes: Any) -> Any:
    return staff.post(f"/t/korrel/klanten/{customer.pk}/wijzigen/", as_it_stands(customer, **changes))


def test_law_and_stop_signal_are_kept_with_old_and_new(staff: Client, inside: Tenant) -> None:
    customer = make_customer(inside, "Smit")
    changes = {
        "legal_form": "sole_trader",
        "contract_interest_percent": "8,50",
        "contract_interest_compounds": "on",
        "insolvency": "moratorium",
        "insolvency_on": "2026-11-02",
        "insolvency_until": "2027-05-01",
        "insolvency_note": "F.05/26/123",
        "representative_name": "mr. De Wit",
        "representative_street": "Plein 1",
        "representative_postcode": "1234 AB",
        "representative_city": "Ede",
        "representative_email": "wit@curator.example",
    }
    assert edit(staff, customer, **changes).status_code == 302
    details = inside.events.get(verb="customer.corrected").details
    assert details["insolvency_until"] == [None, "2027-05-01"]
    assert details["contract_interest_percent"] == [None, "8.50"]
    assert details["insolvency"] == ["none", "moratorium"]
    assert set(details) == set(changes)
    page = page_of(staff, customer)
    for words in ("8,50% afgesproken, rente op rente", "mr. De Wit", "F.05/26/123", "tot en met 1 mei 2027"):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"insolvency_note": "F.05"}, "Kies welk stopsignaal er is"),
        ({"insolvency": "bankruptcy"}, "Vul in sinds wanneer."),
        (
            {"insolvency": "moratorium", "insolvency_on": "2026-11-02", "insolvency_until": "2026-11-01"},
            "ligt voor het begin",
        ),
        ({"representative_name": "mr. De Wit"}, "Vul het adres of het e-mailadres in"),
        ({"representative_email": "wit@curator.example"}, "Vul de naam in."),
        ({"contract_interest_compounds": "on"}, "Vul de afgesproken rente in."),
        ({"contract_interest_percent": "-1"}, "0"),
        ({"contract_interest_percent": "101"}, "100"),
        ({"payment_term_days": "400"}, "365"),
        ({"is_consumer": "true", "is_government": "on"}, "Een consument is geen overheid."),
        ({"is_consumer": "true", "is_natural_person": "false"}, "altijd een natuurlijk persoon"),
    ],
)
def test_what_contradicts_itself_is_refused(
    staff: Client, inside: Tenant, changes: dict[str, str], message: str
) -> None:
    customer = make_customer(inside, "Smit")
    answer = edit(staff, customer, **changes)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert faults(answer.content) == []
    assert not inside.events.filter(verb="customer.corrected").exists()


@pytest.mark.parametrize("signal", [signal for signal in Insolvency if signal is not Insolvency.NONE])
def test_every_stop_signal_says_what_it_means(staff: Client, inside: Tenant, signal: Insolvency) -> None:
    customer = make_customer(inside, "Smit", insolvency=signal)
    page = page_of(staff, customer)
    assert MEANINGS[signal].law in page
    assert MEANINGS[signal].product in page
    assert "er gaat niets uit naar deze klant" in page


def test_without_a_signal_nothing_is_said(staff: Client, inside: Tenant) -> None:
    customer = make_customer(inside, "Smit")
    make_invoice(customer, "1", "10.00")
    assert "er gaat niets uit naar deze klant" not in page_of(staff, customer)


def test_a_pause_that_ended_asks_for_a_look(staff: Client, inside: Tenant) -> None:
    customer = make_customer(inside, "Smit", insolvency="moratorium", insolvency_until="2020-01-01")
    assert "De laatste dag van de pauze is voorbij" in page_of(staff, customer)
    running = make_customer(inside, "Zon", insolvency="moratorium", insolvency_until="2090-01-01")
    assert "De laatste dag van de pauze is voorbij" not in page_of(staff, running)
