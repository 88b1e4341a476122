"""The second look, at the moment of sending: is each invoice on the letter still due for exactly this step?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dunning.domain.answers import Answer, Blocked, Call, HandOver, Send
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, TenantFacts
from dunning.domain.legal_content import LegalContent
from dunning.domain.reasons import Reason, Why


@dataclass(frozen=True, slots=True)
class Recheck:
    """What is left of a planned step just before it is taken: the invoices for which it still stands, and why others fell off."""

    standing: tuple[UUID, ...]
    fallen: dict[UUID, Answer | None]  # None: no longer open


def recheck(
    customer: CustomerFacts,
    *,
    step_key: str,
    invoice_ids: Iterable[UUID],
    tenant: TenantFacts,
    calendar: Calendar,
    on: date,
    content: LegalContent | None = None,
) -> Recheck:
    """Decide again from fresh facts, in which the planned step itself is left out.

    With `content`, a letter that would now be another one in law falls off too: its words and amounts are no longer right.
    """
    answers = {
        decision.invoice_id: decision.answer for decision in decide(customer, tenant=tenant, calendar=calendar, on=on)
    }
    standing: list[UUID] = []
    fallen: dict[UUID, Answer | None] = {}
    for invoice_id in invoice_ids:
        answer = answers.get(invoice_id)
        if not isinstance(answer, Send | Call | HandOver) or answer.step.key != step_key:
            fallen[invoice_id] = answer
        elif content is not None and isinstance(answer, Send) and answer.content is not content:
            fallen[invoice_id] = Blocked(Why(Reason.CONTENT_CHANGED, step=answer.step.name))
        else:
            standing.append(invoice_id)
    return Recheck(tuple(standing), fallen)
