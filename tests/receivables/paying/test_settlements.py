"""The PSP's payout on the bank: recognised and cleared, so that money a debtor paid once counts once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from receivables.actions.payments import Receipt, record_payment
from receivables.domain.money import Money
from receivables.models import BankLine, PspSettlement
from receivables.models.banking import BookingKind, LineState
from receivables.models.ledger import PaymentChannel
from receivables.paying import settlement_sync, settlements
from receivables.paying.accounts import account_of, connect_settlements
from receivables.selectors.settlements import at_psp, unsettled
from tenants.context import tenant_context
from tenants.models import User
from tests.receivables.paying.conftest import API_KEY
from tests.receivables.paying.desk import TOKEN, again, control, open_payment, paid_payment, provider, reader, settle
from tests.receivables.paying.rows import NOW, TODAY, now
from tests.receivables.paying.world import World

pytestmark = pytest.mark.django_db(transaction=True)

MOLLIE = {"counterparty_name": "Stichting Mollie Payments", "counterparty_iban": "NL13TEST0123456789"}


def pay_out(world: World) -> dict[str, Any]:
    settlement: dict[str, Any] = control(world, "settlements", account=API_KEY)
    return settlement


def sync(world: World) -> int:
    return settlement_sync.sync(world.tenant, reader(world), now=now())


def bank_line(world: World, amount: str, text: str = "", **fields: Any) -> BankLine:
    tenant = world.tenant
    with tenant_context(tenant.pk):
        account, _ = tenant.bank_accounts.get_or_create(number="NL13TEST0000000001", defaults={"created_at": NOW})
        kept = {"booked_on": TODAY, "created_at": NOW} | MOLLIE | fields
        return tenant.bank_lines.create(account=account, amount=Decimal(amount), text=text, **kept)


def stored(world: World) -> PspSettlement:
    with tenant_context(world.tenant.pk):
        return world.tenant.psp_settlements.get()


def state_of(world: World, line: BankLine) -> str:
    with tenant_context(world.tenant.pk):
        return world.tenant.bank_lines.get(pk=line.pk).state


def recognised(world: World, line: BankLine) -> bool:
    """What the matching of bank lines does with a line of the PSP."""
    with tenant_context(world.tenant.pk):
        found = settlements.recognise(world.tenant, line)
        return found is not None and settlements.clear(world.tenant, found, line, now=now())


def test_a_payout_is_stored_with_its_parts_and_adds_up(world: World) -> None:
    attempt = paid_payment(world, world.old, world.young)
    control(world, "refunds", payment=attempt.psp_id, amount="30.00")
    settle(world, attempt)
    pay_out(world)
    assert sync(world) == 1
    found = stored(world)
    with tenant_context(world.tenant.pk):
        parts = list(found.lines.order_by("-amount"))
        assert [part.amount for part in parts] == [Decimal("150.00"), Decimal("-30.00")]
        assert [part.payment_id for part in parts] == [attempt.payment_id, None]
        assert parts[1].payment_return_id == world.tenant.payment_returns.get().pk
    assert (found.amount, found.fees, found.problem) == (Decimal("119.65"), Decimal("0.35"), "")


def test_a_second_look_stores_nothing_twice(world: World) -> None:
    paid_payment(world, world.old)
    pay_out(world)
    assert [sync(world), sync(world)] == [1, 0]
    with tenant_context(world.tenant.pk):
        assert world.tenant.psp_settlement_lines.count() == 1


def test_a_payment_by_link_and_its_payout_count_once(world: World) -> None:
    """The whole road: the debtor pays, the PSP pays out, the bank line comes in."""
    paid_payment(world, world.old)
    payout = pay_out(world)
    sync(world)
    line = bank_line(world, payout["amount"]["value"], f"Settlement {payout['reference']} mollie")
    assert recognised(world, line)
    assert world.payments() == [Decimal("100.00")]
    assert state_of(world, line) == LineState.CLEARED
    with tenant_context(world.tenant.pk):
        (booking,) = world.tenant.bank_bookings.all()
        assert (booking.kind, booking.amount, booking.is_automatic) == (BookingKind.SETTLEMENT, line.amount, True)
        assert world.tenant.events.filter(verb="psp_settlement.cleared").count() == 1
    assert stored(world).bank_line_id == line.pk


def test_booked_as_a_receipt_the_same_money_counts_twice(world: World) -> None:
    """The negative control: without recognition the line is a receipt like any other."""
    paid_payment(world, world.old)
    payout = pay_out(world)
    line = bank_line(world, payout["amount"]["value"], "factuur 2026-2")
    receipt = Receipt(
        amount=Money.of(line.amount),
        received_on=TODAY,
        channel=PaymentChannel.BANK,
        source_key=f"bank:{line.pk}:0:0",
    )
    with tenant_context(world.tenant.pk):
        record_payment(world.tenant, world.customer, receipt=receipt, now=now())
    assert sum(world.payments()) > Decimal("100.00")
    assert world.open_amounts() == ["0.00", "0.00"]  # an invoice nobody paid


def test_a_line_that_came_before_its_payout_is_cleared_later(world: World) -> None:
    paid_payment(world, world.old)
    payout = pay_out(world)
    line = bank_line(world, payout["amount"]["value"], payout["reference"])
    assert not recognised(world, line)
    sync(world)
    assert settlements.clear_waiting(world.tenant, now=now()) == 1
    assert state_of(world, line) == LineState.CLEARED


@pytest.mark.parametrize("text", ["ref {0}", "{0}", "SETTLEMENT REF{0} 13 NOV"])
def test_the_reference_is_found_in_the_text(world: World, text: str) -> None:
    paid_payment(world, world.old)
    payout = pay_out(world)
    sync(world)
    reference = payout["reference"]
    written = text.format(reference).replace("REF", "REF ")
    assert recognised(world, bank_line(world, payout["amount"]["value"], written, counterparty_name="MOLLIE"))


def test_a_reference_the_bank_broke_is_found(world: World) -> None:
    paid_payment(world, world.old)
    payout = pay_out(world)
    sync(world)
    broken = f"uitbetaling {payout['reference'][:9]} {payout['reference'][9:]}"
    assert recognised(world, bank_line(world, payout["amount"]["value"], broken))


def test_without_a_reference_the_only_payout_of_this_amount_is_meant(world: World) -> None:
    paid_payment(world, world.old)
    payout = pay_out(world)
    sync(world)
    amount, on = payout["amount"]["value"], stored(world).settled_on
    assert on is not None
    assert not recognised(world, bank_line(world, amount, booked_on=on, counterparty_name="Jansen Interieur"))
    assert not recognised(world, bank_line(world, amount, booked_on=on + timedelta(days=30)))
    assert recognised(world, bank_line(world, amount, booked_on=on + timedelta(days=1)))


def test_two_payouts_of_one_amount_are_left_to_a_person(world: World) -> None:
    for number in (1, 2):
        with tenant_context(world.tenant.pk):
            world.tenant.psp_settlements.create(psp_id=f"stl_{number}", amount="10.00", created_at=NOW)
    assert not recognised(world, bank_line(world, "10.00"))


def test_another_amount_is_refused_and_shown(world: World) -> None:
    paid_payment(world, world.old)
    payout = pay_out(world)
    sync(world)
    line = bank_line(world, "99.00", payout["reference"])
    assert not recognised(world, line)
    assert state_of(world, line) == LineState.OPEN
    assert stored(world).problem == "Op de bank kwam 99.00 EUR binnen, de betaaldienst meldt 99.65 EUR."


def test_a_line_is_cleared_once(world: World) -> None:
    paid_payment(world, world.old)
    payout = pay_out(world)
    sync(world)
    line = bank_line(world, payout["amount"]["value"], payout["reference"])
    twin = bank_line(world, payout["amount"]["value"], payout["reference"])
    assert [recognised(world, line), recognised(world, line), recognised(world, twin)] == [True, False, False]


def test_a_clearing_is_taken_back(world: World, bookkeeper: User) -> None:
    paid_payment(world, world.old)
    payout = pay_out(world)
    sync(world)
    line = bank_line(world, payout["amount"]["value"], payout["reference"])
    assert recognised(world, line)
    with tenant_context(world.tenant.pk):
        settlements.release(world.tenant, stored(world), why="andere", by=bookkeeper, now=now())
    assert state_of(world, line) == LineState.OPEN
    assert recognised(world, line)
    with tenant_context(world.tenant.pk):
        assert world.tenant.bank_bookings.filter(undone_at=None).count() == 1
        assert world.tenant.bank_bookings.count() == 2


@pytest.mark.parametrize(
    ("name", "text", "is_psp"),
    [
        ("Stichting Mollie Payments", "", True),
        ("STG MOLLIE PAYMENTS", "", True),
        ("Mollie B.V.", "", True),
        ("mollie", "", True),
        ("", "mollie 1182161.1506.02", True),
        ("Mollie de Vries", "factuur 2026-1", False),
        ("Hondentrimsalon Mollie's", "factuur 2026-1", False),
        ("Jansen Interieur", "betaald via mollie 1182161.1506.02", False),
        ("", "mollie factuur 2026-1", False),
    ],
)
def test_only_the_psp_is_the_psp(name: str, text: str, is_psp: bool) -> None:
    assert settlements.is_from_psp(BankLine(counterparty_name=name, text=text)) is is_psp


def test_a_chargeback_that_was_settled_and_reversed_comes_back_in_the_next_payout(world: World) -> None:
    attempt = paid_payment(world, world.old)
    chargeback = control(world, f"payments/{attempt.psp_id}", outcome="charge_back")
    settle(world, attempt)
    pay_out(world)
    sync(world)
    control(world, f"chargebacks/{chargeback['id']}")
    settle(world, attempt)
    pay_out(world)
    sync(world)
    with tenant_context(world.tenant.pk):
        line = world.tenant.psp_settlement_lines.get(object_id=f"{chargeback['id']}:reversed")
        assert line.amount == Decimal("100.00")
        assert line.payment == world.tenant.payments.get(source_key=f"mollie:{chargeback['id']}:reversed")
        assert list(world.tenant.psp_settlements.exclude(problem="")) == []


def test_a_payout_tells_of_a_payment_we_never_heard_about(world: World) -> None:
    """The webhook never came: the payout makes us look."""
    attempt = open_payment(world, world.old)
    control(world, f"payments/{attempt.psp_id}", outcome="paid")
    pay_out(world)
    sync(world)
    due = again(world, attempt).next_poll_at
    assert due is not None
    assert due <= now()
    settle(world, attempt)
    with tenant_context(world.tenant.pk):
        settlement_sync.link_parts(world.tenant, now=now())
        assert world.tenant.psp_settlement_lines.get().payment == world.tenant.payments.get()


def test_without_a_token_a_payout_is_known_in_part_and_a_person_confirms_it(world: World, bookkeeper: User) -> None:
    attempt = paid_payment(world, world.old)
    payout = pay_out(world)
    later = now() + timedelta(days=2)
    assert settlement_sync.sync_from_payments(world.tenant, provider(world), now=later) == 1
    found = stored(world)
    assert (found.psp_id, found.amount, found.reference) == (payout["id"], Decimal("100.00"), "")
    line = bank_line(world, payout["amount"]["value"])
    assert not recognised(world, line)
    with tenant_context(world.tenant.pk):
        assert settlements.clear(world.tenant, found, line, now=later, by=bookkeeper)
    found = stored(world)
    assert (found.amount, found.fees) == (Decimal("99.65"), Decimal("0.35"))
    assert attempt.payment_id


def test_what_is_not_paid_out_yet_is_shown(world: World) -> None:
    paid_payment(world, world.old)
    with tenant_context(world.tenant.pk):
        assert (unsettled(world.tenant).count(), at_psp(world.tenant).unsettled) == (1, Decimal("100.00"))
    pay_out(world)
    sync(world)
    with tenant_context(world.tenant.pk):
        sums = at_psp(world.tenant)
        assert unsettled(world.tenant).count() == 0
        assert [sums.unsettled, sums.on_its_way] == [Decimal(0), Decimal("99.65")]


def test_the_token_is_sealed(world: World) -> None:
    with tenant_context(world.tenant.pk):
        account = account_of(world.tenant)
        assert account is not None
        connect_settlements(world.tenant, account, TOKEN, now=now())
        account.refresh_from_db()
        assert TOKEN not in account.encrypted_settlement_token
        assert TOKEN not in str(list(world.tenant.events.values_list("details", flat=True)))
