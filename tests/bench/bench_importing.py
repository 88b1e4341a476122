"""Rows per second of an open-item list: parsed in the child, and stored in PostgreSQL.

Run `python -m tests.bench.bench_importing [rows]`; it makes its own database and prints one line per figure.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests import embedded

os.environ.update(embedded.environment())
os.environ.update(
    {"DEMO": "1", "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}  # DEBUG would keep every query
)

import django  # the environment comes first

django.setup()

from django.db import connection, connections  # noqa: E402

from receivables.actions.storing import InvoiceStore  # noqa: E402
from receivables.importing import columns, openitems, reading, tables  # noqa: E402
from receivables.importing.incoming import from_open_item  # noqa: E402
from receivables.importing.parsed import ParsedOpenItem  # noqa: E402
from receivables.importing.sandbox import LIST_LIMITS, Sandbox  # noqa: E402
from tenants.context import tenant_context  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tests.receivables.importing.samples import many_open_items, ubl  # noqa: E402

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
_CHUNK = 2_000


def figures(rows: int = 50_000) -> Iterator[str]:
    """The lines that `make bench` prints; the database part needs a configured Django."""
    content = many_open_items(rows, customers=max(rows // 50, 1))
    yield from _parsing(content, rows)
    yield from _storing(content, rows)


def _parsing(content: bytes, rows: int) -> Iterator[str]:
    started = time.perf_counter()
    with Sandbox(LIST_LIMITS) as sandbox:
        list(sandbox.ask(ubl()))
        yield f"import: child ready and first invoice read in {time.perf_counter() - started:.2f} s"
        started = time.perf_counter()
        for _ in range(100):
            list(sandbox.ask(ubl()))
        yield f"import: {100 / (time.perf_counter() - started):,.0f} UBL invoices/s parsed with all rules in one child"
    with Sandbox(LIST_LIMITS) as sandbox:
        started, used = time.perf_counter(), _readers()
        count = sum(len(reading.items_of(answer["items"])) for answer in sandbox.ask(content) if "items" in answer)
        clock = time.perf_counter() - started
    spent = Spent(clock, _readers() - used)  # the child is counted when it has ended
    yield f"import: {count:,} of {rows:,} rows parsed in the child and handed over, {spent.per_second(count)}"


def _readers() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _storing(content: bytes, rows: int) -> Iterator[str]:
    table = tables.read(content)
    items = openitems.read(table, columns.guess(table.header, table.rows)).items
    with _own_database():
        tenant = Tenant.objects.create(name="Bench", slug="bench", created_at=NOW)
        store, spent = _stored(tenant, items)
        yield f"import: {store.counts.stored:,} rows stored with {store.counts.customers_made:,} new customers, {spent.per_second(rows)}"
        store, spent = _stored(tenant, items)
        yield f"import: the same {store.counts.unchanged:,} rows again change nothing, {spent.per_second(rows)}"


def _stored(tenant: Tenant, items: tuple[ParsedOpenItem, ...]) -> tuple[InvoiceStore, Spent]:
    started, used = time.perf_counter(), _processor()
    with tenant_context(tenant.pk):
        store = InvoiceStore(tenant, now=NOW)
        for start in range(0, len(items), _CHUNK):
            store.store([from_open_item(item) for item in items[start : start + _CHUNK]])
    return store, Spent(time.perf_counter() - started, _processor() - used)


@dataclass(frozen=True, slots=True)
class Spent:
    """By the clock, and of the processor by the program and its PostgreSQL connection: the second holds on a busy machine."""

    clock: float
    processor: float

    def per_second(self, rows: int) -> str:
        return f"{rows / self.clock:,.0f} rows/s by the clock, {rows / self.processor:,.0f} per second of processor"


def _processor() -> float:
    connection.ensure_connection()
    return time.process_time() + _processor_of(connection.connection.info.backend_pid)


def _processor_of(pid: int) -> float:
    """User and system time of another process (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _own_database() -> Iterator[None]:
    """PostgreSQL of the tests, with fsync off: the figures are about the program, not about the disk."""
    embedded.start_server()
    embedded.create_database()
    try:
        yield
    finally:
        connections.close_all()
        embedded.stop_server()


def main(rows: int = 50_000) -> None:
    for line in figures(rows):
        print(line, flush=True)  # noqa: T201 # a script


if __name__ == "__main__":
    main(*[int(argument) for argument in sys.argv[1:]])
