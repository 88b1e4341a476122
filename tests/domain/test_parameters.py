"""What the dated parameters say about themselves."""

from __future__ import annotations

from datetime import date

import pytest

from receivables.domain.parameters import (
    B2B_FIXED_SUM,
    BIK,
    CONTACT_WINDOW,
    LEGAL_STATE_ON,
    PAYMENT_TERMS,
    RETENTION,
    SMALL_INSTALMENTS,
    STATUS_NOTE,
)


@pytest.mark.parametrize(
    "value",
    [B2B_FIXED_SUM, BIK, CONTACT_WINDOW, PAYMENT_TERMS, RETENTION, SMALL_INSTALMENTS],
    ids=lambda v: type(v).__name__,
)
def test_every_parameter_names_its_source(value: object) -> None:
    assert getattr(value, "source", "")


def test_the_instalment_rule_says_that_it_is_uncertain() -> None:
    assert SMALL_INSTALMENTS.note == STATUS_NOTE
    assert "niet nagelezen" in STATUS_NOTE


def test_no_parameter_starts_after_the_legal_state() -> None:
    starts = [BIK.valid_from, B2B_FIXED_SUM.valid_from, PAYMENT_TERMS.large_old_contracts_from]

    assert max(starts) <= LEGAL_STATE_ON
    assert date(2026, 11, 22) == LEGAL_STATE_ON  # the day on which the rules were read


def test_the_last_bracket_has_no_end() -> None:
    assert [tier.width is None for tier in BIK.tiers] == [False, False, False, False, True]
