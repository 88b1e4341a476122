"""What a tenant says about itself on letters, where it is paid, and when its weekly run goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction

from tenants import audit
from tenants.actions.people import Actor
from tenants.logo import MEDIA_TYPE, clean_logo
from tenants.models import Tenant
from tenants.tasks import send_account_changed

EDITABLE = [
    "name",
    "street",
    "postcode",
    "city",
    "kvk_number",
    "vat_number",
    "iban",
    "iban_name",
    "email",
    "phone",
    "website",
    "brand_colour",
    "run_weekday",
    "run_hour",
    "approves_automatically",
    "fresh_amber_days",
    "fresh_red_days",
    "match_threshold",
    "promise_most_days",
    "plan_most_instalments",
    "plan_most_amount",
    "plan_least_instalment",
    "arrangement_grace_days",
    "plan_warning_days",
]


@transaction.atomic
def edit_tenant(
    tenant: Tenant, changes: Mapping[str, Any], *, by: Actor, now: datetime, editable: Sequence[str] = EDITABLE
) -> list[str]:
    """Store what differs, with the old value in the event; says which fields changed.

    Another account number is told to everybody who manages this tenant: it is what a thief would change first.
    """
    stored = Tenant.objects.select_for_update().get(pk=tenant.pk)
    before = {
        name: getattr(stored, name) for name in editable if name in changes and getattr(stored, name) != changes[name]
    }
    for name in editable:
        if name in changes:
            setattr(tenant, name, changes[name])
    if not before:
        return []
    tenant.save(update_fields=list(before))
    details = {name: [plain(old), plain(getattr(tenant, name))] for name, old in before.items()}
    audit.record(
        tenant, "tenant.edited", now=now, subject=tenant, by=by.user, ip_address=by.ip_address, details=details
    )
    if before.get("iban"):
        arguments = {"old": before["iban"], "new": tenant.iban, "by": str(by.user)}
        transaction.on_commit(partial(send_account_changed.delay, tenant_id=tenant.pk, **arguments), robust=True)
    return list(before)


def plain(value: Any) -> Any:
    """As the trail keeps it: a day or a percentage is a text there."""
    return str(value) if isinstance(value, Decimal | date) else value


@transaction.atomic
def set_logo(tenant: Tenant, content: bytes | None, *, by: Actor, now: datetime) -> None:
    """Put this picture on the letters, or none. Raises LogoError for anything that is not a picture."""
    tenant.logo = clean_logo(content) if content else None
    tenant.logo_media_type = MEDIA_TYPE if content else ""
    tenant.save(update_fields=["logo", "logo_media_type"])
    details = {"bytes": len(tenant.logo or b"")}
    audit.record(
        tenant, "tenant.logo_set", now=now, subject=tenant, by=by.user, ip_address=by.ip_address, details=details
    )


@transaction.atomic
def freeze_sending(tenant: Tenant, *, frozen: bool, by: Actor, now: datetime) -> None:
    """The emergency stop: while it stands, nothing leaves for this tenant."""
    tenant.sending_frozen = frozen
    tenant.save(update_fields=["sending_frozen"])
    verb = "sending.frozen" if frozen else "sending.resumed"
    audit.record(tenant, verb, now=now, subject=tenant, by=by.user, ip_address=by.ip_address)
