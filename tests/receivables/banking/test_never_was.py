"""What turns out to be a mistake leaves no trace in what is asked: costs, interest, credit notes, other bookings, accounts learned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from receivables.actions import bank_booking, bank_matching
from receivables.actions.bank_accepting import last_done, undo_last
from receivables.actions.bank_booking import (
    BankLineError,
    Ground,
    Share,
    book_receipt,
    book_return,
    set_aside,
    undo,
)
from receivables.actions.bank_statements import reject
from receivables.actions.claims import book_costs, book_interest, continue_interest, entries_of
from receivables.banking.books import load_books
from receivables.costs import CostRule, letter_costs, share_costs
from receivables.domain.money import Money
from receivables.interest import Basis, accrue, claimed
from receivables.law_tables import rate_tables
from receivables.ledger_check import check
from receivables.models import BankBooking, BankLine, Customer, Invoice
from receivables.models.banking import LineState, StatementState
from receivables.models.ledger import Component
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.receivables.banking import world as files
from tests.receivables.banking.generator import camt, history
from tests.receivables.banking.rows import make_line
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, open_of

NUMBER = "2026-04711"


@pytest.fixture
def inside(tenant: Tenant) -> Iterator[None]:
    with tenant_context(tenant.pk):
        yield
        assert check(tenant, now=NOW).breaches == []


def days(count: int) -> timedelta:
    return timedelta(days=count)


def book(line: BankLine, customer: Customer, *invoices: Invoice, ground: Ground) -> BankBooking:
    shares = [Share(customer.pk, Money.of(line.amount), tuple(invoice.pk for invoice in invoices))]
    return book_receipt(line.tenant, line, shares, ground=ground, on=TODAY, now=NOW)[0]


def take_back(line: BankLine, by: User) -> None:
    undo(line.tenant, line, why="Vergissing", by=by, now=NOW)


def on_the_bank(tenant: Tenant) -> tuple[Decimal, Decimal]:
    """What the ledger says is on the bank, and what the lines do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(amount) FROM receivables_journal WHERE tenant_id = %s AND account = 'bank'", [tenant.pk]
        )
        booked = cursor.fetchone()[0]
    used = tenant.bank_lines.filter(state=LineState.BOOKED)
    return booked, used.aggregate(total=Sum("amount"))["total"] or Decimal(0)


# a receipt whose money went back ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("gone", ["-100.00", "-20.00"])
def test_a_receipt_is_not_undone_while_its_money_went_back_elsewhere(
    tenant: Tenant, bookkeeper: User, inside: None, gone: str
) -> None:
    """Undone and booked again it would be there twice: once came in, and once is all that can be booked."""
    customer = make_customer(tenant)
    invoice = make_invoice(customer, "F1", "100.00")
    line, storno = make_line(tenant, "100.00", on=TODAY - days(5)), make_line(tenant, gone, is_reversal=True)
    booking = book(line, customer, invoice, ground=Ground(by=bookkeeper))
    assert booking.payment is not None
    book_return(tenant, storno, booking.payment, why="storno", by=bookkeeper, now=NOW)
    with pytest.raises(BankLineError, match="Draai eerst die terugboeking terug"):
        take_back(line, bookkeeper)
    take_back(storno, bookkeeper)
    take_back(line, bookkeeper)
    assert open_of(invoice) == ["100.00"]
    assert on_the_bank(tenant) == (Decimal(0), Decimal(0))
    book(line, customer, invoice, ground=Ground(by=bookkeeper))
    assert (open_of(invoice), on_the_bank(tenant)) == (["0.00"], (Decimal(100), Decimal(100)))


