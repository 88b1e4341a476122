"""What changed since the run before: new and settled invoices, and what became or stopped being blocked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from dunning.models import Run
from dunning.models.runs import Outcome, RunState
from tenants.models import Tenant

LABELS: Final = {
    "new": "Nieuw in de run",
    "settled": "Betaald of verrekend",
    "blocked": "Nu geblokkeerd",
    "released": "Niet meer geblokkeerd",
    "acted": "Nu aan de beurt",
}
Answers = dict[UUID, tuple[str, Decimal]]


def difference(tenant: Tenant, run: Run) -> dict[str, Any]:
    """Against the last run that was planned to its end, as plain JSON for `run.totals`; empty for a first run."""
    planned = tenant.runs.filter(on__lt=run.on, planned_at__isnull=False).exclude(state=RunState.PLANNING)
    previous = planned.order_by("-on").first()
    if previous is None:
        return {}
    counts: dict[str, dict[str, Any]] = {key: {"count": 0, "amount": Decimal(0)} for key in LABELS}
    for key, amount in _changes(_answers(tenant, previous), _answers(tenant, run)):
        counts[key]["count"] += 1
        counts[key]["amount"] += amount
    changes = {key: {"count": entry["count"], "amount": str(entry["amount"])} for key, entry in counts.items()}
    return {"against": previous.on.isoformat(), **changes}


def _answers(tenant: Tenant, run: Run) -> Answers:
    rows = tenant.decisions.filter(run=run).order_by().values_list("invoice_id", "outcome", "open_amount")
    return {invoice_id: (outcome, amount) for invoice_id, outcome, amount in rows}


def _changes(before: Answers, now: Answers) -> Iterator[tuple[str, Decimal]]:
    nothing = ("", Decimal(0))
    for invoice_id, (outcome, amount) in now.items():
        earlier, _ = before.get(invoice_id, nothing)
        if not earlier:
            yield "new", amount
        if outcome == Outcome.BLOCKED and earlier != Outcome.BLOCKED:
            yield "blocked", amount
        if earlier == Outcome.BLOCKED and outcome != Outcome.BLOCKED:
            yield "released", amount
        if outcome in (Outcome.SEND, Outcome.CALL, Outcome.HAND_OVER):
            yield "acted", amount
    for invoice_id, (_, amount) in before.items():
        if invoice_id not in now:
            yield "settled", amount
