"""The published vectors of interest, collection costs, limitation and VAT: every case, every expected field.

Driven by the files alone. A key of a case that nobody knows is passed over; an expected field or a kind that nobody knows fails.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from receivables.domain.bad_debt import FilingPeriod, bad_debt_vat, due_again
from receivables.domain.collection_costs import CollectionCosts, collection_costs, over_remainder
from receivables.domain.interest import DayCount, Paid, PaidSplit, Segment, Statement, Terms, interest
from receivables.domain.limitation import limitation
from receivables.domain.money import Money
from receivables.domain.rates import SHIPPED, RateKind
from receivables.domain.unfold import of_costs, of_interest
from tests.domain.law import law, needs_law

Case = dict[str, Any]
INTEREST: list[Case] = law("interest_vectors.json")["cases"]
COSTS: list[Case] = law("bik_vectors.json")["cases"]
LIMITATION: list[Case] = law("limitation_vectors.json")["cases"]
BAD_DEBT: list[Case] = law("vat_bad_debt_vectors.json")["cases"]


def name_of(case: Case) -> str:
    return str(case["id"])


@needs_law
@pytest.mark.parametrize(
    "cases", [INTEREST, COSTS, LIMITATION, BAD_DEBT], ids=["interest", "costs", "limitation", "vat"]
)
def test_vectors_are_there_once(cases: list[Case]) -> None:
    assert cases
    assert len({case["id"] for case in cases}) == len(cases)


def terms_of(case: Case, day_count: DayCount) -> Terms:
    if case["kind"] == "contractual":
        return Terms.contractual(Decimal(case["annual_rate"]), compounds=case["compound"], day_count=day_count)
    kind = RateKind(case["kind"])
    return Terms.statutory(kind, SHIPPED[kind], day_count=day_count)


def state(case: Case, day_count: DayCount = DayCount.INTEREST_YEAR) -> Statement:
    return interest(
        Money.of(case["principal"]),
        terms_of(case, day_count),
        free_until=date.fromisoformat(case["last_interest_free_day"]),
        through=date.fromisoformat(case["through"]),
        events=[Paid(date.fromisoformat(paid["date"]), Money.of(paid["amount"])) for paid in case["payments"]],
        costs=Money.of(case.get("costs", "0.00")),
    )


def segment_as_text(segment: Segment) -> Case:
    return {
        "from": segment.first.isoformat(),
        "through": segment.last.isoformat(),
        "days": segment.days,
        "rate": str(segment.percent),
        "base": str(segment.base),
        "year_days": segment.year_days,
        "interest": str(segment.interest),
    }


def split_as_text(split: PaidSplit) -> Case:
    return {
        "date": split.on.isoformat(),
        "amount": str(split.amount),
        "to_costs": str(split.to_costs),
        "to_interest": str(split.to_interest),
        "to_principal": str(split.to_principal),
        "unallocated": str(split.unallocated),
    }


def statement_as_text(statement: Statement) -> Case:
    return {
        "interest_accrued_total": str(statement.accrued),
        "interest_paid": str(statement.interest_paid),
        "interest_outstanding": str(statement.interest_open),
        "principal_outstanding": str(statement.principal_open),
        "costs_outstanding": str(statement.costs_open),
        "total_outstanding": str(statement.total_open),
        "surplus": str(statement.surplus),
        "payment_allocations": [split_as_text(split) for split in statement.allocations],
        "segments": [segment_as_text(segment) for segment in statement.segments],
    }


def asked(answers: Case, expected: Case) -> Case:
    """The answers to what a case expects; a field without an answer raises."""
    return {name: answers[name] for name in expected}


@pytest.mark.parametrize("case", INTEREST, ids=name_of)
def test_interest_follows_the_vector(case: Case) -> None:
    statement = state(case)

    assert asked(statement_as_text(statement), case["expected"]) == case["expected"]
    assert of_interest(statement.segments, terms_of(case, DayCount.INTEREST_YEAR)).amount == statement.accrued


@pytest.mark.parametrize("case", INTEREST, ids=name_of)
def test_interest_over_365_days_follows_the_vector(case: Case) -> None:
    """The alternative stands in the file only where it differs."""
    totals = {name: case["expected"][name] for name in ("interest_accrued_total", "total_outstanding")}
    expected = case.get("alternative_act365", totals)

    assert asked(statement_as_text(state(case, DayCount.FIXED_365)), expected) == expected


def test_interest_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="moratory"):
        terms_of({"kind": "moratory"}, DayCount.INTEREST_YEAR)


def test_an_expected_field_without_an_answer_fails() -> None:
    with pytest.raises(KeyError):
        asked({"known": 1}, {"known": 1, "new": 2})


def costs_of(case: Case, *, with_vat: bool) -> CollectionCosts:
    if "paid_within_term" in case:
        paid = Money.of(case["paid_within_term"])
        return over_remainder(Money.of(case["principal"]), paid_within_term=paid, with_vat=with_vat)
    principals = [Money.of(principal) for principal in case.get("principals", [case["principal"]])]
    return collection_costs(principals, with_vat=with_vat)


@pytest.mark.parametrize("case", COSTS, ids=name_of)
def test_collection_costs_follow_the_vector(case: Case) -> None:
    expected = {"base": case.get("base", case["principal"])} | {
        name: case[name] for name in ("costs_ex_vat", "vat_21", "costs_incl_vat")
    }
    costs = costs_of(case, with_vat=True)

    assert {
        "base": str(costs.base),
        "costs_ex_vat": str(costs.costs),
        "vat_21": str(costs.vat),
        "costs_incl_vat": str(costs.total),
    } == expected
    assert of_costs(costs).amount == costs.total


@pytest.mark.parametrize("case", COSTS, ids=name_of)
def test_collection_costs_without_vat_leave_it_out(case: Case) -> None:
    costs = costs_of(case, with_vat=False)

    assert (str(costs.costs), str(costs.vat), str(costs.total)) == (case["costs_ex_vat"], "0.00", case["costs_ex_vat"])


@pytest.mark.parametrize("case", LIMITATION, ids=name_of)
def test_limitation_follows_the_vector(case: Case) -> None:
    result = limitation(
        date.fromisoformat(case["last_payment_day"]),
        years=case["years"],
        interruptions=[date.fromisoformat(day) for day in case["interruptions_received"]],
    )
    answers = {
        "last_safe_day": result.last_safe_day.isoformat(),
        "interruption_too_late": result.interruption_too_late,
    }

    assert asked(answers, case["expected"]) == case["expected"]


@pytest.mark.parametrize("case", BAD_DEBT, ids=name_of)
def test_bad_debt_vat_follows_the_vector(case: Case) -> None:
    percent = Decimal(case["vat_rate"])
    vat = bad_debt_vat(
        date.fromisoformat(case["due_date"]),
        open_incl_vat=Money.of(case["open_incl_vat"]),
        vat_percent=percent,
        period=FilingPeriod(case["filing_period"]),
    )
    answers = {
        "fiction_date": vat.fiction_on.isoformat(),
        "return_period": vat.return_period,
        "vat_reclaim": str(vat.reclaim),
        "vat_due_again": str(due_again(Money.of(case["received_later"]), percent)),
    }

    assert asked(answers, case["expected"]) == case["expected"]
