"""What may be arranged, by whom, and what it leaves behind: rows, events and one mail each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunning.actions import disputes, messages, plans, promises
from dunning.actions.arrangements import ArrangementError
from dunning.arranged import broken_promises, standing_of
from dunning.domain.arrangements import PlanStanding, PromiseStanding
from dunning.domain.plans import Every
from dunning.facts import load
from dunning.ladders import load_ladders
from dunning.models.arrangements import DisputeOutcome, Origin, PlanState
from dunning.selectors.arrangements import lately_broken, on_pay_page
from receivables.actions.ledger import write_off
from receivables.actions.returns import return_payment
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.dunning.arrangements.world import AgreedBooks, day, instalments
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db
ON = "2026-09-18"


@pytest.fixture
def bakker(books: AgreedBooks) -> Customer:
    return books.customer("Bakker")


@pytest.fixture
def invoice(books: AgreedBooks, bakker: Customer) -> Invoice:
    return books.invoice(bakker, "F1", due="2026-09-09", amount="300.00")


def _refused(code: str, act: Any) -> None:
    with pytest.raises(ArrangementError) as refused:
        act()
    assert refused.value.code == code


def _verbs(books: AgreedBooks) -> list[str]:
    with tenant_context(books.tenant.pk):
        told = ("dispute", "promise", "plan", "message", "hold")
        verbs = books.tenant.events.order_by("seq").values_list("verb", flat=True)
        return [verb for verb in verbs if verb.partition(".")[0] in told]


# --- disputes ------------------------------------------------------------------------------------------------------------


def test_dispute_has_an_owner_a_day_and_one_mail(
    books: AgreedBooks, invoice: Invoice, bookkeeper: User, viewer: User
) -> None:
    dispute = books.disputes(invoice, on=ON, amount=Money.of("80"))
    assert (dispute.resolve_by_on, dispute.owner) == (date(2026, 10, 2), None)
    tenant, now = books.tenant, at(day("2026-09-21"))
    with tenant_context(tenant.pk):
        disputes.reassign_dispute(tenant, dispute, owner=viewer, now=now, by=bookkeeper)
        changed = disputes.extend_dispute(tenant, dispute, resolve_by_on=day("2026-10-09"), on=now.date(), now=now)
    assert (changed.owner, changed.resolve_by_on) == (viewer, date(2026, 10, 9))
    books.resolves(dispute, DisputeOutcome.WITHDRAWN, on="2026-09-22", note="Toch gevonden")

    assert books.mails() == ["dispute_opened", "dispute_resolved"]
    assert _verbs(books) == ["dispute.opened", "dispute.reassigned", "dispute.extended", "dispute.resolved"]
    _refused("dispute_resolved", lambda: books.resolves(dispute, DisputeOutcome.UPHELD, on="2026-09-23"))


def test_dispute_is_refused_when_it_makes_no_sense(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    for amount in ("300.01", "0.00"):
        _refused("amount", lambda amount=amount: books.disputes(invoice, on=ON, amount=Money.of(amount)))
    _refused("day_past", lambda: books.disputes(invoice, on=ON, resolve_by_on=day("2026-09-17")))
    books.disputes(invoice, on=ON)
    _refused("dispute_open", lambda: books.disputes(invoice, on="2026-09-19", origin=Origin.STAFF))
    paid = books.invoice(bakker, "F2", due="2026-09-09", amount="10.00")
    books.pays(bakker, "10.00", on=ON, invoice=paid)
    _refused("nothing_open", lambda: books.disputes(paid, on=ON))


def test_debtor_cannot_stop_an_answered_invoice_again_but_a_person_can(books: AgreedBooks, invoice: Invoice) -> None:
    first = books.disputes(invoice, on=ON)
    books.resolves(first, DisputeOutcome.REJECTED, on="2026-09-20")

    _refused("dispute_answered", lambda: books.disputes(invoice, on="2026-09-21"))
    again = books.disputes(invoice, on="2026-09-21", origin=Origin.STAFF)
    books.resolves(again, DisputeOutcome.WITHDRAWN, on="2026-09-22")
    assert books.disputes(invoice, on="2026-11-25").resolved_at is None  # two months on


# --- promises ------------------------------------------------------------------------------------------------------------


def test_tenant_that_wants_no_promises_gets_none(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    Tenant.objects.filter(pk=books.tenant.pk).update(promise_most_days=0)
    books.tenant.refresh_from_db()

    _refused("not_allowed", lambda: books.promises(bakker, invoice, pay_on="2026-09-18", on=ON))
    assert promises.latest_promise_day(books.tenant, on=day(ON)) == day(ON)
    assert books.promises(bakker, invoice, pay_on="2027-01-01", on=ON, origin=Origin.STAFF).pk


@pytest.mark.parametrize("payments", [[], [("2026-10-02", "299.99")], [("2026-10-03", "300.00")]])
def test_count_of_broken_promises_says_what_each_promise_says(
    books: AgreedBooks, bakker: Customer, invoice: Invoice, payments: list[tuple[str, str]]
) -> None:
    """SQL counts for the dashboard, the domain decides: they agree."""
    books.promises(bakker, invoice, pay_on="2026-09-29", on=ON)
    for on, amount in payments:
        books.pays(bakker, amount, on=on)
    with tenant_context(books.tenant.pk):
        ((_, standing),) = standing_of(books.tenant.promises.all(), on=day("2026-10-05"))
        assert standing is PromiseStanding.BROKEN
        assert broken_promises(books.tenant.promises.all(), on=day("2026-10-05")).count() == 1
        still_open = 0 if payments == [("2026-10-03", "300.00")] else 1
        assert lately_broken(books.tenant, on=day("2026-10-05")).count() == still_open


def test_kept_and_running_promises_are_not_counted_as_broken(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    books.promises(bakker, invoice, pay_on="2026-09-29", on=ON, amount=Money.of("100"))
    with tenant_context(books.tenant.pk):
        assert broken_promises(books.tenant.promises.all(), on=day("2026-10-02")).count() == 0
    books.pays(bakker, "60.00", on="2026-09-29")
    with tenant_context(books.tenant.pk):
        write_off(books.tenant, invoice, why="coulance", on=day("2026-09-30"), now=at(day("2026-09-30")), by=None)
        assert broken_promises(books.tenant.promises.all(), on=day("2026-10-05")).count() == 0


# --- plans ---------------------------------------------------------------------------------------------------------------


def test_offer_says_what_starts_at_once(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    with tenant_context(books.tenant.pk):
        offered = plans.offer(books.tenant, bakker, invoice_ids=[invoice.pk], on=day(ON))
        shown = plans.preview(offered, count=3, first_on=day("2026-09-30"), every=Every.MONTH)
    assert (str(offered.total), offered.most_instalments, str(offered.least_instalment)) == ("300.00", 3, "25.00")
    assert (offered.is_allowed, offered.first_by_on) == (True, date(2026, 10, 19))
    assert [str(one.amount) for one in shown] == ["100.00", "100.00", "100.00"]
    _refused("count", lambda: plans.preview(offered, count=99, first_on=day(ON), every=Every.MONTH))


def test_plan_beyond_the_limits_is_a_request_that_a_person_accepts(
    books: AgreedBooks, bakker: Customer, invoice: Invoice, bookkeeper: User
) -> None:
    request = books.asks_plan(bakker, invoice, count=6, first_on="2026-09-30", on=ON)
    _refused("plan_running", lambda: books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on=ON))
    tenant = books.tenant
    with tenant_context(tenant.pk):
        plan = plans.accept_plan(tenant, request, on=day("2026-10-12"), now=at(day("2026-10-12")), by=bookkeeper)
        days = list(plan.instalments.order_by("number").values_list("due_on", flat=True))
    assert (plan.state, plan.decided_by) == (PlanState.RUNNING, bookkeeper)
    assert days[:2] == [date(2026, 10, 12), date(2026, 11, 11)]  # twelve days later, all of them
    assert books.mails() == ["plan_requested", "plan_started"]


def test_rejected_request_says_why_and_lets_go(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    request = books.asks_plan(bakker, invoice, count=6, first_on="2026-09-30", on=ON)
    assert books.would(invoice, "2026-09-21").startswith("Wacht tot 3 oktober 2026")
    tenant, now = books.tenant, at(day("2026-09-19"))
    with tenant_context(tenant.pk):
        rejected = plans.reject_plan(tenant, request, why="Te lang", now=now)
        assert tenant.service_mails.get(kind="plan_rejected").context == {"note": "Te lang"}
        _refused("plan_closed", lambda: plans.reject_plan(tenant, rejected, why="Nog eens", now=now))
    assert books.would(invoice, "2026-09-21") == "herinnering"


def test_debtor_who_broke_a_plan_asks_a_person_next_time(
    books: AgreedBooks, bakker: Customer, invoice: Invoice
) -> None:
    first = books.asks_plan(bakker, invoice, count=2, first_on="2026-09-30", on=ON)
    again = books.asks_plan(bakker, invoice, count=2, first_on="2026-11-01", on="2026-10-12")

    with tenant_context(books.tenant.pk):
        first.refresh_from_db()
    assert (first.state, again.state) == (PlanState.ENDED, PlanState.REQUESTED)
    with tenant_context(books.tenant.pk):
        assert plans.offer(books.tenant, bakker, invoice_ids=[invoice.pk], on=day("2026-10-12")).why == "broken_before"


def test_changed_plan_is_a_new_one_for_what_is_left(
    books: AgreedBooks, bakker: Customer, invoice: Invoice, bookkeeper: User
) -> None:
    first = books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on=ON)
    books.pays(bakker, "100.00", on="2026-09-30")
    tenant, on = books.tenant, day("2026-10-05")
    terms = instalments([("2026-10-31", "50.00"), ("2026-11-30", "150.00")])
    with tenant_context(tenant.pk):
        _refused(
            "total",
            lambda: plans.change_plan(tenant, first, instalments=terms[:1], on=on, now=at(on), by=bookkeeper),
        )
        second = plans.change_plan(tenant, first, instalments=terms, on=on, now=at(on), by=bookkeeper)
        page = on_pay_page(tenant, bakker, on=on)
        first.refresh_from_db()
    assert (first.state, str(second.total)) == (PlanState.ENDED, "200.00")
    assert page.plan is not None
    assert (page.plan.plan_id, str(page.plan.paid), page.plan.standing) == (second.pk, "0.00", PlanStanding.KEPT)
    assert books.mails() == ["plan_started", "plan_started"]


def test_ended_plan_says_why_once(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    plan = books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on=ON)
    tenant, now = books.tenant, at(day("2026-09-25"))
    with tenant_context(tenant.pk):
        plans.end_plan(tenant, plan, why="In overleg", now=now)
        mail = tenant.service_mails.get(kind="plan_ended")
    assert mail.context == {"why": "In overleg", "left": "300.00"}
    assert books.would(invoice, "2026-09-28") == "herinnering"


def test_plan_takes_the_place_of_a_promise(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    promise = books.promises(bakker, invoice, pay_on="2026-09-29", on=ON)
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on="2026-09-19")
    with tenant_context(books.tenant.pk):
        promise.refresh_from_db()
    assert promise.withdrawn_at is not None


def test_a_payment_that_went_back_counts_no_more(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    books.asks_plan(bakker, invoice, count=3, first_on="2026-09-30", on=ON)
    books.pays(bakker, "100.00", on="2026-09-30")
    tenant = books.tenant
    with tenant_context(tenant.pk):
        page = on_pay_page(tenant, bakker, on=day("2026-10-01"))
        assert page.plan is not None
        assert str(page.plan.paid) == "100.00"
        return_payment(
            tenant,
            tenant.payments.get(),
            amount=Money.of("100"),
            source_key="bank:terug",
            why="Teruggeboekt",
            on=day("2026-10-02"),
            now=at(day("2026-10-02")),
        )
        page = on_pay_page(tenant, bakker, on=day("2026-10-02"))
        assert page.plan is not None
        assert (str(page.plan.paid), page.plan.standing) == ("0.00", PlanStanding.DUE)


def test_credit_comes_off_the_last_instalment(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    other = books.invoice(bakker, "F2", due="2026-09-09", amount="60.00")
    books.asks_plan(bakker, invoice, other, count=3, first_on="2026-09-30", on=ON)
    with tenant_context(books.tenant.pk):
        write_off(books.tenant, other, why="coulance", on=day("2026-09-20"), now=at(day("2026-09-20")), by=None)
        page = on_pay_page(books.tenant, bakker, on=day("2026-09-21"))
    assert page.plan is not None
    assert [str(part.instalment.amount) for part in page.plan.parts] == ["120.00", "120.00", "60.00"]


# --- messages ------------------------------------------------------------------------------------------------------------


def test_message_is_confirmed_without_its_words_and_answered_with_them(
    books: AgreedBooks, bakker: Customer, invoice: Invoice, bookkeeper: User
) -> None:
    tenant, on = books.tenant, day(ON)
    with tenant_context(tenant.pk):
        message = messages.leave_question(
            tenant,
            bakker,
            text="Waar is de pakbon?",
            from_name="Bo",
            from_email="bo@elders.example",
            invoice_ids=[invoice.pk],
            on=on,
            now=at(on),
        )
        first = tenant.service_mails.get()
        assert (first.to_email, first.context.get("question")) == ("bo@elders.example", None)
        messages.handle(tenant, message, note="", answer="Die sturen we mee.", now=at(on, 12), by=bookkeeper)
        second = tenant.service_mails.exclude(pk=first.pk).get()
        assert second.context["answer"] == "Die sturen we mee."
        _refused("handled", lambda: messages.handle(tenant, message, note="Nog eens", now=at(on, 13)))
    assert books.would(invoice, "2026-09-21") == "herinnering"  # a question holds nothing
    assert _verbs(books) == ["message.left", "message.handled"]


def test_claim_to_have_paid_holds_only_what_it_names_and_can_be_lifted(
    books: AgreedBooks, bakker: Customer, invoice: Invoice, bookkeeper: User
) -> None:
    other = books.invoice(bakker, "F2", due="2026-09-09", amount="60.00")
    third = books.invoice(bakker, "F3", due="2026-09-09", amount="70.00")
    message = books.claims_paid(bakker, invoice, other, on=ON, amount="360.00")

    assert [books.would(one, "2026-09-21")[:5] for one in (invoice, other, third)] == ["Wacht", "Wacht", "herin"]
    with tenant_context(books.tenant.pk):
        messages.handle(
            books.tenant, message, note="Niets binnen", lifts_hold=True, now=at(day("2026-09-19")), by=bookkeeper
        )
    assert [books.would(one, "2026-09-21") for one in (invoice, other)] == ["herinnering", "herinnering"]
    _refused("amount", lambda: books.claims_paid(bakker, invoice, on=ON, amount="0.00"))


def test_wrong_person_is_forwarded_by_one_click(books: AgreedBooks, bakker: Customer, invoice: Invoice) -> None:
    tenant, on = books.tenant, day(ON)
    with tenant_context(tenant.pk):
        facts = {"text": "", "from_name": "Bo", "forward_name": "Lot", "forward_email": "lot@klant.example"}
        message = messages.report_wrong_person(tenant, bakker, **facts, on=on, now=at(on))
        assert tenant.contacts.count() == 0  # nothing is forwarded before a person agrees
    assert books.would(invoice, "2026-09-21").startswith("Wacht tot 26 september 2026")
    with tenant_context(tenant.pk):
        contact = messages.forward(tenant, message, now=at(on, 12))
        mail = tenant.service_mails.get(kind="forwarded")
        again = messages.report_wrong_person(tenant, bakker, **facts, on=on, now=at(on, 13))
    assert (contact.role, contact.email, mail.to_email) == ("reminder", "lot@klant.example", "lot@klant.example")
    assert mail.context == {"name": "Lot", "from_name": "Bo", "total": "300.00"}
    assert again.hold is None
    assert books.would(invoice, "2026-09-21") == "herinnering"


# --- reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_facts_take_the_same_number_of_queries_whatever_was_arranged(books: AgreedBooks, count: int) -> None:
    customers = [books.customer(f"Klant{place}") for place in range(count)]
    for place, customer in enumerate(customers):
        own = [books.invoice(customer, f"F{place}-{number}", due="2026-09-09", amount="100.00") for number in range(3)]
        books.disputes(own[0], on=ON)
        books.promises(customer, own[1], pay_on="2026-09-29", on=ON)
        books.asks_plan(customer, own[2], count=2, first_on="2026-09-30", on=ON)
        books.pays(customer, "20.00", on="2026-09-20", invoice=own[2])
    with tenant_context(books.tenant.pk):
        ladders = load_ladders(books.tenant)
        with CaptureQueriesContext(connection) as queries:
            loaded = load(books.tenant, [customer.pk for customer in customers], ladders=ladders, on=day("2026-09-21"))
    assert [len(one.arrangements) for one in loaded[0].facts.invoices] == [1, 1, 1]
    assert len(queries) == 16


def test_arrangements_of_another_tenant_are_not_seen(
    books: AgreedBooks, bakker: Customer, invoice: Invoice, stranger_tenant: Tenant
) -> None:
    theirs = AgreedBooks(stranger_tenant)
    stranger = theirs.customer("Vreemde")
    theirs.disputes(theirs.invoice(stranger, "X1", due="2026-09-09"), on=ON)
    with tenant_context(books.tenant.pk):
        assert books.tenant.disputes.count() == 0
        assert on_pay_page(books.tenant, bakker, on=day(ON)).disputes == ()
