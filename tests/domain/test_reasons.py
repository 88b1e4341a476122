"""The sentences themselves: days, amounts and what is left empty."""

from __future__ import annotations

from datetime import date

from dunning.domain.reasons import Reason, Why, dutch_day, explain

DAY = date(2026, 9, 9)


def test_days_are_counted_in_dutch() -> None:
    sentences = [explain(Why(Reason.PAST_DUE, on=DAY, days=count, step="Herinnering")) for count in (1, 2, 0)]

    assert sentences == [
        "Herinnering: de vervaldatum 9 september 2026 is 1 dag voorbij.",
        "Herinnering: de vervaldatum 9 september 2026 is 2 dagen voorbij.",
        "Herinnering: de vervaldatum 9 september 2026 is 0 dagen voorbij.",
    ]


def test_amounts_are_written_as_on_every_screen() -> None:
    why = Why(Reason.BELOW_MINIMUM, cents=123_456, minimum_cents=200_000_001, step="Aanmaning")

    assert explain(why) == (
        "Geblokkeerd: samen € 1.234,56, minder dan het minimum van € 2.000.000,01 voor een aanmaning."
    )


def test_what_is_not_known_leaves_no_text() -> None:
    assert dutch_day(None) == ""
    assert explain(Why(Reason.PAST_DUE, step="herinnering")) == "Herinnering: de vervaldatum  is  voorbij."
    assert explain(Why(Reason.UNALLOCATED_CREDIT)) == "Geblokkeerd: deze klant heeft nog  tegoed. Verreken dat eerst."


def test_months_have_their_dutch_names() -> None:
    assert [dutch_day(date(2026, month, month)) for month in range(1, 13)] == [
        "1 januari 2026",
        "2 februari 2026",
        "3 maart 2026",
        "4 april 2026",
        "5 mei 2026",
        "6 juni 2026",
        "7 juli 2026",
        "8 augustus 2026",
        "9 september 2026",
        "10 oktober 2026",
        "11 november 2026",
        "12 december 2026",
    ]
