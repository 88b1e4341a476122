"""The process that touches hostile bytes: bounded memory and CPU, no files, no sockets, no secrets in its environment.

Started by path with `python -I` and the module whose `answers` it gives; speaks JSON lines on standard input and output.
Each request is one line of JSON followed by the bytes it announces.
"""

from __future__ import annotations

import gc
import json
import math
import resource
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

_HARD_CPU_SECONDS = 3_600


def limit(*, memory_mb: int) -> None:
    """From here on: no new file, socket or process, nothing written to disk, no core file, bounded address space."""
    space = memory_mb * 1024 * 1024
    if sys.platform != "darwin":  # macOS knows the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # the three that are open; a socket would be the fourth


def limit_cpu(seconds: int) -> None:
    """Give the next file its own seconds of CPU; the kernel ends the process when they are used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, _HARD_CPU_SECONDS), _HARD_CPU_SECONDS))


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    reading = import_module(sys.argv[1])  # the path is set first, and everything is loaded before the limits

    _warm_up(reading)
    gc.disable()  # looking through 100,000 living objects again and again takes a third of the time of a long file
    gc.freeze()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    settings = json.loads(source.readline())
    if settings["memory_mb"]:
        limit(memory_mb=settings["memory_mb"])
    while line := source.readline():
        request = json.loads(line)
        if settings["cpu_seconds"]:
            limit_cpu(settings["cpu_seconds"])
        content = source.read(request["size"])
        for answer in reading.answers(content, name=request["name"], want=request["want"], options=request["options"]):
            sink.write(json.dumps(answer).encode() + b"\n")
        sink.flush()
        gc.collect()


def _warm_up(reading: Any) -> None:
    """Load every codec and library that is loaded on first use: after `limit` no file can be opened."""
    for codec in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "ascii", "cp437"):
        "€".encode(codec, "ignore")
        b"a ".decode(codec, "ignore")
    for sample in (b"<a/>", b"a;b\n1;2\n", b"PK\x03\x04", b"\x1f\x8b", *getattr(reading, "WARM_UP", ())):
        list(reading.answers(sample, name="", want="read", options={}))


if __name__ == "__main__":
    main()
