"""Reading the PSP's payouts: which payments, refunds and chargebacks went into which transfer, and what it cost.

With the organisation's token the PSP tells all of it. Without, only what each of our payments says about itself: then a
payout is known in part, and a person confirms what came in (docs/psp.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from receivables.domain.money import Money
from receivables.models import PaymentReturn, PspPayment, PspSettlement, PspSettlementLine
from receivables.models.paying import PspStatus
from receivables.paying.money_back import REVERSED
from receivables.paying.psp import (
    AccountProvider,
    PaymentProvider,
    PaymentReport,
    Payout,
    PayoutPart,
    PspError,
    SettlementReader,
)
from tenants import audit
from tenants.context import durable_tenant_context
from tenants.models import Tenant

PROVIDER = "mollie"
LOOK_BACK = timedelta(days=60)
SETTLES_AFTER = timedelta(days=1)
MOST_ASKED = 100
EXCESS = ":excess"
SMALL = Money.of("0.05")  # the PSP rounds each fee by itself
IN_PART = "Alleen bekend van betalingen via Voldaan: vul het toegangstoken in om de hele uitbetaling te lezen."


def sync(tenant: Tenant, reader: SettlementReader, *, now: datetime) -> int:
    """Store every payout that is not known yet, with its parts; says how many. Safe to run again at any time."""
    payouts = [payout for payout in reader.payouts() if payout.is_paid_out]
    with durable_tenant_context(tenant.pk):
        told = tenant.psp_settlements.filter(psp_id__in=[payout.id for payout in payouts]).exclude(reference="")
        known = set(told.values_list("psp_id", flat=True))
    fresh = [payout for payout in payouts if payout.id not in known]
    for payout in fresh:
        parts = list(reader.payout_parts(payout.id))
        with durable_tenant_context(tenant.pk):
            _store(tenant, payout, parts, now=now)
    with durable_tenant_context(tenant.pk):
        link_parts(tenant, now=now)
    return len(fresh)


def sync_from_payments(tenant: Tenant, provider: PaymentProvider, *, now: datetime) -> int:
    """Without the organisation's token: ask each paid payment in which payout it went; says how many knew."""
    with durable_tenant_context(tenant.pk):
        asked = list(_unsettled(tenant, now=now)[:MOST_ASKED])
    reports = [report for report in _fetched(provider, asked) if report.settlement_id]
    for report in reports:
        with durable_tenant_context(tenant.pk):
            _store_in_part(tenant, report, now=now)
    with durable_tenant_context(tenant.pk):
        link_parts(tenant, now=now)
    return len(reports)


def notice_money_back(tenant: Tenant, provider: AccountProvider, *, now: datetime) -> int:
    """Find refunds and chargebacks whose webhook never came, and have their payments looked at; says how many."""
    backs = [back for back in provider.recent_money_back() if back.payment_id]
    final = {f"{PROVIDER}:{back.id}": back.payment_id for back in backs if back.is_final}
    undone = {f"{PROVIDER}:{back.id}": back.payment_id for back in backs if back.is_undone}
    with durable_tenant_context(tenant.pk):
        returns = tenant.payment_returns.filter(source_key__in=[*final, *undone])
        booked = set(returns.values_list("source_key", flat=True))
        again = tenant.payments.filter(source_key__in=[key + REVERSED for key in undone])
        given_again = set(again.values_list("source_key", flat=True))
        missed = [payment_id for key, payment_id in final.items() if key not in booked]
        missed += [
            payment_id for key, payment_id in undone.items() if key in booked and key + REVERSED not in given_again
        ]
        return look_at(tenant, missed, now=now)


def link_parts(tenant: Tenant, *, now: datetime) -> None:
    """Tie parts to what we booked of them. One of ours that is not booked yet has a webhook that never came: look now."""
    loose = tenant.psp_settlement_lines.filter(
        payment=None, payment_return=None, settlement__created_at__gt=now - LOOK_BACK
    )
    lines = {f"{PROVIDER}:{line.object_id}": line for line in loose}
    for payment in tenant.payments.filter(source_key__in=lines):
        line = lines.pop(payment.source_key)
        line.payment = payment
        line.save(update_fields=["payment"])
    for returned in tenant.payment_returns.filter(source_key__in=lines):
        _link_return(tenant, lines.pop(returned.source_key), returned)
    missed = [line.object_id for line in lines.values() if line.object_id.startswith("tr_")]
    look_at(tenant, missed, now=now)


def _link_return(tenant: Tenant, line: PspSettlementLine, returned: PaymentReturn) -> None:
    """More may have gone back than was left of the payment: the rest is no return of ours, and a person was asked about it."""
    excess = line.amount + returned.amount  # the line is negative
    line.amount, line.payment_return = -returned.amount, returned
    line.save(update_fields=["amount", "payment_return"])
    if excess:
        rest = {"settlement": line.settlement, "amount": excess}
        tenant.psp_settlement_lines.get_or_create(object_id=f"{line.object_id}{EXCESS}", defaults=rest)


def look_at(tenant: Tenant, psp_ids: Iterable[str], *, now: datetime) -> int:
    """Have the poll look at these payments, if they are ours; says how many are."""
    ours = tenant.psp_payments.filter(psp_id__in=[psp_id for psp_id in psp_ids if psp_id])
    return ours.update(next_poll_at=now)


