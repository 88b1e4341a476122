"""The emulator as a real server, in this process or in one of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from receivables.paying.emulator.server import Emulator

API_KEY = "test_emulatorkey1234567890"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A fresh emulator with an empty memory; webhooks are repeated at once."""
    server = Emulator(haste=10_000)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join(timeout=5)
