"""Who pays, as the account, the name and the customer number in the text say; and what speaks against a debtor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from receivables.domain.matching import weights
from receivables.domain.matching.books import Books
from receivables.domain.matching.names import Likeness, is_payment_service
from receivables.domain.matching.reading import Mark, Reading
from receivables.domain.matching.values import Evidence, Reason, Receipt

MOST_NAMESAKES = 4  # more of one name are looked at only where the amount fits
_SHORTEST_DEBTOR_NUMBER = 5  # without a word in front that says so


@dataclass(frozen=True, slots=True)
class Payer:
    """The debtors that the payer may be, with what says so."""

    receipt: Receipt
    books: Books
    account_of: frozenset[str]
    alike: dict[str, Likeness]
    said: dict[str, tuple[tuple[Reason, int], ...]]  # customer number or name in the text
    debtors: frozenset[str]  # all of these
    has_namesake: bool
    is_service: bool

    def speaks_for(self, debtor_id: str) -> list[tuple[Reason, int]]:
        found = list(self.said.get(debtor_id, ()))
        if debtor_id in self.account_of:
            found.append((Reason(Evidence.IBAN, self.receipt.counterparty_iban), weights.WHO[Evidence.IBAN]))
        evidence = _BY_NAME.get(self.alike.get(debtor_id, Likeness.OTHER))
        if evidence:
            found.append((Reason(evidence), weights.WHO[evidence]))
        return sorted(found, key=lambda each: -each[1])

    def speaks_against(self, debtor_id: str) -> Iterator[Reason]:
        if debtor_id in self.account_of:
            return
        if self.account_of:
            yield Reason(Evidence.OTHER_IBAN)
        if self.alike.get(debtor_id, Likeness.OTHER) >= Likeness.LIKE:
            return
        if self.has_namesake:
            yield Reason(Evidence.NAME_OF_OTHER)
        elif self.books.names.likeness(self.receipt.counterparty_name, debtor_id) == Likeness.OTHER:
            yield Reason(Evidence.OTHER_NAME)


_BY_NAME = {Likeness.SAME: Evidence.NAME, Likeness.LIKE: Evidence.NAME_LIKE}


def is_paid_by(debtor_id: str, receipt: Receipt, books: Books) -> Payer | None:
    """The short way: the account is that of this debtor; or nobody's yet, and the name is that of this debtor."""
    account_of = books.payers(receipt.counterparty_iban)
    alike: dict[str, Likeness] = {}
    if account_of and debtor_id not in account_of:
        return None
    if not account_of:
        alike = {debtor_id: books.names.likeness(receipt.counterparty_name, debtor_id)}
        if alike[debtor_id] < Likeness.SAME:
            return None
    is_service = is_payment_service(receipt.counterparty_name)
    return Payer(receipt, books, account_of, alike, {}, frozenset({debtor_id}), False, is_service)


def who_pays(receipt: Receipt, reading: Reading, books: Books) -> Payer:
    """Everything known of the payer of a receipt."""
    said: dict[str, tuple[tuple[Reason, int], ...]] = {}
    for debtor_id in books.names.mentioned(reading.words):
        said[debtor_id] = ((Reason(Evidence.NAME_IN_TEXT), weights.WHO[Evidence.NAME_IN_TEXT]),)
    for debtor_id, it, weight in _numbers(reading, books):
        said[debtor_id] = (*said.get(debtor_id, ()), (Reason(Evidence.DEBTOR_NUMBER, it), weight))
    account_of = books.payers(receipt.counterparty_iban)
    alike = _alike(receipt.counterparty_name, account_of, books)
    likely = [debtor_id for debtor_id, how in alike.items() if how >= Likeness.LIKE]
    if len(likely) > MOST_NAMESAKES:
        likely = [debtor_id for debtor_id in likely if _has_open(receipt.cents, debtor_id, books)]
    return Payer(
        receipt,
        books,
        account_of,
        alike,
        said,
        debtors=frozenset((*account_of, *likely, *said)),
        has_namesake=Likeness.SAME in alike.values(),
        is_service=is_payment_service(receipt.counterparty_name),
    )


def _has_open(cents: int, debtor_id: str, books: Books) -> bool:
    """This is open on one item, or on all of them."""
    owed = [entry.open_cents for entry in books.of_debtor(debtor_id)]
    return cents in owed or sum(owed) == cents


def _alike(name: str, account_of: frozenset[str], books: Books) -> dict[str, Likeness]:
    """Of the holder of a known account the name is only checked; else it is looked for among all debtors."""
    if len(account_of) == 1:
        for debtor_id in account_of:
            how = books.names.likeness(name, debtor_id)
            if how == Likeness.SAME:
                return {debtor_id: how}
    return books.names.find(name)


def _numbers(reading: Reading, books: Books) -> Iterator[tuple[str, str, int]]:
    for piece in reading.pieces:
        is_said = piece.mark == Mark.CUSTOMER
        if is_said or (len(piece.digits) >= _SHORTEST_DEBTOR_NUMBER and not piece.is_doubtful):
            weight = weights.WHO[Evidence.DEBTOR_NUMBER] if is_said else weights.DEBTOR_NUMBER_BARE
            for debtor_id in books.numbered(piece.digits):
                yield debtor_id, piece.digits, weight
    for one, other in pairwise(reading.pieces):  # 10 023
        if other.joins and one.mark == Mark.CUSTOMER:
            for debtor_id in books.numbered(one.digits + other.digits):
                yield debtor_id, one.digits + other.digits, weights.WHO[Evidence.DEBTOR_NUMBER]
