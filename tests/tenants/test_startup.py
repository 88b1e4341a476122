"""Real processes with the wrong role: they end at once and say why; with the right role they start."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from config.runtime import provision
from tenants.startup import UnsafeRoleError, _look_at_new_connection, check_role
from tests import embedded

START_WEB = "import config.wsgi; print('started')"
START_WORKER = (
    "from celery.signals import worker_init; import config.celery; worker_init.send(sender=None); print('started')"
)
START_BEAT = "from celery.signals import beat_init; import config.celery; beat_init.send(sender=None); print('started')"
PROCESSES = pytest.mark.parametrize("program", [START_WEB, START_WORKER, START_BEAT], ids=["web", "worker", "beat"])


def start(program: str, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@PROCESSES
@pytest.mark.parametrize("role", ["postgres", provision.OWNER])
@pytest.mark.django_db
def test_process_with_an_unsafe_role_ends_at_once(program: str, role: str) -> None:
    ended = start(program, embedded.POSTGRES.url(role=role, database=embedded.DATABASE))

    assert ended.returncode == 1
    assert f"The database role {role}" in ended.stderr
    assert "started" not in ended.stdout


@PROCESSES
@pytest.mark.django_db
def test_process_with_the_program_role_starts(program: str) -> None:
    ended = start(program, embedded.POSTGRES.url(role=provision.APP, database=embedded.DATABASE))

    assert (ended.returncode, ended.stdout) == (0, "started\n"), ended.stderr


@pytest.mark.django_db(transaction=True)
def test_role_that_gets_bypassrls_is_refused_at_the_next_look() -> None:
    admin = psycopg.connect(embedded.POSTGRES.url(), autocommit=True)
    with admin:
        admin.execute(f"ALTER ROLE {provision.APP} BYPASSRLS")
        try:
            with pytest.raises(UnsafeRoleError, match="has BYPASSRLS"):
                check_role(connection)
        finally:
            admin.execute(f"ALTER ROLE {provision.APP} NOBYPASSRLS")
    check_role(connection)


@pytest.mark.django_db(transaction=True)
def test_new_connection_with_an_unsafe_role_is_closed_again() -> None:
    connection.close()
    connection_created.connect(_look_at_new_connection, dispatch_uid="test")
    admin = psycopg.connect(embedded.POSTGRES.url(), autocommit=True)
    try:
        admin.execute(f"ALTER ROLE {provision.APP} BYPASSRLS")
        with pytest.raises(UnsafeRoleError):
            connection.ensure_connection()
        assert connection.connection is None
    finally:
        connection_created.disconnect(dispatch_uid="test")
        admin.execute(f"ALTER ROLE {provision.APP} NOBYPASSRLS")
        admin.close()


@PROCESSES
def test_process_starts_while_the_server_is_away(program: str) -> None:
    """It cannot be asked yet; the first connection that comes about is looked at instead."""
    ended = start(program, "postgresql://voldaan_app@127.0.0.1:1/voldaan")

    assert (ended.returncode, ended.stdout) == (0, "started\n"), ended.stderr
