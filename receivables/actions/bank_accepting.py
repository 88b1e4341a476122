"""A person agrees with a proposal: what was shown is worked out again, and booked only when it is still the same.

The page shows a digest with each proposal. Between showing and agreeing a debtor may have paid, or a colleague may have
booked; then the digest is of nothing that is proposed now, and nothing happens.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from receivables.actions.bank_booking import BankLineError, Ground, Share, book_receipt, undo
from receivables.actions.bank_matching import proposals_for, share_of, still_open
from receivables.actions.ledger import lock_customer
from receivables.banking.books import Ours
from receivables.banking.near_books import load_books_for, load_near_books
from receivables.domain.matching.values import Proposal
from receivables.domain.money import Money
from receivables.models import BankBooking, BankLine
from receivables.models.banking import BookingKind, LineState
from tenants.models import Tenant, User

CHANGED = "Dit voorstel klopt niet meer: er is intussen iets geboekt of betaald. Kijk opnieuw."
REMEMBERED = timedelta(hours=12)  # so long the last thing somebody did can be undone with one key
UNDOABLE = (BookingKind.RECEIPT, BookingKind.SET_ASIDE)
Agreed = tuple[UUID, str]  # a line, and the digest of what was shown


@dataclass(slots=True)
class Accepted:
    """What became of a list of agreements."""

    bookings: list[BankBooking] = field(default_factory=list)
    refused: int = 0

    @property
    def amount(self) -> Money:
        return Money.total(Money.of(booking.amount) for booking in self.bookings)


@dataclass(frozen=True, slots=True)
class LastDone:
    """The last thing a person did in the queue: one line, or a list that was agreed with at once."""

    at: datetime
    bookings: list[BankBooking]


def digest_of(line: BankLine, proposal: Proposal, ours: Ours) -> str:
    """What a proposal says of a line, and what was open when it said so."""
    parts = [[part.item_id, part.cents, ours.books.open_cents(part.item_id)] for part in proposal.parts]
    said = [str(line.pk), str(line.amount), proposal.debtor_id, parts, proposal.left_over_cents]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def accept(tenant: Tenant, line: BankLine, digest: str, *, by: User, on: date, now: datetime) -> list[BankBooking]:
    """Book the proposal with this digest; refused when it is no longer proposed."""
    ours = load_near_books(tenant, line, on=on)
    proposal = _agreed(line, digest, ours)
    if proposal is None:
        raise BankLineError(CHANGED)
    return _book(tenant, line, proposal, ours, by=by, on=on, now=now)


def accept_many(tenant: Tenant, agreed: Sequence[Agreed], *, by: User, on: date, now: datetime) -> Accepted:
    """Book what still holds of a list that was shown together, in its order; the rest stays in the queue."""
    rows = tenant.bank_lines.filter(state=LineState.OPEN).in_bulk([pk for pk, _ in agreed])
    ours, result = load_books_for(tenant, list(rows.values()), on=on), Accepted()
    found: list[tuple[BankLine, Proposal, dict[str, int]]] = []
    for pk, digest in agreed:
        line = rows.get(pk)
        proposal = _agreed(line, digest, ours) if line else None
        if line is None or proposal is None:
            result.refused += 1
            continue
        found.append((line, proposal, {part.item_id: ours.books.open_cents(part.item_id) for part in proposal.parts}))
        ours.books.settle(proposal.parts)
    for customer_id in sorted({share_of(line, proposal).customer_id for line, proposal, _ in found}):
        lock_customer(tenant, customer_id)
    for line, proposal, was_open in found:
        if not _is_open_as(tenant, share_of(line, proposal), was_open):
            result.refused += 1
            continue
        try:
            result.bookings += _receive(tenant, line, proposal, by=by, on=on, now=now)
        except BankLineError:  # somebody else was first
            result.refused += 1
    return result


def last_done(tenant: Tenant, by: User, *, now: datetime) -> LastDone | None:
    """What this person did last and may still undo with one key."""
    mine = tenant.bank_bookings.filter(by=by, at__gt=now - REMEMBERED, undone_at=None, kind__in=UNDOABLE)
    newest = mine.order_by("-at").values_list("at", flat=True).first()
    if newest is None:
        return None
    rows = mine.filter(at=newest).select_related("line", "customer").order_by("line", "part")
    return LastDone(newest, list(rows))


@transaction.atomic
def undo_last(tenant: Tenant, done: LastDone, *, by: User, now: datetime) -> list[BankLine]:
    """Put back in the queue what this person did last; all of it, or nothing."""
    for customer_id in sorted({row.customer_id for row in done.bookings if row.customer_id}):
        lock_customer(tenant, customer_id)
    lines = {booking.line_id: booking.line for booking in done.bookings}
    for line in lines.values():
        undo(tenant, line, why="Vergissing", by=by, now=now)
    return list(lines.values())


def _agreed(line: BankLine, digest: str, ours: Ours) -> Proposal | None:
    return next((each for each in proposals_for(ours, line) if digest_of(line, each, ours) == digest), None)


def _book(
    tenant: Tenant, line: BankLine, proposal: Proposal, ours: Ours, *, by: User, on: date, now: datetime
) -> list[BankBooking]:
    share = share_of(line, proposal)
    lock_customer(tenant, share.customer_id)
    if not still_open(tenant, share, ours):
        raise BankLineError(CHANGED)
    return _receive(tenant, line, proposal, by=by, on=on, now=now)


def _receive(
    tenant: Tenant, line: BankLine, proposal: Proposal, *, by: User, on: date, now: datetime
) -> list[BankBooking]:
    ground = Ground(by=by, score=proposal.score, why=tuple(map(str, proposal.reasons)))
    return book_receipt(tenant, line, [share_of(line, proposal)], ground=ground, on=on, now=now)


def _is_open_as(tenant: Tenant, share: Share, was_open: dict[str, int]) -> bool:
    rows = tenant.invoices.filter(pk__in=share.invoice_ids, customer_id=share.customer_id)
    return {str(pk): Money.of(amount).cents for pk, amount in rows.values_list("pk", "open_amount")} == was_open
