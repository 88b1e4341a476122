"""A complete open-item list says more than what stands on it: what it leaves out has been paid, what it lowers in part.

Only when the user says that the list is complete. Each amount becomes a correcting entry that names the list, so that it
can be traced and reversed; a list that would settle nearly everything is taken for an incomplete one and refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from receivables.actions import ledger
from receivables.actions.revisions import accept_revision
from receivables.models import Invoice
from receivables.models.invoices import InvoiceKind
from receivables.models.ledger import EntryKind
from tenants import audit
from tenants.models import Tenant, User

FEW = 5  # so few may all be settled at once
MOST_PERCENT = 80


class IncompleteListError(Exception):
    """So much is missing that this cannot be the complete list; the message says how much, in Dutch."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a complete list settled."""

    paid: int
    lowered: int
    amount: Decimal

    @property
    def sentence(self) -> str:
        invoices = "1 factuur staat" if self.paid == 1 else f"{self.paid} facturen staan"
        parts = [f"{invoices} niet meer op de lijst en {'is' if self.paid == 1 else 'zijn'} als betaald verwerkt"]
        if self.lowered:
            parts.append(f"van {self.lowered} is een deel betaald")
        return "; ".join(parts) + "."


def settle_unlisted(
    tenant: Tenant, listed: Mapping[str, Decimal], *, as_of: date, now: datetime, by: User | None
) -> Settled | None:
    """Settle the invoices of `as_of` or earlier that are not `listed` (number key -> open), and take over lower amounts."""
    candidates = tenant.invoices.filter(kind=InvoiceKind.INVOICE, open_amount__gt=0, issued_on__lte=as_of)
    missing = candidates.exclude(number_key__in=list(listed))
    _refuse_nearly_all(missing.count(), candidates.count())
    total, paid = Decimal(0), 0
    why = f"Volgens de openstaandepostenlijst van {as_of:%d-%m-%Y} betaald"
    for customer_id in missing.order_by("customer_id").values_list("customer_id", flat=True).distinct():
        ledger.lock_customer(tenant, customer_id)
        for invoice in _locked(missing, customer_id):
            total += invoice.open_amount
            paid += 1
            key = f"unlisted:{invoice.pk}:{as_of.isoformat()}"
            ledger.close_components(
                tenant, invoice, kind=EntryKind.CORRECTION, why=why, source_key=key, on=as_of, now=now
            )
    lowered, less = _take_over_lower_amounts(tenant, listed, as_of=as_of, now=now, by=by)
    if not paid and not lowered:
        return None
    settled = Settled(paid, lowered, total + less)
    details = {"as_of": as_of.isoformat(), "paid": paid, "lowered": lowered, "amount": str(settled.amount)}
    audit.record(tenant, "import.unlisted_settled", now=now, by=by, details=details)
    return settled


def _locked(missing: QuerySet[Invoice], customer_id: UUID) -> list[Invoice]:
    return list(missing.filter(customer=customer_id).select_for_update(no_key=True).order_by("pk"))


def _refuse_nearly_all(missing: int, known: int) -> None:
    if missing > FEW and missing * 100 > known * MOST_PERCENT:
        raise IncompleteListError(
            f"Op deze lijst ontbreken {missing} van de {known} facturen die hier openstaan. Dat lijkt geen volledige lijst. "
            "Lees haar in zonder het vinkje bij volledige lijst, of boek de betalingen zelf."
        )


def _take_over_lower_amounts(
    tenant: Tenant, listed: Mapping[str, Decimal], *, as_of: date, now: datetime, by: User | None
) -> tuple[int, Decimal]:
    """Proposed revisions that only say that as much is open as stands on this list."""
    count, less = 0, Decimal(0)
    proposed = tenant.invoice_revisions.filter(decided_at=None, invoice__open_amount__gt=0).select_related("invoice")
    for revision in proposed.order_by("invoice__customer_id", "pk"):
        stated = listed.get(revision.invoice.number_key)
        if stated is None or [name for name, _, _ in revision.differences] != ["open"]:
            continue
        if Decimal(revision.proposed["open"]) == stated < revision.invoice.principal_open:
            less += revision.invoice.principal_open - stated
            accept_revision(tenant, revision.pk, by=by, now=now, on=as_of)
            count += 1
    return count, less
