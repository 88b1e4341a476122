"""From a receipt to proposals: read the text, see who pays, explain per debtor, weigh, and look for a second answer."""

from __future__ import annotations

from collections.abc import Iterable

from receivables.domain.matching import weights
from receivables.domain.matching.books import Books
from receivables.domain.matching.explaining import Case, explanations
from receivables.domain.matching.judging import Judge, Judged
from receivables.domain.matching.naming import Namings, named, named_by_ending
from receivables.domain.matching.payer import is_paid_by, who_pays
from receivables.domain.matching.reading import Reading, read
from receivables.domain.matching.values import Evidence, Proposal, Reason, Receipt

MOST_SAME_AMOUNT = 6  # debtors that are looked at for their amount alone
LOWEST_SCORE = 5
_NO_REFERENCES = frozenset({"", "NOTPROVIDED"})


def propose(receipt: Receipt, books: Books, *, most: int = 5) -> tuple[Proposal, ...]:
    """What this money may be for, the surest first; empty when nothing is known of it."""
    if receipt.cents <= 0:
        return ()
    reading = _read(receipt)
    told = named(reading, books)
    told_debtors = {naming.entry.item.debtor_id for naming in told.values()}
    found = _plain(receipt, reading, told, told_debtors, books) if len(told_debtors) == 1 else []
    if not found:
        judge = Judge(receipt, reading, told, who_pays(receipt, reading, books), books, reading.meant)
        debtors = judge.payer.debtors | told_debtors
        found = _weighed(judge, debtors)
        if not found or found[0].total < weights.CERTAIN:
            found = sorted([*found, *_weighed(judge, _with_amount(receipt, books) - debtors)], key=_order)
        found = doubted(found)
    return tuple(each.proposal() for each in found[:most] if each.total >= LOWEST_SCORE)


def _plain(receipt: Receipt, reading: Reading, told: Namings, debtors: set[str], books: Books) -> list[Judged]:
    """What one debtor is named for, by itself, to the cent: nobody else comes near, and nobody else is looked at."""
    if sum(naming.entry.open_cents for naming in told.values()) != receipt.cents:
        return []
    payer = is_paid_by(next(iter(debtors)), receipt, books)
    if payer is None:
        return []
    found = _weighed(Judge(receipt, reading, told, payer, books, reading.meant), debtors)
    return found if found and found[0].is_plain else []


def doubted(found: list[Judged]) -> list[Judged]:
    """Two answers that are nearly as good leave both in doubt; so does an answer that the payer's own items contradict."""
    if not found:
        return []
    margin = weights.MARGIN if found[0].is_told or not found[0].explanation.namings else weights.MARGIN_LIKE
    near = [each for each in found if each.total >= found[0].total - margin]
    near = [each for each in near if each.explanation.is_exact] or near
    if len(near) > 1:
        found = [_ambiguous(each) if each in near else each for each in found]
    payers = {each.explanation.debtor_id for each in found if each.knows_payer and each.explanation.is_exact}
    return sorted((_ambiguous(each) if payers and _is_rivalled(each, payers) else each for each in found), key=_order)


def _is_rivalled(judged: Judged, payers: set[str]) -> bool:
    return not judged.knows_payer and bool(payers - {judged.explanation.debtor_id})


def _ambiguous(judged: Judged) -> Judged:
    reason = Reason(Evidence.AMBIGUOUS)
    return judged if reason in judged.reasons else judged.capped(weights.MOST_AMBIGUOUS, reason)


def _order(judged: Judged) -> tuple[object, ...]:
    return judged.order


def _read(receipt: Receipt) -> Reading:
    end_to_end_id = receipt.end_to_end_id if receipt.end_to_end_id.upper() not in _NO_REFERENCES else ""
    return read(receipt.text, receipt.reference, end_to_end_id)


def _with_amount(receipt: Receipt, books: Books) -> set[str]:
    if books.count_with_cents(receipt.cents) > MOST_SAME_AMOUNT:
        return set()
    return {entry.item.debtor_id for entry in books.with_cents(receipt.cents)}


def _weighed(judge: Judge, debtors: Iterable[str]) -> list[Judged]:
    """Every explanation by these debtors' items, the surest first."""
    found = []
    for debtor_id in debtors:
        who, against = judge.payer.speaks_for(debtor_id), list(judge.payer.speaks_against(debtor_id))
        found += [judge.judge(explanation, who, against) for explanation in explanations(_case(judge, debtor_id))]
    return sorted(found, key=_order) if len(found) > 1 else found


def _case(judge: Judge, debtor_id: str) -> Case:
    own = {key: naming for key, naming in judge.named.items() if naming.entry.item.debtor_id == debtor_id}
    entries = judge.books.of_debtor(debtor_id)
    if judge.reading.pieces and sum(naming.entry.open_cents for naming in own.values()) != judge.receipt.cents:
        for naming in sorted(named_by_ending(judge.reading, entries, own), key=lambda each: -each.weight):
            own.setdefault(naming.entry.item.id, naming)
    return Case(debtor_id, judge.receipt.cents, entries, own, debtor_id in judge.payer.debtors)
