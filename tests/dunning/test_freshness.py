"""The freshness gate: what closes it, in which colour, with which reason, and what opens it again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from dunning.domain.facts import Gate
from dunning.freshness import Freshness, freshness
from dunning.selectors.office import client_rows
from receivables.actions import books
from receivables.models import BankAccount, BankFile, BankLine, BankStatement
from receivables.models.banking import BankFileState, LineState, StatementState
from tenants.context import reading_context, tenant_context
from tenants.models import Tenant

ON = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def inside(tenant: Tenant) -> object:
    with tenant_context(tenant.pk):
        yield


def account(tenant: Tenant, number: str = "NL91DEMO0417164300", *, is_watched: bool = True) -> BankAccount:
    return tenant.bank_accounts.create(number=number, is_watched=is_watched, created_at=NOW)


def bank_file(tenant: Tenant, *, state: BankFileState = BankFileState.IMPORTED, minutes: int = 0) -> BankFile:
    made = NOW + timedelta(minutes=minutes)
    return tenant.bank_files.create(sha256=f"{state}{minutes}", name="a.xml", state=state, created_at=made)


def statement(
    tenant: Tenant, of: BankAccount, to_on: date, state: StatementState = StatementState.COMPLETE
) -> BankStatement:
    file = tenant.bank_files.first() or bank_file(tenant)
    return tenant.bank_statements.create(account=of, file=file, from_on=to_on, to_on=to_on, state=state, created_at=NOW)


def line(tenant: Tenant, of: BankAccount, state: LineState, amount: str = "12.50") -> BankLine:
    return tenant.bank_lines.create(account=of, booked_on=ON, amount=Decimal(amount), state=state, created_at=NOW)


def told(found: Freshness) -> tuple[Gate, str]:
    return found.gate, found.next.url_name if found.next else ""


def test_nothing_known_is_red_and_asks_for_the_open_items(tenant: Tenant) -> None:
    assert told(freshness(tenant, on=ON)) == (Gate.RED, "receivables:imports")


@pytest.mark.parametrize(("age", "gate"), [(7, Gate.GREEN), (8, Gate.AMBER), (14, Gate.AMBER), (15, Gate.RED)])
def test_the_age_of_complete_statements_decides(tenant: Tenant, age: int, gate: Gate) -> None:
    statement(tenant, account(tenant), ON - timedelta(days=age))
    found = freshness(tenant, on=ON)
    assert (found.gate, found.up_to_on) == (gate, ON - timedelta(days=age))
    if gate is not Gate.GREEN:
        assert found.next is not None
        assert found.next.url_name == "receivables:bank"


@pytest.mark.parametrize("state", [StatementState.QUESTIONED, StatementState.WARNED, StatementState.REJECTED])
def test_a_statement_that_does_not_add_up_says_nothing_of_its_days(tenant: Tenant, state: StatementState) -> None:
    of = account(tenant)
    statement(tenant, of, ON - timedelta(days=6))
    statement(tenant, of, ON, state)
    assert freshness(tenant, on=ON).up_to_on == ON - timedelta(days=6)


def test_the_account_that_lags_behind_sets_the_day(tenant: Tenant) -> None:
    statement(tenant, account(tenant), ON)
    other = account(tenant, "NL02DEMO0123456789")
    statement(tenant, other, ON - timedelta(days=9))
    assert freshness(tenant, on=ON).gate is Gate.AMBER
    tenant.bank_accounts.filter(pk=other.pk).update(is_watched=False)  # a savings account
    assert freshness(tenant, on=ON).gate is Gate.GREEN


def test_an_account_without_any_complete_statement_leaves_the_day_unknown(tenant: Tenant) -> None:
    statement(tenant, account(tenant), ON)
    statement(tenant, account(tenant, "NL02DEMO0123456789"), ON, StatementState.WARNED)
    assert freshness(tenant, on=ON).gate is Gate.RED


def test_a_person_may_know_better_than_the_bank(tenant: Tenant) -> None:
    statement(tenant, account(tenant), ON - timedelta(days=20))
    books.confirm(tenant, up_to_on=ON, now=NOW)
    assert freshness(tenant, on=ON).gate is Gate.GREEN


def test_a_receipt_without_a_place_leaves_friendly_messages_only(tenant: Tenant) -> None:
    of = account(tenant)
    statement(tenant, of, ON)
    loose = line(tenant, of, LineState.OPEN)
    assert told(freshness(tenant, on=ON)) == (Gate.AMBER, "receivables:bank_queue")
    tenant.bank_lines.filter(pk=loose.pk).update(state=LineState.BOOKED)
    assert freshness(tenant, on=ON).gate is Gate.GREEN


@pytest.mark.parametrize("state", [LineState.BOOKED, LineState.CLEARED, LineState.SET_ASIDE, LineState.OUTGOING])
def test_what_has_its_place_does_not_close_the_gate(tenant: Tenant, state: LineState) -> None:
    of = account(tenant)
    statement(tenant, of, ON)
    line(tenant, of, state, "-5.00" if state == LineState.OUTGOING else "5.00")
    assert freshness(tenant, on=ON).gate is Gate.GREEN


def test_a_rejected_statement_asks_nothing_any_more(tenant: Tenant) -> None:
    """Its lines stay held: whoever threw a statement out has said what they are."""
    of = account(tenant)
    statement(tenant, of, ON)
    statement(tenant, of, ON, StatementState.REJECTED)
    line(tenant, of, LineState.HELD)
    assert freshness(tenant, on=ON).gate is Gate.GREEN


def test_a_question_about_a_statement_closes_formal_steps(tenant: Tenant) -> None:
    of = account(tenant)
    statement(tenant, of, ON - timedelta(days=1))
    assert freshness(tenant, on=ON).gate is Gate.GREEN
    statement(tenant, of, ON, StatementState.QUESTIONED)
    assert told(freshness(tenant, on=ON)) == (Gate.AMBER, "receivables:bank_statements")


@pytest.mark.parametrize(("age", "gate"), [(7, Gate.AMBER), (15, Gate.RED)])
def test_what_lies_behind_an_open_question_is_not_known(tenant: Tenant, age: int, gate: Gate) -> None:
    """A week is missing: those who paid in it must not hear for weeks that they did not."""
    of = account(tenant)
    statement(tenant, of, ON - timedelta(days=age))
    asked = statement(tenant, of, ON - timedelta(days=age - 1), StatementState.QUESTIONED)
    statement(tenant, of, ON)
    found = freshness(tenant, on=ON)
    assert told(found) == (gate, "receivables:bank_statements")
    assert found.up_to_on == ON - timedelta(days=age)
    tenant.bank_statements.filter(pk=asked.pk).update(state=StatementState.ACCEPTED)  # a person looked
    assert freshness(tenant, on=ON).gate is Gate.GREEN


def test_a_refused_file_closes_formal_steps_until_a_good_one_came(tenant: Tenant) -> None:
    statement(tenant, account(tenant), ON)
    bank_file(tenant, state=BankFileState.REFUSED, minutes=1)
    assert told(freshness(tenant, on=ON)) == (Gate.AMBER, "receivables:bank")
    bank_file(tenant, minutes=2)
    assert freshness(tenant, on=ON).gate is Gate.GREEN


def test_the_office_sees_what_the_tenant_sees(tenant: Tenant, stranger_tenant: Tenant) -> None:
    of = account(tenant)
    statement(tenant, of, ON)
    line(tenant, of, LineState.OPEN)
    mine = freshness(tenant, on=ON)
    with reading_context([tenant.pk, stranger_tenant.pk]):
        rows = client_rows([tenant, stranger_tenant], now=NOW, on=ON)
    assert rows[0].freshness == mine
    assert rows[1].freshness.gate is Gate.RED
