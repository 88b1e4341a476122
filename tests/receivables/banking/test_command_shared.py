"""Every shared bank file through `manage.py import_bank`: the outcome that is written down, twice, and in any order."""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import nullcontext
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from receivables.management.commands import import_bank
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.factories import TenantFactory
from tests.receivables.banking.world import reader
from tests.receivables.importing.naming import is_named
from tests.receivables.importing.shared import SHARED, Case, cases, params

RESULTS = {
    "import": "imported",
    "import_sanitised": "imported",
    "import_with_warning": "imported_with_warning",
    "import_nothing": "nothing",
    "refuse": "refused",
}
# Both statements in this ZIP have balances that their lines do not explain, so `import` cannot be the whole truth.
NOT_WHAT_IT_SAYS = {"oca_test-camt053.zip": "imported_with_warning"}
LARGE = 300_000
HOSTILE = [case for case in cases("hostile") if case.facts.get("kind") in ("camt", "mt940")]
BANK = [*cases("camt"), *cases("mt940"), *HOSTILE]


@pytest.fixture(autouse=True)
def _one_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting a child costs more than reading the file; one serves all tests here."""
    monkeypatch.setattr(import_bank, "BankReader", lambda: nullcontext(reader()))


def run(tenant: Tenant, *paths: Path) -> list[dict[str, Any]]:
    said, code = StringIO(), 0
    try:
        call_command("import_bank", "--tenant", tenant.slug, "--json", *map(str, paths), stdout=said)
    except SystemExit as ended:
        code = int(str(ended.code))
    files: list[dict[str, Any]] = json.loads(said.getvalue())["files"]
    assert code == any(file["result"] == "refused" for file in files)
    return files


def path_of(case: Case) -> Path:
    return SHARED / case.kind / case.name


@pytest.mark.django_db
@pytest.mark.parametrize("case", params(BANK))
def test_a_shared_file_has_the_outcome_that_is_written_down(case: Case, tenant: Tenant) -> None:
    (first,) = run(tenant, path_of(case))
    (again,) = run(tenant, path_of(case))

    assert first["result"] == NOT_WHAT_IT_SAYS.get(case.name, RESULTS[case.outcome])
    assert again == {**first, "is_known": True}
    _compare(first, case)
    with tenant_context(tenant.pk):
        assert tenant.bank_lines.count() == first["counts"]["new"]
        assert tenant.bank_sightings.count() == first["counts"]["transactions"]
        if first["result"] == "refused":
            assert (tenant.bank_files.get().file_id, tenant.files.count()) == (None, 0)
            said = " ".join(error["message"] for error in first["errors"])
            assert case.names in said or is_named(case.names, said)


def _compare(found: dict[str, Any], case: Case) -> None:
    if found["result"] == "refused":
        return
    if "rows_imported" in case.facts:
        assert found["counts"]["transactions"] == case.facts["rows_imported"]
    expected = [one for one in case.facts.get("statements", []) if one.get("account")]
    if not expected or len(expected) != len(found["statements"]):
        return
    for one, shown in zip(expected, found["statements"], strict=True):
        assert shown["entries"] == one["entries"]
        for name in ("sum_credits", "sum_debits"):
            assert abs(Decimal(shown[name]) - Decimal(one[name])) < Decimal("0.01")
        if one.get("balances_reconcile") is not None:
            assert shown["balances_reconcile"] is one["balances_reconcile"]


# Made-up numbers that belong to IBANs of several banks here: which of them a bare number is taken for depends on the order.
AMBIGUOUS = ("123456789", "0123456789")


def test_shuffled_orders_end_in_the_same_books(db: None) -> None:
    """All files in one tenant; many are of one account, so the merge and the chain have work to do."""
    if not BANK:
        pytest.skip(f"no shared files in {SHARED}")
    paths = [path_of(case) for case in BANK if case.outcome != "refuse" and path_of(case).stat().st_size < LARGE]
    ends = []
    for seed in range(2):
        tenant = TenantFactory.make(slug=f"orde-{seed}")
        random.Random(seed).shuffle(paths)  # noqa: S311 # a known order
        run(tenant, *paths)
        ends.append(_end(tenant))
    (lines, statements), (other_lines, other_statements) = ends
    assert lines
    assert (other_lines - lines, lines - other_lines) == (Counter(), Counter())
    assert (other_statements - statements, statements - other_statements) == (Counter(), Counter())


def _end(tenant: Tenant) -> tuple[Counter[Any], Counter[Any]]:
    with tenant_context(tenant.pk):
        lines = Counter(tenant.bank_lines.values_list("account__number", "booked_on", "amount"))
        names = ("account__number", "number", "from_on", "to_on", "opening", "closing", "state")
        statements = Counter(tenant.bank_statements.values_list(*names))
    return _certain(lines), _certain(statements)


def _certain(found: Counter[Any]) -> Counter[Any]:
    return Counter({row: times for row, times in found.items() if not row[0].endswith(AMBIGUOUS)})
