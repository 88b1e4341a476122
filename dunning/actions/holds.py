"""Holds: nothing goes out for what is held. Each has a reason, an owner and an end; one that ends, ends by itself.

Whoever places a hold takes the customer's lock first, as a claim does: a letter claimed after the commit sees it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from dunning.models import Hold
from dunning.models.holds import HoldLevel, HoldReason
from receivables.actions.ledger import lock_customer
from receivables.models import Customer, Invoice
from tenants import audit
from tenants.models import Tenant, User


class HoldError(ValueError):
    """The hold cannot be placed as asked; the message says why in Dutch."""


def place_hold(
    tenant: Tenant,
    *,
    level: HoldLevel,
    reason: HoldReason,
    on: date,
    now: datetime,
    customer: Customer | None = None,
    invoice: Invoice | None = None,
    until_on: date | None = None,
    note: str = "",
    pauses_interest: bool = False,
    owner: User | None = None,
    by: User | None = None,
) -> Hold:
    """Hold the tenant, a customer, an invoice or one file's formal steps, up to and including `until_on`."""
    if until_on is not None and until_on < on:
        raise HoldError("De laatste dag van een blokkade ligt niet in het verleden.")
    if reason == HoldReason.PROMISE and until_on is None:
        raise HoldError("Een betaaltoezegging heeft een dag waarop betaald wordt.")
    customer_id = _target(level, customer, invoice)
    if customer_id is None:
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    else:
        lock_customer(tenant, customer_id)
    hold = tenant.holds.create(
        level=level,
        customer_id=customer_id,
        invoice=invoice,
        reason=reason,
        note=note[:500],
        pauses_interest=pauses_interest,
        owner=owner or by,
        placed_at=now,
        placed_by=by,
        until_on=until_on,
    )
    _tell(tenant, "hold.placed", hold, now=now, by=by)
    return hold


def end_hold(tenant: Tenant, hold: Hold, *, now: datetime, by: User | None = None) -> bool:
    """Lift a hold before its last day; False when it had ended already."""
    ended = tenant.holds.filter(pk=hold.pk, ended_at__isnull=True).update(ended_at=now, ended_by=by)
    if ended:
        _tell(tenant, "hold.ended", hold, now=now, by=by)
    return bool(ended)


def extend_hold(tenant: Tenant, hold: Hold, *, until_on: date | None, now: datetime, by: User | None = None) -> None:
    """Give a running hold another last day."""
    if hold.customer_id is not None:
        lock_customer(tenant, hold.customer_id)
    if not tenant.holds.filter(pk=hold.pk, ended_at__isnull=True).update(until_on=until_on):
        raise HoldError("Deze blokkade is al beëindigd.")
    hold.until_on = until_on
    _tell(tenant, "hold.extended", hold, now=now, by=by)


def _target(level: HoldLevel, customer: Customer | None, invoice: Invoice | None) -> UUID | None:
    if level == HoldLevel.TENANT and customer is None and invoice is None:
        return None
    if level == HoldLevel.CUSTOMER and customer is not None and invoice is None:
        return customer.pk
    if level in (HoldLevel.INVOICE, HoldLevel.FILE) and invoice is not None:
        return invoice.customer_id
    raise HoldError("Kies waar de blokkade op ligt: de administratie, een klant, een factuur of een dossier.")


def _tell(tenant: Tenant, verb: str, hold: Hold, *, now: datetime, by: User | None) -> None:
    details = {
        "level": hold.level,
        "reason": hold.reason,
        "note": hold.note,
        "pauses_interest": hold.pauses_interest,
        "until_on": hold.until_on.isoformat() if hold.until_on else None,
        "invoice": str(hold.invoice_id) if hold.invoice_id else None,
    }
    audit.record(tenant, verb, now=now, subject=hold, by=by, customer_id=hold.customer_id, details=details)
