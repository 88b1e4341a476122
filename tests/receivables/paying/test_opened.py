"""How an amount came about, in English: every text the program makes has its words, and the figures are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from receivables.costs import CostRule, LetterCosts, letter_costs, share_costs
from receivables.domain import unfold
from receivables.domain.debtor import Debtor
from receivables.domain.default import Due, DueDateBasis, why_interest
from receivables.domain.money import Money
from receivables.domain.rates import SHIPPED, RateKind
from receivables.domain.statement import DayCount, Segment, Terms
from receivables.domain.unfold import Line, Unfolded
from receivables.paying.opened import open_in
from receivables.paying.texts import DUTCH, ENGLISH
from tests.receivables.opened import cents

ON = date(2026, 9, 9)
PRINCIPALS = ("100.00", "1000.00", "7000.00", "300000.00", "2000000.00")
DEBTORS = (Debtor(), Debtor(is_consumer=False), Debtor(is_consumer=False, is_government=True))
DUTCH_WORDS = re.compile(r"\b(de|het|een|dagen|dag|rente|kosten|volgende|tot|naar)\b", re.IGNORECASE)
MONTH = Segment(
    first=date(2026, 9, 10),
    last=date(2026, 9, 30),
    days=21,
    percent=Decimal("10.40"),
    base=Money.of("1000.00"),
    year_days=365,
    interest=Money.of("5.98"),
)


def interests() -> Iterator[Unfolded]:
    """Every kind of interest, and every reason why it began."""
    for debtor, basis, terms in product(DEBTORS, DueDateBasis, ((), (date(2026, 9, 20),))):
        why = why_interest(Due(ON, date(2026, 8, 10), basis), debtor, notice_terms=terms)
        kind = RateKind.CONSUMER if debtor.is_consumer else RateKind.COMMERCIAL
        for count in DayCount:
            statutory = Terms.statutory(kind, SHIPPED[kind], day_count=count)
            if not (debtor.is_consumer and basis is not DueDateBasis.AGREED and not terms):  # no default, no interest
                yield unfold.of_interest([MONTH], statutory, article=why.article, note=why.text)
    for compounds, count in product((True, False), DayCount):
        yield unfold.of_interest(
            [MONTH], Terms.contractual(Decimal(12), compounds=compounds, day_count=count), article="overeenkomst"
        )
    corrected = unfold.of_interest([MONTH], Terms.contractual(Decimal(12)), article="overeenkomst")
    line = Line("Herrekening van eerder geboekte rente", Money.of("-1.00"), detail="een betaling werd later bekend")
    yield replace(corrected, amount=Money.of("4.98"), lines=(*corrected.lines, line))


def costs() -> Iterator[Unfolded]:
    """Every rule for costs, with VAT, with what was booked before, and shared over two invoices."""
    for rule, principal, already in product(CostRule, PRINCIPALS, ("0.00", "20.00")):
        whole = letter_costs([Money.of(principal)], rule=rule, with_vat=True, on=ON, already=Money.of(already))
        yield from _of(whole)
    shared = letter_costs([Money.of("600.00")], rule=CostRule.TARIFF, with_vat=True, on=ON)
    principals = {UUID(int=1): Money.of("400.00"), UUID(int=2): Money.of("200.00")}
    for share in share_costs(shared, principals, batch="b").values():
        yield Unfolded.from_json(share.details["unfolded"])
        yield Unfolded.from_json(share.vat_details["unfolded"])


def _of(whole: LetterCosts) -> Iterator[Unfolded]:
    yield whole.unfolded
    if whole.vat_unfolded:
        yield whole.vat_unfolded


EVERYTHING = list({str(one.as_json()): one for one in (*interests(), *costs())}.values())


def test_there_is_something_of_everything() -> None:
    assert {one.title for one in EVERYTHING} == {
        "Wettelijke rente",
        "Wettelijke handelsrente",
        "Overeengekomen rente",
        "Incassokosten",
        "Btw over incassokosten",
    }
    assert len(EVERYTHING) > 40


@pytest.mark.parametrize("unfolded", EVERYTHING, ids=lambda one: f"{one.title} {one.amount}")
def test_every_amount_has_its_english(unfolded: Unfolded) -> None:
    opened = open_in(ENGLISH, unfolded)

    assert opened.language == ""  # not left in Dutch
    words = [opened.title, opened.rule, opened.note]
    words += [text for line in opened.lines for text in (line.label, line.detail, line.rounding)]
    assert [text for text in words if DUTCH_WORDS.search(text)] == []
    assert [cents(line.amount) for line in opened.lines] == [line.amount.cents for line in unfolded.lines]
    assert cents(opened.amount) == unfolded.amount.cents
    assert bool(opened.note) == bool(unfolded.note)


def test_figures_are_written_the_english_way() -> None:
    tariff = open_in(ENGLISH, letter_costs([Money.of("7000.00")], rule=CostRule.TARIFF, with_vat=True, on=ON).unfolded)
    assert [(line.label, line.amount) for line in tariff.lines] == [
        ("15% of €2,500.00", "€375.00"),
        ("10% of the next €2,500.00", "€250.00"),
        ("5% of the next €2,000.00", "€100.00"),
    ]
    small = open_in(ENGLISH, letter_costs([Money.of("100.00")], rule=CostRule.TARIFF, with_vat=True, on=ON).unfolded)
    assert (small.lines[-1].label, small.lines[-1].detail) == ("Raised to the minimum", "€40.00")
    (month,) = open_in(ENGLISH, unfold.of_interest([MONTH], Terms.contractual(Decimal("10.40")))).lines
    assert month.label.replace("\u00a0", " ") == "10 September 2026 to 30 September 2026"
    assert month.detail == "10.4% of €1,000.00, 21 days of 365"


@pytest.mark.parametrize(
    "change",
    [{"title": "Nieuwe rente"}, {"rule": "Een nieuwe regel."}, {"note": "Nog een reden.", "article": "art. 1 BW"}],
)
def test_what_has_no_english_stays_dutch_as_a_whole(change: dict[str, Any]) -> None:
    """Text of another version of the program is not mixed with English."""
    unfolded = replace(
        letter_costs([Money.of("100.00")], rule=CostRule.TARIFF, with_vat=False, on=ON).unfolded, **change
    )
    opened = open_in(ENGLISH, unfolded)

    assert opened.language == "nl"
    assert replace(opened, language="") == open_in(DUTCH, unfolded)


def test_a_note_for_the_creditor_is_rewritten_for_the_debtor() -> None:
    small = letter_costs([Money.of("100.00")], rule=CostRule.SMALL_INSTALMENTS, with_vat=False, on=ON).unfolded
    assert "controleer dit zelf" in small.note
    assert "laagste bedrag" in open_in(DUTCH, small).note
    assert "controleer" not in open_in(DUTCH, small).note
