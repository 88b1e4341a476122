"""Once in is in: the same again changes nothing, something else is proposed, and no customer is made twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from receivables.actions import storing, uploads
from receivables.actions.importing import ImportInterruptedError, ImportReport, import_invoices
from receivables.actions.revisions import RevisionDecidedError, accept_revision, reject_revision
from receivables.importing import sandbox
from receivables.importing.outcome import Problem
from receivables.importing.results import Upload
from receivables.models import Invoice
from receivables.models.invoices import DueDateBasis, InvoiceKind
from receivables.selectors.invoice_terms import may_be_agreed
from tenants.context import tenant_context
from tenants.models import Event, Tenant, User
from tests.factories import NOW
from tests.receivables.importing.samples import many_open_items, open_items, ubl, zipped

TODAY = date(2026, 11, 23)


def load(tenant: Tenant, content: bytes, *, name: str = "upload", **options: object) -> ImportReport:
    return import_invoices(tenant, [Upload(name, content)], now=NOW, on=TODAY, options=options)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    found = report.counts
    return found.stored, found.unchanged, found.revisions, found.customers_made


def test_an_invoice_opens_a_claim(inside: Tenant) -> None:
    report = load(inside, ubl())
    invoice = inside.invoices.get()
    assert (invoice.number, invoice.total_amount, invoice.open_amount) == ("F-1", Decimal("121.00"), Decimal("121.00"))
    assert (invoice.due_on, invoice.due_date_basis) == (date(2026, 10, 31), DueDateBasis.INVOICE_ONLY)
    assert [bytes(file.content) for file in inside.files.all()] == [ubl()]
    assert invoice.source_file == inside.files.get()
    assert (invoice.customer.name, invoice.customer.kvk_number, invoice.customer.is_consumer) == (
        "Bakkerij Zon B.V.",
        "23456789",
        False,
    )
    assert report.documents[0].outcome == "import"
    assert Event.across_tenants.filter(verb="import.applied").count() == 1


@pytest.mark.parametrize("content", [ubl(), open_items("F-1;D1;Jansen;2026-10-01;2026-10-31;10,00;4,00")])
def test_the_same_file_twice_changes_nothing(inside: Tenant, content: bytes) -> None:
    load(inside, content)
    before = list(inside.invoices.values()), inside.ledger.count(), inside.files.count()
    assert counts(load(inside, content)) == (0, 1, 0, 0)
    assert (list(inside.invoices.values()), inside.ledger.count(), inside.files.count()) == before


def test_other_content_under_a_known_number_is_proposed(inside: Tenant) -> None:
    load(inside, ubl())
    other = ubl(payable="242.00")
    assert counts(load(inside, other)) == (0, 0, 1, 0)
    assert inside.invoices.get().total_amount == Decimal("121.00")
    assert inside.invoice_revisions.get().differences == [["total", "121.00", "242.00"]]
    assert counts(load(inside, other)) == (0, 1, 0, 0)


def test_an_accepted_revision_corrects_the_ledger(inside: Tenant) -> None:
    load(inside, ubl())
    load(inside, ubl(payable="100.00", due="2026-11-15"))
    accept_revision(inside, inside.invoice_revisions.get().pk, by=None, now=NOW, on=TODAY)
    invoice = inside.invoices.get()
    assert (invoice.total_amount, invoice.open_amount, invoice.due_on) == (
        Decimal("100.00"),
        Decimal("100.00"),
        date(2026, 11, 15),
    )
    assert [entry.amount for entry in invoice.entries.order_by("created_at", "id")] == [
        Decimal("121.00"),
        Decimal("-21.00"),
    ]
    with pytest.raises(RevisionDecidedError):
        accept_revision(inside, inside.invoice_revisions.get().pk, by=None, now=NOW, on=TODAY)


def test_a_rejected_revision_leaves_the_invoice_alone(inside: Tenant) -> None:
    load(inside, ubl())
    load(inside, ubl(payable="100.00"))
    reject_revision(inside, inside.invoice_revisions.get().pk, by=None, now=NOW)
    assert inside.invoices.get().open_amount == Decimal("121.00")
    assert counts(load(inside, ubl(payable="100.00"))) == (0, 1, 0, 0)


def test_a_list_knows_what_was_paid_before(inside: Tenant) -> None:
    load(inside, open_items("F-1;D1;Jansen;2026-10-01;2026-10-31;1.000,00;250,00"))
    invoice = inside.invoices.get()
    assert (invoice.total_amount, invoice.open_amount) == (Decimal("1000.00"), Decimal("250.00"))


def test_a_later_list_with_less_open_proposes_it(inside: Tenant) -> None:
    load(inside, open_items("F-1;D1;Jansen;2026-10-01;2026-10-31;1.000,00;250,00"))
    load(inside, open_items("F-1;D1;Jansen;2026-10-01;2026-10-31;1.000,00;100,00"))
    assert inside.invoice_revisions.get().differences == [["open", "250.00", "100.00"]]
    accept_revision(inside, inside.invoice_revisions.get().pk, by=None, now=NOW, on=TODAY)
    assert inside.invoices.get().open_amount == Decimal("100.00")


def test_an_older_list_with_more_open_proposes_nothing(inside: Tenant) -> None:
    load(inside, open_items("F-1;D1;Jansen;2026-10-01;2026-10-31;1.000,00;100,00"))
    assert counts(load(inside, open_items("F-1;D1;Jansen;2026-10-01;2026-10-31;1.000,00;250,00"))) == (0, 1, 0, 0)


def test_negative_rows_are_credit_notes(inside: Tenant) -> None:
    load(inside, open_items("F-1;D1;Jansen;2026-10-01;2026-10-31;-50,00;-50,00"))
    invoice = inside.invoices.get()
    assert (invoice.kind, invoice.open_amount) == (InvoiceKind.CREDIT_NOTE, Decimal("-50.00"))


@pytest.mark.parametrize(
    ("first", "second", "customers"),
    [
        ({"kvk": "23456789"}, {"kvk": "23456789", "postcode": "9999 ZZ"}, 1),  # moved: still that company
        ({"customer": "Zon B.V."}, {"customer": "ZON BV", "kvk": "23456789"}, 1),
        ({"kvk": "bestaat niet"}, {"kvk": "ook niet"}, 1),  # the same name and postcode
        ({"kvk": "bestaat niet"}, {"kvk": "ook niet", "postcode": "9999 ZZ"}, 2),
        ({"kvk": "23456789"}, {"kvk": "87654321"}, 2),  # the same name and postcode, another company
        ({"customer": "Bakkerij Zon B.V."}, {"customer": "Bаkkerij Zon B.V."}, 2),  # the second has a Cyrillic а
    ],
)
def test_a_customer_is_found_or_made(
    inside: Tenant, first: dict[str, str], second: dict[str, str], customers: int
) -> None:
    load(inside, ubl(number="F-1", **first))
    load(inside, ubl(number="F-2", **second))
    assert inside.customers.count() == customers
    assert inside.invoices.count() == 2


def test_a_list_and_an_invoice_meet_in_one_customer(inside: Tenant) -> None:
    load(inside, open_items("F-1;D1;Bakkerij Zon BV;2026-10-01;2026-10-31;10,00;10,00"))
    load(inside, ubl(number="F-2"))
    customer = inside.customers.get()
    assert (customer.number, customer.invoices.count()) == ("D1", 2)


def test_a_contact_comes_along_with_a_new_customer(inside: Tenant) -> None:
    load(
        inside,
        open_items(
            "F-1;Jansen BV;01-10-2026;1,00;Ans de Boer;ans@jansen.example",
            heading="Factuurnummer;Naam;Factuurdatum;Bedrag;Contactpersoon;E-mail",
        ),
    )
    contact = inside.contacts.get()
    assert (contact.name, contact.email, contact.customer.email) == (
        "Ans de Boer",
        "ans@jansen.example",
        "ans@jansen.example",
    )


def test_a_zip_names_the_second_with_the_same_number(inside: Tenant) -> None:
    report = load(inside, zipped(a=ubl(), b=ubl()), name="twee.zip")
    assert inside.invoices.count() == 1
    assert [(part.name, part.result) for part in report.documents[0].documents] == [
        ("a.xml", "stored"),
        ("b.xml", "duplicate"),
    ]
    assert "F-1" in report.documents[0].notes[0]


def test_a_bad_invoice_does_not_hold_up_the_others_in_a_zip(inside: Tenant) -> None:
    report = load(inside, zipped(a=ubl(payable="veel"), b=ubl(number="F-2")), name="twee.zip")
    assert [part.outcome for part in report.documents[0].documents] == ["refuse", "import"]
    assert inside.invoices.get().number == "F-2"


def test_only_clean_rows_when_the_user_chose_so(inside: Tenant) -> None:
    content = open_items(
        "F-1;D1;Jansen;2026-10-01;2026-10-31;10,00;10,00", "F-2;D2;De Vries;onzin;2026-10-31;20,00;20,00"
    )  # fmt: skip
    assert load(inside, content).is_refused
    assert not inside.invoices.exists()
    report = load(inside, content, only_clean_rows=True)
    assert [invoice.number for invoice in inside.invoices.all()] == ["F-1"]
    assert report.documents[0].warnings[0]["line"] == 3


def test_a_list_says_how_fresh_the_books_are(inside: Tenant) -> None:
    load(inside, open_items("F-1;D1;Jansen;2026-10-01;2026-10-31;10,00;10,00"), as_of="2026-11-20")
    assert inside.books_updates.get().up_to_on == date(2026, 11, 20)


def test_an_agreed_term_makes_the_due_date_agreed(inside: Tenant) -> None:
    load(inside, ubl())
    inside.customers.update(payment_term_days=14)
    load(inside, open_items("F-2;;Bakkerij Zon BV;2026-10-01;;10,00;10,00"))
    invoice = inside.invoices.get(number="F-2")
    assert (invoice.due_on, invoice.due_date_basis) == (date(2026, 10, 15), DueDateBasis.AGREED)


def test_a_date_of_the_file_is_never_agreed_by_itself(inside: Tenant) -> None:
    load(inside, ubl())
    customer = inside.customers.get()
    inside.customers.update(payment_term_days=14)
    load(inside, open_items("F-2;;Bakkerij Zon BV;2026-10-01;2026-10-15;10,00;10,00"))
    invoice = inside.invoices.get(number="F-2")
    assert (invoice.due_date_basis, invoice.customer_id) == (DueDateBasis.INVOICE_ONLY, customer.pk)
    customer.refresh_from_db()
    assert may_be_agreed(customer, invoice)  # proposed on the customer's page


@pytest.mark.parametrize(
    ("fields", "due_on", "rule"),
    [
        ({"legal_form": "private_company"}, "2026-12-01", "60 dagen"),  # 61 days
        ({"legal_form": "private_company"}, "2026-11-30", ""),  # 60 days
        ({"legal_form": "private_company", "is_large": True}, "2026-11-01", "nietig"),  # 31 days
        ({"legal_form": "private_company", "is_large": True}, "2026-10-31", ""),
        ({"legal_form": "government"}, "2026-11-01", "De overheid betaalt binnen 30 dagen"),
        ({"legal_form": "private"}, "2027-10-01", ""),  # a consumer has no cap
    ],
)
def test_a_term_that_is_too_long_is_a_warning_and_no_refusal(
    inside: Tenant, fields: dict[str, object], due_on: str, rule: str
) -> None:
    inside.customers.create(name="Jansen", name_key="jansen", created_at=NOW, number="D1", **fields)
    report = load(inside, open_items(f"F-1;D1;Jansen;2026-10-01;{due_on};10,00;10,00"))
    invoice = inside.invoices.get()
    document = report.documents[0]
    assert document.result == "stored"
    assert [rule in warning["message"] for warning in invoice.warnings] == ([True] if rule else [])
    assert [warning["message"].startswith("Factuur F-1: ") for warning in document.warnings] == [True] * bool(rule)
    assert document.outcome == ("import_with_warning" if rule else "import")


def test_a_large_creditor_may_be_paid_later(inside: Tenant) -> None:
    inside.is_large = True
    inside.customers.create(
        name="J", name_key="j", created_at=NOW, number="D1", legal_form="public_company", is_large=True
    )
    load(inside, open_items("F-1;D1;J;2026-10-01;2026-11-20;10,00;10,00"))
    assert inside.invoices.get().warnings == []


def test_without_any_term_the_statutory_one_holds(inside: Tenant) -> None:
    load(inside, open_items("F-2;;Jansen;2026-10-01;;10,00;10,00"))
    invoice = inside.invoices.get()
    assert (invoice.due_on, invoice.due_date_basis) == (date(2026, 10, 31), DueDateBasis.STATUTORY)


def test_without_the_duplicate_guard_a_second_upload_would_not_survive(
    inside: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: blind to what is known, the store inserts again, and only the unique key of the database stops it."""
    load(inside, ubl())
    monkeypatch.setattr(storing.InvoiceStore, "_known", lambda self, fresh: {})
    with pytest.raises(IntegrityError), transaction.atomic():
        load(inside, ubl())


