"""I6: the trial balance, read in one statement together with the sums that it must agree with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from receivables.domain.ledger_accounts import Account, Balances
from receivables.domain.ledger_invariants import Breach, Invariant
from receivables.domain.money import Money
from tenants.models import Tenant

ZERO: Final = Money.zero()
SUMS: Final = """
SELECT true, currency, account, sum(amount) FROM receivables_journal WHERE tenant_id = %(tenant)s GROUP BY currency, account
UNION ALL
SELECT false, currency, 'debtors', sum(open_amount) FROM receivables_invoice WHERE tenant_id = %(tenant)s GROUP BY currency
UNION ALL
SELECT false, currency, 'unallocated', -sum(unallocated) FROM receivables_payment
WHERE tenant_id = %(tenant)s GROUP BY currency
"""
OPPOSITE: Final = {
    Account.DEBTORS: "de openstaande bedragen van de facturen",
    Account.UNALLOCATED: "de tegoeden van de betalingen",
}


@dataclass(frozen=True, slots=True)
class Sums:
    """The balances of the journal, and what invoices and payments say of the same."""

    balances: Balances
    kept: Balances

    def broken(self) -> Iterator[Breach]:
        """Per currency: all accounts together are nothing, debtors and unallocated are what the rows say."""
        for currency in sorted({*self.balances, *self.kept}):
            accounts, kept = self.balances.get(currency, {}), self.kept.get(currency, {})
            if total := Money.total(accounts.values()):
                yield Breach(Invariant.I6, f"De proefbalans sluit niet: het verschil is {_said(total, currency)}.")
            for account, what in OPPOSITE.items():
                booked, stated = accounts.get(account.value, ZERO), kept.get(account.value, ZERO)
                if booked != stated:
                    yield Breach(
                        Invariant.I6,
                        f"{account.meaning.label} is {_said(booked, currency)}, maar {what} zijn samen {_said(stated, currency)}.",
                    )


def _said(amount: Money, currency: str) -> str:
    return f"{currency} {amount}".replace(".", ",")


def read_balances(tenant: Tenant) -> Sums:
    """The trial balance of one tenant; accounts that are nothing are left out."""
    journal: dict[str, dict[str, Money]] = defaultdict(dict)
    kept: dict[str, dict[str, Money]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"tenant": tenant.pk})
        for is_journal, currency, account, amount in cursor.fetchall():
            if amount:
                (journal if is_journal else kept)[currency][account] = Money.of(amount)
    return Sums(dict(journal), dict(kept))
