"""`make bench`: every benchmark in a process of its own, one after the other; the figures go to docs/benchmarks.md by hand."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(wanted: list[str]) -> int:
    names = sorted(path.stem for path in HERE.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    _say(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {commit.stdout.strip()}"
    )
    failed = [name for name in chosen if not _run(name)]
    if failed:
        _say(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


def _run(name: str) -> bool:
    _say(f"\n== {name.removeprefix('bench_')}")
    started = time.monotonic()
    finished = subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], cwd=HERE.parents[1], check=False)
    _say(f"({time.monotonic() - started:.0f} s)")
    return finished.returncode == 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
