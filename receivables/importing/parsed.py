"""The values the readers hand over: exact, without database or clock, and back and forth as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from receivables.importing.outcome import Problem


@dataclass(frozen=True, slots=True)
class Party:
    """Supplier or customer as the document names them."""

    name: str | None = None
    legal_name: str | None = None
    company_id: str | None = None
    company_id_scheme: str | None = None
    endpoint: str | None = None
    endpoint_scheme: str | None = None
    vat: str | None = None
    country: str | None = None
    email: str | None = None
    contact: str | None = None
    phone: str | None = None
    street: str | None = None
    building: str | None = None
    extra_address: str | None = None
    postcode: str | None = None
    city: str | None = None
    assigned_id: str | None = None

    @property
    def shown_name(self) -> str:
        return self.legal_name or self.name or ""

    @property
    def kvk_number(self) -> str | None:
        """The chamber of commerce number, when the scheme says it is one."""
        if self.company_id and (self.company_id_scheme or "").upper() in ("0106", "NL:KVK"):
            return self.company_id
        if self.endpoint and (self.endpoint_scheme or "").upper() in ("0106", "NL:KVK"):
            return self.endpoint
        return None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the invoice, still in base64."""

    name: str
    media_type: str
    base64: str


@dataclass(frozen=True, slots=True)
class ParsedInvoice:
    """One UBL invoice or credit note."""

    is_credit_note: bool
    number: str
    issued_on: date
    due_on: date | None
    due_date_source: str | None
    type_code: str | None
    currency: str
    payable: Decimal
    supplier: Party
    customer: Party
    tax_inclusive: Decimal | None = None
    tax_exclusive: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    tax_totals: tuple[Decimal, ...] = ()
    payee: str | None = None
    payment_references: tuple[str, ...] = ()
    payment_means_codes: tuple[str, ...] = ()
    payee_accounts: tuple[str, ...] = ()
    mandate: str | None = None
    order_reference: str | None = None
    buyer_reference: str | None = None
    payment_terms: tuple[str, ...] = ()
    credits_invoices: tuple[str, ...] = ()
    customization_id: str | None = None
    profile_id: str | None = None
    lines: tuple[tuple[str, str, str], ...] = ()
    line_count: int = 0
    attachments: tuple[Attachment, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def outcome(self) -> str:
        return "import_with_warning" if self.warnings else "import"

    @property
    def claims(self) -> Decimal:
        """What the customer owes by it: a credit note lowers the balance."""
        return -self.payable if self.is_credit_note else self.payable

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        values["warnings"] = [problem.as_json() for problem in self.warnings]
        plain: dict[str, Any] = _plain(values)
        return plain

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ParsedInvoice:
        """The inverse of `as_json`; what came out of the child process is checked by type here."""
        given: dict[str, Any] = {item.name: values[item.name] for item in fields(cls)}
        for name in ("issued_on", "due_on"):
            given[name] = date.fromisoformat(given[name]) if given[name] else None
        for name in ("payable", "tax_inclusive", "tax_exclusive", "prepaid", "rounding"):
            given[name] = Decimal(given[name]) if given[name] is not None else None
        given["tax_totals"] = tuple(Decimal(value) for value in given["tax_totals"])
        given["supplier"], given["customer"] = Party(**given["supplier"]), Party(**given["customer"])
        given["attachments"] = tuple(Attachment(**value) for value in given["attachments"])
        given["warnings"] = tuple(Problem.from_json(value) for value in given["warnings"])
        given["lines"] = tuple((str(a), str(b), str(c)) for a, b, c in given["lines"])
        for name in (
            "payment_references",
            "payment_means_codes",
            "payee_accounts",
            "payment_terms",
            "credits_invoices",
        ):
            given[name] = tuple(given[name])
        return cls(**given)

    def facts(self) -> dict[str, Any]:
        """What was read, in the words of the shell report."""
        return _without_nothing(
            {
                "root": "CreditNote" if self.is_credit_note else "Invoice",
                "invoice_number": self.number,
                "issue_date": self.issued_on.isoformat(),
                "due_date": self.due_on.isoformat() if self.due_on else None,
                "due_date_source": self.due_date_source,
                "type_code": self.type_code,
                "currency": self.currency,
                "payable_amount": str(self.payable),
                "tax_inclusive": _text(self.tax_inclusive),
                "tax_exclusive": _text(self.tax_exclusive),
                "prepaid": _text(self.prepaid),
                "payable_rounding": _text(self.rounding),
                "tax_totals": [str(value) for value in self.tax_totals],
                "supplier": _party_facts(self.supplier),
                "customer": _party_facts(self.customer),
                "payee": self.payee,
                "payment_references": list(self.payment_references),
                "payment_means_codes": list(self.payment_means_codes),
                "payee_accounts": list(self.payee_accounts),
                "mandate": self.mandate,
                "order_reference": self.order_reference,
                "buyer_reference": self.buyer_reference,
                "payment_terms": list(self.payment_terms),
                "credits_invoices": list(self.credits_invoices),
                "customization_id": self.customization_id,
                "profile_id": self.profile_id,
            }
        ) | {"line_count": self.line_count, "attachments": len(self.attachments)}


@dataclass(frozen=True, slots=True)
class ParsedOpenItem:
    """One row of an open-item list."""

    row: int
    number: str
    issued_on: date
    due_on: date | None
    total: Decimal
    open: Decimal
    currency: str
    customer_name: str
    customer_number: str | None = None
    kvk_number: str | None = None
    vat_number: str | None = None
    email: str | None = None
    phone: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    contact: str | None = None
    reference: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedOpenItems:
    """A whole list, or the rows that are wrong."""

    items: tuple[ParsedOpenItem, ...] = ()
    errors: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    rows_read: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)


def _party_facts(party: Party) -> dict[str, Any]:
    shown = (
        "name",
        "legal_name",
        "company_id",
        "company_id_scheme",
        "endpoint",
        "endpoint_scheme",
        "vat",
        "country",
        "email",
        "contact",
    )
    return _without_nothing({name: getattr(party, name) for name in shown})


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, [], {})}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value) if isinstance(value, Decimal | date) else value
    return [_plain(item) for item in value]
