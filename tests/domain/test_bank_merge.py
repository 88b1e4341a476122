"""Merging statements: balances prove, the chain keeps twins apart, and only then the looks of a line count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count

from receivables.domain.bank_alike import Line
from receivables.domain.bank_merge import Merged, merge
from receivables.domain.bank_statement import Statement

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)
_keys = count()


def move(
    cents: int,
    text: str = "",
    *,
    on: date = MONDAY,
    key: object = None,
    ref: str = "",
    form: str = "camt",
    iban: str = "",
) -> Line:
    own = f"k{next(_keys)}" if key is None else key
    return Line(own, on, cents, text=text, iban=iban, bank_reference=ref, format=form)


def statement(lines: Sequence[Line], *, opening: int | None, number: str = "", page: int | None = None) -> Statement:
    days: dict[date, int] = {}
    for line in lines:
        days[line.booked_on] = days.get(line.booked_on, 0) + line.cents
    closing = None if opening is None else opening + sum(days.values())
    return Statement(f"st{next(_keys)}", tuple(lines), days, opening, closing, number, page, lines[0].format)


def new_cents(merged: Merged, new: Statement) -> list[int]:
    return [line.cents for line in new.lines if merged.is_new(line)]


def test_the_same_day_in_another_format_is_the_same_money_whatever_the_texts_say() -> None:
    stored = statement([move(1000, "factuur 1001"), move(2500, "huur")], opening=0)
    new = statement([move(2500, "iets heel anders 9999", form="mt940"), move(1000, form="mt940")], opening=0)

    merged = merge(new, [stored])

    assert new_cents(merged, new) == []
    assert merged.known == {new.lines[0].key: stored.lines[1].key, new.lines[1].key: stored.lines[0].key}


def test_a_batch_that_one_format_splits_is_not_booked_twice() -> None:
    split = [move(1000, "a"), move(1000, "b"), move(1500, "c"), move(-200, "kosten")]
    joined = [move(3500, "verzamelpost", form="mt940"), move(-200, form="mt940")]
    for first, second in ((split, joined), (joined, split)):
        stored, new = statement(first, opening=0), statement(second, opening=0)
        merged = merge(new, [stored])
        assert new_cents(merged, new) == []
        assert len(merged.known) == 1  # the costs


def test_the_afternoon_twin_of_a_chained_statement_is_kept() -> None:
    morning = statement([move(1000, "contributie")], opening=0)
    afternoon = statement([move(1000, "contributie")], opening=1000)

    assert new_cents(merge(afternoon, [morning]), afternoon) == [1000]
    assert new_cents(merge(morning, [afternoon]), morning) == [1000]  # in the other order of import too


def test_without_the_balances_the_afternoon_twin_is_lost() -> None:
    """Negative control: this is what the chain is for."""
    morning = statement([move(1000, "contributie")], opening=None)
    afternoon = statement([move(1000, "contributie")], opening=None)

    assert new_cents(merge(afternoon, [morning]), afternoon) == []


def test_the_evening_is_apart_from_the_morning_when_noon_is_missing() -> None:
    morning = statement([move(1000, "contributie")], opening=0)
    evening = statement([move(1000, "contributie")], opening=9000)

    assert new_cents(merge(evening, [morning]), evening) == [1000]


def test_the_whole_day_after_its_morning_adds_the_rest() -> None:
    morning = statement([move(1000, "contributie"), move(500, "fact 77")], opening=0)
    day = statement(
        [move(1000, "contributie"), move(500, "fact 77"), move(1000, "contributie"), move(700, "x")], opening=0
    )

    assert sorted(new_cents(merge(day, [morning]), day)) == [700, 1000]


def test_the_afternoon_after_the_whole_day_adds_nothing() -> None:
    first, twin = move(1000, "contributie"), move(1000, "contributie")
    day, morning = statement([first, twin], opening=0), statement([first], opening=0)
    afternoon = statement([move(1000, "contributie", key=0)], opening=1000)

    assert merge(afternoon, [day, morning]).known == {0: twin.key}


def test_an_overlap_maps_day_by_day() -> None:
    stored = statement([move(1000, "a"), move(1000, "b", on=TUESDAY)], opening=0)
    new = statement(
        [move(1000, "anders", on=TUESDAY, form="mt940"), move(300, on=TUESDAY + timedelta(days=1), form="mt940")],
        opening=1000,
    )

    assert new_cents(merge(new, [stored]), new) == [300]


def test_a_swept_account_has_the_same_balances_every_day_and_keeps_every_day() -> None:
    stored = statement([move(1000, "a"), move(-1000, "afromen")], opening=0)
    new = statement([move(1000, "a", on=TUESDAY), move(-1000, "afromen", on=TUESDAY)], opening=0)

    assert new_cents(merge(new, [stored]), new) == [1000, -1000]


def test_a_balance_that_came_back_proves_nothing_and_references_decide() -> None:
    morning = statement([move(1000, "contributie", ref="R1")], opening=0, number="1")
    noon = statement([move(-1000, "terug", ref="R2")], opening=1000, number="2")
    evening = statement([move(1000, "contributie", ref="R3")], opening=0, number="3")
    again = statement([move(1000, "contributie", ref="R1")], opening=0, number="4")

    assert new_cents(merge(evening, [morning, noon]), evening) == [1000]
    assert new_cents(merge(again, [morning, noon]), again) == []


def test_two_pages_of_one_statement_never_show_the_same_line() -> None:
    first = Statement("p1", (move(1000, "contributie"),), {MONDAY: 1000}, 0, None, "62", 1)
    second = Statement("p2", (move(1000, "contributie"),), {MONDAY: 1000}, None, 2000, "62", 2)

    assert new_cents(merge(second, [first]), second) == [1000]
    assert new_cents(merge(first, [second]), first) == [1000]


def test_without_balances_stable_references_keep_the_twin() -> None:
    stored = statement([move(1000, "contributie", ref="R1", form="csv")], opening=None)
    new = statement(
        [move(1000, "contributie", ref="R1", form="csv"), move(1000, "contributie", ref="R2", form="csv")], opening=None
    )

    assert len(new_cents(merge(new, [stored]), new)) == 1
    assert list(merge(new, [stored]).known) == [new.lines[0].key]


def test_without_balances_fresh_references_of_a_full_export_say_nothing() -> None:
    stored = statement([move(1000, "a", ref="X1", form="csv"), move(1000, "b", ref="X2", form="csv")], opening=None)
    new = statement([move(1000, "b", ref="Y1", form="csv"), move(1000, "a", ref="Y2", form="csv")], opening=None)

    assert new_cents(merge(new, [stored]), new) == []


def test_a_statement_that_does_not_add_up_proves_nothing() -> None:
    stored = statement([move(1000, "factuur 1001")], opening=0)
    broken = Statement("b", (move(1000, "factuur 2002"),), {MONDAY: 1000}, 0, 5000)

    assert new_cents(merge(broken, [stored]), broken) == [1000]
