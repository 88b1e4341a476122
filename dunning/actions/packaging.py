"""A handover after the owner's yes: bring its amounts up to date, make the dossier, keep its bytes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from dunning.arranged import why_waiting
from dunning.claims import Books
from dunning.domain.contact_window import AMSTERDAM
from dunning.domain.policy import ClaimMode
from dunning.dossier.build import build
from dunning.facts import holds_on
from dunning.letters.mail import file_name
from dunning.models import Handover
from dunning.models.handovers import HandoverState
from receivables.actions.claims import book_interest
from receivables.actions.ledger import lock_customer
from receivables.files import store
from receivables.models.customers import Insolvency
from tenants import audit
from tenants.models import Tenant, User


class HandoverStateError(Exception):
    """This cannot be done with the handover as it stands; the message says so in Dutch."""


def package_handover(tenant: Tenant, handover_id: UUID, *, now: datetime) -> Handover:
    """Make the dossier of an approved handover, once however often it is asked. Paid in the meantime: withdrawn instead."""
    handover = lock_handover(tenant, handover_id)
    if handover.state != HandoverState.APPROVED:
        return handover
    book_interest_of(tenant, handover, now=now)
    if not refresh_lines(tenant, handover, now=now):
        return withdraw(tenant, handover, why="alles is betaald", now=now)
    content = build(tenant, handover, now=now)
    name = file_name("dossier", handover.customer.name, f"{now.astimezone(AMSTERDAM):%Y-%m-%d}", extension="zip")
    handover.dossier_file = store(tenant, content=content, media_type="application/zip", name=name)
    handover.state, handover.packaged_at = HandoverState.PACKAGED, now
    handover.save(update_fields=["dossier_file", "state", "packaged_at"])
    tell(tenant, handover, "handover.packaged", now=now, sha256=handover.dossier_file.sha256)
    return handover


def book_interest_of(tenant: Tenant, handover: Handover, *, now: datetime) -> None:
    """The claim goes to the agency with interest up to that day, where the ladder claims interest. Once per day."""
    on = now.astimezone(AMSTERDAM).date()
    claiming = handover.lines.filter(
        cancelled_at__isnull=True,
        invoice__open_amount__gt=0,
        invoice__tracks__version__interest_mode=ClaimMode.CLAIM,
    )
    ids = list(claiming.order_by("invoice_id").values_list("invoice_id", flat=True).distinct())
    if not ids:
        return
    accruals = Books.load(tenant, ids).accruals(handover.customer, ids, on=on)
    book_interest(tenant, accruals, source_key=f"handover:{handover.pk}:{on.isoformat()}", on=on, now=now)


def lock_handover(tenant: Tenant, handover_id: UUID) -> Handover:
    """The customer first, as everybody who asks for money or books it does; then the handover."""
    known = tenant.handovers.get(pk=handover_id)
    lock_customer(tenant, known.customer_id)
    rows = tenant.handovers.select_for_update(no_key=True, of=("self",))
    return rows.select_related("customer").get(pk=handover_id)


def refresh_lines(tenant: Tenant, handover: Handover, *, now: datetime) -> Decimal:
    """Drop what is paid, take over what is still open, and return the sum."""
    total = Decimal("0.00")
    for line in handover.lines.filter(cancelled_at__isnull=True).select_related("invoice"):
        if line.invoice.open_amount <= 0:
            tenant.handover_lines.filter(pk=line.pk).update(cancelled_at=now)
            continue
        if line.open_amount != line.invoice.open_amount:
            tenant.handover_lines.filter(pk=line.pk).update(open_amount=line.invoice.open_amount)
        total += line.invoice.open_amount
    return total


def obstacle(tenant: Tenant, handover: Handover, *, on: date) -> str:
    """Why these invoices may not be handed over now; empty when they may."""
    customer = handover.customer
    if customer.insolvency != Insolvency.NONE:
        return f"{customer.name}: {customer.get_insolvency_display().lower()}. Overdragen kan dan niet."
    invoices = handover.lines.filter(cancelled_at__isnull=True).values("invoice")
    hold = holds_on(tenant, customer.pk, invoices, on=on).select_related("invoice").first()
    if hold is None:
        return why_waiting(tenant, customer.pk, invoices.values_list("invoice", flat=True), on=on)
    where = f"factuur {hold.invoice.number}" if hold.invoice else hold.get_level_display().lower()
    return f"Er loopt een blokkade ({hold.get_reason_display().lower()}, {where}). Hef die eerst op."


def withdraw(tenant: Tenant, handover: Handover, *, why: str, now: datetime, by: User | None = None) -> Handover:
    """Take it back; its invoices are open to the ladder again."""
    handover.lines.filter(cancelled_at__isnull=True).update(cancelled_at=now)
    handover.state = HandoverState.WITHDRAWN
    handover.save(update_fields=["state"])
    tell(tenant, handover, "handover.withdrawn", now=now, by=by, why=why)
    return handover


def tell(
    tenant: Tenant, handover: Handover, verb: str, *, now: datetime, by: User | None = None, **details: object
) -> None:
    audit.record(
        tenant, verb, now=now, subject=handover, by=by, customer_id=handover.customer_id, details=dict(details)
    )
