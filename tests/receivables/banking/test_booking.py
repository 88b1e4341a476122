"""What becomes of a bank line: booked once, split, returned, set aside, undone; and what the ledger says after each."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from receivables.actions import bank_booking
from receivables.actions.bank_booking import BankLineError, Ground, Share, book_receipt, book_return, set_aside, undo
from receivables.actions.payments import Receipt
from receivables.domain.money import Money
from receivables.ledger_check import check
from receivables.models import BankBooking, BankLine, Customer, Invoice
from receivables.models.banking import BookingKind, LineState
from receivables.models.ledger import PaymentChannel
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.receivables.banking.rows import THEIRS, make_line
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, open_of


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[None]:
    with tenant_context(tenant.pk):
        yield
        assert check(tenant, now=NOW).breaches == []


def share(customer: Customer, amount: str, *invoices: Invoice) -> Share:
    return Share(customer.pk, Money.of(amount), tuple(invoice.pk for invoice in invoices))


def book(tenant: Tenant, line: BankLine, *shares: Share, by: User | None = None) -> None:
    book_receipt(tenant, line, shares, ground=Ground(by=by, score=97, why=("omdat",)), on=TODAY, now=NOW)


def state(line: BankLine) -> LineState:
    line.refresh_from_db()
    return LineState(line.state)


def test_a_receipt_pays_what_the_payer_named(tenant: Tenant, inside: None) -> None:
    customer = make_customer(tenant)
    old, young = make_invoice(customer, "F1", "100.00", age=60), make_invoice(customer, "F2", "50.00", age=40)
    line = make_line(tenant, "50.00", "F2")
    book(tenant, line, share(customer, "50.00", young))
    assert open_of(old, young) == ["100.00", "0.00"]
    assert state(line) is LineState.BOOKED
    payment = tenant.payments.get()
    assert (payment.channel, payment.received_on, payment.counterparty_iban) == (PaymentChannel.BANK, TODAY, THEIRS)
    booking = line.bookings.get()
    assert (booking.payment, booking.is_automatic, booking.score, booking.why) == (payment, True, 97, ["omdat"])


def test_what_is_left_over_stays_a_credit(tenant: Tenant, inside: None) -> None:
    customer = make_customer(tenant)
    invoice = make_invoice(customer, "F1", "100.00")
    book(tenant, make_line(tenant, "130.00"), share(customer, "130.00", invoice))
    assert (open_of(invoice), tenant.payments.get().unallocated) == (["0.00"], Decimal("30.00"))


def test_a_receipt_may_be_of_several_customers(tenant: Tenant, inside: None) -> None:
    one, other = make_customer(tenant), make_customer(tenant, "De Vries")
    first, second = make_invoice(one, "F1", "100.00"), make_invoice(other, "F2", "60.00")
    line = make_line(tenant, "150.00")
    book(tenant, line, share(one, "100.00", first), share(other, "50.00", second))
    assert open_of(first, second) == ["0.00", "10.00"]
    assert sorted(line.bookings.values_list("part", "amount")) == [(0, Decimal("100.00")), (1, Decimal("50.00"))]


@pytest.mark.parametrize("parts", [["100.00"], ["100.00", "60.00"], ["160.00", "-10.00"], ["150.00", "0.00"], []])
def test_parts_that_are_not_the_whole_are_refused(tenant: Tenant, inside: None, parts: list[str]) -> None:
    customer = make_customer(tenant)
    make_invoice(customer, "F1", "500.00")
    line = make_line(tenant, "150.00")
    with pytest.raises(BankLineError):
        book(tenant, line, *(share(customer, part) for part in parts))
    assert (state(line), tenant.payments.count()) == (LineState.OPEN, 0)


def test_a_credit_note_that_was_taken_off_is_set_off_first(tenant: Tenant, inside: None) -> None:
    customer = make_customer(tenant)
    bill, note = make_invoice(customer, "F1", "100.00"), make_invoice(customer, "C1", "-30.00", age=20)
    book(tenant, make_line(tenant, "70.00"), share(customer, "70.00", bill, note))
    assert open_of(bill, note) == ["0.00", "0.00"]
    assert tenant.payments.get().unallocated == 0


@pytest.mark.parametrize(
    "already", [LineState.BOOKED, LineState.HELD, LineState.CLEARED, LineState.SET_ASIDE, LineState.OUTGOING]
)
def test_only_an_open_line_is_booked(tenant: Tenant, inside: None, already: LineState) -> None:
    customer = make_customer(tenant)
    line = make_line(tenant, "50.00", state=already)
    with pytest.raises(BankLineError, match="al afgehandeld"):
        book(tenant, line, share(customer, "50.00"))
    assert tenant.payments.count() == 0


def test_dollars_are_not_booked_as_euros(tenant: Tenant, inside: None) -> None:
    customer = make_customer(tenant)
    invoice = make_invoice(customer, "F1", "50.00")
    with pytest.raises(BankLineError, match="USD"):
        book(tenant, make_line(tenant, "50.00", currency="USD"), share(customer, "50.00", invoice))
    assert open_of(invoice) == ["50.00"]


def test_undoing_asks_the_money_again_and_forgets_what_it_taught(
    tenant: Tenant, bookkeeper: User, inside: None
) -> None:
    wrong, right = make_customer(tenant), make_customer(tenant, "De Vries")
    first, second = make_invoice(wrong, "F1", "50.00"), make_invoice(right, "F2", "50.00")
    line = make_line(tenant, "50.00")
    book(tenant, line, share(wrong, "50.00", first))
    assert tenant.known_ibans.filter(customer=wrong, forgotten_at=None).exists()
    undo(tenant, line, why="Van de buurman", by=bookkeeper, now=NOW)
    assert (open_of(first, second), state(line)) == (["50.00", "50.00"], LineState.OPEN)
    assert not tenant.known_ibans.filter(forgotten_at=None).exists()
    book(tenant, line, share(right, "50.00", second), by=bookkeeper)
    assert open_of(first, second) == ["50.00", "0.00"]
    rows = line.bookings.order_by("at", "round").values_list("round", "customer", "is_automatic", "undone_why")
    assert list(rows) == [(0, wrong.pk, True, "Van de buurman"), (1, right.pk, False, "")]


def test_a_debit_gives_a_payment_back_once(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    customer = make_customer(tenant)
    invoice = make_invoice(customer, "F1", "50.00")
    book(tenant, make_line(tenant, "50.00"), share(customer, "50.00", invoice))
    debit = make_line(tenant, "-50.00", "Storno")
    booking = book_return(tenant, debit, tenant.payments.get(), why="Storno", by=bookkeeper, now=NOW)
    assert (open_of(invoice), state(debit), booking.kind) == (["50.00"], LineState.BOOKED, BookingKind.RETURN)
    with pytest.raises(BankLineError):
        book_return(tenant, debit, tenant.payments.get(), why="Storno", by=bookkeeper, now=NOW)
    with pytest.raises(BankLineError, match=r"nog 0\.00 terug"):
        book_return(tenant, make_line(tenant, "-1.00"), tenant.payments.get(), why="Nog eens", by=bookkeeper, now=NOW)


def test_what_is_no_receipt_is_set_aside_and_can_come_back(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    line = make_line(tenant, "312.00", "Teruggaaf omzetbelasting", name="Belastingdienst")
    set_aside(tenant, line, why="Belasting", by=bookkeeper, now=NOW)
    assert (state(line), tenant.payments.count()) == (LineState.SET_ASIDE, 0)
    undo(tenant, line, why="Toch niet", by=bookkeeper, now=NOW)
    assert state(line) is LineState.OPEN


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_twenty_at_once_book_a_line_once(tenant: Tenant, is_guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the line's lock, what each of them read before the others wrote lets them all book it."""
    with tenant_context(tenant.pk):
        customer = make_customer(tenant)
        invoice = make_invoice(customer, "F1", "1000.00")
        line = make_line(tenant, "50.00")
    if not is_guarded:
        _take_the_guards_off(monkeypatch)
    together = Barrier(20)

    def attempt(_number: int) -> bool:
        try:
            together.wait(timeout=30)
            with tenant_context(tenant.pk):
                book(tenant, line, share(customer, "50.00", invoice))
        except BankLineError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        booked = sum(pool.map(attempt, range(20)))
    with tenant_context(tenant.pk):
        assert tenant.payments.count() == booked
    assert (booked == 1) is is_guarded


def _take_the_guards_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lock, and every booking under a key of its own: what a careless program would do."""
    monkeypatch.setattr(bank_booking, "_take", lambda tenant, line, allowed: line)
    counter = iter(range(1000))
    monkeypatch.setattr(
        bank_booking, "Receipt", lambda **fields: Receipt(**{**fields, "source_key": f"careless:{next(counter)}"})
    )
    monkeypatch.setattr(BankBooking.across_tenants, "create", lambda **fields: None)
