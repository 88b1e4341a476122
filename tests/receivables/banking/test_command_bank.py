"""The import of bank files from a shell: one JSON document, one sentence for a wrong call, one child for all files."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.banking.generator import IBAN, camt, history, mt940
from tests.receivables.importing.samples import zipped

pytestmark = pytest.mark.django_db
TABLE = b"Dag;Wat;Hoeveel\r\n03/02/2026;factuur 1;12.50\r\n"


def run(*arguments: str | Path) -> str:
    said = StringIO()
    call_command("import_bank", *map(str, arguments), "--tenant", "korrel", stdout=said)
    return said.getvalue()


def answer(*arguments: str | Path) -> list[dict[str, Any]]:
    document = json.loads(run(*arguments, "--json"))
    assert document["tenant"] == "korrel"
    files: list[dict[str, Any]] = document["files"]
    return files


@pytest.fixture
def statement(tenant: Tenant, tmp_path: Path) -> Path:
    path = tmp_path / "a.xml"
    path.write_bytes(camt(history(days=1).part(0, 0)))
    return path


def test_json_says_what_became_of_each_file(statement: Path, tmp_path: Path) -> None:
    days = history(days=2)
    other = tmp_path / "b.zip"
    other.write_bytes(zipped(b=mt940(days.part(0, 0))))
    first, second = answer(statement, other)

    part = days.part(0, 0)
    received = sum(movement.cents for movement in part.movements if movement.cents > 0)
    shown = first["statements"][0]
    assert {**shown, "id": ""} == {
        "id": "",
        "account": IBAN,
        "reference": "S100",
        "number": "100",
        "opening": "1000.00",
        "closing": f"{part.closing / 100:.2f}",
        "currency": "EUR",
        "entries": 10,
        "transactions": 10,
        "sum_credits": f"{received / 100:.2f}",
        "sum_debits": f"{(received + part.opening - part.closing) / 100:.2f}",
        "balances_reconcile": True,
        "state": "complete",
    }
    assert (first["result"], first["format"], first["is_known"]) == ("imported", "camt.053.001.02", False)
    assert first["counts"] == {"entries": 10, "transactions": 10, "new": 10, "known": 0, "pending": 0}
    assert (second["format"], second["counts"]["new"], second["counts"]["known"]) == ("zip", 0, 10)


def test_the_same_file_again_is_known(statement: Path) -> None:
    (first,), (again,) = answer(statement), answer(statement)
    assert again == {**first, "is_known": True}


def test_a_refused_file_ends_with_an_error_and_leaves_the_others(
    statement: Path, tenant: Tenant, tmp_path: Path
) -> None:
    bad = tmp_path / "slecht.xml"
    bad.write_bytes(statement.read_bytes().replace(b"<BookgDt><Dt>2026", b"<BookgDt><Dt>20x6", 1))
    with pytest.raises(SystemExit):
        run(bad, statement)
    with tenant_context(tenant.pk):
        assert dict(tenant.bank_files.values_list("name", "state")) == {"slecht.xml": "refused", "a.xml": "imported"}


def test_a_packed_file_is_not_unpacked(tenant: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "a.xml.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00" + b"\x00" * 20)
    with pytest.raises(SystemExit):
        run(path)


def test_the_columns_of_a_table_can_be_named(tenant: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "kas.csv"
    path.write_bytes(TABLE)
    with pytest.raises(SystemExit):
        run(path)
    choices = ("--map", "date=1", "--map", "text=2", "--map", "amount=3", "--decimal", ".", "--date-order", "mdy")
    (found,) = answer(path, *choices, "--account", IBAN)

    assert (found["result"], found["is_known"], found["counts"]["new"]) == ("imported", False, 1)
    with tenant_context(tenant.pk):
        line = tenant.bank_lines.get()
        assert (str(line.booked_on), str(line.amount), line.text) == ("2026-03-02", "12.50", "factuur 1")
        assert tenant.bank_files.get().state == "imported"


def test_without_json_it_says_so_in_sentences(statement: Path) -> None:
    said = run(statement)
    assert said.splitlines() == [
        "a.xml: imported (nieuw 10, bekend 0, aangekondigd 0)",
        f"  Nieuwe rekening {IBAN} (EUR).",
    ]


@pytest.mark.parametrize("arguments", [("bestaat-niet.xml",), ("x.csv", "--map", "date=een")])
def test_a_wrong_call_gets_one_sentence(
    tenant: Tenant, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_bytes(TABLE)
    with pytest.raises(CommandError):
        run(*arguments)


def test_an_unknown_tenant_gets_one_sentence(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("import_bank", "x.xml", "--tenant", "bestaat-niet")
