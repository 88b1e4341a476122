"""Disputes: an invoice that the debtor contests is not asked for, whole or in part, until a person has answered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final

from dunning.actions.arrangements import AGAIN_AFTER, ArrangementError, not_past, open_invoices
from dunning.actions.holds import place_hold
from dunning.domain.contact_window import AMSTERDAM
from dunning.domain.reasons import dutch_day
from dunning.models import Dispute
from dunning.models.arrangements import DisputeOutcome, DisputeReason, Origin
from dunning.models.holds import HoldLevel, HoldReason
from dunning.models.service_mails import ServiceMailKind
from dunning.service_mail.outbox import queue_mail
from receivables.actions.ledger import lock_customer
from receivables.domain.money import Money
from receivables.models import Invoice
from tenants import audit
from tenants.models import Tenant, User

RESOLVE_WITHIN: Final = timedelta(days=14)
CREDIT_WITHIN: Final = timedelta(days=30)  # a dispute that is right holds the invoice until its credit note came
RIGHT: Final = (DisputeOutcome.UPHELD, DisputeOutcome.PARTLY)
AWAITS_CREDIT: Final = "Betwisting gegrond: wacht op de creditnota"


def open_dispute(
    tenant: Tenant,
    invoice: Invoice,
    *,
    reason: DisputeReason,
    text: str,
    origin: Origin,
    on: date,
    now: datetime,
    amount: Money | None = None,
    owner: User | None = None,
    by: User | None = None,
    resolve_by_on: date | None = None,
) -> Dispute:
    """Stop every step for this invoice until the dispute is resolved. `amount` is the contested part; None is all of it."""
    facts: dict[str, Any] = {"amount": amount, "owner": owner, "by": by, "resolve_by_on": resolve_by_on}
    dispute = _open(tenant, invoice, reason=reason, text=text, origin=origin, on=on, now=now, **facts)
    _confirm(tenant, [dispute], now=now)
    return dispute


def open_disputes(
    tenant: Tenant,
    invoices: Collection[Invoice],
    *,
    reason: DisputeReason,
    text: str,
    on: date,
    now: datetime,
    amount: Money | None = None,
) -> list[Dispute]:
    """What a debtor says of several invoices at once: a dispute each, and one mail that names them all."""
    facts: dict[str, Any] = {"reason": reason, "text": text, "origin": Origin.DEBTOR, "amount": amount}
    opened = [_open(tenant, invoice, on=on, now=now, **facts) for invoice in invoices]
    _confirm(tenant, opened, now=now)
    return opened


def _open(
    tenant: Tenant,
    invoice: Invoice,
    *,
    reason: DisputeReason,
    text: str,
    origin: Origin,
    on: date,
    now: datetime,
    amount: Money | None = None,
    owner: User | None = None,
    by: User | None = None,
    resolve_by_on: date | None = None,
) -> Dispute:
    """The row and its event."""
    customer = lock_customer(tenant, invoice.customer_id)
    (invoice,) = open_invoices(tenant, customer, [invoice.pk])
    _refuse_again(tenant, invoice, origin=origin, now=now)
    if amount is not None and not Money.zero() < amount <= Money.of(invoice.open_amount):
        raise ArrangementError("amount", "Het betwiste deel ligt tussen nul en wat openstaat.")
    resolve_by_on = resolve_by_on or on + RESOLVE_WITHIN
    not_past(resolve_by_on, on=on)
    dispute = tenant.disputes.create(
        customer=customer,
        invoice=invoice,
        reason=reason,
        text=text.strip()[:2000],
        amount=amount.amount if amount else None,
        origin=origin,
        owner=owner or by,
        resolve_by_on=resolve_by_on,
        opened_at=now,
        opened_by=by,
    )
    details = {"invoice": invoice.number, "reason": reason.label, "amount": str(amount) if amount else None}
    _tell(tenant, "dispute.opened", dispute, now=now, by=by, **details)
    return dispute


def resolve_dispute(
    tenant: Tenant,
    dispute: Dispute,
    *,
    outcome: DisputeOutcome,
    note: str,
    on: date,
    now: datetime,
    by: User | None = None,
) -> Dispute:
    """Answer it, and let the ladder go on. One that is right keeps the invoice held until its credit note can be there."""
    lock_customer(tenant, dispute.customer_id)
    found = _still_open(tenant, dispute)
    found.resolved_at, found.resolved_by, found.outcome = now, by, outcome
    found.outcome_note = note.strip()[:500]
    found.save(update_fields=["resolved_at", "resolved_by", "outcome", "outcome_note"])
    details = {"invoice": found.invoice.number, "outcome": outcome.label, "note": found.outcome_note}
    _tell(tenant, "dispute.resolved", found, now=now, by=by, **details)
    if outcome in RIGHT and found.invoice.open_amount > 0:
        place_hold(
            tenant,
            level=HoldLevel.INVOICE,
            reason=HoldReason.DISPUTE,
            invoice=found.invoice,
            until_on=on + CREDIT_WITHIN,
            note=AWAITS_CREDIT,
            on=on,
            now=now,
            owner=found.owner,
            by=by,
        )
    context = {"invoice": found.invoice.number, "outcome": outcome.value, "note": found.outcome_note}
    _mail(tenant, found, ServiceMailKind.DISPUTE_RESOLVED, context, now=now)
    return found


def reassign_dispute(
    tenant: Tenant, dispute: Dispute, *, owner: User | None, now: datetime, by: User | None = None
) -> Dispute:
    """Give it to somebody else to answer."""
    lock_customer(tenant, dispute.customer_id)
    found = _still_open(tenant, dispute)
    found.owner = owner
    found.save(update_fields=["owner"])
    _tell(tenant, "dispute.reassigned", found, now=now, by=by, to=str(owner) if owner else "")
    return found


def extend_dispute(
    tenant: Tenant, dispute: Dispute, *, resolve_by_on: date, on: date, now: datetime, by: User | None = None
) -> Dispute:
    """Give it another day by which it must be answered."""
    lock_customer(tenant, dispute.customer_id)
    not_past(resolve_by_on, on=on)
    found = _still_open(tenant, dispute)
    before, found.resolve_by_on = found.resolve_by_on, resolve_by_on
    found.save(update_fields=["resolve_by_on"])
    days = {"from": before.isoformat(), "to": resolve_by_on.isoformat()}
    _tell(tenant, "dispute.extended", found, now=now, by=by, **days)
    return found


def _refuse_again(tenant: Tenant, invoice: Invoice, *, origin: Origin, now: datetime) -> None:
    """Once at a time; and what was answered is not stopped again by the debtor alone, but by asking a person."""
    if tenant.disputes.filter(invoice=invoice, resolved_at__isnull=True).exists():
        raise ArrangementError("dispute_open", f"Factuur {invoice.number} is al betwist.")
    if origin != Origin.DEBTOR:
        return
    answered = tenant.disputes.filter(
        invoice=invoice, outcome=DisputeOutcome.REJECTED, resolved_at__gt=now - AGAIN_AFTER
    ).first()
    if answered is not None and answered.resolved_at is not None:
        day = dutch_day(answered.resolved_at.astimezone(AMSTERDAM).date())
        raise ArrangementError(
            "dispute_answered",
            f"Op uw betwisting is op {day} geantwoord. Stuur een vraag als u het daar niet mee eens bent.",
        )


def _confirm(tenant: Tenant, opened: list[Dispute], *, now: datetime) -> None:
    """One mail for what was disputed in one go, by the last day on which it is answered."""
    if not opened:
        return
    numbers = [dispute.invoice.number for dispute in opened]
    about: dict[str, Any] = {"invoice": numbers[0]} if len(numbers) == 1 else {"invoices": numbers}
    context = about | {"resolve_by_on": max(dispute.resolve_by_on for dispute in opened).isoformat()}
    _mail(tenant, opened[0], ServiceMailKind.DISPUTE_OPENED, context, now=now)


def _still_open(tenant: Tenant, dispute: Dispute) -> Dispute:
    """The row as it is now, locked after its customer."""
    rows = tenant.disputes.select_for_update(no_key=True, of=("self",)).select_related("invoice", "owner", "customer")
    found = rows.get(pk=dispute.pk)
    if found.resolved_at is not None:
        raise ArrangementError("dispute_resolved", "Deze betwisting is al afgehandeld.")
    return found


def _mail(tenant: Tenant, dispute: Dispute, kind: ServiceMailKind, context: dict[str, Any], *, now: datetime) -> None:
    queue_mail(tenant, dispute.customer, kind=kind, key=f"{kind}:{dispute.pk}", context=context, now=now)


def _tell(
    tenant: Tenant, verb: str, dispute: Dispute, *, now: datetime, by: User | None, **details: str | None
) -> None:
    audit.record(tenant, verb, now=now, subject=dispute, by=by, customer_id=dispute.customer_id, details=dict(details))
