"""`make demo`: everything on this machine under one parent; Ctrl-C ends it all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.runtime import backends
from config.runtime.services import EmbeddedPostgres, EmbeddedRedis, ServiceError, state_root
from config.runtime.supervisor import FallenError, Supervisor
from config.runtime.terminal import Terminal

REPOSITORY = Path(__file__).resolve().parents[2]
READY_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens, on this machine only."""

    web: int
    mail: int
    smtp: int
    psp: int

    @classmethod
    def from_environment(cls) -> Ports:
        wanted = {"web": 8000, "mail": 8025, "smtp": 1025, "psp": 8003}
        return cls(**{name: int(os.environ.get(f"{name.upper()}_PORT", port)) for name, port in wanted.items()})

    def require_free(self) -> None:
        for name in ("web", "mail", "smtp", "psp"):
            port = getattr(self, name)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    raise ServiceError(
                        f"Port {port} is in use by another program: stop it, "
                        f"or choose another one with {name.upper()}_PORT={port + 100} make demo."
                    ) from error


def environment(*, ports: Ports, database: str, redis: str, state: Path) -> dict[str, str]:
    """What every process of the demo gets."""
    own = {
        "DEMO": "1",
        "DEBUG": "0",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": backends.remembered_secrets(state / "secrets.json")["secret_key"],
        "PUBLIC_URL": f"http://localhost:{ports.web}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(ports.smtp),
        "PSP_URL": f"http://127.0.0.1:{ports.psp}",
        "DEMO_MAILBOX_URL": f"http://localhost:{ports.mail}/",
        "WEB_BIND": f"127.0.0.1:{ports.web}",
        "WEB_LOG_LEVEL": "warning",
        "PYTHONUNBUFFERED": "1",
    }
    return {name: text for name, text in os.environ.items() if name != "DATABASE_OWNER_URL"} | own


def commands(ports: Ports, state: Path) -> dict[str, list[str]]:
    """The processes; web, worker and beat are those of docker-compose.yml."""
    python = sys.executable
    mailbox = [f"--smtp={ports.smtp}", f"--http={ports.mail}", f"--folder={state}/mail"]
    celery = [python, "-W", "ignore", "-m", "celery", "--quiet", "-A", "config"]
    return {
        "psp": [python, "-m", "receivables.paying.emulator", f"--port={ports.psp}", f"--state={state}/psp.sqlite"],
        "mail": [python, "-m", "config.runtime.mailbox", *mailbox],
        "web": [python, "-m", "gunicorn", "--config", "config/web.py"],
        "worker": [*celery, "worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--loglevel=INFO", f"--schedule={state}/beat-schedule", "--pidfile="],
    }


class Demo:
    """The start, in order; whatever was started is stopped when the stack closes."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.ports = Ports.from_environment()
        self.log_ins: list[str] = []
        chosen = os.environ.get("DEMO_FOLDER", "")
        self.state = Path(chosen) if chosen else state_root(REPOSITORY)

    def run(self) -> None:
        with ExitStack() as stack:
            stack.enter_context(only_one(self.state / "demo.lock"))
            self.ports.require_free()
            self.terminal.line("Voldaan starts")
            urls = self._start_database(stack)
            redis = self._start_redis(stack)
            settings = environment(ports=self.ports, database=urls.app, redis=redis, state=self.state)
            self._prepare(settings, owner_url=urls.owner)
            supervisor = Supervisor(environment=settings, folder=REPOSITORY, log=self.terminal.log)
            supervisor.listen_for_signals()
            stack.callback(self._stop, supervisor)
            self._start_processes(supervisor)
            if not supervisor.asked_to_stop.is_set():
                self._greet(settings)
                supervisor.watch()

    def _start_database(self, stack: ExitStack) -> backends.DatabaseUrls:
        with self.terminal.step("PostgreSQL") as notes:
            if os.environ.get("DATABASE_URL"):
                notes.append("from DATABASE_URL")
                return backends.outside_database(os.environ, secrets_file=self.state / "secrets.json")
            server = EmbeddedPostgres(self.state)
            stack.callback(server.stop)
            notes.append(f"embedded, data in {self.state}")
            return backends.embedded_database(server)

    def _start_redis(self, stack: ExitStack) -> str:
        with self.terminal.step("Redis") as notes:
            if os.environ.get("REDIS_URL"):
                notes.append("from REDIS_URL")
                return backends.outside_redis(os.environ["REDIS_URL"])
            server = EmbeddedRedis(self.state)
            stack.callback(server.stop)
            notes.append("embedded")
            return backends.embedded_redis(server)

    def _prepare(self, settings: dict[str, str], *, owner_url: str) -> None:
        with self.terminal.step("Tables"):
            manage(["migrate", "--verbosity=0", "--skip-checks"], settings | {"DATABASE_URL": owner_url})
        with self.terminal.step("Styles"):
            self._collect_static(settings)
        with self.terminal.step("Demo data") as notes:
            summary, *self.log_ins = manage(["demo_data", "--skip-checks"], settings).splitlines()
            notes.append(summary)

    def _collect_static(self, settings: dict[str, str]) -> None:
        stamp = REPOSITORY / "staticfiles" / ".fingerprint"
        fingerprint = _fingerprint([REPOSITORY / "static", REPOSITORY / "uv.lock"])
        if not stamp.exists() or stamp.read_text() != fingerprint:
            manage(["collectstatic", "--noinput", "--verbosity=0", "--ignore=rest_framework"], settings)
            stamp.write_text(fingerprint)

    def _start_processes(self, supervisor: Supervisor) -> None:
        with self.terminal.step("Processes") as notes:
            for name, command in commands(self.ports, self.state).items():
                supervisor.start(name, command)
                notes.append(name)
            deadline = time.monotonic() + READY_WITHIN
            while not self._is_healthy() and not supervisor.asked_to_stop.wait(0.1):
                supervisor.look()
                if time.monotonic() > deadline:
                    raise ServiceError(f"The web process did not answer within {READY_WITHIN:.0f} seconds.")

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports.web}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _greet(self, settings: dict[str, str]) -> None:
        self.terminal.line(f"\n  Voldaan   {settings['PUBLIC_URL']}/")
        self.terminal.line(f"  Mail      {settings['DEMO_MAILBOX_URL']}   everything that is sent arrives here")
        self.terminal.line("\n" + "\n".join(self.log_ins))
        self.terminal.line("\n  Ctrl-C stops everything.\n")

    def _stop(self, supervisor: Supervisor) -> None:
        self.terminal.line("\nVoldaan stops")
        supervisor.stop()


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Two demos on one data folder would fight over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServiceError("The demo already runs from this folder: stop it first with Ctrl-C.") from error
        yield


def manage(arguments: list[str], settings: dict[str, str]) -> str:
    """Run a management command; its output, or the last line of its complaint."""
    finished = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=REPOSITORY,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if finished.returncode != 0:
        complaint = finished.stderr.strip() or finished.stdout.strip()
        if os.environ.get("DEBUG_START"):
            sys.stderr.write(complaint + "\n")
        raise ServiceError(f"`manage.py {arguments[0]}` failed: {complaint.splitlines()[-1] if complaint else '?'}")
    return finished.stdout


def _fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()


def main() -> int:
    terminal = Terminal()
    try:
        Demo(terminal).run()
    except (ServiceError, FallenError) as error:
        sys.stderr.write(f"voldaan: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
