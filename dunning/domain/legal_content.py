"""What a letter is in law. The step is its place in the ladder; this is its legal content (art. 6:82, 6:83 and 6:96 BW).

A fourteen-day letter is a content with a state, not a step: which content a demand or a notice of default has, follows from the
debtor, from default and from the letter that went before.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

from dunning.domain.fourteen_day import TERM_DAYS, LetterState
from dunning.domain.policy import FRIENDLY, MIN_DEFAULT_TERM_DAYS, ClaimMode, Step, StepKind
from receivables.domain.debtor import Debtor


class LegalContent(StrEnum):
    """Six letters."""

    FRIENDLY = "friendly"
    DEMAND = "demand"
    DEFAULT_NOTICE = "default_notice"  # gives a reasonable term, and default when it ends (art. 6:82 BW)
    FOURTEEN_DAY = (
        "fourteen_day"  # to a consumer in default: pay within fourteen days without costs (art. 6:96 lid 6 BW)
    )
    COSTS_DUE = "costs_due"  # to a consumer whose fourteen days ran out: the costs are now due
    LAST_NOTICE = "last_notice"  # to a debtor in default: the last term


class CostBasis(StrEnum):
    """Which collection costs a letter may claim; nothing is false."""

    NOTHING = ""
    FIXED_SUM = "fixed_sum"  # the 40 euro of art. 6:96 lid 4 BW, due from a business without any reminder
    TARIFF = "tariff"  # Besluit vergoeding voor buitengerechtelijke incassokosten


GIVES_NO_COSTS: Final = frozenset(
    {LetterState.NONE, LetterState.VOID, LetterState.PAID}
)  # another letter is needed first
_OTHERWISE: Final = {StepKind.DEMAND: LegalContent.DEMAND, StepKind.NOTICE_OF_DEFAULT: LegalContent.LAST_NOTICE}
_FIRST_IN_DEFAULT: Final = frozenset({LegalContent.FRIENDLY, LegalContent.DEFAULT_NOTICE})
_OF_A_BUSINESS: Final = {LegalContent.DEMAND: CostBasis.FIXED_SUM, LegalContent.LAST_NOTICE: CostBasis.TARIFF}


def legal_content(
    step: Step,
    *,
    debtor: Debtor,
    default_from: date | None,
    letter: LetterState,
    costs: ClaimMode,
    on: date,
) -> LegalContent:
    """What the letter of this step must be on this day."""
    if step.kind in FRIENDLY:
        return LegalContent.FRIENDLY
    if default_from is None or on < default_from:
        return LegalContent.DEFAULT_NOTICE
    if debtor.is_consumer and costs is ClaimMode.CLAIM:
        if letter in GIVES_NO_COSTS:
            return LegalContent.FOURTEEN_DAY
        if letter is LetterState.EXPIRED_UNPAID:
            return LegalContent.COSTS_DUE
    return _OTHERWISE[step.kind]


def cost_basis(content: LegalContent, debtor: Debtor) -> CostBasis:
    """What a letter with this content may claim as costs: from a consumer only what an expired fourteen-day letter made due."""
    if debtor.is_consumer:
        return CostBasis.TARIFF if content is LegalContent.COSTS_DUE else CostBasis.NOTHING
    return _OF_A_BUSINESS.get(content, CostBasis.NOTHING)


def claims_costs(content: LegalContent, debtor: Debtor) -> bool:
    """May a letter with this content ask for collection costs?"""
    return bool(cost_basis(content, debtor))


def claims_interest(content: LegalContent, debtor: Debtor) -> bool:
    """May it ask for interest? From a consumer once in default; from a business what already runs without notice."""
    if debtor.is_consumer:
        return content not in _FIRST_IN_DEFAULT
    return content is not LegalContent.FRIENDLY


def term_days(content: LegalContent, step: Step) -> int:
    """The days this letter gives: what the step says, but never fewer than the law asks of its content."""
    if content is LegalContent.FOURTEEN_DAY:
        return max(step.term_days, TERM_DAYS)
    if content is LegalContent.DEFAULT_NOTICE:
        return max(step.term_days, MIN_DEFAULT_TERM_DAYS)
    return step.term_days
