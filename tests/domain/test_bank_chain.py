"""The chain: what follows on what, in whatever order it came in, and how far the books are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import permutations

import pytest

from receivables.domain.bank_chain import GAP, PAGE_MISSING, PAGES_MISMATCH, Link, judge, known_up_to


def day(number: int) -> date:
    return date(2026, 3, number)


def link(key: str, start: int, end: int, opening: int | None, closing: int | None, **more: object) -> Link:
    return Link(key, day(start), day(end), opening, closing, **more)  # type: ignore[arg-type]


def troubled(links: Sequence[Link]) -> dict[object, list[str]]:
    """Equal for every order."""
    answers = [
        {key: [trouble.code for trouble in found] for key, found in judge(order).items() if found}
        for order in permutations(links)
    ]
    assert all(answer == answers[0] for answer in answers)
    return dict(answers[0])


def test_statements_that_follow_on_each_other_are_in_order() -> None:
    assert troubled([link("a", 2, 2, 0, 100), link("b", 3, 3, 100, 50), link("c", 9, 9, 50, 60)]) == {}


def test_a_missing_file_is_a_gap_that_says_where_and_how_much() -> None:
    first, second = link("a", 2, 3, 0, 100_00), link("b", 7, 7, 250_50, 300_00)
    assert troubled([first, second]) == {"b": [GAP]}
    (gap,) = judge([first, second])["b"]
    assert gap.message.startswith(
        "Tussen 3-3-2026 en 7-3-2026 ontbreekt een afschrift: het saldo sloot op €\xa0100,00 en opende op €\xa0250,50."
    )


def test_the_missing_file_closes_the_gap() -> None:
    assert troubled([link("a", 2, 3, 0, 100), link("b", 7, 7, 250, 300), link("between", 4, 6, 100, 250)]) == {}


def test_only_the_statement_after_a_gap_is_asked_about() -> None:
    assert troubled([link("a", 2, 2, 0, 100), link("b", 4, 4, 200, 300), link("c", 5, 5, 300, 400)]) == {"b": [GAP]}


def test_an_older_closing_that_happens_to_fit_does_not_close_a_gap() -> None:
    assert troubled([link("a", 2, 2, 0, 100), link("b", 3, 3, 100, 500), link("c", 5, 5, 100, 200)]) == {"c": [GAP]}


def test_parts_of_one_day_form_a_chain_in_any_order() -> None:
    parts = [link("noon", 2, 2, 180, 150), link("evening", 2, 2, 150, 100), link("morning", 2, 2, 230, 180)]
    assert troubled(parts) == {}
    assert troubled([*parts, link("before", 1, 1, 0, 230), link("after", 3, 3, 100, 5)]) == {}
    assert len(troubled([parts[1], parts[2]])) == 1  # noon is missing: one of the two is asked about


def test_the_number_says_which_part_of_a_first_day_came_first() -> None:
    parts = [link("late", 2, 2, 100, 200, number="12"), link("early", 2, 2, 500, 600, number="11")]
    assert troubled(parts) == {"late": [GAP]}


def test_the_same_period_twice_is_one_link() -> None:
    assert troubled([link("a", 2, 2, 0, 100), link("again", 2, 2, 0, 100), link("b", 3, 3, 100, 150)]) == {}
    gap = troubled([link("z", 1, 1, 0, 5), link("a", 3, 3, 10, 100), link("again", 3, 3, 10, 100)])
    assert gap == {"a": [GAP], "again": [GAP]}


def test_an_overlap_is_fine_when_the_balances_agree() -> None:
    week = link("week", 2, 4, 0, 300, balances={day(2): (0, 100), day(3): (100, 180, 200)})
    assert troubled([week, link("later", 3, 6, 100, 700)]) == {}
    assert troubled([week, link("part of a day", 3, 3, 180, 200)]) == {}
    assert troubled([week, link("wrong", 3, 6, 111, 700)]) == {"wrong": [GAP]}


def test_statements_without_balances_are_no_part_of_the_chain() -> None:
    assert troubled([link("a", 2, 2, 0, 100), link("csv", 3, 3, None, None), link("b", 4, 4, 100, 120)]) == {}


def test_two_pages_in_either_order_are_one_statement() -> None:
    first = link("p1", 2, 2, 100, None, moved=10, number="62", page=1, is_last_page=False)
    second = link("p2", 2, 2, None, 125, moved=15, number="62", page=2)
    assert troubled([first]) == {"p1": [PAGE_MISSING]}
    assert troubled([second]) == {"p2": [PAGE_MISSING]}
    assert troubled([first, second]) == {}
    assert troubled([first, second, link("next", 3, 3, 125, 130)]) == {}
    assert troubled([first, second, link("next", 3, 3, 126, 130)]) == {"next": [GAP]}


def test_pages_that_do_not_add_up_are_asked_about() -> None:
    pages = [
        link("p1", 2, 2, 100, None, moved=10, number="62", page=1, is_last_page=False),
        link("p2", 2, 2, None, 999, moved=15, number="62", page=2),
    ]
    assert troubled(pages) == {"p1": [PAGES_MISMATCH], "p2": [PAGES_MISMATCH]}


def test_a_page_with_both_balances_is_a_link_of_its_own() -> None:
    assert troubled([link("p1", 2, 2, 0, 50, number="7", page=1), link("p2", 2, 2, 50, 80, number="7", page=2)]) == {}


def test_the_number_of_a_long_statement_may_come_back_next_year() -> None:
    page = {"number": "1", "page": 1, "is_last_page": False}
    old = Link("old", date(2025, 1, 2), date(2025, 1, 2), 0, None, **page)  # type: ignore[arg-type]
    new = link("new", 2, 2, None, 100, number="1", page=2)
    assert troubled([old, new]) == {"old": [PAGE_MISSING], "new": [PAGE_MISSING]}


def test_only_what_is_wanted_is_judged() -> None:
    links = [link("a", 2, 2, 0, 100), link("b", 4, 4, 200, 300), link("c", 6, 6, 999, 1000)]
    assert {key: len(found) for key, found in judge(links, {"c"}).items()} == {"c": 1}


@pytest.mark.parametrize(
    ("good", "questioned", "known"),
    [
        ([], [], None),
        ([(1, 3), (4, 6)], [], 6),
        ([(1, 3), (8, 9)], [(7, 7)], 3),  # what comes after an open question does not count
        ([(8, 9)], [(7, 7)], None),
    ],
)
def test_the_books_are_known_up_to_the_first_open_question(
    good: list[tuple[int, int]], questioned: list[tuple[int, int]], known: int | None
) -> None:
    periods = [[(day(first), day(last)) for first, last in some] for some in (good, questioned)]
    assert known_up_to(*periods) == (day(known) if known else None)
