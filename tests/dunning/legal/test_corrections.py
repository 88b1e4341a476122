"""What comes later than it should: payments, credit notes, lists, bounces and evidence, and what the books then say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dunning.actions.booking import void_letter
from dunning.actions.delivery import release_notice
from dunning.actions.withdrawing import drop_lines
from dunning.delivery.prepare import write
from dunning.delivery.settle import accept, cancel
from dunning.models import Notice
from dunning.models.notices import LegalContent, NoticeState
from receivables.actions.ledger import correct_invoice, write_off
from receivables.actions.payments import apply_credit, reassess_costs
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import User
from tests.dunning.legal.world import LawBooks
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db
WEEKS = ("2026-09-14", "2026-09-21", "2026-10-05")


def business(books: LawBooks, amount: str = "10000.00", weeks: tuple[str, ...] = WEEKS) -> tuple[Customer, Invoice]:
    customer = books.business()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount=amount)
    for on in weeks:
        books.week(on)
    return customer, invoice


def consumer(books: LawBooks, *amounts: str) -> tuple[Customer, list[Invoice]]:
    """Asked by a fourteen-day letter on 21 September; costs are due from 8 October."""
    customer = books.consumer()
    invoices = [books.agreed(customer, f"F-{n}", due="2026-09-09", amount=amount) for n, amount in enumerate(amounts)]
    books.week("2026-09-14")
    books.week("2026-09-21")
    return customer, invoices


def letter(books: LawBooks, on: str) -> Notice:
    return books.letter(on)


def test_a_payment_in_time_beside_a_written_off_invoice_can_be_booked(books: LawBooks) -> None:
    customer, (lost, other) = consumer(books, "100.00", "100.00")
    books.settle("2026-10-08")
    with tenant_context(books.tenant.pk):
        write_off(books.tenant, lost, why="oninbaar", on=date(2026, 10, 9), now=at(date(2026, 10, 9)), by=None)

    books.pays(customer, "50.00", on="2026-10-01", invoice=other)

    assert books.open(lost) == {}
    assert books.open(other)["costs"] == "40.00"  # the minimum, over what is left of this invoice alone


def test_a_letter_that_is_voided_after_a_credit_note_leaves_nothing_below_zero(books: LawBooks) -> None:
    customer, (first, second) = consumer(books, "100.00", "100.00")
    books.settle("2026-10-08")
    note = books.invoice(customer, "C-1", due="2026-10-09", amount="-60.00", kind="credit_note")
    with tenant_context(books.tenant.pk):
        apply_credit(books.tenant, note, on=date(2026, 10, 9), now=at(date(2026, 10, 9)))
        assert void_letter(letter(books, "2026-09-21"), why="kwam terug", now=at(date(2026, 10, 10)))

    for invoice in (first, second):
        assert all(Decimal(amount) > 0 for amount in books.open(invoice).values())
    books.pays(customer, "10.00", on="2026-10-12")  # and the next payment is booked


def test_a_letter_that_is_sent_again_books_what_came_on_since(books: LawBooks, bookkeeper: User) -> None:
    _, invoice = business(books, weeks=WEEKS[:2])
    assert books.open(invoice)["interest"] == "34.19"
    notice = letter(books, "2026-09-21")
    with tenant_context(books.tenant.pk):
        books.tenant.notices.filter(pk=notice.pk).update(state=NoticeState.BOUNCED)
        again = release_notice(books.tenant, notice, now=at(date(2026, 10, 5)), by=bookkeeper)
        write(again, now=at(date(2026, 10, 5)))
        again.refresh_from_db()
        accept(again, now=at(date(2026, 10, 5)), source_key="again")

    assert again.total_amount == Decimal("10114.08")
    assert books.open(invoice) == {"costs": "40.00", "interest": "74.08", "principal": "10000.00"}


def test_costs_after_a_fourteen_day_letter_that_was_sent_again_are_booked(books: LawBooks, bookkeeper: User) -> None:
    _, (invoice,) = consumer(books, "100.00")
    books.settle("2026-10-08")
    notice = letter(books, "2026-09-21")
    with tenant_context(books.tenant.pk):
        void_letter(notice, why="kwam terug", now=at(date(2026, 10, 12)))
        books.tenant.notices.filter(pk=notice.pk).update(state=NoticeState.BOUNCED)
        again = release_notice(books.tenant, notice, now=at(date(2026, 10, 12)), by=bookkeeper)
        accept(again, now=at(date(2026, 10, 12)), source_key="again")
    assert "costs" not in books.open(invoice)

    assert books.settle("2026-11-05") == 1
    assert books.open(invoice)["costs"] == "40.00"


def test_evidence_after_a_payment_books_no_interest_twice(books: LawBooks) -> None:
    customer, invoice = business(books, weeks=WEEKS[:2])
    run = books.plan("2026-10-05")
    books.approve(run)
    (notice,) = books.notices(run)
    with tenant_context(books.tenant.pk):
        write(notice, now=at(run.on))
    books.pays(customer, "5000.00", on="2026-10-06")
    before = [entry for entry in books.entries(invoice) if entry.kind == "interest"]

    with tenant_context(books.tenant.pk):
        notice.refresh_from_db()
        accept(notice, now=at(date(2026, 10, 7)), source_key="posted")

    after = [entry for entry in books.entries(invoice) if entry.kind == "interest"]
    assert sum(entry.amount for entry in before) == Decimal("76.93")  # 27 days through the payment
    assert sum(entry.amount for entry in after) <= Decimal("76.93")


def test_a_payment_from_before_the_last_letter_closes_what_was_asked_then(books: LawBooks) -> None:
    customer, invoice = business(books)
    assert books.open(invoice)["costs"] == "875.00"

    books.pays(customer, "10074.19", on="2026-10-02")  # all that the letter of 21 September asked

    assert books.open(invoice) == {}


def test_a_credit_note_takes_the_invoice_it_names_off_with_its_claims(books: LawBooks) -> None:
    customer, (invoice,) = consumer(books, "1000.00")
    books.settle("2026-10-08")
    note = books.invoice(customer, "C-1", due="2026-10-09", amount="-1000.00", kind="credit_note")
    books.change(note, credits_number="F-0")
    with tenant_context(books.tenant.pk):
        apply_credit(books.tenant, note, on=date(2026, 10, 9), now=at(date(2026, 10, 9)))

    assert books.open(invoice) == {}


def test_no_costs_for_a_debtor_who_was_not_in_default_after_all(books: LawBooks) -> None:
    _, (invoice,) = consumer(books, "1000.00")
    books.change(invoice, due_date_basis="invoice_only")

    assert books.settle("2026-10-08") == 0
    assert "costs" not in books.open(invoice)
    assert books.term(letter(books, "2026-09-21")).voided_why.startswith("De klant was nog niet in verzuim")


def test_evidence_revives_no_invoice_that_was_never_on_the_letter(books: LawBooks) -> None:
    customer = books.business()
    kept, dropped = (books.agreed(customer, number, due="2026-09-09", amount="1000.00") for number in ("A", "B"))
    books.week("2026-09-14")
    run = books.plan("2026-09-21")
    books.approve(run)
    (notice,) = books.notices(run)
    with tenant_context(books.tenant.pk):
        drop_lines(books.tenant, notice, [dropped.pk], why="betwist", now=at(run.on))
        notice.refresh_from_db()
        cancel(notice, why="proef", now=at(date(2026, 9, 22)))
        accept(notice, now=at(date(2026, 9, 23)), source_key="late evidence")

    assert books.open(kept)["costs"] == "40.00"
    assert books.open(dropped) == {"principal": "1000.00"}


def test_a_list_that_lowers_an_invoice_within_the_term_lowers_the_costs(books: LawBooks) -> None:
    _, (invoice,) = consumer(books, "1000.00")
    books.settle("2026-10-08")
    on, now = date(2026, 10, 5), at(date(2026, 10, 9))
    with tenant_context(books.tenant.pk):
        correct_invoice(
            books.tenant, invoice, by_amount=Money.of("-800.00"), why="lijst", source_key="lijst", on=on, now=now
        )
        reassess_costs(books.tenant, invoice, on=on, cause="lijst", now=now)

    assert books.open(invoice)["costs"] == "40.00"  # the tariff over 200


def test_a_letter_after_which_nothing_came_due_is_followed_by_a_new_one(books: LawBooks) -> None:
    customer, (invoice,) = consumer(books, "1000.00")
    books.pays(customer, "1001.32", on="2026-10-05")
    books.settle("2026-10-08")
    with tenant_context(books.tenant.pk):  # the payment is reversed
        for entry in books.tenant.ledger.filter(kind="payment"):
            books.tenant.ledger.create(
                invoice=invoice,
                payment=entry.payment,
                reverses=entry,
                component=entry.component,
                kind="reversal",
                amount=-entry.amount,
                booked_on=date(2026, 10, 9),
                source_key=f"terug:{entry.component}",
                created_at=at(date(2026, 10, 9)),
            )
        books.tenant.payments.update(unallocated=0)

    books.week("2026-10-12")

    assert books.letter("2026-10-12").legal_content == LegalContent.FOURTEEN_DAY
