"""The check as a row: it stops and releases sending, runs at night, and speaks to people and machines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from receivables import tasks
from receivables.ledger_check import check, found_by, look
from tenants.context import tenant_context
from tenants.models import Event, Tenant
from tests.receivables.ledger.world import Books, make_books, pay, superuser
from tests.receivables.paying.rows import NOW

pytestmark = pytest.mark.django_db(transaction=True)
SPOIL = "UPDATE receivables_invoice SET open_amount = open_amount + 1 WHERE number = '2026-1'"
MEND = "UPDATE receivables_invoice SET open_amount = open_amount - 1 WHERE number = '2026-1'"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def books(tenant: Tenant) -> Books:
    with tenant_context(tenant.pk):
        return make_books(tenant)


def do(statement: str) -> None:
    with superuser(locks=False) as connection:
        connection.execute(statement)


def checked(tenant: Tenant, *, now: datetime = NOW) -> None:
    with tenant_context(tenant.pk):
        check(tenant, now=now)


def verbs(tenant: Tenant) -> list[str]:
    with tenant_context(tenant.pk):
        rows = Event.across_tenants.filter(tenant=tenant, verb__startswith="ledger.").order_by("seq")
        return list(rows.values_list("verb", flat=True))


# stopping and releasing --------------------------------------------------------------------------------------------
def test_clean_books_change_nothing(books: Books) -> None:
    checked(books.tenant)
    books.tenant.refresh_from_db()
    with tenant_context(books.tenant.pk):
        (row,) = books.tenant.ledger_checks.all()
        assert found_by(row) == look(books.tenant)
    assert (row.breaches, books.tenant.books_broken_at, verbs(books.tenant)) == ([], None, [])
    assert row.trial_balance["EUR"]["psp_fees"] == "0.29"
    assert "psp_clearing" not in row.trial_balance["EUR"]


def test_a_breach_stops_once_and_a_clean_check_releases(books: Books) -> None:
    do(SPOIL)
    checked(books.tenant)
    checked(books.tenant, now=LATER)
    books.tenant.refresh_from_db()
    assert (books.tenant.books_broken_at, verbs(books.tenant)) == (NOW, ["ledger.broken"])

    do(MEND)
    checked(books.tenant, now=LATER + timedelta(hours=1))
    books.tenant.refresh_from_db()
    assert (books.tenant.books_broken_at, verbs(books.tenant)) == (None, ["ledger.broken", "ledger.mended"])


def test_the_emergency_stop_of_a_person_stays(books: Books) -> None:
    Tenant.objects.filter(pk=books.tenant.pk).update(sending_frozen=True)
    do(SPOIL)
    checked(books.tenant)
    do(MEND)
    checked(books.tenant, now=LATER)
    books.tenant.refresh_from_db()
    assert (books.tenant.sending_frozen, books.tenant.books_broken_at) == (True, None)


def test_the_digest_follows_the_trial_balance(books: Books) -> None:
    with tenant_context(books.tenant.pk):
        before = look(books.tenant).digest
        assert look(books.tenant).digest == before
        pay(books.customer, "0.01", "manual:cent")
        assert look(books.tenant).digest != before


# at night ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(tasks.check_ledger, "delay", lambda *, tenant_id: found.append(tenant_id))
    return found


def at(hour: int, *, minute: int = 30) -> datetime:
    """In November, Amsterdam is an hour ahead."""
    return datetime(2026, 11, 24, hour - 1, minute, tzinfo=UTC)


def test_who_was_never_looked_at_has_its_turn_at_once(
    tenant: Tenant, stranger_tenant: Tenant, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(tenant)
    monkeypatch.setattr("tenants.clock.now", lambda: at(14))
    tasks.check_ledgers()
    assert queued == [stranger_tenant.pk]


@pytest.mark.parametrize(
    ("now", "is_due"), [(at(1), False), (at(2, minute=0), True), (at(5), True), (at(6, minute=0), False)]
)
def test_the_others_are_looked_at_at_night(tenant: Tenant, now: datetime, is_due: bool) -> None:
    checked(tenant, now=now - timedelta(hours=20, minutes=1))
    assert tasks.tenants_to_check(now=now) == ([tenant.pk] if is_due else [])


def test_once_a_night_is_enough(tenant: Tenant) -> None:
    checked(tenant, now=at(2))
    assert tasks.tenants_to_check(now=at(5)) == []


def test_the_task_checks_one_tenant(books: Books, stranger_tenant: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    do(SPOIL)
    tasks.check_ledger(tenant_id=books.tenant.pk)
    tasks.check_ledger(tenant_id=stranger_tenant.pk)
    broken = Tenant.objects.filter(books_broken_at__isnull=False)
    assert list(broken) == [books.tenant]
    assert "does not add up: ['I3', 'I6']" in caplog.text


# the command -------------------------------------------------------------------------------------------------------
def command(*arguments: str) -> str:
    out = StringIO()
    call_command("ledger_check", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_that_all_is_well(books: Books, stranger_tenant: Tenant) -> None:
    assert command() == "Grootboek in orde: 2 administratie(s) gecontroleerd.\n"


def test_the_command_names_what_is_wrong_and_stops_sending(books: Books) -> None:
    do(SPOIL)
    with pytest.raises(CommandError, match=f"- korrel: I3 .* invoice:{books.invoice.pk}") as refusal:
        command("--tenant", "korrel")
    books.tenant.refresh_from_db()
    assert (refusal.value.returncode, books.tenant.books_broken_at is None) == (1, False)


def test_only_looking_keeps_and_stops_nothing(books: Books) -> None:
    do(SPOIL)
    with pytest.raises(CommandError, match="I3"):
        command("--no-freeze")
    books.tenant.refresh_from_db()
    with tenant_context(books.tenant.pk):
        assert (books.tenant.books_broken_at, books.tenant.ledger_checks.count()) == (None, 0)


def test_the_document_holds_invariants_balance_and_digest(books: Books) -> None:
    document = json.loads(command("--json", "--no-freeze"))
    (one,) = document["tenants"]
    with tenant_context(books.tenant.pk):
        found = look(books.tenant)
    assert (document["holds"], one["tenant"], one["holds"]) == (True, "korrel", True)
    assert one["invariants"] == {f"I{number}": [] for number in range(1, 7)}
    assert (one["digest"], one["trial_balance"]) == (found.digest, found.trial_balance)


def test_the_document_of_broken_books_is_whole_and_the_exit_is_one(books: Books) -> None:
    do(SPOIL)
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("ledger_check", "--json", "--no-freeze", stdout=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    (breach,) = document["tenants"][0]["invariants"]["I3"]
    assert (refusal.value.returncode, document["holds"]) == (1, False)
    assert breach["examples"] == [f"invoice:{books.invoice.pk}"]


def test_an_unknown_tenant_is_said(db: None) -> None:
    with pytest.raises(CommandError, match="geen administratie"):
        command("--tenant", "nergens")
