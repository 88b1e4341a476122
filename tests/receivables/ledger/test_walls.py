"""What the database refuses at once or at commit; and that it would stand there, and be found, with that one lock off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from receivables.actions.ledger import reverse_entry
from receivables.models.ledger import PaymentChannel
from tenants.context import tenant_context
from tenants.models import Tenant
from tests import embedded
from tests.receivables.ledger.world import Books, codes, looked, make_books, pay, without
from tests.receivables.paying.rows import NOW, TODAY, make_invoice

ENTRY = "receivables_ledgerentry"


@pytest.fixture
def books(tenant: Tenant) -> Books:
    with tenant_context(tenant.pk):
        return make_books(tenant)


@dataclass(frozen=True, slots=True)
class Wall:
    """A write that must not come through, the lock against it, and what the check finds without the lock."""

    table: str
    trigger: str
    harm: Callable[[Books], object]
    found: str


def add(books: Books, **fields: object) -> object:
    given = {"invoice": books.invoice, "booked_on": TODAY, "source_key": "x:y:z", "created_at": NOW} | fields
    return books.tenant.ledger.create(**given)


def half_a_settlement(books: Books) -> object:
    return add(books, kind="settlement", amount="-1.00", source_key="settlement:a:1:b")


def settlement_in_two_currencies(books: Books) -> None:
    dollars = make_invoice(books.customer, "USD-1", "100.00", currency="USD")
    add(books, kind="settlement", amount="-1.00", source_key="settlement:a:1:b")
    add(books, kind="settlement", amount="1.00", source_key="settlement:a:1:used", invoice=dollars)


def same_sign(books: Books) -> object:
    entry = books.discounted.entries.get(kind="discount")
    return add(books, kind="reversal", reverses=entry, invoice=books.discounted, amount="-1.00")


def more_than_there_was(books: Books) -> object:
    entry = books.discounted.entries.get(kind="discount")
    return add(books, kind="reversal", reverses=entry, invoice=books.discounted, amount="5.01")


def on_another_invoice(books: Books) -> object:
    entry = books.discounted.entries.get(kind="discount")
    return add(books, kind="reversal", reverses=entry, amount="5.00")


def other_payment(books: Books) -> object:
    entry = books.invoice.entries.get(kind="payment")
    return add(books, kind="reversal", reverses=entry, payment=None, amount="40.00")


def other_component(books: Books) -> object:
    entry = books.invoice.entries.get(kind="payment")
    return add(books, kind="reversal", reverses=entry, payment=entry.payment, amount="40.00", component="interest")


def of_a_settlement(books: Books) -> object:
    entry = books.tenant.ledger.filter(kind="settlement", amount__lt=0).get()
    return add(books, kind="reversal", reverses=entry, amount="30.00", invoice_id=entry.invoice_id, invoice=None)


def of_a_reversal(books: Books) -> object:
    discount = books.discounted.entries.get(kind="discount")
    undone = reverse_entry(books.tenant, discount, why="toch niet", on=TODAY, now=NOW)
    return add(books, kind="reversal", reverses=undone, invoice=books.discounted, amount="-5.00")


def dollars_on_euros(books: Books) -> object:
    dollars = make_invoice(books.customer, "USD-1", "100.00", currency="USD")
    spare = pay(books.customer, "500.00", "manual:9")
    return add(books, kind="payment", payment=spare, invoice=dollars, amount="-1.00", currency="USD")


def euros_for_dollars(books: Books) -> object:
    invoice = books.tenant.invoices.create(
        customer=books.customer, number="USD-2", number_key="USD-2", issued_on=TODAY, due_on=TODAY, currency="USD",
        total_amount="9.00", created_at=NOW,
    )  # fmt: skip
    return add(books, kind="invoice", invoice=invoice, amount="9.00", currency="EUR")


def another_currency_for_the_invoice(books: Books) -> object:
    return books.tenant.invoices.filter(pk=books.invoice.pk).update(currency="USD")


def more_than_was_received(books: Books) -> object:
    return books.tenant.payments.filter(pk=books.online.pk).update(amount="51.00")


def payout_that_does_not_add_up(books: Books) -> object:
    return books.tenant.psp_settlements.update(fees="1.29")


def line_that_comes_later(books: Books) -> object:
    payout = books.tenant.psp_settlements.get()
    return books.tenant.psp_settlement_lines.create(settlement=payout, object_id="tr_late", amount="3.00")


def line_that_goes(books: Books) -> object:
    return books.tenant.psp_settlement_lines.all().delete()


MIRRORS, CLOSES = "voldaan_reversal_mirrors", "voldaan_settlement_closes"
WALLS = {
    harm.__name__: Wall(table, trigger, harm, found)
    for table, trigger, harm, found in (
        (ENTRY, CLOSES, half_a_settlement, "I1"),
        (ENTRY, CLOSES, settlement_in_two_currencies, "I1"),
        (ENTRY, MIRRORS, same_sign, "I2"),
        (ENTRY, MIRRORS, more_than_there_was, "I2"),
        (ENTRY, MIRRORS, on_another_invoice, "I2"),
        (ENTRY, MIRRORS, other_payment, "I2"),
        (ENTRY, MIRRORS, other_component, "I2"),
        (ENTRY, MIRRORS, of_a_settlement, "I2"),
        (ENTRY, MIRRORS, of_a_reversal, "I2"),
        (ENTRY, "voldaan_entry_currency", dollars_on_euros, "I1"),
        (ENTRY, "voldaan_opening_currency", euros_for_dollars, "I1"),
        ("receivables_invoice", "voldaan_invoice_currency_stays", another_currency_for_the_invoice, "I1"),
        ("receivables_payment", "voldaan_payment_stays_as_it_came", more_than_was_received, "I4"),
        ("receivables_pspsettlement", "voldaan_payout_adds_up", payout_that_does_not_add_up, "I1"),
        ("receivables_pspsettlementline", "voldaan_payout_line_adds_up", line_that_comes_later, "I1"),
        ("receivables_pspsettlementline", "voldaan_payout_line_adds_up", line_that_goes, "I1"),
    )
}


@pytest.mark.parametrize("name", WALLS)
@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_it(books: Books, name: str) -> None:
    with pytest.raises(IntegrityError), tenant_context(books.tenant.pk):
        WALLS[name].harm(books)
    assert looked(books.tenant).breaches == ()


@pytest.mark.parametrize("name", WALLS)
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_stands_and_is_found(books: Books, name: str) -> None:
    """The negative control of both: of the lock, and of the check."""
    wall = WALLS[name]
    with without(wall.table, wall.trigger), tenant_context(books.tenant.pk):
        wall.harm(books)
    assert wall.found in codes(looked(books.tenant))


@pytest.mark.parametrize(
    "fields",
    [{"kind": "payment", "amount": "-1.00"}, {"kind": "reversal", "amount": "1.00"}],
    ids=["an allocation without payment", "a reversal of nothing"],
)
@pytest.mark.django_db
def test_entries_say_what_they_are_about(books: Books, fields: dict[str, object]) -> None:
    with tenant_context(books.tenant.pk), pytest.raises(IntegrityError, match="ledger_"), transaction.atomic():
        add(books, **fields)


@pytest.mark.django_db
def test_an_entry_takes_the_currency_of_its_invoice(books: Books) -> None:
    with tenant_context(books.tenant.pk):
        dollars = make_invoice(books.customer, "USD-1", "100.00", currency="USD")
        add(books, kind="correction", amount="-1.00", invoice=dollars, currency="EUR")
        assert set(dollars.entries.values_list("currency", flat=True)) == {"USD"}


@pytest.mark.parametrize("table", [ENTRY, "receivables_paymentreturn", "receivables_ledgercheck"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.django_db
def test_the_program_has_no_right_to_take_away(table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        transaction.get_connection().cursor().execute(statement.format(table))


@pytest.mark.parametrize(
    "table", [ENTRY, "receivables_paymentreturn", "receivables_ledgercheck", "receivables_payment"]
)
def test_not_even_a_superuser_empties_a_table_by_accident(table: str, admin_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.IntegrityError, match="append-only"):
        admin_connection.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db(transaction=True)
def test_not_even_a_superuser_changes_or_removes_by_accident(books: Books) -> None:
    for statement in (
        "UPDATE receivables_ledgerentry SET amount = 1",
        "DELETE FROM receivables_ledgerentry",
        "DELETE FROM receivables_payment",
    ):
        with (
            psycopg.connect(embedded.POSTGRES.url(database=embedded.DATABASE)) as superuser,
            pytest.raises(psycopg.IntegrityError, match="append-only"),
        ):
            superuser.execute(statement)
    assert looked(books.tenant).breaches == ()


@pytest.mark.django_db
def test_what_a_payment_was_never_changes(books: Books) -> None:
    for change in ({"channel": PaymentChannel.BANK}, {"currency": "USD"}, {"source_key": "manual:2"}):
        with tenant_context(books.tenant.pk), pytest.raises(IntegrityError), transaction.atomic():
            books.tenant.payments.filter(pk=books.online.pk).update(**change)
    with tenant_context(books.tenant.pk):
        assert books.tenant.payments.filter(pk=books.online.pk).update(description="nagekeken") == 1
