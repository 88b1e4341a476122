"""Every URL of a tenant, tried by everybody who should not: 404, 403, and not one row changed (reliability.md S1, T1, T4).

The routes come from the URL configuration itself; one that names a thing this test cannot make fails here.
"""

from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from config.urls import urlpatterns
from tenants.access import access_of
from tenants.context import tenant_context
from tenants.models import Office, Role, Tenant, User
from tenants.permissions import MATRIX
from tests.architecture.urls import Route, routes
from tests.architecture.world import FORMS, SMUGGLED, fingerprint, furnish, furnish_office, named_by
from tests.factories import MembershipFactory, OfficeFactory

pytestmark = pytest.mark.django_db
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TENANT_ROUTES = [route for route in routes(urlpatterns) if route.path.startswith("/t/")]
OFFICE_ROUTES = [route for route in routes(urlpatterns) if route.path.startswith("/o/")]
NAMING = [route for route in TENANT_ROUTES if set(route.parameters) != {"slug"}]
NUMBER = "987654321"
KNOWN = [route for route in TENANT_ROUTES if set(named_by(route)) == set(route.parameters) - {"slug"}]
EVERYTHING = list(product(KNOWN, METHODS))
NEEDED = {route.name: found for route in TENANT_ROUTES if (found := access_of(route.view))}


def url(route: Route, slug: str, things: dict[str, str]) -> str:
    named = {name: things[thing] for name, thing in named_by(route).items()}
    return reverse(route.name, kwargs={"slug": slug, **named})


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, method: str, route: Route, address: str) -> HttpResponse:
    data = FORMS.get(route.name, {}) if method == "POST" else {}
    answer: HttpResponse = getattr(client, method.lower())(address, data)
    return answer


@pytest.fixture
def things(tenant: Tenant) -> dict[str, str]:
    return furnish(tenant)


@pytest.fixture
def foreign(stranger_tenant: Tenant) -> dict[str, str]:
    return furnish(stranger_tenant)


@pytest.fixture
def other_staff(sibling_tenant: Tenant, office: object) -> User:
    """Works for the same office, but not for this client."""
    membership = MembershipFactory.make(office=office, role=Role.OFFICE_STAFF, all_tenants=False)
    membership.named_tenants.add(sibling_tenant)
    return membership.user


def test_every_thing_in_a_url_can_be_made() -> None:
    missing = {route.name: sorted(set(route.parameters) - {"slug"} - set(named_by(route))) for route in NAMING}

    assert {name: parameters for name, parameters in missing.items() if parameters} == {}


@pytest.mark.parametrize("who", ["stranger", "other_staff"])
def test_stranger_cannot_tell_a_tenant_from_none(
    who: str, things: dict[str, str], tenant: Tenant, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    told, before = [], fingerprint(tenant)

    for route, method in EVERYTHING:
        real = ask(client, method, route, url(route, tenant.slug, things))
        none = ask(client, method, route, url(route, "bestaat-niet", things))
        if real.status_code not in (404, 405) or (real.status_code, real.content) != (none.status_code, none.content):
            told.append(f"{method} {route}: {real.status_code}")
    assert told == []
    assert fingerprint(tenant) == before


def test_visitor_must_log_in_first(things: dict[str, str], tenant: Tenant, client: Client) -> None:
    let_in, before = [], fingerprint(tenant)

    for route, method in EVERYTHING:
        answer = ask(client, method, route, url(route, tenant.slug, things))
        is_sent_away = answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/?next=")
        if not is_sent_away and answer.status_code != 405:
            let_in.append(f"{method} {route}: {answer.status_code}")
    assert let_in == []
    assert fingerprint(tenant) == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.TENANT_OWNER, Role.BOOKKEEPER])
def test_role_that_falls_short_is_told_so_and_changes_nothing(
    role: Role, things: dict[str, str], tenant: Tenant, client: Client
) -> None:
    client.force_login(MembershipFactory.make(tenant=tenant, role=role).user)
    let_in, before = [], fingerprint(tenant)

    for route, method in EVERYTHING:
        needed = NEEDED[route.name].needed(method)
        if needed is None or needed not in MATRIX[role]:
            answer = ask(client, method, route, url(route, tenant.slug, things))
            if answer.status_code not in ((405,) if needed is None else (403, 405)):
                let_in.append(f"{method} {route}: {answer.status_code}")
    assert let_in == []
    assert fingerprint(tenant) == before


