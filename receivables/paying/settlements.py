"""The PSP's payout on the bank statement: recognised, cleared against what was booked per payment, never booked again.

What a debtor pays is booked when the PSP confirms it. The payout that follows is the same money; booked as a receipt of a
customer it would count twice, so a line of the PSP is never offered to the matching of customers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from receivables.actions.bank_states import hold_or_free_line
from receivables.domain.money import Money
from receivables.models import BankLine, PspSettlement
from receivables.models.banking import BookingKind, LineState
from tenants import audit
from tenants.context import tenant_context
from tenants.models import Tenant, User

PAYERS = re.compile(
    r"\b(stichting|stg\.?)\s+mollie\b|\bmollie\s+(payments|b\.?\s?v\b|holding)|^\s*mollie\s*$", re.IGNORECASE
)
REFERENCE = re.compile(r"(?<![\d.])\d{5,10}\.\d{4}\.\d{2}(?![\d.])")  # 1182161.1506.02
CLEARABLE = frozenset({LineState.OPEN, LineState.OUTGOING})
EARLY, LATE = timedelta(days=1), timedelta(days=10)  # around the day the PSP says it paid


class SettlementError(ValueError):
    """This cannot be done with this payout; the message says why, in Dutch."""


def is_from_psp(line: BankLine) -> bool:
    """Whether this line is a payout of the PSP, so that it is nobody's payment. Looks at who paid, not at free text alone."""
    if PAYERS.search(line.counterparty_name):
        return True
    return not line.counterparty_name and "mollie" in line.text.lower() and bool(REFERENCE.search(_said(line)))


def recognise(tenant: Tenant, line: BankLine) -> PspSettlement | None:
    """The payout this line is: named by its reference, or the only one of this amount around this day."""
    waiting = tenant.psp_settlements.filter(bank_line=None, currency=line.currency)
    if named := set(REFERENCE.findall(_said(line))):
        found = waiting.filter(reference__in=named).order_by("pk").first()
        if found is not None:
            return found
    if not is_from_psp(line):
        return None
    around = waiting.filter(amount=line.amount).exclude(settled_on__gt=line.booked_on + EARLY, settled_on__isnull=False)
    fitting = list(around.exclude(settled_on__lt=line.booked_on - LATE, settled_on__isnull=False)[:2])
    return fitting[0] if len(fitting) == 1 else None


def clear(tenant: Tenant, settlement: PspSettlement, line: BankLine, *, now: datetime, by: User | None = None) -> bool:
    """Say that this line is that payout. False, with the reason on the payout, when the amounts differ or one is taken."""
    line = tenant.bank_lines.select_for_update(no_key=True).get(pk=line.pk)
    settlement = tenant.psp_settlements.select_for_update(no_key=True).get(pk=settlement.pk)
    if line.state not in CLEARABLE or settlement.bank_line_id is not None:
        return False
    if by is not None and not settlement.reference:
        _learn_amount(settlement, line)
    if problem := _differs(settlement, line):
        if settlement.problem != problem:
            settlement.problem = problem
            settlement.save(update_fields=["problem"])
        return False
    settlement.bank_line, settlement.cleared_at, settlement.problem = line, now, ""
    settlement.save(update_fields=["bank_line", "cleared_at", "problem", "amount", "fees"])
    line.state = LineState.CLEARED
    line.save(update_fields=["state"])
    _book(tenant, settlement, line, by=by, now=now)
    _tell(tenant, "psp_settlement.cleared", settlement, line, by=by, now=now)
    return True


