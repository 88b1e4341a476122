"""Database roles: one that owns and migrates, one that the program runs as and that row level security binds.

The owner has BYPASSRLS, otherwise a data migration would silently touch no row of a FORCE table. The program's role
owns nothing and may only read and write rows: no TRUNCATE, no REFERENCES, no superuser, no BYPASSRLS.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import psycopg
from psycopg import sql

OWNER = "voldaan_owner"
APP = "voldaan_app"
DATABASE = "voldaan"


@dataclass(frozen=True, slots=True)
class Passwords:
    """Passwords of the two roles; empty for a server that trusts its own socket."""

    owner: str = ""
    app: str = ""


def provision(admin_url: str, *, database: str = DATABASE, passwords: Passwords | None = None) -> None:
    """Make both roles and the database, or repair them; safe to repeat."""
    secrets = passwords or Passwords()
    with psycopg.connect(admin_url, autocommit=True) as connection:
        _ensure_role(connection, OWNER, "BYPASSRLS", password=secrets.owner)
        _ensure_role(connection, APP, "NOBYPASSRLS", password=secrets.app)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(database), sql.Identifier(OWNER)
                )
            )
    with psycopg.connect(admin_url, dbname=database, autocommit=True) as connection:
        _grant(connection, database)


def _ensure_role(connection: psycopg.Connection, role: str, right: str, *, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE {}").format(
        sql.SQL("ALTER" if known else "CREATE"), sql.Identifier(role), sql.SQL(right)
    )
    if password:
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    connection.execute(statement)


def _grant(connection: psycopg.Connection, database: str) -> None:
    names = {"database": sql.Identifier(database), "owner": sql.Identifier(OWNER), "app": sql.Identifier(APP)}
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT ALL ON DATABASE {database} TO {owner}",
        "GRANT CONNECT ON DATABASE {database} TO {app}",
        "ALTER SCHEMA public OWNER TO {owner}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(**names))


def main() -> None:
    """`python -m config.runtime.provision`: prepare the server that DATABASE_ADMIN_URL points to."""
    provision(
        os.environ["DATABASE_ADMIN_URL"],
        database=os.environ.get("DATABASE_NAME", DATABASE),
        passwords=Passwords(
            owner=os.environ.get("DATABASE_OWNER_PASSWORD", ""), app=os.environ.get("DATABASE_APP_PASSWORD", "")
        ),
    )
    sys.stdout.write("Roles and database are ready.\n")


if __name__ == "__main__":
    main()
