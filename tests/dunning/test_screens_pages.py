"""The dashboard, the page of a customer and the page of an invoice: the right figures, the stored answer, a fixed cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from dunning.models import Run
from receivables.actions.payments import record_payment
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, receipt

pytestmark = pytest.mark.django_db
DASHBOARD = "/t/korrel/"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


@pytest.fixture
def smit(tenant: Tenant) -> Customer:
    with tenant_context(tenant.pk):
        return make_customer(tenant, "Smit Bouw", number="100", email="smit@klant.example")


@pytest.fixture
def late(tenant: Tenant, smit: Customer) -> Invoice:
    """€ 250,00, five days late."""
    with tenant_context(tenant.pk):
        return make_invoice(smit, "2026-0002", "250.00", age=35)


def _run(tenant: Tenant, invoice: Invoice, *, on: date = TODAY, **answer: object) -> Run:
    run = tenant.runs.create(on=on, state="planned", planned_at=NOW)
    fields = {"outcome": "send", "step_key": "reminder", "step_kind": "reminder", "reason": "past_due", **answer}
    run.decisions.create(
        tenant=tenant, invoice=invoice, customer_id=invoice.customer_id, open_amount=invoice.open_amount, **fields
    )
    return run


def _notice(tenant: Tenant, run: Run, invoice: Invoice) -> None:
    notice = tenant.notices.create(
        run=run,
        customer_id=invoice.customer_id,
        step_kind="reminder",
        step_key="reminder",
        state="accepted",
        to_email="smit@klant.example",
        total_amount=invoice.open_amount,
        created_at=NOW,
        accepted_at=NOW,
        accepted_on=TODAY,
    )
    notice.lines.create(tenant=tenant, invoice=invoice, step_key="reminder", open_amount=invoice.open_amount)


def _text(page: bytes) -> str:
    """What a person reads of the page's main part."""
    main = next(html.document_fromstring(page.decode()).iter("main"))
    return " ".join(" ".join(str(part) for part in main.itertext()).split())


def _url(row: Customer | Invoice) -> str:
    part = "klanten" if isinstance(row, Customer) else "facturen"
    return f"/t/korrel/{part}/{row.pk}/"


def test_dashboard_adds_up(staff: Client, tenant: Tenant, smit: Customer, late: Invoice) -> None:
    with tenant_context(tenant.pk):
        make_invoice(smit, "2026-0009", "100.00", age=5)
        make_invoice(smit, "2025-0001", "40.00", age=200)
    text = _text(staff.get(DASHBOARD).content)
    assert "Openstaand € 390,00 3 facturen" in text
    assert "Te laat € 290,00 2 facturen, 74 % van het openstaande" in text
    assert "Langer dan 90 dagen € 40,00 1 factuur" in text
    assert "Nog niet vervallen 1 € 100,00" in text
    assert "maandag 23 november" in text


def test_dashboard_says_what_asks_for_a_human(staff: Client, tenant: Tenant, late: Invoice) -> None:
    with tenant_context(tenant.pk):
        run = _run(tenant, late, outcome="call", step_kind="call", step_key="call")
        tenant.call_tasks.create(run=run, customer_id=late.customer_id, invoice=late, step_key="call", planned_on=TODAY)
    text = _text(staff.get(DASHBOARD).content)
    assert "Klanten bellen 1" in text
    assert "Weekrun goedkeuren 1" in text
    assert "0 versturen, 1 bellen, 0 geblokkeerd" in text


def test_dashboard_says_that_stale_books_stop_everything(staff: Client, tenant: Tenant, late: Invoice) -> None:
    with tenant_context(tenant.pk):
        tenant.books_updates.create(up_to_on=TODAY - timedelta(days=20), source="confirmed", at=NOW)
    text = _text(staff.get(DASHBOARD).content)
    assert "Er gaat nu niets uit." in text
    assert "3 november 2026" in text


def test_dashboard_without_invoices_says_where_to_begin(staff: Client) -> None:
    assert "Begin met uw facturen" in _text(staff.get(DASHBOARD).content)


def test_customer_shows_the_stored_answer(staff: Client, tenant: Tenant, smit: Customer, late: Invoice) -> None:
    with tenant_context(tenant.pk):
        _run(tenant, late, on=TODAY - timedelta(days=7), outcome="wait", reason="not_due", until_on=TODAY)
        _run(tenant, late, params={"on": "2026-11-18", "days": 5, "step": "Herinnering"})
    text = _text(staff.get(_url(smit)).content)
    assert "Herinnering: de vervaldatum 18 november 2026 is 5 dagen voorbij." in text
    assert "Nog niet in een weekrun" not in text
    assert "Openstaand € 250,00" in text


def test_customer_without_a_run_says_so(staff: Client, smit: Customer, late: Invoice) -> None:
    assert "Nog niet in een weekrun geweest." in _text(staff.get(_url(smit)).content)


def test_customer_shows_who_took_an_invoice_out(
    staff: Client, tenant: Tenant, smit: Customer, late: Invoice, bookkeeper: User
) -> None:
    with tenant_context(tenant.pk):
        _run(tenant, late, excluded_at=NOW, excluded_by=bookkeeper, excluded_why="eerst bellen")
    assert "Uit de run gehaald door Fatima Bakker: eerst bellen" in _text(staff.get(_url(smit)).content)


