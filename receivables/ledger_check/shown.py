"""What the screen shows of a check: the six promises with their breaches, and the trial balance with what each account means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from receivables.domain.ledger_accounts import Account, Balances
from receivables.domain.ledger_invariants import Breach, Invariant
from receivables.domain.money import Money
from receivables.ledger_check import Found
from tenants.models import Tenant

ACCOUNTS = {account.value: account.meaning for account in Account}


@dataclass(frozen=True, slots=True)
class Example:
    """A row where a breach shows. `page` is the name of the screen of `pk`; empty when there is none."""

    label: str
    page: str = ""
    pk: UUID | None = None


@dataclass(frozen=True, slots=True)
class ShownBreach:
    sentence: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class InvariantRow:
    """One promise: it holds when it has no breaches."""

    invariant: Invariant
    breaches: tuple[ShownBreach, ...]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account; exactly one of debit and credit is more than nothing."""

    label: str
    says: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True)
class Trial:
    """The trial balance of one currency; both totals are the same when the books are in order."""

    currency: str
    rows: tuple[AccountRow, ...]
    debit: Money
    credit: Money


def invariant_rows(tenant: Tenant, found: Found) -> list[InvariantRow]:
    """All six, also those that hold; examples are looked up per kind, not per row."""
    known = _known(tenant, [example for breach in found.breaches for example in breach.examples])
    rows: dict[Invariant, list[ShownBreach]] = defaultdict(list)
    for breach in found.breaches:
        rows[breach.invariant].append(_shown(breach, known))
    return [InvariantRow(invariant, tuple(rows[invariant])) for invariant in Invariant]


def trials(balances: Balances) -> list[Trial]:
    return [_trial(currency, balances[currency]) for currency in sorted(balances)]


def _trial(currency: str, accounts: Mapping[str, Money]) -> Trial:
    known = [(name, accounts[name]) for name in ACCOUNTS if name in accounts]
    rows = tuple(_account_row(name, amount) for name, amount in known)
    debit = Money.total(row.debit for row in rows if row.debit is not None)
    credit = Money.total(row.credit for row in rows if row.credit is not None)
    return Trial(currency, rows, debit, credit)


def _account_row(name: str, amount: Money) -> AccountRow:
    meaning, is_debit = ACCOUNTS[name], amount > Money.zero()
    return AccountRow(meaning.label, meaning.says, amount if is_debit else None, None if is_debit else -amount)


def _shown(breach: Breach, known: Mapping[str, Example]) -> ShownBreach:
    return ShownBreach(breach.sentence, tuple(known.get(key) or Example(_plain(key)) for key in breach.examples))


def _plain(key: str) -> str:
    kind, _, rest = key.partition(":")
    return {"lock": f"slot {rest}", "right": f"recht {rest}"}.get(kind, key)


def _known(tenant: Tenant, examples: Iterable[str]) -> dict[str, Example]:
    """Where each example can be looked at; what is gone, or has no page, stays a word."""
    asked: dict[str, dict[UUID, list[str]]] = defaultdict(lambda: defaultdict(list))
    for example in examples:
        kind, _, rest = example.partition(":")
        with suppress(ValueError):  # a broken row may have a broken key
            asked[kind][UUID(rest.partition(":")[0])].append(example)
    found: dict[str, Example] = {}
    for kind in asked.keys() & _FINDERS.keys():
        for pk, label, page, page_pk in _FINDERS[kind](tenant, list(asked[kind])):
            found |= dict.fromkeys(asked[kind][pk], Example(label, page, page_pk))
    return found


Rows = Iterable[tuple[UUID, str, str, UUID]]


def _entries(tenant: Tenant, keys: list[UUID]) -> Rows:
    for pk, invoice_id, number in tenant.ledger.filter(pk__in=keys).values_list("pk", "invoice_id", "invoice__number"):
        yield pk, f"factuur {number}", "dunning:invoice", invoice_id


def _invoices(tenant: Tenant, keys: list[UUID]) -> Rows:
    for pk, number in tenant.invoices.filter(pk__in=keys).values_list("pk", "number"):
        yield pk, f"factuur {number}", "dunning:invoice", pk


def _payments(tenant: Tenant, keys: list[UUID]) -> Rows:
    rows = tenant.payments.filter(pk__in=keys, customer__isnull=False)
    for pk, customer_id, name, day in rows.values_list("pk", "customer_id", "customer__name", "received_on"):
        yield pk, f"betaling van {name}, {day:%d-%m-%Y}", "dunning:customer", customer_id


def _returns(tenant: Tenant, keys: list[UUID]) -> Rows:
    rows = tenant.payment_returns.filter(pk__in=keys, payment__customer__isnull=False)
    names = ("pk", "payment__customer_id", "payment__customer__name", "returned_on")
    for pk, customer_id, name, day in rows.values_list(*names):
        yield pk, f"teruggave aan {name}, {day:%d-%m-%Y}", "dunning:customer", customer_id


def _psp_payments(tenant: Tenant, keys: list[UUID]) -> Rows:
    rows = tenant.psp_payments.filter(pk__in=keys)
    for pk, customer_id, name, psp_id in rows.values_list("pk", "customer_id", "customer__name", "psp_id"):
        yield pk, f"online betaling {psp_id} van {name}", "dunning:customer", customer_id


_FINDERS = {
    "entry": _entries,
    "invoice": _invoices,
    "settlement": _invoices,
    "payment": _payments,
    "return": _returns,
    "psp_payment": _psp_payments,
}
