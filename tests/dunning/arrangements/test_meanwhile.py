"""What an agreement must see: a file that is with the agency, money that came while a request waited, money not yet allocated."""

from __future__ import annotations

from datetime import date

import pytest

from dunning.actions import plans
from dunning.actions.arrangements import ArrangementError
from dunning.arranged import broken_promises, standing_of
from dunning.domain.arrangements import PromiseStanding
from dunning.domain.plans import Every, PlanError, split
from dunning.models import PaymentPlan
from dunning.models.arrangements import Origin, PlanState
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tests.dunning.arrangements.world import AgreedBooks, day
from tests.dunning.handover.world import to_the_handover
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db(transaction=True)


# --- a file that is with the agency --------------------------------------------------------------------------------------


def file_of(books: AgreedBooks, state: str, *, is_cancelled: bool = False) -> tuple[Customer, list[Invoice]]:
    handover = to_the_handover(books)
    with tenant_context(books.tenant.pk):
        books.tenant.handovers.filter(pk=handover.pk).update(state=state)
        if is_cancelled:
            books.tenant.handover_lines.update(cancelled_at=at(day("2026-11-04")))
        return handover.customer, list(books.tenant.invoices.filter(customer=handover.customer).order_by("number"))


@pytest.mark.parametrize(
    ("state", "is_cancelled", "expected"),
    [("handed_over", False, "requested"), ("handed_over", True, "running"), ("flagged", False, "running")],
)
def test_a_plan_for_what_is_with_the_agency_needs_a_person(
    books: AgreedBooks, state: str, is_cancelled: bool, expected: str
) -> None:
    customer, rows = file_of(books, state, is_cancelled=is_cancelled)
    with tenant_context(books.tenant.pk):
        offered = plans.offer(books.tenant, customer, invoice_ids=[rows[0].pk], on=day("2026-11-05"))
    assert offered.why == ("handed_over" if expected == "requested" else "")
    made = books.asks_plan(customer, *rows, count=2, first_on="2026-11-10", on="2026-11-05")
    assert made.state == expected


def test_what_is_with_the_agency_is_not_put_off_by_the_debtor_alone(books: AgreedBooks) -> None:
    customer, rows = file_of(books, "handed_over")
    with pytest.raises(ArrangementError) as refused:
        books.promises(customer, *rows, pay_on="2026-11-10", on="2026-11-05")
    assert refused.value.code == "handed_over"
    other = books.invoice(customer, "F3", due="2026-10-01", amount="50.00")
    books.promises(customer, other, pay_on="2026-11-10", on="2026-11-05")
    books.promises(customer, *rows, pay_on="2026-11-10", on="2026-11-05", origin=Origin.STAFF)  # a person may


# --- a request that waited -----------------------------------------------------------------------------------------------


def asked(books: AgreedBooks, paid: str) -> tuple[PaymentPlan, Customer]:
    anna = books.customer("Anna")
    invoice = books.invoice(anna, "F1", due="2026-09-09", amount="300.00")
    plan = books.asks_plan(anna, invoice, count=6, first_on="2026-09-30", on="2026-09-18")
    if paid:
        books.pays(anna, paid, on="2026-09-21", invoice=invoice)
    return plan, anna


@pytest.mark.parametrize(
    ("paid", "total", "instalments"),
    [
        ("", "300.00", [(number, "50.00") for number in range(1, 7)]),
        ("200.00", "100.00", [(5, "50.00"), (6, "50.00")]),
        ("220.00", "80.00", [(5, "30.00"), (6, "50.00")]),
    ],
)
def test_an_accepted_request_is_confirmed_with_what_is_left(
    books: AgreedBooks, paid: str, total: str, instalments: list[tuple[int, str]]
) -> None:
    plan, _ = asked(books, paid)
    with tenant_context(books.tenant.pk):
        plans.accept_plan(books.tenant, plan, on=day("2026-09-22"), now=at(day("2026-09-22")))
        said = books.tenant.service_mails.get(kind="plan_started").context
    assert said["total"] == total
    assert [(one["number"], one["amount"]) for one in said["instalments"]] == instalments


def test_a_request_that_was_paid_meanwhile_is_not_accepted(books: AgreedBooks) -> None:
    plan, _ = asked(books, "300.00")
    with tenant_context(books.tenant.pk):
        with pytest.raises(ArrangementError) as refused:
            plans.accept_plan(books.tenant, plan, on=day("2026-10-22"), now=at(day("2026-10-22")))
        plan.refresh_from_db()
        first = plan.instalments.order_by("number")[0]
    assert (refused.value.code, plan.state, first.due_on) == ("nothing_open", PlanState.REQUESTED, day("2026-09-30"))


# --- the list of broken promises -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("paid_on", "expected"), [("2026-10-02", 0), ("2026-10-20", 1)])
def test_money_not_yet_allocated_keeps_a_promise_also_in_the_list(
    books: AgreedBooks, paid_on: str, expected: int
) -> None:
    anna = books.customer("Anna")
    invoice = books.invoice(anna, "F1", due="2026-09-09", amount="300.00")
    books.promises(anna, invoice, pay_on="2026-10-01", on="2026-09-21")
    with tenant_context(books.tenant.pk):
        rows = books.tenant.promises.all()
        books.tenant.payments.create(
            customer=anna,
            channel="bank",
            source_key="bank:1",
            amount=300,
            unallocated=300,
            received_on=day(paid_on),
            created_at=at(day(paid_on)),
        )
        ((_, standing),) = standing_of(rows, on=day("2026-10-25"))
        found = broken_promises(rows, on=day("2026-10-25")).count()
    assert (found, standing is PromiseStanding.BROKEN) == (expected, bool(expected))


# --- the end of the calendar ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", Every)
def test_instalments_past_the_calendar_are_refused(every: Every) -> None:
    with pytest.raises(PlanError) as refused:
        split(Money.of("300.00"), 12, first_on=date(9999, 12, 31), every=every)
    assert refused.value.code == "day_too_far"
