"""The list under the tenant's name holds what this person may open, and nothing else."""

from __future__ import annotations

import pytest
from django.test import Client

from tenants.models import Tenant, User
from tests.factories import TenantFactory

pytestmark = pytest.mark.django_db


def test_switcher_names_own_tenants_only(
    client: Client, office_staff: User, tenant: Tenant, sibling_tenant: Tenant, stranger_tenant: Tenant
) -> None:
    client.force_login(office_staff)
    page = client.get(f"/wissel/?nu={tenant.slug}").content.decode()
    assert f'href="/t/{tenant.slug}/" aria-current="true"' in page
    assert sibling_tenant.name in page
    assert stranger_tenant.name not in page


def test_switcher_is_short_for_a_large_office(client: Client, office_staff: User, tenant: Tenant) -> None:
    for _ in range(20):
        TenantFactory.make(office=tenant.office)
    client.force_login(office_staff)
    assert client.get("/wissel/").content.decode().count("<li>") == 12


def test_switcher_is_not_for_visitors(client: Client, tenant: Tenant) -> None:
    assert client.get("/wissel/").status_code == 302
