"""Fakes of both providers on a port of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import BaseServer
from typing import TypeVar

import pytest

from tests.faults.fakes import EspFake, Faults, Ledger, SmtpFake

S = TypeVar("S", bound=BaseServer)


@pytest.fixture
def smtp() -> Iterator[SmtpFake]:
    yield from _serving(SmtpFake(Faults(), Ledger(), hang=0.6))


@pytest.fixture
def esp() -> Iterator[EspFake]:
    yield from _serving(EspFake(Faults(), Ledger(), hang=0.6))


def _serving(server: S) -> Iterator[S]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
