"""The score of an explanation: what speaks for it, less what speaks against it, under caps. See weights.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from receivables.domain.matching import weights
from receivables.domain.matching.books import Books
from receivables.domain.matching.explaining import Explanation
from receivables.domain.matching.naming import Naming, Namings
from receivables.domain.matching.payer import Payer
from receivables.domain.matching.reading import Piece, Reading
from receivables.domain.matching.values import Evidence, Proposal, Reason, Receipt
from receivables.domain.references import is_payment_reference, is_rf_reference

MOST_NAMED_REASONS: Final = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """An explanation with the plain sum of its evidence, and the cap that lies on it."""

    explanation: Explanation
    total: int
    cap: int
    reasons: tuple[Reason, ...]
    knows_payer: bool

    @property
    def order(self) -> tuple[object, ...]:
        """The surest first; between equals the oldest items, then the same for items in any order."""
        found = self.explanation
        score = min(self.total, self.cap, 100)
        return (-score, -self.total, found.oldest, found.debtor_id, [part.item_id for part in found.parts])

    @property
    def is_told(self) -> bool:
        """Something that it pays is named by more than a likeness."""
        return any(naming.weight > weights.LIKE for naming in self.explanation.namings)

    @property
    def is_plain(self) -> bool:
        """The text names all of it, the payer and the amount agree, and nothing speaks against it."""
        found = self.explanation
        weakest = min((naming.weight for naming in found.namings), default=0)
        is_named = weakest >= weights.IN_LIST and not found.unnamed
        return is_named and found.is_exact and self.cap == 100 and self.total >= weights.CERTAIN + weights.MARGIN

    def capped(self, cap: int, *reasons: Reason) -> Judged:
        return Judged(self.explanation, self.total, min(self.cap, cap), (*self.reasons, *reasons), self.knows_payer)

    def proposal(self) -> Proposal:
        found = self.explanation
        score = max(0, min(self.total, self.cap, 100))
        return Proposal(found.debtor_id, found.parts, found.left_over_cents, score, self.reasons)


@dataclass(frozen=True, slots=True)
class Judge:
    """All that is known of one receipt."""

    receipt: Receipt
    reading: Reading
    named: Namings  # of every debtor
    payer: Payer
    books: Books
    meant: list[tuple[int, Piece]]  # pieces that somebody may have written for a number of an invoice

    def judge(self, explanation: Explanation, who: list[tuple[Reason, int]], against_who: list[Reason]) -> Judged:
        """Weigh an explanation; what the payer says for and against its debtor comes along, once for all of them."""
        which, which_reasons = _which(explanation)
        how_much, how_much_reasons = self._how_much(explanation)
        against = [*against_who, *self._against(explanation)]
        total = which + _who(who) + how_much + sum(weights.AGAINST[reason.evidence] for reason in against)
        reasons = (*which_reasons, *(reason for reason, _ in who), *how_much_reasons, *against)
        judged = Judged(explanation, total, 100, reasons, bool(who))
        return self._capped(judged, against)

    def _how_much(self, explanation: Explanation) -> tuple[int, list[Reason]]:
        if not explanation.is_exact:
            return explanation.fit_weight, [explanation.fit]
        others = self.books.with_cents(self.receipt.cents)
        if any(entry.item.debtor_id != explanation.debtor_id for entry in others):
            return explanation.fit_weight, [explanation.fit]
        return explanation.fit_weight + weights.ONLY_ONE, [explanation.fit, Reason(Evidence.AMOUNT_ONLY_ONE)]

    def _against(self, explanation: Explanation) -> list[Reason]:
        """What the text names and this explanation leaves out; what is paid already; what was not yet invoiced."""
        own = explanation.namings
        found = [Reason(Evidence.OTHER_NUMBER, it) for it in self._left_out(explanation)] if self.has_numbers else []
        for naming in own:
            if not naming.entry.open_cents:
                found.append(Reason(Evidence.PAID_ALREADY, number=naming.entry.item.number))
        for part in explanation.parts:
            if self.books.entries[part.item_id].item.issued_on > self.receipt.booked_on:
                found.append(Reason(Evidence.NOT_YET_INVOICED))
                break
        return found

    @property
    def has_numbers(self) -> bool:
        return bool(self.named or self.meant or self.receipt.reference)

    def _left_out(self, explanation: Explanation) -> Iterator[str]:
        own = explanation.namings
        ids = {naming.entry.item.id for naming in own}
        for key, naming in self.named.items():
            if key in ids:
                continue
            is_own = naming.entry.item.debtor_id == explanation.debtor_id  # then a short number is no accident
            is_other = naming.weight >= (1 if is_own else weights.TELLS)
            if is_other and not _is_explained(naming, own) and not self._is_debtor_number(naming, explanation):
                yield naming.it
        for place, piece in self.meant:
            if (piece.is_claimed or self._is_stray(piece, explanation)) and not self._is_used(place, own):
                yield piece.digits
        if not self.named and _is_reference(self.receipt.reference):
            yield self.receipt.reference

    def _is_stray(self, piece: Piece, explanation: Explanation) -> bool:
        """Where nothing else is named, any longer number may have been meant, but for the customer's own."""
        return not explanation.namings and explanation.debtor_id not in self.books.numbered(piece.digits)

    def _is_used(self, place: int, own: Iterable[Naming]) -> bool:
        everywhere = (*own, *self.named.values())
        return any(naming.overlaps(place, place) for naming in everywhere)

    def _is_debtor_number(self, naming: Naming, explanation: Explanation) -> bool:
        return naming.first == naming.last >= 0 and explanation.debtor_id in self.books.numbered(
            self.reading.pieces[naming.first].digits
        )

    def _capped(self, judged: Judged, against: list[Reason]) -> Judged:
        found = judged.explanation
        if found.is_exact and not found.is_tried and not against and not self.payer.is_service:
            return judged
        evidence = {reason.evidence for reason in against}
        is_only_one = any(reason.evidence == Evidence.AMOUNT_ONLY_ONE for reason in judged.reasons)
        if not found.is_exact:
            judged = judged.capped(weights.MOST_INEXACT if found.parts else weights.MOST_CREDIT)
            if evidence & {Evidence.NAME_OF_OTHER, Evidence.OTHER_IBAN, Evidence.OTHER_NAME} and not judged.knows_payer:
                judged = judged.capped(weights.MOST_CONTRADICTED)
        if found.is_tried:
            judged = judged.capped(weights.MOST_TRIED)
        if evidence - ({Evidence.OTHER_NAME, Evidence.NAME_OF_OTHER} if is_only_one else {Evidence.OTHER_NAME}):
            judged = judged.capped(weights.MOST_AGAINST)
        if self.payer.is_service:
            judged = judged.capped(weights.MOST_SERVICE, Reason(Evidence.PAYMENT_SERVICE))
        return judged


