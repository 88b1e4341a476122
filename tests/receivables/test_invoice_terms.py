"""Why a due date binds: set for one invoice or for many, proposed when the term was agreed, and always in the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from receivables.actions.invoice_terms import TermError, set_invoice_terms
from receivables.models import Customer
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.paying.rows import NOW, make_customer, make_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


@pytest.fixture
def customer(inside: Tenant) -> Customer:
    return make_customer(inside, "Jansen", payment_term_days=30)


def terms(customer: Customer) -> dict[str, tuple[str, bool]]:
    rows = customer.invoices.values_list("number", "due_date_basis", "is_instalment")
    return {number: (basis, is_instalment) for number, basis, is_instalment in rows}


def test_one_invoice_is_set_and_logged(staff: Client, customer: Customer, bookkeeper: User) -> None:
    invoice = make_invoice(customer, "1", "100.00")
    url = f"/t/korrel/facturen/{invoice.pk}/vervaldatum/"
    page = staff.get(url)
    assert faults(page.content) == []
    assert "precies de 30 dagen" in page.content.decode()

    posted = {"due_date_basis": "agreed", "received_on": "2026-10-15", "is_instalment": "on"}
    assert staff.post(url, posted).status_code == 302
    assert staff.post(url, posted).status_code == 302  # the same again is nothing
    event = customer.tenant.events.get(verb="invoice.terms_set")
    assert (event.by, event.customer_id) == (bookkeeper, customer.pk)
    assert event.details == {
        "number": "1",
        "due_date_basis": ["Alleen op de factuur", "Overeengekomen"],
        "received_on": [None, "2026-10-15"],
        "is_instalment": [False, True],
    }
    shown = staff.get(f"/t/korrel/facturen/{invoice.pk}/")
    assert "na deze dag is de klant vanzelf in verzuim" in shown.content.decode()
    assert faults(shown.content) == []


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ({"due_date_basis": "onzin"}, "onzin"),
        ({"due_date_basis": ""}, "vereist"),
        ({"due_date_basis": "agreed", "received_on": "2026-11-24"}, "moet nog komen"),
        ({"due_date_basis": "agreed", "received_on": "2026-01-01"}, "voordat zij gemaakt werd"),
    ],
)
def test_what_cannot_be_is_refused(staff: Client, customer: Customer, posted: dict[str, str], message: str) -> None:
    invoice = make_invoice(customer, "1", "100.00")
    answer = staff.post(f"/t/korrel/facturen/{invoice.pk}/vervaldatum/", posted)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert faults(answer.content) == []
    assert terms(customer) == {"1": ("invoice_only", False)}


def test_the_action_refuses_it_too(customer: Customer) -> None:
    invoice = make_invoice(customer, "1", "100.00")
    with pytest.raises(TermError):
        set_invoice_terms(customer.tenant, invoice, changes={"received_on": invoice.issued_on.replace(year=2020)},
                          now=NOW, by=None)  # fmt: skip


def test_a_credit_note_has_no_term(staff: Client, customer: Customer) -> None:
    note = make_invoice(customer, "C", "-100.00")
    assert staff.get(f"/t/korrel/facturen/{note.pk}/vervaldatum/").status_code == 404


def test_the_agreed_term_is_proposed_and_only_what_is_ticked_changes(staff: Client, customer: Customer) -> None:
    fits, other = make_invoice(customer, "1", "100.00"), make_invoice(customer, "2", "50.00", term=14)
    untouched = make_invoice(customer, "3", "50.00", due_date_basis="agreed")
    url = f"/t/korrel/klanten/{customer.pk}/vervaldata/"
    page = staff.get(url)
    text = page.content.decode()
    assert faults(page.content) == []
    assert text.count("checked aria-label") == 1
    assert text.index(f'value="{fits.pk}" checked') > 0

    posted: dict[str, Any] = {
        "invoices": [str(fits.pk), str(other.pk)],
        "due_date_basis": "agreed",
        "instalment": "yes",
    }
    assert staff.post(url, posted).status_code == 302
    assert terms(customer) == {"1": ("agreed", True), "2": ("agreed", True), "3": ("agreed", False)}
    assert customer.tenant.events.filter(verb="invoice.terms_set").count() == 2
    assert untouched.due_date_basis == "agreed"


def test_without_an_agreed_term_nothing_is_proposed(staff: Client, inside: Tenant) -> None:
    customer = make_customer(inside, "Zon")
    make_invoice(customer, "1", "100.00")
    assert "checked aria-label" not in staff.get(f"/t/korrel/klanten/{customer.pk}/vervaldata/").content.decode()


def test_of_many_nothing_ticked_or_somebody_elses_is_refused(staff: Client, inside: Tenant, customer: Customer) -> None:
    make_invoice(customer, "1", "100.00")
    other = make_invoice(make_customer(inside, "Zon"), "2", "100.00")
    url = f"/t/korrel/klanten/{customer.pk}/vervaldata/"
    for chosen in ([], [str(other.pk)], ["onzin"]):
        answer = staff.post(url, {"invoices": chosen, "due_date_basis": "agreed"})
        assert answer.status_code == 422
        assert faults(answer.content) == []
    other.refresh_from_db()
    assert (terms(customer), other.due_date_basis) == ({"1": ("invoice_only", False)}, "invoice_only")


def test_the_customer_page_counts_what_could_be_agreed(staff: Client, customer: Customer) -> None:
    make_invoice(customer, "1", "100.00")
    make_invoice(customer, "2", "100.00", term=14)
    page = staff.get(f"/t/korrel/klanten/{customer.pk}/").content.decode()
    assert 'Grond van de vervaldatum nalopen</a> <span class="pill warn">1</span>' in page


@pytest.mark.parametrize("page", ["", "vervaldata/"])
def test_pages_cost_the_same_with_one_and_with_three_rows(staff: Client, customer: Customer, page: str) -> None:
    counted = []
    for number in range(3):
        make_invoice(customer, f"F{number}", "10.00")
        url = f"/t/korrel/klanten/{customer.pk}/{page}"
        staff.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(url).status_code == 200
        counted.append(len(queries))
    assert len(set(counted)) == 1


def test_a_viewer_may_not_change_terms(client: Client, viewer: User, tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        customer = make_customer(tenant, "Jansen")
        invoice = make_invoice(customer, "1", "100.00")
    client.force_login(viewer)
    for url in (f"/t/korrel/klanten/{customer.pk}/vervaldata/", f"/t/korrel/facturen/{invoice.pk}/vervaldatum/"):
        assert (client.get(url).status_code, client.post(url, {}).status_code) == (403, 403)
