"""The dossier for machines: plain JSON, amounts as text, moments in UTC, no internal keys but those that prove something."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dunning.dossier.collect import Facts, Happening
from dunning.models import Notice
from receivables.balance import InvoiceBalance

Json = dict[str, Any]


def claim(facts: Facts) -> Json:
    """Creditor, debtor and what is claimed. Interest and costs are not claimed in this file."""
    tenant, customer = facts.tenant, facts.customer
    return {
        "on": facts.on.isoformat(),
        "currency": "EUR",
        "creditor": {
            "name": tenant.name,
            "street": tenant.street,
            "postcode": tenant.postcode,
            "city": tenant.city,
            "country": tenant.country,
            "kvk_number": tenant.kvk_number,
            "vat_number": tenant.vat_number,
            "email": tenant.email,
            "phone": tenant.phone,
            "iban": tenant.iban,
            "iban_name": tenant.iban_name or tenant.name,
        },
        "debtor": {
            "number": customer.number,
            "name": customer.name,
            "legal_form": customer.legal_form,
            "is_consumer": customer.is_consumer,
            "is_natural_person": customer.is_natural_person,
            "street": customer.street,
            "postcode": customer.postcode,
            "city": customer.city,
            "country": customer.country,
            "kvk_number": customer.kvk_number,
            "email": customer.email,
            "phone": customer.phone,
        },
        "invoices": [_invoice(balance) for balance in facts.balances],
        "total": {"principal": str(facts.total), "interest": "0.00", "costs": "0.00", "open": str(facts.total)},
    }


def _invoice(balance: InvoiceBalance) -> Json:
    invoice = balance.invoice
    return {
        "number": invoice.number,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "due_date_basis": invoice.due_date_basis,
        "description": invoice.description,
        "invoiced": str(balance.invoiced),
        "open": str(balance.open),
        "entries": [
            {
                "on": line.booked_on.isoformat(),
                "what": line.label,
                "component": line.component,
                "amount": str(line.amount),
            }
            for line in balance.lines
        ],
    }


def delivery(notice: Notice) -> Json:
    """How one letter was sent, and what was heard of it."""
    return {
        "step": notice.step_kind,
        "channel": notice.channel,
        "state": notice.state,
        "to": notice.to_email,
        "subject": notice.subject,
        "message_id": notice.message_id,
        "dated_on": notice.dated_on.isoformat() if notice.dated_on else None,
        "pay_before_on": notice.pay_before_on.isoformat() if notice.pay_before_on else None,
        "stated": {
            line.invoice.number: str(line.open_amount) for line in notice.lines.all() if line.cancelled_at is None
        },
        "attempts": [
            {
                "number": attempt.number,
                "started_at": _moment(attempt.started_at),
                "finished_at": _moment(attempt.finished_at),
                "result": attempt.result,
                "answer": attempt.answer,
                "provider_id": attempt.provider_id,
            }
            for attempt in sorted(notice.attempts.all(), key=lambda attempt: attempt.number)
        ],
        "events": [
            {"at": _moment(event.at), "kind": event.kind, "details": event.details}
            for event in sorted(notice.delivery_events.all(), key=lambda event: (event.at, str(event.pk)))
        ],
    }


def timeline(happenings: list[Happening]) -> list[Json]:
    return [{"at": _moment(one.at), "what": one.what, "detail": one.detail} for one in happenings]


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
