"""Nothing of a tenant stays behind on a connection, whatever went wrong in between (reliability.md S3, T2).

A canary customer per tenant shows in which answers its tenant's rows appeared.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import DataError, connection, connections, transaction
from django.test import Client

from tenants.context import current_tenant_id, reading_context, tenant_context
from tenants.models import Role, Tenant, User
from tests.factories import NOW, MembershipFactory, TenantFactory
from tests.receivables.paying.rows import make_customer

pytestmark = pytest.mark.django_db(transaction=True)
TENANTS = 12
THREADS = 4
REQUESTS = 120


def visible() -> list[str]:
    """What raw SQL without any condition sees on this connection now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM receivables_customer ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.tenant_ids', true), '') ||"
            " coalesce(current_setting('app.tenant_id', true), '')"
        )
        return str(cursor.fetchone()[0])


def fail(*, inside: int | None = None) -> None:
    """Break, perhaps in a context of one's own."""
    if inside:
        with tenant_context(inside):
            raise ZeroDivisionError
    raise ZeroDivisionError


@pytest.fixture
def canary(tenant: Tenant) -> Tenant:
    with tenant_context(tenant.pk):
        make_customer(tenant, "Kanarie")
    return tenant


def test_context_ends_with_its_transaction(canary: Tenant) -> None:
    with tenant_context(canary.pk):
        assert visible() == ["Kanarie"]

    assert (visible(), setting()) == ([], "")


@pytest.mark.parametrize("nested", [False, True])
def test_context_ends_when_it_fails(canary: Tenant, nested: bool) -> None:
    with pytest.raises(ZeroDivisionError), tenant_context(canary.pk):
        fail(inside=canary.pk + 1 if nested else None)

    assert (visible(), setting()) == ([], "")


def test_failed_inner_context_leaves_the_outer_one(canary: Tenant, stranger_tenant: Tenant) -> None:
    with tenant_context(canary.pk):
        with pytest.raises(ZeroDivisionError), tenant_context(stranger_tenant.pk):
            fail(inside=canary.pk)
        assert visible() == ["Kanarie"]
        assert current_tenant_id() == canary.pk


def test_reading_context_of_nobody_sees_nothing(canary: Tenant) -> None:
    with reading_context([]):
        assert visible() == []


def test_work_after_commit_has_no_context(canary: Tenant) -> None:
    seen: list[list[str]] = []
    with tenant_context(canary.pk):
        transaction.on_commit(lambda: seen.append(visible()))

    assert seen == [[]]


def test_setting_for_the_whole_session_would_leak_and_is_seen(canary: Tenant) -> None:
    """The negative control: what `set_config(..., false)` leaves behind, these very probes notice."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant_ids', %s, false)", [f"{{{canary.pk}}}"])
        assert visible() == ["Kanarie"]
        assert setting() != ""
    finally:
        connection.close()  # a new session starts clean
    assert (visible(), setting()) == ([], "")


def test_malformed_setting_fails_closed(canary: Tenant) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_ids', 'alles', true)")
        with pytest.raises(DataError, match="malformed array"), transaction.atomic():
            visible()


@pytest.fixture
def crowd() -> list[tuple[Tenant, User]]:
    """Tenants with a bookkeeper and a canary each."""
    made = []
    for number in range(TENANTS):
        tenant = TenantFactory.make(slug=f"tenant-{number:02}")
        with tenant_context(tenant.pk):
            tenant.events.create(at=NOW, verb=f"kanarie.{number:02}")
        made.append((tenant, MembershipFactory.make(tenant=tenant, role=Role.BOOKKEEPER).user))
    return made


def test_many_requests_on_few_connections_show_only_the_own_canary(crowd: list[tuple[Tenant, User]]) -> None:
    """Each thread keeps its connection over all tenants; in between, work for another tenant breaks."""

    def work(seed: int) -> list[str]:
        chance, wrong, clients = random.Random(seed), [], [Client() for _ in crowd]  # noqa: S311 # a repeatable order
        for client, (_, user) in zip(clients, crowd, strict=True):
            client.force_login(user)
        for _ in range(REQUESTS // THREADS):
            number = chance.randrange(TENANTS)
            with suppress(ZeroDivisionError), tenant_context(crowd[chance.randrange(TENANTS)][0].pk):
                fail(inside=crowd[chance.randrange(TENANTS)][0].pk if chance.random() < 0.5 else None)
            page = clients[number].get(f"/t/{crowd[number][0].slug}/logboek/").content.decode()
            seen = {other for other in range(TENANTS) if f"kanarie.{other:02}" in page}
            if seen != {number} or visible() or setting():
                wrong.append(f"tenant-{number:02} saw {sorted(seen)}")
        connections.close_all()
        return wrong

    with ThreadPoolExecutor(THREADS) as pool:
        assert [fault for faults in pool.map(work, range(THREADS)) for fault in faults] == []
