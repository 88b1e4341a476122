"""The accounts of a tenant, as their statements name them; and the locks under which their statements are stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from receivables.banking.account_numbers import are_one, is_iban, lock_name
from receivables.models import BankAccount
from tenants import audit
from tenants.models import Tenant, User


def lock_accounts(tenant: Tenant, *, numbers: Iterable[str], sha256: str = "") -> None:
    """One import at a time per file and per account, until the end of the transaction; always in the same order."""
    names = [*([f"file {sha256}"] if sha256 else []), *sorted({f"account {lock_name(number)}" for number in numbers})]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"voldaan.bank {name}", tenant.pk]
            )


def find_or_make(tenant: Tenant, number: str, currency: str, *, now: datetime) -> tuple[BankAccount, bool]:
    """The account with this number, however it was written before; True when it is new here."""
    known = [one for one in tenant.bank_accounts.filter(currency=currency) if are_one(one.number, number)]
    exact = next((one for one in known if one.number == number), None)
    if exact or len(known) == 1:
        account = exact or known[0]
        if is_iban(number) and not is_iban(account.number):
            account.number = number
            account.save(update_fields=["number"])
        return account, False
    own = "".join(tenant.iban.split()).upper()
    written = own if own and are_one(own, number) else number
    return tenant.bank_accounts.create(number=written, currency=currency, created_at=now), True


def change_account(
    tenant: Tenant, account: BankAccount, *, name: str, is_watched: bool, by: User, now: datetime
) -> None:
    """Name an account, and say whether the freshness of the books waits for it."""
    changed = {
        field: [getattr(account, field), value]
        for field, value in (("name", name), ("is_watched", is_watched))
        if getattr(account, field) != value
    }
    account.name, account.is_watched = name, is_watched
    account.save(update_fields=["name", "is_watched"])
    if changed:
        details = {"number": account.number, **changed}
        audit.record(tenant, "bank_account.changed", subject=account, by=by, now=now, details=details)