def test_things_of_another_tenant_do_not_exist_here(
    things: dict[str, str],
    foreign: dict[str, str],
    tenant: Tenant,
    stranger_tenant: Tenant,
    office_admin: User,
    client: Client,
) -> None:
    """The office admin may do everything here; somebody who works for both tenants gets no bridge between them either."""
    MembershipFactory.make(user=office_admin, tenant=stranger_tenant, role=Role.BOOKKEEPER)
    client.force_login(office_admin)
    reached, before = [], fingerprint(tenant, stranger_tenant)

    for route, method in EVERYTHING:
        nothing = ask(client, method, route, url(route, tenant.slug, _nothing(things))) if route in NAMING else None
        for thing in named_by(route).values():  # every mixture of ours and theirs
            theirs = ask(client, method, route, url(route, tenant.slug, {**things, thing: foreign[thing]}))
            if nothing is None or theirs.status_code not in (404, 405) or theirs.status_code != nothing.status_code:
                reached.append(f"{method} {route}: {theirs.status_code}")
    assert reached == []
    assert fingerprint(tenant, stranger_tenant) == before


def test_looking_changes_nothing(things: dict[str, str], tenant: Tenant, office_admin: User, client: Client) -> None:
    """Every page that opens, opens without writing; PostgreSQL would refuse it, and the row hash agrees."""
    client.force_login(office_admin)
    broken, before = [], fingerprint(tenant)

    for route, method in EVERYTHING:
        if method in ("GET", "HEAD"):
            answer = ask(client, method, route, url(route, tenant.slug, things))
            if answer.status_code not in (200, 302, 404, 405):
                broken.append(f"{method} {route}: {answer.status_code}")
    assert broken == []
    assert fingerprint(tenant) == before


def test_form_of_an_own_page_takes_nothing_of_another_tenant(
    things: dict[str, str],
    foreign: dict[str, str],
    tenant: Tenant,
    stranger_tenant: Tenant,
    office_admin: User,
    client: Client,
) -> None:
    client.force_login(office_admin)
    before = fingerprint(stranger_tenant)
    by_name = {route.name: route for route in TENANT_ROUTES}

    for name, fields in SMUGGLED.items():
        route = by_name[name]
        smuggled = {field: foreign[thing] for field, thing in fields.items()}
        client.post(url(route, tenant.slug, things), {**FORMS.get(name, {}), **smuggled})
        with tenant_context(tenant.pk):
            assert tenant.payments.exclude(pk=things["payment"]).count() == 0
            assert tenant.notices.filter(state="cancelled").count() == 0
    assert fingerprint(stranger_tenant) == before


def test_office_is_closed_to_everybody_else(
    office: Office, tenant: Tenant, bookkeeper: User, office_staff: User
) -> None:
    own, other = furnish_office(office), OfficeFactory.make(slug="ander-kantoor")
    other_admin = MembershipFactory.make(office=other, role=Role.OFFICE_ADMIN).user
    as_bookkeeper, as_staff, as_other_admin = (logged_in(who) for who in (bookkeeper, office_staff, other_admin))
    told, before = [], fingerprint(tenant)

    for route, method in product(OFFICE_ROUTES, METHODS):
        needed = access_of(route.view)
        assert needed is not None
        for who in (as_bookkeeper, as_other_admin):
            answer = ask(who, method, route, url(route, office.slug, own))
            if answer.status_code not in (404, 405):
                told.append(f"{method} {route} to a stranger: {answer.status_code}")
        permission = needed.needed(method)
        if permission not in MATRIX[Role.OFFICE_STAFF]:
            answer = ask(as_staff, method, route, url(route, office.slug, own))
            if answer.status_code not in (403, 405):
                told.append(f"{method} {route} to staff: {answer.status_code}")
        if named_by(route):  # the admin may do everything in the own office, but these people work elsewhere
            answer = ask(as_other_admin, method, route, url(route, other.slug, own))
            if answer.status_code not in (404, 405):
                told.append(f"{method} {route} with foreign people: {answer.status_code}")
    assert told == []
    assert fingerprint(tenant) == before


def test_fingerprint_sees_a_change(things: dict[str, str], tenant: Tenant, client: Client, office_admin: User) -> None:
    client.force_login(office_admin)
    before = fingerprint(tenant)
    client.post(f"/t/{tenant.slug}/instellingen/noodstop/", {"frozen": "1"})

    assert fingerprint(tenant) != before


def _nothing(things: dict[str, str]) -> dict[str, str]:
    return {name: NUMBER if value.isdigit() else str(uuid4()) for name, value in things.items()}
