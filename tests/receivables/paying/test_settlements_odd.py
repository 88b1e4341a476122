"""Payouts that do not fit what we booked: more charged back than was left, or a person who chose the wrong line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from receivables.actions.bank_booking import book_return
from receivables.domain.money import Money
from receivables.ledger_check import check
from receivables.paying import settlement_sync, settlements
from receivables.paying.psp import Payout, PayoutPart, SettlementReader
from tenants.context import tenant_context
from tenants.models import User
from tests.receivables.banking.rows import make_line
from tests.receivables.paying.desk import again, control, paid_payment, provider, reader, settle
from tests.receivables.paying.rows import NOW, now
from tests.receivables.paying.test_settlements import bank_line, pay_out, recognised, stored, sync
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("by_bank", [True, False])
def test_a_chargeback_of_more_than_was_left_leaves_the_books_whole(
    world: World, bookkeeper: User, by_bank: bool
) -> None:
    """40 of 100 went back already; the bank of the debtor takes 100. The payout says so, and sending must not stop for it."""
    attempt = paid_payment(world, world.old)
    assert attempt.payment is not None
    if by_bank:
        with tenant_context(world.tenant.pk):
            line = make_line(world.tenant, "-40.00")
            book_return(world.tenant, line, attempt.payment, why="terug", by=bookkeeper, now=NOW)
    else:
        control(world, "refunds", payment=attempt.psp_id, amount="40.00")
        settle(world, attempt)
    paid_payment(world, world.young)
    control(world, f"payments/{attempt.psp_id}", outcome="charge_back")
    settle(world, attempt)
    payout = pay_out(world)
    sync(world)
    assert recognised(world, bank_line(world, payout["amount"]["value"], f"Settlement {payout['reference']} mollie"))
    assert "er was nog 60.00 over" in again(world, attempt).problem  # a person hears of it
    with tenant_context(world.tenant.pk):
        parts = world.tenant.psp_settlement_lines.filter(object_id__startswith="chb_").order_by("amount")
        assert [(part.amount, part.payment_return_id is None) for part in parts] == [
            (Decimal("-60.00"), False),
            (Decimal("-40.00"), True),
        ]
        assert check(world.tenant, now=NOW).breaches == []


class WithAShopSale:
    """The same payout holds a sale that did not go through us."""

    def __init__(self, real: SettlementReader) -> None:
        self._real = real

    def payouts(self, *, limit: int = 100) -> Iterator[Payout]:
        return self._real.payouts(limit=limit)

    def payout_parts(self, payout_id: str) -> Iterator[PayoutPart]:
        yield from self._real.payout_parts(payout_id)
        yield PayoutPart("tr_shop", Money.of("50.00"), "tr_shop")


def test_a_payout_tied_to_the_wrong_line_says_so_until_somebody_unties_it(world: World, bookkeeper: User) -> None:
    paid_payment(world, world.old)
    pay_out(world)
    settlement_sync.sync_from_payments(world.tenant, provider(world), now=now() + timedelta(days=2))
    found, line = stored(world), bank_line(world, "90.00", "mollie")
    with tenant_context(world.tenant.pk):
        assert settlements.clear(world.tenant, found, line, now=now(), by=bookkeeper)
    told = WithAShopSale(reader(world))
    for _ in range(2):
        settlement_sync.sync(world.tenant, told, now=now())
        assert "gekoppeld is een bankregel van 90.00: maak die los" in stored(world).problem
    with tenant_context(world.tenant.pk):
        settlements.release(world.tenant, stored(world), why="andere regel", by=bookkeeper, now=now())
    settlement_sync.sync(world.tenant, told, now=now())
    known = stored(world)
    assert (known.bank_line_id, known.reference != "", known.amount) == (None, True, Decimal("99.65"))
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_settlement_lines.count() == 2
