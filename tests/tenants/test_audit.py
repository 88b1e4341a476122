"""The chain of events: whole when only the program wrote, and a change behind its back is found."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from tenants import audit
from tenants.context import tenant_context
from tenants.models import Office, OfficeEvent, Tenant, User
from tests import embedded
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trail(tenant: Tenant, bookkeeper: User) -> Tenant:
    """Five events, one of them about everything an event can say."""
    with tenant_context(tenant.pk):
        for number in range(4):
            audit.record(tenant, "test.done", now=NOW, details={"n": number})
        audit.record(
            tenant,
            "test.full",
            now=NOW,
            subject=tenant,
            by=bookkeeper,
            ip_address="192.0.2.7",
            details={"é": [1.5, None]},
        )
    return tenant


@pytest.fixture
def superuser() -> Iterator[psycopg.Connection]:
    """Somebody who can do what the program cannot: switch the triggers off."""
    with psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_events", *arguments, stdout=out)
    return out.getvalue()


def test_untouched_trail_is_whole(trail: Tenant, stranger_tenant: Tenant) -> None:
    verdict = audit.verify(trail)

    assert (verdict.length, verdict.broken_at, len(verdict.head)) == (5, None, 64)
    assert verify().splitlines() == [
        f"korrel: heel, 5 regels, laatste zegel {verdict.head}",
        "noord: heel, 0 regels, laatste zegel -",
    ]


@pytest.mark.parametrize(
    ("sql", "seq", "reason"),
    [
        ("UPDATE tenants_event SET details = '{\"n\": 9}' WHERE seq = 2", 2, "changed"),
        ("UPDATE tenants_event SET at = at + interval '1 microsecond' WHERE seq = 5", 5, "changed"),
        ("UPDATE tenants_event SET by_id = NULL WHERE seq = 5", 5, "changed"),
        ("UPDATE tenants_event SET ip_address = '192.0.2.8' WHERE seq = 5", 5, "changed"),
        ("DELETE FROM tenants_event WHERE seq = 3", 4, "missing"),
        ("DELETE FROM tenants_event WHERE seq = 1", 2, "missing"),
        (
            "UPDATE tenants_event e SET verb = 'test.undone' WHERE seq = 2;"
            "UPDATE tenants_event e SET hash = encode(sha256(convert_to(voldaan_event_text(e), 'UTF8')), 'hex')"
            " WHERE seq = 2",
            3,
            "unchained",
        ),
    ],
)
def test_change_behind_the_programs_back_is_found(
    sql: str, seq: int, reason: str, trail: Tenant, superuser: psycopg.Connection
) -> None:
    superuser.execute(sql)

    verdict = audit.verify(trail)

    assert (verdict.broken_at, verdict.reason) == (seq, reason)
    with pytest.raises(CommandError, match="Niet heel: korrel"):
        verify("--tenant", "korrel")


def test_newest_lines_cut_off_show_by_the_seal_kept_elsewhere(trail: Tenant, superuser: psycopg.Connection) -> None:
    before = audit.verify(trail)
    superuser.execute("DELETE FROM tenants_event WHERE seq = 5")

    after = audit.verify(trail)

    assert after.broken_at is None  # the chain alone cannot know
    assert (after.length, after.head) != (before.length, before.head)


def test_unknown_tenant_is_said(trail: Tenant) -> None:
    with pytest.raises(CommandError, match="geen administratie niemand"):
        verify("--tenant", "niemand")


def test_office_events_cannot_be_changed(office: Office) -> None:
    audit.record_at(office, "member.added", now=NOW, details={"email": "a@b.example"})

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        OfficeEvent.objects.update(verb="nothing")
    assert OfficeEvent.objects.get().verb == "member.added"
