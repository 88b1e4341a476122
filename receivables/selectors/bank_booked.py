"""What was made of bank lines, the newest first; and money that went out, with the payment it seems to give back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from receivables.models import BankBooking, BankLine, Payment
from receivables.models.banking import BookingKind, LineState
from receivables.models.ledger import EntryKind
from receivables.selectors.bank_queue import said
from receivables.selectors.paging import Sort
from tenants.models import Tenant

BY_TIME = Sort(("at", "id"), is_descending=True)
BY_DAY = Sort(("booked_on", "id"), is_descending=True)
LONGEST_BACK = timedelta(days=400)  # a direct debit can be reversed for thirteen months


class Made(StrEnum):
    ALL = "alles"
    AUTOMATIC = "vanzelf"
    BY_HAND = "door-mensen"
    SET_ASIDE = "apart"
    RETURNS = "terug"
    UNDONE = "ongedaan"


MADE = {
    Made.ALL: "Alles",
    Made.AUTOMATIC: "Vanzelf geboekt",
    Made.BY_HAND: "Door mensen geboekt",
    Made.SET_ASIDE: "Geen ontvangst",
    Made.RETURNS: "Terugboekingen",
    Made.UNDONE: "Ongedaan gemaakt",
}


class Debits(StrEnum):
    RETURNS = "terugboekingen"
    ALL = "alles"


DEBITS = {Debits.RETURNS: "Lijkt op een terugboeking", Debits.ALL: "Alle afschrijvingen"}


@dataclass(frozen=True, slots=True)
class BookedRow:
    booking: BankBooking
    numbers: str

    @property
    def may_undo(self) -> bool:
        return self.booking.undone_at is None and self.booking.kind != BookingKind.SETTLEMENT


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment that a debit may give back, and how sure that is."""

    payment: Payment
    left: Decimal
    is_same_account: bool


@dataclass(frozen=True, slots=True)
class DebitRow:
    line: BankLine
    returned: Returned | None


def find_bookings(tenant: Tenant, made: Made, words: str) -> QuerySet[BankBooking]:
    rows = tenant.bank_bookings.filter(_made(made))
    if words:
        lines = tenant.bank_lines.filter(said(words)).order_by()
        rows = rows.filter(Q(line__in=lines.values("pk")) | Q(customer__name__icontains=words))
    return rows


def _made(made: Made) -> Q:
    standing = Q(undone_at=None)
    match made:
        case Made.AUTOMATIC:
            return standing & Q(is_automatic=True, kind=BookingKind.RECEIPT)
        case Made.BY_HAND:
            return standing & Q(is_automatic=False, kind=BookingKind.RECEIPT)
        case Made.SET_ASIDE:
            return standing & Q(kind=BookingKind.SET_ASIDE)
        case Made.RETURNS:
            return standing & Q(kind=BookingKind.RETURN)
        case Made.UNDONE:
            return ~standing
        case Made.ALL:
            return Q()


def booked_rows(tenant: Tenant, bookings: Sequence[BankBooking]) -> list[BookedRow]:
    """With the numbers of the invoices that each paid, in one query more."""
    paid = numbers_paid(tenant, [booking.payment_id for booking in bookings if booking.payment_id])
    return [
        BookedRow(booking, ", ".join(paid.get(booking.payment_id, ())) if booking.payment_id else "")
        for booking in bookings
    ]


def numbers_paid(tenant: Tenant, payments: Iterable[UUID]) -> dict[UUID, list[str]]:
    rows = tenant.ledger.filter(payment__in=list(payments), kind=EntryKind.PAYMENT).order_by("invoice__number")
    found: dict[UUID, list[str]] = defaultdict(list)
    for payment, number in rows.values_list("payment", "invoice__number").distinct():
        found[payment].append(number)
    return found


def find_debits(tenant: Tenant, wanted: Debits, words: str) -> QuerySet[BankLine]:
    """Money that went out; for the usual list only what looks like a payment coming back."""
    rows = tenant.bank_lines.filter(state=LineState.OUTGOING, amount__lt=0)
    if words:
        rows = rows.filter(said(words))
    if wanted is Debits.ALL:
        return rows
    same = tenant.payments.filter(counterparty_iban=OuterRef("counterparty_iban"), amount=OuterRef("given")).order_by()
    rows = rows.alias(given=-F("amount"))
    back = Exists(same.exclude(counterparty_iban=""))
    return rows.filter(Q(is_reversal=True) | back)


def debit_rows(tenant: Tenant, lines: Sequence[BankLine]) -> list[DebitRow]:
    """Each with the newest payment of that amount before it, from the same account when there is one; in one query."""
    amounts = {-line.amount for line in lines}
    payments = tenant.payments.filter(amount__in=amounts, customer__isnull=False, currency="EUR")
    if lines:
        first, last = min(line.booked_on for line in lines), max(line.booked_on for line in lines)
        payments = payments.filter(received_on__gte=first - LONGEST_BACK, received_on__lte=last)
    by_amount: dict[Decimal, list[Payment]] = defaultdict(list)
    for payment in (
        payments.select_related("customer").prefetch_related("returns").order_by("-received_on", "-pk")[:1000]
    ):
        by_amount[payment.amount].append(payment)
    return [DebitRow(line, _returned(line, by_amount[-line.amount])) for line in lines]


def _returned(line: BankLine, payments: Sequence[Payment]) -> Returned | None:
    fitting = [(payment, left) for payment in payments if (left := payment.kept) >= -line.amount]
    fitting = [(payment, left) for payment, left in fitting if payment.received_on <= line.booked_on]
    same = [each for each in fitting if line.counterparty_iban and each[0].counterparty_iban == line.counterparty_iban]
    if same:
        return Returned(*same[0], is_same_account=True)
    is_only_one = len(fitting) == 1 and (line.is_reversal or not line.counterparty_iban)
    return Returned(*fitting[0], is_same_account=False) if is_only_one else None
