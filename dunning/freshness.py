"""The freshness gate: are the receipts known well enough to ask for money? Visible, with its reason (design 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from dunning.domain.facts import Gate
from dunning.domain.reasons import dutch_day
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Freshness:
    gate: Gate
    note: str
    up_to_on: date | None


def freshness(tenant: Tenant, *, on: date) -> Freshness:
    """Green: everything may go out. Amber: friendly messages only. Red: nothing."""
    up_to_on: date | None = tenant.books_updates.aggregate(newest=Max("up_to_on"))["newest"]
    unmatched = tenant.payments.filter(customer__isnull=True, unallocated__gt=0).count()
    return judge(tenant, up_to_on, unmatched=unmatched, on=on)


def judge(tenant: Tenant, up_to_on: date | None, *, unmatched: int, on: date) -> Freshness:
    """What the newest known day and the receipts without a customer mean for this tenant."""
    if up_to_on is None:
        note = (
            "Nog niet bekend is tot welke dag de betalingen zijn verwerkt. Importeer of bevestig de openstaande posten."
        )
        return Freshness(Gate.RED, note, None)
    days = (on - up_to_on).days
    note = f"De betalingen zijn verwerkt tot en met {dutch_day(up_to_on)}, {days} dagen geleden."
    if days > tenant.fresh_red_days:
        return Freshness(Gate.RED, note, up_to_on)
    if days > tenant.fresh_amber_days:
        return Freshness(Gate.AMBER, note, up_to_on)
    if unmatched:
        note = f"{unmatched} {'ontvangst hoort' if unmatched == 1 else 'ontvangsten horen'} nog bij geen klant."
        return Freshness(Gate.AMBER, note, up_to_on)
    return Freshness(Gate.GREEN, "", up_to_on)
