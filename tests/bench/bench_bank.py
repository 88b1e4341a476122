"""Twenty thousand transactions from the bytes of a bank file to stored lines, for CAMT.053 and for MT940.

Run `python -m tests.bench.bench_bank [transactions]`; it makes its own database and prints one line per figure.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

from tests import embedded

os.environ.update(embedded.environment())
os.environ.update(
    {"DEMO": "1", "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}  # DEBUG would keep every query
)

import django  # the environment comes first

django.setup()

from receivables.actions.bank_import import import_bank_file  # noqa: E402
from receivables.actions.bank_report import BankReport  # noqa: E402
from receivables.banking.sandboxed import BankReader  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tests.bench.bench_importing import _own_database, _processor  # noqa: E402
from tests.receivables.banking.generator import camt, history, mt940  # noqa: E402

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LIMIT_SECONDS = 3.0
DAYS = 20


def figures(transactions: int = 20_000) -> Iterator[str]:
    """The lines that `make bench` prints."""
    part = history(days=DAYS, per_day=transactions // DAYS - 10, twins=10).part(0, DAYS - 1)
    files = {"camt": camt(part), "mt940": mt940(part)}
    with _own_database():
        for first, second in (("camt", "mt940"), ("mt940", "camt")):
            tenant = Tenant.objects.create(name=f"Bench {first}", slug=f"bench-{first}", created_at=NOW)
            yield _imported(tenant, files[first], f"{first}, a first file")
            yield _imported(tenant, files[second], f"{second}, the same days once more")
            yield _imported(tenant, files[first], f"{first}, the same bytes")


def _imported(tenant: Tenant, content: bytes, what: str) -> str:
    started, used = time.perf_counter(), _processor()
    report = _import(tenant, content)
    clock, spent = time.perf_counter() - started, _processor() - used
    counts = report.values["counts"]
    return (
        f"bank: {what}: {counts['transactions']:,} transactions, {counts['new']:,} new, in {clock:.2f} s by the clock "
        f"({clock / LIMIT_SECONDS:.0%} of {LIMIT_SECONDS:.0f} s), {spent:.2f} s of processor here and in PostgreSQL"
    )


def _import(tenant: Tenant, content: bytes) -> BankReport:
    """As the command does, the start of the child included."""
    with BankReader() as reader:
        return import_bank_file(tenant, name="bank", content=content, now=NOW, on=date(2026, 11, 23), reader=reader)


def main(transactions: int = 20_000) -> None:
    for line in figures(transactions):
        print(line, flush=True)  # noqa: T201 # a script


if __name__ == "__main__":
    main(*[int(argument) for argument in sys.argv[1:]])
