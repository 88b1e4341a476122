"""The demo's bank: statements that chain, receipts that mostly book themselves, and some that ask for a person."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from config.demo import bank, fill, statements
from config.demo.books import make_books
from config.demo.businesses import BUSINESSES
from dunning.domain.facts import Gate
from dunning.freshness import freshness
from receivables.banking.reading import read_bank_file
from receivables.ledger_check import check
from receivables.models.banking import LineState, StatementState
from tenants.context import tenant_context
from tenants.models import Tenant

ON = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_the_statements_reads_back_to_the_cent() -> None:
    business = BUSINESSES[0]
    books = make_books(business, on=ON)
    _, paid = bank.with_paid(business, books, on=ON)
    moved = bank.movements(business, books, paid, on=ON, other=BUSINESSES[1])
    content = statements.zipped("NL02DEMO0123456789", moved, until=ON, weeks=bank.WEEKS)
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == bank.WEEKS
    read = [one for file in read_bank_file(content, name="a.zip") for one in file]
    assert sorted(int(line.amount * 100) for one in read for line in one.transactions) == sorted(
        one.cents for one in moved
    )


@pytest.mark.django_db(transaction=True)
def test_the_demo_begins_with_books_that_are_mostly_matched(db: None) -> None:
    fill.add_organisation(now=NOW)
    fill.import_books(now=NOW, on=ON)
    states = {tenant.slug: _states(tenant) for tenant in Tenant.objects.order_by("pk")}
    assert 7 <= states["korenaar"][LineState.OPEN] <= 10
    for slug, count in {"van-dam": 0, "noorderlicht": 0}.items():
        assert states[slug][LineState.OPEN] == count, slug
    assert states["lindeman"][LineState.OPEN] >= 3
    gates = {tenant.slug: _gate(tenant) for tenant in Tenant.objects.order_by("pk")}
    assert (gates["van-dam"], gates["korenaar"], gates["groenrijk"]) == (Gate.GREEN, Gate.AMBER, Gate.AMBER)
    groenrijk = Tenant.objects.get(slug="groenrijk")
    with tenant_context(groenrijk.pk):
        assert groenrijk.bank_statements.filter(state=StatementState.QUESTIONED).exists()


def _states(tenant: Tenant) -> Counter[str]:
    with tenant_context(tenant.pk):
        assert check(tenant, now=NOW).breaches == []
        return Counter(tenant.bank_lines.values_list("state", flat=True))


def _gate(tenant: Tenant) -> Gate:
    with tenant_context(tenant.pk):
        return freshness(tenant, on=ON).gate
