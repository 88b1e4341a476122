"""What may explain one receipt, worked out now, as the page shows it: who, which invoices, what stays over, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from receivables.actions.bank_accepting import digest_of
from receivables.actions.bank_matching import proposals_for
from receivables.banking.books import Ours
from receivables.banking.near_books import load_books_for, load_near_books
from receivables.domain.matching.values import Proposal
from receivables.domain.money import Money
from receivables.models import BankLine, Customer, Invoice
from receivables.selectors.bank_queue import Sureness, sureness
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class ShownPart:
    """An invoice or credit note, what is open on it, and how much of the receipt goes there."""

    invoice: Invoice
    amount: Money


@dataclass(frozen=True, slots=True)
class Shown:
    """One proposal."""

    customer: Customer
    parts: list[ShownPart]
    left_over: Money
    sureness: Sureness
    reasons: list[str]
    digest: str


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A receipt with its best proposal, for agreeing with many at once."""

    line: BankLine
    shown: Shown


def proposals_of(tenant: Tenant, line: BankLine, *, on: date) -> list[Shown]:
    """Everything that may explain this line, the best first."""
    ours = load_near_books(tenant, line, on=on)
    found = proposals_for(ours, line)
    return [shown for _, shown in _shown(tenant, [(line, each, digest_of(line, each, ours)) for each in found])]


def bulk_rows(tenant: Tenant, lines: Sequence[BankLine], *, least: int, on: date) -> list[BulkRow]:
    """The lines whose proposal still holds and scores `least` or more, each as if those before it were booked."""
    ours = load_books_for(tenant, lines, on=on)
    found: list[tuple[BankLine, Proposal, str]] = []
    for line in lines:
        best = _best(ours, line)
        if best is not None and best.score >= least:
            found.append((line, best, digest_of(line, best, ours)))
            ours.books.settle(best.parts)
    return [BulkRow(line, shown) for line, shown in _shown(tenant, found)]


def _best(ours: Ours, line: BankLine) -> Proposal | None:
    """For whom it was proposed before, and no surer than it was then."""
    best = next(iter(proposals_for(ours, line)), None)
    if best is None or best.debtor_id != line.proposal.get("customer"):
        return None
    return replace(best, score=min(best.score, line.score))


def _shown(tenant: Tenant, found: Iterable[tuple[BankLine, Proposal, str]]) -> list[tuple[BankLine, Shown]]:
    given = list(found)
    wanted = {UUID(part.item_id) for _, proposal, _ in given for part in proposal.parts}
    invoices = tenant.invoices.in_bulk(list(wanted))
    customers = tenant.customers.in_bulk(list({UUID(proposal.debtor_id) for _, proposal, _ in given}))
    return [
        (
            line,
            Shown(
                customer=customers[UUID(proposal.debtor_id)],
                parts=[
                    ShownPart(invoices[UUID(part.item_id)], Money.from_cents(part.cents)) for part in proposal.parts
                ],
                left_over=Money.from_cents(proposal.left_over_cents),
                sureness=sureness(proposal.score),
                reasons=[str(reason) for reason in proposal.reasons],
                digest=digest,
            ),
        )
        for line, proposal, digest in given
    ]
