"""Which of a few amounts add up to a sum? Half the amounts against the other half, so that 25 are still quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

Chosen = tuple[int, ...]
ENOUGH: Final = 16  # ways, to take the first of


def subsets(amounts: Sequence[int], wanted: int, *, least: int = 2, most: int = 2) -> list[Chosen]:
    """Up to `most` sets of places whose amounts add up to `wanted`, the first places first; two mean that nobody can tell."""
    places = _of_use(amounts, wanted)
    half = len(places) // 2
    left = _sums(amounts, places[:half], most)
    right = _sums(amounts, places[half:], most)
    found: list[Chosen] = []
    for total, ways in left.items():
        for first in ways:
            for second in right.get(wanted - total, ()):
                if len(first) + len(second) >= least:
                    found.append((*first, *second))
                if len(found) == ENOUGH:
                    return sorted(found)[:most]
    return sorted(found)[:most]


def _of_use(amounts: Sequence[int], wanted: int) -> list[int]:
    """Places of amounts that can be in such a sum at all; none when all together are too little."""
    below = sum(amount for amount in amounts if amount < 0)
    places = [place for place, amount in enumerate(amounts) if amount + below <= wanted]
    above = sum(amounts[place] for place in places if amounts[place] > 0)
    return places if above >= wanted >= below else []


def _sums(amounts: Sequence[int], places: Sequence[int], most: int) -> dict[int, list[Chosen]]:
    """Every sum of these places, each with no more than a few ways to reach it."""
    sums: dict[int, list[Chosen]] = {0: [()]}
    for place in places:
        for total, ways in [(total, tuple(ways)) for total, ways in sums.items()]:
            reached = sums.setdefault(total + amounts[place], [])
            reached += [(*way, place) for way in ways[: most + 2 - len(reached)]]
    return sums
