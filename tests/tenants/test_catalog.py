"""The walls between tenants as PostgreSQL has them, and negative controls: each wall broken once, and seen."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from config.runtime.provision import APP, OWNER
from tests.tenants import catalog

Check = Callable[[psycopg.Connection], list[str]]


def app_rights(connection: psycopg.Connection) -> list[str]:
    return catalog.rights_beyond_rows(connection, APP)


CHECKS: list[Check] = [
    catalog.tables_of_nobody,
    catalog.tables_without_forced_security,
    catalog.tables_with_another_policy,
    catalog.keys_without_tenant,
    catalog.indexes_without_tenant_first,
    catalog.definer_functions,
    catalog.leaking_views,
    app_rights,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_nothing_is_wrong(check: Check, admin_connection: psycopg.Connection) -> None:
    assert check(admin_connection) == []


def test_references_without_a_key_are_known_by_name(admin_connection: psycopg.Connection) -> None:
    assert catalog.columns_without_key(admin_connection) == [
        "tenants_event.customer_id",  # an event outlives what it is about
    ]


def test_there_are_tenant_tables_to_check(admin_connection: psycopg.Connection) -> None:
    found = catalog.tenant_tables(admin_connection)

    assert {"tenants_event", "receivables_customer", "receivables_invoice", "dunning_notice"} <= set(found)


BARE = "CREATE TABLE bare (id bigint PRIMARY KEY, tenant_id bigint NOT NULL)"
CHILD = (
    "ALTER TABLE receivables_customer ADD CONSTRAINT by_id UNIQUE (id);"
    "CREATE TABLE child (tenant_id bigint NOT NULL, customer uuid CONSTRAINT lone_key REFERENCES receivables_customer (id))"
)
DEFINER = "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM tenants_event'"
OPEN_POLICY = "CREATE POLICY open_door ON receivables_invoice USING (true)"
VIEW = "CREATE VIEW window_on_events AS SELECT * FROM tenants_event"


@pytest.mark.parametrize(
    ("sql", "check", "finding"),
    [
        ("CREATE TABLE stray (id bigint)", catalog.tables_of_nobody, "stray"),
        (BARE, catalog.tables_without_forced_security, "bare"),
        (
            "ALTER TABLE receivables_invoice NO FORCE ROW LEVEL SECURITY",
            catalog.tables_without_forced_security,
            "receivables_invoice",
        ),
        (
            "ALTER TABLE receivables_invoice DISABLE ROW LEVEL SECURITY",
            catalog.tables_without_forced_security,
            "receivables_invoice",
        ),
        (BARE, catalog.tables_with_another_policy, "bare 0 None"),
        (
            OPEN_POLICY,
            catalog.tables_with_another_policy,
            "receivables_invoice 2 open_door,receivables_invoice_rls",
        ),
        (
            "ALTER POLICY receivables_invoice_rls ON receivables_invoice WITH CHECK (true)",
            catalog.tables_with_another_policy,
            "receivables_invoice 1 receivables_invoice_rls",
        ),
        (CHILD, catalog.keys_without_tenant, "lone_key"),
        (
            "CREATE UNIQUE INDEX tells_names ON receivables_customer (name)",
            catalog.indexes_without_tenant_first,
            "tells_names",
        ),
        (DEFINER, catalog.definer_functions, "peek()"),
        (VIEW, catalog.leaking_views, "window_on_events"),
        (VIEW.replace("VIEW", "MATERIALIZED VIEW"), catalog.leaking_views, "window_on_events"),
        (f"ALTER ROLE {APP} BYPASSRLS", app_rights, "is bypassrls"),
        (f"GRANT {OWNER} TO {APP}", app_rights, f"member of {OWNER}"),
        (f"GRANT TRUNCATE ON receivables_invoice TO {APP}", app_rights, "TRUNCATE on receivables_invoice"),
        (f"GRANT CREATE ON SCHEMA public TO {APP}", app_rights, "CREATE in public"),
    ],
)
def test_broken_wall_is_found(sql: str, check: Check, finding: str, admin_connection: psycopg.Connection) -> None:
    admin_connection.execute(sql)

    assert finding in check(admin_connection)


def test_table_owned_by_the_program_is_found(admin_connection: psycopg.Connection) -> None:
    admin_connection.execute(f"ALTER TABLE receivables_invoice OWNER TO {APP}")

    assert any(finding.startswith("owns pg_class") for finding in app_rights(admin_connection))


def test_view_that_reads_as_its_user_is_well(admin_connection: psycopg.Connection) -> None:
    admin_connection.execute("CREATE VIEW fair WITH (security_invoker = true) AS SELECT * FROM tenants_event")

    assert catalog.leaking_views(admin_connection) == []
