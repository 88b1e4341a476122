"""The demo's books: valid where a check exists, belonging to nobody, and the same every time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import stdnum.iban
import stdnum.nl.btw

from config.demo import numbers
from config.demo.books import Business, make_books
from config.demo.businesses import BUSINESSES
from config.demo.documents import invoice_pdf, open_item_list, ubl, ubl_files
from receivables.importing import ubl as reader
from tests.dunning.letters.pdf import text_of

ON = date(2026, 11, 23)


@pytest.mark.parametrize("serial", [0, 1, 4711, 89_999])
def test_numbers_pass_their_checks(serial: int) -> None:
    assert stdnum.iban.is_valid(numbers.iban(serial))
    assert stdnum.nl.btw.is_valid(numbers.vat_number(serial))
    assert len(numbers.kvk_number(serial)) == 8


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda business: business.slug)
def test_books_are_the_same_every_time(business: Business) -> None:
    assert make_books(business, on=ON) == make_books(business, on=ON)


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda business: business.slug)
def test_every_address_is_one_that_cannot_be_mailed(business: Business) -> None:
    addresses = [customer.email for customer in make_books(business, on=ON).customers if customer.email]
    assert addresses
    assert [address for address in addresses if not address.endswith(".example")] == []


@pytest.mark.parametrize("business", [one for one in BUSINESSES if one.source == "ubl"], ids=lambda one: one.slug)
def test_our_own_reader_takes_each_document_without_a_warning(business: Business) -> None:
    books = make_books(business, on=ON)
    by_number = {invoice.number: invoice for invoice in books.invoices}
    for content in ubl_files(business, books).values():
        read = reader.read(content)
        invoice = by_number[read.number]
        assert (read.payable, read.issued_on, read.warnings) == (invoice.total, invoice.issued_on, ())


def test_a_list_adds_up_to_the_books() -> None:
    business = next(one for one in BUSINESSES if one.source == "csv")
    books = make_books(business, on=ON)
    rows = open_item_list(books).decode("utf-8-sig").splitlines()[1:]
    listed = sum(Decimal(row.split(";")[-1].replace(".", "").replace(",", ".")) for row in rows)
    assert listed == sum(-one.total if one.credits_number else one.total for one in books.invoices)


def test_the_pdf_inside_says_what_the_document_says() -> None:
    business = BUSINESSES[0]
    invoice = make_books(business, on=ON).invoices[0]
    pdf = invoice_pdf(business, invoice)
    assert ubl(business, invoice)
    assert invoice.number in text_of(pdf)
