"""Decisions under the Wki: write natural persons without a known registration, and keep the agreement with the creditor."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from dunning.models import AssignmentAgreement, WkiOverride
from dunning.wki import override_on
from receivables.files import store
from tenants import audit
from tenants.actions.people import Actor
from tenants.models import Tenant

MOST_DAYS = 90
LEAST_WORDS = 20  # characters: a reason, not a shrug
MOST_BYTES = 10 * 1024 * 1024
PDF = "application/pdf"


class WkiRefusedError(ValueError):
    """Not kept; `field` is what to change, the message is Dutch."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def record_override(tenant: Tenant, *, why: str, until_on: date, by: Actor, now: datetime, on: date) -> WkiOverride:
    """Open the gate until a day, on somebody's word. It closes by itself."""
    if tenant.office_id is None:
        raise WkiRefusedError("why", "Voor eigen vorderingen vraagt de Wki geen registratie.")
    if len(why.strip()) < LEAST_WORDS:
        raise WkiRefusedError("why", f"Schrijf in ten minste {LEAST_WORDS} tekens waarom dit mag.")
    if not on <= until_on <= on + timedelta(days=MOST_DAYS):
        raise WkiRefusedError("until_on", f"Kies een dag vanaf vandaag, hoogstens {MOST_DAYS} dagen vooruit.")
    row = tenant.wki_overrides.create(why=why.strip(), until_on=until_on, by=by.user, at=now)
    details = {"why": row.why, "until_on": until_on.isoformat()}
    audit.record(
        tenant, "wki.override_recorded", now=now, subject=row, by=by.user, ip_address=by.ip_address, details=details
    )
    return row


@transaction.atomic
def withdraw_override(tenant: Tenant, *, by: Actor, now: datetime, on: date) -> bool:
    """Close the gate again from now on; false when it was not open by anybody's word."""
    standing = override_on(tenant, on=on)
    if standing is None:
        return False
    row = tenant.wki_overrides.create(why="Ingetrokken.", until_on=on - timedelta(days=1), by=by.user, at=now)
    details = {"until_on": standing.until_on.isoformat()}
    audit.record(
        tenant, "wki.override_withdrawn", now=now, subject=row, by=by.user, ip_address=by.ip_address, details=details
    )
    return True


@transaction.atomic
def keep_agreement(
    tenant: Tenant,
    content: bytes,
    *,
    name: str,
    signed_by: str,
    signed_on: date,
    by: Actor,
    now: datetime,
    on: date,
) -> AssignmentAgreement:
    """Keep the signed agreement as it is; older ones stay readable."""
    if len(content) > MOST_BYTES or not content.startswith(b"%PDF-"):
        raise WkiRefusedError("file", "Kies een pdf van hoogstens 10 MB.")
    if signed_on > on:
        raise WkiRefusedError("signed_on", "Deze dag ligt in de toekomst.")
    file = store(tenant, content=content, media_type=PDF, name=name)
    row = tenant.assignment_agreements.create(file=file, signed_on=signed_on, signed_by=signed_by, by=by.user, at=now)
    details = {"signed_by": signed_by, "signed_on": signed_on.isoformat(), "file": file.name, "sha256": file.sha256}
    audit.record(
        tenant, "wki.agreement_kept", now=now, subject=row, by=by.user, ip_address=by.ip_address, details=details
    )
    return row
