"""Every secret a tenant keeps with us, under the newest key: an old key can then be thrown away.

A secret may be replaced while we rotate: what was put in its place meanwhile is newer and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from receivables.models import PspAccount
from tenants.context import tenant_context
from tenants.models import Tenant
from tenants.secrets import SecretUnreadableError, is_newest, rotate

FIELDS = ("encrypted_key", "encrypted_settlement_token")


@dataclass(frozen=True, slots=True)
class Rotated:
    """Of one tenant: under the newest key already, brought there now, and lost because no key opens it."""

    newest: int = 0
    rotated: int = 0
    unreadable: int = 0

    def plus(self, other: Rotated) -> Rotated:
        return Rotated(self.newest + other.newest, self.rotated + other.rotated, self.unreadable + other.unreadable)


def rotate_secrets(tenant: Tenant, *, only_look: bool = False) -> Rotated:
    """Bring this tenant's secrets under the newest key; with `only_look` count what would be."""
    total = Rotated()
    with tenant_context(tenant.pk):
        for account, field in _secrets(tenant):
            total = total.plus(_rotate(tenant, account, field, only_look=only_look))
    return total


def _secrets(tenant: Tenant) -> Iterator[tuple[PspAccount, str]]:
    accounts = tenant.psp_accounts.order_by("pk")
    return chain.from_iterable(
        ((account, field) for field in FIELDS if getattr(account, field)) for account in accounts
    )


def _rotate(tenant: Tenant, account: PspAccount, field: str, *, only_look: bool) -> Rotated:
    sealed: str = getattr(account, field)
    if is_newest(sealed):
        return Rotated(newest=1)
    try:
        fresh = rotate(sealed)
    except SecretUnreadableError:
        return Rotated(unreadable=1)
    if not only_look:
        tenant.psp_accounts.filter(pk=account.pk, **{field: sealed}).update(**{field: fresh})
    return Rotated(rotated=1)
