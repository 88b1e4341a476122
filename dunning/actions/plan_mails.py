"""What a running plan says by itself: an instalment is coming, one was missed, the plan has ended. Each once, by the mail's key.

A mail may wait a night or a weekend for the contact window, and much can happen meanwhile: `look_again` asks before it leaves.

State-based: only what counts today is said, so days without a tick bring one mail and no flood. A missed instalment is told
when the books are known past its days of grace, for a payment that lies at the bank is no missed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from dunning.actions.arrangements import total_of
from dunning.actions.plans import CHANGED, PAID_OFF, end_plan
from dunning.arranged import progress_of
from dunning.domain.arrangements import PlanStanding, Progress
from dunning.facts import holds_on
from dunning.freshness import freshness
from dunning.models import PaymentPlan, ServiceMail
from dunning.models.arrangements import PlanState
from dunning.models.service_mails import ServiceMailKind
from dunning.service_mail.outbox import queue_mail
from receivables.domain.money import Money
from tenants.models import Tenant

REMIND_BEFORE: Final = timedelta(days=3)
SAME: Final = ("number", "amount")  # what a mail about an instalment must still say
BROKEN: Final = {"nl": "Een termijn is niet op tijd betaald.", "en": "An instalment was not paid in time."}


@dataclass(frozen=True, slots=True)
class Again:
    """What a plan says of its mail just before that leaves: `why_not` in Dutch, else what the mail must say by now."""

    why_not: str = ""
    fresh: Mapping[str, Any] = field(default_factory=dict)


def tend_plans(tenant: Tenant, *, on: date, now: datetime) -> int:
    """Say what the running plans of this tenant have to say today, and close those that are paid; counts the mails asked for."""
    known_to = freshness(tenant, on=on).up_to_on
    running = tenant.payment_plans.filter(state=PlanState.RUNNING).select_related("customer").order_by("pk")
    said = 0
    for plan, progress in list(progress_of(running, on=on)):
        if progress.standing is PlanStanding.DONE:
            end_plan(tenant, plan, why=PAID_OFF, now=now)
        else:
            said += _say(tenant, plan, progress, known_to=known_to, on=on, now=now)
    return said


def _say(
    tenant: Tenant, plan: PaymentPlan, progress: Progress, *, known_to: date | None, on: date, now: datetime
) -> bool:
    found = _mail_of(plan, progress, known_to=known_to, on=on)
    if found is None:
        return False
    kind, key, context = found
    if tenant.service_mails.filter(key=key).exists() or _is_stopped(tenant, plan, on=on):
        return False
    return queue_mail(tenant, plan.customer, kind=kind, key=key, context=context, now=now) is not None


def _mail_of(
    plan: PaymentPlan, progress: Progress, *, known_to: date | None, on: date
) -> tuple[ServiceMailKind, str, dict[str, Any]] | None:
    """The one mail that the plan's standing asks for today."""
    if progress.next is None or progress.grace_on is None or progress.catch_up_on is None:
        return None
    instalment, left = progress.next.instalment, progress.next.left
    facts = {"number": instalment.number, "amount": str(left), "due_on": instalment.due_on.isoformat()}
    about = f"{plan.pk}:{instalment.number}"
    if progress.standing is PlanStanding.BROKEN:
        kind = ServiceMailKind.PLAN_ENDED
        is_time, key = _is_known(known_to, progress.catch_up_on), f"{kind}:{plan.pk}"
        facts = {"why": BROKEN.get(plan.customer.language, BROKEN["nl"]), "left": str(progress.left)}
    elif progress.standing is PlanStanding.MISSED:
        kind = ServiceMailKind.INSTALMENT_MISSED
        is_time, key = _is_known(known_to, progress.grace_on), f"{kind}:{about}"
        facts["until_on"] = progress.catch_up_on.isoformat()
    else:
        kind = ServiceMailKind.INSTALMENT_DUE
        is_time, key = instalment.due_on - REMIND_BEFORE <= on <= instalment.due_on, f"{kind}:{about}"
        facts["count"] = len(progress.parts)
    return (kind, key, facts) if is_time else None


def look_again(tenant: Tenant, mail: ServiceMail, *, on: date) -> Again:
    """Whether the plan still asks for this mail. Under the customer's lock, so that what was paid or agreed meanwhile counts."""
    rows = tenant.payment_plans.filter(pk__in=_named_by(mail.key), customer=mail.customer_id)
    found = next(progress_of(rows.select_related("customer"), on=on), None)
    if found is None:
        return Again("De regeling is er niet meer.")
    plan, progress = found
    if mail.kind == ServiceMailKind.PLAN_ENDED and plan.state == PlanState.ENDED:
        return _after_the_end(plan)
    if plan.state != PlanState.RUNNING:
        return Again("De regeling loopt niet meer.")
    if _is_stopped(tenant, plan, on=on):
        return Again("Over deze facturen wordt nu niets gevraagd: betwist of geblokkeerd.")
    asked = _mail_of(plan, progress, known_to=freshness(tenant, on=on).up_to_on, on=on)
    if asked is None or asked[:2] != (mail.kind, mail.key) or _differs(mail.context, asked[2]):
        return Again("De regeling vraagt dit niet meer: er is betaald of iets veranderd.")
    return Again(fresh={"left": asked[2]["left"]} if "left" in asked[2] else {})


def _after_the_end(plan: PaymentPlan) -> Again:
    """A plan that ended is told of while something is open and nothing came in its place."""
    if plan.ended_why in (CHANGED, PAID_OFF):
        return Again("Er kwamen andere termijnen, of alles is betaald.")
    left = total_of([line.invoice for line in plan.lines.select_related("invoice")])
    return Again(fresh={"left": str(left)}) if left > Money.zero() else Again("Er staat niets meer open.")


def _differs(said: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    return any(said.get(name) != asked.get(name) for name in SAME)


def _named_by(key: str) -> list[UUID]:
    """The plan that a key of ours is about: `<kind>:<plan>` or `<kind>:<plan>:<number>`; none when it is no such key."""
    try:
        return [UUID(key.split(":")[1])]
    except (IndexError, ValueError):
        return []


def _is_known(known_to: date | None, day: date) -> bool:
    return known_to is not None and known_to >= day


def _is_stopped(tenant: Tenant, plan: PaymentPlan, *, on: date) -> bool:
    """Nobody is asked for an instalment of what is disputed or on hold."""
    invoice_ids = list(tenant.plan_lines.filter(plan=plan).values_list("invoice_id", flat=True))
    return (
        tenant.disputes.filter(invoice__in=invoice_ids, resolved_at__isnull=True).exists()
        or holds_on(tenant, plan.customer_id, invoice_ids, on=on).exists()
    )
