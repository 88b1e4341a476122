"""Opens each legal sum into lines, with Dutch labels and the article that carries it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from receivables.domain.allocation import Parts
from receivables.domain.collection_costs import CollectionCosts, InstalmentCosts, TariffStep, fixed_sum
from receivables.domain.dutch import counted_days, euro, percent, short_day
from receivables.domain.interest import DayCount, Segment, Terms
from receivables.domain.money import CENT, Money
from receivables.domain.parameters import B2B_FIXED_SUM, BIK
from receivables.domain.rates import RateKind
from receivables.domain.unfolded import Line, Unfolded

__all__ = [
    "Line",
    "Unfolded",
    "of_costs",
    "of_costs_vat",
    "of_fixed_sum",
    "of_instalment_costs",
    "of_interest",
    "of_payment_split",
]

_HALF_UP = "op centen, half naar boven"
_INTEREST = {
    RateKind.CONSUMER: ("Wettelijke rente", "art. 6:119 BW"),
    RateKind.COMMERCIAL: ("Wettelijke handelsrente", "art. 6:119a BW"),
    None: ("Overeengekomen rente", "overeenkomst"),
}
_DAY_COUNT = {
    DayCount.INTEREST_YEAR: "dagen gedeeld door de lengte van dat rentejaar",
    DayCount.FIXED_365: "dagen gedeeld door 365",
}


def of_interest(segments: Iterable[Segment], terms: Terms, *, article: str = "", note: str = "") -> Unfolded:
    """One line per period of one rate and one base; `article` where another one carries it (6:119b for government)."""
    title, usual = _INTEREST[terms.kind]
    lines = tuple(_interest_line(segment, article or usual) for segment in segments)
    grows = "na elk rentejaar telt de onbetaalde rente mee" if terms.compounds else "geen rente over rente"
    rule = f"Hoofdsom × percentage × {_DAY_COUNT[terms.day_count]}; {grows}; elke regel {_HALF_UP}."
    return Unfolded(title, _sum(lines), rule, article or usual, lines, note)


def of_costs(costs: CollectionCosts, *, with_vat: bool = True) -> Unfolded:
    """The tariff bracket by bracket; VAT, when there is any, as last line or (`with_vat=False`) by `of_costs_vat`."""
    lines = [*_tariff_lines(costs)]
    if with_vat and costs.vat:
        lines.append(_vat_line(costs))
    rule = "Tarief over de hoofdsom zonder rente, eenmaal per brief; " + (
        f"ten minste {euro(BIK.minimum)} en ten hoogste {euro(BIK.maximum)}; het totaal {_HALF_UP}."
    )
    return Unfolded("Incassokosten", _sum(lines), rule, "art. 6:96 BW, art. 2 BIK", tuple(lines))


def of_costs_vat(costs: CollectionCosts) -> Unfolded:
    """The VAT on the costs by itself: another component of the ledger."""
    line = _vat_line(costs)
    rule = "De schuldeiser kan de btw over de incassodienst niet verrekenen; daarom komt die erbij."
    return Unfolded("Btw over incassokosten", line.amount, rule, line.article, (line,) if line.amount else ())


def of_fixed_sum(on: date) -> Unfolded:
    """The 40 euro a business owes without a reminder."""
    amount, article = fixed_sum(on), "art. 6:96 lid 4 BW"
    line = Line("Vast bedrag handelsovereenkomst", amount, "verschuldigd zonder aanmaning", article)
    rule = f"Een bedrijf is vanaf de dag na de laatste betaaldag {euro(B2B_FIXED_SUM.amount)} verschuldigd."
    return Unfolded("Incassokosten", amount, rule, article, (line,) if amount else ())


def of_instalment_costs(costs: InstalmentCosts) -> Unfolded:
    """Costs of small instalments; the note says that the rule is uncertain."""
    article = "art. 6:96 BW, BIK (gewijzigd bij de Wki)"
    lines = (Line("Kosten voor kleine termijnen", costs.costs, "het laagste van tarief en termijnregel", article),)
    rule = "Voor kleine termijnen van een lopend contract gelden lagere kosten; nooit meer dan het gewone tarief."
    return Unfolded("Incassokosten", costs.costs, rule, article, lines, costs.note)


def of_payment_split(parts: Parts, *, unallocated: Money | None = None) -> Unfolded:
    """Where a payment went (6:44 lid 1): costs, interest, principal, and what no claim could take."""
    article = "art. 6:44 lid 1 BW"
    lines = [
        Line("Naar incassokosten", parts.costs, article=article),
        Line("Naar rente", parts.interest, article=article),
        Line("Naar hoofdsom", parts.principal, article=article),
    ]
    if unallocated:
        lines.append(Line("Over: tegoed van de debiteur", unallocated))
    rule = "Een betaling gaat eerst naar de kosten, dan naar de vervallen rente, dan naar de hoofdsom."
    return Unfolded("Verdeling van de betaling", _sum(lines), rule, article, tuple(lines))


def _sum(lines: Iterable[Line]) -> Money:
    return Money.total(line.amount for line in lines)


def _interest_line(segment: Segment, article: str) -> Line:
    detail = (
        f"{percent(segment.percent)} over {euro(segment.base)}, {counted_days(segment.days)} van {segment.year_days}"
    )
    return Line(
        label=f"{short_day(segment.first)} t/m {short_day(segment.last)}",
        amount=segment.interest,
        detail=detail,
        article=article,
        first=segment.first,
        last=segment.last,
        days=segment.days,
        year_days=segment.year_days,
        percent=segment.percent,
        base=segment.base,
        rounding=_HALF_UP,
    )


def _tariff_lines(costs: CollectionCosts) -> Iterator[Line]:
    """A full bracket is whole cents, so only the last one is rounded; then the minimum or maximum, where it overrules."""
    stated = Money.zero()
    for place, step in enumerate(costs.steps):
        line = _bracket_line(step, is_first=not place)
        stated += line.amount
        yield line
    if costs.is_minimum:
        yield Line("Aanvulling tot het minimum", costs.costs - stated, euro(BIK.minimum), "art. 2 lid 2 BIK")
    if costs.is_maximum:
        yield Line("Begrenzing op het maximum", costs.costs - stated, euro(BIK.maximum), "art. 2 lid 2 BIK")


def _bracket_line(step: TariffStep, *, is_first: bool) -> Line:
    return Line(
        label=f"{percent(step.percent)} over {'' if is_first else 'de volgende '}{euro(step.slice)}",
        amount=Money.rounded(step.part),
        article="art. 2 lid 1 BIK",
        percent=step.percent,
        base=step.slice,
        rounding=_HALF_UP if step.part % CENT else "",
    )


def _vat_line(costs: CollectionCosts) -> Line:
    return Line(
        label=f"Btw {percent(BIK.vat_percent)} over incassokosten",
        amount=costs.vat,
        detail=f"{percent(BIK.vat_percent)} over {euro(costs.costs)}",
        article="art. 2 lid 3 BIK",
        percent=BIK.vat_percent,
        base=costs.costs,
        rounding=_HALF_UP,
    )
