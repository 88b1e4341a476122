"""Twenty planners at once, and two runs at once, make one letter per invoice, step and cycle; without the keys they do not."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connections

from dunning.actions import planning
from dunning.actions.planning import plan_run
from dunning.facts import load
from dunning.models import NoticeLine
from tenants.context import tenant_context
from tenants.models import Tenant
from tests import embedded
from tests.dunning.planning.world import Books, at
from tests.factories import TenantFactory

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = date(2026, 9, 14)
PLANNERS = 20


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return TenantFactory.make(name="Bakkerij Vol B.V.", slug="vol", code="vol2222")


@pytest.fixture
def busy(tenant: Tenant) -> Books:
    """Eight customers with two invoices each, all due for a reminder."""
    books = Books(tenant)
    for place in range(8):
        customer = books.customer(f"Klant{place}")
        for number in range(2):
            books.invoice(customer, f"F{place}-{number}", due="2026-09-01")
    books.books_are_known_to(MONDAY)
    return books


def _at_once(count: int, work: Callable[[int], object]) -> list[BaseException]:
    barrier, failures = threading.Barrier(count), list[BaseException]()

    def one(place: int) -> None:
        try:
            barrier.wait(timeout=30)
            work(place)
        except Exception as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return failures


def _letters(books: Books) -> Counter[tuple[str, str, int]]:
    with tenant_context(books.tenant.pk):
        lines = NoticeLine.across_tenants.filter(cancelled_at__isnull=True)
        return Counter(lines.values_list("invoice__number", "step_key", "cycle"))


def test_twenty_planners_make_one_run_and_one_letter_each(busy: Books) -> None:
    failures = _at_once(PLANNERS, lambda _: plan_run(busy.tenant, on=MONDAY, now=at(MONDAY), chunk=3))

    assert failures == []
    with tenant_context(busy.tenant.pk):
        run = busy.tenant.runs.get()
        assert (run.decisions.count(), run.notices.count()) == (16, 8)
    assert set(_letters(busy).values()) == {1}
    assert len(_letters(busy)) == 16


@pytest.fixture
def two_days_at_once(busy: Books, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[BaseException]]:
    """Two runs that do not replace each other and both read the facts before either writes."""
    read, ready = load, threading.Barrier(2)

    def load_together(*arguments: Any, **options: Any) -> Any:
        facts = read(*arguments, **options)
        ready.wait(timeout=30)
        return facts

    monkeypatch.setattr(planning, "load", load_together)
    monkeypatch.setattr(planning, "_withdraw_older", lambda *_, **__: None)
    days = [MONDAY, date(2026, 9, 15)]
    return lambda: _at_once(2, lambda place: plan_run(busy.tenant, on=days[place], now=at(days[place]), chunk=100))


def test_runs_of_two_days_at_once_make_one_letter_each(
    busy: Books, two_days_at_once: Callable[[], list[BaseException]]
) -> None:
    assert two_days_at_once() == []

    assert set(_letters(busy).values()) == {1}
    assert len(_letters(busy)) == 16
    with tenant_context(busy.tenant.pk):
        assert not busy.tenant.notices.filter(lines__isnull=True).exists()


@pytest.fixture
def without_the_key(tenant: Tenant) -> Iterator[None]:
    """The unique key that makes "at most once" a fact of the database is taken away, and put back."""
    name = "notice_line_once_per_step_and_cycle"
    with psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE), autocommit=True) as owner:
        row = owner.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name]).fetchone()
        assert row is not None
        owner.execute(f"DROP INDEX {name}")
        yield
        owner.execute("TRUNCATE dunning_noticeline CASCADE")
        owner.execute(row[0])


def test_without_the_key_two_runs_at_once_do_double(
    busy: Books, without_the_key: None, two_days_at_once: Callable[[], list[BaseException]]
) -> None:
    """Negative control: the test above would notice."""
    assert two_days_at_once() == []

    assert max(_letters(busy).values()) == 2
