"""The chain of balances: a statement opens where the one before it closed, or something is missing and a person is asked.

The answer follows from all statements of an account together, never from the order in which they came in: a missing file
that turns up closes the gap, and the pages of one long statement may come in either order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from receivables.domain.dutch import euro, short_day
from receivables.domain.money import Money

GAP, PAGE_MISSING, PAGES_MISMATCH = "gap", "page_missing", "pages_mismatch"
CHAIN_CODES = frozenset({GAP, PAGE_MISSING, PAGES_MISMATCH})  # these follow from the other statements
QUESTIONS = frozenset({GAP, PAGES_MISMATCH, "balance_mismatch"})  # a person must answer
_PAGES_TOGETHER = timedelta(days=40)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Link:
    """One statement, or one page of it. Amounts are whole cents.

    `balances` holds the running balance through a day, for the days that other statements begin on.
    """

    key: Hashable
    start: date
    end: date
    opening: int | None = None
    closing: int | None = None
    moved: int = 0
    number: str = ""
    page: int | None = None
    is_last_page: bool = True
    balances: Mapping[date, Sequence[int]] = field(default_factory=dict)
    others: tuple[Hashable, ...] = ()  # the pages that were put together with this one

    @property
    def is_chained(self) -> bool:
        return self.opening is not None and self.closing is not None

    @property
    def needs_pages(self) -> bool:
        """A page by itself says nothing; one with both balances is a link like any other."""
        return self.page is not None and (not self.is_last_page or (self.page > 1 and not self.is_chained))

    @property
    def order(self) -> tuple[list[int], int]:
        return [int(digits) for digits in re.findall(r"\d+", self.number)], self.opening or 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and the question as a bookkeeper reads it."""

    code: str
    message: str


def judge(links: Iterable[Link], wanted: Collection[Hashable] | None = None) -> dict[Hashable, tuple[Trouble, ...]]:
    """What the other statements of the account say about each (or each wanted) one. Rejected ones are not passed."""
    units, found = _put_pages_together(links)
    chained = [unit for unit in units if unit.is_chained]
    heads = defaultdict[tuple[date, int | None], list[Link]](list)
    for unit in chained:
        heads[unit.start, unit.opening].append(unit)
    for sharing in heads.values():
        keys = [key for unit in sharing for key in (unit.key, *unit.others)]
        if wanted is not None and not any(key in wanted for key in keys):
            continue
        gap = _gap(sharing, chained)
        for key in keys if gap else ():
            found[key] = (*found.get(key, ()), gap)  # type: ignore[arg-type] # not empty here
    return {link.key: found.get(link.key, ()) for link in links if wanted is None or link.key in wanted}


# --- pages -------------------------------------------------------------------------------------------------------------
def _put_pages_together(links: Iterable[Link]) -> tuple[list[Link], dict[Hashable, tuple[Trouble, ...]]]:
    """A long statement in pages is one link once all its pages are there."""
    units: list[Link] = []
    found: dict[Hashable, tuple[Trouble, ...]] = {}
    books = defaultdict[str, list[Link]](list)
    for link in links:
        if link.page is not None and link.number:
            books[link.number].append(link)
        else:
            units.append(link)
            if link.needs_pages:
                found[link.key] = (_page_missing(link),)
    for pages in books.values():
        for together in _near_in_time(pages):
            _bind(together, units, found)
    return units, found


def _near_in_time(pages: list[Link]) -> list[list[Link]]:
    """A number may come back next year."""
    groups: list[list[Link]] = []
    for page in sorted(pages, key=lambda link: (link.start, link.page or 0)):
        if groups and page.start - groups[-1][0].start <= _PAGES_TOGETHER:
            groups[-1].append(page)
        else:
            groups.append([page])
    return groups


def _bind(pages: list[Link], units: list[Link], found: dict[Hashable, tuple[Trouble, ...]]) -> None:
    if not any(page.needs_pages for page in pages):
        units.extend(pages)
        return
    by_number = {page.page: page for page in reversed(pages)}
    last = next((page for page in pages if page.is_last_page), None)
    ordered = [by_number.get(number) for number in range(1, (last.page or 1) + 1)] if last else [None]
    if not all(ordered):
        found.update({page.key: (_page_missing(page),) for page in pages})
        units.extend(page for page in pages if page.is_chained)
        return
    unit = _one_of([page for page in ordered if page], pages)
    units.append(unit)
    if unit.is_chained and (unit.opening or 0) + unit.moved != unit.closing:
        found.update({page.key: (_pages_mismatch(unit),) for page in pages})


