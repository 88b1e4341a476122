"""Undoing a booked receipt leaves the ledger as it was: invoices, credit notes, credits, and what was learned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from receivables.actions import bank_booking, bank_matching
from receivables.actions.bank_accepting import accept, accept_many, digest_of, last_done, undo_last
from receivables.actions.bank_booking import BankLineError, Ground, Share, book_receipt, set_aside, undo
from receivables.actions.bank_matching import match_open_lines, proposals_for
from receivables.actions.payments import record_payment
from receivables.banking.books import load_books
from receivables.domain.money import Money
from receivables.ledger_check import check
from receivables.models import BankLine
from receivables.models.banking import LineState
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.receivables.banking.rows import make_line
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, open_of, receipt

NUMBER = "2026-04711"


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[None]:
    with tenant_context(tenant.pk):
        yield
        assert check(tenant, now=NOW).breaches == []


def digests(tenant: Tenant, line: BankLine) -> list[str]:
    ours = load_books(tenant, on=TODAY)
    return [digest_of(line, each, ours) for each in proposals_for(ours, line)]


def test_a_credit_note_lowers_what_the_payer_named_and_not_the_oldest(tenant: Tenant, inside: None) -> None:
    customer = make_customer(tenant)
    oldest, named = make_invoice(customer, "F1", "500.00", age=90), make_invoice(customer, "F2", "100.00")
    note = make_invoice(customer, "C1", "-30.00", age=20)
    shares = [Share(customer.pk, Money.of("70.00"), (named.pk, note.pk))]
    book_receipt(tenant, make_line(tenant, "70.00"), shares, ground=Ground(), on=TODAY, now=NOW)
    assert open_of(oldest, named, note) == ["500.00", "0.00", "0.00"]


def test_undoing_opens_the_credit_note_again(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    customer = make_customer(tenant)
    bill, note = make_invoice(customer, "F1", "100.00"), make_invoice(customer, "C1", "-30.00", age=20)
    line = make_line(tenant, "70.00")
    shares = [Share(customer.pk, Money.of("70.00"), (bill.pk, note.pk))]
    for _again in range(2):
        book_receipt(tenant, line, shares, ground=Ground(by=bookkeeper), on=TODAY, now=NOW)
        assert open_of(bill, note) == ["0.00", "0.00"]
        undo(tenant, line, why="Verkeerde klant", by=bookkeeper, now=NOW)
        assert open_of(bill, note) == ["100.00", "-30.00"]


def test_undoing_takes_every_part_back(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    one, other = make_customer(tenant), make_customer(tenant, "De Vries")
    first, second = make_invoice(one, "F1", "100.00"), make_invoice(other, "F2", "60.00")
    line = make_line(tenant, "160.00")
    shares = [Share(one.pk, Money.of("100.00"), (first.pk,)), Share(other.pk, Money.of("60.00"), (second.pk,))]
    book_receipt(tenant, line, shares, ground=Ground(by=bookkeeper), on=TODAY, now=NOW)
    undo(tenant, line, why="Andere klant", by=bookkeeper, now=NOW)
    assert open_of(first, second) == ["100.00", "60.00"]
    assert tenant.payments.filter(unallocated__gt=0).count() == 0
    assert not tenant.known_ibans.filter(forgotten_at=None).exists()


@pytest.mark.parametrize("is_guarded", [True, False])
def test_what_a_person_took_back_is_not_booked_again_by_itself(
    tenant: Tenant, bookkeeper: User, monkeypatch: pytest.MonkeyPatch, inside: None, is_guarded: bool
) -> None:
    """Without the guard the hourly run books the same mistake again."""
    invoice = make_invoice(make_customer(tenant), NUMBER, "181.50")
    line = make_line(tenant, "181.50", f"Factuur {NUMBER}")
    assert match_open_lines(tenant, on=TODAY, now=NOW).booked == 1
    undo(tenant, line, why="Toch niet", by=bookkeeper, now=NOW)
    if not is_guarded:
        monkeypatch.setattr(bank_matching, "_is_sure", lambda tenant, line, best: best.score >= tenant.match_threshold)
        monkeypatch.setattr(bank_booking, "_was_undone", lambda line: False)
    assert match_open_lines(tenant, on=TODAY, now=NOW).booked == (0 if is_guarded else 1)
    assert open_of(invoice) == (["181.50"] if is_guarded else ["0.00"])


def test_agreeing_books_what_was_shown(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    invoice = make_invoice(make_customer(tenant), NUMBER, "181.50")
    line = make_line(tenant, "181.50", f"Factuur {NUMBER}")
    accept(tenant, line, digests(tenant, line)[0], by=bookkeeper, on=TODAY, now=NOW)
    booking = line.bookings.get()
    assert (open_of(invoice), booking.by, booking.is_automatic) == (["0.00"], bookkeeper, False)
    assert booking.why


def test_what_is_no_longer_true_is_not_booked(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    customer = make_customer(tenant)
    invoice = make_invoice(customer, NUMBER, "181.50")
    line = make_line(tenant, "181.50", f"Factuur {NUMBER}")
    shown = digests(tenant, line)[0]
    record_payment(tenant, customer, receipt=receipt("181.50"), designated=[invoice.pk], now=NOW)
    with pytest.raises(BankLineError, match="klopt niet meer"):
        accept(tenant, line, shown, by=bookkeeper, on=TODAY, now=NOW)
    assert (line.bookings.count(), tenant.payments.count()) == (0, 1)


def test_a_list_is_agreed_with_at_once_and_undone_at_once(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    invoices, agreed = [], []
    for place in range(3):
        number = f"2026-0{4000 + 17 * place}"
        invoices.append(make_invoice(make_customer(tenant, f"Klant {place}"), number, "100.00"))
        line = make_line(tenant, "100.00", number, name=f"Klant {place}", iban=f"NL{place}")
        agreed.append((line.pk, digests(tenant, line)[0]))
    agreed[2] = (agreed[2][0], "of something else")
    result = accept_many(tenant, agreed, by=bookkeeper, on=TODAY, now=NOW)
    assert (len(result.bookings), result.refused, result.amount) == (2, 1, Money.of("200.00"))
    assert open_of(*invoices) == ["0.00", "0.00", "100.00"]
    done = last_done(tenant, bookkeeper, now=NOW)
    assert done is not None
    undo_last(tenant, done, by=bookkeeper, now=NOW)
    assert open_of(*invoices) == ["100.00", "100.00", "100.00"]
    assert last_done(tenant, bookkeeper, now=NOW) is None


def test_two_receipts_for_one_invoice_are_not_both_agreed_with(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    make_invoice(make_customer(tenant), NUMBER, "181.50")
    lines = [make_line(tenant, "181.50", f"Factuur {NUMBER}") for _ in range(2)]
    agreed = [(line.pk, digests(tenant, line)[0]) for line in lines]
    result = accept_many(tenant, agreed, by=bookkeeper, on=TODAY, now=NOW)
    assert (len(result.bookings), result.refused) == (1, 1)


def test_the_last_thing_is_that_of_this_person_and_not_long_ago(
    tenant: Tenant, bookkeeper: User, viewer: User, inside: None
) -> None:
    line = make_line(tenant, "50.00")
    set_aside(tenant, line, why="Rente", by=bookkeeper, now=NOW)
    assert last_done(tenant, viewer, now=NOW) is None
    assert last_done(tenant, bookkeeper, now=NOW + timedelta(days=1)) is None
    done = last_done(tenant, bookkeeper, now=NOW)
    assert done is not None
    assert [one.pk for one in undo_last(tenant, done, by=bookkeeper, now=NOW)] == [line.pk]
    line.refresh_from_db()
    assert line.state == LineState.OPEN
