"""From which accounts a customer pays: learned from bookings, forgotten when a booking was a mistake."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from receivables.models import Customer, KnownIban
from tenants import audit
from tenants.models import Tenant, User

LONGEST = 40


def learn_iban(tenant: Tenant, customer: Customer, iban: str, *, now: datetime, by: User | None = None) -> str:
    """Remember that this customer paid from this account; a partner or bookkeeper may pay for several customers.

    Returns what was learned, so that exactly that can be taken back; empty when there is nothing to learn.
    """
    if not iban or len(iban) > LONGEST:
        return ""
    known, is_new = tenant.known_ibans.get_or_create(
        customer=customer, iban=iban, defaults={"tenant": tenant, "learned_at": now, "learned_by": by}
    )
    if not is_new:
        times = F("times") + 1 if known.forgotten_at is None else 1  # what was forgotten counts no more
        tenant.known_ibans.filter(pk=known.pk).update(times=times, forgotten_at=None)
    return iban


def unlearn_iban(tenant: Tenant, customer: Customer, iban: str, *, now: datetime) -> None:
    """Take back what one booking taught: it was undone."""
    known = tenant.known_ibans.filter(customer=customer, iban=iban, forgotten_at=None).first() if iban else None
    if known is None:
        return
    changes = {"times": known.times - 1} if known.times > 1 else {"forgotten_at": now}
    tenant.known_ibans.filter(pk=known.pk).update(**changes)


def forget_iban(tenant: Tenant, known: KnownIban, *, now: datetime, by: User) -> bool:
    """A person says that this account says nothing about who pays; False when it was forgotten already."""
    if not tenant.known_ibans.filter(pk=known.pk, forgotten_at=None).update(forgotten_at=now):
        return False
    audit.record(tenant, "known_iban.forgotten", now=now, subject=known, by=by, customer_id=known.customer_id)
    return True
