"""One run per tenant and day: every open invoice answered, letters grouped per customer and step, older plans replaced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunning.actions.planning import plan_run
from dunning.actions.policies import choose_policy, move_invoices
from dunning.domain.calendar import CalendarUnknownError
from dunning.explain import sentence
from dunning.models.notices import Channel, NoticeState
from dunning.models.runs import Outcome, RunState
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.planning.world import Books, at

MONDAY = "2026-09-14"
QUERIES_OF_A_RUN = 46  # one chunk: fifteen to read facts, four to write; the rest begins and ends the run


def test_run_answers_for_every_open_invoice_and_no_other(books: Books) -> None:
    bakker, smid = books.customer("Bakker"), books.customer("Smid")
    late = books.invoice(bakker, "F1", due="2026-09-09", amount="100.00")
    later = books.invoice(bakker, "F2", due="2026-12-01", amount="50.00")
    paid = books.invoice(smid, "F3", due="2026-09-01", amount="80.00")
    books.pays(smid, "80.00", on="2026-09-10")

    run = books.plan(MONDAY)

    assert run.state == RunState.PLANNED
    with tenant_context(books.tenant.pk):
        answers = {row.invoice_id: (row.outcome, row.step_key) for row in run.decisions.all()}
    assert answers == {late.pk: (Outcome.SEND, "herinnering"), later.pk: (Outcome.WAIT, "")}
    assert paid.pk not in answers
    assert books.why(run, later) == "Wacht tot 28 november 2026: de factuur vervalt op 1 december 2026."
    assert run.totals["outcomes"]["send.herinnering"] == {"count": 1, "amount": "100.00"}


def test_run_makes_one_letter_per_customer_and_step(books: Books) -> None:
    bakker, smid = books.customer("Bakker"), books.customer("Smid", email="", street="Weg 1", city="Ede")
    for number, amount in (("F1", "100.00"), ("F2", "23.50")):
        books.invoice(bakker, number, due="2026-09-01", amount=amount)
    books.invoice(smid, "F3", due="2026-09-01")

    first, second = books.notices(books.plan(MONDAY))

    assert (first.total_amount, first.channel, first.to_email) == (
        Decimal("123.50"),
        Channel.EMAIL,
        "bakker@klant.example",
    )
    assert (second.channel, second.to_email, second.state) == (Channel.PRINT, "", NoticeState.PLANNED)
    with tenant_context(books.tenant.pk):
        assert first.lines.count() == 2


def test_reminders_go_to_the_contact_for_reminders(books: Books) -> None:
    bakker = books.customer("Bakker", email="")
    with tenant_context(books.tenant.pk):
        bakker.contacts.create(tenant=books.tenant, role="reminder", email="crediteuren@bakker.example")
    books.invoice(bakker, "F1", due="2026-09-01")

    (notice,) = books.notices(books.plan(MONDAY))

    assert notice.to_email == "crediteuren@bakker.example"


def test_same_day_gives_the_same_run_and_nothing_new(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    first = books.plan(MONDAY)
    books.approve(first)
    books.invoice(books.customer("Smid"), "F2", due="2026-09-01")

    again = books.plan(MONDAY)

    assert again.pk == first.pk
    assert len(books.notices(again)) == 1


def test_ladder_is_walked_week_by_week_with_calls_and_handover(books: Books) -> None:
    bakker = books.customer("Bakker")
    books.invoice(bakker, "F1", due="2026-09-09")
    mondays = ["2026-09-07", MONDAY, "2026-09-21", "2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19"]
    mondays += ["2026-10-26", "2026-11-02", "2026-11-09"]

    weeks = {}
    for monday in mondays:
        weeks[monday] = books.week(monday)
        with tenant_context(books.tenant.pk):
            books.tenant.call_tasks.filter(closed_on__isnull=True).update(
                closed_on=date.fromisoformat(monday), closed_at=at(date.fromisoformat(monday))
            )

    assert {monday: taken for monday, taken in weeks.items() if taken} == {
        "2026-09-07": ["vooraankondiging F1"],
        MONDAY: ["herinnering F1"],
        "2026-09-28": ["aanmaning F1"],
        "2026-10-05": ["belactie F1"],
        "2026-10-19": ["ingebrekestelling F1"],
        "2026-11-09": ["overdracht F1"],  # to a consumer the notice of default was the fourteen-day letter
    }
    with tenant_context(books.tenant.pk):
        assert books.tenant.handovers.get().lines.get().open_amount == Decimal(
            "161.00"
        )  # with 40.00 costs, due by then


def test_new_run_replaces_one_that_nobody_approved(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    old = books.plan(MONDAY)

    new = books.plan("2026-09-21")

    with tenant_context(books.tenant.pk):
        old.refresh_from_db()
    (withdrawn,), (planned,) = books.notices(old), books.notices(new)
    assert (old.state, withdrawn.state) == (RunState.STOPPED, NoticeState.CANCELLED)
    assert (planned.step_key, planned.state) == ("herinnering", NoticeState.PLANNED)


def test_new_run_leaves_an_approved_letter_alone_and_waits_for_it(books: Books) -> None:
    invoice = books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    books.approve(books.plan(MONDAY))

    new = books.plan("2026-09-21")

    assert books.notices(new) == []
    assert books.why(new, invoice) == (
        "Wacht: de herinnering van 14 september 2026 is nog niet verstuurd. De volgende stap telt vanaf de verzending."
    )


def test_stale_books_and_unmatched_money_close_the_gate(books: Books) -> None:
    invoice = books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")

    never = books.plan("2026-09-14", fresh=False)
    assert (never.freshness, books.decision(never, invoice).reason) == ("red", "gate_red")

    books.books_are_known_to(date(2026, 9, 6))
    assert books.taken(books.plan("2026-09-15", fresh=False)) == ["herinnering F1"]  # amber lets a reminder through
    stale = books.plan("2026-09-21", fresh=False)
    assert stale.freshness == "red"
    assert books.why(stale, invoice) == (
        "Geblokkeerd: de cijfers zijn te oud om te manen. "
        "De betalingen zijn verwerkt tot en met 6 september 2026, 15 dagen geleden."
    )


def test_credit_note_and_overpayment_block_until_they_are_settled(books: Books) -> None:
    bakker = books.customer("Bakker")
    invoice = books.invoice(bakker, "F1", due="2026-09-01", amount="100.00")
    books.invoice(bakker, "C1", due="2026-09-01", amount="-30.25", kind="credit_note")

    run = books.plan(MONDAY)

    assert books.decision(run, invoice).reason == "unallocated_credit"
    assert books.decision(run, invoice).params == {"cents": 3025}


def test_customers_choice_goes_before_the_segments_and_the_default(books: Books) -> None:
    tenant = books.tenant
    with tenant_context(tenant.pk):
        segment = tenant.segments.create(name="Grootzakelijk")
        strict, mild = tenant.policies.get(name="Streng"), tenant.policies.get(name="Mild")
        choose_policy(tenant, strict, segment=segment, now=at(date(2026, 8, 1)))
    ordinary, large = books.customer("Bakker"), books.customer("Fabriek", segment=segment)
    gentle = books.customer("Vriend", segment=segment)
    with tenant_context(tenant.pk):
        choose_policy(tenant, mild, customer=gentle, now=at(date(2026, 8, 1)))
    for place, customer in enumerate((ordinary, large, gentle)):
        books.invoice(customer, f"F{place}", due="2026-09-11")

    run = books.plan(MONDAY)

    assert books.taken(run) == ["herinnering F0", "herinnering F1"]
    with tenant_context(tenant.pk):
        on_track = {row.invoice.number: row.version.policy.name for row in tenant.tracks.all()}
    assert on_track == {"F0": "Standaard", "F1": "Streng"}


def test_running_file_keeps_its_version_until_it_is_moved(books: Books) -> None:
    tenant, invoice = books.tenant, books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    books.week(MONDAY)
    with tenant_context(tenant.pk):
        choose_policy(tenant, tenant.policies.get(name="Streng"), customer=invoice.customer, now=at(date(2026, 9, 15)))
    assert books.week("2026-09-22") == []  # still Standaard: ten days

    with tenant_context(tenant.pk):
        strict = tenant.policy_versions.get(policy__name="Streng")
        assert move_invoices(tenant, [invoice.pk], to=strict, now=at(date(2026, 9, 22))) == 1
    assert books.week("2026-09-23") == ["aanmaning F1"]


def test_run_of_a_year_without_calendar_is_refused_before_anything_is_written(books: Books) -> None:
    with pytest.raises(CalendarUnknownError, match="2031"):
        books.plan("2031-01-06", fresh=False)
    with tenant_context(books.tenant.pk):
        assert not books.tenant.runs.exists()


def test_planner_that_died_is_resumed_where_it_stopped(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(5):
        books.invoice(books.customer(f"Klant{place}"), f"F{place}", due="2026-09-01")
    books.books_are_known_to(date(2026, 9, 14))
    with monkeypatch.context() as broken:
        broken.setattr("dunning.actions.planning._finish", _die)
        with pytest.raises(SystemExit):
            books.plan(MONDAY, chunk=2)
    with tenant_context(books.tenant.pk):
        halfway = books.tenant.runs.get()
        assert (halfway.state, halfway.decisions.count()) == (RunState.PLANNING, 5)

    run = plan_run(books.tenant, on=date(2026, 9, 14), now=at(date(2026, 9, 14)), chunk=2)

    assert (run.pk, run.state, len(books.notices(run))) == (halfway.pk, RunState.PLANNED, 5)


def _die(*_: object, **__: object) -> None:
    raise SystemExit


@pytest.mark.parametrize("customers", [1, 3])
def test_planning_takes_the_same_number_of_queries_for_any_chunk(books: Books, customers: int) -> None:
    for place in range(customers):
        books.invoice(books.customer(f"Klant{place}"), f"F{place}", due="2026-09-01")
    books.books_are_known_to(date(2026, 9, 14))

    with CaptureQueriesContext(connection) as queries:
        books.plan(MONDAY, fresh=False)

    noise = ("_setting", "set_config", "SAVEPOINT")
    statements = [query["sql"] for query in queries if not any(word in query["sql"] for word in noise)]
    assert len(statements) == QUERIES_OF_A_RUN


def test_decision_of_one_tenant_never_sees_another_tenant(books: Books, stranger_tenant: Tenant) -> None:
    theirs = Books(stranger_tenant)
    theirs.invoice(theirs.customer("Vreemde"), "X1", due="2026-09-01")
    ours = books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")

    run = books.plan(MONDAY)

    with tenant_context(books.tenant.pk):
        (decision,) = run.decisions.all()
        assert decision.invoice_id == ours.pk
        assert sentence(decision) == "Herinnering: de vervaldatum 1 september 2026 is 13 dagen voorbij."
