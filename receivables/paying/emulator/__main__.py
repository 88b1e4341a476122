"""`python -m receivables.paying.emulator --port N --state FILE`: the PSP of the demo as a process of its own."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from types import FrameType

from receivables.paying.emulator.server import Emulator


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m receivables.paying.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8003, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--public-url", default="", help="how browsers reach it, when that is not http://HOST:PORT")
    parser.add_argument("--state", type=Path, required=True, help="SQLite file that survives a restart")
    parser.add_argument("--expires-minutes", type=float, default=15)
    parser.add_argument("--haste", type=float, default=60, help="how much faster than Mollie webhooks are repeated")
    asked = parser.parse_args()
    asked.state.parent.mkdir(parents=True, exist_ok=True)
    try:
        emulator = Emulator(
            port=asked.port,
            host=asked.host,
            state=asked.state,
            public_url=asked.public_url,
            expires_after=timedelta(minutes=asked.expires_minutes),
            haste=asked.haste,
        )
    except OSError as error:
        sys.stderr.write(f"PSP emulator: cannot listen on port {asked.port}: {error.strerror}\n")
        return 1

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=emulator.shutdown).start()  # shutdown waits for the loop we are standing in

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"PSP emulator: {emulator.url}\n")
    sys.stdout.flush()
    emulator.serve()
    emulator.postman.stop()
    emulator.server_close()
    emulator.store.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
