"""The states of statements and lines in the database: the same at the end, in whatever order the files came."""

from __future__ import annotations

import re
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from dunning.domain.facts import Gate
from dunning.freshness import freshness
from receivables.actions.bank_statements import NothingAskedError, accept, reject
from receivables.actions.bank_states import known_days
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.factories import TenantFactory
from tests.receivables.banking.generator import IBAN, camt, csv, history, mt940
from tests.receivables.banking.world import NOW, TODAY, line_states, states, stored, take, truth
from tests.receivables.importing.shared import SHARED


def day(number: int) -> date:
    return date(2026, 3, number)


def by_day(tenant: Tenant) -> dict[date | None, str]:
    return {to_on: state for state, _, to_on in states(tenant)}


def up_to(tenant: Tenant) -> list[date]:
    with tenant_context(tenant.pk):
        return list(tenant.books_updates.filter(source="bank").order_by("up_to_on").values_list("up_to_on", flat=True))


def with_a_wrong_balance(content: bytes) -> bytes:
    return re.sub(rb"(<Cd>CLBD</Cd>.*?<Amt Ccy='EUR'>)[0-9.]+", rb"\g<1>1.23", content)


def test_a_gap_holds_its_lines_until_the_missing_file_comes(tenant: Tenant) -> None:
    days = history(days=3, twins=0)
    take(tenant, camt(days.part(0, 0)), "a.xml")
    report = take(tenant, camt(days.part(2, 2)), "c.xml")

    assert [question["code"] for question in report.values["questions"]] == ["gap"]
    assert report.result == "imported"
    assert by_day(tenant) == {day(2): "complete", day(4): "questioned"}
    assert line_states(tenant)["held"] == len(days.days[2])
    assert up_to(tenant) == [day(2)]

    closing = take(tenant, camt(days.part(1, 1)), "b.xml")

    assert closing.values["notes"] == ["Eén eerder afschrift sluit nu aan."]
    assert set(by_day(tenant).values()) == {"complete"}
    assert line_states(tenant)["held"] == 0
    assert up_to(tenant) == [day(2), day(4)]


@pytest.mark.parametrize("says_when_made", [True, False])
def test_a_period_that_is_not_over_tells_nothing_of_its_last_days(tenant: Tenant, says_when_made: bool) -> None:
    """Somebody exports "this year" in March: in December nothing would seem to be missing."""
    made = rb"\g<0>" if says_when_made else b""
    period = b"<FrToDt><FrDtTm>2026-01-01T00:00:00</FrDtTm><ToDtTm>2026-12-31T23:59:59</ToDtTm></FrToDt><Acct>"
    content = camt(history(days=3, twins=0).part(0, 0)).replace(b"<Acct>", period, 1)
    take(tenant, re.sub(rb"<CreDtTm>[^<]*</CreDtTm>(?=<FrToDt>)", made, content), "a.xml")
    with tenant_context(tenant.pk):
        until = tenant.bank_statements.get().to_on
        assert freshness(tenant, on=date(2026, 12, 1)).gate is Gate.RED
    assert until == (day(3) if says_when_made else TODAY)


def test_an_older_file_can_put_a_newer_one_in_doubt(tenant: Tenant) -> None:
    days = history(days=3, twins=0)
    take(tenant, camt(days.part(2, 2)), "c.xml")
    assert by_day(tenant) == {day(4): "complete"}

    report = take(tenant, camt(days.part(0, 0)), "a.xml")

    assert by_day(tenant) == {day(2): "complete", day(4): "questioned"}
    assert len(report.values["questions"]) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_three_files_makes_no_difference(tenant: Tenant, order: tuple[int, ...]) -> None:
    days = history(days=5, twins=2)
    files = [camt(days.part(0, 1)), mt940(days.part(1, 2)), camt(days.part(4, 4))]
    for place in order:
        take(tenant, files[place], f"{place}.dat")

    assert stored(tenant) == truth([*days.part(0, 2).movements, *days.days[4]])
    assert sorted(state for state, _, _ in states(tenant)) == ["complete", "complete", "questioned"]
    assert line_states(tenant)["held"] == len(days.days[4])


def test_a_mismatch_is_asked_about_and_its_lines_wait(tenant: Tenant) -> None:
    report = take(tenant, with_a_wrong_balance(camt(history(days=1).part(0, 0))))

    assert report.result == "imported_with_warning"
    assert {question["code"] for question in report.values["questions"]} == {"balance_mismatch"}
    assert set(line_states(tenant)) == {"held"}
    assert up_to(tenant) == []


def test_a_line_that_a_good_statement_shows_too_is_free(tenant: Tenant) -> None:
    days = history(days=2, twins=0)
    part = days.part(0, 0)
    take(tenant, with_a_wrong_balance(camt(part)), "fout.xml")
    assert set(line_states(tenant)) == {"held"}
    take(tenant, camt(part), "goed.xml")

    assert stored(tenant) == truth(part.movements)
    assert line_states(tenant)["held"] == 0


