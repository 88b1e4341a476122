"""The accounts of the journal: where each booking lands, what a balance means, and the hash of a trial balance.

The ledger stores one side; the view `receivables_journal` (migration `receivables.0010`) derives the other by the same table as
`booked_against`. A positive amount is a debit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from receivables.domain.money import Money

Balances = Mapping[str, Mapping[str, Money]]  # currency -> account -> balance


@dataclass(frozen=True, slots=True)
class Meaning:
    """How an account is called on screen, and what its balance says."""

    label: str
    says: str


class Account(Enum):
    """One account of the journal; the value is its name in the view."""

    DEBTORS = "debtors"
    BANK = "bank"
    PSP_CLEARING = "psp_clearing"
    MANUAL = "manual"
    UNALLOCATED = "unallocated"
    REVENUE = "revenue"
    CREDIT = "credit"
    CORRECTION = "correction"
    INTEREST = "interest"
    COSTS = "costs"
    COSTS_VAT = "costs_vat"
    DISCOUNT = "discount"
    WRITE_OFF = "write_off"
    PSP_FEES = "psp_fees"
    PSP_OTHERS = "psp_others"

    @property
    def meaning(self) -> Meaning:
        return _MEANINGS[self]


_MEANINGS = {
    Account.DEBTORS: Meaning("Debiteuren", "Wat klanten nog moeten betalen, min open creditnota’s."),
    Account.BANK: Meaning("Bank", "Per bank ontvangen van klanten en de betaaldienst, min wat terugging."),
    Account.PSP_CLEARING: Meaning("Onderweg van de betaaldienst", "Online betaald, nog niet op uw rekening."),
    Account.MANUAL: Meaning("Handmatig geboekt", "Ontvangen buiten bank en betaallink om, zoals contant."),
    Account.UNALLOCATED: Meaning(
        "Nog te verdelen", "Ontvangen en nog aan geen factuur toegerekend: tegoed van klanten."
    ),
    Account.REVENUE: Meaning("Gefactureerd", "Alle facturen, zoals ze binnenkwamen."),
    Account.CREDIT: Meaning("Gecrediteerd", "Alle creditnota’s, zoals ze binnenkwamen."),
    Account.CORRECTION: Meaning("Correcties", "Herzieningen, en wat volgens een openstaandelijst al betaald is."),
    Account.INTEREST: Meaning("Rente", "In rekening gebrachte rente."),
    Account.COSTS: Meaning("Incassokosten", "In rekening gebrachte incassokosten."),
    Account.COSTS_VAT: Meaning("Btw over incassokosten", "Btw in de incassokosten."),
    Account.DISCOUNT: Meaning("Kortingen", "Wat u klanten kwijtschold om het af te ronden."),
    Account.WRITE_OFF: Meaning("Afgeboekt", "Wat oninbaar bleek."),
    Account.PSP_FEES: Meaning("Kosten betaaldienst", "Door de betaaldienst ingehouden op uitbetalingen."),
    Account.PSP_OTHERS: Meaning(
        "Andere omzet via de betaaldienst", "Uitbetaald, maar niet van facturen in dit programma."
    ),
}

_AGAINST = {
    "invoice": Account.REVENUE,
    "credit": Account.CREDIT,
    "payment": Account.UNALLOCATED,
    "settlement": Account.DEBTORS,
    "correction": Account.CORRECTION,
    "write_off": Account.WRITE_OFF,
    "discount": Account.DISCOUNT,
    "interest": Account.INTEREST,
    "costs": Account.COSTS,
}


def booked_against(kind: str, component: str = "principal") -> Account:
    """The account that stands opposite debtors for an entry of this kind; a reversal asks for the kind it reverses."""
    if kind == "costs" and component == "costs_vat":
        return Account.COSTS_VAT
    return _AGAINST[kind]


def digest(balances: Balances) -> str:
    """The same for the same trial balance, whatever the order of its rows: to compare books before and after a restore."""
    plain = {
        currency: {account: str(amount) for account, amount in accounts.items() if amount}
        for currency, accounts in balances.items()
    }
    filled = {currency: accounts for currency, accounts in plain.items() if accounts}
    return hashlib.sha256(json.dumps(filled, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
