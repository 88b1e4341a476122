"""Opening an office and a client's books."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tenants.context import tenant_context
from tenants.models import Membership, Office, Role, Tenant, User
from tests.accessibility import faults


def test_an_office_opens_the_books_of_a_client(client: Client, office: Office, office_admin: User) -> None:
    client.force_login(office_admin)
    url = reverse("dunning:tenant_new", args=[office.slug])
    assert faults(client.get(url).content) == []

    for slug in ("kaas-zonen", "kaas-zonen-2"):
        answer = client.post(url, {"name": "Kaas & Zonen", "iban": "nl91 abna 0417 1643 00"})
        assert answer["Location"] == f"/t/{slug}/importeren/"
    tenant = Tenant.objects.get(slug="kaas-zonen")
    assert (tenant.office, tenant.iban, tenant.iban_name) == (office, "NL91ABNA0417164300", "Kaas & Zonen")
    with tenant_context(tenant.pk):
        assert sorted(policy.name for policy in tenant.policies.all()) == ["Mild", "Standaard", "Streng"]
        assert tenant.events.order_by("-seq")[0].verb == "tenant.opened"


def test_a_wrong_account_number_opens_nothing(client: Client, office: Office, office_admin: User) -> None:
    client.force_login(office_admin)
    answer = client.post(
        reverse("dunning:tenant_new", args=[office.slug]), {"name": "Kaas", "iban": "NL00ABNA0417164300"}
    )

    assert answer.status_code == 422
    assert "geen geldig IBAN" in answer.content.decode()
    assert not Tenant.objects.filter(name="Kaas").exists()


def test_staff_may_not_open_books(client: Client, office: Office, office_staff: User) -> None:
    client.force_login(office_staff)
    assert client.post(reverse("dunning:tenant_new", args=[office.slug]), {"name": "Kaas"}).status_code == 403


@pytest.mark.django_db
def test_the_first_office_is_made_from_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("een lange zin is sterk\n"))
    call_command("create_office", "Kantoor Oost", "--admin", "Baas@Oost.example")

    membership = Membership.objects.get(office__slug="kantoor-oost")
    assert (membership.user.email, membership.role) == ("baas@oost.example", Role.OFFICE_ADMIN)
    assert membership.user.check_password("een lange zin is sterk")
