"""What an office says about itself in the letters it sends for its clients, and its place in the Wki register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from tenants import audit
from tenants.actions.people import Actor
from tenants.actions.settings import plain
from tenants.models import Office

EDITABLE = (
    "name",
    "street",
    "postcode",
    "city",
    "kvk_number",
    "email",
    "phone",
    "wki_number",
    "wki_valid_until",
    "complaints_email",
    "complaints_url",
)


@transaction.atomic
def edit_office(office: Office, changes: Mapping[str, Any], *, by: Actor, now: datetime) -> list[str]:
    """Store what differs, with the old value in the office's trail; says which fields changed."""
    stored = Office.objects.select_for_update().get(pk=office.pk)
    differing = {name: changes[name] for name in EDITABLE if name in changes and getattr(stored, name) != changes[name]}
    if not differing:
        return []
    details = {name: [plain(getattr(stored, name)), plain(value)] for name, value in differing.items()}
    for name, value in differing.items():
        setattr(office, name, value)
    office.save(update_fields=list(differing))
    audit.record_at(office, "office.edited", now=now, by=by.user, ip_address=by.ip_address, details=details)
    return list(differing)
