"""Background work of one tenant: the task carries its tenant, opens that tenant's context, or refuses to start.

    @tenant_task
    def rebuild_forecast(tenant: Tenant, *, on: str) -> None: ...

    rebuild_forecast.delay(tenant_id=tenant.pk, on="2026-11-23")

A plain Celery task has no context and sees no row of any tenant; one that goes over tenants names them and fans out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, overload

from celery import Task, shared_task

from tenants import clock, mails
from tenants.context import tenant_context
from tenants.models import Tenant


class MissingTenantError(RuntimeError):
    """A task of one tenant was sent or started without saying which."""


class TenantTask(Task):  # type: ignore[type-arg] # celery's class takes no parameters at run time
    """Refuses at the door: what is queued without a tenant could only fail later, in the dark."""

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, *rest: Any, **options: Any) -> Any:
        if args or not isinstance((kwargs or {}).get("tenant_id"), int):
            raise MissingTenantError(f"{self.name} takes keyword arguments only, and tenant_id is one of them.")
        return super().apply_async(args, kwargs, *rest, **options)


@overload
def tenant_task(function: Callable[..., Any], /) -> Task[..., Any]: ...


@overload
def tenant_task(*, one_transaction: bool = True, **options: Any) -> Callable[[Callable[..., Any]], Task[..., Any]]: ...


def tenant_task(function: Callable[..., Any] | None = None, *, one_transaction: bool = True, **options: Any) -> Any:
    """Make a Celery task of `function(tenant, **arguments)`; the caller passes `tenant_id` instead of the tenant.

    With `one_transaction=False` the function gets the tenant but no context, and opens one for each of its own steps:
    for work that talks to the outside world between two transactions.
    """

    def decorate(inner: Callable[..., Any]) -> Task[..., Any]:
        @wraps(inner)
        def run(*, tenant_id: int | None = None, **arguments: Any) -> Any:
            tenant = _named_tenant(tenant_id, inner.__name__)
            if not one_transaction:
                return inner(tenant, **arguments)
            with tenant_context(tenant.pk):
                return inner(tenant, **arguments)

        task: Task[..., Any] = shared_task(base=TenantTask, **options)(run)  # type: ignore[no-untyped-call] # celery-types leaves it open
        return task

    return decorate(function) if function else decorate


def fan_out(task: Task[..., Any], tenant_ids: Iterable[int], **arguments: Any) -> int:
    """Queue one task per named tenant; says how many."""
    queued = 0
    for tenant_id in tenant_ids:
        task.delay(tenant_id=tenant_id, **arguments)
        queued += 1
    return queued


def _named_tenant(tenant_id: int | None, name: str) -> Tenant:
    if tenant_id is None:
        raise MissingTenantError(f"{name} was started without tenant_id.")
    return Tenant.objects.get(pk=tenant_id)


@shared_task
def send_invitation(*, invitation_id: int) -> None:
    """Mail the link; the row decides whether it is still worth sending."""
    mails.send_invitation(invitation_id, now=clock.now())


@tenant_task
def send_account_changed(tenant: Tenant, *, old: str, new: str, by: str) -> None:
    """Tell everybody who manages this tenant that its account number is another one now."""
    mails.send_account_changed(tenant, old=old, new=new, by=by)