def _store(tenant: Tenant, payout: Payout, parts: Sequence[PayoutPart], *, now: datetime) -> None:
    """One payout with its parts. What the parts hold beyond the amount is what the PSP kept, so that it always adds up."""
    settlement, is_new = tenant.psp_settlements.get_or_create(
        provider=PROVIDER, psp_id=payout.id, defaults={"amount": payout.amount.amount, "created_at": now}
    )
    if settlement.bank_line_id is not None and settlement.amount != payout.amount.amount:
        settlement.problem = (
            f"De betaaldienst meldt {payout.amount}, gekoppeld is een bankregel van {settlement.amount}: maak die los."
        )
        settlement.save(update_fields=["problem"])
        return
    taken = _taken(tenant, settlement, parts)
    amounts = dict(_amounts(parts, taken))
    fees = Money.total(amounts.values()) - payout.amount
    settlement.amount, settlement.fees = payout.amount.amount, fees.amount
    settlement.reference, settlement.currency = payout.reference or payout.id, payout.currency
    settlement.settled_on = timezone.localtime(payout.settled_at).date() if payout.settled_at else None
    settlement.problem = _doubt(payout, fees, taken - {part.id for part in parts if part.is_undone})
    settlement.save()
    settlement.lines.all().delete()
    PspSettlementLine.across_tenants.bulk_create(
        PspSettlementLine(tenant=tenant, settlement=settlement, object_id=object_id, amount=amount.amount)
        for object_id, amount in amounts.items()
    )
    look_at(tenant, _unbooked(tenant, parts), now=now)
    details = {"reference": str(settlement), "amount": str(payout.amount), "fees": str(fees), "parts": len(parts)}
    if is_new:
        audit.record(tenant, "psp_settlement.read", now=now, subject=settlement, details=details)


def _taken(tenant: Tenant, settlement: PspSettlement, parts: Sequence[PayoutPart]) -> set[str]:
    """Parts that already stand in another payout: a payment is settled once."""
    rows = tenant.psp_settlement_lines.filter(object_id__in=[part.id for part in parts])
    return set(rows.exclude(settlement=settlement).values_list("object_id", flat=True))


def _amounts(parts: Sequence[PayoutPart], taken: set[str]) -> Iterator[tuple[str, Money]]:
    """What each part adds. A chargeback that an earlier payout took off and that was reversed since comes back in this one."""
    for part in parts:
        if part.id not in taken:
            yield part.id, part.amount
        elif part.is_undone:
            yield f"{part.id}{REVERSED}", abs(part.amount)


def _doubt(payout: Payout, fees: Money, taken: set[str]) -> str:
    if taken:
        return f"{', '.join(sorted(taken))[:200]} stond al in een andere uitbetaling."
    if fees and abs(fees - payout.fees) > SMALL:
        return f"De betaaldienst noemt {payout.fees} aan kosten, maar hield {fees} in."
    return ""


def _unbooked(tenant: Tenant, parts: Sequence[PayoutPart]) -> list[str]:
    """The payments of refunds and chargebacks we have not booked."""
    back = {f"{PROVIDER}:{part.id}": part.payment_id for part in parts if not part.id.startswith("tr_")}
    booked = tenant.payment_returns.filter(source_key__in=back).values_list("source_key", flat=True)
    return [payment_id for key, payment_id in back.items() if key not in set(booked)]


def _unsettled(tenant: Tenant, *, now: datetime) -> QuerySet[PspPayment]:
    """Paid payments that stand in no payout yet, the longest unsettled first."""
    settled = tenant.psp_settlement_lines.filter(settlement__created_at__gt=now - 2 * LOOK_BACK).values("object_id")
    paid = tenant.psp_payments.filter(
        status=PspStatus.PAID, paid_at__gt=now - LOOK_BACK, paid_at__lt=now - SETTLES_AFTER
    )
    return paid.exclude(psp_id__in=settled).order_by("paid_at")


def _fetched(provider: PaymentProvider, attempts: Sequence[PspPayment]) -> Iterable[PaymentReport]:
    for attempt in attempts:
        try:
            yield provider.fetch(attempt.psp_id)
        except PspError:
            continue


def _store_in_part(tenant: Tenant, report: PaymentReport, *, now: datetime) -> None:
    """Add one payment to its payout, of which we know no more than this."""
    settlement, _ = tenant.psp_settlements.get_or_create(
        provider=PROVIDER,
        psp_id=report.settlement_id,
        defaults={"amount": 0, "currency": report.currency, "problem": IN_PART, "created_at": now},
    )
    settlement = tenant.psp_settlements.select_for_update(no_key=True).get(pk=settlement.pk)
    amount = report.settled if report.settled is not None else report.amount
    _, is_new = tenant.psp_settlement_lines.get_or_create(
        object_id=report.id, defaults={"settlement": settlement, "amount": amount.amount}
    )
    if not is_new:
        return
    if settlement.bank_line_id is None:
        settlement.amount += amount.amount
    else:
        settlement.fees += amount.amount
    settlement.save(update_fields=["amount", "fees"])
