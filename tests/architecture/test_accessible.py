"""Every page that opens is held to what a machine can see of WCAG 2.2 AA, whoever wrote it; and allauth's own pages too."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tenants.models import Office, Tenant, User
from tests.accessibility import faults
from tests.architecture.test_strangers import KNOWN, OFFICE_ROUTES, url
from tests.architecture.world import furnish, furnish_office

pytestmark = pytest.mark.django_db
BEFORE_LOG_IN = ["account_login", "account_reset_password", "account_reset_password_done"]
OWN_ACCOUNT = ["account_change_password", "account_logout", "mfa_index", "usersessions_list"]


def _is_page(answer: HttpResponseBase) -> bool:
    """A whole page of ours; not a file, a fragment or a mail in a frame."""
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return (
        answer.status_code == 200 and is_html and isinstance(answer, HttpResponse) and b'id="inhoud"' in answer.content
    )


def test_pages_of_a_tenant_are_accessible(tenant: Tenant, office_admin: User, client: Client) -> None:
    client.force_login(office_admin)
    things, wrong, seen = furnish(tenant), {}, 0

    for route in KNOWN:
        answer = client.get(url(route, tenant.slug, things))
        if _is_page(answer):
            seen += 1
            if found := faults(answer.content):
                wrong[route.name] = found
    assert wrong == {}
    assert seen > 15


def test_pages_of_an_office_are_accessible(office: Office, tenant: Tenant, office_admin: User, client: Client) -> None:
    client.force_login(office_admin)
    own, wrong = furnish_office(office), {}

    for route in OFFICE_ROUTES:
        answer = client.get(url(route, office.slug, own))
        if _is_page(answer) and (found := faults(answer.content)):
            wrong[route.name] = found
    assert wrong == {}


@pytest.mark.parametrize("name", BEFORE_LOG_IN)
def test_pages_before_log_in_are_accessible(client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert faults(answer.content) == []


@pytest.mark.parametrize("name", OWN_ACCOUNT)
def test_pages_of_an_account_are_accessible(client: Client, bookkeeper: User, name: str) -> None:
    client.force_login(bookkeeper)
    answer = client.get(reverse(name))
    assert answer.status_code in (200, 302)
    assert answer.status_code == 302 or faults(answer.content) == []


def test_refusals_are_accessible(client: Client, viewer: User, tenant: Tenant) -> None:
    client.force_login(viewer)
    answer = client.get(reverse("dunning:policy_new", args=[tenant.slug]))
    assert answer.status_code == 403
    assert faults(answer.content) == []
