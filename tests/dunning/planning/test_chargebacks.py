"""A payment by link stops the ladder; charged back it goes on where it was; reversed it stops again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from receivables.domain.money import Money
from receivables.models import Invoice, PspPayment
from receivables.paying import settling
from receivables.paying.psp import MoneyBack, PaymentReport
from tenants.context import tenant_context
from tests.dunning.planning.world import Books, at

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_STEP, NEXT_STEP = ["herinnering F1"], ["aanmaning F1"]
CHARGEBACK = MoneyBack("chb_1", Money.of("121.00"), "EUR", payment_id="tr_1")


def reminded(books: Books) -> PspPayment:
    """One letter has gone out, and the debtor clicked on its link."""
    customer = books.customer("Bakker")
    invoice: Invoice = books.invoice(customer, "F1", due="2026-08-20")
    assert books.week("2026-08-31") == FIRST_STEP
    with tenant_context(books.tenant.pk):
        attempt = books.tenant.psp_payments.create(
            customer=customer, amount="121.00", psp_id="tr_1", status="open", created_at=at(date(2026, 9, 2))
        )
        books.tenant.psp_payment_lines.create(psp_payment=attempt, invoice=invoice, amount="121.00")
    return attempt


def hear(books: Books, attempt: PspPayment, on: str, *backs: MoneyBack) -> None:
    day = date.fromisoformat(on)
    report = PaymentReport("tr_1", "paid", "test", Money.of("121.00"), "EUR", attempt=str(attempt.pk))
    clock = settling.Clock(now=at(day), on=day)
    settling.apply_report(books.tenant, attempt, report, backs=list(backs), clock=clock)


def test_a_paid_link_stops_the_ladder(books: Books) -> None:
    hear(books, reminded(books), "2026-09-03")
    assert books.week("2026-09-14") == []


def test_without_the_payment_the_next_step_would_go(books: Books) -> None:
    """The negative control."""
    reminded(books)
    assert books.week("2026-09-14") == NEXT_STEP


def test_a_chargeback_lets_the_ladder_go_on_where_it_was(books: Books) -> None:
    attempt = reminded(books)
    hear(books, attempt, "2026-09-03")
    assert books.week("2026-09-14") == []
    hear(books, attempt, "2026-09-16", CHARGEBACK)
    assert books.week("2026-09-21") == NEXT_STEP


def test_a_reversed_chargeback_stops_it_again(books: Books) -> None:
    attempt = reminded(books)
    hear(books, attempt, "2026-09-03")
    hear(books, attempt, "2026-09-16", CHARGEBACK)
    hear(books, attempt, "2026-09-18", replace(CHARGEBACK, is_final=False, is_undone=True))
    assert books.week("2026-09-21") == []
