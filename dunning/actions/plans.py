"""Payment plans: within the tenant's limits a debtor's plan starts at once; any other is a request that a person answers.

One living plan per customer. A change is a new plan for what is left, so that what was agreed stays as it was agreed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from dunning.actions.arrangements import (
    AGAIN_AFTER,
    YEAR,
    ArrangementError,
    are_handed_over,
    open_invoices,
    total_of,
)
from dunning.actions.promises import withdraw_overtaken
from dunning.arranged import ALIVE, instalments_of, progress_of
from dunning.domain import plans as domain
from dunning.domain.arrangements import PlanStanding, Progress
from dunning.domain.plans import Every, Instalment, Limits, PlanError
from dunning.models import PaymentPlan, PlanInstalment, PlanLine
from dunning.models.arrangements import Origin, PlanState
from dunning.models.service_mails import ServiceMailKind
from dunning.service_mail.outbox import queue_mail
from receivables.actions.ledger import lock_customer
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants import audit
from tenants.models import Tenant, User

DECIDE_WITHIN: Final = timedelta(days=14)
CHANGED: Final = "Er kwamen andere termijnen voor in de plaats"
PAID_OFF: Final = "Helemaal betaald"


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """What a debtor may agree without a person. `is_allowed` is false when every plan needs one; `why` is a code."""

    total: Money
    most_instalments: int
    least_instalment: Money
    is_allowed: bool
    first_by_on: date
    why: str = ""


def offer(tenant: Tenant, customer: Customer, *, invoice_ids: Collection[UUID], on: date) -> PlanOffer:
    """What may be agreed at once about these invoices. Reads only."""
    invoices = open_invoices(tenant, customer, invoice_ids)
    total, why = total_of(invoices), _why_a_person(tenant, customer, invoices, on=on)
    least = Money.of(tenant.plan_least_instalment)
    first_by_on = on + timedelta(days=domain.FIRST_WITHIN_DAYS)
    return PlanOffer(total, tenant.plan_most_instalments, least, not why, first_by_on, why)


def preview(offered: PlanOffer, *, count: int, first_on: date, every: Every) -> tuple[Instalment, ...]:
    """The instalments this would give."""
    return _split(offered.total, count, first_on=first_on, every=every)


def ask_plan(
    tenant: Tenant,
    customer: Customer,
    *,
    invoice_ids: Collection[UUID],
    count: int,
    first_on: date,
    every: Every,
    reason: str,
    on: date,
    now: datetime,
    origin: Origin,
    by: User | None = None,
) -> PaymentPlan:
    """Start this plan when the tenant accepts it at once, else hold the ladder while a person decides."""
    customer = lock_customer(tenant, customer.pk)
    _refuse_second(tenant, customer, on=on)
    invoices = open_invoices(tenant, customer, invoice_ids)
    total = total_of(invoices)
    instalments = _split(total, count, first_on=first_on, every=every)
    _check(instalments, total=total, on=on)
    is_free = not _why_a_person(tenant, customer, invoices, on=on) and _limits(tenant).accept(instalments, on=on)
    state = PlanState.RUNNING if is_free else PlanState.REQUESTED
    facts: dict[str, Any] = {"origin": origin, "note": reason.strip()[:500], "asked_by": by}
    if not is_free:
        facts["decide_by_on"] = None if _asked_before(tenant, customer, now=now) else on + DECIDE_WITHIN
    plan = _make(tenant, customer, invoices, instalments, state=state, on=on, now=now, by=by, **facts)
    if not is_free:
        decide_by_on = plan.decide_by_on.isoformat() if plan.decide_by_on else None
        _mail(tenant, plan, ServiceMailKind.PLAN_REQUESTED, now=now, total=str(total), decide_by_on=decide_by_on)
    return plan


def start_plan(
    tenant: Tenant,
    customer: Customer,
    *,
    invoice_ids: Collection[UUID],
    instalments: Sequence[Instalment],
    on: date,
    now: datetime,
    by: User | None = None,
    note: str = "",
) -> PaymentPlan:
    """A plan that a person agreed, with any instalments that add up to what is open."""
    customer = lock_customer(tenant, customer.pk)
    _refuse_second(tenant, customer, on=on)
    invoices = open_invoices(tenant, customer, invoice_ids)
    _check(instalments, total=total_of(invoices), on=on)
    facts = {"origin": Origin.STAFF, "note": note.strip()[:500], "asked_by": by, "decided_by": by}
    return _make(tenant, customer, invoices, instalments, state=PlanState.RUNNING, on=on, now=now, by=by, **facts)


def accept_plan(tenant: Tenant, plan: PaymentPlan, *, on: date, now: datetime, by: User | None = None) -> PaymentPlan:
    """Agree to a request as it was asked; days that have gone by while it waited move along, what was paid meanwhile counts."""
    found = _locked(tenant, plan, PlanState.REQUESTED)
    if _progress(tenant, found, on=on).standing is PlanStanding.DONE:
        raise ArrangementError("nothing_open", "Op deze facturen staat niets meer open.")
    asked = instalments_of(found)
    for one in domain.moved(asked, to=on):
        tenant.plan_instalments.filter(plan=found, number=one.number).update(due_on=one.due_on)
    found.state, found.started_at, found.decided_by = PlanState.RUNNING, now, by
    found.save(update_fields=["state", "started_at", "decided_by"])
    _tell(tenant, "plan.accepted", found, now=now, by=by)
    _started(tenant, found, on=on, now=now, by=by)
    return found


def reject_plan(tenant: Tenant, plan: PaymentPlan, *, why: str, now: datetime, by: User | None = None) -> PaymentPlan:
    """Say no to a request; the next run goes on with the ladder."""
    found = _locked(tenant, plan, PlanState.REQUESTED)
    found.decided_by = by
    _close(found, PlanState.REJECTED, why=why, now=now, by=by)
    _tell(tenant, "plan.rejected", found, now=now, by=by, why=found.ended_why)
    _mail(tenant, found, ServiceMailKind.PLAN_REJECTED, now=now, note=found.ended_why)
    return found


def change_plan(
    tenant: Tenant,
    plan: PaymentPlan,
    *,
    instalments: Sequence[Instalment],
    on: date,
    now: datetime,
    by: User | None = None,
    note: str = "",
) -> PaymentPlan:
    """New instalments for what is left, or another answer to a request. The plan it replaces ends."""
    found = _locked(tenant, plan, *ALIVE)
    invoices = open_invoices(tenant, found.customer, _invoice_ids(tenant, found))
    _check(instalments, total=total_of(invoices), on=on)
    _close(found, PlanState.ENDED, why=CHANGED, now=now, by=by)
    _tell(tenant, "plan.ended", found, now=now, by=by, why=CHANGED)
    facts = {
        "origin": found.origin, "note": note.strip()[:500] or found.note, "asked_by": found.asked_by, "decided_by": by
    }  # fmt: skip
    return _make(tenant, found.customer, invoices, instalments, state=PlanState.RUNNING, on=on, now=now, by=by, **facts)


def end_plan(tenant: Tenant, plan: PaymentPlan, *, why: str, now: datetime, by: User | None = None) -> PaymentPlan:
    """Stop a plan; the next run goes on with the ladder."""
    found = _locked(tenant, plan, PlanState.RUNNING)
    _close(found, PlanState.ENDED, why=why, now=now, by=by)
    _tell(tenant, "plan.ended", found, now=now, by=by, why=found.ended_why)
    if found.ended_why != PAID_OFF:
        left = Money.total(Money.of(line.invoice.open_amount) for line in found.lines.select_related("invoice"))
        key = f"{ServiceMailKind.PLAN_ENDED}:{found.pk}"  # the same as when it broke: said once
        context = {"why": found.ended_why, "left": str(left)}
        queue_mail(tenant, found.customer, kind=ServiceMailKind.PLAN_ENDED, key=key, context=context, now=now)
    return found


# --- limits --------------------------------------------------------------------------------------------------------------


def _limits(tenant: Tenant) -> Limits:
    return Limits(
        tenant.plan_most_instalments, Money.of(tenant.plan_most_amount), Money.of(tenant.plan_least_instalment)
    )


def _why_a_person(tenant: Tenant, customer: Customer, invoices: Sequence[Invoice], *, on: date) -> str:
    """Why no plan about this can start by itself; empty when one can."""
    limits = _limits(tenant)
    if limits.most_instalments < domain.LEAST_INSTALMENTS:
        return "not_offered"
    if are_handed_over(tenant, invoices):
        return "handed_over"
    if total_of(invoices) > limits.most_amount:
        return "amount_too_high"
    recent = tenant.payment_plans.filter(customer=customer, started_at__isnull=False, asked_on__gte=on - YEAR)
    standings = [progress.standing for _, progress in progress_of(recent, on=on)]
    return "broken_before" if PlanStanding.BROKEN in standings else ""


def _refuse_second(tenant: Tenant, customer: Customer, *, on: date) -> None:
    """One living plan or request; a broken, finished or unanswered one makes way."""
    alive = tenant.payment_plans.filter(customer=customer, state__in=ALIVE)
    for plan, progress in progress_of(alive, on=on):
        is_asked = plan.state == PlanState.REQUESTED and plan.decide_by_on is not None and on <= plan.decide_by_on
        if is_asked or (plan.state == PlanState.RUNNING and progress.holds):
            raise ArrangementError("plan_running", "Er loopt al een regeling of een aanvraag daarvoor.")


def _asked_before(tenant: Tenant, customer: Customer, *, now: datetime) -> bool:
    """A second request soon after one that was rejected or left unanswered holds nothing by itself."""
    return tenant.payment_plans.filter(
        customer=customer, asked_at__gt=now - AGAIN_AFTER, started_at__isnull=True
    ).exists()


def _split(total: Money, count: int, *, first_on: date, every: Every) -> tuple[Instalment, ...]:
    try:
        return domain.split(total, count, first_on=first_on, every=every)
    except PlanError as error:
        raise ArrangementError(error.code, str(error)) from None


def _check(instalments: Sequence[Instalment], *, total: Money, on: date) -> None:
    try:
        domain.check(instalments, total=total, on=on)
    except PlanError as error:
        raise ArrangementError(error.code, str(error)) from None


# --- rows ----------------------------------------------------------------------------------------------------------------


def _make(
    tenant: Tenant,
    customer: Customer,
    invoices: Sequence[Invoice],
    instalments: Sequence[Instalment],
    *,
    state: PlanState,
    on: date,
    now: datetime,
    by: User | None,
    **facts: Any,
) -> PaymentPlan:
    """Write the plan; an older one that no longer holds anything ends by it."""
    for older in tenant.payment_plans.filter(customer=customer, state__in=ALIVE):
        _close(older, PlanState.ENDED, why=CHANGED, now=now, by=by)
    total = total_of(invoices)
    plan = tenant.payment_plans.create(
        customer=customer,
        state=state,
        total=total.amount,
        asked_at=now,
        asked_on=on,
        started_at=now if state == PlanState.RUNNING else None,
        grace_days=tenant.arrangement_grace_days,
        warning_days=tenant.plan_warning_days,
        **facts,
    )
    PlanLine.across_tenants.bulk_create(
        PlanLine(tenant=tenant, plan=plan, invoice=invoice, amount=invoice.open_amount) for invoice in invoices
    )
    PlanInstalment.across_tenants.bulk_create(
        PlanInstalment(tenant=tenant, plan=plan, number=number, due_on=one.due_on, amount=one.amount.amount)
        for number, one in enumerate(instalments, start=1)
    )
    details = {"amount": str(total), "count": len(instalments), "invoices": [invoice.number for invoice in invoices]}
    _tell(tenant, f"plan.{state.value}", plan, now=now, by=by, **details)
    if state == PlanState.RUNNING:
        _started(tenant, plan, on=on, now=now, by=by)
    return plan


def _started(tenant: Tenant, plan: PaymentPlan, *, on: date, now: datetime, by: User | None) -> None:
    withdraw_overtaken(tenant, plan.customer_id, _invoice_ids(tenant, plan), on=on, now=now, by=by)
    progress = _progress(tenant, plan, on=on)
    instalments = [
        {"number": part.instalment.number, "due_on": part.instalment.due_on.isoformat(), "amount": str(part.left)}
        for part in progress.parts
        if part.left
    ]
    _mail(tenant, plan, ServiceMailKind.PLAN_STARTED, now=now, total=str(progress.left), instalments=instalments)


def _progress(tenant: Tenant, plan: PaymentPlan, *, on: date) -> Progress:
    """How this plan, or what a request would be, stands with the money since."""
    ((_, progress),) = progress_of(tenant.payment_plans.filter(pk=plan.pk), on=on)
    return progress


def _invoice_ids(tenant: Tenant, plan: PaymentPlan) -> list[UUID]:
    return list(tenant.plan_lines.filter(plan=plan).values_list("invoice_id", flat=True))


def _locked(tenant: Tenant, plan: PaymentPlan, *states: PlanState) -> PaymentPlan:
    """The plan as it is now, after its customer; refused when somebody was first."""
    lock_customer(tenant, plan.customer_id)
    rows = tenant.payment_plans.select_for_update(no_key=True, of=("self",)).select_related("customer", "asked_by")
    found = rows.get(pk=plan.pk)
    if found.state not in states:
        raise ArrangementError("plan_closed", f"Deze regeling staat op: {found.get_state_display().lower()}.")
    return found


def _close(plan: PaymentPlan, state: PlanState, *, why: str, now: datetime, by: User | None) -> None:
    plan.state, plan.ended_at, plan.ended_by, plan.ended_why = state, now, by, why.strip()[:300]
    plan.save(update_fields=["state", "ended_at", "ended_by", "ended_why", "decided_by"])


def _mail(tenant: Tenant, plan: PaymentPlan, kind: ServiceMailKind, *, now: datetime, **context: Any) -> None:
    queue_mail(tenant, plan.customer, kind=kind, key=f"{kind}:{plan.pk}", context=context, now=now)


def _tell(tenant: Tenant, verb: str, plan: PaymentPlan, *, now: datetime, by: User | None, **details: Any) -> None:
    audit.record(tenant, verb, now=now, subject=plan, by=by, customer_id=plan.customer_id, details=details)