def test_customer_has_one_timeline(
    staff: Client, tenant: Tenant, smit: Customer, late: Invoice, bookkeeper: User
) -> None:
    with tenant_context(tenant.pk):
        _notice(tenant, _run(tenant, late), late)
        tenant.holds.create(
            level="invoice", customer=smit, invoice=late, reason="dispute", placed_at=NOW, placed_by=bookkeeper
        )
        tenant.payments.create(
            customer=smit,
            channel="psp",
            source_key="mollie:tr_1",
            amount=Decimal("50.00"),
            unallocated=Decimal("50.00"),
            received_on=TODAY,
            created_at=NOW,
        )
    text = _text(staff.get(_url(smit)).content)
    assert "Herinnering naar smit@klant.example: verzonden" in text
    assert "Blokkade: betwisting" in text
    assert "€ 50,00 ontvangen" in text
    assert "Tegoed € 50,00" in text


def test_a_note_lands_in_the_timeline(staff: Client, smit: Customer) -> None:
    answer = staff.post(f"{_url(smit)}notities/", {"text": "Belde zelf: betaalt vrijdag."}, follow=True)
    text = _text(answer.content)
    assert "Belde zelf: betaalt vrijdag." in text
    assert "Fatima Bakker" in text


def test_a_viewer_may_not_write_notes(client: Client, viewer: User, smit: Customer) -> None:
    client.force_login(viewer)
    assert client.post(f"{_url(smit)}notities/", {"text": "x"}).status_code == 403
    assert "Notitie toevoegen" not in client.get(_url(smit)).content.decode()


def test_invoice_unfolds_to_the_cent(staff: Client, tenant: Tenant, late: Invoice) -> None:
    with tenant_context(tenant.pk):
        record_payment(tenant, late.customer, receipt=receipt("100.10"), designated=[late.pk], now=NOW)
        _notice(tenant, _run(tenant, late), late)
    text = _text(staff.get(_url(late)).content)
    assert "Factuur 2026-0002" in text
    assert "€ -100,10" in text
    assert "Open € 149,90" in text
    assert "smit@klant.example Verzonden € 250,00" in text


def test_invoice_shows_its_ladder(staff: Client, tenant: Tenant, late: Invoice) -> None:
    with tenant_context(tenant.pk):
        policy = tenant.policies.create(name="Standaard", is_default=True, created_at=NOW)
        version = tenant.policy_versions.create(policy=policy, number=1, published_at=NOW)
        for position, kind in enumerate(["reminder", "demand", "handover"]):
            tenant.policy_steps.create(
                version=version, position=position, key=kind, kind=kind, anchor="due_date", days=3
            )
        tenant.tracks.create(invoice=late, version=version)
        _notice(tenant, _run(tenant, late), late)
    text = _text(staff.get(_url(late)).content)
    assert "Herinnering 23-11-2026 (gedaan) Aanmaning volgende Overdracht" in text


@pytest.mark.parametrize("page", ["dashboard", "customer", "invoice"])
def test_pages_cost_the_same_with_one_and_with_three_rows(
    staff: Client, tenant: Tenant, smit: Customer, late: Invoice, page: str
) -> None:
    url = {"dashboard": DASHBOARD, "customer": _url(smit), "invoice": _url(late)}[page]
    with tenant_context(tenant.pk):
        _notice(tenant, _run(tenant, late), late)
    one = _count_queries(staff, url)
    with tenant_context(tenant.pk):
        run = tenant.runs.get()
        for number in ("2026-0003", "2026-0004"):
            more = make_invoice(smit, number, "80.00", age=60)
            _notice(tenant, run, more)
            run.decisions.create(
                tenant=tenant,
                invoice=more,
                customer=smit,
                outcome="wait",
                reason="not_due",
                until_on=TODAY,
                open_amount=more.open_amount,
            )
        make_invoice(make_customer(tenant, "Ander"), "2026-0005", "80.00", age=60)
    assert _count_queries(staff, url) == one


def _count_queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("page", ["dashboard", "customer", "invoice"])
def test_pages_are_accessible(staff: Client, tenant: Tenant, smit: Customer, late: Invoice, page: str) -> None:
    with tenant_context(tenant.pk):
        _notice(tenant, _run(tenant, late), late)
    url = {"dashboard": DASHBOARD, "customer": _url(smit), "invoice": _url(late)}[page]
    assert faults(staff.get(url).content) == []


@pytest.mark.parametrize("page", ["dashboard", "customer", "invoice"])
def test_a_stranger_gets_404(client: Client, stranger: User, smit: Customer, late: Invoice, page: str) -> None:
    client.force_login(stranger)
    url = {"dashboard": DASHBOARD, "customer": _url(smit), "invoice": _url(late)}[page]
    assert client.get(url).status_code == 404


def test_a_customer_of_another_tenant_is_not_found(staff: Client, tenant: Tenant, stranger_tenant: Tenant) -> None:
    with tenant_context(stranger_tenant.pk):
        foreign = make_customer(stranger_tenant, "Geheim")
    assert staff.get(_url(foreign)).status_code == 404


@pytest.mark.parametrize(
    ("media_type", "disposition"),
    [("application/pdf", "inline"), ("text/html", "attachment"), ("image/svg+xml", "attachment")],
)
def test_files_never_run_in_the_browser(staff: Client, tenant: Tenant, media_type: str, disposition: str) -> None:
    with tenant_context(tenant.pk):
        file = tenant.files.create(sha256="0" * 64, media_type=media_type, name="brief", size=3, content=b"abc")
    answer = staff.get(f"/t/korrel/bestanden/{file.pk}/")
    assert answer.content == b"abc"
    assert answer["Content-Disposition"].split(";")[0] == disposition
    assert "default-src 'none'" in answer["Content-Security-Policy"]
