"""Members and invitations: who may, what it leaves behind, and that somebody who manages always remains."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants import clock, mails  # noqa: TID251 # the pages under test read it too
from tenants.actions import invitations, people
from tenants.actions.invitations import InvitationClosedError
from tenants.actions.people import Actor, PeopleError, Post
from tenants.context import tenant_context
from tenants.facts import tenants_of
from tenants.models import Event, Invitation, Membership, Office, OfficeEvent, Role, Tenant, User
from tenants.tasks import send_invitation
from tests.factories import NOW, MembershipFactory

pytestmark = pytest.mark.django_db
SYSTEM = Actor(None)
PASSWORD = "paard batterij nietje"


@pytest.fixture
def _mail_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_invitation, "delay", send_invitation)


def verbs(tenant: Tenant) -> list[str]:
    with tenant_context(tenant.pk):
        return list(tenant.events.order_by("seq").values_list("verb", flat=True))


def link(invitation: Invitation) -> str:
    return f"/uitnodiging/{mails.invitation_token(invitation)}/"


def invited(place: Office | Tenant, role: Role, **post: Any) -> Invitation:
    if isinstance(place, Office):
        return invitations.invite(place, "nieuw@voorbeeld.example", post=Post(role, **post), by=SYSTEM, now=clock.now())
    with tenant_context(place.pk):
        return invitations.invite(place, "nieuw@voorbeeld.example", post=Post(role), by=SYSTEM, now=clock.now())


@pytest.mark.usefixtures("_mail_at_once")
def test_owner_invites_and_the_new_person_starts_with_the_link_from_the_mail(
    owner: User, tenant: Tenant, client: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    client.force_login(owner)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/t/korrel/mensen/uitnodigen/", {"email": "Nieuw@Voorbeeld.example", "role": "viewer"})
    assert answer.headers["Location"] == "/t/korrel/mensen/"
    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["nieuw@voorbeeld.example"],
        "Uitnodiging voor Bakkerij De Korrel B.V. in Voldaan",
    )
    url = re.findall(r"http://localhost:8000(\S+)", str(message.body))[0]
    client.logout()

    assert "Bakkerij De Korrel" in client.get(url).content.decode()
    answer = client.post(url, {"name": "Nieuwe Kracht", "password": PASSWORD})

    assert answer.headers["Location"] == "/"
    assert client.get("/", follow=False).headers["Location"] == "/t/korrel/"
    user = User.objects.get(email="nieuw@voorbeeld.example")
    assert (user.name, user.check_password(PASSWORD)) == ("Nieuwe Kracht", True)
    assert [(m.role, m.tenant) for m in user.memberships.all()] == [(Role.VIEWER, tenant)]
    assert verbs(tenant) == ["invitation.sent", "member.added"]
    assert client.get(url).status_code == 410


@pytest.mark.parametrize("change", ["used", "revoked", "expired", "sent again", "forged"])
def test_link_that_is_over_opens_nothing(change: str, tenant: Tenant, client: Client) -> None:
    invitation = invited(tenant, Role.VIEWER)
    url = link(invitation)
    with tenant_context(tenant.pk):
        if change == "used":
            Invitation.objects.update(accepted_at=NOW)
        elif change == "revoked":
            invitations.revoke(invitation, by=SYSTEM, now=clock.now())
        elif change == "expired":
            later = clock.now() - timedelta(days=8)
            Invitation.objects.update(expires_at=later)
            invitation.expires_at = later
            url = link(invitation)
        elif change == "sent again":
            invitations.send_again(invitation, by=SYSTEM, now=clock.now() + timedelta(seconds=1))
        else:
            url = url.replace(":", "x:", 1)

    assert client.get(url).status_code == 410
    assert client.post(url, {"name": "Wie", "password": PASSWORD}).status_code == 410
    assert User.objects.count() == 0


def test_looking_at_the_link_changes_nothing(tenant: Tenant, client: Client) -> None:
    url = link(invited(tenant, Role.VIEWER))

    for _ in range(3):
        assert client.get(url).status_code == 200
    assert client.head(url).status_code == 200
    assert Invitation.objects.get().accepted_at is None
    assert User.objects.count() == 0


def test_weak_password_is_refused_in_dutch(tenant: Tenant, client: Client) -> None:
    answer = client.post(link(invited(tenant, Role.VIEWER)), {"name": "Wie", "password": "12345678"})

    assert answer.status_code == 422
    assert User.objects.count() == 0


def test_known_person_takes_up_an_invitation_with_the_own_account(
    tenant: Tenant, stranger: User, client: Client
) -> None:
    invitation = invited(tenant, Role.BOOKKEEPER)
    Invitation.objects.update(email=stranger.email)
    url = link(invitation)

    assert client.get(url).headers["Location"].startswith("/account/login/?next=%2Fuitnodiging%2F")
    client.force_login(stranger)
    assert client.get(url).status_code == 200
    assert client.post(url).headers["Location"] == "/"
    assert tenant in tenants_of(stranger)


def test_somebody_elses_invitation_gives_nothing(tenant: Tenant, stranger: User, client: Client) -> None:
    url = link(invited(tenant, Role.BOOKKEEPER))
    client.force_login(stranger)

    assert "Deze uitnodiging is voor iemand anders" in client.post(url).content.decode()
    assert tenant not in tenants_of(stranger)


def test_new_invitation_replaces_the_open_one(tenant: Tenant, client: Client) -> None:
    first = invited(tenant, Role.VIEWER)
    second = invited(tenant, Role.BOOKKEEPER)

    assert client.get(link(first)).status_code == 410
    assert client.get(link(second)).status_code == 200


def test_member_is_not_invited_again(tenant: Tenant, bookkeeper: User, owner: User, client: Client) -> None:
    client.force_login(owner)

    answer = client.post("/t/korrel/mensen/uitnodigen/", {"email": bookkeeper.email, "role": "viewer"})

    assert answer.status_code == 422
    assert "hoort er al bij" in answer.content.decode()


@pytest.mark.parametrize("role", ["office_admin", "office_staff", "koning"])
def test_owner_cannot_make_office_people(role: str, owner: User, client: Client) -> None:
    client.force_login(owner)

    assert client.post("/t/korrel/mensen/uitnodigen/", {"email": "a@b.example", "role": role}).status_code == 422
    assert Invitation.objects.count() == 0


def test_office_invites_staff_for_named_tenants_only(
    office: Office, tenant: Tenant, sibling_tenant: Tenant, client: Client
) -> None:
    url = link(invited(office, Role.OFFICE_STAFF, named_tenants=[tenant]))

    client.post(url, {"name": "Nora", "password": PASSWORD})

    assert list(tenants_of(User.objects.get())) == [tenant]
    assert list(OfficeEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "invitation.sent",
        "member.added",
    ]


def test_tenant_of_another_office_cannot_be_named(office: Office, stranger_tenant: Tenant) -> None:
    with pytest.raises(PeopleError, match="hoort niet bij dit kantoor"):
        invited(office, Role.OFFICE_STAFF, named_tenants=[stranger_tenant])


def test_owner_changes_a_role_and_takes_access_away(
    owner: User, bookkeeper: User, tenant: Tenant, client: Client
) -> None:
    client.force_login(owner)
    pk = bookkeeper.memberships.get().pk

    client.post(f"/t/korrel/mensen/{pk}/rol/", {"role": "viewer"})
    assert bookkeeper.memberships.get().role == Role.VIEWER
    client.post(f"/t/korrel/mensen/{pk}/weg/")

    assert not bookkeeper.memberships.exists()
    assert verbs(tenant) == ["member.changed", "member.removed"]
    with tenant_context(tenant.pk):
        changed = Event.across_tenants.get(verb="member.changed")
        assert (changed.by, changed.ip_address) == (owner, "127.0.0.1")
        assert changed.details["role_before"] == "bookkeeper"


def test_last_owner_of_a_tenant_without_office_stays(stranger_tenant: Tenant) -> None:
    only = MembershipFactory.make(tenant=stranger_tenant, role=Role.TENANT_OWNER)
    with tenant_context(stranger_tenant.pk):
        with pytest.raises(PeopleError, match="Er moet iemand overblijven"):
            people.remove_member(stranger_tenant, only, by=SYSTEM, now=NOW)
        with pytest.raises(PeopleError, match="Er moet iemand overblijven"):
            people.change_post(stranger_tenant, only, post=Post(Role.VIEWER), by=SYSTEM, now=NOW)

        MembershipFactory.make(tenant=stranger_tenant, role=Role.TENANT_OWNER)
        people.remove_member(stranger_tenant, only, by=SYSTEM, now=NOW)


def test_last_office_admin_stays(office: Office, office_admin: User, office_staff: User, client: Client) -> None:
    client.force_login(office_admin)
    pk = office_admin.memberships.get().pk

    answer = client.post(f"/o/van-dijk/mensen/{pk}/weg/", follow=False)

    assert answer.status_code == 302
    assert office_admin.memberships.exists()
    client.post(f"/o/van-dijk/mensen/{pk}/rol/", {"role": "office_staff"})
    assert office_admin.memberships.get().role == Role.OFFICE_ADMIN


@pytest.mark.parametrize("who", ["viewer", "bookkeeper"])
def test_page_shows_people_but_no_buttons_to_those_who_may_not(
    who: str, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))

    page = client.get("/t/korrel/mensen/")

    assert page.status_code == 200
    assert "Iemand uitnodigen" not in page.content.decode()
    assert client.post("/t/korrel/mensen/uitnodigen/", {"email": "a@b.example", "role": "viewer"}).status_code == 403


def test_owner_sees_who_looks_along_from_the_office(
    owner: User, office_staff: User, named_staff: User, client: Client
) -> None:
    client.force_login(owner)

    page = client.get("/t/korrel/mensen/").content.decode()

    assert "Via Kantoor Van Dijk" in page
    assert office_staff.email in page
    assert named_staff.email in page


def test_two_accept_at_once_and_one_wins(tenant: Tenant) -> None:
    token = mails.invitation_token(invited(tenant, Role.VIEWER))
    arguments: dict[str, Any] = {"name": "A", "password": PASSWORD, "ip_address": None, "now": clock.now()}
    invitations.accept_as_new(token, **arguments)

    with pytest.raises(InvitationClosedError):
        invitations.accept_as_new(token, **arguments)
    assert Membership.objects.count() == 1


def test_office_admin_names_the_clients_of_a_colleague(
    office_admin: User, office_staff: User, tenant: Tenant, sibling_tenant: Tenant, client: Client
) -> None:
    client.force_login(office_admin)
    url = f"/o/van-dijk/mensen/{office_staff.memberships.get().pk}/rol/"

    assert "Slagerij Zuid" in client.get(url).content.decode()
    client.post(url, {"role": "office_staff", "named_tenants": [sibling_tenant.pk]})

    assert list(tenants_of(office_staff)) == [sibling_tenant]


@pytest.mark.parametrize("place", ["/t/korrel/mensen/", "/o/van-dijk/mensen/"])
def test_price_of_the_page_does_not_grow_with_the_people(
    place: str, office_admin: User, tenant: Tenant, office: Office, client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(place).status_code == 200
        return len(captured)

    def add_people() -> None:
        MembershipFactory.make(tenant=tenant, role=Role.VIEWER)
        named = MembershipFactory.make(office=office, role=Role.OFFICE_STAFF, all_tenants=False)
        named.named_tenants.add(tenant)
        invited(tenant, Role.VIEWER)
        invited(office, Role.OFFICE_STAFF)

    client.force_login(office_admin)
    add_people()
    with_few = queries()
    for _ in range(3):
        add_people()

    assert queries() == with_few
