"""The very commands and variables of docker-compose.yml, started as processes instead of containers."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.runtime import processes, provision
from config.runtime.demo import REPOSITORY
from tests.runtime.compose import service
from tests.runtime.stack import Servers, free_port, own_servers, wait_for

DATABASE = "composed"


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with own_servers() as started:
        yield started


@pytest.fixture(scope="module")
def migrated(servers: Servers) -> Servers:
    """The migration job, on a server that has never seen us."""
    job = service("migrate")
    admin = servers.postgres.url()
    owner = servers.postgres.url(role=provision.OWNER, database=DATABASE)
    environment = servers.environment() | job["environment"] | {"DATABASE_NAME": DATABASE}
    environment |= {"DATABASE_ADMIN_URL": admin, "DATABASE_URL": owner}
    finished = subprocess.run(
        job["command"], cwd=REPOSITORY, env=_with_our_programs(environment), capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return servers


def _with_our_programs(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"PATH": f"{REPOSITORY}/.venv/bin:{environment['PATH']}"}


def _environment(name: str, servers: Servers, **own: str) -> dict[str, str]:
    there = servers.environment() | service(name)["environment"]
    there |= {
        "DATABASE_URL": servers.postgres.url(role=provision.APP, database=DATABASE),
        "REDIS_URL": servers.redis.url(),
    }
    return _with_our_programs(there | own)


@pytest.fixture(scope="module")
def running(migrated: Servers) -> Iterator[dict[str, str]]:
    """Web, worker and beat; the address of web, and the log of each."""
    _collect_static(migrated)
    port = free_port()
    logs = {name: migrated.folder / f"{name}.log" for name in ("web", "worker", "beat")}
    children = []
    for name, log in logs.items():
        command = [part.replace("/tmp/", f"{migrated.folder}/") for part in service(name)["command"]]
        own = {"WEB_BIND": f"127.0.0.1:{port}", "TICK_SECONDS": "1"}
        environment = _environment(name, migrated, **own)
        program = shutil.which(command[0], path=environment["PATH"]) or command[0]
        with log.open("wb") as output:
            children.append(processes.spawn([program, *command[1:]], output=output, env=environment, cwd=REPOSITORY))
    yield {"url": f"http://127.0.0.1:{port}"} | {name: str(path) for name, path in logs.items()}
    for child in children:
        processes.stop(child, patience=15)


def _collect_static(servers: Servers) -> None:
    environment = _environment("web", servers)
    subprocess.run(
        [".venv/bin/python", "manage.py", "collectstatic", "--noinput", "--ignore=rest_framework", "-v0"],
        cwd=REPOSITORY,
        env=environment,
        check=True,
    )


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def test_web_is_healthy(running: dict[str, str]) -> None:
    assert wait_for(lambda: _get(f"{running['url']}/healthz")[0] == 200), Path(running["web"]).read_text()
    assert json.loads(_get(f"{running['url']}/healthz")[1]) == {"database": "ok", "redis": "ok"}


def test_web_shows_the_log_in_page_with_its_policy(running: dict[str, str]) -> None:
    assert wait_for(lambda: _get(f"{running['url']}/healthz")[0] == 200)
    with urllib.request.urlopen(f"{running['url']}/account/login/", timeout=10) as answer:
        assert "Wachtwoord" in answer.read().decode()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_pay_link_stays_out_of_the_access_log(running: dict[str, str]) -> None:
    assert wait_for(lambda: _get(f"{running['url']}/healthz")[0] == 200)
    assert _get(f"{running['url']}/b/zxye3c8s6lf47irhvvnzg2nbb22aa6lignkt4tu")[0] == 404
    assert wait_for(lambda: any("GET /b/***" in line for line in _lines(running["web"])))
    assert "zxye3c8s6lf47" not in Path(running["web"]).read_text()


def test_beat_speaks_and_the_worker_does_it(running: dict[str, str]) -> None:
    """The worker's log is JSON in production: one line per task that it finished."""

    def ticked() -> bool:
        return any("dunning.tasks.tick" in line and "succeeded" in line for line in _lines(running["worker"]))

    assert wait_for(ticked), Path(running["worker"]).read_text()[-3000:] + Path(running["beat"]).read_text()[-3000:]


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def test_the_worker_answers(running: dict[str, str], migrated: Servers) -> None:
    environment = _environment("worker", migrated)

    def answers() -> bool:
        asked = subprocess.run(
            [".venv/bin/celery", "-A", "config", "inspect", "ping", "--timeout=5"],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return "pong" in asked.stdout

    assert wait_for(answers)


def test_web_refuses_the_owner(migrated: Servers) -> None:
    owner = migrated.postgres.url(role=provision.OWNER, database=DATABASE)
    environment = _environment("web", migrated, DATABASE_URL=owner, WEB_BIND=f"127.0.0.1:{free_port()}")
    refused = subprocess.run(
        [".venv/bin/python", "-c", "import config.wsgi"],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "BYPASSRLS" in refused.stderr


def test_the_job_made_both_roles(migrated: Servers) -> None:
    with psycopg.connect(migrated.postgres.url(database=DATABASE)) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'voldaan%' ORDER BY 1"
        ).fetchall()
        owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert roles == [("voldaan_app", False, False), ("voldaan_owner", False, True)]
    assert owners == [("voldaan_owner",)]
