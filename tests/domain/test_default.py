"""Default and the start of interest: the table of 6:81-6:83, 6:119, 6:119a and 6:119b BW."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.debtor import Debtor
from receivables.domain.default import (
    Due,
    DueDateBasis,
    Why,
    in_default_from,
    interest_free_until,
    rate_kind,
    why_default,
    why_interest,
    why_rate_kind,
)
from receivables.domain.rates import RateKind
from receivables.models.invoices import DueDateBasis as StoredBasis

CONSUMER = Debtor()
SOLE_TRADER = Debtor(is_consumer=False)
COMPANY = Debtor(is_consumer=False, is_natural_person=False)
GOVERNMENT = Debtor(is_consumer=False, is_natural_person=False, is_government=True)
ISSUED = date(2026, 3, 2)
DUE = date(2026, 3, 16)
NOTICE = date(2026, 4, 10)
AGREED, STATUTORY, INVOICE_ONLY = DueDateBasis.AGREED, DueDateBasis.STATUTORY, DueDateBasis.INVOICE_ONLY


def due(basis: DueDateBasis) -> Due:
    return Due(DUE, ISSUED, basis)


def test_the_bases_are_those_that_are_stored() -> None:
    assert {basis.value for basis in DueDateBasis} == set(StoredBasis.values)


@pytest.mark.parametrize(
    ("debtor", "basis", "notices", "expected"),
    [
        (CONSUMER, AGREED, [], date(2026, 3, 17)),
        (CONSUMER, STATUTORY, [], None),
        (CONSUMER, INVOICE_ONLY, [], None),
        (CONSUMER, INVOICE_ONLY, [NOTICE], date(2026, 4, 11)),
        (CONSUMER, INVOICE_ONLY, [date(2026, 5, 1), NOTICE], date(2026, 4, 11)),  # the first one counts
        (CONSUMER, INVOICE_ONLY, [date(2026, 3, 10)], date(2026, 3, 17)),  # never before it is due
        (CONSUMER, AGREED, [NOTICE], date(2026, 3, 17)),
        (COMPANY, AGREED, [], date(2026, 3, 17)),
        (COMPANY, STATUTORY, [], date(2026, 3, 17)),
        (COMPANY, INVOICE_ONLY, [], None),
        (COMPANY, INVOICE_ONLY, [NOTICE], date(2026, 4, 11)),
        (SOLE_TRADER, STATUTORY, [], date(2026, 3, 17)),
        (GOVERNMENT, INVOICE_ONLY, [], None),
    ],
)
def test_default_begins(debtor: Debtor, basis: DueDateBasis, notices: list[date], expected: date | None) -> None:
    assert in_default_from(due(basis), debtor, notice_terms=iter(notices)) == expected


@pytest.mark.parametrize(
    ("debtor", "basis", "notices", "expected"),
    [
        (CONSUMER, AGREED, [], DUE),
        (CONSUMER, STATUTORY, [], None),
        (CONSUMER, INVOICE_ONLY, [], None),
        (CONSUMER, INVOICE_ONLY, [NOTICE], NOTICE),
        (COMPANY, AGREED, [], DUE),
        (COMPANY, STATUTORY, [], date(2026, 4, 1)),  # receipt on 2 March + 30; day 31 is the first with interest
        (COMPANY, INVOICE_ONLY, [], date(2026, 4, 1)),
        (COMPANY, INVOICE_ONLY, [date(2026, 3, 20)], date(2026, 4, 1)),
        (GOVERNMENT, INVOICE_ONLY, [], date(2026, 4, 1)),
    ],
)
def test_interest_begins_the_day_after(
    debtor: Debtor, basis: DueDateBasis, notices: list[date], expected: date | None
) -> None:
    assert interest_free_until(due(basis), debtor, notice_terms=iter(notices)) == expected


def test_business_interest_never_runs_before_the_due_date() -> None:
    late = Due(date(2026, 5, 1), ISSUED, INVOICE_ONLY)

    assert interest_free_until(late, COMPANY) == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("debtor", "kind", "article"),
    [
        (CONSUMER, RateKind.CONSUMER, "art. 6:119 BW"),
        (SOLE_TRADER, RateKind.COMMERCIAL, "art. 6:119a BW"),
        (COMPANY, RateKind.COMMERCIAL, "art. 6:119a BW"),
        (GOVERNMENT, RateKind.COMMERCIAL, "art. 6:119b BW"),
    ],
)
def test_the_kind_of_interest_follows_the_debtor(debtor: Debtor, kind: RateKind, article: str) -> None:
    assert (rate_kind(debtor), why_rate_kind(debtor).article) == (kind, article)


def test_the_kind_of_interest_says_why() -> None:
    assert [why_rate_kind(debtor).text for debtor in (CONSUMER, COMPANY, GOVERNMENT)] == [
        "Wettelijke rente: de debiteur is consument, of dat is niet bekend.",
        "Wettelijke handelsrente: de debiteur handelt in beroep of bedrijf.",
        "Wettelijke handelsrente: de debiteur is een overheidsinstantie.",
    ]


@pytest.mark.parametrize(
    ("debtor", "basis", "notices", "why"),
    [
        (
            CONSUMER,
            AGREED,
            [],
            Why("De afgesproken betaaldag 16-3-2026 is een fatale termijn.", "art. 6:83 sub a BW"),
        ),
        (
            COMPANY,
            STATUTORY,
            [],
            Why("De wettelijke betaaltermijn liep tot en met 16-3-2026.", "art. 6:119a lid 2 BW"),
        ),
        (
            CONSUMER,
            INVOICE_ONLY,
            [NOTICE],
            Why("De termijn van de ingebrekestelling liep tot en met 10-4-2026.", "art. 6:82 lid 1 BW"),
        ),
        (
            CONSUMER,
            STATUTORY,
            [],
            Why(
                "De betaaldag is niet afgesproken en er is nog geen ingebrekestelling verlopen: geen verzuim.",
                "art. 6:82 BW",
            ),
        ),
    ],
)
def test_default_says_why(debtor: Debtor, basis: DueDateBasis, notices: list[date], why: Why) -> None:
    assert why_default(due(basis), debtor, notice_terms=notices) == why


WITHOUT_AGREED_DAY = (
    "Zonder afgesproken betaaldag loopt de rente vanaf 30 dagen na de dag na ontvangst van de factuur; "
    "de factuurdatum telt als ontvangst, en nooit eerder dan na de betaaldag op de factuur."
)


@pytest.mark.parametrize(
    ("debtor", "basis", "why"),
    [
        (
            CONSUMER,
            AGREED,
            Why(
                "Rente loopt vanaf het verzuim. De afgesproken betaaldag 16-3-2026 is een fatale termijn.",
                "art. 6:119 lid 1 BW, art. 6:83 sub a BW",
            ),
        ),
        (
            CONSUMER,
            STATUTORY,  # of no use against a consumer
            Why(
                "Rente loopt vanaf het verzuim. De termijn van de ingebrekestelling liep tot en met 10-4-2026.",
                "art. 6:119 lid 1 BW, art. 6:82 lid 1 BW",
            ),
        ),
        (
            COMPANY,
            AGREED,
            Why("Rente loopt vanaf de dag na de afgesproken betaaldag 16-3-2026.", "art. 6:119a lid 1 BW"),
        ),
        (COMPANY, INVOICE_ONLY, Why(WITHOUT_AGREED_DAY, "art. 6:119a lid 2 BW")),
        (GOVERNMENT, STATUTORY, Why(WITHOUT_AGREED_DAY, "art. 6:119b lid 2 BW")),
    ],
)
def test_interest_says_why(debtor: Debtor, basis: DueDateBasis, why: Why) -> None:
    assert why_interest(due(basis), debtor, notice_terms=[NOTICE]) == why


debtors = st.builds(Debtor, st.booleans(), st.booleans(), st.booleans(), st.booleans())
days = st.integers(-30, 120).map(lambda count: ISSUED + timedelta(days=count))


@given(
    debtor=debtors,
    basis=st.sampled_from(DueDateBasis),
    due_on=days,
    notices=st.lists(days, max_size=3),
)
def test_nobody_is_in_default_or_owes_interest_before_the_due_date(
    debtor: Debtor, basis: DueDateBasis, due_on: date, notices: list[date]
) -> None:
    claim = Due(due_on, ISSUED, basis)
    default_from = in_default_from(claim, debtor, notice_terms=notices)
    free_until = interest_free_until(claim, debtor, notice_terms=notices)

    assert default_from is None or default_from > due_on
    assert free_until is None or free_until >= due_on
    assert not debtor.is_consumer or (default_from is None) == (free_until is None)
