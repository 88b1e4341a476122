"""Deciding on a proposed revision: a person accepts or rejects it; an accepted amount is a correction in the ledger."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from receivables.actions import ledger
from receivables.actions.payments import reassess_costs
from receivables.actions.storing import kind_of
from receivables.domain.money import Money
from receivables.models import Invoice, InvoiceRevision
from tenants import audit
from tenants.models import Tenant, User


class RevisionDecidedError(Exception):
    """Somebody decided already, or the revision cannot be taken over; the message says which."""


def reject_revision(tenant: Tenant, revision_id: UUID, *, by: User | None, now: datetime) -> InvoiceRevision:
    """Keep the invoice as it is; the proposal stays on file."""
    return _decide(tenant, revision_id, accepted=False, by=by, now=now)


def accept_revision(tenant: Tenant, revision_id: UUID, *, by: User | None, now: datetime, on: date) -> InvoiceRevision:
    """Take the proposal over. Amounts change by a correcting entry, so that what was asked before stays visible."""
    revision = _decide(tenant, revision_id, accepted=True, by=by, now=now)
    ledger.lock_customer(tenant, revision.invoice.customer_id)
    invoice = tenant.invoices.select_for_update(no_key=True).get(pk=revision.invoice_id)
    changed = {name for name, _, _ in revision.differences}
    if "customer" in changed:
        raise RevisionDecidedError(
            "Deze herziening noemt een andere klant. Wijs haar af, of crediteer de factuur in de boekhouding en laad de nieuwe in."
        )
    if "currency" in changed:
        raise RevisionDecidedError(
            "Deze herziening noemt een andere munt. Wijs haar af, of crediteer de factuur in de boekhouding en laad de nieuwe in."
        )
    _correct_amounts(tenant, invoice, revision, changed, on=on, now=now)
    _rewrite(invoice, revision.proposed, changed)
    return revision


def _decide(tenant: Tenant, revision_id: UUID, *, accepted: bool, by: User | None, now: datetime) -> InvoiceRevision:
    revision = tenant.invoice_revisions.select_for_update(of=("self",)).select_related("invoice").get(pk=revision_id)
    if revision.decided_at is not None:
        raise RevisionDecidedError("Over deze herziening is al beslist.")
    revision.is_accepted, revision.decided_at, revision.decided_by = accepted, now, by
    revision.save(update_fields=["is_accepted", "decided_at", "decided_by"])
    audit.record(
        tenant,
        "invoice_revision.accepted" if accepted else "invoice_revision.rejected",
        now=now,
        subject=revision.invoice,
        by=by,
        customer_id=revision.invoice.customer_id,
        details={"number": revision.invoice.number, "differences": revision.differences},
    )
    return revision


def _correct_amounts(
    tenant: Tenant, invoice: Invoice, revision: InvoiceRevision, changed: set[str], *, on: date, now: datetime
) -> None:
    """One correcting entry: the difference in the total, or straight to the open amount that a list states."""
    by_amount = Decimal(0)
    if "total" in changed:
        by_amount = Decimal(revision.proposed["total"]) - invoice.total_amount
        invoice.total_amount = Decimal(revision.proposed["total"])
    if revision.proposed["open"] is not None and {"open", "total"} & changed:
        by_amount = Decimal(revision.proposed["open"]) - invoice.principal_open
    new_open = invoice.principal_open + by_amount
    if new_open * kind_sign(invoice.total_amount) < 0:
        raise RevisionDecidedError(
            f"Op factuur {invoice.number} is al meer betaald dan het nieuwe bedrag. Boek eerst de terugbetaling of creditnota."
        )
    if kind_of(invoice.total_amount) != invoice.kind:
        raise RevisionDecidedError(
            "Een factuur wordt geen creditnota, of omgekeerd. Laad het stuk onder een eigen nummer."
        )
    invoice.save(update_fields=["total_amount"])
    if by_amount:
        ledger.correct_invoice(
            tenant,
            invoice,
            by_amount=Money(by_amount),
            why="Herziening overgenomen",
            source_key=f"revision:{revision.pk}",
            on=on,
            now=now,
        )
        reassess_costs(tenant, invoice, on=on, cause=f"revision:{revision.pk}", now=now)


def kind_sign(total: Decimal) -> int:
    return -1 if total < 0 else 1


def _rewrite(invoice: Invoice, proposed: dict[str, Any], changed: set[str]) -> None:
    if "issued_on" in changed:
        invoice.issued_on = date.fromisoformat(proposed["issued_on"])
    if "due_on" in changed:
        invoice.due_on = date.fromisoformat(proposed["due_on"])
    for name in ("payment_reference", "order_reference", "lines"):
        if name in changed:
            setattr(invoice, name, proposed[name])
    invoice.save(update_fields=["issued_on", "due_on", "payment_reference", "order_reference", "lines"])
