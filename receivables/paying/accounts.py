"""A tenant's own account at the PSP: the money goes straight to the tenant, the key is sealed at rest."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings

from receivables.models import PspAccount
from receivables.paying.psp import PaymentProvider
from tenants import audit
from tenants.models import Tenant, User
from tenants.secrets import decrypt, encrypt

KEY = re.compile(r"(test|live)_\w{20,100}")


class BadKeyError(Exception):
    """This cannot be a Mollie key; the message says why, in Dutch."""


def connect_psp(tenant: Tenant, api_key: str, *, now: datetime, by: User | None = None) -> PspAccount:
    """Keep a tenant's key, in place of the former one. The key itself is never logged or shown again."""
    api_key = api_key.strip()
    if not KEY.fullmatch(api_key):
        raise BadKeyError("Een sleutel van Mollie begint met live_ of test_ en is minstens 25 tekens lang.")
    account, is_new = PspAccount.across_tenants.update_or_create(
        tenant=tenant,
        provider="mollie",
        defaults={"encrypted_key": encrypt(api_key), "is_test": api_key.startswith("test_")},
        create_defaults={
            "encrypted_key": encrypt(api_key),
            "is_test": api_key.startswith("test_"),
            "created_at": now,
        },
    )
    details = {"provider": account.provider, "is_test": account.is_test, "is_new": is_new}
    audit.record(tenant, "psp_account.connected", now=now, subject=account, by=by, details=details)
    return account


def account_of(tenant: Tenant) -> PspAccount | None:
    return tenant.psp_accounts.exclude(encrypted_key="").first()


def provider_of(account: PspAccount) -> PaymentProvider:
    """The client for this account; call it between transactions, never inside one."""
    from receivables.paying.mollie import MollieProvider  # noqa: PLC0415 # 58 MB that most processes never need

    return MollieProvider(
        api_key=decrypt(account.encrypted_key), url=settings.PSP_URL, timeout_ms=settings.PSP_TIMEOUT_MS
    )
