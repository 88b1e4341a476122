"""Holds, calls and ladders on screen."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dunning.models.holds import HoldLevel
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.dunning.planning.world import Books

NOON = "2026-11-23T12:00:00+01:00"
STEPS = {
    "interest": "off",
    "costs": "off",
    "stap-TOTAL_FORMS": "3",
    "stap-INITIAL_FORMS": "0",
    "stap-MIN_NUM_FORMS": "0",
    "stap-MAX_NUM_FORMS": "15",
    "stap-0-kind": "reminder",
    "stap-0-days": "5",
    "stap-0-anchor": "due_date",
    "stap-0-term_days": "7",
    "stap-0-channel": "email_print",
    "stap-0-ORDER": "1",
    "stap-1-kind": "demand",
    "stap-1-days": "12",
    "stap-1-anchor": "previous_step",
    "stap-1-term_days": "10",
    "stap-1-channel": "email",
    "stap-1-ORDER": "2",
    "stap-2-kind": "",
}


@pytest.fixture
def books(tenant: Tenant) -> Books:
    books = Books(tenant)
    books.invoice(books.customer("Anna", number="10", phone="0301234567"), "F-1", due="2026-11-10")
    return books


@pytest.fixture
def screen(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def _url(name: str, *args: object) -> str:
    return reverse(f"dunning:{name}", args=["korrel", *args])


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("where", "level"),
    [
        ({}, HoldLevel.TENANT),
        ({"customer": "10"}, HoldLevel.CUSTOMER),
        ({"customer": "anna"}, HoldLevel.CUSTOMER),
        ({"invoice": "f-1"}, HoldLevel.INVOICE),
        ({"invoice": "F-1", "only_formal": "on"}, HoldLevel.FILE),
    ],
)
def test_a_hold_lies_where_the_form_says(screen: Client, books: Books, where: dict[str, str], level: HoldLevel) -> None:
    answer = screen.post(_url("holds"), {**where, "reason": "question", "until_on": "2026-12-01"})

    assert answer.status_code == 302
    with tenant_context(books.tenant.pk):
        hold = books.tenant.holds.get()
        assert hold.level == level
        page = screen.get(_url("holds")).content.decode()
        assert "01-12-2026" in page
        assert faults(page) == []
        screen.post(_url("hold_extend", hold.pk), {"tot": "2026-12-10"})
        hold.refresh_from_db()
        assert f"{hold.until_on}" == "2026-12-10"
        screen.post(_url("hold_end", hold.pk))
        hold.refresh_from_db()
        assert hold.ended_at is not None


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"customer": "niemand"}, "Klant niemand is niet gevonden."),
        ({"invoice": "X-9"}, "Factuur X-9 is niet gevonden."),
        ({"only_formal": "on"}, "Noem de factuur"),
        ({"customer": "10", "until_on": "2026-11-01"}, "ligt niet in het verleden"),
        ({"customer": "10", "reason": "promise"}, "Een betaaltoezegging heeft een dag"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused(
    screen: Client, books: Books, asked: dict[str, str], answer: str
) -> None:
    page = screen.post(_url("holds"), {"reason": "question", **asked})

    assert page.status_code == 422
    assert answer in page.content.decode()
    with tenant_context(books.tenant.pk):
        assert books.tenant.holds.count() == 0


@time_machine.travel(NOON, tick=False)
def test_a_ladder_is_published_as_a_new_version(screen: Client, books: Books) -> None:
    with tenant_context(books.tenant.pk):
        policy = books.tenant.policies.get(is_default=True)
    form = screen.get(_url("policy", policy.pk)).content.decode()
    answer = screen.post(_url("policy", policy.pk), {"name": "Eigen", "min_amount": "10", "min_gap_days": "4", **STEPS})
    page = screen.get(_url("policies")).content.decode()

    assert answer.status_code == 302, answer.content.decode()
    assert faults(form) == []
    assert faults(page) == []
    with tenant_context(books.tenant.pk):
        newest = policy.versions.order_by("-number")[0]
        assert newest.number == 2
        assert [step.key for step in newest.steps.order_by("position")] == ["herinnering", "aanmaning"]
        assert policy.versions.order_by("number")[0].steps.count() == 6


@time_machine.travel(NOON, tick=False)
def test_an_unsound_ladder_is_refused_in_dutch(screen: Client, books: Books) -> None:
    wrong = {**STEPS, "stap-0-ORDER": "2", "stap-1-ORDER": "1"}
    page = screen.post(_url("policy_new"), {"name": "Om", "min_amount": "0", "min_gap_days": "4", **wrong})

    assert page.status_code == 422
    assert "een lichtere stap komt vóór een zwaardere" in page.content.decode()
    with tenant_context(books.tenant.pk):
        assert not books.tenant.policies.filter(name="Om").exists()


@time_machine.travel(NOON, tick=False)
def test_a_name_in_use_is_refused(screen: Client, books: Books) -> None:
    page = screen.post(_url("policy_new"), {"name": "Mild", "min_amount": "0", "min_gap_days": "4", **STEPS})

    assert page.status_code == 422
    assert "al in gebruik" in page.content.decode()


@time_machine.travel("2026-11-30T12:00:00+01:00", tick=False)
def test_a_call_is_made_and_its_promise_holds_the_invoice(screen: Client, books: Books) -> None:
    books.week("2026-11-13")
    books.week("2026-11-23")
    books.week("2026-11-27")
    with tenant_context(books.tenant.pk):
        task = books.tenant.call_tasks.get()
    listed = screen.get(_url("calls")).content.decode()
    page = screen.get(_url("call", task.pk)).content.decode()
    answer = screen.post(_url("call", task.pk), {"outcome": "will_pay", "promised_on": "2026-12-04", "note": "belooft"})

    assert "0301234567" in listed
    assert faults(listed) == []
    assert faults(page) == []
    assert answer.status_code == 302
    with tenant_context(books.tenant.pk):
        task.refresh_from_db()
        assert task.outcome == "will_pay"
        assert f"{books.tenant.promises.get().pay_on}" == "2026-12-04"
    assert screen.post(_url("call", task.pk), {"outcome": "reached"}).status_code == 302


@time_machine.travel(NOON, tick=False)
def test_a_segment_and_a_customer_choose_their_ladder(screen: Client, books: Books) -> None:
    screen.post(_url("segment_add"), {"naam": "Vaste relaties"})
    with tenant_context(books.tenant.pk):
        mild, streng = books.tenant.policies.get(name="Mild"), books.tenant.policies.get(name="Streng")
        segment, customer = books.tenant.segments.get(), books.tenant.customers.get()
    screen.post(_url("policy_choose"), {"segment": str(segment.pk), "ladder": str(mild.pk)})
    screen.post(_url("policy_choose"), {"klant": str(customer.pk), "ladder": str(streng.pk)})
    page = screen.get(_url("policies")).content.decode()
    of_customer = screen.get(_url("customer", customer.pk)).content.decode()

    assert faults(page) == []
    assert f'<option value="{mild.pk}" selected>' in page
    assert f'<option value="{streng.pk}" selected>' in of_customer
    with tenant_context(books.tenant.pk):
        assert books.tenant.policy_choices.count() == 2
    screen.post(_url("policy_choose"), {"klant": str(customer.pk), "ladder": ""})
    with tenant_context(books.tenant.pk):
        assert books.tenant.policy_choices.get().segment_id == segment.pk
    assert screen.post(_url("policy_choose"), {"klant": "x"}).status_code == 404
