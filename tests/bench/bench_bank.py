"""Twenty thousand transactions from the bytes of a bank file to stored lines, for CAMT.053 and for MT940.

Run `python -m tests.bench.bench_bank [transactions]`; it makes its own database and prints one line per figure.
"""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import permutations, product
from statistics import median

from tests import embedded

os.environ.update(embedded.environment())
os.environ.update(
    {"DEMO": "1", "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}  # DEBUG would keep every query
)

import django  # the environment comes first

django.setup()

from receivables.actions.bank_import import import_bank_file  # noqa: E402
from receivables.actions.bank_report import BankReport  # noqa: E402
from receivables.actions.bulk import no_garbage_collection  # noqa: E402
from receivables.banking.reading import read_bank_file  # noqa: E402
from receivables.banking.sandboxed import BankReader  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tests.bench.bench_importing import _own_database, _processor  # noqa: E402
from tests.receivables.banking.generator import camt, history, mt940  # noqa: E402

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LIMIT_SECONDS = 3.0
DAYS = 20
ATTEMPTS = 5


def figures(transactions: int = 20_000) -> Iterator[str]:
    """The lines that `make bench` prints."""
    part = history(days=DAYS, per_day=transactions // DAYS - 10, twins=10).part(0, DAYS - 1)
    files = {"camt": camt(part), "mt940": mt940(part)}
    yield _yardstick()
    for format_, content in files.items():
        yield _read_alone(format_, content)
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with _own_database():
        for attempt, (first, second) in product(range(ATTEMPTS), permutations(files)):
            slug = f"bench-{first}-{attempt}"
            tenant = Tenant.objects.create(name=slug, slug=slug, created_at=NOW)
            for what, format_, new in (
                ("a first file", first, transactions),
                ("the same days once more, all known", second, 0),
                ("the same bytes", first, transactions),  # answers what it found the first time
            ):
                taken[f"{format_}, {what}"].append(_imported(tenant, files[format_], transactions, new))
    for what, times in taken.items():
        clock, spent = min(times)
        yield (
            f"bank: {what}: {transactions:,} transactions in {clock:.2f} s by the clock at best ({clock / LIMIT_SECONDS:.0%} of "
            f"{LIMIT_SECONDS:.0f} s), {median(taken for taken, _ in times):.2f} s at the median of {ATTEMPTS}; "
            f"{spent:.2f} s of processor here and in PostgreSQL"
        )
    yield _yardstick()


def _yardstick() -> str:
    """How fast the machine is at this moment: a shared one may give half of itself to others."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        sum(number * number for number in range(3_000_000))
        times.append(time.perf_counter() - started)
    return f"bank: yardstick, three million steps of a loop: {min(times):.2f} s"


@no_garbage_collection()  # as in the child
def _read_alone(format_: str, content: bytes) -> str:
    used = []
    for _ in range(ATTEMPTS):
        started = time.process_time()
        read_bank_file(content, name="bank")
        used.append(time.process_time() - started)
    return f"bank: {format_}, the reader alone: {len(content):,} bytes in {min(used):.2f} s of processor at best"


def _imported(tenant: Tenant, content: bytes, transactions: int, new: int) -> tuple[float, float]:
    """Seconds by the clock and of processor; a file that is not wholly read is no figure."""
    started, used = time.perf_counter(), _processor()
    report = _import(tenant, content)
    clock, spent = time.perf_counter() - started, _processor() - used
    counts = report.values["counts"]
    if (counts["transactions"], counts["new"]) != (transactions, new):
        raise RuntimeError(f"expected {transactions} transactions of which {new} new: {counts}")
    return clock, spent


def _import(tenant: Tenant, content: bytes) -> BankReport:
    """As the command does, the start of the child included."""
    with BankReader() as reader:
        return import_bank_file(tenant, name="bank", content=content, now=NOW, on=date(2026, 11, 23), reader=reader)


def main(transactions: int = 20_000) -> None:
    for line in figures(transactions):
        print(line, flush=True)  # noqa: T201 # a script


if __name__ == "__main__":
    main(*[int(argument) for argument in sys.argv[1:]])
