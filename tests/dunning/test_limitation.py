"""Until when claims can be enforced: what interrupts, what the list finds, and what a person may decide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dunning.actions.limitation import LimitationError, add_interruption, release_limitation
from dunning.actions.policies import install_starters
from dunning.limitation import limitations
from dunning.models.legal import InterruptionKind
from dunning.models.notices import NoticeState
from dunning.selectors import limitation as lists
from dunning.selectors.limitation import State
from receivables.actions.payments import record_payment
from receivables.actions.returns import return_payment
from receivables.domain.limitation import LimitationWarning
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, receipt

pytestmark = pytest.mark.django_db
URL = "/t/korrel/verjaring/"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def staff(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


@pytest.fixture
def private(inside: Tenant) -> Customer:
    return make_customer(inside, "Jansen", legal_form="private")


@pytest.fixture
def company(inside: Tenant) -> Customer:
    return make_customer(inside, "Smit Bouw", legal_form="private_company")


def due(customer: Customer, number: str, due_on: date) -> Invoice:
    """An invoice with this last payment day."""
    return make_invoice(customer, number, "121.00", age=(TODAY - due_on).days + 30)


def letter(invoice: Invoice, accepted_on: date | None, *, kind: str = "reminder", state: str = "accepted") -> None:
    tenant = invoice.tenant
    run, _ = tenant.runs.get_or_create(on=accepted_on or TODAY, defaults={"state": "done", "planned_at": NOW})
    notice = tenant.notices.create(
        run=run,
        customer=invoice.customer,
        step_kind=kind,
        step_key=kind,
        state=state,
        total_amount="121.00",
        accepted_on=accepted_on,
        created_at=NOW,
    )
    cycle = invoice.notice_lines.count() + 1
    tenant.notice_lines.create(notice=notice, invoice=invoice, step_key=kind, cycle=cycle, open_amount="121.00")


def last_day(invoice: Invoice, on: date = TODAY) -> date:
    return limitations(invoice.tenant, [invoice.pk], on=on)[invoice.pk].last_safe_day


@pytest.mark.parametrize(
    ("nature", "of_private", "of_company"),
    [
        ("unknown", 2, 5),
        ("goods", 2, 5),
        ("services", 5, 5),
        ("transport", 1, 1),
    ],
)
def test_the_term_follows_what_is_sold_and_to_whom(
    inside: Tenant, private: Customer, company: Customer, nature: str, of_private: int, of_company: int
) -> None:
    inside.claim_nature = nature
    first, second = due(private, "1", date(2026, 6, 30)), due(company, "2", date(2026, 6, 30))

    found = limitations(inside, [first.pk, second.pk], on=TODAY)

    assert (found[first.pk].years, found[second.pk].years) == (of_private, of_company)
    assert found[first.pk].last_safe_day == date(2026 + of_private, 6, 30)


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("reminder", NoticeState.ACCEPTED, date(2028, 3, 1)),
        ("notice_of_default", NoticeState.DELIVERED, date(2028, 3, 1)),
        ("reminder", NoticeState.BOUNCED, date(2027, 6, 30)),
        ("reminder", NoticeState.AMBIGUOUS, date(2027, 6, 30)),
        ("pre_due_notice", NoticeState.ACCEPTED, date(2027, 6, 30)),
    ],
)
def test_a_letter_that_arrived_begins_a_new_term(
    inside: Tenant, private: Customer, kind: str, state: NoticeState, expected: date
) -> None:
    invoice = due(private, "1", date(2025, 6, 30))
    letter(invoice, date(2026, 3, 1), kind=kind, state=state)
    assert last_day(invoice) == expected


def test_a_letter_on_which_the_invoice_was_cancelled_interrupts_nothing(inside: Tenant, private: Customer) -> None:
    invoice = due(private, "1", date(2025, 6, 30))
    letter(invoice, date(2026, 3, 1))
    invoice.notice_lines.update(cancelled_at=NOW)
    assert last_day(invoice) == date(2027, 6, 30)


def test_a_payment_acknowledges_until_it_is_taken_back(inside: Tenant, private: Customer) -> None:
    invoice = due(private, "1", date(2025, 6, 30))
    payment = record_payment(inside, private, receipt=receipt("20.00", received_on=date(2026, 9, 1)), now=NOW)
    assert last_day(invoice) == date(2028, 9, 1)
    assert last_day(invoice, on=date(2026, 8, 31)) == date(2027, 6, 30)  # not yet received that day

    return_payment(
        inside, payment, amount=Money.of("20.00"), source_key="mollie:chb_1", why="storno", on=TODAY, now=NOW
    )
    assert last_day(invoice) == date(2027, 6, 30)


def test_what_comes_after_the_last_day_is_too_late(inside: Tenant, private: Customer) -> None:
    invoice = due(private, "1", date(2024, 6, 30))
    letter(invoice, date(2026, 7, 1))
    found = limitations(inside, [invoice.pk], on=TODAY)[invoice.pk]
    assert (found.last_safe_day, found.interruption_too_late, found.is_passed) == (date(2026, 6, 30), True, True)
    assert not found.may_be_asked


def test_established_interruptions_count_and_are_audited(inside: Tenant, private: Customer, bookkeeper: User) -> None:
    invoice = due(private, "1", date(2025, 6, 30))
    values: dict[str, Any] = {"on": TODAY, "now": NOW, "by": bookkeeper, "note": "aangetekend 3S123"}
    add_interruption(inside, invoice, kind=InterruptionKind.DEMAND, received_on=date(2026, 10, 1), **values)

    assert last_day(invoice) == date(2028, 10, 1)
    event = inside.events.get(verb="limitation.interrupted")
    assert (event.by, event.details["received_on"], event.details["note"]) == (
        bookkeeper,
        "2026-10-01",
        "aangetekend 3S123",
    )
    with pytest.raises(LimitationError, match="staat er al"):
        add_interruption(inside, invoice, kind=InterruptionKind.DEMAND, received_on=date(2026, 10, 1), **values)
    with pytest.raises(LimitationError):
        add_interruption(inside, invoice, kind=InterruptionKind.DEMAND, received_on=TODAY + timedelta(days=1), **values)


def test_a_release_needs_a_passed_day_and_a_reason_and_happens_once(
    inside: Tenant, private: Customer, bookkeeper: User
) -> None:
    passed, running = due(private, "1", date(2024, 6, 30)), due(private, "2", date(2026, 6, 30))
    values: dict[str, Any] = {"on": TODAY, "now": NOW, "by": bookkeeper}
    with pytest.raises(LimitationError, match="niet verjaard"):
        release_limitation(inside, running, why="toch", **values)
    with pytest.raises(LimitationError, match="waarom"):
        release_limitation(inside, passed, why="  ", **values)

    release_limitation(inside, passed, why="erkend in een gesprek", **values)

    assert limitations(inside, [passed.pk], on=TODAY)[passed.pk].may_be_asked
    assert inside.events.get(verb="limitation.released").details["why"] == "erkend in een gesprek"
    with pytest.raises(LimitationError, match="al vrijgegeven"):
        release_limitation(inside, passed, why="nog eens", **values)


def test_the_answer_costs_the_same_for_one_and_for_three(inside: Tenant, private: Customer) -> None:
    invoices = [due(private, str(number), date(2025, 6, 30)) for number in range(3)]
    for invoice in invoices:
        letter(invoice, date(2026, 3, 1))
    counted = []
    for some in (invoices[:1], invoices):
        with CaptureQueriesContext(connection) as queries:
            limitations(inside, [invoice.pk for invoice in some], on=TODAY)
        counted.append(len(queries))
    assert counted == [5, 5]


# --- the list ------------------------------------------------------------------------------------------------------------


def history(customer: Customer) -> list[Invoice]:
    """Invoices of every age, with letters and payments at all sorts of distances."""
    made = []
    for place in range(48):
        invoice = due(customer, f"{customer.name}-{place}", TODAY - timedelta(days=29 + place * 61))
        for nth in range(place % 4):
            day = invoice.due_on + timedelta(days=(nth + 1) * (97 + 53 * (place % 7)))
            if day <= TODAY and not invoice.notice_lines.filter(notice__accepted_on=day).exists():
                letter(invoice, day, state=NoticeState.BOUNCED if place % 5 == 4 else NoticeState.ACCEPTED)
        made.append(invoice)
    return made


@pytest.mark.parametrize("nature", ["unknown", "services", "transport"])
def test_the_list_is_what_the_law_engine_says_of_every_open_invoice(
    inside: Tenant, private: Customer, company: Customer, nature: str
) -> None:
    inside.claim_nature = nature
    invoices = [*history(private), *history(company)]
    everything = limitations(inside, [invoice.pk for invoice in invoices], on=TODAY)
    wanted = {
        state: sorted((row.last_safe_day, pk) for pk, row in everything.items() if row.warning in warnings)
        for state, warnings in {
            State.NEAR: set(LimitationWarning) - {LimitationWarning.NONE},
            State.PASSED: {LimitationWarning.PASSED},
            State.TWO_MONTHS: {LimitationWarning.TWO_MONTHS},
            State.SIX_MONTHS: {LimitationWarning.SIX_MONTHS},
        }.items()
    }

    for state, expected in wanted.items():
        rows = lists.page_of(inside, state, on=TODAY, size=200).rows
        assert [(row.limitation.last_safe_day, row.invoice.pk) for row in rows] == expected, state
        assert lists.size_of(inside, state, on=TODAY).count == len(expected)
    assert lists.counts(inside, on=TODAY) == tuple(len(wanted[state]) for state in list(State)[1:])
    assert 0 < len(wanted[State.NEAR]) < len(invoices)


@pytest.mark.parametrize("due_on", [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)])
def test_the_list_knows_29_february(inside: Tenant, private: Customer, due_on: date) -> None:
    invoice = due(private, "1", due_on)
    for on in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)):
        passed, _, _ = lists.counts(inside, on=on)
        assert passed == int(limitations(inside, [invoice.pk], on=on)[invoice.pk].is_passed)


def test_pages_together_are_the_list(inside: Tenant, private: Customer) -> None:
    for number in range(7):
        due(private, str(number), date(2024, 6, 30) - timedelta(days=number // 3))
    found, token, pages = [], "", 0
    while pages == 0 or token:
        page = lists.page_of(inside, State.NEAR, on=TODAY, token=token, size=3)
        found += [row.invoice.pk for row in page.rows]
        token, pages = page.next_token, pages + 1
    assert (len(found), len(set(found)), pages) == (7, 7, 3)


def test_the_list_searches_and_shows_nothing_of_a_stranger(
    staff: Client, inside: Tenant, private: Customer, company: Customer, stranger_tenant: Tenant
) -> None:
    due(private, "2024-17", date(2024, 6, 30))
    due(company, "2021-99", date(2021, 6, 30))
    with tenant_context(stranger_tenant.pk):
        due(make_customer(stranger_tenant, "Geheim"), "2024-17", date(2024, 6, 30))
    with tenant_context(inside.pk):
        whole = staff.get(URL).content.decode()
        assert ("Jansen" in whole, "Smit Bouw" in whole, "Geheim" in whole) == (True, True, False)
        some = staff.get(f"{URL}?q=smit").content.decode()
        assert ("Jansen" in some, "Smit Bouw" in some) == (False, True)
        assert "Niets gevonden" in staff.get(f"{URL}?q=niemand&stand=verjaard&na=onzin").content.decode()


def test_the_list_costs_the_same_with_one_and_with_three_rows(staff: Client, inside: Tenant, private: Customer) -> None:
    counted = []
    for number in ("1", "2", "3"):
        due(private, number, date(2024, 6, 30))
        staff.get(URL)
        with CaptureQueriesContext(connection) as queries:
            page = staff.get(URL)
        counted.append(len(queries))
        assert page.content.decode().count("Waarom die dag?") == int(number)
        assert faults(page.content) == []
    assert len(set(counted)) == 1


# --- the screens ---------------------------------------------------------------------------------------------------------


def test_an_interruption_is_established_on_the_screen(staff: Client, inside: Tenant, private: Customer) -> None:
    invoice = due(private, "1", date(2025, 6, 30))
    url = f"{URL}{invoice.pk}/stuiting/"
    form = {"kind": "demand", "received_on": "2026-10-01", "note": "aangetekend"}
    assert staff.get(url).status_code == 200
    for wrong in ({"received_on": "2026-12-01"}, {"received_on": "2020-01-01"}, {"note": ""}, {"kind": "onzin"}):
        answer = staff.post(url, form | wrong)
        assert answer.status_code == 422
        assert faults(answer.content) == []
    assert not inside.interruptions.exists()
    assert staff.post(url, form).status_code == 302
    assert inside.interruptions.get().received_on == date(2026, 10, 1)
    assert staff.post(url, form).status_code == 422  # it stands there already


def test_a_release_is_given_on_the_screen(staff: Client, inside: Tenant, private: Customer) -> None:
    invoice = due(private, "1", date(2024, 6, 30))
    url = f"{URL}{invoice.pk}/vrijgeven/"
    assert staff.post(url, {"why": ""}).status_code == 422
    assert staff.post(url, {"why": "erkend"}).status_code == 302
    page = staff.get(f"/t/korrel/facturen/{invoice.pk}/")
    assert "Vrijgegeven" in page.content.decode()
    assert faults(page.content) == []


def test_the_invoice_page_shows_the_day_and_why(staff: Client, inside: Tenant, private: Customer) -> None:
    install_starters(inside, now=NOW)
    invoice = due(private, "1", date(2025, 6, 30))
    letter(invoice, date(2026, 3, 1))
    page = re.sub(r"\s+", " ", staff.get(f"/t/korrel/facturen/{invoice.pk}/").content.decode())
    assert "01-03-2028" in page
    assert "Herinnering verstuurd" in page
    assert "art. 3:317 BW" in page


@pytest.mark.parametrize("name", ["stuiting", "vrijgeven"])
def test_a_viewer_may_look_but_not_decide(client: Client, viewer: User, tenant: Tenant, name: str) -> None:
    with tenant_context(tenant.pk):
        invoice = due(make_customer(tenant, "Jansen"), "1", date(2024, 6, 30))
    client.force_login(viewer)
    assert client.get(URL).status_code == 200
    assert client.post(f"{URL}{invoice.pk}/{name}/", {}).status_code == 403
