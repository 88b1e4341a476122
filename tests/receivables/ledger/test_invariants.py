"""I1 to I6, each broken by a superuser with the locks off, and found; the same books before that are clean."""

from __future__ import annotations

import pytest

from receivables.models import Invoice
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.ledger.world import (
    Books,
    codes,
    looked,
    make_books,
    pay_out,
    superuser,
    without,
    without_constraint,
)
from tests.receivables.paying.rows import NOW, make_customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books(tenant: Tenant) -> Books:
    with tenant_context(tenant.pk):
        return make_books(tenant)


ENTRY = "receivables_ledgerentry"
SPOILS = {
    "a settlement that does not close": (
        "I1",
        "UPDATE receivables_ledgerentry SET amount = amount - 1 WHERE kind = 'settlement'",
    ),
    "an entry in another currency": (
        "I1",
        "UPDATE receivables_ledgerentry SET currency = 'USD' WHERE kind = 'write_off'",
    ),
    "a return in another currency": ("I1", "UPDATE receivables_paymentreturn SET currency = 'USD'"),
    "an allocation in another currency": ("I1", "UPDATE receivables_payment SET currency = 'USD'"),
    "a kind that nobody knows": ("I1", "UPDATE receivables_ledgerentry SET kind = 'gift' WHERE kind = 'write_off'"),
    "a payout that does not add up": ("I1", "UPDATE receivables_pspsettlement SET fees = fees + 1"),
    "a reversal of more than there was": (
        "I2",
        "UPDATE receivables_ledgerentry SET amount = amount + 1 WHERE kind = 'reversal'",
    ),
    "a reversal on another invoice": (
        "I2",
        "UPDATE receivables_ledgerentry SET invoice_id = (SELECT id FROM receivables_invoice WHERE number = '2026-1') "
        "WHERE kind = 'reversal'",
    ),
    "an open amount": ("I3", "UPDATE receivables_invoice SET open_amount = open_amount + 1 WHERE number = '2026-1'"),
    "an open claim": ("I3", "UPDATE receivables_invoice SET claimed_amount = claimed_amount + 1"),
    "an entry that vanished": ("I3", "DELETE FROM receivables_ledgerentry WHERE kind = 'discount'"),
    "a credit that vanished": ("I4", "UPDATE receivables_payment SET amount = amount + 1 WHERE channel = 'manual'"),
    "a return that vanished": ("I4", "DELETE FROM receivables_paymentreturn"),
    "a payout of another amount": (
        "I5",
        "UPDATE receivables_pspsettlementline SET amount = amount + 1; "
        "UPDATE receivables_pspsettlement SET amount = amount + 1",
    ),
    "a payout of money that came otherwise": (
        "I5",
        "UPDATE receivables_pspsettlementline SET amount = 40, payment_id = "
        "(SELECT id FROM receivables_payment WHERE channel = 'manual'); "
        "UPDATE receivables_pspsettlement SET amount = 39.71",
    ),
    "a settled invoice that vanished": ("I1", "DELETE FROM receivables_invoice WHERE number = '2026-3'"),
    "an open invoice that vanished": ("I6", "DELETE FROM receivables_invoice WHERE number = '2026-1'"),
    "a payment that vanished": ("I6", "DELETE FROM receivables_payment WHERE channel = 'manual'"),
}


@pytest.mark.parametrize("what", SPOILS)
def test_what_a_superuser_breaks_is_found(books: Books, what: str) -> None:
    invariant, statements = SPOILS[what]
    assert looked(books.tenant).breaches == ()

    with superuser(locks=False) as connection:
        connection.execute(statements)

    assert invariant in codes(looked(books.tenant))


UNNAMED = {
    "ledger_reversal_reverses": ("I2", "UPDATE receivables_ledgerentry SET kind = 'reversal' WHERE kind = 'write_off'"),
    "ledger_payment_gives_a_payment": (
        "I4",
        "UPDATE receivables_ledgerentry SET payment_id = NULL WHERE kind = 'payment'",
    ),
}


@pytest.mark.parametrize("constraint", UNNAMED)
def test_entries_about_nothing_from_before_the_constraint_are_found(books: Books, constraint: str) -> None:
    invariant, statement = UNNAMED[constraint]
    with (
        without_constraint("receivables_ledgerentry", constraint),
        superuser(locks=False) as connection,
    ):
        connection.execute(statement)
    assert invariant in codes(looked(books.tenant))


def test_a_paid_attempt_that_was_never_booked_is_found(books: Books) -> None:
    with tenant_context(books.tenant.pk):
        attempt = books.tenant.psp_payments.create(
            customer=books.customer, amount="50.00", status="paid", payment=books.online, created_at=NOW
        )
    assert looked(books.tenant).breaches == ()

    with tenant_context(books.tenant.pk):
        books.tenant.psp_payments.filter(pk=attempt.pk).update(payment=None)

    (breach,) = looked(books.tenant).breaches
    assert (breach.invariant, breach.examples) == ("I4", (f"psp_payment:{attempt.pk}",))


def test_a_lock_that_is_off_is_found(books: Books) -> None:
    with without(ENTRY, "receivables_ledgerentry_append_only"):
        (breach,) = looked(books.tenant).breaches
    assert (breach.invariant, breach.examples) == ("I2", ("lock:receivables_ledgerentry_append_only",))
    assert looked(books.tenant).breaches == ()


@pytest.mark.parametrize(
    ("right", "table"),
    [("UPDATE", ENTRY), ("DELETE", "receivables_paymentreturn"), ("UPDATE (amount)", ENTRY), ("TRUNCATE", ENTRY)],
)
def test_a_right_that_came_back_is_found(books: Books, right: str, table: str) -> None:
    with superuser() as connection:
        connection.execute(f"GRANT {right} ON {table} TO voldaan_app")
    try:
        (breach,) = looked(books.tenant).breaches
    finally:
        with superuser() as connection:
            connection.execute(f"REVOKE {right} ON {table} FROM voldaan_app")
    assert (breach.invariant, breach.examples) == ("I2", (f"right:{right.split()[0]} {table} voldaan_app",))


def test_at_most_five_examples_are_named(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        customer = make_customer(tenant)
        many = [
            Invoice(
                tenant=tenant, customer=customer, number=str(n), number_key=str(n), issued_on=NOW, due_on=NOW,
                total_amount=1, open_amount=1, created_at=NOW,
            )
            for n in range(8)
        ]  # fmt: skip
        Invoice.across_tenants.bulk_create(many)

    breach = next(one for one in looked(tenant).breaches if one.invariant == "I3")

    assert len(breach.examples) == 5
    assert "meer dan hier staan" in breach.sentence


def test_the_neighbours_books_are_their_own(books: Books, stranger_tenant: Tenant) -> None:
    with superuser(locks=False) as connection:
        connection.execute("UPDATE receivables_invoice SET open_amount = open_amount + 1 WHERE kind = 'invoice'")
    assert codes(looked(books.tenant)) == {"I3", "I6"}
    assert looked(stranger_tenant).breaches == ()


def test_money_of_other_sales_in_a_payout_is_no_breach(books: Books) -> None:
    with tenant_context(books.tenant.pk):
        pay_out(books.tenant, others="250.00", fees="1.00")
    found = looked(books.tenant)
    assert found.breaches == ()
    assert str(found.balances["EUR"]["psp_others"]) == "-250.00"
