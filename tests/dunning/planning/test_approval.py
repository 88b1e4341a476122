"""Released, trimmed, stopped: what leaves is what a person saw, minus what changed since."""

from __future__ import annotations

from datetime import date

import pytest

from dunning.actions.approval import RunStateError, approve_run, exclude_decision, exclude_notice, stop_run
from dunning.actions.holds import place_hold
from dunning.models import Notice, Run
from dunning.models.holds import HoldLevel, HoldReason
from dunning.models.notices import NoticeState
from dunning.models.runs import RunState
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.dunning.planning.world import Books, at

MONDAY = "2026-09-14"
NOW = at(date(2026, 9, 14))


def _states(books: Books, run: Run) -> list[str]:
    return [notice.state for notice in books.notices(run)]


def test_approval_makes_letters_ready_and_says_who(books: Books, bookkeeper: User) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    run = books.plan(MONDAY)

    with tenant_context(books.tenant.pk):
        run = approve_run(books.tenant, run, now=NOW, by=bookkeeper)

    assert (run.state, run.approved_by, run.is_approved_automatically) == (RunState.APPROVED, bookkeeper, False)
    assert _states(books, run) == [NoticeState.READY]


def test_run_without_letters_is_done_at_once(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-12-01")

    assert books.approve(books.plan(MONDAY)).state == RunState.DONE


def test_tenant_may_approve_automatically_except_steps_that_want_a_person(books: Books) -> None:
    tenant = books.tenant
    tenant.approves_automatically = True
    tenant.save(update_fields=["approves_automatically"])
    with tenant_context(tenant.pk):
        tenant.policy_steps.filter(key="aanmaning").update(needs_approval=True)
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    books.week(MONDAY)
    books.invoice(books.customer("Smid"), "F2", due="2026-09-20")

    run = books.plan("2026-09-28")

    assert run.is_approved_automatically
    assert [(row.step_key, row.state) for row in books.notices(run)] == [
        ("aanmaning", NoticeState.PLANNED),
        ("herinnering", NoticeState.READY),
    ]
    books.approve(run)
    assert _states(books, run) == [NoticeState.READY, NoticeState.READY]


def test_excluding_one_invoice_keeps_the_rest_of_the_letter(books: Books) -> None:
    bakker = books.customer("Bakker")
    first = books.invoice(bakker, "F1", due="2026-09-01", amount="100.00")
    books.invoice(bakker, "F2", due="2026-09-01", amount="20.00")
    run = books.plan(MONDAY)

    with tenant_context(books.tenant.pk):
        exclude_decision(books.tenant, books.decision(run, first), why="bel ik zelf over", now=NOW)

    (notice,) = books.notices(run)
    assert (str(notice.total_amount), notice.state) == ("20.00", NoticeState.PLANNED)
    assert books.taken(run) == ["herinnering F2"]
    assert books.taken(books.plan("2026-09-21")) == ["herinnering F1", "herinnering F2"]


def test_excluding_the_last_invoice_or_the_whole_letter_cancels_it(books: Books) -> None:
    one = books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    books.invoice(books.customer("Smid"), "F2", due="2026-09-01")
    run = books.plan(MONDAY)
    bakker, smid = books.notices(run)

    with tenant_context(books.tenant.pk):
        exclude_decision(books.tenant, books.decision(run, one), why="", now=NOW)
        exclude_notice(books.tenant, smid, why="later", now=NOW)

    assert _states(books, run) == [NoticeState.CANCELLED, NoticeState.CANCELLED]
    assert books.taken(run) == []
    assert bakker.pk != smid.pk


def test_letter_that_is_under_way_is_not_excluded_any_more(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    run = books.plan(MONDAY)
    books.approve(run)
    (notice,) = books.notices(run)
    with tenant_context(books.tenant.pk):
        books.tenant.notices.update(state=NoticeState.CLAIMED)
        with pytest.raises(RunStateError, match="niet meer tegen te houden: wordt verzonden"):
            exclude_notice(books.tenant, notice, why="", now=NOW)


def test_stop_leaves_nothing_to_send_and_frees_the_step(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    run = books.plan(MONDAY)
    books.approve(run)

    with tenant_context(books.tenant.pk):
        assert stop_run(books.tenant, run, now=NOW) == 1
        assert stop_run(books.tenant, run, now=NOW) == 0
        with pytest.raises(RunStateError, match="gestopt"):
            approve_run(books.tenant, run, now=NOW)

    assert _states(books, run) == [NoticeState.CANCELLED]
    assert books.taken(books.plan("2026-09-21")) == ["herinnering F1"]


def _to_the_call(books: Books) -> Run:
    """Two files that are due for a call."""
    for name in ("Bakker", "Smid"):
        books.invoice(books.customer(name), f"F-{name}", due="2026-09-01")
    books.week(MONDAY)
    books.week("2026-09-28")
    return books.plan("2026-10-05")


def test_calls_become_tasks_at_approval_unless_they_were_paid_or_held_since(books: Books) -> None:
    run = _to_the_call(books)
    tenant = books.tenant
    with tenant_context(tenant.pk):
        smid = tenant.customers.get(name="Smid")
        assert not tenant.call_tasks.exists()
        place_hold(
            tenant,
            level=HoldLevel.CUSTOMER,
            reason=HoldReason.QUESTION,
            customer=smid,
            until_on=date(2026, 11, 1),
            on=date(2026, 10, 7),
            now=at(date(2026, 10, 7)),
        )

    books.approve(run, on=date(2026, 10, 8))

    with tenant_context(tenant.pk):
        assert [task.invoice.number for task in tenant.call_tasks.all()] == ["F-Bakker"]
        (left_out,) = run.decisions.filter(excluded_at__isnull=False)
        assert left_out.excluded_why == "Wacht tot 2 november 2026: blokkade op de klant (vraag van de debiteur)."


def test_call_is_excluded_before_approval_and_not_after(books: Books) -> None:
    run = _to_the_call(books)
    tenant = books.tenant
    with tenant_context(tenant.pk):
        first, second = run.decisions.filter(step_key="belactie").order_by("invoice__number")
        exclude_decision(tenant, first, why="", now=NOW)
    books.approve(run)
    with tenant_context(tenant.pk):
        assert [task.invoice.number for task in tenant.call_tasks.all()] == ["F-Smid"]
        with pytest.raises(RunStateError, match="belactie is al in gang gezet"):
            exclude_decision(tenant, second, why="", now=NOW)


def test_every_step_of_a_run_is_in_the_audit_trail(books: Books, bookkeeper: User, tenant: Tenant) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    run = books.plan(MONDAY)
    with tenant_context(tenant.pk):
        approve_run(tenant, run, now=NOW, by=bookkeeper)
        stop_run(tenant, run, now=NOW, by=bookkeeper)
        verbs = list(tenant.events.filter(subject_id=str(run.pk)).order_by("pk").values_list("verb", flat=True))

    assert verbs == ["run.planned", "run.approved", "run.stopped"]
    assert isinstance(books.notices(run)[0], Notice)
