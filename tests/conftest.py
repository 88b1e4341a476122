"""Fixtures for every test: the environment is set here, before Django reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest import mock

import django
import psycopg
import pytest
from django.db import connections
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from tests import embedded

os.environ.update(embedded.environment())
os.environ["DEBUG"] = "1"  # static files without a manifest; pytest-django sets settings.DEBUG to False
os.environ["DEMO"] = "0"
os.environ["REQUIRE_OFFICE_MFA"] = "0"  # switched on by the tests that are about it
os.environ["SECRET_KEY"] = "tests-only-" + "0123456789" * 5
os.environ["FIELD_KEYS"] = "dGVzdHMtb25seS1maWVsZC1rZXktMDEyMzQ1Njc4OWE="
os.environ["PUBLIC_URL"] = "http://localhost:8000"
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

# How fast examples are made says something of the machine, not of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

pytest_plugins = ["tests.cast"]  # office, tenant, bookkeeper, viewer, stranger, ...


def pytest_configure(config: pytest.Config) -> None:
    """Under xdist the first process owns the server; alone, the first test that needs the database starts it."""
    if embedded.OWNS_SERVER and config.getoption("numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE")  # a worker sets its own environment before it reads the settings
        embedded.start_server()


def pytest_unconfigure(config: pytest.Config) -> None:
    embedded.REDIS.stop()
    if embedded.OWNS_SERVER:
        embedded.stop_server()


@pytest.fixture(scope="session")
def redis_server() -> None:
    """This process's own Redis, at `settings.REDIS_URL`."""
    embedded.REDIS.start()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, redis_server: None) -> Iterator[None]:
    """A database cloned from the migrated template, used as the program's own role."""
    if embedded.OWNS_SERVER and not embedded.POSTGRES.is_running():
        embedded.start_server()
    embedded.create_database()
    with mock.patch.object(type(connections["default"].ops), "execute_sql_flush", _empty_database):
        yield
    with django_db_blocker.unblock():
        connections.close_all()
    embedded.drop_database()


def _empty_database(operations: object, sql_list: object) -> None:
    embedded.empty_database()


@pytest.fixture
def admin_connection(db: None) -> Iterator[psycopg.Connection]:
    """A superuser beside the program's role, for tests about the walls; what it does is rolled back."""
    with psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE)) as connection:
        yield connection
        connection.rollback()
