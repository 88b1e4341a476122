"""A bank file from bytes to rows: everything once, or nothing; the same bytes show their first result."""

from __future__ import annotations

import pytest

from receivables.actions.bank_import import import_bank_file
from receivables.banking.sandboxed import BankReader
from receivables.importing.sandbox import Limits
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.banking.generator import IBAN, camt, history, mt940
from tests.receivables.banking.world import NOW, TODAY, line_states, states, stored, take, truth


def test_a_first_file_is_stored_with_its_account_and_lines(tenant: Tenant) -> None:
    days = history(days=3)
    report = take(tenant, camt(days.part(0, 2)))

    assert report.result == "imported"
    assert report.values["counts"]["new"] == len(days.movements())
    assert report.values["notes"] == [f"Nieuwe rekening {IBAN} (EUR)."]
    assert stored(tenant) == truth(days.movements())
    assert [state for state, _, _ in states(tenant)] == ["complete"]
    received = sum(movement.cents > 0 for movement in days.movements())
    assert line_states(tenant) == {"open": received, "outgoing": len(days.movements()) - received}


def test_the_same_bytes_again_change_nothing(tenant: Tenant) -> None:
    content = camt(history(days=2).part(0, 1))
    first = take(tenant, content)
    again = take(tenant, content, "andere naam.xml")

    assert again.is_known
    assert again.as_json() == {**first.as_json(), "is_known": True}
    with tenant_context(tenant.pk):
        assert tenant.bank_files.count() == 1
        assert tenant.events.filter(verb="bank_file.imported").count() == 1


@pytest.mark.parametrize("write", [camt, mt940])
def test_the_other_format_of_the_same_days_adds_nothing(tenant: Tenant, write: object) -> None:
    days = history(days=3, twins=3)
    part = days.part(0, 2)
    other = mt940 if write is camt else camt
    take(tenant, write(part))  # type: ignore[operator]
    report = take(tenant, other(part), "bank.sta")

    assert report.values["counts"]["new"] == 0
    assert stored(tenant) == truth(days.movements())
    assert [state for state, _, _ in states(tenant)] == ["complete"] * len(states(tenant))


def test_overlapping_exports_add_only_what_is_new(tenant: Tenant) -> None:
    days = history(days=5, twins=3)
    take(tenant, camt(days.part(0, 2)))
    report = take(tenant, mt940(days.part(1, 4)), "bank.sta")

    assert stored(tenant) == truth(days.movements())
    assert report.values["counts"]["known"] == len(days.part(1, 2).movements)
    assert set(states(tenant).values()) == {1}
    assert {state for state, _, _ in states(tenant)} == {"complete"}


def test_another_export_with_fresh_references_is_the_same_statement(tenant: Tenant) -> None:
    days = history(days=3, twins=4)
    take(tenant, camt(days.part(0, 2), references="EEN"))
    take(tenant, camt(days.part(0, 2), references="TWEE"))
    take(tenant, camt(days.part(1, 2), references="DRIE"))

    assert stored(tenant) == truth(days.movements())


def test_a_refused_file_leaves_its_reason_and_nothing_else(tenant: Tenant) -> None:
    content = camt(history().part(0, 1)).replace(b"<BookgDt><Dt>2026-03-02", b"<BookgDt><Dt>2026-13-02", 1)
    report = take(tenant, content)

    assert report.is_refused
    with tenant_context(tenant.pk):
        file = tenant.bank_files.get()
        assert (file.state, file.file_id, tenant.files.count()) == ("refused", None, 0)
        assert (tenant.bank_accounts.count(), tenant.bank_lines.count()) == (0, 0)


def test_a_file_that_a_busy_machine_did_not_finish_is_read_again(tenant: Tenant) -> None:
    """What is wrong with the bytes stays so; what was wrong with the moment does not."""
    content = camt(history().part(0, 1))
    with BankReader(Limits(wall_seconds=0.001)) as hurried:
        given_up = import_bank_file(tenant, name="a.xml", content=content, now=NOW, on=TODAY, reader=hurried)
    assert [error["code"] for error in given_up.values["errors"]] == ["limits"]
    assert take(tenant, content).result == "imported"

    wrong = content.replace(b"<BookgDt><Dt>2026-03-02", b"<BookgDt><Dt>2026-13-02", 1)
    assert [take(tenant, wrong).is_known for _ in range(2)] == [False, True]


def test_the_bare_number_and_the_iban_are_one_account(tenant: Tenant) -> None:
    days = history(days=2)
    take(tenant, mt940(days.part(0, 1), iban="417164300").replace(b"417164300EUR", b"417164300"), "bank.sta")
    report = take(tenant, camt(days.part(0, 1), iban="NL91ABNA0417164300"))

    assert report.values["counts"]["new"] == 0
    with tenant_context(tenant.pk):
        assert tenant.bank_accounts.get().number == "NL91ABNA0417164300"
