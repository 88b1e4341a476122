"""Notices handed over per second and per worker, rendering left out: `python -m tests.bench.bench_delivery [count ...]`.

Each notice is one SMTP mail of some 20 kB over a shared connection, with all its rows: reservation, letter and mail by hash,
claim under locks with a second look at the ladder, attempt, evidence, audit. The reference is the same mails over one bare
connection. PostgreSQL is that of the tests (fsync off), the mail server a small one on the same cores.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tests import embedded

os.environ.update(embedded.environment())
os.environ.update(
    {"SECRET_KEY": "bench-only-" + "0123456789" * 5, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
)

import django  # the environment comes first

django.setup()

from django.db import connection, connections  # noqa: E402

from dunning.delivery import prepare  # noqa: E402
from dunning.delivery.providers import Outgoing  # noqa: E402
from dunning.delivery.providers.smtp import SmtpProvider, SmtpServer  # noqa: E402
from dunning.delivery.send import send_batch  # noqa: E402
from dunning.models import Notice  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tests.dunning.delivery.world import NOW, SmallLetter, make_notices, small_letter  # noqa: E402
from tests.faults.fakes import Faults, Ledger, SmtpFake  # noqa: E402

logging.getLogger("dunning.delivery.journal").setLevel(logging.WARNING)  # a line per mail would bury the figure

PADDING = b"X" * 76 + b"\r\n"
LETTER_BYTES = 20_000


def heavy_letter(notice: Notice, *, now: object) -> SmallLetter:
    """As large as a mail with its letter, without the rendering."""
    letter = small_letter(notice, now=NOW)
    body = PADDING * (LETTER_BYTES // len(PADDING))
    return SmallLetter(letter.pdf + body[:LETTER_BYTES], letter.mail + body, letter.subject, letter.to, letter.content)


@contextmanager
def database() -> Iterator[None]:
    embedded.start_server()
    embedded.create_database()
    try:
        yield
    finally:
        connections.close_all()
        embedded.stop_server()


class Counter:
    """Counts statements without keeping them."""

    count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


@contextmanager
def mail_server() -> Iterator[SmtpFake]:
    server = SmtpFake(Faults(), Ledger())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def through_the_program(count: int, port: int) -> str:
    tenant = Tenant.objects.create(
        name="Korrel", slug=f"korrel-{count}", code=f"k{count}", iban="NL91ABNA0417164300", created_at=NOW
    )
    make_notices(tenant, count)
    provider = SmtpProvider(SmtpServer("127.0.0.1", port))
    statements = Counter()
    started, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(statements):
        sent = send_batch(tenant, provider=provider, clock=lambda: NOW, budget=timedelta(minutes=10))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    provider.close()
    assert sent == count  # a benchmark of half the work would flatter
    return (
        f"deliver: {count:>6,} notices in {seconds:6.2f} s, {count / seconds:6.1f}/s; {cpu / count * 1e3:.1f} ms of CPU "
        f"and {statements.count / count:.1f} statements each\n"
    )


def bare(count: int, port: int) -> str:
    mail = heavy_letter_bytes()
    provider = SmtpProvider(SmtpServer("127.0.0.1", port))
    started, cpu = time.perf_counter(), time.process_time()
    for number in range(count):
        provider.send(Outgoing(str(number), mail, "post@bakker.example", "klant@example.com"), deadline=30)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    provider.close()
    return f"bare SMTP: {count:,} mails, {count / seconds:,.0f}/s, {cpu / count * 1e3:.2f} ms of CPU each\n"


def heavy_letter_bytes() -> bytes:
    head = b"From: post@bakker.example\r\nTo: klant@example.com\r\nSubject: x\r\nMessage-ID: <x@y>\r\n\r\n"
    return head + PADDING * (LETTER_BYTES // len(PADDING))


def main(counts: tuple[int, ...] = (200, 1000)) -> None:
    prepare.compose = heavy_letter  # type: ignore[attr-defined, assignment] # a stand-in
    with database(), mail_server() as server:
        sys.stdout.write(bare(1000, server.server_address[1]))
        for count in counts:
            sys.stdout.write(through_the_program(count, server.server_address[1]))


if __name__ == "__main__":
    main(tuple(int(argument) for argument in sys.argv[1:]) or (200, 1000))
