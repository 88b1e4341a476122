"""What the law engine asks of a creditor: stored like the other settings, with old and new in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenants.actions.people import Actor
from tenants.actions.settings import edit_tenant
from tenants.models import Tenant

LEGAL = (
    "is_large",
    "can_deduct_vat",
    "interest_day_count",
    "business_interest_percent",
    "business_interest_compounds",
    "term_margin_days",
    "contact_cap",
    "contact_cap_days",
    "claim_nature",
    "vat_period",
    "complaints_email",
    "complaints_url",
    "privacy_url",
    "privacy_email",
    "file_retention_years",
)


def edit_legal(tenant: Tenant, changes: Mapping[str, Any], *, by: Actor, now: datetime) -> list[str]:
    """Store what differs; says which fields changed. Letters that left keep what they said."""
    return edit_tenant(tenant, changes, by=by, now=now, editable=LEGAL)
