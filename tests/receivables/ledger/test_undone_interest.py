"""Undoing a write-off leaves interest as it was: neither claimed twice, nor counted as paid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from receivables.actions.claims import book_interest, continue_interest, entries_of
from receivables.actions.ledger import write_off
from receivables.actions.undoing import bookings_to_undo, reverse_booking
from receivables.domain.money import Money
from receivables.interest import Basis, accrue, claimed
from receivables.law_tables import rate_tables
from receivables.models.ledger import Component
from tenants.models import Tenant
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice


def asked(tenant: Tenant, number: str, *, is_undone: bool) -> list[str]:
    """What interest was asked for, in the end: with a write-off and its undoing in between, or without."""
    invoice = make_invoice(make_customer(tenant, number), number, "10000.00", age=90)
    basis = Basis(free_until=invoice.due_on, kind=None, percent=Decimal(10))
    first = accrue(entries_of(tenant, [invoice.pk])[invoice.pk], basis, through=TODAY, tables=rate_tables())
    book_interest(tenant, {invoice.pk: first}, source_key=f"first:{number}", on=TODAY, now=NOW)
    if is_undone:
        write_off(tenant, invoice, why="failliet", on=TODAY, now=NOW, by=None)
        (booking,) = bookings_to_undo(tenant, invoice)
        reverse_booking(tenant, booking.entry, why="toch niet", on=TODAY, now=NOW, by=None)
    later = TODAY + timedelta(days=30)
    continue_interest(tenant, [invoice.pk], through=later, source_key=f"then:{number}", now=NOW)
    entries = entries_of(tenant, [invoice.pk])[invoice.pk]
    assert claimed(entries, Component.INTEREST) > Money.zero()
    return [str(claimed(entries, Component.INTEREST)), str(Money.total(Money.of(one.amount) for one in entries))]


@pytest.mark.django_db
def test_an_undone_write_off_changes_no_interest(inside: Tenant) -> None:
    assert asked(inside, "A", is_undone=True) == asked(inside, "B", is_undone=False)
