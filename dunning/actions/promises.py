"""Promises to pay: the ladder waits for the day and its grace, and goes on by itself when nothing came.

A debtor may promise within the tenant's days, once at a time, and not again after two broken promises in a year; a person may
agree any day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from dunning.actions.arrangements import (
    YEAR,
    ArrangementError,
    are_handed_over,
    not_past,
    open_invoices,
    total_of,
)
from dunning.arranged import standing_of
from dunning.domain.arrangements import PromiseStanding
from dunning.models import Promise, PromiseLine
from dunning.models.arrangements import Origin
from dunning.models.service_mails import ServiceMailKind
from dunning.service_mail.outbox import queue_mail
from receivables.actions.ledger import lock_customer
from receivables.domain.money import Money
from receivables.models import Customer
from tenants import audit
from tenants.models import Tenant, User

MOST_BROKEN: Final = 2


def latest_promise_day(tenant: Tenant, *, on: date) -> date:
    """The last day to which a debtor may put off paying without asking a person."""
    return on + timedelta(days=tenant.promise_most_days)


def make_promise(
    tenant: Tenant,
    customer: Customer,
    *,
    invoice_ids: Collection[UUID],
    pay_on: date,
    origin: Origin,
    on: date,
    now: datetime,
    note: str = "",
    by: User | None = None,
    amount: Money | None = None,
) -> Promise:
    """Let the ladder wait for these invoices until `pay_on` and the tenant's days of grace. `amount` None is all that is open."""
    customer = lock_customer(tenant, customer.pk)
    not_past(pay_on, on=on)
    if origin == Origin.DEBTOR:
        _within_limits(tenant, customer, pay_on=pay_on, on=on)
    invoices = open_invoices(tenant, customer, invoice_ids)
    if origin == Origin.DEBTOR and are_handed_over(tenant, invoices):
        raise ArrangementError("handed_over", "Deze facturen liggen bij het incassobureau. Overleg eerst daarmee.")
    total = total_of(invoices)
    if amount is not None and not Money.zero() < amount <= total:
        raise ArrangementError("amount", "Het toegezegde bedrag ligt tussen nul en wat openstaat.")
    promise = tenant.promises.create(
        customer=customer,
        pay_on=pay_on,
        grace_on=pay_on + timedelta(days=tenant.arrangement_grace_days),
        amount=(amount or total).amount,
        note=note.strip()[:500],
        origin=origin,
        made_at=now,
        made_on=on,
        made_by=by,
    )
    PromiseLine.across_tenants.bulk_create(
        PromiseLine(tenant=tenant, promise=promise, invoice=invoice, amount=invoice.open_amount) for invoice in invoices
    )
    numbers = [invoice.number for invoice in invoices]
    facts = {"amount": str(amount or total), "pay_on": pay_on.isoformat(), "invoices": numbers}
    audit.record(tenant, "promise.made", now=now, subject=promise, by=by, customer_id=customer.pk, details=facts)
    kind = ServiceMailKind.PROMISE_MADE
    queue_mail(tenant, customer, kind=kind, key=f"{kind}:{promise.pk}", context=facts, now=now)
    return promise


def withdraw_promise(tenant: Tenant, promise: Promise, *, now: datetime, by: User | None = None, why: str = "") -> bool:
    """Take a promise back; the next run decides as if it had not been made. False when that was done already."""
    lock_customer(tenant, promise.customer_id)
    rows = tenant.promises.filter(pk=promise.pk, withdrawn_at__isnull=True)
    if not rows.update(withdrawn_at=now, withdrawn_by=by):
        return False
    audit.record(
        tenant,
        "promise.withdrawn",
        now=now,
        subject=promise,
        by=by,
        customer_id=promise.customer_id,
        details={"why": why[:300]},
    )
    return True


def withdraw_overtaken(
    tenant: Tenant, customer_id: UUID, invoice_ids: Collection[UUID], *, on: date, now: datetime, by: User | None
) -> None:
    """A plan takes the place of what was promised for the same invoices."""
    running = tenant.promises.filter(
        customer=customer_id, withdrawn_at__isnull=True, lines__invoice__in=invoice_ids, grace_on__gte=on
    )
    for promise in running.distinct():
        withdraw_promise(tenant, promise, now=now, by=by, why="Er kwam een regeling voor in de plaats.")


def _within_limits(tenant: Tenant, customer: Customer, *, pay_on: date, on: date) -> None:
    last_on = latest_promise_day(tenant, on=on)
    if last_on == on:
        raise ArrangementError("not_allowed", "Later betalen kan alleen in overleg.")
    if pay_on > last_on:
        raise ArrangementError("day_too_late", f"Uitstellen kan hoogstens {tenant.promise_most_days} dagen.")
    recent = tenant.promises.filter(customer=customer, withdrawn_at__isnull=True, grace_on__gte=on - YEAR)
    standings = [standing for _, standing in standing_of(recent, on=on)]
    if PromiseStanding.OPEN in standings:
        raise ArrangementError("promise_running", "Er loopt al een toezegging.")
    if standings.count(PromiseStanding.BROKEN) >= MOST_BROKEN:
        raise ArrangementError(
            "promises_broken", "Eerdere toezeggingen zijn niet nagekomen. Neem contact op voor een afspraak."
        )
