"""The pages of this app as a machine sees them: names, labels, headings, and no inline code."""

from __future__ import annotations

import pytest
from django.test import Client

from tenants import clock, mails  # noqa: TID251 # the pages under test read it too
from tenants.actions import invitations
from tenants.actions.people import Actor, Post
from tenants.context import tenant_context
from tenants.models import Role, Tenant, User
from tests.accessibility import faults

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "url"),
    [
        ("owner", "/t/korrel/mensen/"),
        ("viewer", "/t/korrel/mensen/"),
        ("bookkeeper", "/t/korrel/instellingen/"),
        ("viewer", "/t/korrel/instellingen/"),
        ("bookkeeper", "/t/korrel/logboek/"),
        ("office_admin", "/o/van-dijk/mensen/"),
        ("office_staff", "/o/van-dijk/mensen/"),
        ("viewer", "/t/korrel/importeren/"),  # not allowed: the page that says so
    ],
)
def test_page_has_no_accessibility_faults(
    who: str, url: str, tenant: Tenant, named_staff: User, client: Client, request: pytest.FixtureRequest
) -> None:
    with tenant_context(tenant.pk):
        invitations.invite(tenant, "a@b.example", post=Post(Role.VIEWER), by=Actor(None), now=clock.now())
    client.force_login(request.getfixturevalue(who))

    assert faults(client.get(url).content) == []


def test_invitation_pages_have_no_accessibility_faults(tenant: Tenant, viewer: User, client: Client) -> None:
    with tenant_context(tenant.pk):
        invitation = invitations.invite(tenant, "a@b.example", post=Post(Role.VIEWER), by=Actor(None), now=clock.now())
    url = f"/uitnodiging/{mails.invitation_token(invitation)}/"

    assert faults(client.get(url).content) == []
    assert faults(client.get("/uitnodiging/x/").content) == []
    client.force_login(viewer)
    assert faults(client.get(url).content) == []


def test_choice_of_places_has_no_accessibility_faults(
    tenant: Tenant, stranger_tenant: Tenant, bookkeeper: User, client: Client
) -> None:
    bookkeeper.memberships.create(tenant=stranger_tenant, role=Role.VIEWER)
    client.force_login(bookkeeper)

    assert faults(client.get("/").content) == []


def test_person_without_any_place_is_told_what_to_do(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("los@voorbeeld.example", "x"))

    assert "nog nergens toegang" in client.get("/").content.decode()
