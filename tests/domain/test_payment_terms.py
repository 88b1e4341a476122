"""How long a payment term may be (6:119a lid 5 and 6, 6:119b lid 5 BW)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from receivables.domain.debtor import Debtor
from receivables.domain.money import Money
from receivables.domain.payment_terms import check_term, is_large_company, longest_term_days

CONSUMER = Debtor()
BUSINESS = Debtor(is_consumer=False, is_natural_person=False)
LARGE = Debtor(is_consumer=False, is_natural_person=False, is_large=True)
GOVERNMENT = Debtor(is_consumer=False, is_natural_person=False, is_government=True)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("debtor", "creditor_is_large", "days"),
    [(BUSINESS, False, 60), (BUSINESS, None, 60), (LARGE, False, 30), (LARGE, True, 60), (GOVERNMENT, False, 30)],
)
def test_the_cap_follows_who_owes_whom(debtor: Debtor, creditor_is_large: bool | None, days: int) -> None:
    cap = longest_term_days(debtor, creditor_is_large=creditor_is_large, on=TODAY)

    assert cap is not None
    assert cap.days == days


def test_a_consumer_has_no_cap() -> None:
    assert longest_term_days(CONSUMER, creditor_is_large=False, on=TODAY) is None
    assert check_term(TODAY, TODAY + timedelta(days=400), CONSUMER) is None


@pytest.mark.parametrize(
    ("on", "agreed_on", "days"),
    [
        (date(2022, 6, 30), None, 60),
        (date(2022, 7, 1), None, 30),
        (date(2023, 6, 30), date(2022, 6, 30), 60),
        (date(2023, 7, 1), date(2022, 6, 30), 30),
    ],
)
def test_the_cap_for_large_debtors_has_first_days(on: date, agreed_on: date | None, days: int) -> None:
    cap = longest_term_days(LARGE, creditor_is_large=False, on=on, agreed_on=agreed_on)

    assert cap is not None
    assert cap.days == days


@pytest.mark.parametrize(
    ("debtor", "creditor_is_large", "most"),
    [(BUSINESS, False, 60), (LARGE, False, 30), (LARGE, None, 30), (LARGE, True, 60), (GOVERNMENT, None, 30)],
)
def test_a_longer_term_is_warned_of(debtor: Debtor, creditor_is_large: bool | None, most: int) -> None:
    within = check_term(TODAY, TODAY + timedelta(days=most), debtor, creditor_is_large=creditor_is_large)
    beyond = check_term(TODAY, TODAY + timedelta(days=most + 1), debtor, creditor_is_large=creditor_is_large)

    assert within is None
    assert beyond is not None
    assert beyond.startswith(f"De betaaltermijn is {most + 1} dagen. ")


def test_a_term_under_an_older_contract_is_longer_for_a_year() -> None:
    issued_on, due_on, agreed_on = date(2023, 6, 30), date(2023, 8, 14), date(2022, 6, 30)

    assert check_term(issued_on, due_on, LARGE, creditor_is_large=False, agreed_on=agreed_on) is None
    assert check_term(issued_on, due_on, LARGE, creditor_is_large=False) is not None


def test_a_creditor_of_unknown_size_is_told_what_it_depends_on() -> None:
    warned = check_term(TODAY, TODAY + timedelta(days=45), LARGE)

    assert warned is not None
    assert "Is uw bedrijf zelf geen grote onderneming" in warned


@pytest.mark.parametrize(
    ("balance", "turnover", "employees", "is_large"),
    [
        ("20000000.01", "40000000.01", 0, True),
        ("20000000.01", "0", 250, True),
        ("0", "40000000.01", 250, True),
        ("20000000.00", "40000000.01", 249, False),
        ("20000000.01", "40000000.00", 249, False),
        ("0", "0", 1000, False),
    ],
)
def test_two_of_three_make_a_large_company(balance: str, turnover: str, employees: int, is_large: bool) -> None:
    assert is_large_company(Money.of(balance), Money.of(turnover), employees) is is_large
