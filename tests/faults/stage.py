"""What a fault test plays on: its own PostgreSQL, Redis, web, workers, beat and a failing provider, all started and killed here.

Kills go to recorded pids only, and whatever dies is started again. Call everything from the main thread.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psutil
import psycopg
import redis

from config.runtime import processes, provision
from config.runtime.services import DURABLE, EmbeddedPostgres, EmbeddedRedis, ServiceError
from tests import embedded
from tests.dunning.delivery.world import NOW

REPOSITORY = Path(__file__).resolve().parents[2]
SURVIVES_A_KILL = DURABLE | {"fsync": "off", "wal_level": "minimal", "max_wal_senders": "0"}  # commits reach the kernel
DATABASE = "voldaan_faults"
LONGER_THAN_A_LEASE = 4.0  # a call of 1 s and a slack of 2 s: see tests/faults/app.py
VICTIMS = ("worker-1", "worker-2", "worker-1", "worker-2", "web", "redis", "postgres")


@dataclass(frozen=True, slots=True)
class Play:
    """One fault test."""

    provider: str  # esp or smtp
    seed: int
    letters: int
    kills: int
    rate: float = 0.2
    letter: str = "small"
    honours_keys: bool = True
    guard_off: str = ""
    victims: tuple[str, ...] = VICTIMS


@dataclass(slots=True)
class Stage:
    """The running processes of one play."""

    play: Play
    folder: Path
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis
    ports: dict[str, int]
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: list[str] = field(default_factory=list)
    restarts: int = 0

    @property
    def provider_log(self) -> Path:
        return self.folder / "provider.jsonl"

    def environment(self) -> dict[str, str]:
        own = {
            "DATABASE_URL": self.postgres.url(role=provision.APP, database=DATABASE),
            "REDIS_URL": self.redis.url(),
            "DEBUG": "1",
            "DEMO": "0",
            "REQUIRE_OFFICE_MFA": "0",
            "SECRET_KEY": "faults-only-" + "0123456789" * 5,
            "PUBLIC_URL": f"http://127.0.0.1:{self.ports['web']}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "MAIL_PROVIDER": "smtp" if self.play.provider == "smtp" else "resend",
            "MAIL_API_KEY": "key",
            "MAIL_API_URL": f"http://127.0.0.1:{self.ports['provider']}/",
            "MAIL_DEADLINE_SECONDS": "1",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.ports["provider"]),
            "WEB_BIND": f"127.0.0.1:{self.ports['web']}",
            "WEB_WORKERS": "1",
            "WEB_LOG_LEVEL": "warning",
            "FAULT_CLOCK_OFFSET": str((NOW - datetime.now(tz=NOW.tzinfo)).total_seconds()),
            "FAULT_LETTER": self.play.letter,
            "FAULT_GUARD_OFF": self.play.guard_off,
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **own}

    def commands(self) -> dict[str, list[str]]:
        python, play = sys.executable, self.play
        celery = [python, "-W", "ignore", "-m", "celery", "--quiet", "-A", "tests.faults.app"]
        worker = [*celery, "worker", "--loglevel=INFO", "--concurrency=1", "--without-gossip", "--without-mingle"]
        provider = [python, "-m", "tests.faults.fakes", play.provider, f"--port={self.ports['provider']}"]
        provider += [f"--log={self.provider_log}", f"--seed={play.seed}", f"--rate={play.rate}", "--hang=1.5"]
        return {
            "provider": provider if play.honours_keys else [*provider, "--ignore-keys"],
            "web": [python, "-m", "gunicorn", "--config", "config/web.py", "tests.faults.app:application"],
            "worker-1": [*worker, "--hostname=one@faults"],
            "worker-2": [*worker, "--hostname=two@faults"],
            "beat": [*celery, "beat", "--loglevel=WARNING", f"--schedule={self.folder}/beat", "--pidfile="],
        }

    def start(self, name: str) -> None:
        if name == "postgres":
            _start_patiently(self.postgres)
        elif name == "redis":
            _start_patiently(self.redis)
        else:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.children[name] = processes.spawn(
                    self.commands()[name], output=log, env=self.environment(), cwd=REPOSITORY
                )

    def hurt(self, victim: str) -> None:
        """One fault: a name is killed, `freeze NAME` sleeps past its lease, `flush` empties the broker."""
        self.kills.append(victim)
        verb, _, name = victim.rpartition(" ")
        if verb == "freeze":
            self.freeze(name)
        elif name == "flush":
            with redis.Redis.from_url(self.redis.url()) as client:
                client.flushall()
        else:
            self.kill(name)

    def freeze(self, name: str) -> None:
        """Stop a worker and its child for longer than a lease lives: a zombie that wakes up believing it still holds it."""
        parent = psutil.Process(self.children[name].pid)
        family = [parent, *parent.children(recursive=True)]
        for process in family:
            process.suspend()
        time.sleep(LONGER_THAN_A_LEASE)
        for process in reversed(family):
            process.resume()

    def kill(self, name: str) -> None:
        """SIGKILL, without a word; PostgreSQL's own children notice and go."""
        child = {"postgres": self.postgres.child, "redis": self.redis.child}.get(name) or self.children[name]
        assert child is not None
        family = []
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(child.pid).children(recursive=True)
        child.send_signal(signal.SIGKILL)
        child.wait()
        if name == "postgres":  # a new server may not start before the old backends are gone
            _, slow = psutil.wait_procs(family, timeout=10)
            for process in slow:
                process.kill()
            psutil.wait_procs(slow, timeout=5)
        elif not name.startswith("worker"):  # a worker's child may live on for a moment: a zombie, as in life
            psutil.wait_procs(family, timeout=5)
        self.start(name)

    def revive(self) -> None:
        """Start again what fell over by itself, as any supervisor does."""
        for name, child in list(self.children.items()):
            if child.poll() is not None:
                self.restarts += 1
                self.start(name)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.postgres.url(database=DATABASE), autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()

    def run(self, *arguments: str) -> str:
        finished = subprocess.run(
            [sys.executable, *arguments],
            cwd=REPOSITORY,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode:
            raise RuntimeError(finished.stderr[-3000:])
        return finished.stdout

    def stop(self) -> None:
        for child in self.children.values():
            processes.stop(child, with_signal=signal.SIGKILL)
        self.redis.stop()
        self.postgres.stop()


def _start_patiently(service: EmbeddedPostgres | EmbeddedRedis) -> None:
    for attempt in range(5):
        try:
            service.start()
        except ServiceError:
            if attempt == 4:
                raise
            time.sleep(0.3)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def stage(play: Play) -> Iterator[Stage]:
    """Everything running, with an empty migrated database; everything gone afterwards."""
    home = embedded.ROOT / f"faults-{os.getpid()}"
    folder = Path(tempfile.mkdtemp(prefix="voldaan-faults-"))
    embedded.copy_prepared_cluster(home)
    built = Stage(
        play,
        folder,
        EmbeddedPostgres(home, options=SURVIVES_A_KILL),
        EmbeddedRedis(home / "redis-state"),
        {name: _free_port() for name in ("web", "provider")},
    )
    try:
        built.start("postgres")
        with psycopg.connect(built.postgres.url(), autocommit=True) as connection:
            connection.execute(
                f"CREATE DATABASE {DATABASE} OWNER {provision.OWNER} TEMPLATE {embedded.TEMPLATE}".encode()
            )
        built.start("redis")
        yield built
    finally:
        built.stop()
        for leftover in (home, folder, built.postgres.sockets, built.redis.socket.parent):
            shutil.rmtree(leftover, ignore_errors=True)


def seed(built: Stage) -> dict[str, str]:
    """Books with a planned run, and a bookkeeper's session; made by the program's own actions."""
    made: dict[str, str] = json.loads(built.run("-m", "tests.faults.seed", str(built.play.letters)))
    return made
