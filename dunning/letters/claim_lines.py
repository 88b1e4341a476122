"""The specification on a letter: the same lines that every screen shows, out of what was frozen when the amounts were stated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dunning.letters.content import SpecLine
from dunning.letters.paragraphs import Language
from dunning.letters.wording import short_date
from dunning.models import Notice
from receivables.actions.claims import entries_of
from receivables.domain.money import Money
from receivables.domain.unfold import Unfolded
from receivables.models import Invoice, LedgerEntry
from receivables.models.ledger import Component, EntryKind
from receivables.paying.opened import open_in
from receivables.paying.texts import DUTCH, ENGLISH

WORDS: Final = {Language.DUTCH: DUTCH, Language.ENGLISH: ENGLISH}
SETTLED: Final = {  # what settled interest or costs, by language: payment, set-off, reversal, other
    Language.DUTCH: ("Betaald", "Verrekend", "Teruggenomen", "Gecorrigeerd"),
    Language.ENGLISH: ("Paid", "Set off", "Taken back", "Corrected"),
}
KINDS: Final = (EntryKind.PAYMENT, EntryKind.SETTLEMENT, EntryKind.REVERSAL)
PRINCIPAL: Final = {Language.DUTCH: "Hoofdsom factuur {}", Language.ENGLISH: "Principal of invoice {}"}


@dataclass(frozen=True, slots=True)
class _Share:
    """What one invoice bears of costs or VAT, as it was frozen, with the whole it belongs to."""

    amount: Money
    details: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.details["batch"], self.details["unfolded"]["title"]


def claim_lines(notice: Notice, invoices: Iterable[Invoice], *, on: date) -> tuple[SpecLine, ...]:
    """How interest and costs of this letter came about; empty when it asks the principal alone.

    Per invoice the principal and its interest, what the ledger has before what this letter adds; then the costs, which are one
    item per letter. All lines together add up to what the letter asks.
    """
    language, found = Language(notice.language), list(invoices)
    ledger = entries_of(notice.tenant, [invoice.pk for invoice in found])
    added = {line.invoice_id: line.details for line in notice.lines.filter(cancelled_at__isnull=True)}
    lines, shares, is_more = [], list[_Share](), False
    for invoice in found:
        entries = [entry for entry in ledger[invoice.pk] if entry.booked_on <= on]
        own = [*_interest(entries, language), *_stated_interest(added.get(invoice.pk, {}), language)]
        shares += [*_booked_shares(entries), *_stated_shares(added.get(invoice.pk, {}))]
        is_more = is_more or bool(own) or bool(shares)
        lines += [SpecLine(PRINCIPAL[language].format(invoice.number), amount=_principal(entries)), *own]
    return (*lines, *_costs(shares, language)) if is_more else ()


def stated_lines(notice: Notice) -> tuple[SpecLine, ...]:
    """How the interest came about that this letter names and does not ask."""
    language = Language(notice.language)
    parts = [Unfolded.from_json(part) for part in notice.stated.get("interest_unfolded", ())]
    return tuple(line for part in parts for line in _opened(part, language))


def _principal(entries: Iterable[LedgerEntry]) -> Money:
    return Money.total(Money.of(entry.amount) for entry in entries if entry.component == Component.PRINCIPAL)


def _interest(entries: Iterable[LedgerEntry], language: Language) -> Iterator[SpecLine]:
    """Interest that was asked before, and whatever settled interest or costs since."""
    for entry in entries:
        if entry.component == Component.PRINCIPAL or entry.kind == EntryKind.COSTS:
            continue
        if entry.kind == EntryKind.INTEREST and "unfolded" in entry.details:
            yield from _opened(Unfolded.from_json(entry.details["unfolded"]), language)
        else:
            place = KINDS.index(EntryKind(entry.kind)) if entry.kind in KINDS else len(KINDS)
            yield SpecLine(SETTLED[language][place], detail=short_date(entry.booked_on), amount=Money.of(entry.amount))


def _stated_interest(details: Mapping[str, Any], language: Language) -> Iterator[SpecLine]:
    if "interest" in details:
        yield from _opened(Unfolded.from_json(details["interest"]["unfolded"]), language)


def _booked_shares(entries: Iterable[LedgerEntry]) -> Iterator[_Share]:
    for entry in entries:
        if entry.kind == EntryKind.COSTS:
            yield _Share(Money.of(entry.amount), entry.details)


def _stated_shares(details: Mapping[str, Any]) -> Iterator[_Share]:
    stated = details.get("costs", {})
    for amount, name in (("costs", "details"), ("vat", "vat_details")):
        if stated.get(name):
            yield _Share(Money.of(stated[amount]), stated[name])


def _costs(shares: Iterable[_Share], language: Language) -> Iterator[SpecLine]:
    """The costs of one letter once, as a whole; a share alone when not all invoices of that letter are on this one."""
    by_whole: dict[tuple[str, str], list[_Share]] = defaultdict(list)
    for share in shares:
        by_whole[share.key].append(share)
    for parts in by_whole.values():
        whole = Unfolded.from_json(parts[0].details.get("whole") or parts[0].details["unfolded"])
        if Money.total(part.amount for part in parts) == whole.amount:
            yield from _opened(whole, language)
        else:
            for part in parts:
                yield from _opened(Unfolded.from_json(part.details["unfolded"]), language)


def _opened(unfolded: Unfolded, language: Language) -> Iterator[SpecLine]:
    opened = open_in(WORDS[language], unfolded)
    for line, words in zip(unfolded.lines, opened.lines, strict=True):
        article = words.article or opened.article
        yield SpecLine(f"{opened.title}: {_lower(words.label)}", words.detail, article, line.amount)


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
