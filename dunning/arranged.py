"""Disputes, promises and plans as the decision sees them, with the money since: three queries, however many customers.

What came in since is what was booked after the arrangement's own row: ids grow with time and both are made under the
customer's lock, so a payment that the agreed amount already left out is never counted for it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, JSONObject, Least

from dunning.domain import arrangements as domain
from dunning.domain import obstacles
from dunning.domain.answers import say
from dunning.domain.arrangements import Arrangement, Received
from dunning.domain.contact_window import AMSTERDAM
from dunning.domain.plans import Instalment
from dunning.models import PaymentPlan, PlanInstalment, PlanLine, Promise, PromiseLine
from dunning.models.arrangements import DisputeReason, PlanState
from receivables.domain.money import Money
from receivables.models import LedgerEntry, Payment
from receivables.models.ledger import EntryKind
from tenants.models import Tenant

ALIVE: Final = (PlanState.REQUESTED, PlanState.RUNNING)
_LINES: Final[dict[Any, tuple[Any, str]]] = {Promise: (PromiseLine, "promise"), PaymentPlan: (PlanLine, "plan")}
MONEY: Final = (EntryKind.PAYMENT, EntryKind.REVERSAL)  # of an entry with a payment


@dataclass(frozen=True, slots=True)
class Since:
    """What happened to the invoices of one arrangement since it was made."""

    received: tuple[Received, ...]
    lowered: Money


def load_arrangements(
    tenant: Tenant, customer_ids: Collection[UUID], *, on: date
) -> dict[UUID, tuple[Arrangement, ...]]:
    """Per invoice what was agreed or asked about it and may hold it on `on` or later."""
    found: dict[UUID, list[Arrangement]] = defaultdict(list)
    for invoice_id, dispute in _disputes(tenant, customer_ids):
        found[invoice_id].append(dispute)
    promises = tenant.promises.filter(customer__in=customer_ids, withdrawn_at__isnull=True, grace_on__gte=on)
    for promise, invoice_ids, since in with_money(promises):
        for invoice_id in invoice_ids:
            found[invoice_id].append(as_promise(promise, since))
    plans = tenant.payment_plans.filter(customer__in=customer_ids, state__in=ALIVE)
    for plan, invoice_ids, since in with_money(_with_instalments(plans)):
        for invoice_id in invoice_ids:
            found[invoice_id].append(as_plan(plan, since))
    return {invoice_id: tuple(members) for invoice_id, members in found.items()}


def why_waiting(tenant: Tenant, customer_id: UUID, invoice_ids: Iterable[UUID], *, on: date) -> str:
    """The first of these invoices that an arrangement holds, as a Dutch sentence; empty when none is."""
    found = load_arrangements(tenant, [customer_id], on=on)
    for invoice_id in invoice_ids:
        if answer := obstacles.arranged(found.get(invoice_id, ()), on):
            return say(answer)
    return ""


def paid_by_plan(tenant: Tenant, invoice_ids: Collection[UUID], *, since_before: date, on: date) -> set[UUID]:
    """Invoices that a plan, agreed before that day and changed or not, paid to the end."""
    plans = tenant.payment_plans.filter(lines__invoice__in=invoice_ids, started_at__isnull=False)
    first: dict[UUID, date] = {}
    newest: dict[UUID, domain.PlanStanding] = {}
    for plan, named, since in with_money(_with_instalments(plans.distinct().order_by("pk"))):
        for invoice_id in named:
            first.setdefault(invoice_id, plan.asked_on)
            newest[invoice_id] = plan_of(plan, since).progress(on).standing
    return {pk for pk, standing in newest.items() if standing is domain.PlanStanding.DONE and first[pk] < since_before}


def progress_of(plans: QuerySet[PaymentPlan], *, on: date) -> Iterator[tuple[PaymentPlan, domain.Progress]]:
    """Each of these plans with how it stands, in one query; one that ended stands as it did that day."""
    for plan, _, since in with_money(_with_instalments(plans)):
        ended_on = plan.ended_at.astimezone(AMSTERDAM).date() if plan.ended_at else on
        yield plan, plan_of(plan, since).progress(min(on, ended_on))


def standing_of(promises: QuerySet[Promise], *, on: date) -> Iterator[tuple[Promise, domain.PromiseStanding]]:
    """Each of these promises with how it stands."""
    for promise, _, since in with_money(promises):
        yield promise, as_promise(promise, since).standing(on)


def broken_promises(promises: QuerySet[Promise], *, on: date) -> QuerySet[Promise]:
    """Those of which not enough came in by the last day of grace; what `standing_of` says, for counting."""
    lines = PromiseLine.across_tenants.filter(
        tenant=OuterRef(OuterRef("tenant")), promise=OuterRef(OuterRef("pk"))
    ).values("invoice_id")
    entries = LedgerEntry.across_tenants.filter(
        tenant=OuterRef("tenant"), invoice__in=lines, id__gt=OuterRef("pk")
    ).order_by()
    money = entries.filter(payment__isnull=False, kind__in=MONEY, booked_on__lte=OuterRef("grace_on"))
    other = entries.exclude(payment__isnull=False, kind__in=MONEY)
    waiting = Payment.across_tenants.filter(
        tenant=OuterRef("tenant"),
        customer=OuterRef("customer"),
        unallocated__gt=0,
        id__gt=OuterRef("pk"),
        received_on__lte=OuterRef("grace_on"),
    )
    lowered = Least(_sum_of(other), Value(Decimal(0)))
    missing = F("amount") + _sum_of(money) + lowered - _sum_of(waiting.order_by(), "unallocated")
    past = promises.filter(withdrawn_at__isnull=True, grace_on__lt=on)
    return past.annotate(missing=missing).filter(missing__gt=0)


def _sum_of(rows: QuerySet[Any], name: str = "amount") -> Coalesce:
    total = rows.values("tenant").annotate(total=Sum(name)).values("total")
    return Coalesce(Subquery(total), Value(Decimal(0)), output_field=DecimalField())


def as_promise(promise: Promise, since: Since) -> domain.Promise:
    return domain.Promise(promise.pay_on, promise.grace_on, Money.of(promise.amount), since.received, since.lowered)


def as_plan(plan: PaymentPlan, since: Since) -> domain.Plan | domain.Request:
    if plan.state == PlanState.REQUESTED:
        return domain.Request(plan.asked_on, plan.decide_by_on)
    return plan_of(plan, since)


def plan_of(plan: PaymentPlan, since: Since) -> domain.Plan:
    """The agreed instalments; a request is read as what it would be."""
    return domain.Plan(instalments_of(plan), plan.grace_days, plan.warning_days, since.received, since.lowered)


def instalments_of(plan: PaymentPlan) -> tuple[Instalment, ...]:
    """From what the query brought along, else from the rows."""
    known = getattr(plan, "listed", None)
    if known is None:
        rows = plan.instalments.order_by("number")
        return tuple(Instalment(row.number, row.due_on, Money.of(row.amount)) for row in rows)
    listed = [Instalment(row["number"], _day(row["due_on"]), Money.from_cents(row["cents"])) for row in known]
    return tuple(sorted(listed, key=lambda one: one.number))


def with_money(rows: QuerySet[Any]) -> Iterator[tuple[Any, list[UUID], Since]]:
    """Promises or plans with their invoices and what was booked on those since, in one query."""
    line, owner = _LINES[rows.model]
    mine = line.across_tenants.filter(tenant=OuterRef("tenant"), **{owner: OuterRef("pk")})
    theirs = line.across_tenants.filter(tenant=OuterRef(OuterRef("tenant")), **{owner: OuterRef(OuterRef("pk"))})
    entries = LedgerEntry.across_tenants.filter(
        tenant=OuterRef("tenant"), invoice__in=theirs.values("invoice_id"), id__gt=OuterRef("pk")
    )
    unallocated = Payment.across_tenants.filter(
        tenant=OuterRef("tenant"), customer=OuterRef("customer"), unallocated__gt=0, id__gt=OuterRef("pk")
    )
    annotated = rows.annotate(
        named=ArraySubquery(mine.values("invoice_id")),
        booked=ArraySubquery(entries.values(json=_booked())),
        waiting=ArraySubquery(unallocated.values(json=JSONObject(on="received_on", cents=_cents("unallocated")))),
    )
    for row in annotated:
        yield row, list(row.named), _since(row.booked, row.waiting)


def _with_instalments(plans: QuerySet[PaymentPlan]) -> QuerySet[PaymentPlan]:
    rows = PlanInstalment.across_tenants.filter(tenant=OuterRef("tenant"), plan=OuterRef("pk"))
    return plans.annotate(
        listed=ArraySubquery(rows.values(json=JSONObject(number="number", due_on="due_on", cents=_cents("amount"))))
    )


def _disputes(tenant: Tenant, customer_ids: Collection[UUID]) -> Iterator[tuple[UUID, domain.Dispute]]:
    rows = tenant.disputes.filter(customer__in=customer_ids, resolved_at__isnull=True)
    for invoice_id, opened_on, reason in rows.values_list("invoice_id", "opened_at__date", "reason"):
        yield invoice_id, domain.Dispute(opened_on, DisputeReason(reason).label)


def _booked() -> JSONObject:
    return JSONObject(on="booked_on", kind="kind", cents=_cents("amount"), payment="payment_id")


def _cents(name: str) -> Cast:
    return Cast(F(name) * 100, BigIntegerField())


def _since(booked: Iterable[dict[str, Any]], waiting: Iterable[dict[str, Any]]) -> Since:
    """Entries of a payment are money; all others together, when they lower the claim, come off what was agreed."""
    received, other = [], 0
    for entry in booked:
        if entry["payment"] and entry["kind"] in MONEY:
            received.append(Received(_day(entry["on"]), Money.from_cents(-entry["cents"])))
        else:
            other += entry["cents"]
    received += [Received(_day(one["on"]), Money.from_cents(one["cents"])) for one in waiting]
    return Since(tuple(received), Money.from_cents(max(0, -other)))


def _day(text: str) -> date:
    return date.fromisoformat(text)
