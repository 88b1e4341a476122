"""What a person at the terminal sees: steps while starting, then one log for all processes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

COLOURS = {"web": 36, "worker": 33, "beat": 35, "mail": 32, "psp": 34}
NAME_WIDTH = 11


class Terminal:
    """Writes whole lines; safe to call from the threads that read the processes' output."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_tty = sys.stdout.isatty()

    def line(self, text: str = "") -> None:
        with self._lock, suppress(BrokenPipeError):  # whoever read along may stop reading
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def log(self, name: str, text: str) -> None:
        moment = datetime.now().astimezone().strftime("%H:%M:%S")
        self.line(f"{self._dim(moment)} {self._colour(f'{name:<7}', COLOURS.get(name, 0))} {text}")

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Show one step of the start with its time; what the block appends to the list is shown behind it."""
        started = time.monotonic()
        notes: list[str] = []
        if self._is_tty:
            sys.stdout.write(f"  … {name}")
            sys.stdout.flush()
        try:
            yield notes
        except BaseException:
            self._finish("✗", 31, name, started, [])
            raise
        self._finish("✓", 32, name, started, notes)

    def _finish(self, sign: str, colour: int, name: str, started: float, notes: list[str]) -> None:
        back = "\r\033[K" if self._is_tty else ""
        took = f"{time.monotonic() - started:5.1f} s"
        self.line(f"{back}  {self._colour(sign, colour)} {name:<{NAME_WIDTH}} {took}   {', '.join(notes)}".rstrip())

    def _colour(self, text: str, colour: int) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._is_tty and colour else text

    def _dim(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self._is_tty else text
