"""Discounts, and undoing what a person booked: whole, once, with a reason, and visible for ever."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from receivables.actions.ledger import DiscountError, grant_discount, reverse_entry, write_off
from receivables.actions.returns import return_payment
from receivables.actions.undoing import CannotUndoError, bookings_to_undo, reverse_booking
from receivables.domain.money import Money
from receivables.ledger_check import look
from receivables.models import Customer, Invoice, LedgerEntry
from receivables.models.ledger import PaymentChannel
from tenants.models import Event, Tenant, User
from tests.receivables.ledger.world import pay
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, open_of


@pytest.fixture
def customer(inside: Tenant) -> Customer:
    return make_customer(inside)


@pytest.fixture
def invoice(customer: Customer) -> Invoice:
    return make_invoice(customer, "2026-1", "100.00")


def discount(invoice: Invoice, amount: str, by: User | None = None) -> Money:
    return grant_discount(
        invoice.tenant, invoice, amount=Money.of(amount), why="om ervan af te zijn", on=TODAY, now=NOW, by=by
    )


def undo(entry: LedgerEntry, by: User | None = None) -> Money:
    return reverse_booking(entry.tenant, entry, why="toch niet", on=TODAY, now=NOW, by=by)


def with_claims(invoice: Invoice) -> Invoice:
    """Interest 2.00, costs 40.00 and VAT 8.40 on top."""
    for component, amount in (("interest", "2.00"), ("costs", "40.00"), ("costs_vat", "8.40")):
        invoice.tenant.ledger.create(
            invoice=invoice,
            kind="interest" if component == "interest" else "costs",
            component=component,
            amount=amount,
            booked_on=TODAY,
            source_key=f"claim:{component}",
            created_at=NOW,
        )
    invoice.refresh_from_db()
    return invoice


def by_component(invoice: Invoice) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for entry in invoice.entries.all():
        sums[entry.component] = sums.get(entry.component, Money.zero()) + Money.of(entry.amount)
    return sums


# discounts ---------------------------------------------------------------------------------------------------------
def test_a_discount_lowers_the_principal_alone(invoice: Invoice, bookkeeper: User) -> None:
    with_claims(invoice)
    discount(invoice, "100.00", bookkeeper)
    assert by_component(invoice)["principal"] == Money.zero()
    assert open_of(invoice) == ["50.40"]
    event = Event.across_tenants.get(tenant=invoice.tenant, verb="invoice.discounted")
    assert (event.by, event.details["amount"], event.details["why"]) == (bookkeeper, "100.00", "om ervan af te zijn")


@pytest.mark.parametrize("amount", ["100.01", "0.00", "-5.00"])
def test_a_discount_is_never_more_than_the_principal_nor_nothing(invoice: Invoice, amount: str) -> None:
    with_claims(invoice)
    with pytest.raises(DiscountError, match=r"hoogstens 100\.00"):
        discount(invoice, amount)
    assert open_of(invoice) == ["150.40"]


def test_there_is_no_discount_on_a_credit_note_or_on_nothing(customer: Customer, invoice: Invoice) -> None:
    credit = make_invoice(customer, "C-1", "-10.00")
    pay(customer, "100.00", "manual:1", invoice)
    for one in (credit, invoice):
        with pytest.raises(DiscountError, match="geen hoofdsom open"):
            discount(one, "1.00")


# undoing -----------------------------------------------------------------------------------------------------------
def test_an_undone_discount_asks_again(invoice: Invoice, bookkeeper: User) -> None:
    discount(invoice, "30.00")
    discount(invoice, "20.00")
    newest = invoice.entries.filter(kind="discount").order_by("-pk")[0]
    assert undo(newest, bookkeeper) == Money.of("20.00")
    assert open_of(invoice) == ["70.00"]
    event = Event.across_tenants.get(tenant=invoice.tenant, verb="booking.reversed")
    assert (event.by, event.details["kind"], event.details["amount"]) == (bookkeeper, "discount", "20.00")


def test_an_undone_write_off_brings_every_component_back(invoice: Invoice) -> None:
    with_claims(invoice)
    write_off(invoice.tenant, invoice, why="failliet", on=TODAY, now=NOW, by=None)
    before = by_component(invoice)
    assert set(before.values()) == {Money.zero()}
    (booking,) = bookings_to_undo(invoice.tenant, invoice)
    assert booking.amount == Money.of("150.40")

    assert undo(invoice.entries.filter(kind="write_off", component="costs_vat").get()) == Money.of("150.40")

    assert by_component(invoice) == {
        "principal": Money.of("100"), "interest": Money.of("2"), "costs": Money.of("40"), "costs_vat": Money.of("8.40"),
    }  # fmt: skip
    assert bookings_to_undo(invoice.tenant, invoice) == []


def test_written_off_again_after_undoing_is_a_booking_of_its_own(invoice: Invoice) -> None:
    for _ in range(2):
        write_off(invoice.tenant, invoice, why="failliet", on=TODAY, now=NOW, by=None)
        (booking,) = bookings_to_undo(invoice.tenant, invoice)
        undo(booking.entry)
    assert open_of(invoice) == ["100.00"]
    assert look(invoice.tenant).breaches == ()


def test_an_undone_payment_goes_back_whole_from_every_invoice(customer: Customer, invoice: Invoice) -> None:
    other = make_invoice(customer, "2026-2", "50.00", age=39)
    payment = pay(customer, "170.00", "manual:1", invoice, other)
    undo(invoice.entries.get(kind="payment"))
    payment.refresh_from_db()
    assert open_of(invoice, other) == ["100.00", "50.00"]
    assert (payment.unallocated, payment.returns.get().amount) == (Decimal(0), payment.amount)
    assert look(customer.tenant).breaches == ()


def test_what_is_left_of_a_payment_goes_back(customer: Customer, invoice: Invoice) -> None:
    payment = pay(customer, "80.00", "manual:1", invoice)
    return_payment(customer.tenant, payment, amount=Money.of("30"), source_key="r:1", why="x", on=TODAY, now=NOW)
    undo(invoice.entries.filter(kind="payment", reversed_by__isnull=True).get())
    assert [str(row.amount) for row in payment.returns.order_by("pk")] == ["30.00", "50.00"]
    assert open_of(invoice) == ["100.00"]


def test_nothing_is_undone_twice(invoice: Invoice) -> None:
    discount(invoice, "30.00")
    entry = invoice.entries.get(kind="discount")
    undo(entry)
    with pytest.raises(CannotUndoError, match="al teruggedraaid"):
        undo(entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        reverse_entry(invoice.tenant, entry, why="nog eens", on=TODAY, now=NOW)
    assert open_of(invoice) == ["100.00"]


@pytest.mark.parametrize("channel", [PaymentChannel.BANK, PaymentChannel.PSP])
def test_what_came_from_bank_or_psp_is_undone_there(
    customer: Customer, invoice: Invoice, channel: PaymentChannel
) -> None:
    pay(customer, "40.00", "source:1", invoice, channel=channel)
    for entry in invoice.entries.all():
        with pytest.raises(CannotUndoError):
            undo(entry)
    assert open_of(invoice) == ["60.00"]


def test_a_reversal_is_never_dated_before_what_it_reverses(invoice: Invoice) -> None:
    discount(invoice, "30.00")
    entry = invoice.entries.get(kind="discount")
    reverse_booking(invoice.tenant, entry, why="x", on=TODAY - timedelta(days=9), now=NOW, by=None)
    assert invoice.entries.get(kind="reversal").booked_on == TODAY
