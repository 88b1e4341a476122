"""Own servers and own processes for tests that start the real program."""

from __future__ import annotations

import os
import shutil
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.runtime import provision
from config.runtime.services import DURABLE, EmbeddedPostgres, EmbeddedRedis
from tests import embedded


@dataclass(frozen=True, slots=True)
class Servers:
    """A PostgreSQL with migrated tables and a Redis, on nobody else's data."""

    postgres: EmbeddedPostgres
    redis: EmbeddedRedis

    @property
    def folder(self) -> Path:
        return self.postgres.state

    def environment(self) -> dict[str, str]:
        """What a process needs to use them as the program does."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        return inherited | {
            "DATABASE_URL": self.postgres.url(role=provision.APP, database=embedded.TEMPLATE),
            "REDIS_URL": self.redis.url(),
            "SECRET_KEY": "stack-test-" + "0123456789" * 5,
            "FIELD_KEYS": "dGVzdHMtb25seS1maWVsZC1rZXktMDEyMzQ1Njc4OWE=",
            "PYTHONUNBUFFERED": "1",
        }


@contextmanager
def own_servers() -> Iterator[Servers]:
    """Start both; they keep every commit, as in production, and go with the block."""
    folder = embedded.ROOT / f"stack-{uuid.uuid4().hex[:8]}-{os.getpid()}"
    embedded.copy_prepared_cluster(folder)
    servers = Servers(EmbeddedPostgres(folder, options=DURABLE), EmbeddedRedis(folder))
    try:
        servers.postgres.start()
        servers.redis.start()
        yield servers
    finally:
        servers.redis.stop()
        servers.postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(servers.postgres.sockets, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> bool:
    """True as soon as it holds; False when it never did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False
