"""PostgreSQL and Redis for one test run: a migrated cluster is made once, copied per run, and thrown away.

Every run works on its own server, so that runs may overlap and a killed run leaves nothing that blocks the next one.
Inside it each test process has its own database, cloned from the template and used as the role that the program has.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from config.runtime import provision
from config.runtime.services import FORGETFUL, EmbeddedPostgres, EmbeddedRedis, state_root

REPOSITORY = Path(__file__).resolve().parent.parent
ROOT = state_root(REPOSITORY) / "test"
SUFFIX = re.sub(r"\W", "_", os.environ.get("TEST_SUFFIX", "run"))
TEMPLATE = "voldaan_template"
DATABASE = f"voldaan_{SUFFIX}_{os.getpid()}"
RUN_VARIABLE = "VOLDAAN_TEST_RUN"  # set by the process that owns the server, read by the xdist workers
PREPARED_TO_KEEP = 3

if RUN_VARIABLE not in os.environ:
    os.environ[RUN_VARIABLE] = str(ROOT / f"{SUFFIX}-{os.getpid()}")
RUN = Path(os.environ[RUN_VARIABLE])
OWNS_SERVER = RUN.name == f"{SUFFIX}-{os.getpid()}"

POSTGRES = EmbeddedPostgres(RUN, options=FORGETFUL)
REDIS = EmbeddedRedis(RUN / f"redis-{os.getpid()}", keep=False)


def environment() -> dict[str, str]:
    """The environment of a test process, known before anything is started."""
    return {
        "DATABASE_URL": POSTGRES.url(role=provision.APP, database=DATABASE),
        "DATABASE_OWNER_URL": POSTGRES.url(role=provision.OWNER, database=DATABASE),
        "REDIS_URL": REDIS.url(),
    }


def start_server() -> None:
    """Start this run's own PostgreSQL on a copy of the prepared cluster."""
    _remove_dead_runs()
    copy_prepared_cluster(RUN)
    POSTGRES.start()


def stop_server() -> None:
    POSTGRES.stop()
    for leftover in (RUN, POSTGRES.sockets):
        shutil.rmtree(leftover, ignore_errors=True)


def create_database(name: str = DATABASE) -> None:
    with psycopg.connect(POSTGRES.url(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(provision.OWNER), sql.Identifier(TEMPLATE)
            )
        )


def drop_database(name: str = DATABASE) -> None:
    with psycopg.connect(POSTGRES.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def empty_database() -> None:
    """Bring the database back to what the migrations left; the program's role may not TRUNCATE, so the superuser does."""
    with psycopg.connect(POSTGRES.url(database=DATABASE), autocommit=True) as connection:
        kept = connection.execute("SELECT filled FROM test_support.after_migrating").fetchone()
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        candidates = sorted({name for (name,) in tables} - set(kept[0] if kept else []))
        probe = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name))
            for name in candidates
        )
        filled = [name for (name,) in connection.execute(probe).fetchall()]
        if filled:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, filled)))
            )


def copy_prepared_cluster(destination: Path) -> None:
    """Copy the migrated cluster; `destination` becomes the state folder of an EmbeddedPostgres."""
    ROOT.mkdir(parents=True, exist_ok=True)
    with _locked(ROOT / "prepare.lock"):
        prepared = ROOT / f"prepared-{_fingerprint()}"
        if not prepared.exists():
            _prepare(prepared)
        os.utime(prepared)
        destination.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(prepared / "postgres"), str(destination / "postgres")], check=True)
        _forget_old_clusters()


def _prepare(prepared: Path) -> None:
    work = ROOT / "preparing"
    shutil.rmtree(work, ignore_errors=True)
    server = EmbeddedPostgres(work, options=FORGETFUL, initialise_with=("--wal-segsize=1",))
    server.start()
    try:
        provision.provision(server.url(), database=TEMPLATE)
        _migrate(server.url(role=provision.OWNER, database=TEMPLATE))
        _remember_filled_tables(server.url(database=TEMPLATE))
    finally:
        server.stop()
    work.rename(prepared)


def _migrate(owner_url: str) -> None:
    migrated = subprocess.run(
        [sys.executable, str(REPOSITORY / "manage.py"), "migrate", "--verbosity=0"],
        env={**os.environ, "DATABASE_URL": owner_url, "DATABASE_OWNER_URL": owner_url, "DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if migrated.returncode != 0:
        raise RuntimeError(f"The migrations fail:\n{migrated.stdout}{migrated.stderr}")


def _remember_filled_tables(url: str) -> None:
    """Reference rows that migrations bring along are kept when a test's database is emptied."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        filled = [
            name
            for name in names
            if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name))).fetchone()
        ]
        connection.execute("CREATE SCHEMA test_support")
        connection.execute("CREATE TABLE test_support.after_migrating (filled text[])")
        connection.execute("INSERT INTO test_support.after_migrating VALUES (%s)", [filled])


def _fingerprint() -> str:
    """Changes with every migration, so that a prepared cluster is never out of date."""
    digest = hashlib.sha256()
    sources = [*REPOSITORY.glob("*/migrations/*.py"), *REPOSITORY.glob("config/runtime/*.py"), REPOSITORY / "uv.lock"]
    isolation = REPOSITORY / "tenants" / "isolation.py"
    for path in sorted([*sources, isolation, Path(__file__)]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old_clusters() -> None:
    prepared = sorted(ROOT.glob("prepared-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in prepared[PREPARED_TO_KEEP:]:
        shutil.rmtree(path, ignore_errors=True)


def _remove_dead_runs() -> None:
    """A run that was killed could not remove its copy; its servers died with it."""
    for path in ROOT.glob("*-*"):
        pid = path.name.rpartition("-")[2]
        if pid.isdigit() and not path.name.startswith("prepared-") and not _is_alive(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
