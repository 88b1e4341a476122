"""The simple model that the checker holds against what was sent. Plain: importing it changes nothing in this process."""

from __future__ import annotations

DUE_SOON = 3  # of every ten customers


def expected_step(number: int) -> str:
    """The step that the invoice of this customer is at."""
    return "vooraankondiging" if number % 10 < DUE_SOON else "herinnering"