def release(tenant: Tenant, settlement: PspSettlement, *, why: str, by: User, now: datetime) -> None:
    """Take a clearing back: the line returns to the queue, the payout waits for its line again. The rows stay."""
    if settlement.bank_line_id is None:
        raise SettlementError("Deze uitbetaling is nog niet gekoppeld.")
    line = tenant.bank_lines.select_for_update(no_key=True).get(pk=settlement.bank_line_id)
    settlement = tenant.psp_settlements.select_for_update(no_key=True).get(pk=settlement.pk)
    standing = line.bookings.filter(kind=BookingKind.SETTLEMENT, undone_at=None)
    if settlement.bank_line_id != line.pk or not standing.update(undone_at=now, undone_by=by, undone_why=why[:300]):
        raise SettlementError("Deze uitbetaling is intussen al losgekoppeld.")
    settlement.bank_line, settlement.cleared_at = None, None
    settlement.save(update_fields=["bank_line", "cleared_at"])
    line.state = LineState.OPEN if line.amount > 0 else LineState.OUTGOING
    line.save(update_fields=["state"])
    hold_or_free_line(tenant, line)
    _tell(tenant, "psp_settlement.released", settlement, line, by=by, now=now, why=why)


def clear_waiting(tenant: Tenant, *, now: datetime) -> int:
    """Lines of the PSP that came before their payout was known; says how many were cleared."""
    with tenant_context(tenant.pk):
        lines = tenant.bank_lines.filter(state=LineState.OPEN, counterparty_name__icontains="mollie")
        waiting = list(lines.order_by("booked_on", "pk")[:500])
    return sum(clear_one(tenant, line, now=now) for line in waiting)


def clear_one(tenant: Tenant, line: BankLine, *, now: datetime) -> bool:
    """Clear a line of the PSP when its payout is known; False leaves it for later or for a person."""
    with tenant_context(tenant.pk):
        settlement = recognise(tenant, line)
        return settlement is not None and clear(tenant, settlement, line, now=now)


def _said(line: BankLine) -> str:
    """All that may hold the reference. A bank breaks its lines anywhere, also inside a number."""
    texts: Iterable[str] = (line.text, line.reference, line.end_to_end_id)
    return " ".join([*texts, re.sub(r"(?<=[\d.])\s(?=[\d.])", "", line.text)])


def _differs(settlement: PspSettlement, line: BankLine) -> str:
    lines = Money.total(Money.of(part.amount) for part in settlement.lines.all())
    if lines != Money.of(settlement.amount) + Money.of(settlement.fees):
        return f"De regels van deze uitbetaling zijn samen {lines}; dat is niet het uitbetaalde bedrag met de kosten."
    if settlement.currency == line.currency and settlement.amount == line.amount:
        return ""
    told = f"{settlement.amount} {settlement.currency}"
    return f"Op de bank kwam {line.amount} {line.currency} binnen, de betaaldienst meldt {told}."


def _learn_amount(settlement: PspSettlement, line: BankLine) -> None:
    """Of a payout known from its payments only, the bank says how much came in; the rest is what the PSP kept."""
    lines = Money.total(Money.of(part.amount) for part in settlement.lines.all())
    kept = lines - Money.of(line.amount)
    if kept >= Money.zero():
        settlement.amount, settlement.fees = line.amount, kept.amount


def _book(tenant: Tenant, settlement: PspSettlement, line: BankLine, *, by: User | None, now: datetime) -> None:
    tenant.bank_bookings.create(
        line=line,
        round=line.bookings.count(),
        kind=BookingKind.SETTLEMENT,
        amount=line.amount,
        score=100,
        why=[f"Uitbetaling {settlement} van de betaaldienst; de betalingen erin zijn al geboekt."],
        is_automatic=by is None,
        by=by,
        at=now,
    )


def _tell(
    tenant: Tenant,
    verb: str,
    settlement: PspSettlement,
    line: BankLine,
    *,
    by: User | None,
    now: datetime,
    why: str = "",
) -> None:
    details = {"reference": str(settlement), "amount": str(line.amount), "booked_on": line.booked_on.isoformat()}
    if why:
        details["why"] = why[:300]
    audit.record(tenant, verb, now=now, subject=settlement, by=by, details=details)
