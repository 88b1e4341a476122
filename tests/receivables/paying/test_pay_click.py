"""From the click to the bank and back, with every way the PSP's answer can get lost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from receivables.paying import links
from tenants.context import tenant_context
from tests.receivables.paying.rows import make_customer, make_invoice, now
from tests.receivables.paying.world import World, run, unchanged

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_click_makes_the_payment_at_the_psp_and_leads_there(world: World) -> None:
    response = world.click(world.old, world.young)
    attempt = world.attempt()
    assert (response.status_code, response["Location"]) == (303, attempt.checkout_url)
    assert (attempt.amount, attempt.status, attempt.is_test) == (Decimal("150.00"), "open", True)
    with tenant_context(world.tenant.pk):
        assert {line.invoice_id for line in attempt.lines.all()} == {world.old.pk, world.young.pk}


def test_no_transaction_is_open_while_the_psp_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from receivables.paying import mollie  # noqa: PLC0415 # only here

    seen: list[tuple[bool, int]] = []
    create = mollie.MollieProvider.create

    def watching(self: Any, order: Any) -> Any:
        seen.append((connection.in_atomic_block, len(world.attempts())))
        return create(self, order)

    monkeypatch.setattr(mollie.MollieProvider, "create", watching)
    world.click(world.old)
    assert seen == [(False, 1)]  # and our row was there first


def test_the_amount_comes_from_the_ledger_not_from_the_form(world: World) -> None:
    world.click(world.old, amount="0.01", total="0.01")
    assert world.attempt().amount == Decimal("100.00")


def test_paid_is_booked_on_the_chosen_invoice_and_ends_the_claim(world: World) -> None:
    world.click(world.young)
    world.at_bank("paid")
    assert world.settle() == "paid"
    assert world.open_amounts() == ["100.00", "0.00"]
    assert world.payments() == [Decimal("50.00")]
    with tenant_context(world.tenant.pk):
        assert world.attempt().payment_id == world.tenant.payments.get().pk
        assert world.tenant.events.filter(verb="payment.booked", customer_id=world.customer.pk).count() == 1


@pytest.mark.parametrize("outcome", ["canceled", "expired", "failed"])
def test_what_was_not_paid_books_nothing_and_can_be_tried_again(world: World, outcome: str) -> None:
    world.click(world.old)
    world.at_bank(outcome)
    assert world.settle() == outcome
    assert world.open_amounts() == ["100.00", "50.00"]
    page = world.get(f"/terug/{world.attempt().pk}").content.decode()
    assert "De betaling is niet gelukt" in page
    world.click(world.old)
    assert len(world.attempts()) == 2


def test_the_return_page_shows_the_fetched_state_and_asks_the_worker_to_book(
    world: World, queue: list[tuple[int, str]]
) -> None:
    world.click(world.old)
    world.at_bank("paid")
    with unchanged(world):
        page = world.get(f"/terug/{world.attempt().pk}").content.decode()
    assert "Gelukt, bedankt" in page
    run(queue)
    assert world.open_amounts() == ["0.00", "50.00"]


def test_the_return_page_waits_without_script(world: World) -> None:
    world.click(world.old)
    page = world.get(f"/terug/{world.attempt().pk}").content.decode()
    assert "We wachten op uw bank" in page
    assert f"/terug/{world.attempt().pk}" in page  # the link to look again


def test_the_return_page_survives_an_unreachable_psp(world: World, settings: Settings) -> None:
    world.click(world.old)
    settings.PSP_URL = "http://127.0.0.1:9"
    assert "We wachten op uw bank" in world.get(f"/terug/{world.attempt().pk}").content.decode()


def test_the_return_page_of_a_stranger_is_unknown(world: World) -> None:
    assert world.get(f"/terug/{uuid4()}").status_code == 404


def test_the_psp_never_learns_the_token(world: World) -> None:
    world.click(world.old)
    token = world.path.removeprefix("/b/").removeprefix(world.tenant.code)
    told = world.emulator.store.get(world.attempt().psp_id)
    assert token not in str(told)


def test_the_browser_that_clicked_comes_back_to_its_page(world: World) -> None:
    world.click(world.old)
    back = world.client.get(f"/betaald/{world.tenant.code}/{world.attempt().pk}")
    assert (back.status_code, back["Location"]) == (303, f"{world.door}/terug/{world.attempt().pk}")
    assert "httponly" in str(world.client.cookies["betaallink"]).lower()


def test_another_browser_hears_how_it_ended_and_nothing_else(world: World) -> None:
    world.click(world.old)
    world.at_bank("paid")
    page = Client().get(f"/betaald/{world.tenant.code}/{world.attempt().pk}").content.decode()
    assert "Gelukt, bedankt" in page
    for secret in ("Jansen", "2026-1", world.path.removeprefix("/b/")):
        assert secret not in page


def test_a_cookie_of_another_link_opens_nothing(world: World) -> None:
    world.click(world.old)
    with tenant_context(world.tenant.pk):
        other = links.pay_url(world.tenant, make_customer(world.tenant, "Buurman"), now=now())
    client = Client()
    client.cookies["betaallink"] = other.rpartition("/")[2]
    assert client.get(f"/betaald/{world.tenant.code}/{world.attempt().pk}").status_code == 200
    assert client.get(f"/betaald/{world.tenant.code}/{uuid4()}").status_code == 404
    assert client.get(f"/betaald/nobody/{world.attempt().pk}").status_code == 404


def test_a_second_click_takes_up_the_same_payment(world: World) -> None:
    first, second = world.click(world.old), world.click(world.old)
    assert first["Location"] == second["Location"]
    assert len(world.emulator.store.rows("payment")) == 1


def test_a_click_after_cancelling_does_not_lead_back_to_the_dead_checkout(world: World) -> None:
    """The worker was too late to book the cancellation; the click finds it out itself."""
    first = world.click(world.old)
    world.at_bank("canceled")
    second = world.click(world.old)
    assert first["Location"] != second["Location"]
    assert [attempt.status for attempt in world.attempts()] == ["canceled", "open"]


def test_a_click_after_paying_shows_that_it_is_paid(world: World) -> None:
    world.click(world.old)
    world.at_bank("paid")
    assert world.click(world.old)["Location"] == f"{world.door}/terug/{world.attempt().pk}"
    assert world.open_amounts() == ["0.00", "50.00"]


def test_another_choice_is_another_payment(world: World) -> None:
    world.click(world.old)
    world.click(world.old, world.young)
    assert [str(attempt.amount) for attempt in world.attempts()] == ["100.00", "150.00"]


def test_an_invoice_paid_twice_leaves_a_visible_credit(world: World) -> None:
    """Two tabs, two payments: the second is money all the same, and never dropped."""
    world.click(world.old, world.young)
    world.click(world.old)
    both = world.attempts()
    for attempt in both:
        httpx.post(attempt.checkout_url, data={"outcome": "paid"})
        world.settle(attempt)
    assert world.open_amounts() == ["0.00", "0.00"]
    with tenant_context(world.tenant.pk):
        assert sum(payment.unallocated for payment in world.tenant.payments.all()) == Decimal("100.00")
    assert "tegoed" in world.get().content.decode()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("fault", ["timeout_after", "reset_after", "error_after", "garbage"])
def test_a_lost_answer_makes_no_second_payment(world: World, fault: str) -> None:
    world.emulator.faults.set({"next": [["create", fault]], "timeout_seconds": 2, "webhooks_lost": True})
    response = world.click(world.old)
    assert response.status_code == 503
    assert "geen antwoord" in response.content.decode()
    assert world.attempt().status == "unknown"
    assert world.click(world.old).status_code == 303
    if fault != "error_after":  # the emulator forgets a key that ended in its own 5xx, as we must assume of any PSP
        assert len(world.emulator.store.rows("payment")) == 1
    assert len(world.attempts()) == 1


def test_an_unreachable_psp_is_said_plainly(world: World, settings: Settings) -> None:
    settings.PSP_URL = "http://127.0.0.1:9"
    response = world.click(world.old)
    assert (response.status_code, "geen antwoord" in response.content.decode()) == (503, True)


def test_too_much_for_ideal_is_said_plainly(world: World) -> None:
    with tenant_context(world.tenant.pk):
        big = make_invoice(world.customer, "2026-9", "60000.00")
    response = world.click(big)
    assert (response.status_code, "te hoog" in response.content.decode()) == (422, True)
    assert world.attempt().status == "failed"


def test_endless_clicking_is_stopped(world: World) -> None:
    for _ in range(20):
        world.click(world.old)
        world.at_bank("canceled")
        world.settle()
    assert world.click(world.old).status_code == 429
    assert len(world.attempts()) == 20


@pytest.mark.usefixtures("hasty")
def test_a_payment_of_a_lost_answer_is_found_and_booked_by_the_poll(world: World) -> None:
    """The answer was lost, the debtor paid all the same (the bank's own app): metadata brings it home."""
    world.emulator.faults.set({"next": [["create", "timeout_after"]], "timeout_seconds": 2, "webhooks_lost": True})
    world.click(world.old)
    lost = world.emulator.store.rows("payment")[0]
    world.emulator.accounts.settle(lost["id"], "paid")
    assert world.settle() == "paid"
    assert world.open_amounts() == ["0.00", "50.00"]
    assert world.attempt().psp_id == lost["id"]


def test_an_attempt_the_psp_never_made_ends_by_itself(world: World, settings: Settings) -> None:
    settings.PSP_URL = "http://127.0.0.1:9"
    world.click(world.old)
    settings.PSP_URL = world.emulator.url
    assert world.settle() == "new"
    assert world.settle(after=timedelta(hours=2)) == "failed"
    assert world.attempt().next_poll_at is None
