"""R6: however often, in whatever format, cut and order the bank days come in: no doubles, no lost twins, a checked chain."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections

from receivables.actions import bank_import, bank_storing
from receivables.banking.reading import read_bank_file
from receivables.domain import bank_merge
from receivables.domain.bank_alike import Line
from receivables.domain.bank_merge import Merged
from receivables.domain.bank_statement import LOOSE, Statement
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.factories import TenantFactory
from tests.receivables.banking.generator import History, camt, csv, history, mt940
from tests.receivables.banking.world import NOW, TODAY, states, stored, take, truth

File = tuple[str, bytes]


class InProcess:
    """The reader without its child: these bytes are our own, and twenty threads would start twenty children."""

    def read(self, content: bytes, *, name: str, options: Any) -> Any:
        return read_bank_file(content, name=name, options=options)


def bring(tenant: Tenant, files: Sequence[File]) -> None:
    for name, content in files:
        bank_import.import_bank_file(tenant, name=name, content=content, now=NOW, on=TODAY, reader=InProcess())  # type: ignore[arg-type]


def all_cuts(days: History) -> list[File]:
    """Each day in three parts, whole days, overlapping weeks, and everything; as CAMT and as MT940, some twice."""
    count = len(days.days)
    cuts = [days.part(first, last) for first in range(count) for last in range(first, min(first + 3, count))]
    for place, movements in enumerate(days.days):
        third = max(len(movements) // 3, 1)
        cuts += [days.part(place, place, skip=skip, take=third) for skip in range(0, len(movements), third)]
    cuts.append(days.part(0, count - 1))
    files = [(f"{place}.sta", mt940(part)) for place, part in enumerate(cuts)]
    files += [(f"{place}.xml", camt(part)) for place, part in enumerate(cuts)]
    return files + [(f"vers {place}.xml", camt(part, references="VERS")) for place, part in enumerate(cuts[::4])]


def test_the_same_file_ten_times(tenant: Tenant) -> None:
    days = history(days=2, twins=3)
    for place in range(10):
        take(tenant, camt(days.part(0, 1)), f"{place}.xml")

    assert stored(tenant) == truth(days.movements())


@pytest.mark.parametrize("seed", range(4))
def test_every_cut_in_every_format_in_any_order(tenant: Tenant, seed: int) -> None:
    days = history(days=3, per_day=6, twins=3, seed=seed)
    files = all_cuts(days)
    random.Random(seed).shuffle(files)  # noqa: S311 # a known order

    bring(tenant, files)

    assert stored(tenant) == truth(days.movements())
    assert {state for state, _, _ in states(tenant)} == {"complete"}


@pytest.mark.parametrize("seed", range(3))
def test_only_parts_of_days_in_any_order(tenant: Tenant, seed: int) -> None:
    """Twins are in different parts, and nothing but the balances tells them apart."""
    days = history(days=3, per_day=9, twins=6, seed=seed + 20)
    parts = [days.part(place, place, skip=skip, take=3) for place in range(3) for skip in range(0, 15, 3)]
    files = [(f"{place}.sta", mt940(part)) for place, part in enumerate(parts)]
    random.Random(seed).shuffle(files)  # noqa: S311 # a known order

    bring(tenant, files)

    assert stored(tenant) == truth(days.movements())
    assert {state for state, _, _ in states(tenant)} == {"complete"}


def test_a_table_after_the_statements_adds_nothing_and_completes_nothing(tenant: Tenant) -> None:
    days = history(days=3, twins=3, seed=3)
    bring(tenant, [("a.xml", camt(days.part(0, 2))), ("a.csv", csv(days.part(0, 2)))])

    assert stored(tenant) == truth(days.movements())
    assert {state for state, _, _ in states(tenant)} == {"complete", "warned"}


# --- at once -----------------------------------------------------------------------------------------------------------
def at_once(work: Sequence[Callable[[], object]]) -> list[BaseException]:
    barrier, failures = threading.Barrier(len(work)), list[BaseException]()

    def one(call: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=60)
            call()
        except Exception as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(call,)) for call in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    return failures


@pytest.fixture
def busy(transactional_db: None) -> Tenant:
    return TenantFactory.make(slug="druk")


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twenty_times_at_once(busy: Tenant) -> None:
    days = history(days=2, twins=3)
    content = camt(days.part(0, 1))

    failures = at_once([lambda: bring(busy, [("a.xml", content)])] * 20)

    assert failures == []
    assert stored(busy) == truth(days.movements())
    with tenant_context(busy.pk):
        assert (busy.bank_files.count(), busy.bank_statements.count(), busy.bank_accounts.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_twenty_files_of_the_same_days_at_once(busy: Tenant) -> None:
    days = history(days=3, per_day=6, twins=3)
    files = [("a.xml", camt(days.part(0, 2), references=f"V{place}")) for place in range(10)]
    files += [("b.sta", mt940(days.part(place % 2, 2 - place % 2))) for place in range(10)]

    failures = at_once([lambda file=file: bring(busy, [file]) for file in files])  # type: ignore[misc]

    assert failures == []
    assert stored(busy) == truth(days.movements())


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_files_at_once_do_double(busy: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above would notice."""
    days = history(days=1, twins=0)
    bring(busy, [("eerst.xml", camt(days.part(0, 0, take=0)))])  # the account is there
    both_have_read, merge = threading.Barrier(2), bank_merge.merge

    def merge_together(*arguments: Any) -> Merged:
        merged = merge(*arguments)
        both_have_read.wait(timeout=60)
        return merged

    monkeypatch.setattr(bank_import, "lock_accounts", lambda *_, **__: None)
    monkeypatch.setattr(bank_storing, "merge", merge_together)
    monkeypatch.setattr(bank_storing.AccountStore, "_is_alone", lambda *_: False)
    part = days.part(0, 0)

    failures = at_once([lambda: bring(busy, [("a.xml", camt(part))]), lambda: bring(busy, [("b.sta", mt940(part))])])

    assert failures == []
    assert stored(busy) == truth([*days.movements(), *days.movements()])


