"""The staff's side of money: booking by hand, settling credits, what the PSP said otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from receivables.actions.payments import record_payment
from receivables.domain.money import Money
from receivables.forms.payments import MoneyField
from receivables.models import Customer
from receivables.paying import tasks
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, open_of, receipt

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.clock.now", lambda: NOW)


@pytest.fixture
def customer(tenant: Tenant) -> Customer:
    with tenant_context(tenant.pk):
        return make_customer(tenant)


@pytest.fixture
def desk(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def book(desk: Client, customer: Customer, **changes: Any) -> Any:
    form = {
        "amount": "40,00",
        "received_on": TODAY.isoformat(),
        "key": str(uuid4()),
        "description": "contant",
    } | changes
    return desk.post(f"/t/korrel/klanten/{customer.pk}/betaling/", form)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("40", "40.00"),
        ("40,5", "40.50"),
        ("1.234,56", "1234.56"),
        ("1.234", "1234.00"),
        ("1234.56", "1234.56"),
        ("€ 12,50", "12.50"),
        ("99.999.999,99", "99999999.99"),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, amount: str) -> None:
    assert MoneyField().clean(typed) == Money.of(amount)


@pytest.mark.parametrize(
    "typed", ["", "0", "0,00", "-5", "1,234.56", "1.23.4", "abc", "1e5", "100.000.000,00", "1,555", "NaN", "٤"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        MoneyField().clean(typed)


def test_a_payment_is_booked_by_hand(desk: Client, customer: Customer, bookkeeper: User) -> None:
    with tenant_context(customer.tenant_id):
        invoice = make_invoice(customer, "2026-1", "100.00")
    assert desk.get(f"/t/korrel/klanten/{customer.pk}/betaling/").status_code == 200
    assert book(desk, customer).status_code == 302
    with tenant_context(customer.tenant_id):
        payment = customer.tenant.payments.get()
        assert (payment.by, payment.channel, open_of(invoice)) == (bookkeeper, "manual", ["60.00"])


def test_a_form_sent_twice_is_one_payment(desk: Client, customer: Customer) -> None:
    key = str(uuid4())
    book(desk, customer, key=key)
    book(desk, customer, key=key)
    with tenant_context(customer.tenant_id):
        assert customer.tenant.payments.count() == 1


def test_the_named_invoice_is_paid_first(desk: Client, customer: Customer) -> None:
    with tenant_context(customer.tenant_id):
        old, young = make_invoice(customer, "2026-1", "100.00"), make_invoice(customer, "2026-2", "50.00", age=10)
    book(desk, customer, invoices=[str(young.pk)])
    with tenant_context(customer.tenant_id):
        assert open_of(old, young) == ["100.00", "10.00"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"},
        {"received_on": (TODAY + timedelta(days=1)).isoformat()},
        {"key": "x"},
        {"invoices": [str(uuid4())]},
    ],
)
def test_a_wrong_form_books_nothing(desk: Client, customer: Customer, wrong: dict[str, Any]) -> None:
    assert book(desk, customer, **wrong).status_code == 422
    with tenant_context(customer.tenant_id):
        assert customer.tenant.payments.count() == 0


def test_an_invoice_of_another_customer_cannot_be_named(desk: Client, customer: Customer) -> None:
    with tenant_context(customer.tenant_id):
        theirs = make_invoice(make_customer(customer.tenant, "Buurman"), "2026-9", "40.00")
    assert book(desk, customer, invoices=[str(theirs.pk)]).status_code == 422


def test_a_viewer_books_nothing(client: Client, viewer: User, customer: Customer) -> None:
    client.force_login(viewer)
    assert book(client, customer).status_code == 403


def test_a_stranger_finds_nothing(client: Client, stranger: User, customer: Customer) -> None:
    client.force_login(stranger)
    assert book(client, customer).status_code == 404
    assert client.get("/t/korrel/ontvangsten/").status_code == 404


def test_credits_are_settled_with_what_is_owed(desk: Client, customer: Customer) -> None:
    with tenant_context(customer.tenant_id):
        record_payment(customer.tenant, customer, receipt=receipt("30.00"), now=NOW)
        invoice = make_invoice(customer, "2026-1", "100.00")
        make_invoice(customer, "C-1", "-20.00", age=1)
    assert "Jansen" in desk.get("/t/korrel/ontvangsten/").content.decode()
    desk.post(f"/t/korrel/klanten/{customer.pk}/tegoed/")
    with tenant_context(customer.tenant_id):
        assert open_of(invoice) == ["50.00"]
    assert "Alles is verwerkt" in desk.get("/t/korrel/ontvangsten/").content.decode()


def test_a_problem_at_the_psp_is_shown_asked_again_and_closed(
    desk: Client, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.settle_psp_payment, "delay", lambda **found: asked.append(found["attempt_id"]))
    with tenant_context(customer.tenant_id):
        attempt = customer.tenant.psp_payments.create(
            customer=customer,
            amount=10,
            created_at=NOW,
            psp_id="tr_x",
            problem="bedrag 1.00 EUR in plaats van 10.00 EUR",
        )
    assert "bedrag 1.00 EUR" in desk.get("/t/korrel/betaallinks/").content.decode()
    desk.post(f"/t/korrel/betaallinks/{attempt.pk}/", {"answer": "again"})
    assert asked == [str(attempt.pk)]
    desk.post(f"/t/korrel/betaallinks/{attempt.pk}/", {"answer": "done"})
    assert "Niets na te kijken" in desk.get("/t/korrel/betaallinks/").content.decode()
    with tenant_context(customer.tenant_id):
        assert customer.tenant.events.get(verb="psp_payment.acknowledged").details["problem"].startswith("bedrag")
