"""A year of receipts through the engine, day by day as in production, held against the truth of the generator.

What is sure enough is booked at once: it lowers what is open and teaches the account, right or wrong. What is not waits
for a person, who books the truth in the evening (`has_person`), or never.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from config.demo.remittances import CreditorBooks, Remittance, creditors
from receivables.domain.matching import propose
from receivables.domain.matching.books import Books
from receivables.domain.matching.values import Evidence, Part, Proposal

THRESHOLD = 95
TEACHES = frozenset({Evidence.REFERENCE, Evidence.NUMBER, Evidence.NUMBER_WRITTEN, Evidence.IBAN})  # as actions do
BANDS = (100, 95, 90, 80, 60, 40, 0)


@dataclass
class Measured:
    """What came of a year."""

    lines: Counter[str] = field(default_factory=Counter)  # by kind
    booked: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Remittance, Proposal]] = field(default_factory=list)
    missed: list[tuple[Remittance, tuple[Proposal, ...]]] = field(default_factory=list)
    first: Counter[int] = field(default_factory=Counter)  # by score: the best proposal
    first_right: Counter[int] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)  # the truth was among the five
    seconds: float = 0.0

    @property
    def precision(self) -> float:
        return 1 - len(self.wrong) / max(1, self.booked.total())

    @property
    def automatic(self) -> float:
        return self.booked.total() / self.lines.total()

    def note(self, line: Remittance, proposals: tuple[Proposal, ...], threshold: int) -> bool:
        """True when it books itself."""
        best = proposals[0] if proposals else None
        self.lines[line.kind] += 1
        self.found[line.kind] += any(is_right(each, line) for each in proposals)
        if best:
            self.first[best.score] += 1
            self.first_right[best.score] += is_right(best, line)
        if best is None or best.score < threshold:
            self.missed.append((line, proposals))
            return False
        self.booked[line.kind] += 1
        if not is_right(best, line):
            self.wrong.append((line, best))
        return True

    def bands(self) -> Iterable[tuple[int, int, int]]:
        """Lowest score of a band, best proposals in it, and how many of these were right."""
        above = 101
        for band in BANDS:
            scores = range(band, above)
            yield band, sum(self.first[score] for score in scores), sum(self.first_right[score] for score in scores)
            above = band


def is_right(proposal: Proposal, line: Remittance) -> bool:
    """The same debtor, the same invoices, the same amounts; anything else is wrong."""
    return (
        proposal.debtor_id == line.debtor_id
        and sorted(_pairs(proposal.parts)) == sorted(_pairs(line.parts))
        and proposal.left_over_cents == line.left_over_cents
    )


def _pairs(parts: tuple[Part, ...]) -> list[tuple[str, int]]:
    return [(part.item_id, part.cents) for part in parts]


def measure(seed: int, lines: int, *, has_person: bool = True, threshold: int = THRESHOLD) -> Measured:
    measured = Measured()
    for creditor in creditors(seed, lines):
        _one_year(creditor, measured, has_person=has_person, threshold=threshold)
    return measured


def _one_year(creditor: CreditorBooks, measured: Measured, *, has_person: bool, threshold: int) -> None:
    books = Books(creditor.debtors, ())
    to_come = iter(creditor.items)
    item = next(to_come, None)
    waiting: list[Remittance] = []
    today = None
    gc.collect()
    for line in creditor.remittances:
        if line.receipt.booked_on != today:
            today = line.receipt.booked_on
            for done in waiting:
                _by_a_person(done, books)
            waiting = []
            while item and item.issued_on <= today:
                books.add([item])
                item = next(to_come, None)
        started = time.process_time()
        proposals = propose(line.receipt, books)
        measured.seconds += time.process_time() - started
        if measured.note(line, proposals, threshold):
            _by_itself(line, proposals[0], books)
        elif has_person:
            waiting.append(line)


def _by_itself(line: Remittance, best: Proposal, books: Books) -> None:
    books.settle(best.parts)
    if is_right(best, line):
        books.settle(line.waived)
    if any(reason.evidence in TEACHES for reason in best.reasons):
        books.learn(line.receipt.counterparty_iban, best.debtor_id)


def _by_a_person(line: Remittance, books: Books) -> None:
    books.settle((*line.parts, *line.waived))
    if line.debtor_id:
        books.learn(line.receipt.counterparty_iban, line.debtor_id)
