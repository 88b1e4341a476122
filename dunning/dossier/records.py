"""The dossier for machines: plain JSON, amounts as text, moments in UTC, no internal keys but those that prove something."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dunning.dossier.collect import Facts, Happening
from dunning.models import FourteenDayLetter, Notice
from dunning.stated import AskedLine, asked_lines, named_by
from receivables.balance import BalanceLine, InvoiceBalance
from receivables.domain.unfold import Unfolded

Json = dict[str, Any]


def claim(facts: Facts) -> Json:
    """Creditor, debtor, what is claimed and how each amount came about; interest and costs as far as they were asked."""
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
        "total": {
            "principal": str(facts.principal),
            "interest": str(facts.interest),
            "costs": str(facts.costs),
            "costs_vat": str(facts.costs_vat),
            "open": str(facts.total),
        },
        "payments": [
            {"received_on": payment.received_on.isoformat(), "amount": str(payment.amount), "split": split.as_json()}
            for payment, split in facts.split_payments
        ],
        "fourteen_day_letters": [_letter(letter) for letter in facts.fourteen_day_letters],
        "assignment_agreement": _agreement(facts),
        "arrangements": [
            {"at": _moment(told.at), "what": told.title, "detail": told.text, "by": told.who} for told in facts.arranged
        ],
        "claims_on_debtor": {
            "count": len(facts.claims) + facts.settled_claims,
            "settled": facts.settled_claims,
            "open": [
                {"number": claim.invoice.number, "state": claim.state, "in_this_dossier": claim.is_in_file}
                for claim in facts.claims
            ],
        },
    }


def _letter(letter: FourteenDayLetter) -> Json:
    """A fourteen-day letter: its term, counted from receipt, and the proof of that day (art. 6:96 lid 6 BW)."""
    return {
        "sent_on": letter.sent_on.isoformat(),
        "channel": letter.channel,
        "received_on": letter.received_on.isoformat(),
        "receipt_proof": letter.receipt_proof,
        "term_last_on": letter.term_last_on.isoformat(),
        "costs_due_from_on": letter.costs_due_from_on.isoformat(),
        "principal": str(letter.principal_amount),
        "announced_costs": str(letter.costs_amount),
        "announced_vat": str(letter.vat_amount),
        "announced": _all(named_by(letter.notice).announced),
        "voided_at": _moment(letter.voided_at),
        "voided_why": letter.voided_why,
        "settled_at": _moment(letter.costs_settled_at),
    }


def _agreement(facts: Facts) -> Json | None:
    agreement = facts.agreement
    if agreement is None:
        return None
    signed_on = agreement.signed_on.isoformat()
    return {"signed_on": signed_on, "signed_by": agreement.signed_by, "sha256": agreement.file.sha256}


def _invoice(balance: InvoiceBalance) -> Json:
    invoice = balance.invoice
    return {
        "number": invoice.number,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "due_date_basis": invoice.due_date_basis,
        "description": invoice.description,
        "invoiced": str(balance.invoiced),
        "principal": str(balance.principal),
        "interest": str(balance.interest),
        "costs": str(balance.costs - balance.costs_vat),
        "costs_vat": str(balance.costs_vat),
        "open": str(balance.open),
        "entries": [_entry(line) for line in balance.lines],
    }


def _entry(line: BalanceLine) -> Json:
    return {
        "on": line.booked_on.isoformat(),
        "what": line.label,
        "component": line.component,
        "amount": str(line.amount),
        "unfolded": line.unfolded.as_json() if line.unfolded else None,
    }


def delivery(notice: Notice) -> Json:
    """How one letter was sent, what it asked and named, and what was heard of it."""
    lines = asked_lines(line for line in notice.lines.all() if line.cancelled_at is None)
    named = named_by(notice)
    return {
        "step": notice.step_kind,
        "channel": notice.channel,
        "state": notice.state,
        "to": notice.to_email,
        "subject": notice.subject,
        "message_id": notice.message_id,
        "dated_on": notice.dated_on.isoformat() if notice.dated_on else None,
        "pay_before_on": notice.pay_before_on.isoformat() if notice.pay_before_on else None,
        "legal_content": notice.legal_content,
        "stated": {line.line.invoice.number: str(line.total) for line in lines},
        "asked": [_asked(line) for line in lines],
        "named": {
            "announced": _all(named.announced),
            "costs": _all(named.stated),
            "interest": str(named.interest),
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


def _asked(line: AskedLine) -> Json:
    return {"number": line.line.invoice.number, "booked": str(line.booked), "added": _all(line.added)}


def _all(parts: tuple[Unfolded, ...]) -> list[Json]:
    return [part.as_json() for part in parts]


def timeline(happenings: list[Happening]) -> list[Json]:
    return [{"at": _moment(one.at), "what": one.what, "detail": one.detail} for one in happenings]


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
