"""The screens of the VAT calendar: what they show, mark and refuse, page by page and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from receivables.actions.vat import file_reclaims
from receivables.models import Customer
from receivables.selectors import paging
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.paying.rows import NOW, TODAY, make_customer
from tests.receivables.test_vat import Q3, due, pays

pytestmark = pytest.mark.django_db
URL = "/t/korrel/btw-oninbaar/"


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
    return make_customer(inside, "Jansen", number="100")


def test_the_pages_show_and_mark(staff: Client, inside: Tenant, customer: Customer) -> None:
    due(customer, "2025-7", date(2025, 9, 1))
    due(customer, "2025-8", date(2025, 9, 2), without_vat=None)
    page = staff.get(URL)
    assert faults(page.content) == []
    text = page.content.decode().replace("\u00a0", " ")
    assert "Derde kwartaal 2026" in text
    assert "€ 210,00" in text
    assert "Eén aangifte is voorbij" in text
    assert "1 zonder btw-bedrag" in text

    assert staff.post(f"{URL}teruggevraagd/", {"periode": Q3}).status_code == 302
    for listed in ("te-vragen", "opnieuw", "aangegeven"):
        page = staff.get(f"{URL}aangifte/?periode={Q3}&lijst={listed}")
        assert faults(page.content) == []
    assert "2025-7" in page.content.decode()
    invoice = inside.invoices.get(number="2025-7")
    staff.post(f"{URL}intrekken/", {"periode": Q3, "factuur": str(invoice.pk)})
    assert inside.vat_reclaims.filter(kind="withdrawn").count() == 1
    pays(customer, "10.00", "manual:1")
    staff.post(f"{URL}teruggevraagd/", {"periode": Q3})
    pays(customer, "10.00", "manual:2", on=date(2026, 9, 30), now=NOW + timedelta(days=1))
    assert "Opnieuw verschuldigd" in staff.get(URL).content.decode()
    assert staff.post(f"{URL}opnieuw/", {"periode": Q3}).status_code == 302
    assert inside.vat_reclaims.filter(kind="due_again").count() == 1
    assert staff.post(f"{URL}intrekken/", {"periode": Q3, "soort": "opnieuw"}).status_code == 302
    assert inside.vat_reclaims.filter(kind="withdrawn").count() == 2


@pytest.mark.parametrize("query", ["", "?periode=", "?periode=2026-Q9", "?periode=onzin"])
def test_a_return_that_does_not_exist_is_not_found(staff: Client, tenant: Tenant, query: str) -> None:
    assert staff.get(f"{URL}aangifte/{query}").status_code == 404
    assert staff.post(f"{URL}teruggevraagd/", {"periode": "2026-Q9"}).status_code == 302
    with tenant_context(tenant.pk):
        assert not tenant.vat_reclaims.exists()


def test_an_invoice_of_a_stranger_is_not_withdrawn(staff: Client, inside: Tenant, stranger_tenant: Tenant) -> None:
    with tenant_context(stranger_tenant.pk):
        theirs = due(make_customer(stranger_tenant, "Geheim"), "1", date(2025, 9, 1))
        file_reclaims(stranger_tenant, Q3, on=TODAY, now=NOW, by=None)
    answered = staff.post(f"{URL}intrekken/", {"periode": Q3, "factuur": str(theirs.pk)})
    assert answered.status_code == 404
    with tenant_context(stranger_tenant.pk):
        assert stranger_tenant.vat_reclaims.count() == 1


def test_the_lists_are_taken_away_as_csv(staff: Client, inside: Tenant, customer: Customer) -> None:
    due(customer, "2025-7", date(2025, 9, 1))
    due(customer, "2025-8", date(2025, 9, 2), without_vat=None)
    found = _csv(staff, "te-vragen")
    assert found[1:] == [
        [Q3, "2025-7", "Jansen", "100", "01-09-2025", "01-09-2026", "1210,00", "210,00"],
        [Q3, "2025-8", "Jansen", "100", "02-09-2025", "02-09-2026", "1210,00", "onbekend"],
    ]
    file_reclaims(inside, Q3, on=TODAY, now=NOW, by=None)
    pays(customer, "121.00", "manual:1", on=date(2026, 9, 30))
    assert _csv(staff, "opnieuw")[1:] == [[Q3, "2025-7", "Jansen", "100", "121,00", "21,00"]]
    assert _csv(staff, "aangegeven")[1][3:] == ["Teruggevraagd", "23-11-2026", "1210,00", "210,00"]


def _csv(staff: Client, listed: str) -> list[list[str]]:
    content = staff.get(f"{URL}aangifte/?periode={Q3}&lijst={listed}&als=csv").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=";"))


def test_the_list_of_a_return_is_paged(
    staff: Client, inside: Tenant, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        due(customer, f"F{number}", date(2025, 9, 1))
    monkeypatch.setattr(paging.take, "__kwdefaults__", {"token": "", "size": 2})
    page = staff.get(f"{URL}aangifte/?periode={Q3}").content.decode()
    assert page.count('class="main-line"') == 2
    assert 'rel="next"' in page


@pytest.mark.parametrize("path", ["", f"aangifte/?periode={Q3}", f"aangifte/?periode={Q3}&lijst=aangegeven",
                                  f"aangifte/?periode={Q3}&lijst=opnieuw"])  # fmt: skip
def test_pages_cost_the_same_with_one_and_with_three_rows(
    staff: Client, inside: Tenant, path: str, bookkeeper: User
) -> None:
    counted = []
    for number in range(3):
        customer = make_customer(inside, f"Klant {number}")
        due(customer, f"F{number}", date(2025, 9, 1))
        if path.endswith(("aangegeven", "opnieuw")):
            file_reclaims(inside, Q3, on=TODAY, now=NOW, by=bookkeeper)
            pays(customer, "10.00", f"manual:{number}", on=date(2026, 9, 30))
        staff.get(URL + path)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(URL + path).status_code == 200
        counted.append(len(queries))
    assert len(set(counted)) == 1


@pytest.mark.parametrize("path", ["teruggevraagd", "opnieuw", "intrekken"])
def test_a_viewer_may_look_but_not_mark(client: Client, viewer: User, tenant: Tenant, path: str) -> None:
    client.force_login(viewer)
    assert client.get(URL).status_code == 200
    assert client.post(f"{URL}{path}/", {"periode": Q3}).status_code == 403
