"""What the fixtures promise: the program's own role, row level security that binds it, a clean database each time."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection

from tenants.models import Office


def test_tests_use_a_role_without_privileges(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("voldaan_app", False, False)


def test_the_role_may_not_truncate(admin_connection: psycopg.Connection) -> None:
    refused = admin_connection.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' "
        "AND has_table_privilege('voldaan_app', format('%I.%I', schemaname, tablename), 'TRUNCATE')"
    ).fetchone()
    assert refused == (0,)


def test_redis_is_there(db: None) -> None:
    cache.set("key", "kept", timeout=5)
    assert cache.get("key") == "kept"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [1, 2])
def test_transactional_tests_start_empty(attempt: int) -> None:
    assert Office.objects.count() == 0
    Office.objects.create(name="Kantoor", slug="kantoor", created_at=datetime(2026, 11, 2, 12, tzinfo=UTC))
    assert ContentType.objects.exists()