def test_a_table_is_stored_with_a_warning_and_says_nothing_about_freshness(tenant: Tenant) -> None:
    days = history(days=1)
    report = take(tenant, csv(days.part(0, 0)), "bank.csv")

    assert [state for state, _, _ in states(tenant)] == ["warned"]
    assert [warning["code"] for warning in report.values["warnings"]] == ["balance_missing"]
    assert "held" not in line_states(tenant)
    assert up_to(tenant) == []


def test_the_slowest_watched_account_decides_how_far_the_books_are_known(tenant: Tenant) -> None:
    days = history(days=4)
    take(tenant, camt(days.part(0, 3)), "a.xml")
    take(tenant, camt(days.part(0, 1), iban="NL20RABO0300065264"), "b.xml")
    assert up_to(tenant) == [day(5)]  # what was known stays known; the other account was not there yet

    take(tenant, camt(days.part(2, 3), iban="NL20RABO0300065264"), "c.xml")
    later = history(days=6)
    take(tenant, camt(later.part(4, 5)), "d.xml")
    assert up_to(tenant) == [day(5)]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_two_pages_in_either_order_become_one_complete_statement(tenant: Tenant, order: tuple[int, int]) -> None:
    paths = [SHARED / "hostile" / f"camt_page_{number}_of_2.xml" for number in order]
    if not paths[0].exists():
        pytest.skip(f"no shared files in {SHARED}")
    first = take(tenant, paths[0].read_bytes(), paths[0].name)
    assert first.result == "imported"
    assert [state for state, _, _ in states(tenant)] == ["warned"]
    assert [warning["code"] for warning in first.values["warnings"]] == ["page_missing"]

    take(tenant, paths[1].read_bytes(), paths[1].name)

    assert set(by_day(tenant).values()) == {"complete"}
    assert sum(stored(tenant).values()) == 2


# --- answers -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(tenant: Tenant) -> Any:
    days = history(days=4, twins=0)
    for place in (0, 2):
        take(tenant, camt(days.part(place, place)), f"{place}.xml")
    with tenant_context(tenant.pk):
        yield tenant.bank_statements.get(state="questioned")


def test_an_answer_stays_when_the_gap_closes(asked: Any, tenant: Tenant, bookkeeper: User) -> None:
    accept(tenant, asked.pk, note="gebeld", by=bookkeeper, now=NOW, on=TODAY)
    take(tenant, camt(history(days=4, twins=0).part(1, 1)), "1.xml")

    asked.refresh_from_db()
    assert (asked.state, asked.answer_note, asked.answered_by) == ("accepted", "gebeld", bookkeeper)
    assert known_days(tenant.bank_statements.all())[asked.account_id] == day(4)


def test_a_rejected_statement_is_no_link_and_its_lines_stay_out(asked: Any, tenant: Tenant, bookkeeper: User) -> None:
    take(tenant, camt(history(days=4, twins=0).part(3, 3)), "3.xml")
    assert by_day(tenant)[day(5)] == "complete"

    changes = reject(tenant, asked.pk, note="verkeerde rekening", by=bookkeeper, now=NOW, on=TODAY)

    assert [one.to_on for one in changes.questioned] == [day(5)]
    assert by_day(tenant) == {day(2): "complete", day(4): "rejected", day(5): "questioned"}
    assert known_days(tenant.bank_statements.all())[asked.account_id] == day(2)

    accept(tenant, asked.pk, note="toch goed", by=bookkeeper, now=NOW, on=TODAY)

    assert by_day(tenant) == {day(2): "complete", day(4): "accepted", day(5): "complete"}
    assert line_states(tenant)["held"] == 0


def test_what_was_made_of_a_line_is_never_undone_by_a_state(asked: Any, tenant: Tenant, bookkeeper: User) -> None:
    accept(tenant, asked.pk, note="", by=bookkeeper, now=NOW, on=TODAY)
    line = tenant.bank_lines.filter(state="open", booked_on=day(4)).first()
    assert line
    tenant.bank_lines.filter(pk=line.pk).update(state="booked")

    reject(tenant, asked.pk, note="vergissing", by=bookkeeper, now=NOW, on=TODAY)

    line.refresh_from_db()
    assert line.state == "booked"


def test_a_statement_that_fits_asks_nothing(asked: Any, tenant: Tenant, bookkeeper: User) -> None:
    take(tenant, camt(history(days=4, twins=0).part(1, 1)), "1.xml")
    with pytest.raises(NothingAskedError):
        accept(tenant, asked.pk, note="", by=bookkeeper, now=NOW, on=TODAY)


def test_another_tenant_has_its_own_accounts(tenant: Tenant) -> None:
    other = TenantFactory.make(slug="ander")
    content = camt(history(days=1).part(0, 0))
    take(tenant, content)
    report = take(other, content)

    assert not report.is_known
    assert report.values["notes"] == [f"Nieuwe rekening {IBAN} (EUR)."]
