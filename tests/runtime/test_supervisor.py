"""One parent: what falls is started again, what keeps falling ends the demo with a sentence, and nothing stays behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.runtime.supervisor import FallenError, Supervisor
from tests.runtime.stack import wait_for

SLEEPER = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, lines: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(environment=os.environ, folder=tmp_path, log=lambda name, text: lines.append(f"{name}: {text}"))
    yield made
    made.stop()


def test_what_children_say_is_told_with_their_name(supervisor: Supervisor, lines: list[str]) -> None:
    supervisor.start("one", [sys.executable, "-c", "print('hello')"])
    assert wait_for(lambda: lines == ["one: hello"], seconds=20)


def test_what_keeps_falling_ends_with_a_sentence(supervisor: Supervisor) -> None:
    supervisor.start("weak", [sys.executable, "-c", "raise SystemExit(3)"])

    def gives_up() -> bool:
        try:
            supervisor.look()
        except FallenError as error:
            return "weak stopped 4 times within a minute (exit code 3)" in str(error)
        return False

    assert wait_for(gives_up)


def test_stopping_takes_grandchildren_along(supervisor: Supervisor, lines: list[str]) -> None:
    supervisor.start("family", [sys.executable, "-c", SLEEPER])
    assert wait_for(lambda: lines == ["family: up"], seconds=20)
    (child,) = supervisor.children
    assert child.running is not None
    family = [psutil.Process(child.running.pid), *psutil.Process(child.running.pid).children(recursive=True)]
    assert len(family) == 2
    supervisor.stop()
    assert psutil.wait_procs(family, timeout=10)[1] == []
