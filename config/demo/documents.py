"""The files a tenant of the demo would upload: UBL invoices with their PDF inside, or an open-item list as CSV."""

from __future__ import annotations

import base64
import csv
import io
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from config.demo import numbers
from config.demo.books import Books, Business, InvoiceRecord

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"
FOR_CONSUMERS = "urn:cen.eu:en16931:2017"  # NLCIUS asks a KvK number of every buyer
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
KVK_SCHEME = "0106"
LIST_HEADINGS = (
    "Debiteurnr", "Naam", "Adres", "Postcode", "Plaats", "E-mail", "KvK-nummer",
    "Factuurnr", "Factuurdatum", "Vervaldatum", "Factuurbedrag", "Openstaand",
)  # fmt: skip


def open_item_list(books: Books) -> bytes:
    """An export as Dutch accounting programs make it: semicolons, comma decimals, dd-mm-yyyy."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(LIST_HEADINGS)
    for invoice in books.invoices:
        customer = invoice.customer
        total = -invoice.total if invoice.credits_number else invoice.total
        row = [customer.number, customer.name, customer.street, customer.postcode, customer.city, customer.email]
        row += [customer.kvk_number, invoice.number, f"{invoice.issued_on:%d-%m-%Y}", f"{invoice.due_on:%d-%m-%Y}"]
        writer.writerow([*row, _dutch(total), _dutch(total)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def ubl_files(business: Business, books: Books) -> dict[str, bytes]:
    """File name -> UBL 2.1 document (NLCIUS), each with a PDF of the invoice inside."""
    return {f"{invoice.number}.xml": ubl(business, invoice) for invoice in books.invoices}


def ubl(business: Business, invoice: InvoiceRecord) -> bytes:
    is_credit = bool(invoice.credits_number)
    root = "CreditNote" if is_credit else "Invoice"
    due = "" if is_credit else f"<cbc:DueDate>{invoice.due_on}</cbc:DueDate>"
    kind = "<cbc:CreditNoteTypeCode>381" if is_credit else "<cbc:InvoiceTypeCode>380"
    close = "</cbc:CreditNoteTypeCode>" if is_credit else "</cbc:InvoiceTypeCode>"
    credited = (
        "<cac:BillingReference><cac:InvoiceDocumentReference>"
        f"<cbc:ID>{escape(invoice.credits_number)}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
        if is_credit
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" '
        'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
        'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        f"<cbc:CustomizationID>{FOR_CONSUMERS if invoice.customer.is_consumer else CUSTOMIZATION}</cbc:CustomizationID><cbc:ProfileID>{PROFILE}</cbc:ProfileID>"
        f"<cbc:ID>{escape(invoice.number)}</cbc:ID><cbc:IssueDate>{invoice.issued_on}</cbc:IssueDate>{due}"
        f"{kind}{close}<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
        f"<cbc:BuyerReference>{escape(invoice.customer.number)}</cbc:BuyerReference>{credited}"
        f"{_attachment(business, invoice)}{_supplier(business)}{_customer(invoice)}{_payment(business, invoice)}"
        f"{_totals(invoice)}{_lines(invoice, root)}</{root}>\n"
    ).encode()


def _attachment(business: Business, invoice: InvoiceRecord) -> str:
    content = base64.b64encode(invoice_pdf(business, invoice)).decode()
    return (
        f"<cac:AdditionalDocumentReference><cbc:ID>{escape(invoice.number)}</cbc:ID><cac:Attachment>"
        f'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="{escape(invoice.number)}.pdf">{content}'
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )


def _supplier(business: Business) -> str:
    kvk, vat = numbers.kvk_number(business.serial), numbers.vat_number(business.serial)
    return (
        "<cac:AccountingSupplierParty><cac:Party>"
        f'<cbc:EndpointID schemeID="{KVK_SCHEME}">{kvk}</cbc:EndpointID>'
        f"<cac:PartyName><cbc:Name>{escape(business.name)}</cbc:Name></cac:PartyName>"
        f"{_address(business.street, business.city, business.postcode)}{_vat(vat)}"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(business.name)}</cbc:RegistrationName>"
        f'<cbc:CompanyID schemeID="{KVK_SCHEME}">{kvk}</cbc:CompanyID></cac:PartyLegalEntity>'
        "</cac:Party></cac:AccountingSupplierParty>"
    )


def _customer(invoice: InvoiceRecord) -> str:
    customer = invoice.customer
    kvk = f'<cbc:CompanyID schemeID="{KVK_SCHEME}">{customer.kvk_number}</cbc:CompanyID>' if customer.kvk_number else ""
    mail = f"<cbc:ElectronicMail>{escape(customer.email)}</cbc:ElectronicMail>" if customer.email else ""
    contact = f"<cac:Contact>{mail}</cac:Contact>" if mail else ""
    return (
        "<cac:AccountingCustomerParty><cac:Party>"
        f"<cac:PartyIdentification><cbc:ID>{customer.number}</cbc:ID></cac:PartyIdentification>"
        f"<cac:PartyName><cbc:Name>{escape(customer.name)}</cbc:Name></cac:PartyName>"
        f"{_address(customer.street, customer.city, customer.postcode)}{_vat(customer.vat_number)}"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(customer.name)}</cbc:RegistrationName>{kvk}"
        f"</cac:PartyLegalEntity>{contact}</cac:Party></cac:AccountingCustomerParty>"
    )


def _address(street: str, city: str, postcode: str) -> str:
    return (
        f"<cac:PostalAddress><cbc:StreetName>{escape(street)}</cbc:StreetName><cbc:CityName>{escape(city)}</cbc:CityName>"
        f"<cbc:PostalZone>{escape(postcode)}</cbc:PostalZone>"
        "<cac:Country><cbc:IdentificationCode>NL</cbc:IdentificationCode></cac:Country></cac:PostalAddress>"
    )


def _vat(number: str) -> str:
    if not number:
        return ""
    return (
        f"<cac:PartyTaxScheme><cbc:CompanyID>{number}</cbc:CompanyID>"
        "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    )


def _payment(business: Business, invoice: InvoiceRecord) -> str:
    return (
        "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
        f"<cbc:PaymentID>{escape(invoice.number)}</cbc:PaymentID>"
        f"<cac:PayeeFinancialAccount><cbc:ID>{numbers.iban(business.serial)}</cbc:ID></cac:PayeeFinancialAccount>"
        f"</cac:PaymentMeans><cac:PaymentTerms><cbc:Note>Betaling binnen {invoice.customer.term_days} dagen.</cbc:Note>"
        "</cac:PaymentTerms>"
    )


def _category(invoice: InvoiceRecord, element: str) -> str:
    exempt = not invoice.vat_rate
    reason = (
        "<cbc:TaxExemptionReason>Vrijgesteld</cbc:TaxExemptionReason>" if exempt and element == "TaxCategory" else ""
    )
    return (
        f"<cac:{element}><cbc:ID>{'E' if exempt else 'S'}</cbc:ID><cbc:Percent>{invoice.vat_rate}</cbc:Percent>{reason}"
        f"<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{element}>"
    )


def _totals(invoice: InvoiceRecord) -> str:
    return (
        f"<cac:TaxTotal>{_amount('TaxAmount', invoice.vat)}<cac:TaxSubtotal>{_amount('TaxableAmount', invoice.without_vat)}"
        f"{_amount('TaxAmount', invoice.vat)}{_category(invoice, 'TaxCategory')}</cac:TaxSubtotal></cac:TaxTotal>"
        f"<cac:LegalMonetaryTotal>{_amount('LineExtensionAmount', invoice.without_vat)}"
        f"{_amount('TaxExclusiveAmount', invoice.without_vat)}{_amount('TaxInclusiveAmount', invoice.total)}"
        f"{_amount('PayableAmount', invoice.total)}</cac:LegalMonetaryTotal>"
    )


def _lines(invoice: InvoiceRecord, root: str) -> str:
    quantity = "CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity"
    return "".join(
        f'<cac:{root}Line><cbc:ID>{position}</cbc:ID><cbc:{quantity} unitCode="C62">{line.quantity}</cbc:{quantity}>'
        f"{_amount('LineExtensionAmount', line.amount)}<cac:Item><cbc:Name>{escape(line.description)}</cbc:Name>"
        f"{_category(invoice, 'ClassifiedTaxCategory')}</cac:Item>"
        f"<cac:Price>{_amount('PriceAmount', line.price)}</cac:Price></cac:{root}Line>"
        for position, line in enumerate(invoice.lines, start=1)
    )


def _amount(element: str, amount: Decimal) -> str:
    return f'<cbc:{element} currencyID="EUR">{amount:.2f}</cbc:{element}>'


def _dutch(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _day(on: date) -> str:
    return f"{on:%d-%m-%Y}"


def invoice_pdf(business: Business, invoice: InvoiceRecord) -> bytes:
    """A plain one-page PDF, written by hand because a typeset one would cost a minute over all invoices."""
    customer = invoice.customer
    title = "Creditnota" if invoice.credits_number else "Factuur"
    rows: list[tuple[int, int, int, str]] = [
        (60, 780, 16, business.name),
        (60, 762, 9, f"{business.street}, {business.postcode} {business.city}"),
        (60, 700, 10, customer.name),
        (60, 686, 10, customer.street),
        (60, 672, 10, f"{customer.postcode} {customer.city}"),
        (60, 620, 13, f"{title} {invoice.number}"),
        (60, 602, 10, f"Datum {_day(invoice.issued_on)}    Vervaldatum {_day(invoice.due_on)}"),
    ]
    top = 566
    for line in invoice.lines:
        rows += [(60, top, 10, f"{line.quantity} x {line.description}"), (460, top, 10, f"EUR {_dutch(line.amount)}")]
        top -= 16
    for label, amount in (("Btw", invoice.vat), ("Totaal", invoice.total)):
        top -= 16
        rows += [(360, top, 10, f"{label}"), (460, top, 10, f"EUR {_dutch(amount)}")]
    rows.append((60, 90, 9, f"Graag betalen op {numbers.iban(business.serial)} onder vermelding van {invoice.number}."))
    return _pdf(rows)


def _pdf(rows: list[tuple[int, int, int, str]]) -> bytes:
    shown = "\n".join(f"BT /F1 {size} Tf {x} {y} Td ({_pdf_text(text)}) Tj ET" for x, y, size, text in rows)
    stream = shown.encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(body))
    )


def _pdf_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
