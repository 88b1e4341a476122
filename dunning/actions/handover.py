"""The owner's yes or no to a handover, and the moment it is done. Nothing goes to an agency without that yes (design 5.7)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from dunning.actions.packaging import (
    HandoverStateError,
    lock_handover,
    obstacle,
    refresh_lines,
    tell,
    withdraw,
)
from dunning.domain.contact_window import AMSTERDAM
from dunning.dossier.tasks import ask_owners, build_dossier
from dunning.models import Handover
from dunning.models.handovers import HandoverState
from tenants.models import Tenant, User

WAITING = (HandoverState.FLAGGED, HandoverState.APPROVED, HandoverState.PACKAGED)


def approve_handover(
    tenant: Tenant, handover: Handover, *, now: datetime, by: User, through: str = "screen"
) -> Handover:
    """Record the yes and have the dossier made. What was paid since the flag is left out; all paid: withdrawn."""
    found = lock_handover(tenant, handover.pk)
    _expect(found, HandoverState.FLAGGED)
    if reason := obstacle(tenant, found, on=now.astimezone(AMSTERDAM).date()):
        raise HandoverStateError(reason)
    total = refresh_lines(tenant, found, now=now)
    if not total:
        return withdraw(tenant, found, why="alles is betaald", now=now, by=by)
    found.state, found.approved_at, found.approved_by = HandoverState.APPROVED, now, by
    found.approved_through = through
    found.save(update_fields=["state", "approved_at", "approved_by", "approved_through"])
    tell(tenant, found, "handover.approved", now=now, by=by, through=through, amount=str(total))
    build_soon(tenant, found)
    return found


def reject_handover(
    tenant: Tenant, handover: Handover, *, why: str, now: datetime, by: User, through: str = "screen"
) -> Handover:
    """Record the no; the ladder does not ask again in this cycle."""
    found = lock_handover(tenant, handover.pk)
    _expect(found, HandoverState.FLAGGED)
    found.lines.filter(cancelled_at__isnull=True).update(cancelled_at=now)
    found.state, found.rejected_at, found.rejected_why = HandoverState.REJECTED, now, why.strip()[:300]
    found.save(update_fields=["state", "rejected_at", "rejected_why"])
    tell(tenant, found, "handover.rejected", now=now, by=by, through=through, why=found.rejected_why)
    return found


def rebuild_dossier(tenant: Tenant, handover: Handover) -> None:
    """Have the dossier made again, with the amounts of now; until then the old one can be fetched."""
    found = lock_handover(tenant, handover.pk)
    _expect(found, HandoverState.APPROVED, HandoverState.PACKAGED)
    found.state = HandoverState.APPROVED
    found.save(update_fields=["state"])
    build_soon(tenant, found)


def withdraw_handover(tenant: Tenant, handover: Handover, *, why: str, now: datetime, by: User) -> Handover:
    """Take back what was not handed over yet."""
    found = lock_handover(tenant, handover.pk)
    _expect(found, *WAITING)
    return withdraw(tenant, found, why=why.strip()[:200], now=now, by=by)


def mark_handed_over(tenant: Tenant, handover: Handover, *, agency_name: str, now: datetime, by: User) -> Handover:
    """The agency has the dossier: the ladder has ended for these invoices. Refused when the dossier is out of date."""
    found = lock_handover(tenant, handover.pk)
    _expect(found, HandoverState.PACKAGED)
    if reason := obstacle(tenant, found, on=now.astimezone(AMSTERDAM).date()):
        raise HandoverStateError(reason)
    if is_out_of_date(found):
        raise HandoverStateError("Er is betaald of verrekend sinds het dossier is gemaakt. Maak het dossier opnieuw.")
    found.state, found.handed_over_at, found.handed_over_by = HandoverState.HANDED_OVER, now, by
    found.agency_name = agency_name.strip()[:200]
    found.save(update_fields=["state", "handed_over_at", "handed_over_by", "agency_name"])
    sha256 = found.dossier_file.sha256 if found.dossier_file else ""
    tell(tenant, found, "handover.handed_over", now=now, by=by, agency=found.agency_name, sha256=sha256)
    return found


def is_out_of_date(handover: Handover) -> bool:
    """Does an invoice ask another amount than its dossier says?"""
    lines = handover.lines.filter(cancelled_at__isnull=True).select_related("invoice")
    return any(line.open_amount != line.invoice.open_amount for line in lines)


def build_soon(tenant: Tenant, handover: Handover) -> None:
    """After the commit; when the broker is away, the next tick finds it."""
    task = partial(build_dossier.delay, tenant_id=tenant.pk, handover_id=str(handover.pk))
    transaction.on_commit(task, robust=True)


def ask_soon(tenant: Tenant, handover: Handover) -> None:
    """Mail the owners their link after the commit."""
    task = partial(ask_owners.delay, tenant_id=tenant.pk, handover_id=str(handover.pk))
    transaction.on_commit(task, robust=True)


def _expect(handover: Handover, *states: HandoverState) -> None:
    if handover.state not in states:
        raise HandoverStateError(f"Deze overdracht staat op: {handover.get_state_display().lower()}.")
