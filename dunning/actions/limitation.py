"""What a person establishes about limitation: an interruption outside the ladder, or a release past the date.

Past its date a claim stays, but a judge refuses it once the debtor says so (art. 3:322 BW); a person decides whether it is still asked.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from dunning.limitation import limitations
from dunning.models import Interruption, LimitationRelease
from dunning.models.legal import InterruptionKind
from receivables.actions.ledger import lock_customer
from receivables.models import Invoice
from tenants import audit
from tenants.models import Tenant, User


class LimitationError(ValueError):
    """This cannot be; the message says why, in Dutch."""


@transaction.atomic
def add_interruption(
    tenant: Tenant,
    invoice: Invoice,
    *,
    kind: InterruptionKind,
    received_on: date,
    note: str,
    on: date,
    now: datetime,
    by: User | None,
) -> Interruption:
    """Keep that the term began anew on that day; what was established is never changed."""
    if not invoice.issued_on <= received_on <= on:
        raise LimitationError("De dag ligt voor de factuur of in de toekomst.")
    lock_customer(tenant, invoice.customer_id)
    if tenant.interruptions.filter(invoice=invoice, kind=kind, received_on=received_on).exists():
        raise LimitationError("Deze stuiting staat er al.")
    row = tenant.interruptions.create(
        invoice=invoice, kind=kind, received_on=received_on, note=note[:300], by=by, at=now
    )
    details = {
        "number": invoice.number,
        "kind": kind.label,
        "received_on": received_on.isoformat(),
        "note": note[:300],
    }
    audit.record(
        tenant,
        "limitation.interrupted",
        now=now,
        subject=invoice,
        by=by,
        customer_id=invoice.customer_id,
        details=details,
    )
    return row


@transaction.atomic
def release_limitation(
    tenant: Tenant, invoice: Invoice, *, why: str, on: date, now: datetime, by: User | None
) -> LimitationRelease:
    """Let a claim past its date be asked for again, once, with a reason."""
    if not why.strip():
        raise LimitationError("Schrijf op waarom dit nog gevraagd mag worden.")
    lock_customer(tenant, invoice.customer_id)
    found = limitations(tenant, [invoice.pk], on=on)[invoice.pk]
    if not found.is_passed:
        raise LimitationError(f"Factuur {invoice.number} is niet verjaard.")
    if found.release is not None:
        raise LimitationError(f"Factuur {invoice.number} is al vrijgegeven.")
    row = tenant.limitation_releases.create(invoice=invoice, why=why.strip()[:300], by=by, at=now)
    details = {
        "number": invoice.number,
        "last_safe_day": found.last_safe_day.isoformat(),
        "why": row.why,
    }
    audit.record(
        tenant,
        "limitation.released",
        now=now,
        subject=invoice,
        by=by,
        customer_id=invoice.customer_id,
        details=details,
    )
    return row