def _which(explanation: Explanation) -> tuple[int, list[Reason]]:
    """An answer is as sure as its least sure item; endings in one list with a full number borrow from it."""
    namings = explanation.namings
    if not namings:
        return 0, []
    is_anchored = max(naming.weight for naming in namings) >= weights.NUMBER_WRITTEN
    least = min(
        max(naming.weight, weights.IN_LIST) if is_anchored and naming.weight >= weights.ENDING_SHORT else naming.weight
        for naming in namings
    )
    reasons = [Reason(naming.evidence, naming.it, naming.entry.item.number) for naming in namings[:MOST_NAMED_REASONS]]
    return (least // 2 if explanation.unnamed else least), reasons


def _who(reasons: list[tuple[Reason, int]]) -> int:
    if not reasons:
        return 0
    best, *rest = (weight for _, weight in reasons)
    return min(weights.MOST_WHO, best + sum(rest) // 3)


def _is_explained(naming: Naming, own: Iterable[Naming]) -> bool:
    """Another reading of signs that this explanation reads as well, or only between two ends of a range."""
    if naming.first < 0:
        return naming.evidence != Evidence.REFERENCE
    return any(each.overlaps(naming.first, naming.last) for each in own)


def _is_reference(reference: str) -> bool:
    plain = "".join(reference.split())
    return is_rf_reference(plain) or (len(plain) == 16 and is_payment_reference(plain))
