"""The accounts from which a customer is known to pay, for its page."""

from __future__ import annotations

from receivables.models import Customer, KnownIban
from tenants.models import Tenant

MOST = 20


def known_ibans_of(tenant: Tenant, customer: Customer) -> list[KnownIban]:
    """What matching goes by, the most used first; what was forgotten is not shown."""
    rows = tenant.known_ibans.filter(customer=customer, forgotten_at=None).select_related("learned_by")
    return list(rows.order_by("-times", "iban")[:MOST])
