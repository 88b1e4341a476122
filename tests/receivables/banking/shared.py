"""The bank files that others wrote down the right answer for; an absent folder is a visible skip."""

from __future__ import annotations

from tests.receivables.importing.shared import SHARED, Case, alike, cases, params

__all__ = ["SHARED", "Case", "alike", "cases", "params"]
