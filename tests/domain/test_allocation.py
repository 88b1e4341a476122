"""Art. 6:43 and 6:44 BW against the published vectors, and the conservation of money."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.allocation import Claim, Parts, allocate, settle
from receivables.domain.money import Money

LAW = Path(os.environ.get("LAW_VECTORS", Path(__file__).resolve().parents[3] / "shared" / "law"))
VECTORS = LAW / "allocation_vectors.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text())["cases"] if VECTORS.exists() else []


def claim_of(case: dict[str, str]) -> Claim:
    return Claim(
        id=case["id"],
        invoiced_on=date.fromisoformat(case["invoice_date"]),
        due_on=date.fromisoformat(case["due_date"]),
        principal=Money.of(case["principal"]),
        interest=Money.of(case["interest"]),
        costs=Money.of(case["costs"]),
        rate=Decimal(case["rate"]),
    )


def as_text(parts: Parts) -> dict[str, str]:
    return {"costs": str(parts.costs), "interest": str(parts.interest), "principal": str(parts.principal)}


@pytest.mark.skipif(not CASES, reason=f"no allocation vectors at {VECTORS} (set LAW_VECTORS)")
def test_vectors_are_there() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_allocation_follows_the_vector(case: dict[str, Any]) -> None:
    claims = [claim_of(claim) for claim in case["claims"]]
    result = allocate(
        Money.of(case["payment"]["amount"]),
        claims,
        on=date.fromisoformat(case["today"]) if "today" in case else None,
        designated=case["payment"]["designated"] or (),
    )
    remaining = {
        claim.id: Parts(
            costs=claim.costs - result.parts[claim.id].costs,
            interest=claim.interest - result.parts[claim.id].interest,
            principal=claim.principal - result.parts[claim.id].principal,
        )
        for claim in claims
    }
    assert {
        "allocated": {key: as_text(parts) for key, parts in result.parts.items()},
        "remaining": {key: as_text(parts) for key, parts in remaining.items()},
        "unallocated": str(result.left_over),
    } == case["expected"]


JANUARY = date(2026, 1, 1)


def plain(name: str, principal: str, rate: str = "0") -> Claim:
    return Claim(id=name, invoiced_on=JANUARY, due_on=JANUARY, principal=Money.of(principal), rate=Decimal(rate))


def test_claim_bears_nothing_that_was_not_said() -> None:
    nothing = Money.of("0.00")
    assert Claim("A", JANUARY, JANUARY, Money.of("1.00")) == replace(
        plain("A", "1.00"), interest=nothing, costs=nothing, rate=Decimal(0)
    )
    assert Parts() == Parts(nothing, nothing, nothing)


def test_overpayment_stays_a_credit() -> None:
    result = allocate(Money.of("120.00"), [plain("A", "100.00")])
    assert (result.parts["A"].principal, result.left_over) == (Money.of("100.00"), Money.of("20.00"))


def test_most_onerous_claim_is_settled_first() -> None:
    mild, harsh = plain("A", "100.00", rate="4"), plain("B", "100.00", rate="10.4")
    assert allocate(Money.of("60.00"), [mild, harsh]).parts["B"].principal == Money.of("60.00")


def test_odd_cent_falls_on_the_first_of_equal_shares() -> None:
    result = allocate(Money.of("0.10"), [plain("B", "1.00"), plain("A", "1.00"), plain("C", "1.00")])
    assert [str(result.parts[name].principal) for name in "ABC"] == ["0.04", "0.03", "0.03"]


def test_odd_cent_falls_on_the_largest_share() -> None:
    result = allocate(Money.of("0.05"), [plain("A", "1.00"), plain("B", "2.00"), plain("C", "3.00")])
    assert [str(result.parts[name].principal) for name in "ABC"] == ["0.01", "0.02", "0.02"]


def test_claim_is_due_the_day_after_its_due_date() -> None:
    today = replace(plain("A", "100.00", rate="10"), due_on=JANUARY + timedelta(days=1))
    yesterday = plain("B", "100.00")

    result = allocate(Money.of("100.00"), [today, yesterday], on=JANUARY + timedelta(days=1))
    assert result.parts["B"].principal == Money.of("100.00")
    later = allocate(Money.of("100.00"), [today, yesterday], on=JANUARY + timedelta(days=2))
    assert later.parts["A"].principal == Money.of("100.00")


@pytest.mark.parametrize("payment", ["0.08", "0.04"], ids=["shares rounded up", "shares rounded down"])
def test_odd_cents_never_exceed_what_a_claim_can_take(payment: str) -> None:
    claims = [plain(name, "0.01") for name in "ABCDEFGHIJ"] + [plain("K", "0.02")]
    result = allocate(Money.of(payment), claims)
    assert all(result.parts[claim.id].total <= claim.open for claim in claims)
    assert (result.allocated, result.left_over) == (Money.of(payment), Money.zero())


def test_no_claims_leave_the_whole_payment() -> None:
    assert allocate(Money.of("5.00"), []).left_over == Money.of("5.00")


def test_negative_payment_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a payment is not negative; a reversal is booked as its own entry$"):
        allocate(Money.of("-0.01"), [])
    assert allocate(Money.zero(), [plain("A", "1.00")]).allocated == Money.zero()


@pytest.mark.parametrize("below", ["principal", "interest", "costs"])
def test_negative_claim_is_refused(below: str) -> None:
    parts = dict.fromkeys(("principal", "interest", "costs"), Money.zero()) | {below: Money.of("-0.01")}

    with pytest.raises(ValueError, match=r"^claim A: a claim is never negative; a surplus is a credit$"):
        Claim("A", JANUARY, JANUARY, parts["principal"], parts["interest"], parts["costs"])


def test_claims_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^two claims carry the same id$"):
        allocate(Money.of("1.00"), [plain("A", "1.00"), plain("A", "1.00")])


amounts = st.integers(min_value=0, max_value=10**9).map(Money.from_cents)
days = st.integers(min_value=0, max_value=3).map(lambda n: JANUARY + timedelta(days=n))


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    small = st.integers(min_value=0, max_value=5).map(Money.from_cents)
    amount = small if draw(st.booleans()) else amounts
    return [
        Claim(
            id=str(number),
            invoiced_on=draw(days),
            due_on=draw(days),
            principal=draw(amount),
            interest=draw(amount),
            costs=draw(amount),
            rate=draw(st.sampled_from([Decimal(0), Decimal("4.00"), Decimal("10.40")])),
        )
        for number in range(draw(st.integers(min_value=0, max_value=12)))
    ]


@given(payment=st.one_of(amounts, st.integers(0, 60).map(Money.from_cents)), owed=claims(), on=st.none() | days)
def test_parts_add_up_to_the_payment(payment: Money, owed: list[Claim], on: date | None) -> None:
    result = allocate(payment, owed, on=on, designated=["1", "3"])
    assert result.allocated + result.left_over == payment
    assert result.left_over == max(payment - Money.total(claim.open for claim in owed), Money.zero())
    for claim in owed:
        parts = result.parts[claim.id]
        assert min(parts.costs, parts.interest, parts.principal) >= Money.zero()
        assert parts == settle(parts.total, claim)
