"""R6 in full: bank days in every cut, format and order, at once and killed half-way; no doubles, no lost twins, nothing half."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from config.runtime.demo import REPOSITORY
from receivables.actions.bank_import import import_bank_file
from receivables.banking.sandboxed import BankReader
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.domain.test_bank_truth import another_order, books_of, every_cut, only_parts
from tests.domain.test_bank_truth import truth as truth_of
from tests.factories import TenantFactory
from tests.receivables.banking.generator import camt, history, mt940
from tests.receivables.banking.test_r6 import all_cuts, at_once, bring
from tests.receivables.banking.world import NOW, TODAY, states, stored, truth

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SEEDS = 300
POINTS = ("insert", "refresh", "note_books")  # after the lines, before the chain, just before the end


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return TenantFactory.make(slug="bank-in-nood")


@pytest.mark.parametrize("cut", [every_cut, only_parts, another_order])
def test_merging_keeps_to_the_truth_for_hundreds_of_histories(cut: object) -> None:
    wrong = []
    for seed in range(SEEDS):
        days = history(days=3, per_day=6, twins=4, seed=seed)
        files = cut(days)  # type: ignore[operator]
        random.Random(seed).shuffle(files)  # noqa: S311 # a known order
        if books_of(files) != truth_of(days):
            wrong.append(seed)

    assert wrong == []


@pytest.mark.parametrize("seed", range(10, 16))
def test_every_cut_in_every_format_in_any_order(tenant: Tenant, seed: int) -> None:
    days = history(days=5, per_day=12, twins=5, seed=seed)
    files = all_cuts(days)
    random.Random(seed).shuffle(files)  # noqa: S311 # a known order

    bring(tenant, files)

    assert stored(tenant) == truth(days.movements())
    assert {state for state, _, _ in states(tenant)} == {"complete"}


@pytest.mark.parametrize("seed", range(3))
def test_twenty_imports_at_once_each_with_its_own_child(tenant: Tenant, seed: int) -> None:
    days = history(days=4, per_day=20, twins=6, seed=seed)
    files = [camt(days.part(0, 3), references=f"V{place}") for place in range(7)]
    files += [mt940(days.part(place % 3, 3)) for place in range(7)] + [camt(days.part(0, 3))] * 6

    def one(content: bytes) -> None:
        with BankReader() as reader:
            import_bank_file(tenant, name="bank", content=content, now=NOW, on=TODAY, reader=reader)

    failures = at_once([lambda content=content: one(content) for content in files])  # type: ignore[misc]

    assert failures == []
    assert stored(tenant) == truth(days.movements())


@pytest.mark.parametrize("point", POINTS)
def test_a_process_that_is_killed_half_way_leaves_nothing(tenant: Tenant, point: str, tmp_path: Path) -> None:
    days = history(days=2, per_day=50)
    path = tmp_path / "a.xml"
    path.write_bytes(camt(days.part(0, 1)))
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.bank_child", tenant.slug, str(path), point],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == point
    child.kill()
    child.wait()

    with tenant_context(tenant.pk):
        assert (tenant.bank_files.count(), tenant.bank_accounts.count(), tenant.bank_statements.count()) == (0, 0, 0)
        assert (tenant.bank_lines.count(), tenant.bank_sightings.count(), tenant.files.count()) == (0, 0, 0)
    bring(tenant, [("a.xml", path.read_bytes())])  # the lock went with the process
    assert stored(tenant) == truth(days.movements())
