"""A tenant's own account at the PSP: the money goes straight to the tenant, the key is sealed at rest."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings

from receivables.models import PspAccount
from receivables.paying.psp import AccountProvider, KeyUnreadableError, SettlementReader
from tenants import audit
from tenants.models import Tenant, User
from tenants.secrets import SecretUnreadableError, decrypt, encrypt

KEY = re.compile(r"(test|live)_\w{20,100}", re.ASCII)
TOKEN = re.compile(r"access_\w{20,100}", re.ASCII)


class BadKeyError(Exception):
    """This cannot be a Mollie key; the message says why, in Dutch."""


def connect_psp(tenant: Tenant, api_key: str, *, now: datetime, by: User | None = None) -> PspAccount:
    """Keep a tenant's key, in place of the former one. The key itself is never logged or shown again."""
    api_key = api_key.strip()
    if not KEY.fullmatch(api_key):
        raise BadKeyError("Een sleutel van Mollie begint met live_ of test_ en is minstens 25 tekens lang.")
    fresh = {
        "encrypted_key": encrypt(api_key),
        "is_test": api_key.startswith("test_"),
        "checked_at": None,
        "check_problem": "",
        "methods": [],
    }
    account, is_new = PspAccount.across_tenants.update_or_create(
        tenant=tenant, provider="mollie", defaults=fresh, create_defaults=fresh | {"created_at": now}
    )
    details = {"provider": account.provider, "is_test": account.is_test, "is_new": is_new}
    audit.record(tenant, "psp_account.connected", now=now, subject=account, by=by, details=details)
    return account


def connect_settlements(
    tenant: Tenant, account: PspAccount, token: str, *, now: datetime, by: User | None = None
) -> None:
    """Keep the organisation's token, with which payouts are read; an empty one takes it away."""
    token = token.strip()
    if token and not TOKEN.fullmatch(token):
        raise BadKeyError("Een toegangstoken van een organisatie begint met access_ en is minstens 27 tekens lang.")
    account.encrypted_settlement_token = encrypt(token) if token else ""
    account.save(update_fields=["encrypted_settlement_token"])
    verb = "psp_account.token_set" if token else "psp_account.token_removed"
    audit.record(tenant, verb, now=now, subject=account, by=by, details={"provider": account.provider})


def account_of(tenant: Tenant) -> PspAccount | None:
    return tenant.psp_accounts.exclude(encrypted_key="").first()


def provider_of(account: PspAccount) -> AccountProvider:
    """The client for this account; call it between transactions, never inside one."""
    from receivables.paying.mollie import MollieProvider  # noqa: PLC0415 # 58 MB that most processes never need

    return MollieProvider(
        api_key=_opened(account.encrypted_key), url=settings.PSP_URL, timeout_ms=settings.PSP_TIMEOUT_MS
    )


def reader_of(account: PspAccount) -> SettlementReader | None:
    """The client that reads payouts, when the tenant gave the organisation's token; as above, between transactions."""
    if not account.encrypted_settlement_token:
        return None
    from receivables.paying.mollie import MollieSettlements  # noqa: PLC0415 # as above

    return MollieSettlements(
        token=_opened(account.encrypted_settlement_token), url=settings.PSP_URL, timeout_ms=settings.PSP_TIMEOUT_MS
    )


def _opened(sealed: str) -> str:
    try:
        return decrypt(sealed)
    except SecretUnreadableError as error:
        raise KeyUnreadableError from error
