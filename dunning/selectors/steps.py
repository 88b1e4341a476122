"""The ladder of one invoice as steps on a line: which were taken and when, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dunning.models import PolicyStep, Track
from dunning.models.handovers import HandoverState
from dunning.models.notices import NoticeState
from receivables.models import Invoice
from tenants.models import Tenant

SENT = (NoticeState.ACCEPTED, NoticeState.DELIVERED)


@dataclass(frozen=True, slots=True)
class StepOnLine:
    """`state` is a class of the style sheet: done, next or nothing."""

    label: str
    state: str
    on: date | None = None
    note: str = ""


def steps_of(tenant: Tenant, invoice: Invoice) -> list[StepOnLine]:
    """The steps of the version this invoice runs on; empty before its first step was planned."""
    track = tenant.tracks.filter(invoice=invoice).first()
    if track is None:
        return []
    taken = _taken(tenant, track)
    steps = list(tenant.policy_steps.filter(version=track.version_id).order_by("position"))
    last = max((place for place, step in enumerate(steps) if step.key in taken), default=-1)
    following = last + 1 if invoice.open_amount > 0 else len(steps)
    return [_on_line(step, taken.get(step.key), is_next=place == following) for place, step in enumerate(steps)]


def _taken(tenant: Tenant, track: Track) -> dict[str, date]:
    """The day each step was taken: a letter when it was accepted, a call when it was closed."""
    same = {"invoice": track.invoice_id, "cycle": track.cycle, "cancelled_at__isnull": True}
    letters = tenant.notice_lines.filter(**same, notice__state__in=SENT, notice__accepted_on__isnull=False)
    calls = tenant.call_tasks.filter(**same, closed_on__isnull=False)
    handovers = tenant.handover_lines.filter(**same, handover__state=HandoverState.HANDED_OVER).select_related(
        "handover"
    )
    found = dict(letters.values_list("step_key", "notice__accepted_on"))
    found |= dict(calls.values_list("step_key", "closed_on"))
    found |= {line.step_key: at.date() for line in handovers for at in [line.handover.handed_over_at] if at}
    return {key: on for key, on in found.items() if on}


def _on_line(step: PolicyStep, on: date | None, *, is_next: bool) -> StepOnLine:
    label = step.get_kind_display()
    if on:
        return StepOnLine(label, "done", on)
    return StepOnLine(label, "next", note="volgende") if is_next else StepOnLine(label, "")
