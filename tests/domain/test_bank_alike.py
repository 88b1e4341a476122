"""What makes two lines one movement, and what contradicts that, within one format and across formats."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from receivables.domain.bank_alike import Line, agreement, same_account

FULL = Line(
    "s", date(2026, 3, 2), 1000, iban="NL91ABNA0417164300", name="Jansen Transport B.V.", text="Factuur 2026-0123 met dank",
    end_to_end_id="E2E-2026-000123", bank_reference="R1", format="camt",
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"format": "mt940", "name": "Jansen Transp", "bank_reference": ""},  # cut
        {"format": "mt940", "text": "Factuur 2026-01 23 met dank"},  # a broken line
        {"format": "mt940", "text": "", "iban": "", "end_to_end_id": ""},  # nothing told
        {"format": "mt940", "iban": "417164300"},  # the bare number
        {"format": "mt940", "end_to_end_id": "E2E-2026-0001"},  # cut at sixteen signs
        {
            "format": "csv",
            "text": "Naam: Jansen Transport B.V. Omschrijving: Factuur 2026-0123 IBAN: NL91ABNA0417164300",
        },
        {"format": "csv", "text": "2026-0123"},
        {"bank_reference": "R2"},  # another export of the same bank
        {"text": "anders geschreven"},  # within one format, with the same end-to-end id
    ],
)
def test_what_is_left_out_or_cut_is_no_contradiction(change: dict[str, str]) -> None:
    assert agreement(FULL, replace(FULL, **change)) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"iban": "NL20RABO0300065264"},
        {"end_to_end_id": "E2E-2026-000124"},
        {"end_to_end_id": "", "text": "Factuur 2026-0124 met dank"},  # within one format
        {"format": "mt940", "end_to_end_id": "", "text": "Factuur 2026-0124 met dank"},  # another number
        {"format": "mt940", "end_to_end_id": "", "text": "huur kantoor april"},
    ],
)
def test_what_both_tell_and_tell_differently_is_one(change: dict[str, str]) -> None:
    assert agreement(FULL, replace(FULL, **change)) is None  # type: ignore[arg-type]


def test_stable_references_tell_lines_of_one_format_apart() -> None:
    other = replace(FULL, bank_reference="R2")
    assert agreement(FULL, other, refs_decide=True) is None
    assert agreement(FULL, replace(other, format="mt940"), refs_decide=True) is not None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("NL91ABNA0417164300", "0417164300", True),
        ("NL91ABNA0417164300", "417164300", True),
        ("NL91ABNA0417164300", "NL20RABO0417164300", False),
        ("NL91ABNA0417164300", "4300", False),  # too short to say anything
    ],
)
def test_a_bare_number_is_the_end_of_its_iban(one: str, other: str, same: bool) -> None:
    assert same_account(one, other) is same
