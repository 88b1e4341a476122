"""What the decision assumes when nothing is said: nothing stops, nothing is added, and the debtor is protected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from dunning.domain.facts import CustomerFacts, Gate, Hold, HoldKind, HoldLevel, InvoiceFacts, TenantFacts
from dunning.domain.policy import Anchor, Channel, ClaimMode, Policy, Step, StepKind
from receivables.domain.debtor import Debtor
from receivables.domain.default import DueDateBasis
from receivables.domain.money import Money

DAY = date(2026, 9, 9)


def test_tenant_is_fresh_open_and_unlimited() -> None:
    assert TenantFacts() == TenantFacts(
        gate=Gate.GREEN, gate_note="", holds=(), wki_note="", contact_cap=None, contact_cap_days=7, margin_days=0
    )


def test_customer_is_a_consumer_within_reach_and_without_a_credit() -> None:
    assert CustomerFacts(UUID(int=9), ()) == CustomerFacts(
        *(UUID(int=9), (), frozenset({Channel.EMAIL, Channel.PRINT}), 0, "", None, ()),
        debtor=Debtor(is_consumer=True, is_natural_person=True, is_government=False, is_large=False),
        stop=None,
        contacts_on=(),
    )


def test_invoice_is_in_euro_and_its_due_date_was_not_agreed() -> None:
    invoice = InvoiceFacts(UUID(int=1), DAY, 1, None)

    assert (invoice.currency, invoice.basis) == ("EUR", DueDateBasis.INVOICE_ONLY)
    assert (invoice.taken, invoice.holds, invoice.issued_on, invoice.letter, invoice.limitation_on) == (
        *((), ()),
        *(None, None, None),
    )


def test_step_and_ladder_ask_nothing_that_was_not_said() -> None:
    nothing = Money.of("0.00")

    assert Step("eigen", StepKind.CALL, Anchor.DUE_DATE, 1) == Step(
        *("eigen", StepKind.CALL, Anchor.DUE_DATE, 1),
        term_days=0,
        min_amount=nothing,
        channels=(),
        needs_approval=False,
    )
    assert Policy("eigen", 1, ()) == Policy(
        *("eigen", 1, ()), min_amount=nothing, min_gap_days=0, interest=ClaimMode.OFF, costs=ClaimMode.OFF
    )


def test_hold_without_a_last_day_holds_until_it_is_lifted() -> None:
    hold = Hold(HoldLevel.TENANT, HoldKind.MANUAL, DAY, None)

    assert [hold.is_active(on) for on in (date(2026, 9, 8), DAY, date(2099, 1, 1))] == [False, True, True]
    assert hold == replace(hold, note="")
