"""Web, worker and beat refuse to run as a database role that row level security does not bind.

The role is looked at when a process starts and again on every new connection, so that a server which comes back as
another one (restore, failover, a changed DATABASE_URL) is noticed too. `manage.py migrate` works as the owner and does
not call this.
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

RIGHTS = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls,
    EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND pg_has_role(r.oid, c.relowner, 'USAGE')),
    EXISTS (SELECT FROM pg_roles other
            WHERE (other.rolsuper OR other.rolbypassrls) AND pg_has_role(r.oid, other.oid, 'MEMBER'))
FROM pg_roles r WHERE r.rolname = session_user
"""


class UnsafeRoleError(SystemExit):
    """Ends the process: a SystemExit, so that no framework logs it and carries on."""


def refuse_unsafe_role() -> None:
    """Called once by web, worker and beat, before the first request or task."""
    connection_created.connect(_look_at_new_connection, dispatch_uid="tenants.startup")
    try:
        connection.ensure_connection()
        check_role(connection)
    except OperationalError:  # the server is away; every later connection is looked at before its first query
        return
    finally:
        connection.close()  # a worker forks after this, and must not share a socket


def check_role(database: BaseDatabaseWrapper) -> None:
    """Raise unless the role of this connection is bound by row level security."""
    with database.cursor() as cursor:
        cursor.execute(RIGHTS)
        name, is_superuser, bypasses, owns, becomes = cursor.fetchone()
    reasons = {
        "is a superuser": is_superuser,
        "has BYPASSRLS": bypasses,
        "owns tables": owns,
        "may become a role that does": becomes,
    }
    found = [reason for reason, holds in reasons.items() if holds]
    if found:
        raise UnsafeRoleError(
            f"The database role {name} {' and '.join(found)}: tenants would see each other's rows. "
            "Let DATABASE_URL name the program's own role (voldaan_app); only migrations use the owner."
        )


def _look_at_new_connection(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    try:
        check_role(connection)
    except UnsafeRoleError:
        connection.close()  # or the next query of this thread would simply use it
        raise
