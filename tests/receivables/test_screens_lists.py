"""The lists of customers and invoices: what they find, in which order, page by page, at a fixed number of queries."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from receivables.selectors import invoices as invoice_lists
from receivables.selectors import paging
from receivables.selectors.paging import Sort, decode, encode, take
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice

pytestmark = pytest.mark.django_db
INVOICES, CUSTOMERS = "/t/korrel/facturen/", "/t/korrel/klanten/"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


@pytest.fixture
def books(tenant: Tenant, stranger_tenant: Tenant) -> Tenant:
    """Three customers; five invoices of which one is paid and one a credit note; and something of a stranger."""
    with tenant_context(tenant.pk):
        horeca = tenant.segments.create(name="Horeca")
        smit = make_customer(tenant, "Smit Bouw", number="100", email="smit@klant.example", city="Zwolle")
        jansen = make_customer(tenant, "Café Jansen", number="200", segment=horeca, kvk_number="12345678")
        make_customer(tenant, "Visser zonder facturen", number="300")
        make_invoice(smit, "2026-0001", "100.00", age=140)
        make_invoice(smit, "2026-0002", "250.00", age=35)
        make_invoice(jansen, "2026-0003", "900.00", age=10)
        make_invoice(jansen, "C-1", "-50.00", age=10)
        paid = make_invoice(smit, "2026-0004", "75.00", age=60)
        tenant.ledger.create(
            invoice=paid, kind="correction", amount="-75.00", booked_on=TODAY, source_key="test:paid", created_at=NOW
        )
    with tenant_context(stranger_tenant.pk):
        make_invoice(make_customer(stranger_tenant, "Geheim Bedrijf"), "2026-0001", "9999.00")
    return tenant


def _numbers(page: str) -> list[str]:
    """The invoice numbers of a list, in order (each stands in its row once for wide screens)."""
    return re.findall(r'<td class="hide-small nowrap"><a [^>]*>([^<]+)</a>', page)


def _names(page: str) -> list[str]:
    return re.findall(r'<td><a class="main-line" [^>]*>([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["2026-0001", "2026-0002", "2026-0003"]),
        ("?stand=te-laat", ["2026-0001", "2026-0002"]),
        ("?stand=niet-vervallen", ["2026-0003"]),
        ("?stand=betaald", ["2026-0004"]),
        ("?stand=credit", ["C-1"]),
        ("?stand=alles&sorteer=nummer", ["2026-0001", "2026-0002", "2026-0003", "2026-0004", "C-1"]),
        ("?ouderdom=90-plus", ["2026-0001"]),
        ("?ouderdom=1-30", ["2026-0002"]),
        ("?sorteer=-open", ["2026-0003", "2026-0002", "2026-0001"]),
        ("?sorteer=klant", ["2026-0003", "2026-0001", "2026-0002"]),
        ("?q=2026-00", ["2026-0001", "2026-0002", "2026-0003"]),
        ("?q=0002", ["2026-0002"]),
        ("?q=jansen+caf", ["2026-0003"]),
        ("?q=%25", []),
        ("?stand=onzin&ouderdom=onzin&segment=onzin&sorteer=onzin&na=onzin", ["2026-0001", "2026-0002", "2026-0003"]),
    ],
)
def test_invoices_finds_and_orders(staff: Client, books: Tenant, query: str, numbers: list[str]) -> None:
    page = staff.get(INVOICES + query)
    assert page.status_code == 200
    assert _numbers(page.content.decode()) == numbers


def test_invoices_adds_up_what_is_open(staff: Client, books: Tenant) -> None:
    page = staff.get(INVOICES).content.decode().replace("\u00a0", " ")
    assert "3 facturen" in page
    assert "€ 1.250,00" in page
    assert "€ 9.999,00" not in page  # of the stranger, who has it


def test_invoices_by_segment(staff: Client, books: Tenant) -> None:
    with tenant_context(books.pk):
        segment = books.segments.get()
    assert _numbers(staff.get(f"{INVOICES}?segment={segment.pk}").content.decode()) == ["2026-0003"]


@pytest.mark.parametrize("sort", ["vervalt", "-vervalt", "nummer", "-nummer", "klant", "-klant", "open", "-open"])
def test_pages_together_are_the_list(staff: Client, books: Tenant, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_context(books.pk):
        customer = books.customers.get(number="300")
        for place in range(5):  # equal due dates and amounts: the last key decides
            make_invoice(customer, f"2026-1{place:03}", "100.00", age=40)
    whole = _numbers(staff.get(f"{INVOICES}?sorteer={sort}").content.decode())
    monkeypatch.setattr(paging.take, "__kwdefaults__", {"token": "", "size": 3})
    url: str | None = f"{INVOICES}?sorteer={sort}"
    found: list[str] = []
    while url:
        page = staff.get(url).content.decode()
        found += _numbers(page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        url = following.group(1).replace("&amp;", "&") if following else None
    assert found == whole
    assert len(found) == 8


@pytest.mark.parametrize("url", [INVOICES, f"{INVOICES}?sorteer=klant", CUSTOMERS, f"{CUSTOMERS}?sorteer=-open"])
def test_lists_cost_the_same_with_one_and_with_three_rows(staff: Client, tenant: Tenant, url: str) -> None:
    with tenant_context(tenant.pk):
        make_invoice(make_customer(tenant, "Een"), "1", "10.00")
    staff.get(url)
    one = _count_queries(staff, url)
    with tenant_context(tenant.pk):
        for name in ("Twee", "Drie"):
            make_invoice(make_customer(tenant, name), name, "20.00")
    assert _count_queries(staff, url) == one


def _count_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Café Jansen", "Smit Bouw"]),
        ("?stand=te-laat", ["Smit Bouw"]),
        ("?stand=zonder-mail", ["Café Jansen"]),
        ("?stand=stopsignaal", []),
        ("?stand=alles", ["Café Jansen", "Smit Bouw", "Visser zonder facturen"]),
        ("?sorteer=-open", ["Café Jansen", "Smit Bouw"]),
        ("?sorteer=-te-laat", ["Smit Bouw", "Café Jansen"]),
        ("?q=bouw", ["Smit Bouw"]),
        ("?q=12345678", ["Café Jansen"]),
        ("?q=2026-0003", ["Café Jansen"]),
        ("?q=zwolle", ["Smit Bouw"]),
    ],
)
def test_customers_finds_and_orders(staff: Client, books: Tenant, query: str, names: list[str]) -> None:
    page = staff.get(CUSTOMERS + query)
    assert page.status_code == 200
    assert _names(page.content.decode()) == names


def test_customers_shows_what_each_owes(staff: Client, books: Tenant) -> None:
    page = staff.get(CUSTOMERS).content.decode().replace("\u00a0", " ")
    assert "€ 850,00" in page  # 900 less the credit note of 50
    assert "110 dagen te laat" in page


def test_customers_by_amount_pages_on(staff: Client, books: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("receivables.selectors.customers.PAGE_SIZE", 1)
    page = staff.get(f"{CUSTOMERS}?sorteer=-open").content.decode()
    assert _names(page) == ["Café Jansen"]
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following
    assert _names(staff.get(following.group(1).replace("&amp;", "&")).content.decode()) == ["Smit Bouw"]


def test_csv_has_no_formula_and_dutch_figures(staff: Client, books: Tenant) -> None:
    with tenant_context(books.pk):
        make_invoice(make_customer(books, '=HYPERLINK("http://kwaad.example")'), "-1+1", "12.50")
    answer = staff.get(f"{INVOICES}?als=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert answer["Content-Disposition"] == f'attachment; filename="facturen-{TODAY:%Y-%m-%d}.csv"'
    assert [row[0] for row in rows] == ["Nummer", "2026-0001", "'-1+1", "2026-0002", "2026-0003"]
    assert rows[2][1].startswith("'=HYPERLINK")
    assert rows[1][4:9] == ["06-07-2026", "05-08-2026", "100,00", "100,00", "EUR"]


def test_customers_csv(staff: Client, books: Tenant) -> None:
    rows = staff.get(f"{CUSTOMERS}?als=csv").content.decode("utf-8-sig").splitlines()
    assert rows[1:] == [
        "200;Café Jansen;;;12345678;850,00;0,00;",
        f"100;Smit Bouw;smit@klant.example;Zwolle;;350,00;350,00;{TODAY - timedelta(days=110):%d-%m-%Y}",
    ]


@pytest.mark.parametrize("url", [INVOICES, CUSTOMERS])
def test_an_empty_list_says_what_to_do(staff: Client, url: str) -> None:
    assert "Importeer" in staff.get(url).content.decode() or "importeert" in staff.get(url).content.decode()


@pytest.mark.parametrize("url", [INVOICES, CUSTOMERS, f"{INVOICES}?q=bestaat-niet", f"{CUSTOMERS}?q=bestaat-niet"])
def test_lists_are_accessible(staff: Client, books: Tenant, url: str) -> None:
    assert faults(staff.get(url).content) == []


@pytest.mark.parametrize("url", [INVOICES, CUSTOMERS])
def test_a_stranger_gets_nothing(client: Client, stranger: User, books: Tenant, url: str) -> None:
    client.force_login(stranger)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("token", ["", "x", "%%%", "W10", encode(["only-one"]), encode(["2026-13-45", "nonsense"])])
def test_take_begins_at_the_start_when_the_token_makes_no_sense(books: Tenant, token: str) -> None:
    with tenant_context(books.pk):
        page = take(books.invoices.all(), Sort(("due_on", "id")), token=token)
    assert len(page.rows) == 5


def test_a_token_keeps_its_values() -> None:
    assert decode(encode(["2026-11-23", "a;b,c"]), 2) == ["2026-11-23", "a;b,c"]


def test_measure_counts_no_further_than_the_limit(books: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNT_LIMIT", 2)
    with tenant_context(books.pk):
        rows = invoice_lists.find_invoices(books, invoice_lists.InvoiceFilter(), on=TODAY)
        size = paging.measure(rows, amount="open_amount")
    assert (size.count, size.is_capped, size.open_amount) == (3, True, None)
