"""What PostgreSQL's own catalog says about the walls between tenants. Every function lists what is wrong; empty is well.

The tests run these on the real database, and on the same database with one wall broken, to see that they see it.
"""

from __future__ import annotations

from typing import Any

import psycopg

# tables that name a tenant but say who may enter, so that they must be read before a tenant is known
OUTSIDE = {
    "tenants_membership",
    "tenants_membership_named_tenants",
    "tenants_invitation",
    "tenants_invitation_named_tenants",
}
# tables of no tenant: Django's own, people and their log-in, offices and the list of tenants itself
SHARED_PREFIXES = ("django_", "auth_", "account_", "mfa_", "usersessions_")
SHARED = {
    "tenants_user",
    "tenants_office",
    "tenants_officeevent",
    "tenants_tenant",
    "tenants_democlock",
    "receivables_statutoryrate",
}

TABLES = """
SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, a.attnum AS tenant_column, a.attnotnull
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'f')
"""
TENANT_TABLES = f"SELECT * FROM ({TABLES}) t WHERE tenant_column IS NOT NULL AND relname <> ALL(%(outside)s)"  # noqa: S608 # constants


def _ask(connection: psycopg.Connection, sql: str, **values: Any) -> list[str]:
    rows = connection.execute(sql, {"outside": list(OUTSIDE), **values}).fetchall()
    return sorted(" ".join(str(part) for part in row) for row in rows)


def tenant_tables(connection: psycopg.Connection) -> list[str]:
    return _ask(connection, f"SELECT relname FROM ({TENANT_TABLES}) t")  # noqa: S608 # constants


def tables_of_nobody(connection: psycopg.Connection) -> list[str]:
    """Tables without tenant_id that are not on the list of shared ones: a new table must choose."""
    names = _ask(connection, f"SELECT relname FROM ({TABLES}) t WHERE tenant_column IS NULL")  # noqa: S608 # constants
    return [name for name in names if name not in SHARED | OUTSIDE and not name.startswith(SHARED_PREFIXES)]


def tables_without_forced_security(connection: psycopg.Connection) -> list[str]:
    return _ask(
        connection,
        f"SELECT relname FROM ({TENANT_TABLES}) t "  # noqa: S608 # constants
        "WHERE NOT (relrowsecurity AND relforcerowsecurity AND attnotnull)",
    )


def tables_with_another_policy(connection: psycopg.Connection) -> list[str]:
    """A tenant table has exactly one policy, for everybody and everything, with the one USING and the one WITH CHECK."""
    return _ask(
        connection,
        f"""
        SELECT t.relname, count(p.oid), string_agg(p.polname, ',' ORDER BY p.polname COLLATE "C")
        FROM ({TENANT_TABLES}) t LEFT JOIN pg_policy p ON p.polrelid = t.oid
        GROUP BY t.relname
        HAVING count(p.oid) <> 1
            OR NOT bool_and(
                p.polcmd = '*' AND p.polpermissive AND p.polroles = '{{0}}'
                AND regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\\s+', ' ', 'g') = %(reads)s
                AND regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\\s+', ' ', 'g') = %(writes)s
            )
        """,  # noqa: S608 # constants
        reads=(
            "(tenant_id = ANY ((( SELECT NULLIF(current_setting('app.tenant_ids'::text, true), ''::text)"
            ' AS "nullif"))::bigint[]))'
        ),
        writes=(
            "(tenant_id = (( SELECT NULLIF(current_setting('app.tenant_id'::text, true), ''::text)"
            ' AS "nullif"))::bigint)'
        ),
    )


def keys_without_tenant(connection: psycopg.Connection) -> list[str]:
    """Foreign keys between tenant tables that do not carry tenant_id on both ends."""
    return _ask(
        connection,
        f"""
        WITH tenant_tables AS ({TENANT_TABLES})
        SELECT k.conname
        FROM pg_constraint k
        JOIN tenant_tables here ON here.oid = k.conrelid
        JOIN tenant_tables there ON there.oid = k.confrelid
        WHERE k.contype = 'f' AND NOT EXISTS (
            SELECT FROM generate_subscripts(k.conkey, 1) i
            WHERE k.conkey[i] = here.tenant_column AND k.confkey[i] = there.tenant_column
        )
        """,  # noqa: S608 # constants
    )


def columns_without_key(connection: psycopg.Connection) -> list[str]:
    """Columns that look like a reference (`..._id`, uuid) to a tenant table and have no foreign key at all."""
    return _ask(
        connection,
        f"""
        WITH tenant_tables AS ({TENANT_TABLES})
        SELECT t.relname || '.' || a.attname
        FROM tenant_tables t
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE a.attname LIKE '%%\\_id' AND a.atttypid = 'uuid'::regtype
          AND NOT EXISTS (
              SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = t.oid AND a.attnum = ANY (k.conkey)
          )
        """,  # noqa: S608 # constants
    )


def indexes_without_tenant_first(connection: psycopg.Connection) -> list[str]:
    """Every index begins with tenant_id; a unique one that does not tells one tenant about another's rows."""
    return _ask(
        connection,
        f"""
        SELECT i.indexrelid::regclass
        FROM pg_index i JOIN ({TENANT_TABLES}) t ON t.oid = i.indrelid
        WHERE NOT i.indisprimary AND i.indkey[0] <> t.tenant_column
        """,  # noqa: S608 # constants
    )


def definer_functions(connection: psycopg.Connection) -> list[str]:
    """Functions that run with their owner's rights, and so past the policies."""
    return _ask(
        connection,
        """
        SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """,
    )


def leaking_views(connection: psycopg.Connection) -> list[str]:
    """Materialised views, and views that read with their owner's rights."""
    return _ask(
        connection,
        """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        WHERE c.relkind = 'm'
           OR (c.relkind = 'v' AND NOT coalesce(c.reloptions, '{}') && '{security_invoker=true,security_invoker=on}')
        """,
    )


def rights_beyond_rows(connection: psycopg.Connection, role: str) -> list[str]:
    """What the program's role has beyond reading and writing rows."""
    return _ask(
        connection,
        """
        SELECT 'is ' || right_name FROM pg_roles r
        CROSS JOIN LATERAL (VALUES
            ('superuser', r.rolsuper), ('bypassrls', r.rolbypassrls), ('createrole', r.rolcreaterole),
            ('createdb', r.rolcreatedb), ('replication', r.rolreplication)
        ) AS rights (right_name, granted)
        WHERE r.rolname = %(role)s AND granted
        UNION ALL
        SELECT 'member of ' || m.roleid::regrole FROM pg_auth_members m WHERE m.member = %(role)s::regrole
        UNION ALL
        SELECT 'owns ' || d.classid::regclass || ' ' || d.objid FROM pg_shdepend d
        WHERE d.refobjid = %(role)s::regrole AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
        UNION ALL
        SELECT privilege || ' on ' || c.relname
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        CROSS JOIN unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_table_privilege(%(role)s, c.oid, privilege)
        UNION ALL
        SELECT 'CREATE in ' || nspname FROM pg_namespace
        WHERE nspname = 'public' AND has_schema_privilege(%(role)s, oid, 'CREATE')
        """,
        role=role,
    )
