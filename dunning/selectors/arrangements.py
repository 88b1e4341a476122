"""Disputes, promises and plans for reading: what the debtor sees on the pay page, and the lists of "Afspraken"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from dunning.arranged import ALIVE, broken_promises, progress_of, standing_of
from dunning.domain.arrangements import Part, PlanStanding, Progress, PromiseStanding
from dunning.domain.contact_window import AMSTERDAM
from dunning.models import DebtorMessage, Dispute, PaymentPlan, Promise
from dunning.models.arrangements import DisputeReason, PlanState
from receivables.domain.money import Money
from receivables.models import Customer, Invoice
from tenants.models import Tenant

BROKEN_SHOWN: Final = timedelta(days=30)
MOST_PLANS: Final = 2_000  # running at once; how each stands is worked out, so they are read together
MESSAGES_ON_PAGE: Final = 5
URGENCY: Final = (
    PlanStanding.BROKEN,
    PlanStanding.MISSED,
    PlanStanding.DUE,
    PlanStanding.KEPT,
    PlanStanding.DONE,
)


# --- the pay page --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanOnPage:
    """The plan or request that lives now. `next` is what to pay next, and by when at the latest."""

    plan_id: UUID
    is_requested: bool
    standing: PlanStanding
    parts: tuple[Part, ...]
    next: Part | None
    catch_up_on: date | None
    decide_by_on: date | None
    invoice_ids: tuple[UUID, ...]
    asked_on: date

    @property
    def total(self) -> Money:
        return Money.total(part.instalment.amount for part in self.parts)

    @property
    def paid(self) -> Money:
        return Money.total(part.paid for part in self.parts)

    @property
    def left(self) -> Money:
        return self.total - self.paid


@dataclass(frozen=True, slots=True)
class PromiseOnPage:
    """A promise that still runs."""

    promise_id: UUID
    pay_on: date
    grace_on: date
    amount: Money
    invoice_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DisputeOnPage:
    """An open dispute. `undisputed` is what of the invoice is not contested: the debtor may pay that meanwhile."""

    dispute_id: UUID
    invoice_id: UUID
    number: str
    reason: DisputeReason
    opened_on: date
    resolve_by_on: date
    amount: Money | None
    undisputed: Money


@dataclass(frozen=True, slots=True)
class MessageOnPage:
    kind: str
    left_at: datetime
    is_handled: bool


@dataclass(frozen=True, slots=True)
class Arrangements:
    """Everything a debtor arranged or left that still matters."""

    plan: PlanOnPage | None
    promise: PromiseOnPage | None
    disputes: tuple[DisputeOnPage, ...]
    messages: tuple[MessageOnPage, ...]


def on_pay_page(tenant: Tenant, customer: Customer, *, on: date) -> Arrangements:
    """What the pay page shows of this customer, in a fixed number of queries."""
    messages = tenant.debtor_messages.filter(customer=customer).order_by("-left_at")[:MESSAGES_ON_PAGE]
    return Arrangements(
        _living_plan(tenant, customer, on=on),
        _running_promise(tenant, customer, on=on),
        tuple(_dispute(row) for row in open_disputes(tenant).filter(customer=customer).order_by("opened_at")),
        tuple(MessageOnPage(row.kind, row.left_at, row.handled_at is not None) for row in messages),
    )


def _living_plan(tenant: Tenant, customer: Customer, *, on: date) -> PlanOnPage | None:
    alive = tenant.payment_plans.filter(customer=customer, state__in=ALIVE).prefetch_related("lines")
    for plan, progress in progress_of(alive.order_by("-id"), on=on):
        is_requested = plan.state == PlanState.REQUESTED
        if not is_requested and not progress.holds:
            continue
        return PlanOnPage(
            plan.pk,
            is_requested,
            progress.standing,
            progress.parts,
            progress.next,
            progress.catch_up_on,
            plan.decide_by_on,
            tuple(line.invoice_id for line in plan.lines.all()),
            plan.asked_on,
        )
    return None


def _running_promise(tenant: Tenant, customer: Customer, *, on: date) -> PromiseOnPage | None:
    running = tenant.promises.filter(customer=customer, withdrawn_at__isnull=True, grace_on__gte=on)
    for promise, standing in standing_of(running.prefetch_related("lines").order_by("-id"), on=on):
        if standing is PromiseStanding.OPEN:
            ids = tuple(line.invoice_id for line in promise.lines.all())
            return PromiseOnPage(promise.pk, promise.pay_on, promise.grace_on, Money.of(promise.amount), ids)
    return None


def _dispute(row: Dispute) -> DisputeOnPage:
    opened_on = row.opened_at.astimezone(AMSTERDAM).date()
    amount = None if row.amount is None else Money.of(row.amount)
    return DisputeOnPage(
        row.pk,
        row.invoice_id,
        row.invoice.number,
        DisputeReason(row.reason),
        opened_on,
        row.resolve_by_on,
        amount,
        undisputed(row),
    )


def undisputed(dispute: Dispute) -> Money:
    """What of the invoice is open and not contested."""
    if dispute.amount is None:
        return Money.zero()
    return max(Money.zero(), Money.of(dispute.invoice.open_amount) - Money.of(dispute.amount))


# --- the lists -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan with how it stands."""

    plan: PaymentPlan
    progress: Progress

    @property
    def is_requested(self) -> bool:
        return self.plan.state == PlanState.REQUESTED

    @property
    def is_over(self) -> bool:
        return self.plan.state in (PlanState.ENDED, PlanState.REJECTED)

    @property
    def count_paid(self) -> int:
        return sum(1 for part in self.progress.parts if not part.left)


