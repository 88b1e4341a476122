"""UBL 2.1 invoices and credit notes (SI-UBL 2.0/NLCIUS, Peppol BIS 3): bytes in, one ParsedInvoice out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lxml import etree

from receivables.importing import ubl_profiles, ubl_rules, ubl_schema, xml
from receivables.importing.outcome import LARGEST_AMOUNT, NAME_LENGTH, NUMBER_LENGTH, Demands, Problem, RefusedError
from receivables.importing.parsed import Attachment, ParsedInvoice, Party
from receivables.importing.ubl_tree import CBC, Document, decimal_of, line_of, one_line, text_of

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
_ROOTS = {f"{{{INVOICE}}}Invoice", f"{{{CREDIT_NOTE}}}CreditNote"}
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


def is_ubl(content: bytes) -> bool:
    return b"<" in content[:512] or content[:2] in (b"\xff\xfe", b"\xfe\xff")


def read(content: bytes) -> ParsedInvoice:
    """Read one document; what the ledger needs must be there and exact, else it is refused."""
    root = xml.parse(content)
    if root.tag not in _ROOTS:
        raise _wrong_document(root)
    doc = Document(root)
    return _invoice(doc, warnings=_findings(doc))


def _wrong_document(root: etree._Element) -> RefusedError:
    name = etree.QName(root)
    return RefusedError(
        f"Dit is geen UBL-factuur: het documenttype is {name.localname[:60]!r} (namespace {(name.namespace or 'geen')[:120]}). "
        "Alleen UBL 2.1 Invoice en CreditNote worden gelezen.",
        code="document_type",
        element="namespace",
        line=1,
    )


def _findings(doc: Document) -> tuple[Problem, ...]:
    """Schema first, then the rules of the profile the document claims to follow."""
    problems = [*ubl_schema.check(doc)]
    if not doc.follows_en16931:
        problems.append(
            Problem(
                code="profiel",
                message="Het document volgt niet de norm EN 16931 (oud of onbekend profiel "
                f"{(doc.customization_id or 'zonder CustomizationID')[:120]!r}); de factuurregels zijn niet getoetst.",
                element="CustomizationID",
            )
        )
        return tuple(problems)
    problems += ubl_rules.check(doc)
    problems += ubl_profiles.check(doc)
    return tuple(problems)


def _invoice(doc: Document, *, warnings: tuple[Problem, ...]) -> ParsedInvoice:
    demands = Demands()
    number = demands.get(lambda: _number(doc))
    issued_on = demands.get(lambda: _required_date(doc, "cbc:IssueDate"))
    due = demands.get(lambda: _due_date(doc))
    currency = demands.get(lambda: _currency(doc))
    payable = demands.get(lambda: _required_amount(doc, "cac:LegalMonetaryTotal/cbc:PayableAmount"))
    supplier = demands.get(lambda: _party(doc, "AccountingSupplierParty"))
    customer = demands.get(lambda: _party(doc, "AccountingCustomerParty"))
    demands.refuse_if_any()
    assert number and issued_on and due and currency and payable is not None and supplier and customer  # noqa: S101, PT018 # else refused
    return ParsedInvoice(
        is_credit_note=doc.is_credit_note,
        number=number,
        issued_on=issued_on,
        due_on=due[0],
        due_date_source=due[1],
        type_code=doc.text("cbc:InvoiceTypeCode") or doc.text("cbc:CreditNoteTypeCode"),
        currency=currency,
        payable=payable,
        tax_inclusive=_amount(doc, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
        tax_exclusive=_amount(doc, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"),
        prepaid=_amount(doc, "cac:LegalMonetaryTotal/cbc:PrepaidAmount"),
        rounding=_amount(doc, "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount"),
        tax_totals=tuple(
            value for value in map(decimal_of, doc.all("cac:TaxTotal/cbc:TaxAmount")) if value is not None
        ),
        supplier=supplier,
        customer=customer,
        payee=doc.text("cac:PayeeParty/cac:PartyName/cbc:Name"),
        payment_references=doc.texts("cac:PaymentMeans/cbc:PaymentID"),
        payment_means_codes=doc.texts("cac:PaymentMeans/cbc:PaymentMeansCode"),
        payee_accounts=doc.texts("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"),
        mandate=doc.text("cac:PaymentMeans/cac:PaymentMandate/cbc:ID"),
        order_reference=doc.text("cac:OrderReference/cbc:ID"),
        buyer_reference=doc.text("cbc:BuyerReference"),
        payment_terms=doc.texts("cac:PaymentTerms/cbc:Note"),
        credits_invoices=doc.texts("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        customization_id=doc.customization_id,
        profile_id=doc.text("cbc:ProfileID"),
        lines=doc.line_descriptions(),
        line_count=len(doc.lines),
        attachments=_attachments(doc),
        warnings=warnings,
    )


def _number(doc: Document) -> str:
    number = one_line(doc.text("cbc:ID"))
    if not number:
        raise RefusedError("Het factuurnummer (element ID) ontbreekt.", code="missing", element="ID")
    if len(number) > NUMBER_LENGTH:
        raise RefusedError(
            f"Het factuurnummer (element ID) is {len(number)} tekens lang; hooguit {NUMBER_LENGTH} is mogelijk.",
            code="too_long",
            element="ID",
        )
    return number


def _currency(doc: Document) -> str:
    currency = (
        doc.text("cbc:DocumentCurrencyCode")
        or doc.attribute("cac:LegalMonetaryTotal/cbc:PayableAmount", "currencyID")
        or ""
    )
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise RefusedError(
            "De valuta (element DocumentCurrencyCode) ontbreekt of is geen code van drie letters.",
            code="currency",
            element="DocumentCurrencyCode",
        )
    return currency.upper()


def _required_date(doc: Document, path: str) -> date:
    found = _date(doc, path)
    if found is None:
        name = path.rpartition(":")[2]
        raise RefusedError(f"De datum in element {name} ontbreekt.", code="missing", element=name)
    return found


def _date(doc: Document, path: str) -> date | None:
    element = doc.first(path)
    value = text_of(element)
    if element is None or not value:
        return None
    name = etree.QName(element).localname
    line = line_of(element)
    try:  # xs:date may end in a time zone; the civil date stands before it
        found = date.fromisoformat(value[:10])
    except ValueError:
        found = None
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR or len(value) > 16:
        raise RefusedError(
            f"Regel {line}: element {name} bevat geen bruikbare datum ({value[:30]!r}); verwacht wordt jjjj-mm-dd.",
            code="date",
            element=name,
            line=line,
        )
    return found


def _due_date(doc: Document) -> tuple[date | None, str | None]:
    for path, source in (
        ("cbc:DueDate", "DueDate"),
        ("cac:PaymentMeans/cbc:PaymentDueDate", "PaymentMeans/PaymentDueDate"),
        ("cac:PaymentTerms/cbc:PaymentDueDate", "PaymentTerms/PaymentDueDate"),
    ):
        if due_on := _date(doc, path):
            return due_on, source
    return None, None


def _amount(doc: Document, path: str) -> Decimal | None:
    element = doc.first(path)
    return decimal_of(element)


def _required_amount(doc: Document, path: str) -> Decimal:
    """The amount that will be asked for: exact cents within what the ledger can hold."""
    element = doc.first(path)
    name = path.rpartition(":")[2]
    if element is None or not text_of(element):
        raise RefusedError(f"Het bedrag in element {name} ontbreekt.", code="missing", element=name)
    line = line_of(element)
    value = decimal_of(element)
    if value is None:
        raise RefusedError(
            f"Regel {line}: element {name} bevat geen bedrag ({(text_of(element) or '')[:40]!r}).",
            code="amount",
            element=name,
            line=line,
        )
    if abs(value) >= LARGEST_AMOUNT:
        raise RefusedError(
            f"Regel {line}: het bedrag in element {name} is te groot.", code="amount", element=name, line=line
        )
    cents = value.quantize(Decimal("0.01"))
    if cents != value:
        raise RefusedError(
            f"Regel {line}: het bedrag in element {name} ({value}) heeft meer dan twee decimalen; er wordt niet afgerond.",
            code="amount",
            element=name,
            line=line,
        )
    return cents


def _party(doc: Document, role: str) -> Party:
    base = f"cac:{role}/cac:Party"
    party = Party(
        name=one_line(doc.text(f"{base}/cac:PartyName/cbc:Name")),
        legal_name=one_line(doc.text(f"{base}/cac:PartyLegalEntity/cbc:RegistrationName")),
        company_id=doc.text(f"{base}/cac:PartyLegalEntity/cbc:CompanyID"),
        company_id_scheme=doc.attribute(f"{base}/cac:PartyLegalEntity/cbc:CompanyID", "schemeID"),
        endpoint=doc.text(f"{base}/cbc:EndpointID"),
        endpoint_scheme=doc.attribute(f"{base}/cbc:EndpointID", "schemeID"),
        vat=_vat(doc, base),
        country=doc.text(f"{base}/cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
        email=doc.text(f"{base}/cac:Contact/cbc:ElectronicMail"),
        contact=one_line(doc.text(f"{base}/cac:Contact/cbc:Name")),
        phone=one_line(doc.text(f"{base}/cac:Contact/cbc:Telephone")),
        street=one_line(doc.text(f"{base}/cac:PostalAddress/cbc:StreetName")),
        building=one_line(doc.text(f"{base}/cac:PostalAddress/cbc:BuildingNumber")),
        extra_address=one_line(doc.text(f"{base}/cac:PostalAddress/cbc:AdditionalStreetName")),
        postcode=one_line(doc.text(f"{base}/cac:PostalAddress/cbc:PostalZone")),
        city=one_line(doc.text(f"{base}/cac:PostalAddress/cbc:CityName")),
        assigned_id=one_line(
            doc.text(f"cac:{role}/cbc:SupplierAssignedAccountID") or doc.text(f"{base}/cac:PartyIdentification/cbc:ID")
        ),
    )
    return _checked(party, role=role)


def _checked(party: Party, *, role: str) -> Party:
    who = {"AccountingSupplierParty": "leverancier", "AccountingCustomerParty": "afnemer"}[role]
    if not party.shown_name:
        raise RefusedError(
            f"De naam van de {who} ontbreekt (element {role}, RegistrationName of PartyName).",
            code="missing",
            element="RegistrationName",
        )
    for element, value in (("RegistrationName", party.legal_name), ("PartyName", party.name)):
        if value and len(value) > NAME_LENGTH:
            raise RefusedError(
                f"De naam van de {who} (element {element}) is {len(value)} tekens lang; hooguit {NAME_LENGTH} is mogelijk.",
                code="too_long",
                element=element,
            )
    return party


def _vat(doc: Document, base: str) -> str | None:
    for scheme in doc.all(f"{base}/cac:PartyTaxScheme"):
        if (text_of(scheme.find(f".//{CBC}ID")) or "").upper() == "VAT":
            return text_of(scheme.find(f"{CBC}CompanyID"))
    return None


def _attachments(doc: Document) -> tuple[Attachment, ...]:
    found = []
    for element in doc.all("cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"):
        found.append(
            Attachment(
                name=one_line(element.get("filename")) or "bijlage",
                media_type=one_line(element.get("mimeCode")) or "application/octet-stream",
                base64="".join((element.text or "").split()),
            )
        )
    return tuple(found)
