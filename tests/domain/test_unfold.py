"""Every sum opens into lines that add up to it, and survives the JSON beside a ledger entry."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.allocation import Parts
from receivables.domain.collection_costs import collection_costs, small_instalments
from receivables.domain.interest import DayCount, Terms, interest
from receivables.domain.money import Money
from receivables.domain.parameters import STATUS_NOTE
from receivables.domain.rates import SHIPPED, RateKind
from receivables.domain.unfold import (
    Line,
    Unfolded,
    of_costs,
    of_costs_vat,
    of_fixed_sum,
    of_instalment_costs,
    of_interest,
    of_payment_split,
)

CONSUMER = Terms.statutory(RateKind.CONSUMER, SHIPPED[RateKind.CONSUMER])
COMMERCIAL = Terms.statutory(RateKind.COMMERCIAL, SHIPPED[RateKind.COMMERCIAL])
AGREED = Terms.contractual(Decimal("7.25"), day_count=DayCount.FIXED_365)
FREE_UNTIL = date(2024, 3, 14)
amounts = st.integers(0, 10**9).map(Money.from_cents)


def texts(unfolded: Unfolded) -> list[tuple[str, str]]:
    return [(line.label.replace("\u00a0", " "), str(line.amount)) for line in unfolded.lines]


def test_interest_opens_period_by_period() -> None:
    statement = interest(Money.of("5000.00"), CONSUMER, free_until=FREE_UNTIL, through=date(2025, 3, 14))
    unfolded = of_interest(statement.segments, CONSUMER, note="Rente loopt vanaf het verzuim.")

    assert texts(unfolded) == [("15-3-2024 t/m 31-12-2024", "280.00"), ("1-1-2025 t/m 14-3-2025", "60.00")]
    assert (unfolded.title, unfolded.article, unfolded.amount) == ("Wettelijke rente", "art. 6:119 BW", Money.of("340"))
    line = unfolded.lines[0]
    assert line.detail.replace("\u00a0", " ") == "7% over € 5.000,00, 292 dagen van 365"
    assert (line.first, line.last, line.days, line.year_days, line.percent, line.base) == (
        date(2024, 3, 15),
        date(2024, 12, 31),
        292,
        365,
        Decimal("7.00"),
        Money.of("5000.00"),
    )
    assert unfolded.note == "Rente loopt vanaf het verzuim."


@pytest.mark.parametrize(
    ("terms", "title", "article", "said"),
    [
        (CONSUMER, "Wettelijke rente", "art. 6:119 BW", "telt de onbetaalde rente mee"),
        (COMMERCIAL, "Wettelijke handelsrente", "art. 6:119a BW", "de lengte van dat rentejaar"),
        (AGREED, "Overeengekomen rente", "overeenkomst", "gedeeld door 365; geen rente over rente"),
    ],
)
def test_interest_names_its_ground(terms: Terms, title: str, article: str, said: str) -> None:
    unfolded = of_interest((), terms)

    assert (unfolded.title, unfolded.article, unfolded.amount) == (title, article, Money.zero())
    assert said in unfolded.rule


def test_interest_of_the_government_names_its_own_article() -> None:
    statement = interest(Money.of("100.00"), COMMERCIAL, free_until=FREE_UNTIL, through=date(2024, 3, 15))
    unfolded = of_interest(statement.segments, COMMERCIAL, article="art. 6:119b BW")

    assert (unfolded.article, unfolded.lines[0].article) == ("art. 6:119b BW", "art. 6:119b BW")
    assert unfolded.lines[0].detail.endswith("1 dag van 365")


def test_costs_open_bracket_by_bracket() -> None:
    unfolded = of_costs(collection_costs(Money.of("5400.00"), with_vat=True))

    assert texts(unfolded) == [
        ("15% over € 2.500,00", "375.00"),
        ("10% over de volgende € 2.500,00", "250.00"),
        ("5% over de volgende € 400,00", "20.00"),
        ("Btw 21% over incassokosten", "135.45"),
    ]


@pytest.mark.parametrize(
    ("principal", "lines"),
    [
        ("100.00", [("15% over € 100,00", "15.00"), ("Aanvulling tot het minimum", "25.00")]),
        ("266.70", [("15% over € 266,70", "40.01")]),
        ("0.00", []),
    ],
)
def test_costs_open_to_the_minimum(principal: str, lines: list[tuple[str, str]]) -> None:
    assert texts(of_costs(collection_costs(Money.of(principal)))) == lines


def test_costs_open_to_the_maximum() -> None:
    unfolded = of_costs(collection_costs(Money.of("1000002.00")))

    assert texts(unfolded)[-2:] == [
        ("0,5% over de volgende € 800.002,00", "4000.01"),
        ("Begrenzing op het maximum", "-0.01"),
    ]


def test_vat_opens_by_itself() -> None:
    costs = collection_costs(Money.of("1000.00"), with_vat=True)

    assert of_costs(costs, with_vat=False).amount == Money.of("150.00")
    assert texts(of_costs_vat(costs)) == [("Btw 21% over incassokosten", "31.50")]
    assert of_costs_vat(collection_costs(Money.of("1000.00"))).lines == ()


@pytest.mark.parametrize(("on", "amounts"), [(date(2026, 1, 1), ["40.00"]), (date(2013, 3, 15), [])])
def test_the_fixed_sum_opens(on: date, amounts: list[str]) -> None:
    assert [str(line.amount) for line in of_fixed_sum(on).lines] == amounts


def test_instalment_costs_show_that_the_rule_is_uncertain() -> None:
    unfolded = of_instalment_costs(small_instalments([Money.of("50.00")]))

    assert (unfolded.amount, unfolded.note) == (Money.of("40.00"), STATUS_NOTE)


def test_a_payment_opens_in_the_order_of_the_law() -> None:
    parts = Parts(costs=Money.of("40.00"), interest=Money.of("2.50"), principal=Money.of("57.50"))

    assert texts(of_payment_split(parts)) == [
        ("Naar incassokosten", "40.00"),
        ("Naar rente", "2.50"),
        ("Naar hoofdsom", "57.50"),
    ]
    with_rest = of_payment_split(parts, unallocated=Money.of("5.00"))
    assert (texts(with_rest)[-1], with_rest.amount) == (("Over: tegoed van de debiteur", "5.00"), Money.of("105.00"))


def test_lines_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Rente: the lines add up to 1\.00, not to 1\.01"):
        Unfolded("Rente", Money.of("1.01"), "", "", (Line("dag", Money.of("1.00")),))


def test_a_stored_line_leaves_out_what_is_empty() -> None:
    assert Line("Btw", Money.of("1.00")).as_json() == {"label": "Btw", "amount": "1.00"}


def test_keys_of_a_later_version_are_passed_over() -> None:
    stored = of_fixed_sum(date(2026, 1, 1)).as_json()
    stored["lines"][0]["colour"] = "red"

    assert Unfolded.from_json(stored | {"later": 1}) == of_fixed_sum(date(2026, 1, 1))


lines = st.builds(
    Line,
    label=st.text(max_size=10),
    amount=st.integers(-(10**9), 10**9).map(Money.from_cents),
    detail=st.text(max_size=10),
    article=st.text(max_size=10),
    first=st.none() | st.dates(),
    last=st.none() | st.dates(),
    days=st.none() | st.integers(0, 366),
    year_days=st.none() | st.sampled_from([365, 366]),
    percent=st.none() | st.decimals(0, 100, places=2),
    base=st.none() | amounts,
    rounding=st.text(max_size=10),
)


@given(found=st.lists(lines, max_size=5), note=st.text(max_size=10))
def test_what_is_stored_reads_back_the_same(found: list[Line], note: str) -> None:
    total = Money.total(line.amount for line in found)
    unfolded = Unfolded("Titel", total, "regel", "artikel", tuple(found), note)

    assert Unfolded.from_json(json.loads(json.dumps(unfolded.as_json()))) == unfolded


@given(principal=st.integers(0, 300_000_000).map(Money.from_cents), with_vat=st.booleans())
def test_costs_of_any_principal_open_to_their_total(principal: Money, with_vat: bool) -> None:
    costs = collection_costs(principal, with_vat=with_vat)

    assert of_costs(costs).amount == costs.total
    assert of_costs(costs, with_vat=False).amount == costs.costs
    assert of_costs_vat(costs).amount == costs.vat


@given(principal=amounts, length=st.integers(0, 900), terms=st.sampled_from([CONSUMER, COMMERCIAL, AGREED]))
def test_interest_of_any_claim_opens_to_its_total(principal: Money, length: int, terms: Terms) -> None:
    statement = interest(principal, terms, free_until=FREE_UNTIL, through=FREE_UNTIL + timedelta(days=length))

    assert of_interest(statement.segments, terms).amount == statement.accrued


@given(costs=amounts, interest_part=amounts, principal=amounts, rest=amounts)
def test_a_payment_of_any_size_opens_to_its_total(
    costs: Money, interest_part: Money, principal: Money, rest: Money
) -> None:
    parts = Parts(costs=costs, interest=interest_part, principal=principal)

    assert of_payment_split(parts, unallocated=rest).amount == parts.total + rest
