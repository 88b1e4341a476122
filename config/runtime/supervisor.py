"""One parent for several processes: one log, a restart when one falls, and nothing left behind at the end."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.runtime import processes

RESTARTS_ALLOWED = 3
RESTART_WINDOW = 60.0
PATIENCE = 8.0


class FallenError(Exception):
    """A process keeps falling; the message says which."""


@dataclass(slots=True)
class Child:
    """One process of the program."""

    name: str
    command: Sequence[str]
    running: subprocess.Popen[bytes] | None = None
    fell_at: list[float] = field(default_factory=list)


class Supervisor:
    """Starts children, follows their output, restarts the fallen, stops all."""

    def __init__(self, *, environment: Mapping[str, str], folder: Path, log: Callable[[str, str], None]) -> None:
        self.environment = environment
        self.folder = folder
        self.log = log
        self.children: list[Child] = []
        self.asked_to_stop = threading.Event()

    def listen_for_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.asked_to_stop.set())

    def start(self, name: str, command: Sequence[str]) -> None:
        child = Child(name, command)
        self.children.append(child)
        self._launch(child)

    def watch(self) -> None:
        """Stay until a signal asks to stop; raises when a process cannot be kept up."""
        while not self.asked_to_stop.wait(0.2):
            self.look()

    def look(self) -> None:
        """Restart what has fallen; raises when it fell too often."""
        for child in self.children:
            if child.running is not None and child.running.poll() is not None:
                self._restart(child, child.running.returncode)

    def stop(self) -> None:
        """Ask all to stop at once, wait for them together, kill what stays."""
        running = [child.running for child in self.children if child.running is not None]
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for process in running:
            processes.stop(process, patience=max(0.1, deadline - time.monotonic()))

    def _launch(self, child: Child) -> None:
        child.running = processes.spawn(child.command, output=subprocess.PIPE, env=self.environment, cwd=self.folder)
        threading.Thread(target=self._follow, args=(child.name, child.running), daemon=True).start()

    def _follow(self, name: str, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            text = line.decode(errors="replace").rstrip()
            if text:
                self.log(name, text)

    def _restart(self, child: Child, code: int) -> None:
        now = time.monotonic()
        child.fell_at = [moment for moment in child.fell_at if now - moment < RESTART_WINDOW] + [now]
        if len(child.fell_at) > RESTARTS_ALLOWED:
            raise FallenError(f"{child.name} stopped {len(child.fell_at)} times within a minute (exit code {code}).")
        self.log(child.name, f"stopped with exit code {code}; starting it again")
        self.asked_to_stop.wait(0.5 * len(child.fell_at))
        if not self.asked_to_stop.is_set():
            self._launch(child)
