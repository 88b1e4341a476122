"""Limitation and its interruptions beyond the vectors (3:307, 3:317, 3:319 BW)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.limitation import ClaimNature, LimitationWarning, limitation, warning

DUE = date(2021, 6, 30)


@pytest.mark.parametrize(
    ("nature", "years", "article"),
    [
        (ClaimNature.ORDINARY, 5, "art. 3:307 BW"),
        (ClaimNature.CONSUMER_SALE, 2, "art. 7:28 BW"),
        (ClaimNature.TRANSPORT, 1, "art. 8:1711 BW"),
    ],
)
def test_each_nature_has_its_own_term(nature: ClaimNature, years: int, article: str) -> None:
    assert (nature.years, nature.article) == (years, article)
    assert limitation(DUE, years=nature.years).article == article


@pytest.mark.parametrize(
    ("interruptions", "last_safe_day", "too_late"),
    [
        ([], date(2026, 6, 30), False),
        ([date(2026, 6, 30)], date(2031, 6, 30), False),  # the last safe day itself is in time
        ([date(2026, 7, 1)], date(2026, 6, 30), True),
        ([date(2030, 1, 1), date(2025, 2, 1)], date(2035, 1, 1), False),  # in any order
        ([date(2025, 2, 1), date(2030, 2, 2)], date(2030, 2, 1), True),
        ([date(2026, 7, 1), date(2026, 8, 1)], date(2026, 6, 30), True),
        ([date(2020, 1, 1)], date(2026, 6, 30), False),  # a new term never ends before the old one
        ([date(2024, 2, 29)], date(2029, 2, 28), False),
    ],
)
def test_interruptions_renew_the_term(interruptions: list[date], last_safe_day: date, too_late: bool) -> None:
    result = limitation(DUE, years=5, interruptions=interruptions)

    assert (result.last_safe_day, result.interruption_too_late) == (last_safe_day, too_late)


def test_a_renewed_term_names_the_articles_of_interruption() -> None:
    assert limitation(DUE, years=2, interruptions=[date(2022, 1, 1)]).article == "art. 3:317 en 3:319 BW"
    assert limitation(DUE, years=5, interruptions=[DUE]).article == "art. 3:307 BW"  # that one renewed nothing
    assert limitation(DUE, years=20).article == ""  # a term of which no article is known


def test_a_new_term_is_as_long_as_the_old_one_and_five_years_at_most() -> None:
    assert limitation(DUE, years=2, interruptions=[date(2023, 1, 15)]).last_safe_day == date(2025, 1, 15)
    assert limitation(DUE, years=20, interruptions=[date(2040, 1, 15)]).last_safe_day == date(2045, 1, 15)


def test_a_term_that_ends_in_a_short_february_ends_on_the_28th() -> None:
    assert limitation(date(2024, 2, 29), years=5).last_safe_day == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 2, 27), LimitationWarning.NONE),
        (date(2026, 2, 28), LimitationWarning.SIX_MONTHS),
        (date(2026, 6, 29), LimitationWarning.SIX_MONTHS),
        (date(2026, 6, 30), LimitationWarning.TWO_MONTHS),
        (date(2026, 8, 31), LimitationWarning.TWO_MONTHS),
        (date(2026, 9, 1), LimitationWarning.PASSED),
    ],
)
def test_warnings_come_at_six_and_two_months(on: date, expected: LimitationWarning) -> None:
    assert warning(date(2026, 8, 31), on) is expected


def test_warnings_keep_the_day_of_the_month() -> None:
    last_safe_day = date(2026, 9, 10)

    assert warning(last_safe_day, date(2026, 7, 9)) is LimitationWarning.SIX_MONTHS
    assert warning(last_safe_day, date(2026, 7, 10)) is LimitationWarning.TWO_MONTHS


days = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@given(due=days, years=st.sampled_from([1, 2, 5]), interruptions=st.lists(days, max_size=4))
def test_an_interruption_never_shortens_the_term(due: date, years: int, interruptions: list[date]) -> None:
    result = limitation(due, years=years, interruptions=interruptions)

    assert result.last_safe_day >= limitation(due, years=years).last_safe_day
    assert result.interruption_too_late == any(day > result.last_safe_day for day in interruptions)
