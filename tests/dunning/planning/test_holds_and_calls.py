"""Holds end by themselves; a call that was made becomes a promise, a dispute, or just a note."""

from __future__ import annotations

from datetime import date

import pytest

from dunning.actions.calls import CallClosedError, close_call
from dunning.actions.holds import HoldError, end_hold, extend_hold, place_hold
from dunning.models import CallTask
from dunning.models.holds import HoldLevel, HoldReason
from dunning.models.runs import CallOutcome
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.dunning.planning.world import Books, at

ON = date(2026, 9, 14)


@pytest.mark.parametrize("level", HoldLevel)
def test_hold_stops_its_level_and_ends_by_itself(books: Books, level: HoldLevel, bookkeeper: User) -> None:
    tenant, bakker = books.tenant, books.customer("Bakker")
    first = books.invoice(bakker, "F1", due="2026-09-01")
    books.invoice(bakker, "F2", due="2026-09-01")
    target = {
        HoldLevel.TENANT: {},
        HoldLevel.CUSTOMER: {"customer": bakker},
        HoldLevel.INVOICE: {"invoice": first},
        HoldLevel.FILE: {"invoice": first},
    }[level]
    with tenant_context(tenant.pk):
        hold = place_hold(
            tenant,
            level=level,
            reason=HoldReason.OTHER,
            until_on=date(2026, 9, 20),
            note="vakantie",
            on=ON,
            now=at(ON),
            by=bookkeeper,
            **target,  # type: ignore[arg-type] # by level
        )
    assert hold.owner == bookkeeper

    assert (
        books.taken(books.plan("2026-09-14"))
        == {
            HoldLevel.TENANT: [],
            HoldLevel.CUSTOMER: [],
            HoldLevel.INVOICE: ["herinnering F2"],
            HoldLevel.FILE: ["herinnering F1", "herinnering F2"],
        }[level]
    )
    assert books.taken(books.plan("2026-09-21")) == ["herinnering F1", "herinnering F2"]


def test_hold_can_be_ended_once_and_extended(books: Books, tenant: Tenant) -> None:
    invoice = books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")
    with tenant_context(tenant.pk):
        hold = place_hold(
            tenant, level=HoldLevel.INVOICE, reason=HoldReason.DISPUTE, invoice=invoice, on=ON, now=at(ON)
        )
        extend_hold(tenant, hold, until_on=date(2026, 10, 1), now=at(ON))
    assert books.why(books.plan("2026-09-14"), invoice) == (
        "Wacht tot 2 oktober 2026: blokkade op de factuur (betwisting)."
    )
    with tenant_context(tenant.pk):
        assert end_hold(tenant, hold, now=at(ON)) is True
        assert end_hold(tenant, hold, now=at(ON)) is False
        with pytest.raises(HoldError, match="al beëindigd"):
            extend_hold(tenant, hold, until_on=None, now=at(ON))
    assert books.taken(books.plan("2026-09-15")) == ["herinnering F1"]


def test_hold_without_sense_is_refused(books: Books, tenant: Tenant) -> None:
    bakker = books.customer("Bakker")
    with tenant_context(tenant.pk):
        for level, reason, until_on, problem in (
            (HoldLevel.CUSTOMER, HoldReason.OTHER, date(2026, 9, 1), "verleden"),
            (HoldLevel.CUSTOMER, HoldReason.PROMISE, None, "een dag waarop betaald wordt"),
            (HoldLevel.INVOICE, HoldReason.OTHER, None, "Kies waar de blokkade op ligt"),
        ):
            with pytest.raises(HoldError, match=problem):
                place_hold(tenant, level=level, reason=reason, customer=bakker, until_on=until_on, on=ON, now=at(ON))


def _call(books: Books) -> CallTask:
    bakker = books.customer("Bakker")
    for number in ("F1", "F2"):
        books.invoice(bakker, number, due="2026-09-01")
    for monday in ("2026-09-14", "2026-09-28", "2026-10-05"):
        books.week(monday)
    with tenant_context(books.tenant.pk):
        return books.tenant.call_tasks.select_related("customer", "invoice").order_by("pk")[0]


CALLED_ON = date(2026, 10, 6)


@pytest.mark.parametrize(
    ("outcome", "promised_on", "promised", "disputed"),
    [
        (CallOutcome.REACHED_WILL_PAY, date(2026, 10, 20), [(date(2026, 10, 20), "242.00")], []),
        (CallOutcome.REACHED_WILL_PAY, None, [], []),
        (CallOutcome.REACHED_DISPUTES, None, [], ["F1", "F2"]),
        (CallOutcome.NOT_REACHED, None, [], []),
    ],
)
def test_call_counts_for_all_invoices_of_the_customer(
    books: Books,
    outcome: CallOutcome,
    promised_on: date | None,
    promised: list[tuple[date, str]],
    disputed: list[str],
) -> None:
    tenant, task = books.tenant, _call(books)

    with tenant_context(tenant.pk):
        closed = close_call(
            tenant, task, outcome=outcome, promised_on=promised_on, on=CALLED_ON, now=at(CALLED_ON), note="sprak Jan"
        )
        assert len(closed) == 2
        assert [(one.pay_on, str(one.amount)) for one in tenant.promises.all()] == promised
        assert list(tenant.disputes.order_by("invoice__number").values_list("invoice__number", flat=True)) == disputed
        with pytest.raises(CallClosedError):
            close_call(tenant, task, outcome=outcome, on=CALLED_ON, now=at(CALLED_ON))


def test_next_step_counts_from_the_day_of_the_call(books: Books) -> None:
    tenant, task = books.tenant, _call(books)
    with tenant_context(tenant.pk):
        close_call(tenant, task, outcome=CallOutcome.NOT_REACHED, on=CALLED_ON, now=at(CALLED_ON))

    assert books.taken(books.plan("2026-10-15")) == []
    assert books.taken(books.plan("2026-10-16")) == ["ingebrekestelling F1", "ingebrekestelling F2"]


def test_call_disappears_when_the_invoice_was_paid(books: Books) -> None:
    tenant, task = books.tenant, _call(books)
    books.pays(task.customer, "121.00", on="2026-10-07", invoice=task.invoice)

    books.plan("2026-10-12")

    with tenant_context(tenant.pk):
        assert tenant.call_tasks.filter(cancelled_at__isnull=True).count() == 1


def test_promise_too_far_ahead_is_refused(books: Books) -> None:
    tenant, task = books.tenant, _call(books)
    with tenant_context(tenant.pk), pytest.raises(ValueError, match="60 dagen"):
        close_call(
            tenant,
            task,
            outcome=CallOutcome.REACHED_WILL_PAY,
            promised_on=date(2027, 6, 1),
            on=CALLED_ON,
            now=at(CALLED_ON),
        )
    with tenant_context(tenant.pk):
        assert tenant.call_tasks.filter(closed_at__isnull=False).count() == 0
