"""How an invoice stands on a day, in a few words and one tone: the pill beside its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from receivables.models import Invoice
from receivables.models.invoices import InvoiceKind
from tenants.templatetags.voldaan import dagen

LONG_LATE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Standing:
    """`tone` is a class of the style sheet; `days_late` is 0 when nothing is late."""

    label: str
    tone: str
    days_late: int = 0


NOT_DUE = Standing("Nog niet vervallen", "")
PAID = Standing("Betaald", "good dot")
CREDIT = Standing("Creditnota", "info")
CREDIT_USED = Standing("Creditnota, verrekend", "info")


def standing(invoice: Invoice, *, on: date) -> Standing:
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        return CREDIT if invoice.open_amount else CREDIT_USED
    if not invoice.open_amount:
        return PAID
    days = (on - invoice.due_on).days
    if days <= 0:
        return NOT_DUE
    return Standing(f"{dagen(days)} te laat", "bad" if days > LONG_LATE_DAYS else "warn", days)
