"""How payments were divided, many at once: the list that a timeline or a dossier shows (art. 6:43 and 6:44 BW)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Sum

from receivables.domain.money import Money
from receivables.domain.unfold import Line, Unfolded
from receivables.models import Payment
from receivables.models.ledger import EntryKind
from tenants.models import Tenant

ARTICLE = "art. 6:43 en 6:44 BW"
TITLE = "Verdeling van de betaling"
RULE = (
    "Eerst de facturen die de betaler noemt, dan de oudste; per factuur eerst de kosten, dan de rente, dan de hoofdsom."
)
NOTHING = Money.zero()


def splits_of(tenant: Tenant, payments: Iterable[Payment]) -> dict[UUID, Unfolded]:
    """Per payment where it went: invoices and components, what went back, and what no invoice could take. Two queries."""
    found = list(payments)
    ids = [payment.pk for payment in found]
    given: dict[UUID, dict[str, Money]] = defaultdict(lambda: defaultdict(Money.zero))
    entries = tenant.ledger.filter(payment__in=ids, kind__in=[EntryKind.PAYMENT, EntryKind.REVERSAL])
    ordered = entries.select_related("invoice").order_by("invoice__due_on", "invoice__number", "created_at", "id")
    for entry in ordered:
        if entry.payment_id:
            label = f"Factuur {entry.invoice.number}: {entry.get_component_display().lower()}"
            given[entry.payment_id][label] -= Money.of(entry.amount)
    returned = dict(
        tenant.payment_returns.filter(payment__in=ids).order_by().values_list("payment").annotate(total=Sum("amount"))
    )
    return {payment.pk: _split(payment, given[payment.pk], Money.of(returned.get(payment.pk, 0))) for payment in found}


def _split(payment: Payment, given: dict[str, Money], returned: Money) -> Unfolded:
    amount = Money.of(payment.amount)
    lines = [Line(label, part, article=ARTICLE) for label, part in given.items() if part]
    if returned:
        lines.append(Line("Teruggestort", returned))
    rest = amount - Money.total(line.amount for line in lines)
    if rest:
        lines.append(Line("Over: tegoed van de klant", rest))
    return Unfolded(TITLE, amount, RULE, ARTICLE, tuple(lines))
