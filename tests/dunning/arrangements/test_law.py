"""What an arrangement keeps from happening beside letters: costs after a fourteen-day letter, and a handover."""

from __future__ import annotations

from datetime import date

import pytest

from dunning.actions import fourteen_days, packaging
from dunning.actions.handover import approve_handover, mark_handed_over
from dunning.actions.packaging import HandoverStateError, package_handover
from dunning.models.arrangements import DisputeOutcome
from receivables.models import Invoice
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.dunning.arrangements.world import AgreedBooks
from tests.dunning.handover.world import FLAGGED_ON, to_the_handover
from tests.dunning.legal.world import LawBooks
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db
ALL_COSTS = {"costs": "150.00", "interest": "1.32", "principal": "1000.00"}
NO_COSTS = {"interest": "1.32", "principal": "1000.00"}


class StrictBooks(LawBooks, AgreedBooks):
    """Letters that really leave, and debtors who answer them."""


@pytest.fixture
def strict(tenant: Tenant) -> StrictBooks:
    return StrictBooks(tenant)


@pytest.fixture
def invoice(strict: StrictBooks) -> Invoice:
    """A consumer's, whose fourteen days of the letter of 21 September run out: costs come due on 8 October."""
    invoice = strict.agreed(strict.consumer(), "F-1", due="2026-09-09", amount="1000.00")
    strict.week("2026-09-14")
    assert strict.week("2026-09-21") == ["aanmaning F-1"]
    return invoice


def test_costs_come_due_when_nothing_was_arranged(strict: StrictBooks, invoice: Invoice) -> None:
    """Negative control of the tests below."""
    assert strict.settle("2026-10-08") == 1
    assert strict.open(invoice) == ALL_COSTS


def test_costs_wait_for_a_dispute(strict: StrictBooks, invoice: Invoice) -> None:
    dispute = strict.disputes(invoice, on="2026-09-28")
    assert strict.settle("2026-10-08") == 0
    assert strict.open(invoice) == NO_COSTS

    strict.resolves(dispute, DisputeOutcome.REJECTED, on="2026-10-20")
    assert strict.settle("2026-10-20") == 1
    assert strict.open(invoice) == ALL_COSTS


def test_costs_wait_for_a_plan_and_a_kept_one_never_brings_them(strict: StrictBooks, invoice: Invoice) -> None:
    _pays_in_two(strict, invoice)

    assert strict.settle("2026-11-16") == 0
    assert "costs" not in strict.open(invoice)


def test_without_that_rule_a_kept_plan_still_costs_the_tariff(
    strict: StrictBooks, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a little interest is open after the last instalment, and would bring the costs of the whole sum."""
    monkeypatch.setattr(fourteen_days, "paid_by_plan", lambda *_, **__: set())
    _pays_in_two(strict, invoice)

    assert strict.settle("2026-11-16") == 1
    assert strict.open(invoice)["costs"] == "150.00"


def _pays_in_two(strict: StrictBooks, invoice: Invoice) -> None:
    terms = [("2026-10-15", "501.32"), ("2026-11-15", "500.00")]
    strict.agrees_plan(invoice.customer, invoice, terms=terms, on="2026-09-28")
    for on, amount in terms:
        assert strict.settle(on) == 0
        strict.pays(invoice.customer, amount, on=on)


def test_costs_come_after_a_broken_plan(strict: StrictBooks, invoice: Invoice) -> None:
    strict.agrees_plan(
        invoice.customer, invoice, terms=[("2026-10-15", "501.32"), ("2026-11-15", "500.00")], on="2026-09-28"
    )
    assert strict.settle("2026-10-25") == 0  # the last day to catch up
    assert strict.settle("2026-10-26") == 1
    assert strict.open(invoice) == ALL_COSTS


def test_without_the_guard_a_disputed_invoice_bears_costs(
    strict: StrictBooks, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the harm that `why_waiting` prevents."""
    monkeypatch.setattr(fourteen_days, "why_waiting", lambda *_, **__: "")
    strict.disputes(invoice, on="2026-09-28")
    strict.settle("2026-10-08")
    assert strict.open(invoice) == ALL_COSTS


# --- the handover --------------------------------------------------------------------------------------------------------


def test_a_dispute_stops_a_handover_at_the_yes_and_at_the_last_moment(books: AgreedBooks, owner: User) -> None:
    handover = to_the_handover(books)
    tenant, now = books.tenant, at(FLAGGED_ON, 10)
    with tenant_context(tenant.pk):
        first = tenant.invoices.get(number="F1")
    dispute = books.disputes(first, on="2026-11-02")
    with tenant_context(tenant.pk), pytest.raises(HandoverStateError, match="betwist"):
        approve_handover(tenant, handover, now=now, by=owner)

    books.resolves(dispute, DisputeOutcome.REJECTED, on="2026-11-02")
    with tenant_context(tenant.pk):
        approve_handover(tenant, handover, now=now, by=owner)
        packaged = package_handover(tenant, handover.pk, now=now)
    books.promises(handover.customer, first, pay_on="2026-11-10", on="2026-11-02")
    with tenant_context(tenant.pk), pytest.raises(HandoverStateError, match="toegezegd"):
        mark_handed_over(tenant, packaged, agency_name="Noord", now=now, by=owner)


def test_without_the_guard_a_disputed_invoice_is_handed_over(
    books: AgreedBooks, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(packaging, "why_waiting", lambda *_, **__: "")
    handover = to_the_handover(books)
    with tenant_context(books.tenant.pk):
        first = books.tenant.invoices.get(number="F1")
    books.disputes(first, on="2026-11-02")
    with tenant_context(books.tenant.pk):
        assert approve_handover(books.tenant, handover, now=at(date(2026, 11, 2), 10), by=owner).state == "approved"
