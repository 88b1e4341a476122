"""Public holidays of art. 3 Algemene termijnenwet, 2024 to 2028, as dated facts.

Leden 1 and 2 follow from the statute; lid 3 (days made equal to a holiday) from royal decrees. A new year is added here by
hand once its decree is known: a year that is missing is refused, never guessed.
"""

from __future__ import annotations

from datetime import date
from typing import Final

FIRST_YEAR: Final = 2024
LAST_YEAR: Final = 2028

NEW_YEAR: Final = "Nieuwjaarsdag"
GOOD_FRIDAY: Final = "Goede Vrijdag"  # lid 2
EASTER_MONDAY: Final = "Tweede Paasdag"
KINGS_DAY: Final = "Koningsdag"  # 27 April, or the 26th when that is a Sunday
LIBERATION_DAY: Final = "Bevrijdingsdag"  # lid 1 names 5 May in every year, not only each fifth
ASCENSION: Final = "Hemelvaartsdag"
WHIT_MONDAY: Final = "Tweede Pinksterdag"
CHRISTMAS: Final = "Eerste Kerstdag"
BOXING_DAY: Final = "Tweede Kerstdag"
EQUALISED: Final = "gelijkgestelde dag"  # lid 3

_EVERY_YEAR: Final = (((1, 1), NEW_YEAR), ((5, 5), LIBERATION_DAY), ((12, 25), CHRISTMAS), ((12, 26), BOXING_DAY))
_DATED: Final = {
    "2024-03-29": GOOD_FRIDAY,
    "2024-04-01": EASTER_MONDAY,
    "2024-04-27": KINGS_DAY,
    "2024-05-09": ASCENSION,
    "2024-05-10": EQUALISED,
    "2024-05-20": WHIT_MONDAY,
    "2024-12-27": EQUALISED,
    "2025-04-18": GOOD_FRIDAY,
    "2025-04-21": EASTER_MONDAY,
    "2025-04-26": KINGS_DAY,
    "2025-05-29": ASCENSION,
    "2025-05-30": EQUALISED,
    "2025-06-09": WHIT_MONDAY,
    "2026-01-02": EQUALISED,
    "2026-04-03": GOOD_FRIDAY,
    "2026-04-06": EASTER_MONDAY,
    "2026-04-27": KINGS_DAY,
    "2026-05-14": ASCENSION,
    "2026-05-15": EQUALISED,
    "2026-05-25": WHIT_MONDAY,
    "2027-03-26": GOOD_FRIDAY,
    "2027-03-29": EASTER_MONDAY,
    "2027-04-27": KINGS_DAY,
    "2027-05-06": ASCENSION,
    "2027-05-07": EQUALISED,
    "2027-05-17": WHIT_MONDAY,
    "2028-04-14": GOOD_FRIDAY,
    "2028-04-17": EASTER_MONDAY,
    "2028-04-27": KINGS_DAY,
    "2028-04-28": EQUALISED,
    "2028-05-25": ASCENSION,
    "2028-05-26": EQUALISED,
    "2028-06-05": WHIT_MONDAY,
}

HOLIDAYS: Final[dict[date, str]] = {date.fromisoformat(day): name for day, name in _DATED.items()} | {
    date(year, month, day): name for year in range(FIRST_YEAR, LAST_YEAR + 1) for (month, day), name in _EVERY_YEAR
}