def _one_of(ordered: list[Link], pages: list[Link]) -> Link:
    first, last = ordered[0], ordered[-1]
    return replace(
        first,
        start=min(page.start for page in ordered),
        end=max(page.end for page in ordered),
        closing=last.closing,
        moved=sum(page.moved for page in ordered),
        is_last_page=True,
        balances={day: balances for page in ordered for day, balances in page.balances.items()},
        others=tuple(page.key for page in pages if page.key != first.key),
    )


def _page_missing(link: Link) -> Trouble:
    return Trouble(
        PAGE_MISSING,
        f"Dit is blad {link.page} van afschrift {link.number or 'zonder nummer'}; een ander blad ontbreekt nog. "
        "Haal het bestand met de andere bladen op bij de bank.",
    )


def _pages_mismatch(unit: Link) -> Trouble:
    reached = (unit.opening or 0) + unit.moved
    return Trouble(
        PAGES_MISMATCH,
        f"De bladen van afschrift {unit.number} tellen op tot {_euro(reached)}, maar het eindsaldo is {_euro(unit.closing)}. "
        "Klopt het bestand, of ontbreekt er iets?",
    )


# --- gaps --------------------------------------------------------------------------------------------------------------
def _gap(sharing: Sequence[Link], chained: Sequence[Link]) -> Trouble | None:
    """The question about statements that begin on one day with one balance, unless something leads up to them."""
    head, keys = sharing[0], {unit.key for unit in sharing}
    others = [unit for unit in chained if unit.key not in keys]
    if not others or any(_leads_to(other, head, others) for other in others) or _is_first(head, others):
        return None
    before = max(
        (unit for unit in others if unit.end <= head.start), key=lambda unit: (unit.end, unit.order), default=None
    )
    return _overlap(head) if before is None else _missing(before, head)


def _leads_to(other: Link, head: Link, others: Sequence[Link]) -> bool:
    if other.end <= head.start and other.closing == head.opening:
        return other.end == head.start or other.end >= _last_end_before(head, others)
    if other.start <= head.start <= other.end:
        days = (head.start - _DAY, head.start)
        return any(head.opening in other.balances.get(day, ()) for day in days)
    return False


def _last_end_before(head: Link, others: Sequence[Link]) -> date:
    return max((unit.end for unit in others if unit.end < head.start), default=date.min)


def _is_first(head: Link, others: Sequence[Link]) -> bool:
    """Nothing is known from before; of several beginnings on that day the lowest number is the first."""
    if any(unit.start < head.start for unit in others):
        return False
    rivals = [unit for unit in others if unit.start == head.start and unit.opening != head.opening]
    free = [unit for unit in rivals if not any(_leads_to(other, unit, others) for other in [*others, head])]
    return all(head.order <= unit.order for unit in free)


def _missing(before: Link, head: Link) -> Trouble:
    where = (
        f"Op {short_day(head.start)}"
        if before.end == head.start
        else f"Tussen {short_day(before.end)} en {short_day(head.start)}"
    )
    return Trouble(
        GAP,
        f"{where} ontbreekt een afschrift: het saldo sloot op {_euro(before.closing)} en opende op {_euro(head.opening)}. "
        "Haal het ontbrekende bestand op bij de bank, of bevestig dat dit afschrift klopt.",
    )


def _overlap(head: Link) -> Trouble:
    return Trouble(
        GAP,
        f"Dit afschrift begint op {short_day(head.start)} met {_euro(head.opening)}; een ander afschrift van die dag kent dat "
        "saldo niet. Haal beide bestanden opnieuw op bij de bank, of bevestig dat dit afschrift klopt.",
    )


def _euro(cents: int | None) -> str:
    return euro(Money.from_cents(cents or 0))


# --- how far the books are known ---------------------------------------------------------------------------------------
def known_up_to(good: Iterable[tuple[date, date]], questioned: Iterable[tuple[date, date]]) -> date | None:
    """The last day up to which every movement is known: the newest good statement that no open question comes before.

    Both are periods (first day, last day).
    """
    doubt = min((start for start, _ in questioned), default=date.max)
    return max((end for _, end in good if end < doubt), default=None)
