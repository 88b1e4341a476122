"""Fakes of both providers on a port of their own; a small letter instead of a rendered one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import BaseServer
from typing import TypeVar

import pytest

from dunning.delivery import prepare
from dunning.delivery.providers.esp import EspProvider
from dunning.delivery.providers.smtp import SmtpProvider, SmtpServer
from tests.dunning.delivery.world import small_letter
from tests.faults.fakes import EspFake, Faults, Ledger, SmtpFake

S = TypeVar("S", bound=BaseServer)


@pytest.fixture
def small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters without PDF."""
    monkeypatch.setattr(prepare, "compose", small_letter)


@pytest.fixture
def smtp() -> Iterator[SmtpFake]:
    yield from _serving(SmtpFake(Faults(), Ledger(), hang=0.6))


@pytest.fixture
def esp() -> Iterator[EspFake]:
    yield from _serving(EspFake(Faults(), Ledger(), hang=0.6))


@pytest.fixture
def over_smtp(smtp: SmtpFake) -> Iterator[SmtpProvider]:
    provider = SmtpProvider(SmtpServer("127.0.0.1", smtp.server_address[1]))
    yield provider
    provider.close()


@pytest.fixture
def over_esp(esp: EspFake) -> Iterator[EspProvider]:
    provider = EspProvider("resend", api_key="k", api_url=f"http://127.0.0.1:{esp.server_address[1]}/")
    yield provider
    provider.close()


def _serving(server: S) -> Iterator[S]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
