"""Default (verzuim, 6:81-6:83 BW) and the day from which interest runs (6:119, 6:119a, 6:119b BW)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from receivables.domain.debtor import Debtor
from receivables.domain.dutch import short_day
from receivables.domain.parameters import PAYMENT_TERMS
from receivables.domain.rates import RateKind

ONE_DAY = timedelta(days=1)


class DueDateBasis(StrEnum):
    """Why the due date binds. Only an agreed date is a fatal term (6:83 sub a); one that stands on the invoice is not."""

    AGREED = "agreed"
    STATUTORY = "statutory"
    INVOICE_ONLY = "invoice_only"


@dataclass(frozen=True, slots=True)
class Due:
    due_on: date
    issued_on: date
    basis: DueDateBasis


@dataclass(frozen=True, slots=True)
class Why:
    """The rule behind an answer, as the specification shows it."""

    text: str
    article: str


def in_default_from(due: Due, debtor: Debtor, *, notice_terms: Iterable[date] = ()) -> date | None:
    """First day of default, or None when nothing has put the debtor in default yet.

    `notice_terms` are the last days of the reasonable terms that written demands gave (6:82 lid 1).
    """
    if _has_fatal_term(due, debtor):
        return due.due_on + ONE_DAY
    first_term = min(notice_terms, default=None)
    return None if first_term is None else max(first_term, due.due_on) + ONE_DAY


def interest_free_until(due: Due, debtor: Debtor, *, notice_terms: Iterable[date] = ()) -> date | None:
    """Last day without interest, or None while no interest runs. A consumer owes it from default, a business by law."""
    if debtor.is_consumer:
        default_from = in_default_from(due, debtor, notice_terms=notice_terms)
        return None if default_from is None else default_from - ONE_DAY
    if due.basis is DueDateBasis.AGREED:
        return due.due_on
    return max(due.due_on, due.issued_on + timedelta(days=PAYMENT_TERMS.default_days))


def rate_kind(debtor: Debtor) -> RateKind:
    return RateKind.CONSUMER if debtor.is_consumer else RateKind.COMMERCIAL


def why_default(due: Due, debtor: Debtor, *, notice_terms: Iterable[date] = ()) -> Why:
    """The rule behind `in_default_from`."""
    if due.basis is DueDateBasis.AGREED:
        return Why(f"De afgesproken betaaldag {short_day(due.due_on)} is een fatale termijn.", "art. 6:83 sub a BW")
    if _has_fatal_term(due, debtor):
        return Why(f"De wettelijke betaaltermijn liep tot en met {short_day(due.due_on)}.", "art. 6:119a lid 2 BW")
    first_term = min(notice_terms, default=None)
    if first_term is None:
        text = "De betaaldag is niet afgesproken en er is nog geen ingebrekestelling verlopen: geen verzuim."
        return Why(text, "art. 6:82 BW")
    return Why(f"De termijn van de ingebrekestelling liep tot en met {short_day(first_term)}.", "art. 6:82 lid 1 BW")


def why_interest(due: Due, debtor: Debtor, *, notice_terms: Iterable[date] = ()) -> Why:
    """The rule behind `interest_free_until`."""
    if debtor.is_consumer:
        default = why_default(due, debtor, notice_terms=notice_terms)
        return Why(f"Rente loopt vanaf het verzuim. {default.text}", f"art. 6:119 lid 1 BW, {default.article}")
    article = "art. 6:119b" if debtor.is_government else "art. 6:119a"
    if due.basis is DueDateBasis.AGREED:
        return Why(
            f"Rente loopt vanaf de dag na de afgesproken betaaldag {short_day(due.due_on)}.", f"{article} lid 1 BW"
        )
    text = (
        "Zonder afgesproken betaaldag loopt de rente vanaf 30 dagen na de dag na ontvangst van de factuur; "
        "de factuurdatum telt als ontvangst, en nooit eerder dan na de betaaldag op de factuur."
    )
    return Why(text, f"{article} lid 2 BW")


def why_rate_kind(debtor: Debtor) -> Why:
    """The rule behind `rate_kind`."""
    if debtor.is_consumer:
        return Why("Wettelijke rente: de debiteur is consument, of dat is niet bekend.", "art. 6:119 BW")
    if debtor.is_government:
        return Why("Wettelijke handelsrente: de debiteur is een overheidsinstantie.", "art. 6:119b BW")
    return Why("Wettelijke handelsrente: de debiteur handelt in beroep of bedrijf.", "art. 6:119a BW")


def _has_fatal_term(due: Due, debtor: Debtor) -> bool:
    return due.basis is DueDateBasis.AGREED or (due.basis is DueDateBasis.STATUTORY and not debtor.is_consumer)
