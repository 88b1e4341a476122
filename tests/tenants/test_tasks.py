"""Tasks carry their tenant: in its context they see its rows, and without one they do not start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import current_app, shared_task

from tenants.context import current_tenant_id, durable_tenant_context, tenant_context
from tenants.models import Event, Tenant
from tenants.tasks import MissingTenantError, fan_out, tenant_task
from tests.factories import NOW

SEEN: list[tuple[str, int | None, int]] = []


@tenant_task
def count_events(tenant: Tenant, *, verb: str) -> None:
    SEEN.append((tenant.slug, current_tenant_id(), Event.across_tenants.filter(verb=verb).count()))


@tenant_task(one_transaction=False)
def work_in_steps(tenant: Tenant) -> None:
    with durable_tenant_context(tenant.pk):
        SEEN.append((tenant.slug, current_tenant_id(), 0))


@tenant_task
def write_and_fail(tenant: Tenant) -> None:
    tenant.events.create(at=NOW, verb="test.half")
    raise ValueError("half way")


@shared_task
def forgot_the_tenant() -> int:
    return Event.across_tenants.count()


@pytest.fixture(autouse=True)
def _run_at_once() -> Iterator[None]:
    SEEN.clear()
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    current_app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.mark.django_db
def test_task_sees_the_rows_of_its_tenant_only(tenant: Tenant, stranger_tenant: Tenant) -> None:
    for one in (tenant, stranger_tenant):
        with tenant_context(one.pk):
            one.events.create(at=NOW, verb="test.done")

    queued = fan_out(count_events, [tenant.pk, stranger_tenant.pk], verb="test.done")

    assert queued == 2
    assert [("korrel", tenant.pk, 1), ("noord", stranger_tenant.pk, 1)] == SEEN


@pytest.mark.django_db
def test_task_without_tenant_is_not_queued_and_does_not_start(tenant: Tenant) -> None:
    with pytest.raises(MissingTenantError):
        count_events.delay(verb="test.done")
    with pytest.raises(MissingTenantError):
        count_events.delay(tenant.pk, verb="test.done")
    with pytest.raises(MissingTenantError):
        count_events.delay(tenant_id=None, verb="test.done")
    with pytest.raises(MissingTenantError):
        count_events(verb="test.done")
    assert SEEN == []


@pytest.mark.django_db
def test_task_for_an_unknown_tenant_fails() -> None:
    with pytest.raises(Tenant.DoesNotExist):
        count_events.delay(tenant_id=404, verb="test.done")


@pytest.mark.django_db
def test_plain_task_sees_no_row(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        tenant.events.create(at=NOW, verb="test.done")

    assert forgot_the_tenant.delay().get() == 0


@pytest.mark.django_db
def test_failed_task_leaves_nothing(tenant: Tenant) -> None:
    with pytest.raises(ValueError, match="half way"):
        write_and_fail.delay(tenant_id=tenant.pk)

    with tenant_context(tenant.pk):
        assert tenant.events.count() == 0


@pytest.mark.django_db(transaction=True)
def test_task_in_steps_opens_its_own_contexts(tenant: Tenant) -> None:
    work_in_steps.delay(tenant_id=tenant.pk)

    assert [("korrel", tenant.pk, 0)] == SEEN
