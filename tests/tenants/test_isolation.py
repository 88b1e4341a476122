"""The walls between tenants: row level security, composite keys, append-only rows, the event chain."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from receivables.models import Customer
from tenants import audit
from tenants.context import durable_tenant_context, reading_context, tenant_context
from tenants.models import Tenant

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def two_tenants(db: None) -> tuple[Tenant, Tenant]:
    return (
        Tenant.objects.create(name="Bakker", slug="bakker", created_at=NOW),
        Tenant.objects.create(name="Slager", slug="slager", created_at=NOW),
    )


def _customer(tenant: Tenant, name: str) -> Customer:
    return tenant.customers.create(name=name, name_key=name.lower(), created_at=NOW)


def _names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM receivables_customer ORDER BY name")
        return [name for (name,) in cursor.fetchall()]


def test_raw_sql_sees_only_the_tenants_of_the_context(two_tenants: tuple[Tenant, Tenant]) -> None:
    baker, butcher = two_tenants
    with tenant_context(baker.pk):
        _customer(baker, "Anna")
    with tenant_context(butcher.pk):
        _customer(butcher, "Bert")
        assert _names() == ["Bert"]

    assert _names() == []
    with reading_context([baker.pk, butcher.pk]):
        assert _names() == ["Anna", "Bert"]
    with tenant_context(baker.pk):
        with tenant_context(butcher.pk):
            assert _names() == ["Bert"]
        assert _names() == ["Anna"]


def test_a_row_for_another_tenant_is_refused(two_tenants: tuple[Tenant, Tenant]) -> None:
    baker, butcher = two_tenants
    with tenant_context(baker.pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        _customer(butcher, "Bert")
    with reading_context([baker.pk]), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        _customer(baker, "Anna")


def test_a_row_may_not_point_at_another_tenants_row(two_tenants: tuple[Tenant, Tenant]) -> None:
    baker, butcher = two_tenants
    with tenant_context(butcher.pk):
        foreign = _customer(butcher, "Bert")
    with tenant_context(baker.pk), pytest.raises(IntegrityError), transaction.atomic():
        baker.notes.create(customer_id=foreign.pk, text="van de buren", at=NOW)


def test_events_are_chained_and_cannot_be_changed(two_tenants: tuple[Tenant, Tenant]) -> None:
    baker, _ = two_tenants
    with tenant_context(baker.pk):
        first = audit.record(baker, "test.done", now=NOW, details={"n": 1})
        second = audit.record(baker, "test.done", now=NOW, details={"n": 2})
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.seq, second.seq) == (1, 2)
        assert second.previous_hash == first.hash != ""
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            baker.events.update(verb="test.undone")


@pytest.mark.django_db(transaction=True)
def test_a_durable_context_refuses_to_run_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError), durable_tenant_context(1):
        pass
