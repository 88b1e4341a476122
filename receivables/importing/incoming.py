"""One claim as it comes in, whatever the source: what the ledger stores of a UBL document or a row of a list."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from receivables.importing import matching
from receivables.importing.openitems import number_key
from receivables.importing.parsed import ParsedInvoice, ParsedOpenItem

_EMAIL = re.compile(r"[^@\s<>\"(),;:\\]+@[^@\s<>\"(),;:\\]+\.[^@\s<>\"(),;:\\.]{2,}")
_LEGAL_ENTITY = re.compile(
    r"\b(bv|b\.v|nv|n\.v|stichting|vereniging|coöperatie|gemeente|provincie|gmbh|ltd|sa|s\.a)\b\.?", re.IGNORECASE
)
_LINES_KEPT = 200


@dataclass(frozen=True, slots=True)
class Debtor:
    """The customer as the source names it, cut to what the columns hold; the name and numbers are never cut."""

    name: str
    identity: matching.Identity
    email: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "NL"
    contact: str = ""

    @property
    def is_company(self) -> bool:
        return bool(self.identity.kvk_number or self.identity.vat_number or self.is_legal_person)

    @property
    def is_legal_person(self) -> bool:
        return _LEGAL_ENTITY.search(self.name) is not None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A claim (or, when negative, a credit) that is about to be stored."""

    number: str
    issued_on: date
    due_on: date | None
    currency: str
    total: Decimal
    open: Decimal | None
    debtor: Debtor
    total_without_vat: Decimal | None = None
    description: str = ""
    payment_reference: str = ""
    order_reference: str = ""
    credits_number: str = ""
    lines: tuple[dict[str, str], ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    pdf: bytes | None = None
    place: str = ""

    @property
    def number_key(self) -> str:
        return number_key(self.number)

    @property
    def fingerprint(self) -> str:
        """The same content gives the same hash, whichever file it came in."""
        identity = self.debtor.identity
        parts = (
            self.number_key, self.issued_on.isoformat(), self.due_on and self.due_on.isoformat(), self.currency, str(self.total),
            None if self.open is None else str(self.open), self.payment_reference, self.order_reference, self.lines,
            (identity.name_key, identity.number, identity.kvk_number, identity.vat_number, identity.postcode),
        )  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def from_invoice(invoice: ParsedInvoice, *, place: str = "") -> Incoming:
    """A UBL document: nothing is known of payments, so what is open is the whole amount."""
    sign = -1 if invoice.is_credit_note else 1
    return Incoming(
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        total=invoice.claims,
        open=None,
        debtor=_debtor_of_party(invoice),
        total_without_vat=_cents(invoice.tax_exclusive, sign),
        payment_reference=(invoice.payment_references[0] if invoice.payment_references else "")[:140],
        order_reference=(invoice.order_reference or invoice.buyer_reference or "")[:200],
        credits_number=(invoice.credits_invoices[0] if invoice.credits_invoices else "")[:100],
        lines=tuple(
            {"description": text, "quantity": quantity[:40], "amount": amount[:40]}
            for text, quantity, amount in invoice.lines[:_LINES_KEPT]
        ),
        warnings=tuple(problem.as_json() for problem in invoice.warnings),
        pdf=_pdf(invoice),
        place=place,
    )


def from_open_item(item: ParsedOpenItem) -> Incoming:
    """A row of an open-item list: the list says what is still open."""
    identity = matching.Identity(
        name_key=matching.name_key(item.customer_name),
        number=item.customer_number or "",
        kvk_number=matching.kvk_number(item.kvk_number),
        vat_number=matching.vat_number(item.vat_number),
        postcode=matching.postcode(item.postcode),
    )
    debtor = Debtor(
        name=item.customer_name, identity=identity, email=_email(item.email), phone=item.phone or "", street=item.street or "",
        postcode=item.postcode or "", city=item.city or "", country=_country(item.country), contact=item.contact or "",
    )  # fmt: skip
    return Incoming(
        number=item.number, issued_on=item.issued_on, due_on=item.due_on, currency=item.currency, total=item.total, open=item.open,
        debtor=debtor, description=item.description or "", payment_reference=item.reference or "", place=f"regel {item.row}",
    )  # fmt: skip


def _debtor_of_party(invoice: ParsedInvoice) -> Debtor:
    party = invoice.customer
    name = party.shown_name
    identity = matching.Identity(
        name_key=matching.name_key(name),
        kvk_number=matching.kvk_number(party.kvk_number),
        vat_number=matching.vat_number(party.vat),
        postcode=matching.postcode(party.postcode),
    )
    street = " ".join(part for part in (party.street, party.building) if part)
    return Debtor(
        name=name, identity=identity, email=_email(party.email), phone=(party.phone or "")[:30], street=street[:200],
        postcode=(party.postcode or "")[:20], city=(party.city or "")[:100], country=_country(party.country), contact=(party.contact or "")[:150],
    )  # fmt: skip


def _email(value: str | None) -> str:
    """An address that can be written to; anything else is left out, for a letter still can go."""
    found = (value or "").strip()
    return found if len(found) <= 254 and _EMAIL.fullmatch(found) else ""


def _country(value: str | None) -> str:
    code = (value or "").strip().upper()
    code = {"NEDERLAND": "NL", "BELGIË": "BE", "BELGIE": "BE", "DUITSLAND": "DE", "UK": "GB"}.get(code, code)
    return code if re.fullmatch(r"[A-Z]{2}", code) else "NL"


def _cents(value: Decimal | None, sign: int) -> Decimal | None:
    """For showing only; a total that does not fit the column is left out."""
    if value is None or abs(value) >= 10**12:
        return None
    return (sign * value).quantize(Decimal("0.01"))


def _pdf(invoice: ParsedInvoice) -> bytes | None:
    """The invoice as the customer saw it: the first embedded PDF."""
    for attachment in invoice.attachments:
        if "pdf" not in attachment.media_type.lower():
            continue
        try:
            content = base64.b64decode(attachment.base64, validate=True)
        except (binascii.Error, ValueError):
            continue
        if content.startswith(b"%PDF"):
            return content
    return None
