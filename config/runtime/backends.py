"""The PostgreSQL and the Redis of a demo: the embedded ones, or the servers that DATABASE_URL and REDIS_URL name."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.runtime import provision
from config.runtime.services import EmbeddedPostgres, EmbeddedRedis, ServiceError

OLDEST_POSTGRES = 160000


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One database, as the program sees it and as its owner sees it."""

    app: str
    owner: str


def embedded_database(server: EmbeddedPostgres) -> DatabaseUrls:
    server.start()
    provision.provision(server.url())
    return DatabaseUrls(
        app=server.url(role=provision.APP, database=provision.DATABASE),
        owner=server.url(role=provision.OWNER, database=provision.DATABASE),
    )


def outside_database(environment: Mapping[str, str], *, secrets_file: Path) -> DatabaseUrls:
    """Use the server of DATABASE_URL: as it is when DATABASE_OWNER_URL comes with it, else with roles of our own."""
    url = environment["DATABASE_URL"]
    administers = _check_server(url)
    owner = environment.get("DATABASE_OWNER_URL", "")
    if owner:
        _check_server(owner)
        return DatabaseUrls(app=url, owner=owner)
    if not administers:
        raise ServiceError(
            "The role in DATABASE_URL may not make roles: give the URL of a superuser, "
            "or set DATABASE_OWNER_URL to the role that owns the tables beside it."
        )
    kept = remembered_secrets(secrets_file)
    database = conninfo_to_dict(url).get("dbname") or provision.DATABASE
    passwords = provision.Passwords(owner=kept["database_owner"], app=kept["database_app"])
    provision.provision(url, database=str(database), passwords=passwords)
    return DatabaseUrls(
        app=make_conninfo(url, user=provision.APP, password=passwords.app, dbname=database),
        owner=make_conninfo(url, user=provision.OWNER, password=passwords.owner, dbname=database),
    )


def _check_server(url: str) -> bool:
    """Reach it and look at its version; True when the role may make roles with BYPASSRLS."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            if connection.info.server_version < OLDEST_POSTGRES:
                raise ServiceError("PostgreSQL 16 or newer is needed; the server of DATABASE_URL is older.")
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
            return bool(row and row[0])
    except psycopg.ProgrammingError as error:
        raise ServiceError(f"DATABASE_URL cannot be read: {_first_line(error)}") from error
    except psycopg.OperationalError as error:
        raise ServiceError(f"DATABASE_URL cannot be reached: {_first_line(error)}") from error


def embedded_redis(server: EmbeddedRedis) -> str:
    server.start()
    return server.url()


def outside_redis(url: str) -> str:
    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:
        raise ServiceError(f"REDIS_URL cannot be reached: {_first_line(error)}") from error
    return url


def remembered_secrets(path: Path) -> dict[str, str]:
    """The demo's own secrets, made once, so that sessions and stored keys survive a restart."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {name: secrets.token_urlsafe(48) for name in ("secret_key", "database_owner", "database_app")}
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[-1].strip()
