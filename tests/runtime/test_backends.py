"""A demo on servers of somebody's own: roles are made where that is allowed, and said where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.runtime import backends, provision
from config.runtime.services import ServiceError
from tests.runtime.stack import Servers, own_servers


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with own_servers() as started:
        yield started


def _question(url: str, sql: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def test_a_superuser_gives_the_program_two_roles_and_a_database(servers: Servers, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": servers.postgres.url(database="outside")}
    with psycopg.connect(servers.postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE outside")
    urls = backends.outside_database(environment, secrets_file=tmp_path / "secrets.json")
    assert _question(urls.app, "SELECT current_user::text") == provision.APP
    assert _question(urls.owner, "SELECT current_user::text") == provision.OWNER
    assert _question(urls.owner, "SELECT has_schema_privilege('voldaan_app', 'public', 'CREATE')") is False
    again = backends.outside_database(environment, secrets_file=tmp_path / "secrets.json")
    assert again == urls


def test_a_role_without_that_right_must_bring_the_owner(servers: Servers, tmp_path: Path) -> None:
    app = servers.environment()["DATABASE_URL"]
    with pytest.raises(ServiceError, match="DATABASE_OWNER_URL"):
        backends.outside_database({"DATABASE_URL": app}, secrets_file=tmp_path / "secrets.json")
    owner = servers.environment()["DATABASE_URL"].replace(provision.APP, provision.OWNER)
    both = {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner}
    assert backends.outside_database(both, secrets_file=tmp_path / "secrets.json") == backends.DatabaseUrls(app, owner)


def test_what_the_owner_makes_the_program_may_use_but_not_empty(servers: Servers) -> None:
    provision.provision(servers.postgres.url(), database="fresh")
    with psycopg.connect(servers.postgres.url(role=provision.OWNER, database="fresh")) as owner:
        owner.execute("CREATE TABLE thing (id int)")
    with psycopg.connect(servers.postgres.url(role=provision.APP, database="fresh"), autocommit=True) as app:
        app.execute("INSERT INTO thing VALUES (1)")
        for forbidden in ("TRUNCATE thing", "DROP TABLE thing", "CREATE TABLE other (id int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_an_unreachable_redis_is_one_sentence() -> None:
    with pytest.raises(ServiceError, match="REDIS_URL cannot be reached"):
        backends.outside_redis("redis://127.0.0.1:1/0")


def test_secrets_are_made_once_and_for_us_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "secrets.json"
    assert backends.remembered_secrets(path) == backends.remembered_secrets(path)
    assert path.stat().st_mode & 0o077 == 0
