"""What follows in the books when a letter has left: the interest and costs it asked for, and the clock of a fourteen-day letter.

A letter works once it reached the debtor (art. 3:37 lid 3 BW), so nothing is booked and no term runs before there is evidence.
The caller holds the customer's lock before the notice's (`dunning.delivery.locks`).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from dunning.actions.stating import is_formal
from dunning.domain.calendar import Calendar
from dunning.domain.fourteen_day import Term, fourteen_day_term, receipt_on
from dunning.domain.legal_content import LegalContent
from dunning.facts import civil_day
from dunning.law_facts import cost_batch
from dunning.models import FourteenDayLetter, Notice
from dunning.models.legal import ReceiptProof
from dunning.models.notices import Channel
from receivables.actions.claims import book_costs, book_stated_interest, entries_of
from receivables.actions.payments import withdraw_costs
from receivables.costs import CostShare
from receivables.domain.money import Money
from receivables.interest import Basis, accrue
from receivables.law_tables import rate_tables
from receivables.models import LedgerEntry
from tenants import audit
from tenants.models import Tenant, User

BY: Final = {Channel.EMAIL: "email", Channel.PRINT: "post"}
BOUNCED: Final = "De brief kwam terug: er loopt geen termijn."


class ReceiptError(ValueError):
    """The day of receipt cannot be as somebody says; the message says why in Dutch."""


def book_letter(notice: Notice, *, now: datetime) -> None:
    """Book what an accepted letter asked on top of the ledger, and start the fourteen days of one that gives them. Once."""
    if not is_formal(notice):
        return
    tenant, on = notice.tenant, notice.accepted_on or civil_day(now)
    lines = list(notice.lines.filter(cancelled_at__isnull=True).select_related("invoice"))
    asked = [line for line in lines if line.details and line.invoice.open_amount > 0]
    ledger = entries_of(tenant, [line.invoice_id for line in asked])
    interest: dict[UUID, tuple[Money, dict[str, Any]]] = {}
    costs: dict[UUID, CostShare] = {}
    for line in asked:
        if stated := line.details.get("interest"):
            interest[line.invoice_id] = _still_right(stated, ledger[line.invoice_id])
        if share := line.details.get("costs"):
            costs[line.invoice_id] = share_of(share)
    key = f"notice:{notice.pk}" + (f":{notice.generation}" if notice.generation else "")
    book_stated_interest(tenant, interest, source_key=key, on=on, now=now)
    book_costs(tenant, costs, source_key=key, on=on, now=now)
    if notice.legal_content == LegalContent.FOURTEEN_DAY:
        _start_term(notice, sum((line.invoice.principal_open for line in lines), Decimal(0)), on=on, now=now)


def _still_right(stated: dict[str, Any], entries: list[LedgerEntry]) -> tuple[Money, dict[str, Any]]:
    """The interest that a letter froze, or less when a payment had its days booked before there was evidence of sending."""
    through = date.fromisoformat(stated["through"])
    fresh = accrue(entries, Basis.from_json(stated["basis"]), through=through, tables=rate_tables())
    amount = Money.of(stated["amount"])
    return (amount, stated) if amount <= fresh.amount else (fresh.amount, fresh.as_details())


def share_of(stated: dict[str, Any]) -> CostShare:
    """The costs of one invoice as the notice's line froze them."""
    return CostShare(
        Money.of(stated["costs"]), Money.of(stated["vat"]), stated["details"], stated.get("vat_details") or {}
    )


def _start_term(notice: Notice, principal: Decimal, *, on: date, now: datetime) -> None:
    """The term counts from receipt by the rule of the channel, until there is better evidence."""
    calendar, announced = Calendar.dutch(), notice.stated.get("announced", {})
    received_on = receipt_on(BY[Channel(notice.channel)], on, calendar) or on
    term = _term(notice.tenant, received_on)
    facts = {
        "customer_id": notice.customer_id,
        "channel": notice.channel,
        "sent_on": on,
        **_days(term),
        "principal_amount": principal,
        "costs_amount": Decimal(announced.get("costs", "0")),
        "vat_amount": Decimal(announced.get("vat", "0")),
    }
    afresh = {"receipt_proof": ReceiptProof.RULE, "voided_at": None, "voided_why": "", "costs_settled_at": None}
    FourteenDayLetter.across_tenants.update_or_create(
        tenant=notice.tenant, notice=notice, defaults=facts | afresh, create_defaults={**facts, "created_at": now}
    )


def void_letter(notice: Notice, *, why: str, now: datetime, by: User | None = None) -> bool:
    """A fourteen-day letter that did not reach the debtor gives no term; costs that were booked after it are taken back."""
    letter = notice.tenant.fourteen_day_letters.filter(notice=notice, voided_at__isnull=True).first()
    if letter is None:
        return False
    letter.voided_at, letter.voided_why = now, why[:200]
    letter.save(update_fields=["voided_at", "voided_why"])
    if letter.costs_settled_at is not None:
        withdraw_costs(notice.tenant, notice.customer, cost_batch(letter.pk), why=why, on=civil_day(now), now=now)
    audit.record(
        notice.tenant,
        "fourteen_day_letter.voided",
        now=now,
        subject=notice,
        by=by,
        customer_id=notice.customer_id,
        details={"why": why[:200]},
    )
    return True


def prove_receipt(
    tenant: Tenant, letter: FourteenDayLetter, *, received_on: date, proof: ReceiptProof, now: datetime, by: User | None
) -> FourteenDayLetter:
    """Let the term count from the day that was established. One that is known to be earlier never shortens the term.

    What a mail server reports moves the term only to a later day; a person may establish any day from the sending on.
    """
    locked = tenant.fourteen_day_letters.select_for_update(no_key=True).get(pk=letter.pk)
    if received_on < locked.sent_on:
        raise ReceiptError("Een brief is niet ontvangen voordat die verstuurd is.")
    if locked.costs_settled_at is not None:
        raise ReceiptError("De kosten na deze brief zijn al geboekt. Neem die eerst terug.")
    if proof == ReceiptProof.DELIVERED and received_on <= locked.received_on:
        return locked
    before = locked.received_on
    for name, value in _days(_term(tenant, received_on)).items():
        setattr(locked, name, value)
    locked.receipt_proof = proof
    locked.save(update_fields=["received_on", "term_last_on", "costs_due_from_on", "receipt_proof"])
    audit.record(
        tenant,
        "fourteen_day_letter.receipt_proved",
        now=now,
        subject=locked,
        by=by,
        customer_id=locked.customer_id,
        details={"from": before.isoformat(), "to": received_on.isoformat(), "proof": proof.value},
    )
    return locked


def _term(tenant: Tenant, received_on: date) -> Term:
    return fourteen_day_term(received_on, Calendar.dutch(), margin_days=tenant.term_margin_days)


def _days(term: Term) -> dict[str, date]:
    return {
        "received_on": term.received_on,
        "term_last_on": term.last_on,
        "costs_due_from_on": term.safe_due_from_on,
    }
