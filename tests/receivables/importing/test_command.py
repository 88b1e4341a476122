"""The import from a shell: the same answers, as text or JSON."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.importing.samples import open_items, ubl


def run(*arguments: str | Path) -> str:
    said = StringIO()
    call_command("import_invoices", *map(str, arguments), "--tenant", "korrel", stdout=said)
    return said.getvalue()


@pytest.fixture
def invoice(tmp_path: Path) -> Path:
    path = tmp_path / "a.xml"
    path.write_bytes(ubl())
    return path


def test_json_says_what_became_of_each_file(tenant: Tenant, invoice: Path, tmp_path: Path) -> None:
    listed = tmp_path / "b.csv"
    listed.write_bytes(open_items("F-2;D1;Jansen;01-10-2026;;10,00;4,00"))
    found = json.loads(run(invoice, listed, "--json"))["files"]
    assert [(file["name"], file["outcome"], file["result"], file["counts"]["stored"]) for file in found] == [
        ("a.xml", "import", "stored", 1), ("b.csv", "import", "stored", 1),
    ]  # fmt: skip
    assert found[0]["facts"]["payable_amount"] == "121.00"
    assert (found[1]["facts"]["open_total"], found[1]["facts"]["customers"]) == ("4.00", 1)


def test_the_same_file_again_changes_nothing(tenant: Tenant, invoice: Path) -> None:
    run(invoice)
    assert json.loads(run(invoice, "--json"))["files"][0]["result"] == "unchanged"
    with tenant_context(tenant.pk):
        assert tenant.invoices.count() == 1


def test_a_refused_file_ends_with_an_error_and_leaves_the_others(
    tenant: Tenant, invoice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "slecht.xml"
    bad.write_bytes(ubl(number="F-9", payable="veel"))
    with pytest.raises(SystemExit):
        run(bad, invoice)
    with tenant_context(tenant.pk):
        assert [one.number for one in tenant.invoices.all()] == ["F-1"]


def test_columns_can_be_named(tenant: Tenant, tmp_path: Path) -> None:
    listed = tmp_path / "lijst.csv"
    listed.write_bytes(b"F-1;Jansen;12/15/2026;1,525.00\n")
    run(
        listed, "--map", "number=1", "--map", "customer_name=2", "--map", "issued_on=3", "--map", "open=4", "--decimal", ".", "--month-first"
    )  # fmt: skip
    with tenant_context(tenant.pk):
        found = tenant.invoices.get()
        assert (str(found.issued_on), str(found.open_amount)) == ("2026-12-15", "1525.00")


@pytest.mark.parametrize(
    "arguments", [("bestaat-niet.xml",), ("x.csv", "--map", "number=een"), ("x.csv", "--as-of", "gisteren")]
)
def test_a_wrong_call_gets_one_sentence(
    tenant: Tenant, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_bytes(b"")
    with pytest.raises(CommandError):
        run(*arguments)