def test_what_cannot_be_undone_whole_stays_whole(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    """Of a split receipt the second part went back already: the first must not be half undone."""
    one, other = make_customer(tenant), make_customer(tenant, "De Vries")
    first, second = make_invoice(one, "F1", "100.00"), make_invoice(other, "F2", "60.00")
    line, loose = make_line(tenant, "160.00"), make_line(tenant, "5.00")
    shares = [Share(one.pk, Money.of("100.00"), (first.pk,)), Share(other.pk, Money.of("60.00"), (second.pk,))]
    bookings = book_receipt(tenant, line, shares, ground=Ground(by=bookkeeper), on=TODAY, now=NOW)
    book(loose, one, ground=Ground(by=bookkeeper))  # by the same person at the same moment
    returned = bookings[1].payment
    assert returned is not None
    book_return(tenant, make_line(tenant, "-60.00"), returned, why="storno", by=bookkeeper, now=NOW)
    done = last_done(tenant, bookkeeper, now=NOW)
    assert done is not None
    for undoing in (lambda: take_back(line, bookkeeper), lambda: undo_last(tenant, done, by=bookkeeper, now=NOW)):
        with pytest.raises(BankLineError, match=r"ging al 60\.00 terug"):
            undoing()
        assert (open_of(first, second), line.bookings.filter(undone_at=None).count()) == (["0.00", "60.00"], 2)
        assert loose.bookings.get().undone_at is None


def test_a_return_on_the_wrong_payment_moves_to_the_right_one(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    one, other = make_customer(tenant), make_customer(tenant, "De Vries")
    first, second = make_invoice(one, "F1", "100.00"), make_invoice(other, "F2", "100.00")
    wrong = book(make_line(tenant, "100.00"), one, first, ground=Ground(by=bookkeeper)).payment
    right = book(make_line(tenant, "100.00"), other, second, ground=Ground(by=bookkeeper)).payment
    storno = make_line(tenant, "-100.00", is_reversal=True)
    assert wrong is not None
    assert right is not None
    for again in range(2):  # back and forth: each return finds the money that is there
        kept = wrong if not again else tenant.payments.get(source_key__startswith=bank_booking.ANEW)
        book_return(tenant, storno, kept, why="storno", by=bookkeeper, now=NOW)
        assert open_of(first, second) == ["100.00", "0.00"]
        take_back(storno, bookkeeper)
        assert open_of(first, second) == ["0.00", "0.00"]
    book_return(tenant, storno, right, why="storno", by=bookkeeper, now=NOW)
    assert open_of(first, second) == ["0.00", "100.00"]
    assert on_the_bank(tenant) == (Decimal(100), Decimal(100))


def test_what_goes_back_in_part_stays_with_the_invoice_that_was_named(
    tenant: Tenant, bookkeeper: User, inside: None
) -> None:
    customer = make_customer(tenant)
    old, named = make_invoice(customer, "F1", "500.00", age=90), make_invoice(customer, "F2", "100.00")
    payment = book(make_line(tenant, "100.00"), customer, named, ground=Ground(by=bookkeeper)).payment
    assert payment is not None
    book_return(tenant, make_line(tenant, "-10.00"), payment, why="te veel", by=bookkeeper, now=NOW)
    assert open_of(old, named) == ["500.00", "10.00"]


def test_a_debit_from_before_a_payment_gives_nothing_back(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    payment = book(make_line(tenant, "50.00"), make_customer(tenant), ground=Ground(by=bookkeeper)).payment
    earlier = make_line(tenant, "-50.00", on=TODAY - days(30))
    assert payment is not None
    with pytest.raises(BankLineError, match="van voor de betaling"):
        book_return(tenant, earlier, payment, why="storno", by=bookkeeper, now=NOW)


# what a wrong booking did to the claim ---------------------------------------------------------------------------------
def ask_costs(tenant: Tenant, invoice: Invoice, *, on: date, due_from: date | None) -> None:
    whole = letter_costs([Money.of("1000.00")], rule=CostRule.TARIFF, with_vat=False, on=on)
    shares = share_costs(whole, {invoice.pk: Money.of("1000.00")}, batch="b1", due_from=due_from)
    book_costs(tenant, shares, source_key="b1", on=on, now=NOW)


@pytest.mark.parametrize("amount", ["1000.00", "400.00"])
def test_costs_that_a_mistake_made_undue_are_asked_again(
    tenant: Tenant, bookkeeper: User, inside: None, amount: str
) -> None:
    customer, due = make_customer(tenant), TODAY - days(10)
    invoice = make_invoice(customer, "F1", "1000.00", age=90)
    ask_costs(tenant, invoice, on=due, due_from=due)
    before = open_of(invoice)
    line = make_line(tenant, amount, on=due - days(3))  # within the term of the letter
    for _ in range(2):
        book(line, customer, invoice, ground=Ground(by=bookkeeper))
        assert open_of(invoice) != before
        take_back(line, bookkeeper)
        assert open_of(invoice) == before


def test_costs_that_a_credit_note_dropped_are_asked_again(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    customer = make_customer(tenant)
    invoice = make_invoice(customer, "F1", "1000.00", age=90)
    other = make_invoice(customer, "F2", "50.00", age=50)
    note = make_invoice(customer, "C1", "-1000.00", credits_number="F1", age=20)
    ask_costs(tenant, invoice, on=TODAY - days(30), due_from=None)
    before = open_of(invoice, other, note)
    line = make_line(tenant, "50.00")
    book(line, customer, invoice, other, note, ground=Ground(by=bookkeeper))
    assert open_of(invoice, other, note) == ["0.00", "0.00", "0.00"]
    take_back(line, bookkeeper)
    assert open_of(invoice, other, note) == before


def test_interest_goes_on_as_if_the_mistake_never_was(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    def asked(name: str, *, with_mistake: bool) -> Money:
        customer, then = make_customer(tenant, name), TODAY - days(90)
        invoice = make_invoice(customer, name, "10000.00", age=200)
        basis = Basis(free_until=invoice.due_on, kind=None, percent=Decimal(10))
        first = accrue(entries_of(tenant, [invoice.pk])[invoice.pk], basis, through=then, tables=rate_tables())
        book_interest(tenant, {invoice.pk: first}, source_key=f"first:{name}", on=then, now=NOW)
        if with_mistake:
            invoice.refresh_from_db()
            line = make_line(tenant, str(invoice.open_amount), on=TODAY - days(85))
            book(line, customer, invoice, ground=Ground(by=bookkeeper))
            take_back(line, bookkeeper)
        continue_interest(tenant, [invoice.pk], through=TODAY, source_key=f"then:{name}", now=NOW)
        return claimed(entries_of(tenant, [invoice.pk])[invoice.pk], Component.INTEREST)

    assert asked("A", with_mistake=True) == asked("B", with_mistake=False)


# what a booking taught -------------------------------------------------------------------------------------------------
def known(tenant: Tenant) -> Sequence[int]:
    return list(tenant.known_ibans.filter(forgotten_at=None).values_list("times", flat=True))


def test_a_mistake_made_twice_teaches_nothing(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    customer, line = make_customer(tenant), make_line(tenant, "100.00")
    for _ in range(2):
        book(line, customer, ground=Ground(by=bookkeeper))
        assert known(tenant) == [1]
        take_back(line, bookkeeper)
        assert known(tenant) == []


def test_undoing_forgets_only_what_that_booking_taught(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    customer = make_customer(tenant)
    guessed, sure = make_line(tenant, "100.00"), make_line(tenant, "60.00")
    book(guessed, customer, ground=Ground(teaches=False))
    book(sure, customer, ground=Ground(by=bookkeeper))
    take_back(guessed, bookkeeper)
    assert known(tenant) == [1]


# at the same time ------------------------------------------------------------------------------------------------------
def test_a_line_undone_after_the_run_read_it_waits_for_a_person(tenant: Tenant, bookkeeper: User, inside: None) -> None:
    invoice = make_invoice(make_customer(tenant), NUMBER, "181.50")
    line = make_line(tenant, "181.50", f"Factuur {NUMBER}")
    (read,) = next(bank_matching._batches(tenant))
    ours = load_books(tenant, on=TODAY)
    book(line, invoice.customer, invoice, ground=Ground(by=bookkeeper))
    take_back(line, bookkeeper)
    assert bank_matching._match_one(tenant, read, ours, on=TODAY, now=NOW).booked == 0
    assert open_of(invoice) == ["181.50"]


def test_undoing_sees_what_became_of_the_line_meanwhile(
    tenant: Tenant, bookkeeper: User, monkeypatch: pytest.MonkeyPatch, inside: None
) -> None:
    customer, real = make_customer(tenant), bank_booking._take
    invoice = make_invoice(customer, "F1", "100.00")
    payment = book(make_line(tenant, "100.00"), customer, invoice, ground=Ground(by=bookkeeper)).payment
    out = make_line(tenant, "-10.00")
    set_aside(tenant, out, why="kosten", by=bookkeeper, now=NOW)
    assert payment is not None

    def somebody_else_first(tenant: Tenant, line: BankLine, allowed: set[LineState]) -> BankLine:
        monkeypatch.setattr(bank_booking, "_take", real)
        take_back(line, bookkeeper)
        book_return(tenant, line, payment, why="terug", by=bookkeeper, now=NOW)
        return real(tenant, line, allowed)

    monkeypatch.setattr(bank_booking, "_take", somebody_else_first)
    with pytest.raises(BankLineError, match="intussen anders geboekt"):
        take_back(out, bookkeeper)
    assert tenant.payments.get().kept == Decimal("100.00")  # the other one stood in our transaction, and went with it


# a statement in doubt --------------------------------------------------------------------------------------------------
def test_an_undone_line_of_a_rejected_statement_is_held(tenant: Tenant, bookkeeper: User) -> None:
    past = history(days=3, twins=0)
    files.take(tenant, camt(past.part(2, 2)), "c.xml")
    with tenant_context(tenant.pk):
        line = tenant.bank_lines.filter(state=LineState.OPEN).order_by("pk")[0]
        book(line, make_customer(tenant), ground=Ground(by=bookkeeper))
    files.take(tenant, camt(past.part(0, 0)), "a.xml")
    with tenant_context(tenant.pk):
        asked = tenant.bank_statements.get(state=StatementState.QUESTIONED)
        reject(tenant, asked.pk, note="dubbel", by=bookkeeper, now=files.NOW, on=files.TODAY)
        take_back(line, bookkeeper)
        line.refresh_from_db()
        assert line.state == LineState.HELD