# --- each guard has its harm -------------------------------------------------------------------------------------------
def test_without_counting_twins_are_lost(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: a line that looks like one we have is taken for that one."""
    days = history(days=1, twins=4)

    def merge_as_a_set(new: Statement, stored: Sequence[Statement]) -> Merged:
        known: dict[Any, Any] = {line.group: line.key for one in stored for line in one.lines}
        merged, seen = Merged(), set[Any]()
        for line in new.lines:
            if line.group in seen:
                merged.regrouped.add(line.key)
            elif line.group in known:
                merged.known[line.key] = known[line.group]
            seen.add(line.group)
        return merged

    monkeypatch.setattr(bank_storing, "merge", merge_as_a_set)
    monkeypatch.setattr(bank_storing.AccountStore, "_is_alone", lambda *_: False)
    take(tenant, camt(days.part(0, 0)))

    assert sum(stored(tenant).values()) < len(days.movements())


def test_without_the_chain_the_afternoon_twin_is_lost(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without the balances nothing tells the afternoon's payment from the morning's."""
    days = history(days=1, per_day=4, twins=0, seed=2)
    days.days[0] = [*days.days[0], *days.days[0]]  # the afternoon is the morning once more
    morning, afternoon = days.part(0, 0, take=4), days.part(0, 0, skip=4)
    monkeypatch.setattr(bank_merge, "overlap", lambda *_: LOOSE)

    bring(tenant, [("a.sta", mt940(morning)), ("b.sta", mt940(afternoon))])

    assert stored(tenant) == truth(morning.movements)


def test_with_the_chain_the_afternoon_twin_is_kept(tenant: Tenant) -> None:
    days = history(days=1, per_day=4, twins=0, seed=2)
    days.days[0] = [*days.days[0], *days.days[0]]
    bring(tenant, [("a.sta", mt940(days.part(0, 0, take=4))), ("b.sta", mt940(days.part(0, 0, skip=4)))])

    assert stored(tenant) == truth(days.movements())


def test_an_import_that_breaks_off_leaves_nothing(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("weg")

    monkeypatch.setattr(bank_import, "refresh", break_off)
    with pytest.raises(RuntimeError, match="weg"):
        bring(tenant, [("a.xml", camt(history().part(0, 1)))])

    with tenant_context(tenant.pk):
        counts = [
            tenant.bank_files.count(),
            tenant.bank_accounts.count(),
            tenant.bank_lines.count(),
            tenant.files.count(),
        ]
    assert counts == [0, 0, 0, 0]


def test_lines_stand_for_what_they_were_made_of() -> None:
    """A guard of the generator itself: twins are equal in everything but the truth."""
    days = history(days=1, twins=2)
    (file,) = read_bank_file(camt(days.part(0, 0), references="none"), name="a.xml")
    looks = [Line(0, line.booked_on, int(line.amount * 100), text=line.text, iban=line.counterparty_iban) for one in file for line in one.transactions]  # fmt: skip
    assert len(looks) == len(days.movements()) > len(set(looks))
