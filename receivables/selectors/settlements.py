"""What the PSP still holds of a tenant, and what it paid out: money that is booked and not yet on the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr

from receivables.models import BankLine, Payment, PaymentReturn, PspSettlement, PspSettlementLine
from receivables.models.banking import LineState
from receivables.models.ledger import PaymentChannel
from receivables.paying.settlements import is_from_psp
from receivables.selectors.paging import Sort
from tenants.models import Tenant

NEWEST = Sort(("received_on", "id"), is_descending=True)
NEWEST_SETTLEMENT = Sort(("created_at", "id"), is_descending=True)
PREFIX = "mollie:"
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class AtPsp:
    """Where the money is: still at the PSP, on its way, or with a question."""

    unsettled: Decimal
    on_its_way: Decimal
    waiting: int
    problems: int


def unsettled(tenant: Tenant) -> QuerySet[Payment]:
    """Payments the PSP confirmed that stand in no payout yet, with what went back of them in the meantime."""
    returned = tenant.payment_returns.filter(payment=OuterRef("pk"), source_key__startswith=PREFIX)
    payments = tenant.payments.filter(channel=PaymentChannel.PSP, source_key__startswith=PREFIX)
    return payments.filter(~Exists(_in_payout(tenant))).annotate(has_returns=Exists(returned))


def at_psp(tenant: Tenant) -> AtPsp:
    """The sums over the screen."""
    paid = unsettled(tenant).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    back = _unsettled_returns(tenant).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    waiting = tenant.psp_settlements.filter(bank_line=None)
    way = waiting.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return AtPsp(
        unsettled=paid - back,
        on_its_way=way,
        waiting=waiting.count(),
        problems=tenant.psp_settlements.exclude(problem="").count(),
    )


def settlements(tenant: Tenant, state: str) -> QuerySet[PspSettlement]:
    """Payouts: all, those that wait for their bank line, those that came in, those with a question."""
    rows = tenant.psp_settlements.all()
    conditions = {"open": Q(bank_line=None), "binnen": Q(bank_line__isnull=False), "vraag": ~Q(problem="")}
    return rows.filter(conditions[state]) if state in conditions else rows


@dataclass(frozen=True, slots=True)
class Candidate:
    """A receipt that looks like this payout; `may_be` when its amount allows it."""

    pk: UUID
    booked_on: date
    amount: Decimal
    counterparty_name: str
    text: str
    may_be: bool


def lines_for(tenant: Tenant, settlement: PspSettlement) -> list[Candidate]:
    """Receipts that may be this payout: of the PSP, or of exactly this amount; those of this amount first, then the newest."""
    waiting = tenant.bank_lines.filter(state=LineState.OPEN, currency=settlement.currency)
    likely = waiting.filter(Q(counterparty_name__icontains="mollie") | Q(amount=settlement.amount))
    found = list(likely.order_by("-booked_on", "-id")[:MOST_LINES])
    likely_lines = [line for line in found if is_from_psp(line) or line.amount == settlement.amount]
    return sorted((_candidate(settlement, line) for line in likely_lines), key=lambda one: not one.may_be)


def parts(tenant: Tenant, settlement: PspSettlement) -> QuerySet[PspSettlementLine]:
    rows = tenant.psp_settlement_lines.filter(settlement=settlement)
    return rows.select_related("payment__customer", "payment_return__payment__customer").order_by("-amount", "id")


def _candidate(settlement: PspSettlement, line: BankLine) -> Candidate:
    """A payout known in part may come in for less: the rest are the PSP's fees."""
    is_less = not settlement.reference and line.amount <= settlement.amount
    may_be = line.amount == settlement.amount or is_less
    return Candidate(line.pk, line.booked_on, line.amount, line.counterparty_name, line.text, may_be)


def _unsettled_returns(tenant: Tenant) -> QuerySet[PaymentReturn]:
    returns = tenant.payment_returns.filter(source_key__startswith=PREFIX)
    return returns.filter(~Exists(_in_payout(tenant)))


def _in_payout(tenant: Tenant) -> QuerySet[PspSettlementLine]:
    """The payout that holds the row outside, by the PSP's own id: there is one at most, and an index on it."""
    number = Substr(OuterRef("source_key"), len(PREFIX) + 1)
    return tenant.psp_settlement_lines.filter(object_id=number)
