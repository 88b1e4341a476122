"""Importing generated bank files into a tenant, and looking at what is stored as a multiset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache

from receivables.actions.bank_import import import_bank_file
from receivables.actions.bank_report import BankReport
from receivables.banking.sandboxed import BankReader
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.banking.generator import Movement

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
TODAY = date(2026, 3, 20)


@cache
def reader() -> BankReader:
    """One child for all tests of this process."""
    return BankReader()


def take(tenant: Tenant, content: bytes, name: str = "bank.xml", **more: object) -> BankReport:
    """Import as the command does."""
    return import_bank_file(tenant, name=name, content=content, now=NOW, on=TODAY, reader=reader(), **more)  # type: ignore[arg-type]


def truth(movements: Iterable[Movement]) -> Counter[tuple[date, int]]:
    return Counter((movement.on, movement.cents) for movement in movements)


def stored(tenant: Tenant) -> Counter[tuple[date, int]]:
    with tenant_context(tenant.pk):
        rows = tenant.bank_lines.values_list("booked_on", "amount")
        return Counter((booked_on, int(amount * 100)) for booked_on, amount in rows)


def states(tenant: Tenant) -> Counter[tuple[str, date | None, date | None]]:
    with tenant_context(tenant.pk):
        return Counter(tenant.bank_statements.values_list("state", "from_on", "to_on"))


def line_states(tenant: Tenant) -> Counter[str]:
    with tenant_context(tenant.pk):
        return Counter(tenant.bank_lines.values_list("state", flat=True))
