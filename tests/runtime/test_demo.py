"""`make demo` from start to Ctrl-C, and when it is killed instead."""

from __future__ import annotations

import json
import signal
import smtplib
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest

from config.runtime.demo import REPOSITORY
from tests.runtime.stack import RunningDemo, free_port, own_servers, running_demo, wait_for


@pytest.fixture(scope="module")
def demo() -> Iterator[RunningDemo]:
    with own_servers() as servers, running_demo(servers) as started:
        yield started


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


@pytest.mark.slow
def test_the_demo_lives_and_dies(demo: RunningDemo) -> None:
    """One story, because starting costs half a minute."""
    log = demo.log.read_text()
    assert "1 office, 6 tenants" in log
    assert all(
        person in log for person in ("kantoor@demo.example", "boekhouder@demo.example", "ondernemer@demo.example")
    )
    assert json.loads(_read(f"{demo.url}/healthz")) == {"database": "ok", "redis": "ok"}
    assert "Inloggen als" in _read(f"{demo.url}/account/login/")

    _send_mail(demo)
    assert "Test van de postbus" in _read(demo.mailbox)

    started = demo.processes()
    assert len(started) >= 5
    web = next(process for process in started if "gunicorn" in " ".join(process.cmdline()))
    web.kill()  # one that falls is started again
    assert wait_for(lambda: "starting it again" in demo.log.read_text())
    assert wait_for(lambda: _is_healthy(demo), seconds=60)

    everyone = [*started, *demo.processes()]
    demo.parent.send_signal(signal.SIGINT)
    assert demo.parent.wait(40) == 0
    assert psutil.wait_procs(everyone, timeout=10)[1] == []


def _is_healthy(demo: RunningDemo) -> bool:
    try:
        return bool(_read(f"{demo.url}/healthz"))
    except OSError:
        return False


def _send_mail(demo: RunningDemo) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Test van de postbus", "a@demo.example", "b@demo.example"
    mail.set_content("Hallo")
    port = int(demo.environment["EMAIL_PORT"])
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.send_message(mail)


@pytest.mark.slow
def test_a_killed_parent_takes_its_children_along() -> None:
    """The kernel tells them (Linux); nothing is left that would hold a port or a data folder."""
    program = (
        "import os, sys, time; from config.runtime import processes\n"
        "for _ in range(3): print(processes.spawn([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    children = [psutil.Process(int(parent.stdout.readline())) for _ in range(3)]
    parent.kill()
    parent.wait()
    assert psutil.wait_procs(children, timeout=10)[1] == []


def _start(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": "/usr/bin:/bin", "DEMO_FOLDER": str(folder)}
    ports = {f"{name}_PORT": str(free_port()) for name in ("WEB", "MAIL", "SMTP", "PSP")}
    return subprocess.run(
        [sys.executable, "-m", "config.runtime.demo"],
        cwd=REPOSITORY,
        env=bare | ports | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _complaint(finished: subprocess.CompletedProcess[str]) -> str:
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    (line,) = finished.stderr.strip().splitlines()
    return line


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} is in use" in _complaint(_start(tmp_path, WEB_PORT=str(port)))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "DATABASE_URL cannot be reached"),
        ("this is no url", "DATABASE_URL cannot be read"),
    ],
)
def test_a_wrong_database_url_is_one_sentence(tmp_path: Path, url: str, sentence: str) -> None:
    assert sentence in _complaint(_start(tmp_path, DATABASE_URL=url))
