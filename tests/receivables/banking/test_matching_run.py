"""The automatic run: what is sure books itself, the rest waits with its best proposal, and nothing is booked twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from receivables.actions import bank_matching
from receivables.actions.bank_booking import book_receipt
from receivables.actions.bank_matching import Matched, match_open_lines
from receivables.actions.known_ibans import forget_iban
from receivables.actions.payments import record_payment
from receivables.banking.books import load_books
from receivables.ledger_check import check
from receivables.models import BankLine
from receivables.models.banking import LineState
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.receivables.banking.rows import THEIRS, make_line
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice, open_of, receipt

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "2026-04711"


def run(tenant: Tenant) -> Matched:
    found = match_open_lines(tenant, on=TODAY, now=NOW)
    with tenant_context(tenant.pk):
        assert check(tenant, now=NOW).breaches == []
    return found


def one_sure_line(tenant: Tenant) -> BankLine:
    """A debtor who writes the number and pays to the cent."""
    with tenant_context(tenant.pk):
        make_invoice(make_customer(tenant), NUMBER, "181.50")
        return make_line(tenant, "181.50", f"Factuur {NUMBER}")


def state(tenant: Tenant, line: BankLine) -> LineState:
    with tenant_context(tenant.pk):
        line.refresh_from_db()
        return LineState(line.state)


def test_a_sure_receipt_books_itself_and_says_why(tenant: Tenant) -> None:
    line = one_sure_line(tenant)
    assert run(tenant) == Matched(seen=1, booked=1)
    with tenant_context(tenant.pk):
        booking = line.bookings.get()
        assert (booking.is_automatic, booking.score >= tenant.match_threshold) == (True, True)
        assert f"Factuurnummer {NUMBER} staat in de omschrijving" in booking.why
        assert tenant.payments.get().unallocated == 0


def test_below_the_threshold_nothing_books_itself(tenant: Tenant) -> None:
    line = one_sure_line(tenant)
    tenant.match_threshold = 101  # never
    tenant.save(update_fields=["match_threshold"])
    assert run(tenant) == Matched(seen=1)
    assert state(tenant, line) is LineState.OPEN
    with tenant_context(tenant.pk):
        assert (tenant.payments.count(), line.score >= 95) == (0, True)
        assert line.proposal["parts"][0]["number"] == NUMBER


def test_a_receipt_without_an_explanation_waits(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        make_invoice(make_customer(tenant), NUMBER, "181.50")
        line = make_line(tenant, "73.11", "Bedankt", name="Pietersen", iban="NL44DEMO0000000001")
    run(tenant)
    assert (state(tenant, line), line.score < 80) == (LineState.OPEN, True)


def test_a_second_run_changes_nothing(tenant: Tenant) -> None:
    one_sure_line(tenant)
    run(tenant)
    assert run(tenant) == Matched()
    with tenant_context(tenant.pk):
        assert tenant.payments.count() == 1


def test_a_learned_account_explains_the_next_payment(tenant: Tenant, bookkeeper: User) -> None:
    one_sure_line(tenant)
    with tenant_context(tenant.pk):
        make_invoice(make_customer(tenant, "Iemand anders"), "2026-04800", "60.50")
    run(tenant)
    with tenant_context(tenant.pk):
        customer = tenant.customers.get(name="Jansen Interieur")
        invoice = make_invoice(customer, "2026-04999", "242.00", age=5)
        line = make_line(tenant, "242.00", "voldaan", name="J. Jansen")
    assert run(tenant).booked == 1
    with tenant_context(tenant.pk):
        assert open_of(invoice) == ["0.00"]
        known = tenant.known_ibans.get(iban=THEIRS)
        assert known.customer == customer
        forget_iban(tenant, known, now=NOW, by=bookkeeper)
        make_invoice(customer, "2026-05001", "333.00", age=3)
        line = make_line(tenant, "333.00", "voldaan", name="Boekhouder")
    assert run(tenant).booked == 0
    assert state(tenant, line) is LineState.OPEN


def test_a_debtor_who_paid_in_between_is_not_booked_twice(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paid through the link after the books were read: the receipt waits for a person, who sees a credit."""
    line = one_sure_line(tenant)
    read = load_books

    def then_the_debtor_pays(*args: object, **named: object) -> object:
        ours = read(*args, **named)  # type: ignore[arg-type]
        record_payment(tenant, tenant.customers.get(), receipt=receipt("181.50", "mollie:tr_1"), now=NOW)
        return ours

    monkeypatch.setattr(bank_matching, "load_books", then_the_debtor_pays)
    assert run(tenant) == Matched(seen=1)
    assert state(tenant, line) is LineState.OPEN
    monkeypatch.setattr(bank_matching, "still_open", lambda *args: True)  # the control: without the second look
    monkeypatch.setattr(bank_matching, "load_books", lambda *args, **named: _as_before(read, tenant, *args, **named))
    assert run(tenant).booked == 1
    with tenant_context(tenant.pk):
        assert tenant.payments.filter(unallocated=Decimal("181.50")).count() == 1  # money nobody asked, unseen


def _as_before(read: object, tenant: Tenant, *args: object, **named: object) -> object:
    """The books as they were before that payment."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
        tenant.invoices.filter(number=NUMBER).update(open_amount=Decimal("181.50"))
        ours = read(*args, **named)  # type: ignore[operator]
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    return ours


def test_other_money_is_nobodys_receipt(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        make_invoice(make_customer(tenant, "Mollie Payments"), NUMBER, "181.50")
        lines = [
            make_line(tenant, "181.50", f"Factuur {NUMBER}", currency="USD"),
            make_line(tenant, "181.50", f"{NUMBER} 1182161.2611.02", name="Stichting Mollie Payments"),
            make_line(tenant, "-181.50", f"Factuur {NUMBER}"),
            make_line(tenant, "181.50", f"Factuur {NUMBER}", state=LineState.HELD),
        ]
    assert run(tenant).booked == 0
    assert [state(tenant, line) for line in lines] == [
        LineState.OPEN,
        LineState.OPEN,
        LineState.OUTGOING,
        LineState.HELD,
    ]


def test_two_runs_at_once_book_each_line_once(tenant: Tenant) -> None:
    with tenant_context(tenant.pk):
        for number in range(12):
            customer = make_customer(tenant, f"Klant {number:02}")
            make_invoice(customer, f"2026-0{4000 + 13 * number}", "100.00")
            make_line(tenant, "100.00", f"fact 2026-0{4000 + 13 * number}", name=customer.name, iban=f"NL{number}")
    together = Barrier(3)

    def attempt(_number: int) -> int:
        try:
            together.wait(timeout=30)
            return match_open_lines(tenant, on=TODAY, now=NOW).booked
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(attempt, range(3))) == 12
    with tenant_context(tenant.pk):
        assert (tenant.payments.count(), tenant.invoices.filter(open_amount=0).count()) == (12, 12)


def test_a_run_that_breaks_off_is_taken_up_by_the_next(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_context(tenant.pk):
        for number in range(4):
            make_invoice(make_customer(tenant, f"Klant {number:02}"), f"2026-0{4000 + 13 * number}", "100.00")
            make_line(tenant, "100.00", f"2026-0{4000 + 13 * number}", name=f"Klant {number:02}", iban=f"NL{number}")
    book, calls = book_receipt, iter(range(10))

    def breaks_at_the_third(*args: object, **named: object) -> object:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return book(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(bank_matching, "book_receipt", breaks_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        match_open_lines(tenant, on=TODAY, now=NOW)
    monkeypatch.undo()
    assert run(tenant) == Matched(seen=2, booked=2)
