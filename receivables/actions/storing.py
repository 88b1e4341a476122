"""Storing incoming claims in bulk: customers found or made, invoices, their ledger entries, proposed revisions.

Everything happens in the caller's transaction, under one advisory lock per tenant: two imports at once would each make
the same new customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from receivables import files
from receivables.actions import ledger
from receivables.actions.bulk import insert_rows
from receivables.actions.comparing import differences, proposal
from receivables.debtors import COLUMNS, debtor_of_columns
from receivables.domain.payment_terms import check_term
from receivables.importing.incoming import Debtor, Incoming
from receivables.importing.matching import CustomerIndex, Identity, postcode
from receivables.models import Contact, Customer, Invoice, InvoiceRevision, LedgerEntry, StoredFile
from receivables.models.customers import ContactRole
from receivables.models.invoices import DueDateBasis, InvoiceKind
from receivables.models.ledger import Component, EntryKind
from tenants.ids import new_id
from tenants.models import Tenant

STATUTORY_TERM_DAYS = 30  # art. 6:119a lid 2 BW, when nothing was agreed and the invoice names no date
_IMPORT_LOCK = 7_401
_BATCH = 2_000
_MANY = 500


_INVOICE_FIELDS = (
    "id", "customer", "kind", "number", "number_key", "issued_on", "due_on", "due_date_basis", "currency", "total_amount", "total_without_vat",
    "description", "payment_reference", "order_reference", "credits_number", "lines", "warnings", "pdf_file", "source_hash",
)  # fmt: skip


class _Claim(NamedTuple):
    """Just enough of a new invoice for the ledger."""

    pk: UUID
    total_amount: Decimal
    currency: str
    issued_on: date


@dataclass(slots=True)
class Counts:
    """What changed; the report adds them up."""

    stored: int = 0
    unchanged: int = 0
    revisions: int = 0
    customers_made: int = 0
    open_total: Decimal = Decimal("0.00")
    duplicates: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    long_terms: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "stored": self.stored, "unchanged": self.unchanged, "revisions": self.revisions,
            "customers_made": self.customers_made, "duplicates": len(self.duplicates), "long_terms": len(self.long_terms),
        }  # fmt: skip


class InvoiceStore:
    """Stores chunk after chunk within one transaction; the customers of the tenant are read once."""

    def __init__(self, tenant: Tenant, *, now: datetime) -> None:
        self._tenant = tenant
        self._now = now
        self._lock()
        self._terms: dict[UUID, int | None] = {}
        self._legal: dict[UUID, tuple[Any, ...]] = {}
        self._index = CustomerIndex(self._known_customers())
        self._here: dict[str, str] = {}
        self.counts = Counts()
        self.touched: set[UUID] = set()

    def _lock(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_IMPORT_LOCK, self._tenant.pk])

    def _known_customers(self) -> list[tuple[UUID, Identity]]:
        rows = self._tenant.customers.values_list(
            "pk", "name_key", "number", "kvk_number", "vat_number", "postcode", "payment_term_days", *COLUMNS
        )
        known = []
        for pk, key, number, kvk, vat, code, term, *legal in rows.iterator():
            self._terms[pk] = term
            self._legal[pk] = tuple(legal)
            known.append((pk, Identity(key, number, kvk, vat, postcode(code))))
        return known

    def store(self, incoming: Sequence[Incoming], *, source: StoredFile | None = None, place: str = "") -> None:
        """Store what is new, propose a revision for what differs, leave alone what is the same."""
        fresh = self._once(incoming, place)
        known = self._known(fresh)
        customers = self._customers(fresh)
        new = [
            (item, customer) for item, customer in zip(fresh, customers, strict=True) if item.number_key not in known
        ]
        self._insert(new, source)
        for item, customer in zip(fresh, customers, strict=True):
            if (invoice := known.get(item.number_key)) is not None:
                self._compare(invoice, item, customer, source)

    def _known(self, fresh: Sequence[Incoming]) -> dict[str, Invoice]:
        """The invoices of these numbers that stand in the books: the guard against a second time."""
        keys = [item.number_key for item in fresh]
        return {invoice.number_key: invoice for invoice in self._tenant.invoices.filter(number_key__in=keys)}

    def _once(self, incoming: Sequence[Incoming], place: str) -> list[Incoming]:
        """The first document with a number counts; a second one in the same upload is named, and compared when it differs."""
        fresh: list[Incoming] = []
        for item in incoming:
            first = self._here.setdefault(item.number_key, place or item.place)
            if first == (place or item.place):
                fresh.append(item)
                continue
            self.counts.duplicates.append(
                f"Factuur {item.number} komt in deze upload twee keer voor ({first} en {place or item.place}); alleen de eerste is opgeslagen."
            )
            invoice = self._tenant.invoices.filter(number_key=item.number_key).first()
            if invoice is not None:
                self._compare(invoice, item, self._index.find(item.debtor.identity), None, is_repeat=True)
        return fresh

    # --- customers -----------------------------------------------------------------------------------------------------
    def _customers(self, incoming: Sequence[Incoming]) -> list[UUID]:
        found: list[UUID] = []
        new: list[Customer] = []
        contacts: list[Contact] = []
        fill: dict[UUID, Debtor] = {}
        for item in incoming:
            customer_id = self._index.find(item.debtor.identity)
            if customer_id is None:
                customer = self._new_customer(item.debtor)
                customer_id = customer.pk
                new.append(customer)
                if item.debtor.contact:
                    contacts.append(self._new_contact(customer, item.debtor))
                self._index.add(customer_id, item.debtor.identity)
                self._terms[customer_id] = None
                self._legal[customer_id] = tuple(getattr(customer, name) for name in COLUMNS)
            elif item.debtor.email or item.debtor.street:
                fill[customer_id] = item.debtor
            found.append(customer_id)
        Customer.across_tenants.bulk_create(new, batch_size=_BATCH)
        Contact.across_tenants.bulk_create(contacts, batch_size=_BATCH)
        self._fill_blanks(fill)
        self.counts.customers_made += len(new)
        self.touched.update(found)
        return found

    def _new_customer(self, debtor: Debtor) -> Customer:
        identity = debtor.identity
        return Customer(
            id=new_id(), tenant=self._tenant, number=identity.number, name=debtor.name, name_key=identity.name_key,
            is_consumer=False if debtor.is_company else None, is_natural_person=False if debtor.is_legal_person else None,
            kvk_number=identity.kvk_number, vat_number=identity.vat_number, email=debtor.email, phone=debtor.phone,
            street=debtor.street, postcode=debtor.postcode, city=debtor.city, country=debtor.country, created_at=self._now,
        )  # fmt: skip

    def _new_contact(self, customer: Customer, debtor: Debtor) -> Contact:
        """Who the invoice is addressed to; reminders go to the customer's own address."""
        role = ContactRole.INVOICE
        return Contact(
            tenant=self._tenant,
            customer=customer,
            role=role,
            name=debtor.contact,
            email=debtor.email,
            phone=debtor.phone,
        )

    def _fill_blanks(self, known: dict[UUID, Debtor]) -> None:
        """A later source may add what was unknown; what stands here is never overwritten."""
        changed = []
        for customer in self._tenant.customers.filter(pk__in=known).filter(email="") if known else ():
            debtor = known[customer.pk]
            customer.email = debtor.email
            if not customer.street and not customer.postcode:
                customer.street, customer.postcode, customer.city = debtor.street, debtor.postcode, debtor.city
            changed.append(customer)
        Customer.across_tenants.bulk_update(changed, ["email", "street", "postcode", "city"], batch_size=500)

    # --- invoices ------------------------------------------------------------------------------------------------------
    def _insert(self, new: Sequence[tuple[Incoming, UUID]], source: StoredFile | None) -> None:
        """Invoices, then the entries that open their claims, then what was settled before they came here."""
        claims = [_Claim(new_id(), item.total, item.currency, item.issued_on) for item, _ in new]
        same = {
            "tenant": self._tenant.pk,
            "source_file": source.pk if source else None,
            "open_amount": 0,
            "created_at": self._now,
        }
        rows = [self._row(claim.pk, item, customer) for claim, (item, customer) in zip(claims, new, strict=True)]
        insert_rows(Invoice, _INVOICE_FIELDS, rows, same=same)
        self._forget_plans(len(claims))
        ledger.book_invoices(self._tenant, claims, now=self._now)
        self._settle([(claim.pk, item) for claim, (item, _) in zip(claims, new, strict=True)])
        self.counts.stored += len(claims)
        self.counts.open_total += sum((item.total if item.open is None else item.open for item, _ in new), Decimal(0))

    def _settle(self, new: Sequence[tuple[UUID, Incoming]]) -> None:
        rows = [
            (new_id(), pk, item.open - item.total, item.issued_on, f"opening:{pk}")
            for pk, item in new
            if item.open is not None and item.open != item.total
        ]
        same = {
            "tenant": self._tenant.pk, "component": Component.PRINCIPAL, "kind": EntryKind.CORRECTION, "created_at": self._now,
            "description": "Al voldaan volgens de openstaande-postenlijst",
        }  # fmt: skip
        insert_rows(LedgerEntry, ("id", "invoice", "amount", "booked_on", "source_key"), rows, same=same)

    def _row(self, pk: UUID, item: Incoming, customer: UUID) -> tuple[Any, ...]:
        due_on, basis = self._due(item, customer)
        pdf = self._pdf(item)
        warnings = [*item.warnings, *self._long_term(item, customer, due_on)]
        return (
            pk, customer, kind_of(item.total), item.number, item.number_key, item.issued_on, due_on, basis, item.currency, item.total,
            item.total_without_vat, item.description, item.payment_reference, item.order_reference, item.credits_number, item.lines,
            warnings, pdf.pk if pdf else None, item.fingerprint,
        )  # fmt: skip

    def _forget_plans(self, inserted: int) -> None:
        """PostgreSQL keeps the plan of a foreign key check for the whole session. One made while the table was nearly
        empty walks through all of it for every row: the third thousand rows took a hundred times the first.
        """
        if inserted >= _MANY:
            with connection.cursor() as cursor:
                cursor.execute("DISCARD PLANS")

    def _due(self, item: Incoming, customer: UUID) -> tuple[date, DueDateBasis]:
        """An agreed term makes a fatal date (law/rules.md 3) where the file names none; a date that the invoice names is only
        proposed as agreed, on the customer's page, when it fits the agreed term.
        """
        if item.due_on is not None:
            return item.due_on, DueDateBasis.INVOICE_ONLY
        term = self._terms.get(customer)
        if term is not None:
            return item.issued_on + timedelta(days=term), DueDateBasis.AGREED
        return item.issued_on + timedelta(days=STATUTORY_TERM_DAYS), DueDateBasis.STATUTORY

    def _long_term(self, item: Incoming, customer: UUID, due_on: date) -> list[dict[str, Any]]:
        """A term longer than the law takes for granted is a warning on the invoice; nothing is refused."""
        if (due_on - item.issued_on).days <= STATUTORY_TERM_DAYS or item.total < 0:  # no cap is shorter
            return []
        debtor = debtor_of_columns(*self._legal[customer])
        found = check_term(item.issued_on, due_on, debtor, creditor_is_large=self._tenant.is_large)
        if found is None:
            return []
        warning = {"code": "payment_term", "message": found}
        self.counts.long_terms.append({**warning, "message": f"Factuur {item.number}: {found}"})
        return [warning]

    def _pdf(self, item: Incoming) -> StoredFile | None:
        if item.pdf is None:
            return None
        return files.store(
            self._tenant, content=item.pdf, media_type="application/pdf", name=f"factuur-{item.number}.pdf"
        )

    def _compare(
        self,
        invoice: Invoice,
        item: Incoming,
        customer: UUID | None,
        source: StoredFile | None,
        *,
        is_repeat: bool = False,
    ) -> None:
        found = (
            []
            if invoice.source_hash == item.fingerprint and item.open is None
            else differences(invoice, item, customer)
        )
        if not found:
            self.counts.unchanged += 0 if is_repeat else 1
            return
        _, made = InvoiceRevision.across_tenants.get_or_create(
            tenant=self._tenant,
            invoice=invoice,
            source_hash=item.fingerprint,
            defaults={
                "proposed": proposal(item, customer), "differences": found, "file": source, "proposed_at": self._now,
            },
        )  # fmt: skip
        if made:
            self.counts.revisions += 1
            self.counts.revised.append(item.number)
        elif not is_repeat:
            self.counts.unchanged += 1


def kind_of(total: Decimal) -> InvoiceKind:
    """A negative invoice is a credit note, whatever it is called; a negative credit note is an invoice."""
    return InvoiceKind.CREDIT_NOTE if total < 0 else InvoiceKind.INVOICE
