"""What differs between a stored invoice and what came in under its number, in words for the person who decides."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from receivables.importing.incoming import Incoming
from receivables.models import Invoice

LABELS = {
    "total": "Factuurbedrag", "open": "Openstaand", "issued_on": "Factuurdatum", "due_on": "Vervaldatum", "currency": "Valuta",
    "customer": "Klant", "payment_reference": "Betalingskenmerk", "order_reference": "Referentie", "lines": "Factuurregels",
}  # fmt: skip


def differences(invoice: Invoice, item: Incoming, customer: UUID | None) -> list[list[str]]:
    """[field, stored, proposed]; a source that does not mention a thing does not contradict it."""
    found: list[list[str]] = []

    def note(name: str, stored: object, proposed: object) -> None:
        if stored != proposed:
            found.append([name, _shown(stored), _shown(proposed)])

    note("total", invoice.total_amount, item.total)
    note("issued_on", invoice.issued_on, item.issued_on)
    note("currency", invoice.currency, item.currency)
    if item.due_on is not None:
        note("due_on", invoice.due_on, item.due_on)
    if customer != invoice.customer_id:
        found.append(["customer", "", item.debtor.name])
    if item.payment_reference:
        note("payment_reference", invoice.payment_reference, item.payment_reference)
    if item.order_reference and invoice.order_reference:
        note("order_reference", invoice.order_reference, item.order_reference)
    if item.lines and invoice.lines and list(item.lines) != invoice.lines:
        found.append(["lines", f"{len(invoice.lines)} regels", f"{len(item.lines)} regels"])
    if item.open is not None and _is_less(item.open, invoice.principal_open):
        note("open", invoice.principal_open, item.open)
    return found


def _is_less(proposed: Decimal, stored: Decimal) -> bool:
    """A list that shows more open than we do was made before a payment that we know of: it proposes nothing."""
    return abs(proposed) < abs(stored)


def _shown(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def proposal(item: Incoming, customer: UUID | None) -> dict[str, Any]:
    """What accepting would write; plain JSON."""
    return {
        "total": str(item.total),
        "open": None if item.open is None else str(item.open),
        "issued_on": item.issued_on.isoformat(),
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "currency": item.currency,
        "payment_reference": item.payment_reference,
        "order_reference": item.order_reference,
        "lines": list(item.lines),
        "customer_id": str(customer) if customer else None,
        "debtor": asdict(item.debtor),
    }
