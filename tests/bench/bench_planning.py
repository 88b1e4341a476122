"""Planning time for 5,000 and 50,000 open invoices: `python -m tests.bench.bench_planning [count ...]`. Aim: linear.

Two runs are timed: the first week (everything late gets a reminder) and two weeks later (history to read, demands to make).
The database is PostgreSQL of the tests, with fsync off; so the figures are about the program, not about the disk.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg

from tests import embedded

os.environ.update(embedded.environment())
os.environ.update(
    {"SECRET_KEY": "bench-only-" + "0123456789" * 5, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
)

import django  # the environment comes first

django.setup()

from django.db import connections  # noqa: E402

from dunning.actions.approval import approve_run  # noqa: E402
from dunning.actions.planning import plan_run  # noqa: E402
from dunning.actions.policies import install_starters  # noqa: E402
from dunning.models import Run  # noqa: E402
from dunning.models.notices import NoticeState  # noqa: E402
from receivables.actions.ledger import book_invoices  # noqa: E402
from receivables.models import Customer, Invoice  # noqa: E402
from tenants.context import tenant_context  # noqa: E402
from tenants.models import Tenant  # noqa: E402

INVOICES_PER_CUSTOMER = 4
FIRST, SECOND = date(2026, 9, 14), date(2026, 9, 28)
NOW = datetime(2026, 9, 14, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """One planned run."""

    label: str
    invoices: int
    seconds: float
    program: float
    database: float

    @property
    def each(self) -> float:
        """Microseconds of CPU per open invoice, program and database together."""
        return (self.program + self.database) / self.invoices * 1e6

    def __str__(self) -> str:
        return (
            f"plan {self.label}: {self.invoices:>6,} open invoices in {self.seconds:6.2f} s; CPU {self.each:4.0f} us each "
            f"(program {self.program:.2f} s, PostgreSQL {self.database:.2f} s)"
        )


def main(counts: list[int]) -> list[Timing]:
    with _database():
        timings = [timing for count in counts for timing in _measure(count)]
    for timing in timings:
        sys.stdout.write(f"{timing}\n")
    small, large = timings[0], timings[-2]
    if small.invoices != large.invoices:
        ratio = large.each / small.each
        sys.stdout.write(
            f"CPU per invoice at {large.invoices:,} against {small.invoices:,}: {ratio:.2f} (1 is linear)\n"
        )
    return timings


@contextmanager
def _database() -> Iterator[None]:
    embedded.start_server()
    try:
        embedded.create_database()
        yield
    finally:
        connections.close_all()
        embedded.stop_server()


def _measure(count: int) -> Iterator[Timing]:
    tenant = Tenant.objects.create(name=f"Proef {count}", slug=f"proef-{count}", code=f"pr{count}", created_at=NOW)
    _fill(tenant, count)
    yield _plan(tenant, FIRST, "first week", count)
    _send(tenant)
    yield _plan(tenant, SECOND, "third week", count)


def _fill(tenant: Tenant, count: int) -> None:
    with tenant_context(tenant.pk):
        install_starters(tenant, now=NOW)
        tenant.books_updates.create(up_to_on=SECOND, source="confirmed", at=NOW)
        customers = [
            Customer(
                tenant=tenant, name=f"Klant {n}", name_key=f"klant {n}", email=f"k{n}@klant.example", created_at=NOW
            )
            for n in range(count // INVOICES_PER_CUSTOMER)
        ]
        Customer.across_tenants.bulk_create(customers, batch_size=2000)
        invoices = [_invoice(tenant, customers[n % len(customers)], n) for n in range(count)]
        Invoice.across_tenants.bulk_create(invoices, batch_size=2000)
        book_invoices(tenant, invoices, now=NOW)
    _analyse()


def _analyse() -> None:
    """As autovacuum does within a minute; without statistics PostgreSQL checks foreign keys by the wrong index."""
    with psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE receivables_customer, receivables_invoice")


def _invoice(tenant: Tenant, customer: Customer, number: int) -> Invoice:
    """Nine in ten are late, one is not due yet."""
    due_on = FIRST + timedelta(days=30 if number % 10 == 0 else -5 - number % 40)
    return Invoice(
        tenant=tenant,
        customer=customer,
        number=f"F{number}",
        number_key=f"F{number}",
        issued_on=due_on - timedelta(days=30),
        due_on=due_on,
        total_amount=Decimal(100 + number % 900),
        created_at=NOW,
    )


def _plan(tenant: Tenant, on: date, label: str, count: int) -> Timing:
    wall, cpu, database = time.perf_counter(), time.process_time(), _database_cpu()
    plan_run(tenant, on=on, now=NOW)
    program = time.process_time() - cpu
    return Timing(label, count, time.perf_counter() - wall, program, _database_cpu() - database)


def _database_cpu() -> float:
    """Seconds of CPU of the server process behind our connection; the wall clock of a busy machine says little."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    times = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def _send(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        run: Run = tenant.runs.get(on=FIRST)
        approve_run(tenant, run, now=NOW)
        tenant.notices.filter(run=run).update(
            state=NoticeState.ACCEPTED, accepted_on=FIRST, accepted_at=NOW, pay_before_on=FIRST + timedelta(days=7)
        )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [5_000, 50_000])
