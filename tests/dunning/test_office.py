"""The office overview: right figures per client, nobody else's clients, and a price that does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from tenants.context import tenant_context
from tenants.models import Office, Tenant, User
from tests.accessibility import faults
from tests.factories import TenantFactory
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice

pytestmark = pytest.mark.django_db
URL = "/o/van-dijk/"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def fill(tenant: Tenant, *, late: str = "", coming: str = "", run: bool = False, calls: int = 0) -> None:
    """A client with an invoice that is late, one that is not, perhaps a run that waits, and calls to make."""
    with tenant_context(tenant.pk):
        customer = make_customer(tenant, "Smit Bouw")
        if late:
            invoice = make_invoice(customer, "2026-1", late, age=44)
        if coming:
            make_invoice(customer, "2026-2", coming, age=1)
        tenant.books_updates.create(up_to_on=TODAY - timedelta(days=1), source="confirmed", at=NOW)
        if run:
            planned = tenant.runs.create(on=TODAY, state="planned", planned_at=NOW)
            for number in range(calls):
                planned.call_tasks.create(
                    tenant=tenant, customer=customer, invoice=invoice, step_key=f"call{number}", planned_on=TODAY
                )


def lines(client: Client, query: str = "") -> list[list[str]]:
    """The cells of the list, as somebody reads them."""
    page: Any = html.fromstring(client.get(URL + query).content)
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td")] for row in page.xpath("//main//tbody/tr")
    ]


def names(client: Client, query: str = "") -> list[str]:
    page: Any = html.fromstring(client.get(URL + query).content)
    return [str(name) for name in page.xpath("//main//tbody/tr/td[1]/a/text()")]


@pytest.fixture
def staff(client: Client, office_staff: User) -> Client:
    client.force_login(office_staff)
    return client


def test_line_says_what_is_open_late_waiting_and_when(staff: Client, tenant: Tenant) -> None:
    fill(tenant, late="250.00", coming="1000.50", run=True, calls=2)

    (line,) = lines(staff)

    assert line == [
        "Bakkerij De Korrel B.V.Run wacht op akkoord",
        "€ 1.250,50",
        "€ 250,00",
        "Wacht op akkoord",
        "2",
        "t/m 22-11-2026",
        "maandag 30 november, 9:00",
    ]


def test_client_without_anything_is_listed_too(staff: Client, tenant: Tenant) -> None:
    (line,) = lines(staff)

    assert line[1:] == ["€ 0,00", "geen", "geen", "0", "onbekend", "maandag 23 november, 9:00"]


def test_tiles_add_up_all_clients(staff: Client, tenant: Tenant, sibling_tenant: Tenant) -> None:
    fill(tenant, late="250.00", run=True, calls=1)
    fill(sibling_tenant, late="100.00", coming="50.00", run=True, calls=2)

    page: Any = html.fromstring(staff.get(URL).content)

    tiles = page.xpath("//*[@class='tiles']//*[contains(@class, 'value')]")
    values = [" ".join(tile.text_content().split()) for tile in tiles]
    assert values == ["€ 400,00", "€ 350,00", "2", "3"]


def test_only_the_named_clients_and_never_a_strangers(
    client: Client, named_staff: User, tenant: Tenant, sibling_tenant: Tenant, stranger_tenant: Tenant
) -> None:
    for one in (tenant, sibling_tenant, stranger_tenant):
        fill(one, late="250.00", run=True, calls=1)
    client.force_login(named_staff)

    assert names(client) == ["Bakkerij De Korrel B.V."]
    assert [line[1] for line in lines(client)] == ["€ 250,00"]


@pytest.mark.parametrize("who", ["bookkeeper", "owner", "stranger"])
def test_no_way_in_for_who_does_not_work_at_the_office(
    who: str, client: Client, request: pytest.FixtureRequest, office: Office
) -> None:
    client.force_login(request.getfixturevalue(who))

    assert client.get(URL).status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Bakkerij De Korrel B.V.", "Slagerij Zuid B.V."]),
        ("?sorteer=-naam", ["Slagerij Zuid B.V.", "Bakkerij De Korrel B.V."]),
        ("?sorteer=-te-laat", ["Slagerij Zuid B.V.", "Bakkerij De Korrel B.V."]),
        ("?sorteer=te-laat", ["Bakkerij De Korrel B.V.", "Slagerij Zuid B.V."]),
        ("?sorteer=-run", ["Bakkerij De Korrel B.V.", "Slagerij Zuid B.V."]),
        ("?sorteer=-mens", ["Bakkerij De Korrel B.V.", "Slagerij Zuid B.V."]),
        ("?sorteer=onzin", ["Bakkerij De Korrel B.V.", "Slagerij Zuid B.V."]),
        ("?toon=run", ["Bakkerij De Korrel B.V."]),
        ("?toon=aandacht", ["Bakkerij De Korrel B.V."]),
        ("?toon=oud", []),
        ("?q=zuid", ["Slagerij Zuid B.V."]),
    ],
)
def test_list_sorts_and_filters(
    query: str, expected: list[str], staff: Client, tenant: Tenant, sibling_tenant: Tenant
) -> None:
    fill(tenant, late="250.00", run=True, calls=1)
    fill(sibling_tenant, late="900.00")

    assert names(staff, query) == expected


def test_price_of_the_page_does_not_grow_with_the_clients(staff: Client, office: Office, tenant: Tenant) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(URL).status_code == 200
        return len(captured)

    fill(tenant, late="250.00", run=True, calls=1)
    queries()  # warm: content types, session
    with_one = queries()
    for _ in range(3):
        fill(TenantFactory.make(office=office), late="250.00", run=True, calls=2)

    assert queries() == with_one


def test_page_has_no_accessibility_faults(staff: Client, tenant: Tenant) -> None:
    fill(tenant, late="250.00", run=True, calls=2)

    assert faults(staff.get(URL).content.decode()) == []


def test_home_leads_to_the_office_the_tenant_or_a_choice(
    client: Client, office_staff: User, bookkeeper: User, stranger_tenant: Tenant, sibling_tenant: Tenant
) -> None:
    client.force_login(office_staff)
    assert client.get("/").headers["Location"] == URL
    client.force_login(bookkeeper)
    assert client.get("/").headers["Location"] == "/t/korrel/"

    bookkeeper.memberships.create(tenant=stranger_tenant, role="viewer")
    page = client.get("/").content.decode()
    assert 'href="/t/korrel/"' in page
    assert 'href="/t/noord/"' in page
    assert 'href="/t/zuid/"' not in page
    client.logout()
    assert client.get("/").headers["Location"].startswith("/account/login/")
