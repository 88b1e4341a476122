"""Running the readers in a child process with limits (reliability.md R7): a bomb kills the child, never the worker.

The child sets its own limits after loading (nothing runs between fork and exec, so this is safe in threads), the parent
holds the wall clock and ends it. A new child starts for the next file after one has died.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from receivables.importing.outcome import too_heavy

_CHILD = Path(__file__).with_name("child.py")
INVOICES = "receivables.importing.reading"


@dataclass(frozen=True, slots=True)
class Limits:
    """Per file. Zero switches a guard off: only the tests that show what it is for do that."""

    memory_mb: int = 640
    cpu_seconds: int = 10
    wall_seconds: float = 30.0


LIST_LIMITS = Limits(
    memory_mb=1024, cpu_seconds=120, wall_seconds=240.0
)  # a list of up to 250,000 rows, in the background


class _Watch:
    """Kills the process when it has kept us waiting too long, all waits for one file together."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process, self._left = process, seconds
        self._since = 0.0
        self._timer: threading.Timer | None = None

    def __enter__(self) -> None:
        self._since = time.monotonic()
        self._timer = threading.Timer(max(self._left, 0), self._process.kill)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._left -= time.monotonic() - self._since


class Sandbox:
    """One child for a batch of files. Use as a context manager; not shared between threads."""

    def __init__(self, limits: Limits = Limits(), *, script: Path = _CHILD, reader: str = INVOICES) -> None:  # frozen
        self._limits = limits
        self._command = [sys.executable, "-I", str(script), reader]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def ask(
        self, content: bytes, *, name: str = "", want: str = "read", options: dict[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the child's answers. Its death, for whatever reason, is an answer too: the file is refused."""
        try:
            yield from self._exchange(self._running(), content, name=name, want=want, options=options or {})
        except (BrokenPipeError, EOFError, json.JSONDecodeError):
            self._end()
            yield {"refused": too_heavy(), "name": name, "done": True}
        except GeneratorExit:  # the caller stopped reading; what is left in the pipe would answer the next question
            self._end()
            raise

    def _exchange(
        self, process: subprocess.Popen[bytes], content: bytes, *, name: str, want: str, options: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 # both are pipes
        request = {"size": len(content), "name": name, "want": want, "options": options}
        watch = _Watch(process, self._limits.wall_seconds)
        with watch:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.write(content)
            process.stdin.flush()
        while True:
            with watch:  # what the caller does with an answer is not the child's time
                line = process.stdout.readline()
            if not line.endswith(b"\n"):
                raise EOFError
            answer = json.loads(line)
            yield answer
            if answer.get("done"):
                return

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(  # noqa: S603 # our own interpreter and script
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},  # no DATABASE_URL, no keys
                cwd="/",
            )
            assert self._process.stdin is not None  # noqa: S101 # a pipe
            settings = {"memory_mb": self._limits.memory_mb, "cpu_seconds": self._limits.cpu_seconds}
            self._process.stdin.write(json.dumps(settings).encode() + b"\n")
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()