def test_without_the_customer_index_customers_would_double(inside: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: a list without register numbers has no unique key behind it, so the index is the guard."""
    monkeypatch.setattr("receivables.actions.storing.CustomerIndex.find", lambda self, identity: None)
    load(inside, open_items("F-1;;Jansen;2026-10-01;;10,00;10,00", "F-2;;Jansen;2026-10-01;;10,00;10,00"))
    assert inside.customers.count() == 2


def test_a_failure_halfway_stores_nothing(inside: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("receivables.actions.ledger.book_invoices", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        load(inside, ubl())
    assert (Invoice.across_tenants.count(), inside.customers.count(), inside.files.count()) == (0, 0, 0)


def test_a_child_that_dies_halfway_leaves_nothing(inside: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of the list are in the transaction already when the reader is killed: all of it must go."""
    answers = sandbox.Sandbox._exchange

    def dying(*args: object, **kwargs: object) -> Iterator[dict[str, object]]:
        for answer in answers(*args, **kwargs):  # type: ignore[arg-type] # passed on as they came
            yield answer
            if "items" in answer:
                raise EOFError

    monkeypatch.setattr("receivables.importing.sandbox.Sandbox._exchange", dying)
    with pytest.raises(ImportInterruptedError), transaction.atomic():
        load(inside, many_open_items(3000))
    assert (inside.invoices.count(), inside.customers.count(), inside.ledger.count(), inside.files.count()) == (
        0,
        0,
        0,
        0,
    )


def test_a_worker_that_lost_its_child_shows_a_refusal(
    tenant: Tenant, bookkeeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(tenant.pk):
        batch = uploads.receive(tenant, [Upload("lijst.csv", many_open_items(10))], by=bookkeeper, now=NOW)
    problem = Problem(code="limits", message="te zwaar")
    monkeypatch.setattr(uploads, "_apply", mock.Mock(side_effect=ImportInterruptedError("lijst.csv", problem)))
    uploads.apply_in_background(tenant, batch.pk, now=NOW, on=TODAY)
    with tenant_context(tenant.pk):
        batch.refresh_from_db()
    assert (batch.state, batch.staged) == ("refused", [])
    assert batch.report["files"][0]["errors"][0]["message"] == "te zwaar"
