"""Merging against a known truth, without a database: days cut and written in every way, brought in in any order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import count, groupby

import pytest

from receivables.domain.bank_alike import Line
from receivables.domain.bank_merge import merge
from receivables.domain.bank_statement import Statement
from tests.receivables.banking.generator import History, Movement, Part, history

File = tuple[Part, str, str]  # what it shows, the format, and how the bank refers to its lines


def as_line(place: int, movement: Movement, format_: str, references: str) -> Line:
    """As the readers answer: MT940 cuts, and only CAMT has references of the bank."""
    is_camt = format_ == "camt"
    reference = {"stable": f"R{movement.id}", "": ""}.get(references, f"{references}{place}") if is_camt else ""
    name, end = (movement.name, movement.end_to_end) if is_camt else (movement.name[:30], movement.end_to_end[:16])
    return Line(
        place, movement.on, movement.cents, "EUR", movement.iban, name, movement.text, "", end, reference, format_
    )


def as_statement(file: File, key: int) -> Statement:
    part, format_, references = file
    days = Counter[date]()
    for movement in part.movements:
        days[movement.on] += movement.cents
    lines = tuple(as_line(place, movement, format_, references) for place, movement in enumerate(part.movements))
    return Statement(key, lines, dict(days), part.opening, part.closing, part.number, None, format_, key)


def books_of(files: Sequence[File]) -> Counter[tuple[date, int]]:
    """What is stored after all of these."""
    stored: list[Statement] = []
    keys, books = count(1), Counter[tuple[date, int]]()
    lines: dict[object, Line] = {}  # as they were first told
    for number, file in enumerate(files):
        new = as_statement(file, -number)
        merged = merge(new, [one for one in stored if set(one.days) & set(new.days)])
        kept = []
        for line in new.lines:
            if merged.is_new(line):
                books[line.booked_on, line.cents] += 1
                key: object = f"k{next(keys)}"
                lines[key] = replace(line, key=key)
                kept.append(lines[key])
            elif line.key in merged.known:
                kept.append(lines[merged.known[line.key]])
        stored.append(replace(new, lines=tuple(kept), by_day={}, before={}, file=None))
    return books


def truth(days: History) -> Counter[tuple[date, int]]:
    return Counter((movement.on, movement.cents) for movement in days.movements())


def every_cut(days: History) -> list[File]:
    size = len(days.days)
    cuts = [days.part(first, last) for first in range(size) for last in range(first, min(first + 3, size))]
    cuts += [
        days.part(place, place, skip=skip, take=3)
        for place, day in enumerate(days.days)
        for skip in range(0, len(day), 3)
    ]
    files = [(part, "mt940", "") for part in cuts] + [(part, "camt", "stable") for part in cuts]
    return files + [(part, "camt", "VERS") for part in cuts[::4]]


def only_parts(days: History) -> list[File]:
    return [
        (days.part(place, place, skip=skip, take=3), "mt940", "")
        for place, day in enumerate(days.days)
        for skip in range(0, len(day), 3)
    ]


def another_order(days: History) -> list[File]:
    """MT940 lists a day from late to early, CAMT from early to late."""
    cuts = [days.part(first, last) for first in range(len(days.days)) for last in range(first, len(days.days))]
    return [*((part, "camt", "stable") for part in cuts), *((turned(part), "mt940", "") for part in cuts)]


def turned(part: Part) -> Part:
    by_day = groupby(part.movements, key=lambda movement: movement.on)
    return replace(part, movements=tuple(movement for _, day in by_day for movement in reversed(list(day))))


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("cut", [every_cut, only_parts, another_order])
def test_the_books_are_the_truth(cut: object, seed: int) -> None:
    days = history(days=3, per_day=6, twins=4, seed=seed)
    files = cut(days)  # type: ignore[operator]
    random.Random(seed).shuffle(files)  # noqa: S311 # a known order

    assert books_of(files) == truth(days)


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("cut", [every_cut, another_order])
def test_whole_days_whose_balance_comes_back_are_the_truth_too(cut: object, seed: int) -> None:
    """Parts of such days cannot always be told apart (docs/banking.md); whole days can."""
    days = history(days=3, per_day=6, twins=4, seed=seed, loops=True)
    files = cut(days)  # type: ignore[operator]
    random.Random(seed).shuffle(files)  # noqa: S311 # a known order

    assert books_of(files) == truth(days)
