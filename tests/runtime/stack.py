"""Own servers and own processes for tests that start the real program."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.runtime import demo, processes, provision
from config.runtime.demo import REPOSITORY
from config.runtime.services import DURABLE, EmbeddedPostgres, EmbeddedRedis
from tests import embedded


@dataclass(frozen=True, slots=True)
class Servers:
    """A PostgreSQL with migrated tables and a Redis, on nobody else's data."""

    postgres: EmbeddedPostgres
    redis: EmbeddedRedis

    @property
    def folder(self) -> Path:
        return self.postgres.state

    def environment(self) -> dict[str, str]:
        """What a process needs to use them as the program does."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        return inherited | {
            "DATABASE_URL": self.postgres.url(role=provision.APP, database=embedded.TEMPLATE),
            "REDIS_URL": self.redis.url(),
            "SECRET_KEY": "stack-test-" + "0123456789" * 5,
            "FIELD_KEYS": "dGVzdHMtb25seS1maWVsZC1rZXktMDEyMzQ1Njc4OWE=",
            "PYTHONUNBUFFERED": "1",
        }


@contextmanager
def own_servers() -> Iterator[Servers]:
    """Start both; they keep every commit, as in production, and go with the block."""
    folder = embedded.ROOT / f"stack-{uuid.uuid4().hex[:8]}-{os.getpid()}"
    embedded.copy_prepared_cluster(folder)
    servers = Servers(EmbeddedPostgres(folder, options=DURABLE), EmbeddedRedis(folder))
    try:
        servers.postgres.start()
        servers.redis.start()
        yield servers
    finally:
        servers.redis.stop()
        servers.postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(servers.postgres.sockets, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> bool:
    """True as soon as it holds; False when it never did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """The whole demo, started by its own command."""

    parent: subprocess.Popen[bytes]
    url: str
    mailbox: str
    psp: str
    log: Path
    environment: dict[str, str]

    def processes(self) -> list[psutil.Process]:
        return list(psutil.Process(self.parent.pid).children(recursive=True))

    def manage(self, *arguments: str) -> str:
        """A management command on the demo's own data."""
        finished = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout


def _ended(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is not None


@contextmanager
def running_demo(servers: Servers) -> Iterator[RunningDemo]:
    """Start the demo on these servers and on ports of its own; it is stopped as by Ctrl-C."""
    ports = {name: free_port() for name in ("web", "mail", "smtp", "psp")}
    database = embedded.TEMPLATE
    environment = servers.environment() | {
        "DATABASE_OWNER_URL": servers.postgres.url(role=provision.OWNER, database=database),
        "DEMO_FOLDER": str(servers.folder),
        **{f"{name.upper()}_PORT": str(port) for name, port in ports.items()},
    }
    log = servers.folder / "demo.log"
    with log.open("wb") as output:
        parent = processes.spawn(
            [sys.executable, "-m", "config.runtime.demo"], output=output, env=environment, cwd=REPOSITORY
        )
    try:
        assert wait_for(lambda: "Ctrl-C stops everything." in log.read_text() or _ended(parent), seconds=180)
        assert not _ended(parent), log.read_text()
        yield RunningDemo(
            parent,
            url=f"http://localhost:{ports['web']}",
            mailbox=f"http://localhost:{ports['mail']}",
            psp=f"http://127.0.0.1:{ports['psp']}",
            log=log,
            environment=environment
            | demo.environment(
                ports=demo.Ports(**ports),
                database=environment["DATABASE_URL"],
                redis=environment["REDIS_URL"],
                state=servers.folder,
            ),
        )
    finally:
        processes.stop(parent, with_signal=signal.SIGINT, patience=40)
