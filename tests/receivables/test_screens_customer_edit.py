"""Correcting a customer: what may be changed, what is refused, and what the log keeps."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from receivables.models import Customer
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.paying.rows import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def smit(tenant: Tenant) -> Customer:
    with tenant_context(tenant.pk):
        return make_customer(tenant, "Smit Bouw", number="100", kvk_number="12345678")


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def _url(customer: Customer) -> str:
    return f"/t/korrel/klanten/{customer.pk}/wijzigen/"


def _form(customer: Customer, **changes: Any) -> dict[str, Any]:
    return {
        "name": customer.name,
        "number": customer.number,
        "kvk_number": customer.kvk_number,
        "language": "nl",
        "legal_form": "unknown",
        "is_consumer": "unknown",
        "is_natural_person": "unknown",
        "insolvency": "none",
        **changes,
    }


def test_a_correction_is_saved_and_logged_with_the_old_value(
    staff: Client, tenant: Tenant, smit: Customer, bookkeeper: User
) -> None:
    answer = staff.post(_url(smit), _form(smit, email="smit@klant.example", is_consumer="false", is_informal="on"))
    assert answer.status_code == 302
    with tenant_context(tenant.pk):
        smit.refresh_from_db()
        event = tenant.events.get(verb="customer.corrected")
    assert (smit.email, smit.is_consumer, smit.is_informal) == ("smit@klant.example", False, True)
    assert event.by == bookkeeper
    assert event.details == {
        "email": ["", "smit@klant.example"],
        "is_consumer": [None, False],
        "is_informal": [False, True],
    }


def test_another_name_keeps_the_key_that_imports_know(staff: Client, tenant: Tenant, smit: Customer) -> None:
    staff.post(_url(smit), _form(smit, name="Smit Bouw en Onderhoud"))
    with tenant_context(tenant.pk):
        smit.refresh_from_db()
    assert (smit.name, smit.name_key) == ("Smit Bouw en Onderhoud", "smit bouw")


def test_nothing_changed_is_nothing_logged(staff: Client, tenant: Tenant, smit: Customer) -> None:
    staff.post(_url(smit), _form(smit))
    with tenant_context(tenant.pk):
        assert not tenant.events.filter(verb="customer.corrected").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Dit veld is vereist"),
        ({"email": "geen adres"}, "geldig e-mailadres"),
        ({"kvk_number": "123"}, "Een KvK-nummer heeft acht cijfers."),
        ({"vat_number": "NL1"}, "geen geldig btw-nummer"),
        ({"number": "200"}, "Debiteurnummer 200 hoort al bij een andere klant."),
        ({"insolvency_on": "2026-11-01"}, "Kies welk stopsignaal er is"),
    ],
)
def test_what_cannot_be_is_refused(
    staff: Client, tenant: Tenant, smit: Customer, changes: dict[str, str], message: str
) -> None:
    with tenant_context(tenant.pk):
        make_customer(tenant, "Ander", number="200")
    answer = staff.post(_url(smit), _form(smit, **changes))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert faults(answer.content) == []
    with tenant_context(tenant.pk):
        smit.refresh_from_db()
    assert smit.number == "100"


def test_the_same_name_and_kvk_number_stay_one_customer(staff: Client, tenant: Tenant, smit: Customer) -> None:
    with tenant_context(tenant.pk):
        twin = make_customer(tenant, "Smit Bouw", number="300", kvk_number="87654321")
    answer = staff.post(_url(twin), _form(twin, kvk_number="12345678"))
    assert "Er is al een klant met deze naam en KvK-nummer 12345678." in answer.content.decode()


def test_a_segment_of_a_stranger_is_no_choice(staff: Client, stranger_tenant: Tenant, smit: Customer) -> None:
    with tenant_context(stranger_tenant.pk):
        foreign = stranger_tenant.segments.create(name="Geheim")
    page = staff.get(_url(smit))
    assert "Geheim" not in page.content.decode()
    assert staff.post(_url(smit), _form(smit, segment=str(foreign.pk))).status_code == 422


def test_a_viewer_may_not_correct(client: Client, viewer: User, smit: Customer) -> None:
    client.force_login(viewer)
    assert client.get(_url(smit)).status_code == 403


def test_the_form_is_accessible(staff: Client, smit: Customer) -> None:
    assert faults(staff.get(_url(smit)).content) == []
