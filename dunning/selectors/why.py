"""Why (not)? The answer that the last run stored for an invoice, as a sentence; nothing is decided again for the screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dunning.explain import sentence
from dunning.models import Decision
from dunning.models.runs import Outcome
from receivables.models import Invoice
from tenants.models import Tenant

TONES = {
    Outcome.SEND: "send",
    Outcome.CALL: "send",
    Outcome.HAND_OVER: "handover",
    Outcome.WAIT: "wait",
    Outcome.BLOCKED: "blocked",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One stored answer, ready to read: `tone` is a class of the style sheet."""

    tone: str
    outcome: str
    answer: str
    reason: str
    on: date | None
    run_id: UUID | None = None


NOT_YET = Answer(
    "", "", "Nog niet in een weekrun geweest.", "De eerstvolgende run geeft ook voor deze factuur een antwoord.", None
)


def last_answers(tenant: Tenant, invoices: Iterable[Invoice]) -> dict[UUID, Answer]:
    """The newest answer for each of these invoices, in one query; an invoice without one gets `NOT_YET`."""
    ids = [invoice.pk for invoice in invoices]
    newest = (
        tenant.decisions.filter(invoice__in=ids)
        .select_related("run", "excluded_by")
        .order_by("invoice_id", "-run_id")  # keys grow with time
        .distinct("invoice_id")
    )
    found = {decision.invoice_id: answer_of(decision) for decision in newest}
    return {pk: found.get(pk, NOT_YET) for pk in ids}


def answers_over_time(tenant: Tenant, invoice: Invoice, *, limit: int = 12) -> list[Answer]:
    """What the runs answered for one invoice, newest first."""
    decisions = tenant.decisions.filter(invoice=invoice).select_related("run", "excluded_by").order_by("-run_id")
    return [answer_of(decision) for decision in decisions[:limit]]


def answer_of(decision: Decision) -> Answer:
    """One decision as a person reads it; needs its `run` (and `excluded_by`) at hand."""
    return Answer(
        tone="blocked" if decision.excluded_at else TONES[Outcome(decision.outcome)],
        outcome=decision.get_outcome_display(),
        answer=sentence(decision),
        reason=_exclusion(decision),
        on=decision.run.on,
        run_id=decision.run_id,
    )


def _exclusion(decision: Decision) -> str:
    if not decision.excluded_at:
        return ""
    who = f" door {decision.excluded_by}" if decision.excluded_by else ""
    why = f": {decision.excluded_why}" if decision.excluded_why else "."
    return f"Uit de run gehaald{who}{why}"
