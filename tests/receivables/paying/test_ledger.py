"""The ledger: append-only, summed by the database, each source once; and the one balance over it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from receivables.actions.ledger import (
    NothingToWriteOffError,
    book_invoices,
    correct_invoice,
    reverse_entry,
    write_off,
)
from receivables.actions.payments import CreditError, apply_credit, apply_unallocated, record_payment
from receivables.actions.returns import return_payment
from receivables.balance import balance_of_customer, balance_of_invoices
from receivables.domain.money import Money
from receivables.models import Customer, Payment
from receivables.models.ledger import EntryKind
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, open_of, receipt


@pytest.fixture
def customer(inside: Tenant) -> Customer:
    return make_customer(inside)


def pay(customer: Customer, amount: str, key: str = "manual:1", **more: object) -> Payment:
    return record_payment(customer.tenant, customer, receipt=receipt(amount, key), now=NOW, **more)  # type: ignore[arg-type] # keyword passed on


# booking -----------------------------------------------------------------------------------------------------------
def test_an_invoice_opens_its_claim_once(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "121.00")
    book_invoices(customer.tenant, [invoice], now=NOW)
    assert open_of(invoice) == ["121.00"]
    assert invoice.entries.count() == 1


def test_an_invoice_of_zero_asks_nothing(customer: Customer) -> None:
    assert open_of(make_invoice(customer, "2026-0", "0.00")) == ["0.00"]


def test_entries_cannot_be_changed_or_removed(customer: Customer) -> None:
    entry = make_invoice(customer, "2026-1", "121.00").entries.get()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        customer.tenant.ledger.filter(pk=entry.pk).update(amount=1)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        customer.tenant.ledger.filter(pk=entry.pk).delete()


def test_an_entry_is_reversed_once(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "121.00")
    reverse_entry(customer.tenant, invoice.entries.get(), why="dubbel", on=TODAY, now=NOW)
    assert open_of(invoice) == ["0.00"]
    with pytest.raises(IntegrityError), transaction.atomic():
        reverse_entry(customer.tenant, invoice.entries.get(kind=EntryKind.INVOICE), why="nog eens", on=TODAY, now=NOW)


def test_a_revision_is_a_correction(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "121.00")
    correct_invoice(
        customer.tenant, invoice, by_amount=Money.of("-21.00"), why="btw", source_key="rev:1", on=TODAY, now=NOW
    )
    assert open_of(invoice) == ["100.00"]


def test_a_write_off_gives_up_the_rest(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "121.00")
    pay(customer, "21.00")
    write_off(customer.tenant, invoice, why="failliet", on=TODAY, now=NOW, by=None)
    assert open_of(invoice) == ["0.00"]
    with pytest.raises(NothingToWriteOffError):
        write_off(customer.tenant, invoice, why="nog eens", on=TODAY, now=NOW, by=None)


# payments ----------------------------------------------------------------------------------------------------------
def test_a_payment_settles_the_oldest_first(customer: Customer) -> None:
    young, old = make_invoice(customer, "2026-2", "50.00", age=35), make_invoice(customer, "2026-1", "100.00")
    payment = pay(customer, "120.00")
    assert open_of(old, young) == ["0.00", "30.00"]
    assert payment.unallocated == Decimal("0.00")


def test_a_designated_invoice_goes_first(customer: Customer) -> None:
    old, young = make_invoice(customer, "2026-1", "100.00"), make_invoice(customer, "2026-2", "50.00", age=35)
    pay(customer, "60.00", designated=[young.pk])
    assert open_of(old, young) == ["90.00", "0.00"]


def test_a_part_payment_lowers_what_is_asked(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    pay(customer, "40.00")
    balance = balance_of_invoices(customer.tenant, [invoice], on=TODAY)[invoice.pk]
    assert (balance.invoiced, balance.paid, balance.open) == (Money.of("100"), Money.of("40"), Money.of("60"))


def test_an_overpayment_stays_a_visible_credit(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    payment = pay(customer, "130.00")
    assert open_of(invoice) == ["0.00"]
    assert payment.unallocated == Decimal("30.00")
    assert balance_of_customer(customer.tenant, customer, on=TODAY).credit == Money.of("30.00")


def test_the_same_source_books_once(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    first, second = pay(customer, "40.00"), pay(customer, "40.00")
    assert first.pk == second.pk
    assert open_of(invoice) == ["60.00"]


def test_a_payment_is_an_event_of_the_customer(customer: Customer) -> None:
    make_invoice(customer, "2026-1", "100.00")
    pay(customer, "40.00")
    event = customer.tenant.events.get(verb="payment.booked")
    assert (event.customer_id, event.details["amount"], event.details["left_over"]) == (customer.pk, "40.00", "0.00")


def test_other_currencies_are_not_settled_with_euros(customer: Customer) -> None:
    dollars = make_invoice(customer, "USD-1", "100.00", currency="USD")
    assert pay(customer, "40.00").unallocated == Decimal("40.00")
    assert open_of(dollars) == ["100.00"]


def test_an_earlier_overpayment_can_be_given_to_a_new_invoice(customer: Customer) -> None:
    make_invoice(customer, "2026-1", "100.00")
    payment = pay(customer, "130.00")
    newer = make_invoice(customer, "2026-2", "50.00", age=5)
    assert apply_unallocated(customer.tenant, payment, on=TODAY, now=NOW) == Money.of("30.00")
    assert open_of(newer) == ["20.00"]
    assert apply_unallocated(customer.tenant, payment, on=TODAY, now=NOW) == Money.zero()


def test_the_database_refuses_money_given_away_twice(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    payment = pay(customer, "40.00")
    with pytest.raises(IntegrityError, match="payment_allocated_once"), transaction.atomic():
        customer.tenant.ledger.create(
            invoice=invoice, payment=payment, kind="payment", amount=-1, booked_on=TODAY, source_key="x", created_at=NOW
        )


def test_the_database_refuses_an_overpaid_invoice(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    with pytest.raises(IntegrityError, match="invoice_never_overpaid"), transaction.atomic():
        customer.tenant.ledger.create(
            invoice=invoice, kind="correction", amount=-101, booked_on=TODAY, source_key="x", created_at=NOW
        )


# credit notes and money that goes back -----------------------------------------------------------------------------
def test_a_credit_note_settles_the_invoice_it_names(customer: Customer) -> None:
    old, named = make_invoice(customer, "2026-1", "100.00"), make_invoice(customer, "2026-2", "50.00", age=35)
    credit = make_invoice(customer, "C-1", "-70.00", credits_number="2026-2", age=1)
    assert apply_credit(customer.tenant, credit, on=TODAY, now=NOW) == Money.of("70.00")
    assert open_of(old, named, credit) == ["80.00", "0.00", "0.00"]


def test_what_a_credit_note_has_left_stays_open(customer: Customer) -> None:
    invoice, credit = make_invoice(customer, "2026-1", "30.00"), make_invoice(customer, "C-1", "-70.00", age=1)
    apply_credit(customer.tenant, credit, on=TODAY, now=NOW)
    assert open_of(invoice, credit) == ["0.00", "-40.00"]
    assert balance_of_customer(customer.tenant, customer, on=TODAY).credit == Money.of("40.00")
    later = make_invoice(customer, "2026-2", "15.00", age=0)
    apply_credit(customer.tenant, credit, on=TODAY, now=NOW)
    assert open_of(later, credit) == ["0.00", "-25.00"]


def test_an_invoice_is_no_credit_note(customer: Customer) -> None:
    with pytest.raises(CreditError, match="geen creditnota"):
        apply_credit(customer.tenant, make_invoice(customer, "2026-1", "30.00"), on=TODAY, now=NOW)


def test_a_chargeback_revives_the_claim_once(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    payment = pay(customer, "100.00")
    for _ in range(2):
        return_payment(
            customer.tenant, payment, amount=Money.of("100"), source_key="chb_1", why="storno", on=TODAY, now=NOW
        )
    payment.refresh_from_db()
    assert open_of(invoice) == ["100.00"]
    assert (payment.unallocated, payment.returns.count()) == (Decimal("0.00"), 1)


def test_a_part_refund_takes_the_surplus_first(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    payment = pay(customer, "130.00")
    return_payment(customer.tenant, payment, amount=Money.of("40"), source_key="re_1", why="terug", on=TODAY, now=NOW)
    payment.refresh_from_db()
    assert open_of(invoice) == ["10.00"]
    assert payment.unallocated == Decimal("0.00")


# the one balance ---------------------------------------------------------------------------------------------------
def test_the_balance_unfolds_to_its_entries(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    pay(customer, "40.00")
    balance = balance_of_invoices(customer.tenant, [invoice], on=TODAY)[invoice.pk]
    assert [(line.label, str(line.amount)) for line in balance.lines] == [
        ("Factuur 2026-1", "100.00"),
        ("Betaling", "-40.00"),
    ]
    assert (
        Money.total(line.amount for line in balance.lines)
        == balance.open
        == Money.of(invoice.open_amount) - Money.of("40")
    )


def test_the_balance_of_an_earlier_day_does_not_know_later_payments(customer: Customer) -> None:
    invoice = make_invoice(customer, "2026-1", "100.00")
    pay(customer, "40.00")
    yesterday = TODAY - timedelta(days=1)
    assert balance_of_invoices(customer.tenant, [invoice], on=yesterday)[invoice.pk].open == Money.of("100")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_balance_takes_three_queries_whatever_the_rows(customer: Customer, rows: int) -> None:
    for number in range(rows):
        make_invoice(customer, f"2026-{number}", "10.00")
    with CaptureQueriesContext(connection) as queries:
        balance = balance_of_customer(customer.tenant, customer, on=TODAY)
    assert (len(queries), balance.owed) == (3, Money.of(10 * rows))


def test_the_balance_agrees_with_the_sum_the_database_keeps(customer: Customer) -> None:
    invoices = [make_invoice(customer, f"2026-{n}", f"{n}7.35", age=30 + n) for n in range(1, 5)]
    credit = make_invoice(customer, "C-1", "-12.34", age=2)
    payment = pay(customer, "99.99")
    apply_credit(customer.tenant, credit, on=TODAY, now=NOW)
    return_payment(customer.tenant, payment, amount=Money.of("5"), source_key="re_1", why="terug", on=TODAY, now=NOW)
    balances = balance_of_invoices(customer.tenant, [*invoices, credit], on=TODAY)
    assert [str(balances[invoice.pk].open) for invoice in [*invoices, credit]] == open_of(*invoices, credit)


# the nightly check -------------------------------------------------------------------------------------------------
def check(*arguments: str) -> str:
    out = StringIO()
    call_command("ledger_check", *arguments, stdout=out)
    return out.getvalue()


def test_a_sound_ledger_passes(customer: Customer) -> None:
    make_invoice(customer, "2026-1", "100.00")
    pay(customer, "130.00")
    assert "in orde" in check()


SPOILS: dict[str, Callable[[psycopg.Connection], object]] = {
    "I3": lambda db: db.execute("UPDATE receivables_invoice SET open_amount = open_amount + 1"),
    "I4": lambda db: db.execute("UPDATE receivables_payment SET unallocated = unallocated - 1"),
}


@pytest.mark.parametrize("invariant", SPOILS)
@pytest.mark.django_db(transaction=True)
def test_a_spoiled_sum_is_found(tenant: Tenant, invariant: str) -> None:
    """The negative control of the check: somebody changed a sum behind the program's back."""
    with tenant_context(tenant.pk):
        customer = make_customer(tenant)
        make_invoice(customer, "2026-1", "100.00")
        pay(customer, "130.00")
    from tests import embedded  # noqa: PLC0415 # only where a superuser is needed

    with psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE)) as superuser:
        SPOILS[invariant](superuser)
    with pytest.raises(CommandError, match=invariant):
        check("--tenant", tenant.slug)
