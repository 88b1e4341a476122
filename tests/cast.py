"""The cast: who plays in the tests. Users log in with `client.force_login(bookkeeper)`.

office -- tenant           (bookkeeper, viewer, owner)       stranger_tenant (stranger; no office)
   |      sibling_tenant   (a second client of the office)
   office_admin, office_staff (all clients), named_staff (only `tenant`)
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tenants.context import tenant_context
from tenants.models import Membership, Office, Role, Tenant, User
from tests.factories import MembershipFactory, OfficeFactory, TenantFactory, UserFactory


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Real hashing costs a third of a second each time, and proves nothing here."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def office(db: None) -> Office:
    return OfficeFactory.make(name="Kantoor Van Dijk", slug="van-dijk")


@pytest.fixture
def tenant(office: Office) -> Tenant:
    return TenantFactory.make(name="Bakkerij De Korrel B.V.", slug="korrel", code="korrel2", office=office)


@pytest.fixture
def sibling_tenant(office: Office) -> Tenant:
    return TenantFactory.make(name="Slagerij Zuid B.V.", slug="zuid", code="zuid222", office=office)


@pytest.fixture
def stranger_tenant(db: None) -> Tenant:
    return TenantFactory.make(name="Garage Noord B.V.", slug="noord", code="noord22")


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[Tenant]:
    """The test itself runs in the context of `tenant`."""
    with tenant_context(tenant.pk):
        yield tenant


@pytest.fixture
def bookkeeper(tenant: Tenant) -> User:
    return member("Fatima Bakker", tenant=tenant, role=Role.BOOKKEEPER).user


@pytest.fixture
def viewer(tenant: Tenant) -> User:
    return member("Vera Kijker", tenant=tenant, role=Role.VIEWER).user


@pytest.fixture
def owner(tenant: Tenant) -> User:
    return member("Otto Korrel", tenant=tenant, role=Role.TENANT_OWNER).user


@pytest.fixture
def office_admin(office: Office) -> User:
    return member("Anna van Dijk", office=office, role=Role.OFFICE_ADMIN).user


@pytest.fixture
def office_staff(office: Office) -> User:
    return member("Stef Hulp", office=office, role=Role.OFFICE_STAFF).user


@pytest.fixture
def named_staff(office: Office, tenant: Tenant) -> User:
    membership = member("Nora Naam", office=office, role=Role.OFFICE_STAFF, all_tenants=False)
    membership.named_tenants.add(tenant)
    return membership.user


@pytest.fixture
def stranger(stranger_tenant: Tenant) -> User:
    return member("Vreemde Eend", tenant=stranger_tenant, role=Role.BOOKKEEPER).user


def member(name: str, **fields: object) -> Membership:
    email = f"{name.lower().replace(' ', '.')}@voorbeeld.example"
    user = UserFactory.make(name=name, email=email)
    return MembershipFactory.make(user=user, **fields)
