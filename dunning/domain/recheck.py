"""The second look, at the moment of sending: is each invoice on the letter still due for exactly this step?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dunning.domain.answers import Answer, Call, HandOver, Send
from dunning.domain.calendar import Calendar
from dunning.domain.decide import decide
from dunning.domain.facts import CustomerFacts, TenantFacts


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
) -> Recheck:
    """Decide again from fresh facts, in which the planned step itself is left out."""
    answers = {
        decision.invoice_id: decision.answer for decision in decide(customer, tenant=tenant, calendar=calendar, on=on)
    }
    standing: list[UUID] = []
    fallen: dict[UUID, Answer | None] = {}
    for invoice_id in invoice_ids:
        answer = answers.get(invoice_id)
        if isinstance(answer, Send | Call | HandOver) and answer.step.key == step_key:
            standing.append(invoice_id)
        else:
            fallen[invoice_id] = answer
    return Recheck(tuple(standing), fallen)
