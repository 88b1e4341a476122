"""Stories by calendar day of what was agreed instead of paying now: what waits, what goes on, and how it resumes by itself.

Each has its negative control: the same day had nobody arranged anything (`would_without`).
"""

from __future__ import annotations

from datetime import date

import pytest

from dunning.actions.arrangements import ArrangementError
from dunning.actions.planning import recheck
from dunning.actions.recheck import freshen
from dunning.models.arrangements import DisputeOutcome, Origin, PlanState
from dunning.models.notices import NoticeState
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.arrangements.world import AgreedBooks
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(tenant: Tenant) -> AgreedBooks:
    return AgreedBooks(tenant)


@pytest.fixture
def bakker(books: AgreedBooks) -> Customer:
    return books.customer("Bakker")


@pytest.fixture
def invoice(books: AgreedBooks, bakker: Customer) -> Invoice:
    """Reminded on 14 September, so that a demand is the next step from the 24th."""
    invoice = books.invoice(bakker, "F1", due="2026-09-09", amount="300.00")
    assert books.week("2026-09-14") == ["herinnering F1"]
    return invoice


# --- promises ------------------------------------------------------------------------------------------------------------


def test_a_promise_that_is_kept(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    promise = books.promises(bakker, invoice, pay_on="2026-09-29", on="2026-09-18")
    assert promise.grace_on == date(2026, 10, 2)

    assert books.week("2026-09-28") == []
    assert books.would(invoice, "2026-09-28") == (
        "Wacht tot 3 oktober 2026: betaling is toegezegd voor 29 september 2026."
    )
    assert books.would_without(invoice, "2026-09-28") == "aanmaning"

    books.pays(bakker, "300.00", on="2026-09-29")
    assert books.week("2026-10-05") == []
    assert books.would(invoice, "2026-10-05") == "niets meer open"


def test_a_promise_that_is_broken_lets_the_next_run_go_on(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.promises(bakker, invoice, pay_on="2026-09-29", on="2026-09-18")

    assert books.week("2026-09-28") == []
    assert books.week("2026-10-05") == ["aanmaning F1"]  # one letter, the one that was next
    assert books.would(invoice, "2026-10-06").startswith("Wacht tot ")


def test_a_part_payment_does_not_keep_a_promise(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    books.promises(bakker, invoice, pay_on="2026-09-29", on="2026-09-18")
    books.pays(bakker, "299.99", on="2026-09-29")
    assert books.week("2026-10-05") == ["aanmaning F1"]


def test_money_that_came_before_a_promise_does_not_keep_it(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    """On the very same morning: what was paid is off the promised amount already."""
    books.pays(bakker, "150.00", on="2026-09-18")
    promise = books.promises(bakker, invoice, pay_on="2026-09-29", on="2026-09-18")

    assert str(promise.amount) == "150.00"
    assert books.would(invoice, "2026-09-28").startswith("Wacht tot 3 oktober 2026")
    assert books.week("2026-10-05") == ["aanmaning F1"]


# --- plans ---------------------------------------------------------------------------------------------------------------


def test_a_plan_of_three_that_is_kept_to_the_end(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    plan = books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    assert plan.state == PlanState.RUNNING

    for on in ("2026-09-30", "2026-10-30", "2026-11-30"):
        books.pays(bakker, "100.00", on=on)
        assert books.tends(on) == []
    with tenant_context(books.tenant.pk):
        plan.refresh_from_db()
    assert (plan.state, plan.ended_why) == (PlanState.ENDED, "Helemaal betaald")
    assert books.would(invoice, "2026-12-07") == "niets meer open"


@pytest.mark.parametrize("monday", ["2026-09-21", "2026-09-28", "2026-10-05", "2026-10-26", "2026-11-02", "2026-12-07"])
def test_nothing_goes_out_in_any_week_of_a_kept_plan(
    books: AgreedBooks, bakker: Customer, invoice: Invoice, monday: str
) -> None:
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    for on in ("2026-09-30", "2026-10-30"):
        if on < monday:
            books.pays(bakker, "100.00", on=on)

    assert books.week(monday) == []
    if monday > "2026-09-24":
        assert books.would_without(invoice, monday) == "aanmaning"


def test_second_instalment_missed_warned_caught_up_and_on(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    books.pays(bakker, "100.00", on="2026-09-30")
    books.books_are_known_to(date(2026, 11, 4))

    assert books.tends("2026-10-26") == []
    assert books.tends("2026-10-27") == ["instalment_due 2"]  # three days before the 30th
    assert books.tends("2026-10-28") == []  # once
    assert books.tends("2026-11-02") == []  # the money may be on its way
    assert books.tends("2026-11-03") == ["instalment_missed 2"]
    assert books.tends("2026-11-04") == []
    with tenant_context(books.tenant.pk):
        warned = books.tenant.service_mails.get(kind="instalment_missed")
    assert warned.context == {
        "number": 2, "amount": "100.00", "due_on": "2026-10-30", "until_on": "2026-11-09"
    }  # fmt: skip
    assert books.would(invoice, "2026-11-09") == (
        "Wacht tot 10 november 2026: de termijn van 30 oktober 2026 is niet betaald, maar kan nog worden ingehaald."
    )

    books.pays(bakker, "100.00", on="2026-11-09")
    assert books.week("2026-11-16") == []
    assert books.would(invoice, "2026-11-16").startswith("Wacht tot 11 december 2026: er loopt een regeling")
    assert books.tends("2026-11-16") == []


def test_instalment_that_is_not_caught_up_lets_the_ladder_go_on_where_it_was(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    books.pays(bakker, "100.00", on="2026-09-30")

    assert books.week("2026-11-09") == []  # the last day to catch up
    assert books.week("2026-11-16") == ["aanmaning F1"]  # the reminder of September still counts
    assert books.tends("2026-11-16") == ["plan_ended"]
    assert books.tends("2026-11-17") == []
    with tenant_context(books.tenant.pk):
        notice = books.tenant.notices.get(run__on=date(2026, 11, 16))
    assert str(notice.total_amount) == "200.00"
    assert notice.pay_before_on == date(2026, 11, 23)  # a fresh term


def test_months_without_a_tick_bring_one_mail_and_one_letter(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    books.books_are_known_to(date(2027, 2, 1))

    assert books.tends("2027-02-01") == ["plan_ended"]
    assert books.week("2027-02-01") == ["aanmaning F1"]


def test_nobody_is_warned_before_the_bank_is_known_to_be_silent(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    """A payment of the last day may stand in a bank file that nobody has read yet."""
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    books.books_are_known_to(date(2026, 10, 2))
    assert books.tends("2026-10-06") == []

    books.books_are_known_to(date(2026, 10, 5))
    assert books.tends("2026-10-06") == ["instalment_missed 1"]  # the control: now it is known
    assert books.tends("2026-10-13") == []
    books.books_are_known_to(date(2026, 10, 10))
    assert books.tends("2026-10-13") == ["plan_ended"]


def test_part_payment_in_a_plan_lowers_what_is_missing_and_no_more(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    books.pays(bakker, "60.00", on="2026-09-30")
    books.books_are_known_to(date(2026, 10, 5))

    assert books.tends("2026-10-05") == ["instalment_missed 1"]
    with tenant_context(books.tenant.pk):
        assert books.tenant.service_mails.get(kind="instalment_missed").context["amount"] == "40.00"
    books.pays(bakker, "40.00", on="2026-10-09")
    assert books.week("2026-10-12") == []
    assert books.would(invoice, "2026-10-12").startswith("Wacht tot 10 november 2026")


def test_another_invoice_of_a_customer_with_a_plan_goes_on(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.invoice(bakker, "F2", due="2026-09-16", amount="80.00")
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-18")

    assert books.week("2026-09-28") == ["herinnering F2"]


def test_a_request_that_nobody_answers_stops_holding_the_ladder(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    request = books.asks_plan(bakker, invoice, count=6, first_on="2026-09-30", on="2026-09-18")
    assert (request.state, request.decide_by_on) == (PlanState.REQUESTED, date(2026, 10, 2))

    assert books.week("2026-09-28") == []
    assert books.would_without(invoice, "2026-09-28") == "aanmaning"
    assert books.week("2026-10-05") == ["aanmaning F1"]


def test_a_second_request_holds_nothing_by_itself(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    books.asks_plan(bakker, invoice, count=6, first_on="2026-09-30", on="2026-09-18")
    again = books.asks_plan(bakker, invoice, count=6, first_on="2026-10-15", on="2026-10-03")

    assert again.decide_by_on is None
    assert books.week("2026-10-05") == ["aanmaning F1"]


# --- disputes ------------------------------------------------------------------------------------------------------------


def test_dispute_of_the_day_itself_takes_the_invoice_off_the_letter_and_the_other_goes(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.invoice(bakker, "F2", due="2026-09-09", amount="80.00")
    books.week("2026-09-21")  # F2 is reminded
    run = books.plan("2026-10-05")
    books.approve(run)
    (notice,) = books.notices(run)
    assert books.taken(run) == ["aanmaning F1", "aanmaning F2"]

    books.disputes(invoice, on="2026-10-05")

    with tenant_context(books.tenant.pk):
        why = "Geblokkeerd: de factuur is sinds 5 oktober 2026 betwist (niet geleverd). Handel eerst de betwisting af."
        assert recheck(notice, now=at(run.on, 9)) == why
        assert freshen(notice, now=at(run.on, 9)) is None
        (line,) = notice.lines.filter(cancelled_at__isnull=True).select_related("invoice")
        assert (line.invoice.number, str(notice.total_amount)) == ("F2", "80.00")
    assert books.would_without(invoice, "2026-10-06") == "aanmaning"


def test_dispute_cancels_a_letter_about_nothing_else(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    run = books.plan("2026-09-28")
    books.approve(run)
    (notice,) = books.notices(run)
    with tenant_context(books.tenant.pk):
        assert recheck(notice, now=at(run.on, 9)) is None  # the control: it would have gone

    books.disputes(invoice, on="2026-09-28")

    with tenant_context(books.tenant.pk):
        freshen(notice, now=at(run.on, 9))
        assert notice.state == NoticeState.CANCELLED


def test_a_resolved_dispute_lets_the_ladder_go_on(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    dispute = books.disputes(invoice, on="2026-09-18")
    for monday in ("2026-09-28", "2026-10-05", "2026-12-07"):  # it does not end by itself
        assert books.week(monday) == []
        assert books.would_without(invoice, monday) == "aanmaning"

    books.resolves(dispute, DisputeOutcome.REJECTED, on="2026-12-08", note="Getekend voor ontvangst op 2 september.")
    assert books.week("2026-12-14") == ["aanmaning F1"]


def test_a_dispute_that_is_right_waits_for_the_credit_note(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    dispute = books.disputes(invoice, on="2026-09-18")
    books.resolves(dispute, DisputeOutcome.UPHELD, on="2026-09-22")

    assert books.week("2026-09-28") == []
    assert books.week("2026-10-19") == []
    assert books.week("2026-10-26") == ["aanmaning F1"]  # thirty days later nothing had come


# --- messages ------------------------------------------------------------------------------------------------------------


def test_a_claim_to_have_paid_holds_a_week_and_only_once(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.claims_paid(bakker, invoice, on="2026-09-25", amount="300.00")
    assert books.week("2026-09-28") == []
    assert books.would_without(invoice, "2026-09-28") == "aanmaning"
    assert books.would(invoice, "2026-10-02").startswith("Wacht tot 3 oktober 2026: blokkade op de factuur")

    again = books.claims_paid(bakker, invoice, on="2026-10-02", amount="300.00")
    assert again.hold_id is None
    assert books.week("2026-10-05") == ["aanmaning F1"]


# --- what a debtor may not --------------------------------------------------------------------------------------------------


def test_debtor_promises_within_limits_and_not_for_ever(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    with pytest.raises(ArrangementError) as too_late:
        books.promises(bakker, invoice, pay_on="2026-10-03", on="2026-09-18")
    books.promises(bakker, invoice, pay_on="2026-10-02", on="2026-09-18")
    with pytest.raises(ArrangementError) as second:
        books.promises(bakker, invoice, pay_on="2026-10-02", on="2026-09-19")
    books.promises(bakker, invoice, pay_on="2026-10-09", on="2026-10-07")
    with pytest.raises(ArrangementError) as third:
        books.promises(bakker, invoice, pay_on="2026-10-20", on="2026-10-14")

    assert [one.value.code for one in (too_late, second, third)] == [
        "day_too_late",
        "promise_running",
        "promises_broken",
    ]
    staff = books.promises(bakker, invoice, pay_on="2026-12-01", on="2026-10-14", origin=Origin.STAFF)
    assert staff.grace_on == date(2026, 12, 4)
