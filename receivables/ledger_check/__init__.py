"""The look at the books: I1 to I6 for one tenant, kept as a row, and what follows from it (reliability: a breach stops sending).

`look` only reads. `check` keeps what was found and freezes or releases the tenant; every invariant is one statement, so that
bookings that happen meanwhile are seen whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from receivables.domain.ledger_accounts import Balances, digest
from receivables.domain.ledger_invariants import Breach
from receivables.domain.money import Money
from receivables.ledger_check import invariants, walls
from receivables.ledger_check.balances import read_balances
from receivables.models import LedgerCheck
from tenants import audit
from tenants.models import Tenant, User

MOST_TOLD = 20  # breaches in the audit trail; the row has them all


@dataclass(frozen=True, slots=True)
class Found:
    """What one look saw. No breaches is well; `digest` is the same for the same books before and after a restore."""

    breaches: tuple[Breach, ...]
    balances: Balances

    @property
    def digest(self) -> str:
        return digest(self.balances)

    @property
    def trial_balance(self) -> dict[str, dict[str, str]]:
        return {
            currency: {account: str(amount) for account, amount in accounts.items()}
            for currency, accounts in self.balances.items()
        }


def look(tenant: Tenant) -> Found:
    """Hold the books of this tenant against the invariants; needs the tenant's context, writes nothing."""
    sums = read_balances(tenant)
    breaches = (*invariants.broken(tenant), *walls.broken(), *sums.broken())
    return Found(tuple(sorted(breaches, key=lambda breach: breach.invariant)), sums.balances)


def found_by(row: LedgerCheck) -> Found:
    """What an earlier check saw, as it was kept."""
    balances = {
        currency: {account: Money.of(amount) for account, amount in accounts.items()}
        for currency, accounts in row.trial_balance.items()
    }
    return Found(tuple(Breach.from_json(stored) for stored in row.breaches), balances)


def check(tenant: Tenant, *, now: datetime, by: User | None = None) -> LedgerCheck:
    """Look, keep what was seen, and stop sending on a breach until a later check finds the books in order."""
    found = look(tenant)
    row = tenant.ledger_checks.create(
        checked_at=now,
        breaches=[breach.as_json() for breach in found.breaches],
        trial_balance=found.trial_balance,
        digest=found.digest,
    )
    if by is not None:
        audit.record(tenant, "ledger.checked", now=now, subject=row, by=by, details={"digest": row.digest})
    _stop_or_release(tenant, row, found, now=now)
    return row


def _stop_or_release(tenant: Tenant, row: LedgerCheck, found: Found, *, now: datetime) -> None:
    """Under the lock of the tenant, which a claim shares: after this commit no letter leaves on broken books."""
    held = Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    if bool(found.breaches) == (held.books_broken_at is not None):
        return
    held.books_broken_at = now if found.breaches else None
    held.save(update_fields=["books_broken_at"])
    tenant.books_broken_at = held.books_broken_at
    audit.record(
        tenant,
        "ledger.broken" if found.breaches else "ledger.mended",
        now=now,
        subject=row,
        details={"breaches": [breach.as_json()[:2] for breach in found.breaches[:MOST_TOLD]], "digest": row.digest},
    )
