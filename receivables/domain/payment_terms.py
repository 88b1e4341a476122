"""How long a payment term may be (6:119a lid 2, 5 and 6, 6:119b lid 2 and 5 BW; Stb. 2022, 146 and 175)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from receivables.domain.debtor import Debtor
from receivables.domain.money import Money
from receivables.domain.parameters import PAYMENT_TERMS


@dataclass(frozen=True, slots=True)
class TermCap:
    days: int
    rule: str
    article: str


def longest_term_days(
    debtor: Debtor, *, creditor_is_large: bool | None, on: date, agreed_on: date | None = None
) -> TermCap | None:
    """The longest ordinary term for an invoice of `on`; None for a consumer, for whom there is no cap.

    `agreed_on` is the day of the contract: an older one came under the thirty days for large debtors a year later.
    """
    if debtor.is_consumer:
        return None
    if debtor.is_government:
        return _GOVERNMENT
    if not debtor.is_large or creditor_is_large or not _large_rule_applies(on, agreed_on or on):
        return _BUSINESS
    return _LARGE_MAYBE if creditor_is_large is None else _LARGE


def check_term(
    issued_on: date,
    due_on: date,
    debtor: Debtor,
    *,
    creditor_is_large: bool | None = None,
    agreed_on: date | None = None,
) -> str | None:
    """A Dutch warning when the term of an invoice is longer than the law takes for granted."""
    cap = longest_term_days(debtor, creditor_is_large=creditor_is_large, on=issued_on, agreed_on=agreed_on)
    days = (due_on - issued_on).days
    if cap is None or days <= (PAYMENT_TERMS.large_to_small_most_days if cap is _LARGE_MAYBE else cap.days):
        return None
    return f"De betaaltermijn is {days} dagen. {cap.rule} ({cap.article})"


def is_large_company(balance: Money, turnover: Money, employees: int) -> bool:
    """Two of three: balance total, net turnover, employees. The amounts were indexed later; see the source note."""
    size = PAYMENT_TERMS.large_company
    met = [balance > size.balance_over, turnover > size.turnover_over, employees >= size.employees_from]
    return sum(met) >= 2


def _large_rule_applies(on: date, agreed_on: date) -> bool:
    is_old_contract = agreed_on < PAYMENT_TERMS.large_valid_from
    return on >= (PAYMENT_TERMS.large_old_contracts_from if is_old_contract else PAYMENT_TERMS.large_valid_from)


_BUSINESS = TermCap(
    PAYMENT_TERMS.business_most_days,
    f"Tussen bedrijven is {PAYMENT_TERMS.business_most_days} dagen het langst, "
    "tenzij uitdrukkelijk langer is afgesproken en dat niet kennelijk onbillijk is.",
    "art. 6:119a lid 5 BW",
)
_LARGE = TermCap(
    PAYMENT_TERMS.large_to_small_most_days,
    f"Een grote onderneming mag met een kleinere schuldeiser niet meer dan {PAYMENT_TERMS.large_to_small_most_days} dagen "
    f"afspreken; een langere termijn is nietig en wordt {PAYMENT_TERMS.large_to_small_most_days} dagen.",
    "art. 6:119a lid 6 BW",
)
_LARGE_MAYBE = TermCap(
    PAYMENT_TERMS.business_most_days,
    f"{_BUSINESS.rule} Is uw bedrijf zelf geen grote onderneming, dan is meer dan "
    f"{PAYMENT_TERMS.large_to_small_most_days} dagen nietig.",
    "art. 6:119a lid 5 en 6 BW",
)
_GOVERNMENT = TermCap(
    PAYMENT_TERMS.government_days,
    f"De overheid betaalt binnen {PAYMENT_TERMS.government_days} dagen; een langere termijn, tot ten hoogste "
    f"{PAYMENT_TERMS.government_most_days} dagen, kan alleen als dat objectief gerechtvaardigd is.",
    "art. 6:119b lid 2 en 5 BW",
)
