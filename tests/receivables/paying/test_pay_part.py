"""Paying a part, another way of paying, and the receipt."""

from __future__ import annotations

from decimal import Decimal

import pytest

from receivables.domain.money import Money
from receivables.paying import methods, parts
from receivables.paying.texts import DUTCH
from tenants.context import tenant_context
from tests.accessibility import faults
from tests.receivables.paying.world import World, run, unchanged

pytestmark = pytest.mark.django_db(transaction=True)


def lines(world: World) -> dict[str, Decimal]:
    with tenant_context(world.tenant.pk):
        return dict(world.attempt().lines.values_list("invoice__number", "amount"))


def test_a_part_goes_to_the_oldest_invoice_first(world: World) -> None:
    world.click(world.old, world.young, bedrag="120,00")
    assert world.attempt().amount == Decimal("120.00")
    assert lines(world) == {"2026-1": Decimal("100.00"), "2026-2": Decimal("20.00")}
    world.at_bank("paid")
    world.settle()
    assert world.open_amounts() == ["0.00", "30.00"]


def test_a_part_that_one_invoice_takes_leaves_the_other_alone(world: World) -> None:
    world.click(world.old, world.young, bedrag="€ 60")
    assert lines(world) == {"2026-1": Decimal("60.00")}
    world.at_bank("paid")
    world.settle()
    assert world.open_amounts() == ["40.00", "50.00"]


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("4,99", "too_little"),
        ("0,01", "too_little"),
        ("150,01", "more_than_open"),
        ("99999999", "more_than_open"),
        ("-5", "bad_amount"),
        ("tien", "bad_amount"),
        ("5,001", "bad_amount"),
    ],
)
def test_an_amount_that_cannot_be_is_said_plainly(world: World, amount: str, sentence: str) -> None:
    answer = world.click(world.old, world.young, bedrag=amount)
    assert (answer.status_code, DUTCH[sentence] in answer.content.decode()) == (422, True)
    assert world.attempts() == []
    assert world.emulator.store.rows("payment") == []


def test_the_least_is_what_is_open_when_that_is_less(world: World) -> None:
    world.click(world.old, bedrag="97,00")
    world.at_bank("paid")
    world.settle()
    world.click(world.old, bedrag="3,00")
    assert str(world.attempts()[-1].amount) == "3.00"


def test_the_same_part_twice_is_one_payment_and_another_part_another(world: World) -> None:
    first, second = world.click(world.old, bedrag="10"), world.click(world.old, bedrag="10")
    assert first["Location"] == second["Location"]
    world.click(world.old, bedrag="11")
    assert [str(attempt.amount) for attempt in world.attempts()] == ["10.00", "11.00"]


def test_the_primary_button_asks_for_ideal_and_the_other_lets_the_psp_ask(world: World) -> None:
    page = world.get().content.decode()
    assert 'name="wijze" value="ideal"' in page
    assert 'name="wijze" value=""' in page
    world.click(world.old, wijze="ideal")
    world.click(world.old, wijze="")
    assert [attempt.method for attempt in world.attempts()] == ["ideal", ""]


def test_the_methods_of_the_account_are_offered_and_nothing_else(world: World) -> None:
    offered = [{"id": "ideal", "description": "iDEAL"}, {"id": "creditcard", "description": "Card"}, {"id": "<b>"}]
    with tenant_context(world.tenant.pk):
        world.tenant.psp_accounts.update(methods=offered)
        account = world.tenant.psp_accounts.get()
    page = world.get().content.decode()
    assert "Creditcard" in page
    assert "andere manier" not in page
    assert methods.known(account, "creditcard") == "creditcard"
    assert methods.known(account, "klarna") == ""
    account.methods = [{"id": "bancontact", "description": "Bancontact"}]
    assert methods.first(account) == "bancontact"


def test_the_receipt_says_for_what_and_what_is_left(world: World, queue: list[tuple[int, str]]) -> None:
    world.click(world.old, bedrag="60")
    world.at_bank("paid")
    with unchanged(world):
        before = world.get(f"/terug/{world.attempt().pk}")
    run(queue)
    after = world.get(f"/terug/{world.attempt().pk}")
    for page in (before, after):  # also before the worker booked it
        text = page.content.decode()
        assert faults(page.content) == []
        assert "Factuur 2026-1" in text
        assert "staat nog €\xa090,00 open" in text
        assert "geen herinnering meer" in text
    world.click(world.old, world.young)
    world.at_bank("paid")
    world.settle()
    text = world.get(f"/terug/{world.attempts()[-1].pk}").content.decode()
    assert "staat nu niets meer open" in text


def test_parts_always_add_up(world: World) -> None:
    from receivables.balance import balance_of_customer  # noqa: PLC0415 # only here
    from tests.receivables.paying.rows import TODAY  # noqa: PLC0415 # only here

    with tenant_context(world.tenant.pk):
        claims = balance_of_customer(world.tenant, world.customer, on=TODAY).claims
    for cents in range(1, 15001, 97):
        amount = Money.from_cents(cents)
        assert Money.total(parts.spread(amount, claims, on=TODAY).values()) == amount
