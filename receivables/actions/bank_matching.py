"""Open receipts against the books: what is sure enough books itself, the rest gets its best proposal and waits for a person.

The books are read once per run and kept up to date as it goes; each line is booked in a transaction of its own, in which
what is open is looked at again: between reading and booking a debtor may have paid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from receivables.actions.bank_booking import EUR, BankLineError, Ground, Share, book_receipt
from receivables.actions.ledger import lock_customer
from receivables.banking.books import Ours, load_books, receipt_of
from receivables.domain.matching import propose
from receivables.domain.matching.values import Evidence, Proposal
from receivables.domain.money import Money
from receivables.models import BankLine
from receivables.models.banking import LineState
from receivables.paying import settlements
from tenants.context import tenant_context
from tenants.models import Tenant

BATCH = 500
MOST = 5
TEACHES = frozenset({Evidence.REFERENCE, Evidence.NUMBER, Evidence.NUMBER_WRITTEN, Evidence.IBAN})


@dataclass(frozen=True, slots=True)
class Matched:
    """What one run did."""

    seen: int = 0
    booked: int = 0
    cleared: int = 0

    def plus(self, other: Matched) -> Matched:
        return Matched(self.seen + other.seen, self.booked + other.booked, self.cleared + other.cleared)


def match_open_lines(
    tenant: Tenant, *, on: date, now: datetime, tell: Callable[[int], None] = lambda _: None
) -> Matched:
    """Go over every open receipt of a tenant, oldest first. Safe to run twice, or in two places at once."""
    with tenant_context(tenant.pk):
        ours = load_books(tenant, on=on)
    total = Matched()
    for batch in _batches(tenant):
        for line in batch:
            total = total.plus(_match_one(tenant, line, ours, on=on, now=now))
        tell(total.seen)
    return total


def proposals_for(ours: Ours, line: BankLine, *, most: int = MOST) -> tuple[Proposal, ...]:
    """What may explain this line, the best first; nothing for money of a payment provider or in another currency."""
    if line.currency != EUR or line.amount <= 0 or settlements.is_from_psp(line):
        return ()
    return propose(receipt_of(line), ours.books, most=most)


def as_shown(proposal: Proposal, ours: Ours) -> dict[str, Any]:
    """A proposal as plain values, to keep with the line."""
    return {
        "customer": proposal.debtor_id,
        "parts": [
            {
                "invoice": part.item_id,
                "number": ours.numbers.get(part.item_id, ""),
                "amount": str(Money.from_cents(part.cents)),
            }
            for part in proposal.parts
        ],
        "left_over": str(Money.from_cents(proposal.left_over_cents)),
        "score": proposal.score,
        "why": [str(reason) for reason in proposal.reasons],
    }


def share_of(line: BankLine, proposal: Proposal) -> Share:
    """What booking this proposal comes to."""
    return Share(
        customer_id=UUID(proposal.debtor_id),
        amount=Money.of(line.amount),
        invoice_ids=tuple(UUID(part.item_id) for part in proposal.parts),
    )


def still_open(tenant: Tenant, share: Share, ours: Ours) -> bool:
    """Whether what the proposal pays is open as it was when the books were read; under the customer's lock."""
    rows = tenant.invoices.filter(pk__in=share.invoice_ids, customer_id=share.customer_id)
    now_open = {str(pk): Money.of(amount).cents for pk, amount in rows.values_list("pk", "open_amount")}
    return all(now_open.get(str(pk)) == ours.books.open_cents(str(pk)) for pk in share.invoice_ids)


def _batches(tenant: Tenant) -> Iterator[list[BankLine]]:
    """Open receipts in the order of their day; a line that stays open is not met twice."""
    after: tuple[date, UUID] | None = None
    while True:
        with tenant_context(tenant.pk):
            rows = tenant.bank_lines.filter(state=LineState.OPEN, amount__gt=0).order_by("booked_on", "id")
            rows = rows.annotate(was_undone=_undone(tenant))
            if after is not None:
                day, pk = after
                rows = rows.filter(booked_on__gte=day).exclude(booked_on=day, id__lte=pk)
            batch: list[BankLine] = list(rows[:BATCH])
        if not batch:
            return
        yield batch
        after = (batch[-1].booked_on, batch[-1].pk)


def _match_one(tenant: Tenant, line: BankLine, ours: Ours, *, on: date, now: datetime) -> Matched:
    if settlements.is_from_psp(line):
        return Matched(seen=1, cleared=int(settlements.clear_one(tenant, line, now=now)))
    found = proposals_for(ours, line)
    best = found[0] if found else None
    if best is not None and _is_sure(tenant, line, best) and _book(tenant, line, best, ours, on=on, now=now):
        ours.books.settle(best.parts)
        if line.counterparty_iban and _teaches(best):
            ours.books.learn(line.counterparty_iban, best.debtor_id)
        return Matched(seen=1, booked=1)
    _keep(tenant, line, best, ours)
    return Matched(seen=1)


def _undone(tenant: Tenant) -> Exists:
    """Somebody took a booking of this line back: from then on only a person books it."""
    return Exists(tenant.bank_bookings.filter(line=OuterRef("pk"), undone_at__isnull=False).order_by())


def _is_sure(tenant: Tenant, line: BankLine, best: Proposal) -> bool:
    return best.score >= tenant.match_threshold and not getattr(line, "was_undone", False)


def _book(tenant: Tenant, line: BankLine, best: Proposal, ours: Ours, *, on: date, now: datetime) -> bool:
    """Book what is sure, when the books still say what the proposal rests on."""
    share = share_of(line, best)
    ground = Ground(score=best.score, why=tuple(map(str, best.reasons)), teaches=_teaches(best))
    with tenant_context(tenant.pk):
        lock_customer(tenant, share.customer_id)
        if not still_open(tenant, share, ours):
            return False
        try:
            book_receipt(tenant, line, [share], ground=ground, on=on, now=now)
        except BankLineError:  # another run, or a person, was first
            return False
    return True


def _teaches(proposal: Proposal) -> bool:
    """An account is learned where the payer named what is paid; a likeness of names and amounts teaches nothing."""
    return any(reason.evidence in TEACHES for reason in proposal.reasons)


def _keep(tenant: Tenant, line: BankLine, best: Proposal | None, ours: Ours) -> None:
    shown = as_shown(best, ours) if best else {}
    score = best.score if best else 0
    if shown != line.proposal or score != line.score:
        with tenant_context(tenant.pk):
            tenant.bank_lines.filter(pk=line.pk, state=LineState.OPEN).update(proposal=shown, score=score)
