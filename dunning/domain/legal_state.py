"""What the law says of one invoice on one day: is the debtor in default, and what must the next letter be?

Derived from the due date and from the letters that were sent, never counted: art. 6:81-6:83 and 6:96 lid 6 BW.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from dunning.domain.facts import InvoiceFacts, Taken, TakenState
from dunning.domain.fourteen_day import TERM_DAYS, LetterState
from dunning.domain.legal_content import GIVES_NO_COSTS, LegalContent, legal_content
from dunning.domain.policy import FRIENDLY, ClaimMode, Policy, Step, StepKind
from receivables.domain.debtor import Debtor
from receivables.domain.default import Due, in_default_from

EXTRA_LETTER: Final = "veertiendagenbrief"


def default_from(invoice: InvoiceFacts, debtor: Debtor) -> date | None:
    """The first day of default; None while nothing has put the debtor in default or will on a known day."""
    due = Due(invoice.due_on, invoice.issued_on or invoice.due_on, invoice.basis)
    return in_default_from(due, debtor, notice_terms=_notice_terms(invoice.taken))


def _notice_terms(steps: tuple[Taken, ...]) -> Iterator[date]:
    for taken in steps:
        if taken.state is TakenState.ACCEPTED and taken.pay_by is not None and _puts_in_default(taken):
            yield taken.pay_by


def _puts_in_default(taken: Taken) -> bool:
    """A letter older than its legal content was a notice of default when its step was one."""
    if taken.content is None:
        return taken.kind is StepKind.NOTICE_OF_DEFAULT
    return taken.content is LegalContent.DEFAULT_NOTICE


def letter_state(invoice: InvoiceFacts, default_on: date | None, on: date) -> LetterState:
    """How far the fourteen-day letter is. One that came before default never made costs due (art. 6:96 lid 6 BW)."""
    letter = invoice.letter
    if letter is None:
        return LetterState.NONE
    state = letter.state(on)
    if state is LetterState.EXPIRED_UNPAID and letter.term is not None:
        came_too_early = default_on is None or letter.term.received_on < default_on
        return LetterState.VOID if came_too_early else state
    return state


def content_of(step: Step, invoice: InvoiceFacts, *, policy: Policy, debtor: Debtor, on: date) -> LegalContent:
    """What the letter `step` to this debtor must be, for this invoice, on this day."""
    if step.kind in FRIENDLY:
        return LegalContent.FRIENDLY
    default_on = default_from(invoice, debtor)
    return legal_content(
        step,
        debtor=debtor,
        default_from=default_on,
        letter=letter_state(invoice, default_on, on),
        costs=policy.costs,
        on=on,
    )


# --- the letter that the ladder itself lacks -----------------------------------------------------------------------------


def needs_letter_first(step: Step, invoice: InvoiceFacts, *, policy: Policy, debtor: Debtor, on: date) -> bool:
    """Would this handover claim costs from a consumer whom no expired fourteen-day letter made liable for them?"""
    if step.kind is not StepKind.HANDOVER or policy.costs is not ClaimMode.CLAIM or not debtor.is_consumer:
        return False
    return letter_state(invoice, default_from(invoice, debtor), on) in GIVES_NO_COSTS


def extra_letter(handover: Step, invoice: InvoiceFacts, policy: Policy) -> Step:
    """The fourteen-day letter that comes in the place, and at the time, of `handover`; by the channels of the last letter."""
    last = next((step for step in reversed(policy.steps) if step.is_letter), handover)
    return Step(
        _unused_key(invoice.taken, policy),
        StepKind.NOTICE_OF_DEFAULT,
        handover.anchor,
        handover.days,
        term_days=TERM_DAYS,
        min_amount=handover.min_amount,
        channels=last.channels,
        needs_approval=last.needs_approval or handover.needs_approval,
    )


def _unused_key(steps: tuple[Taken, ...], policy: Policy) -> str:
    """An earlier one that turned out void keeps its name; its successor gets a number."""
    used = {taken.key for taken in steps} | policy.positions.keys()
    key, number = EXTRA_LETTER, 1
    while key in used:
        number += 1
        key = f"{EXTRA_LETTER}-{number}"
    return key
