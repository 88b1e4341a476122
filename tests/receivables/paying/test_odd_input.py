"""Input that nobody should have to expect gets an answer; and the day that the page names is never too early."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tenants.context import tenant_context
from tests.receivables.paying.rows import TODAY, make_invoice
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SOMETHING = "01890000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("answer", ["\x00", "", " ", "-"])
def test_an_answer_without_a_sign_is_wrong(world: World, answer: str) -> None:
    assert world.post("/bekijken", {"antwoord": answer}).status_code == 422


@pytest.mark.parametrize("postcode", ["-", ".", "---"])
def test_a_postcode_without_a_sign_is_none(world: World, postcode: str) -> None:
    with tenant_context(world.tenant.pk):
        world.tenant.customers.update(postcode=postcode)
    assert "nummer" in world.get("/bekijken").content.decode()
    assert world.post("/bekijken", {"antwoord": ""}).status_code == 422
    world.pass_check()  # by the number of an invoice


@pytest.mark.parametrize("contact", ["", "Crediteuren@Klant.example"])
def test_without_a_postcode_an_address_we_mail_to_is_asked(world: World, contact: str) -> None:
    """Not the number of an invoice: that stands on the page that whoever has the link sees already."""
    with tenant_context(world.tenant.pk):
        world.tenant.customers.update(postcode="", email="" if contact else "jansen@klant.example")
        if contact:
            world.tenant.contacts.create(customer=world.customer, role="invoice", email=contact)
    assert "e-mailadres" in world.get("/bekijken").content.decode()
    for wrong in (world.old.number, "ander@klant.example", "@", "\x00"):
        assert world.post("/bekijken", {"antwoord": wrong}).status_code == 422
    right = (contact or "jansen@klant.example").upper()
    assert world.post("/bekijken", {"antwoord": f" {right} "}).status_code == 303


@pytest.mark.parametrize("code", ["%00", "%00abc", "a b", "%C3%A9", "korrel2%00", "x" * 200])
def test_a_code_that_cannot_be_one_is_unknown(world: World, code: str) -> None:
    assert Client().get(f"/betaald/{code}/{SOMETHING}").status_code == 404
    assert Client().post(f"/psp/{code}/webhook", {"id": "tr_x"}).status_code == 200


def test_a_letters_day_is_not_asked_for_what_may_be_paid_later(world: World) -> None:
    """The young invoice is due on 3 December; the letter was about the old one."""
    with tenant_context(world.tenant.pk):
        world.tenant.pay_links.update(pay_before_on=TODAY + timedelta(days=3))
    young = world.get(f"?factuur={world.young.pk}").content.decode()
    assert ("26\xa0november" in young, "3\xa0december" in young) == (False, True)
    assert "26\xa0november" in world.get(f"?factuur={world.old.pk}").content.decode()  # the control
    assert "26\xa0november" in world.get(f"?factuur={world.old.pk}&factuur={world.young.pk}").content.decode()


def test_of_what_is_not_due_the_earliest_day_is_named(world: World) -> None:
    with tenant_context(world.tenant.pk):
        world.tenant.pay_links.update(pay_before_on=TODAY + timedelta(days=3))
        later = make_invoice(world.customer, "2026-3", "10.00", age=1)
    page = world.get(f"?factuur={later.pk}&factuur={world.young.pk}").content.decode()
    said = re.search(r'class="pay-when".*?<span>([^<]*)</span>', page, re.DOTALL)
    assert said is not None
    assert "3\xa0december" in said[1]