@dataclass(frozen=True, slots=True)
class PromiseRow:
    promise: Promise
    standing: PromiseStanding


def open_disputes(tenant: Tenant) -> QuerySet[Dispute]:
    return tenant.disputes.filter(resolved_at__isnull=True).select_related("invoice", "customer", "owner", "opened_by")


def running_promises(tenant: Tenant, *, on: date) -> QuerySet[Promise]:
    """Those whose days of grace have not gone by; a kept one leaves the list with its invoice."""
    rows = tenant.promises.filter(withdrawn_at__isnull=True, grace_on__gte=on)
    return _still_owed(tenant, rows)


def lately_broken(tenant: Tenant, *, on: date) -> QuerySet[Promise]:
    """Promises of the last weeks that were not kept, while something is still open."""
    rows = tenant.promises.filter(grace_on__gte=on - BROKEN_SHOWN)
    return _still_owed(tenant, broken_promises(rows, on=on))


def promise_rows(promises: Iterable[Promise], tenant: Tenant, *, on: date) -> list[PromiseRow]:
    """These promises as a list shows them, with how each stands."""
    listed = list(promises)
    wanted = tenant.promises.filter(pk__in=[promise.pk for promise in listed])
    standings = {promise.pk: standing for promise, standing in standing_of(wanted, on=on)}
    return [PromiseRow(promise, standings[promise.pk]) for promise in listed]


def living_plans(tenant: Tenant, *, on: date, words: str = "") -> list[PlanRow]:
    """Requests first, by the day that they must be answered; then what runs, the most urgent first."""
    rows = tenant.payment_plans.filter(state__in=ALIVE).select_related("customer", "asked_by").order_by("-id")
    if words:
        rows = rows.filter(customer__name__icontains=words)
    found = [PlanRow(plan, progress) for plan, progress in progress_of(rows[:MOST_PLANS], on=on)]
    return sorted(found, key=_urgency)


def _urgency(row: PlanRow) -> tuple[int, date]:
    if row.is_requested:
        return -1, row.plan.decide_by_on or date.max
    part = row.progress.next
    return URGENCY.index(row.progress.standing), part.instalment.due_on if part else date.max


def plan_row(plan: PaymentPlan, *, on: date) -> PlanRow:
    """One plan with how it stands."""
    rows = plan.tenant.payment_plans.filter(pk=plan.pk).select_related("customer", "asked_by", "decided_by", "ended_by")
    ((found, progress),) = progress_of(rows, on=on)
    return PlanRow(found, progress)


def _still_owed(tenant: Tenant, rows: QuerySet[Promise]) -> QuerySet[Promise]:
    owed = tenant.promise_lines.filter(promise=OuterRef("pk"), invoice__open_amount__gt=0)
    return rows.filter(Exists(owed)).select_related("customer", "made_by")


# --- one customer, one invoice -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concerning:
    """What is arranged about a customer or an invoice now, for the notes on top of their pages."""

    disputes: list[Dispute]
    promises: list[PromiseRow]
    plans: list[PlanRow]
    messages: list[DebtorMessage]

    def __bool__(self) -> bool:
        return bool(self.disputes or self.promises or self.plans or self.messages)


def of_customer(tenant: Tenant, customer: Customer, *, on: date) -> Concerning:
    """Open disputes, promises that run or were lately broken, living plans, and messages nobody answered."""
    promises = [*running_promises(tenant, on=on).filter(customer=customer)]
    promises += lately_broken(tenant, on=on).filter(customer=customer)
    plans = tenant.payment_plans.filter(customer=customer, state__in=ALIVE).select_related("customer").order_by("-id")
    messages = tenant.debtor_messages.filter(customer=customer, handled_at__isnull=True).select_related("customer")
    return Concerning(
        list(open_disputes(tenant).filter(customer=customer).order_by("resolve_by_on")),
        promise_rows(promises, tenant, on=on) if promises else [],
        [PlanRow(plan, progress) for plan, progress in progress_of(plans, on=on)],
        list(messages.order_by("left_at")),
    )


def of_invoice(tenant: Tenant, invoice: Invoice, *, on: date) -> Concerning:
    """The same for one invoice; messages belong to the customer."""
    promises = list(running_promises(tenant, on=on).filter(lines__invoice=invoice))
    promises += lately_broken(tenant, on=on).filter(lines__invoice=invoice)
    plans = tenant.payment_plans.filter(lines__invoice=invoice, state__in=ALIVE).select_related("customer")
    return Concerning(
        list(open_disputes(tenant).filter(invoice=invoice)),
        promise_rows(promises, tenant, on=on) if promises else [],
        [PlanRow(plan, progress) for plan, progress in progress_of(plans.order_by("-id"), on=on)],
        [],
    )
