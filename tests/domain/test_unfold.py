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


def plain(unfolded: Unfolded) -> Unfolded:
    """With ordinary spaces, so that it can be read here."""
    return Unfolded.from_json(json.loads(json.dumps(unfolded.as_json(), ensure_ascii=False).replace("\u00a0", " ")))


def test_interest_opens_period_by_period() -> None:
    statement = interest(Money.of("5000.00"), CONSUMER, free_until=FREE_UNTIL, through=date(2025, 3, 14))
    unfolded = of_interest(statement.segments, CONSUMER, note="Rente loopt vanaf het verzuim.")

    assert texts(unfolded) == [("15-3-2024 t/m 31-12-2024", "280.00"), ("1-1-2025 t/m 14-3-2025", "60.00")]
    assert (unfolded.title, unfolded.article, unfolded.amount) == ("Wettelijke rente", "art. 6:119 BW", Money.of("340"))
    assert plain(unfolded).lines[0] == Line(
        label="15-3-2024 t/m 31-12-2024",
        amount=Money.of("280.00"),
        detail="7% over € 5.000,00, 292 dagen van 365",
        article="art. 6:119 BW",
        first=date(2024, 3, 15),
        last=date(2024, 12, 31),
        days=292,
        year_days=365,
        percent=Decimal("7.00"),
        base=Money.of("5000.00"),
        rounding="op centen, half naar boven",
    )
    assert unfolded.note == "Rente loopt vanaf het verzuim."


@pytest.mark.parametrize(
    ("terms", "title", "article", "way"),
    [
        (
            CONSUMER,
            "Wettelijke rente",
            "art. 6:119 BW",
            "dagen gedeeld door de lengte van dat rentejaar; na elk rentejaar telt de onbetaalde rente mee",
        ),
        (
            COMMERCIAL,
            "Wettelijke handelsrente",
            "art. 6:119a BW",
            "dagen gedeeld door de lengte van dat rentejaar; na elk rentejaar telt de onbetaalde rente mee",
        ),
        (AGREED, "Overeengekomen rente", "overeenkomst", "dagen gedeeld door 365; geen rente over rente"),
    ],
)
def test_interest_names_its_ground(terms: Terms, title: str, article: str, way: str) -> None:
    rule = f"Hoofdsom × percentage × {way}; elke regel op centen, half naar boven."

    assert of_interest((), terms) == Unfolded(title, Money.zero(), rule, article, ())


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


def test_costs_name_their_rule_and_articles() -> None:
    lower, higher = (collection_costs(Money.of(principal)) for principal in ("100.00", "1000002.00"))

    assert plain(of_costs(lower)) == Unfolded(
        "Incassokosten",
        Money.of("40.00"),
        "Tarief over de hoofdsom zonder rente, eenmaal per brief; ten minste € 40,00 en ten hoogste € 6.775,00; "
        "het totaal op centen, half naar boven.",
        "art. 6:96 BW, art. 2 BIK",
        (
            Line(
                *("15% over € 100,00", Money.of("15.00"), "", "art. 2 lid 1 BIK"),
                percent=Decimal(15),
                base=Money.of("100.00"),
            ),
            Line("Aanvulling tot het minimum", Money.of("25.00"), "€ 40,00", "art. 2 lid 2 BIK"),
        ),
    )
    assert plain(of_costs(higher)).lines[-2:] == (
        Line(
            *("0,5% over de volgende € 800.002,00", Money.of("4000.01"), "", "art. 2 lid 1 BIK"),
            percent=Decimal("0.5"),
            base=Money.of("800002.00"),
        ),
        Line("Begrenzing op het maximum", Money.of("-0.01"), "€ 6.775,00", "art. 2 lid 2 BIK"),
    )


@pytest.mark.parametrize(
    ("principal", "rounding"),
    [("266.70", "op centen, half naar boven"), ("300.00", ""), ("300.20", "")],
)
def test_costs_say_where_they_are_rounded(principal: str, rounding: str) -> None:
    assert [line.rounding for line in of_costs(collection_costs(Money.of(principal))).lines] == [rounding]


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
    vat = Line(
        *("Btw 21% over incassokosten", Money.of("31.50"), "21% over € 150,00", "art. 2 lid 3 BIK"),
        percent=Decimal(21),
        base=Money.of("150.00"),
        rounding="op centen, half naar boven",
    )
    assert plain(of_costs(costs)).lines[-1] == vat
    assert plain(of_costs_vat(costs)) == Unfolded(
        "Btw over incassokosten",
        Money.of("31.50"),
        "De schuldeiser kan de btw over de incassodienst niet verrekenen; daarom komt die erbij.",
        "art. 2 lid 3 BIK",
        (vat,),
    )


@pytest.mark.parametrize(("on", "amounts"), [(date(2026, 1, 1), ["40.00"]), (date(2013, 3, 15), [])])
def test_the_fixed_sum_opens(on: date, amounts: list[str]) -> None:
    assert [str(line.amount) for line in of_fixed_sum(on).lines] == amounts


def test_the_fixed_sum_says_why() -> None:
    assert plain(of_fixed_sum(date(2026, 1, 1))) == Unfolded(
        "Incassokosten",
        Money.of("40.00"),
        "Een bedrijf is vanaf de dag na de laatste betaaldag € 40,00 verschuldigd.",
        "art. 6:96 lid 4 BW",
        (
            Line(
                "Vast bedrag handelsovereenkomst",
                Money.of("40.00"),
                "verschuldigd zonder aanmaning",
                "art. 6:96 lid 4 BW",
            ),
        ),
    )


def test_instalment_costs_show_that_the_rule_is_uncertain() -> None:
    article = "art. 6:96 BW, BIK (gewijzigd bij de Wki)"

    assert of_instalment_costs(small_instalments([Money.of("50.00")])) == Unfolded(
        "Incassokosten",
        Money.of("40.00"),
        "Voor kleine termijnen van een lopend contract gelden lagere kosten; nooit meer dan het gewone tarief.",
        article,
        (
            Line(
                "Kosten voor kleine termijnen",
                Money.of("40.00"),
                "het laagste van tarief en termijnregel",
                article,
            ),
        ),
        STATUS_NOTE,
    )


def test_a_payment_opens_in_the_order_of_the_law() -> None:
    parts = Parts(costs=Money.of("40.00"), interest=Money.of("2.50"), principal=Money.of("57.50"))

    article = "art. 6:44 lid 1 BW"
    assert of_payment_split(parts) == Unfolded(
        "Verdeling van de betaling",
        Money.of("100.00"),
        "Een betaling gaat eerst naar de kosten, dan naar de vervallen rente, dan naar de hoofdsom.",
        article,
        (
            Line("Naar incassokosten", Money.of("40.00"), article=article),
            Line("Naar rente", Money.of("2.50"), article=article),
            Line("Naar hoofdsom", Money.of("57.50"), article=article),
        ),
    )
    with_rest = of_payment_split(parts, unallocated=Money.of("5.00"))
    assert (texts(with_rest)[-1], with_rest.amount) == (("Over: tegoed van de debiteur", "5.00"), Money.of("105.00"))


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
