"""Limitation of a claim and its interruption (3:307, 3:317, 3:319, 7:28, 8:1711 BW), on the safe side by a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from receivables.domain.years import add_months, add_years

LONGEST_AFTER_INTERRUPTION: Final = 5  # years, 3:319 lid 2


class ClaimNature(StrEnum):
    """What the claim is for. A service is no sale, so it is ordinary."""

    ORDINARY = "ordinary"
    CONSUMER_SALE = "consumer_sale"
    TRANSPORT = "transport"

    @property
    def years(self) -> int:
        return _YEARS[self]

    @property
    def article(self) -> str:
        return _ARTICLES[self]


_YEARS: Final = {ClaimNature.ORDINARY: 5, ClaimNature.CONSUMER_SALE: 2, ClaimNature.TRANSPORT: 1}
_ARTICLES: Final = {
    ClaimNature.ORDINARY: "art. 3:307 BW",
    ClaimNature.CONSUMER_SALE: "art. 7:28 BW",
    ClaimNature.TRANSPORT: "art. 8:1711 BW",
}
_BY_YEARS: Final = {nature.years: nature.article for nature in ClaimNature}


class LimitationWarning(StrEnum):
    NONE = "none"
    SIX_MONTHS = "six_months"
    TWO_MONTHS = "two_months"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Limitation:
    """Through `last_safe_day` the claim can be demanded. An interruption after that day came too late and does nothing."""

    last_safe_day: date
    interruption_too_late: bool
    article: str


def limitation(last_payment_day: date, *, years: int, interruptions: Iterable[date] = ()) -> Limitation:
    """Run the term from the last payment day; each interruption, on the day it was received, starts a new one."""
    last_safe_day = add_years(last_payment_day, years)
    too_late, article = False, _BY_YEARS.get(years, "")
    for received_on in sorted(interruptions):
        if received_on > last_safe_day:
            too_late = True
            break
        renewed = add_years(received_on, min(years, LONGEST_AFTER_INTERRUPTION))
        if renewed > last_safe_day:  # a new term never ends before the old one
            last_safe_day, article = renewed, "art. 3:317 en 3:319 BW"
    return Limitation(last_safe_day, too_late, article)


def warning(last_safe_day: date, on: date) -> LimitationWarning:
    """How near the end is: warned of at six and at two months."""
    if on > last_safe_day:
        return LimitationWarning.PASSED
    if on >= add_months(last_safe_day, -2):
        return LimitationWarning.TWO_MONTHS
    return LimitationWarning.SIX_MONTHS if on >= add_months(last_safe_day, -6) else LimitationWarning.NONE
