"""Whose rows this transaction may see: `SET LOCAL`, never longer than the transaction (a session setting leaks through pools)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

CURRENT = "SELECT current_setting('app.tenant_ids', true), current_setting('app.tenant_id', true)"
SET = "SELECT set_config('app.tenant_ids', %s, true), set_config('app.tenant_id', %s, true)"


@contextmanager
def tenant_context(tenant_id: int, *, durable: bool = False) -> Iterator[None]:
    """Read and write the rows of one tenant, in one transaction; nested contexts restore the outer one."""
    with _settings(f"{{{int(tenant_id)}}}", str(int(tenant_id)), durable=durable):
        yield


@contextmanager
def durable_tenant_context(tenant_id: int) -> Iterator[None]:
    """As `tenant_context`, but refuses to run inside another transaction: what is claimed here is committed at the end."""
    with tenant_context(tenant_id, durable=True):
        yield


@contextmanager
def reading_context(tenant_ids: Iterable[int]) -> Iterator[None]:
    """Read the rows of several tenants and write none: office overviews."""
    with _settings("{" + ",".join(str(int(tenant_id)) for tenant_id in tenant_ids) + "}", "", durable=False):
        yield


@contextmanager
def _settings(ids: str, one: str, *, durable: bool) -> Iterator[None]:
    with transaction.atomic(durable=durable):
        with connection.cursor() as cursor:
            cursor.execute(CURRENT)
            before = cursor.fetchone()
            cursor.execute(SET, [ids, one])
        yield
        with connection.cursor() as cursor:  # on an exception the rollback of the savepoint restores it
            cursor.execute(SET, [before[0] or "", before[1] or ""])


def current_tenant_id() -> int | None:
    """The tenant this transaction may write, as PostgreSQL sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('app.tenant_id', true), '')")
        (value,) = cursor.fetchone()
    return int(value) if value else None
