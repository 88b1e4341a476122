"""What a running plan says by itself: an instalment is coming, one was missed, the plan has ended. Each once, by the mail's key.

State-based: only what counts today is said, so days without a tick bring one mail and no flood. A missed instalment is told
when the books are known past its days of grace, for a payment that lies at the bank is no missed one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from dunning.actions.plans import PAID_OFF, end_plan
from dunning.arranged import progress_of
from dunning.domain.arrangements import PlanStanding, Progress
from dunning.facts import holds_on
from dunning.freshness import freshness
from dunning.models import PaymentPlan
from dunning.models.arrangements import PlanState
from dunning.models.service_mails import ServiceMailKind
from dunning.service_mail.outbox import queue_mail
from tenants.models import Tenant

REMIND_BEFORE: Final = timedelta(days=3)
BROKEN: Final = {"nl": "Een termijn is niet op tijd betaald.", "en": "An instalment was not paid in time."}


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


def _is_known(known_to: date | None, day: date) -> bool:
    return known_to is not None and known_to >= day


def _is_stopped(tenant: Tenant, plan: PaymentPlan, *, on: date) -> bool:
    """Nobody is asked for an instalment of what is disputed or on hold."""
    invoice_ids = list(tenant.plan_lines.filter(plan=plan).values_list("invoice_id", flat=True))
    return (
        tenant.disputes.filter(invoice__in=invoice_ids, resolved_at__isnull=True).exists()
        or holds_on(tenant, plan.customer_id, invoice_ids, on=on).exists()
    )
