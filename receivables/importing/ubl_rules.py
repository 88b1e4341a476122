"""EN 16931, the rules that decide whether the amount and the parties can be trusted.

Every rule keeps its official number, so that a bookkeeper can look it up or send it to the supplier. They are written
from the text of the standard; rules about optional details that never reach the ledger are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from receivables.importing import ubl_vat
from receivables.importing.outcome import Problem
from receivables.importing.ubl_tree import CAC, CBC, NAMESPACES, Document, decimal_of, is_charge, line_of, text_of

_CENT = Decimal("0.01")
_ZERO = Decimal(0)
_TOTAL = "cac:LegalMonetaryTotal/"
_SUPPLIER, _CUSTOMER = "cac:AccountingSupplierParty/cac:Party/", "cac:AccountingCustomerParty/cac:Party/"
_TYPE_CODE_LIST = (
    "71 80 81 82 83 84 102 130 202 203 204 211 218 219 261 262 295 296 308 325 326 331 380 381 382 383 384 385 386 387 388 389 390 "
    "393 394 395 396 420 456 457 458 471 472 473 500 501 502 503 527 532 553 575 623 633 751 780 817 870 875 876 877 935"
)
_TYPE_CODES = set(_TYPE_CODE_LIST.split())
_MEANS_CODES = {str(code) for code in range(1, 71)} | {
    "74",
    "75",
    "76",
    "77",
    "78",
    "91",
    "92",
    "93",
    "94",
    "95",
    "96",
    "97",
    "98",
    "ZZZ",
    "Z01",
    "Z02",
}
_EMBEDDED = {
    "application/pdf", "image/png", "image/jpeg", "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip

_REQUIRED = (
    ("BR-02", "cbc:ID", "het factuurnummer ontbreekt"),
    ("BR-03", "cbc:IssueDate", "de factuurdatum ontbreekt"),
    ("BR-05", "cbc:DocumentCurrencyCode", "de valuta ontbreekt"),
    (
        "BR-06",
        f"{_SUPPLIER}cac:PartyLegalEntity/cbc:RegistrationName",
        "de officiële naam van de leverancier ontbreekt",
    ),
    ("BR-07", f"{_CUSTOMER}cac:PartyLegalEntity/cbc:RegistrationName", "de officiële naam van de afnemer ontbreekt"),
    ("BR-08", f"{_SUPPLIER}cac:PostalAddress", "het adres van de leverancier ontbreekt"),
    (
        "BR-09",
        f"{_SUPPLIER}cac:PostalAddress/cac:Country/cbc:IdentificationCode",
        "het land van de leverancier ontbreekt",
    ),
    ("BR-10", f"{_CUSTOMER}cac:PostalAddress", "het adres van de afnemer ontbreekt"),
    ("BR-11", f"{_CUSTOMER}cac:PostalAddress/cac:Country/cbc:IdentificationCode", "het land van de afnemer ontbreekt"),
    ("BR-12", f"{_TOTAL}cbc:LineExtensionAmount", "het totaal van de regels ontbreekt"),
    ("BR-13", f"{_TOTAL}cbc:TaxExclusiveAmount", "het totaal exclusief btw ontbreekt"),
    ("BR-14", f"{_TOTAL}cbc:TaxInclusiveAmount", "het totaal inclusief btw ontbreekt"),
    ("BR-15", f"{_TOTAL}cbc:PayableAmount", "het te betalen bedrag ontbreekt"),
    ("BR-CO-18", "cac:TaxTotal/cac:TaxSubtotal", "de btw-uitsplitsing ontbreekt"),
)
_PER_ELEMENT = (
    ("BR-17", "cac:PayeeParty", "cac:PartyName/cbc:Name", "de naam van de begunstigde ontbreekt"),
    ("BR-18", "cac:TaxRepresentativeParty", "cac:PartyName/cbc:Name", "de naam van de fiscaal vertegenwoordiger ontbreekt"),
    ("BR-19", "cac:TaxRepresentativeParty", "cac:PostalAddress", "het adres van de fiscaal vertegenwoordiger ontbreekt"),
    ("BR-56", "cac:TaxRepresentativeParty", "cac:PartyTaxScheme/cbc:CompanyID", "het btw-nummer van de fiscaal vertegenwoordiger ontbreekt"),
    ("BR-45", "cac:TaxTotal/cac:TaxSubtotal", "cbc:TaxableAmount", "de grondslag in de btw-uitsplitsing ontbreekt"),
    ("BR-46", "cac:TaxTotal/cac:TaxSubtotal", "cbc:TaxAmount", "het btw-bedrag in de btw-uitsplitsing ontbreekt"),
    ("BR-47", "cac:TaxTotal/cac:TaxSubtotal", "cac:TaxCategory/cbc:ID", "de btw-categorie in de btw-uitsplitsing ontbreekt"),
    ("BR-49", "cac:PaymentMeans", "cbc:PaymentMeansCode", "de code van de betaalwijze ontbreekt"),
    ("BR-50", "cac:PaymentMeans/cac:PayeeFinancialAccount", "cbc:ID", "het rekeningnummer ontbreekt"),
    ("BR-52", "cac:AdditionalDocumentReference", "cbc:ID", "de verwijzing van een bijlage ontbreekt"),
    ("BR-55", "cac:BillingReference", "cac:InvoiceDocumentReference/cbc:ID", "het nummer van de eerdere factuur ontbreekt"),
    ("UBL-SR-53", "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme", "cac:TaxScheme/cbc:ID", "het belastingstelsel van de leverancier ontbreekt"),
    ("UBL-SR-53", "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme", "cac:TaxScheme/cbc:ID", "het belastingstelsel van de afnemer ontbreekt"),
    ("BR-31", "cac:AllowanceCharge", "cbc:Amount", "het bedrag van een korting of toeslag ontbreekt"),
    ("BR-32", "cac:AllowanceCharge", "cac:TaxCategory/cbc:ID", "de btw-categorie van een korting of toeslag ontbreekt"),
)  # fmt: skip
_PER_LINE = (
    ("BR-21", "cbc:ID", "het regelnummer ontbreekt"),
    ("BR-24", "cbc:LineExtensionAmount", "het nettobedrag ontbreekt"),
    ("BR-25", "cac:Item/cbc:Name", "de omschrijving ontbreekt"),
    ("BR-26", "cac:Price/cbc:PriceAmount", "de prijs ontbreekt"),
    ("BR-CO-04", "cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "de btw-categorie ontbreekt"),
)
_AT_MOST_ONCE = (
    ("UBL-SR-09", f"{_SUPPLIER}cac:PartyLegalEntity/cbc:RegistrationName"),
    ("UBL-SR-10", f"{_SUPPLIER}cac:PartyName/cbc:Name"),
    ("UBL-SR-11", f"{_SUPPLIER}cac:PartyLegalEntity/cbc:CompanyID"),
    ("UBL-SR-15", f"{_CUSTOMER}cac:PartyLegalEntity/cbc:RegistrationName"),
    ("UBL-SR-16", f"{_CUSTOMER}cac:PartyIdentification/cbc:ID"),
    ("UBL-SR-17", f"{_CUSTOMER}cac:PartyLegalEntity/cbc:CompanyID"),
    ("UBL-SR-40", f"{_CUSTOMER}cac:PartyName/cbc:Name"),
    ("UBL-SR-05", "cac:PaymentTerms/cbc:Note"),
    ("UBL-SR-01", "cac:ContractDocumentReference/cbc:ID"),
    ("UBL-SR-02", "cac:ReceiptDocumentReference/cbc:ID"),
    ("UBL-SR-03", "cac:DespatchDocumentReference/cbc:ID"),
    ("UBL-SR-39", "cac:ProjectReference/cbc:ID"),
    ("UBL-SR-24", "cac:Delivery"),
    ("UBL-SR-08", "cac:InvoicePeriod"),
)


def check(doc: Document) -> list[Problem]:
    """Every rule that fails, each with its number."""
    checks: tuple[Callable[[Document], Iterator[Problem]], ...] = (
        _required,
        _parties,
        _lines,
        _totals,
        _payment,
        _codes,
        _party_codes,
        _attachments,
        _shape,
    )
    return [problem for check_one in checks for problem in check_one(doc)] + ubl_vat.check(doc)


def problem(code: str, text: str, element: etree._Element | None = None, *, path: str = "") -> Problem:
    """A finding with the rule's number in front, and the line when the element is there."""
    name = etree.QName(element).localname if element is not None else path.rpartition(":")[2] or None
    line = line_of(element)
    where = f", regel {line}" if line else ""
    return Problem(
        code=code, message=f"[{code}] {text[:1].upper()}{text[1:]} (element {name}{where}).", element=name, line=line
    )


def _required(doc: Document) -> Iterator[Problem]:
    for code, path, text in _REQUIRED:
        if not doc.has(path):
            yield problem(code, text, path=path)
    if not (doc.has("cbc:InvoiceTypeCode") or doc.has("cbc:CreditNoteTypeCode")):
        yield problem("BR-04", "de soort factuur ontbreekt", path="cbc:InvoiceTypeCode")
    if not doc.lines:
        yield problem("BR-16", "er is geen factuurregel", path="cac:InvoiceLine")
    for code, owner, path, text in _PER_ELEMENT:
        for element in doc.all(owner):
            if element.find(path, NAMESPACES) is None:
                yield problem(code, text, element)


def _parties(doc: Document) -> Iterator[Problem]:
    ids = ("cac:PartyTaxScheme/cbc:CompanyID", "cac:PartyIdentification/cbc:ID", "cac:PartyLegalEntity/cbc:CompanyID")
    if not any(doc.has(f"{_SUPPLIER}{path}") for path in ids):
        yield problem("BR-CO-26", "de leverancier heeft geen enkel nummer (KvK, btw of eigen)", path="cbc:CompanyID")
    for code, base in (("BR-62", _SUPPLIER), ("BR-63", _CUSTOMER)):
        for element in doc.all(f"{base}cbc:EndpointID"):
            if not element.get("schemeID"):
                yield problem(code, "het elektronisch adres heeft geen schemeID", element)
    for base in (_SUPPLIER, _CUSTOMER):
        for scheme in doc.all(f"{base}cac:PartyTaxScheme"):
            number = text_of(scheme.find(f"{CBC}CompanyID")) or ""
            if text_of(scheme.find("cac:TaxScheme/cbc:ID", NAMESPACES)) == "VAT" and not re.match(r"[A-Z]{2}", number):
                yield problem("BR-CO-09", "het btw-nummer begint niet met een landcode", scheme)


def _lines(doc: Document) -> Iterator[Problem]:
    quantity = "cbc:CreditedQuantity" if doc.is_credit_note else "cbc:InvoicedQuantity"
    for line in doc.lines:
        for code, path, text in _PER_LINE:
            if line.find(path, NAMESPACES) is None:
                yield problem(code, f"op een factuurregel: {text}", line)
        amount = line.find(quantity, NAMESPACES)
        if amount is None:
            yield problem("BR-22", "op een factuurregel ontbreekt het aantal", line)
        elif not amount.get("unitCode"):
            yield problem("BR-23", "het aantal op een factuurregel heeft geen eenheid", amount)
        price = line.find("cac:Price/cbc:PriceAmount", NAMESPACES)
        if (value := decimal_of(price)) is not None and value < 0:
            yield problem("BR-27", "een prijs mag niet negatief zijn", price)
        if len(line.findall("cac:Item/cac:ClassifiedTaxCategory", NAMESPACES)) > 1:
            yield problem("UBL-SR-48", "een factuurregel heeft meer dan één btw-categorie", line)


def _totals(doc: Document) -> Iterator[Problem]:
    lines = _sum([line.find("cbc:LineExtensionAmount", NAMESPACES) for line in doc.lines])
    allowances, charges = _charges(doc, wanted=False), _charges(doc, wanted=True)
    net, tax = doc.number(f"{_TOTAL}cbc:LineExtensionAmount"), _document_tax(doc)
    exclusive, inclusive = doc.number(f"{_TOTAL}cbc:TaxExclusiveAmount"), doc.number(f"{_TOTAL}cbc:TaxInclusiveAmount")
    stated_allowances = doc.number(f"{_TOTAL}cbc:AllowanceTotalAmount")
    stated_charges = doc.number(f"{_TOTAL}cbc:ChargeTotalAmount")
    payable, prepaid = doc.number(f"{_TOTAL}cbc:PayableAmount"), doc.number(f"{_TOTAL}cbc:PrepaidAmount") or _ZERO
    rounding = doc.number(f"{_TOTAL}cbc:PayableRoundingAmount") or _ZERO
    yield from _equal("BR-CO-10", net, lines, "het totaal van de regels", f"{_TOTAL}cbc:LineExtensionAmount", doc)
    if stated_allowances is not None or allowances:
        yield from _equal(
            "BR-CO-11",
            stated_allowances or _ZERO,
            allowances,
            "het totaal van de kortingen",
            f"{_TOTAL}cbc:AllowanceTotalAmount",
            doc,
        )
    if stated_charges is not None or charges:
        yield from _equal(
            "BR-CO-12",
            stated_charges or _ZERO,
            charges,
            "het totaal van de toeslagen",
            f"{_TOTAL}cbc:ChargeTotalAmount",
            doc,
        )
    if net is not None:
        expected = net - (stated_allowances or _ZERO) + (stated_charges or _ZERO)
        yield from _equal(
            "BR-CO-13", exclusive, expected, "het totaal exclusief btw", f"{_TOTAL}cbc:TaxExclusiveAmount", doc
        )
    for total in doc.all("cac:TaxTotal"):
        parts = total.findall("cac:TaxSubtotal/cbc:TaxAmount", NAMESPACES)
        if parts:
            stated = decimal_of(total.find("cbc:TaxAmount", NAMESPACES))
            yield from _equal(
                "BR-CO-14", stated, _sum(parts), "het totale btw-bedrag", "cac:TaxTotal/cbc:TaxAmount", doc
            )
    if exclusive is not None and tax is not None:
        yield from _equal(
            "BR-CO-15", inclusive, exclusive + tax, "het totaal inclusief btw", f"{_TOTAL}cbc:TaxInclusiveAmount", doc
        )
    elif tax is None:
        yield problem(
            "BR-CO-15", "het btw-bedrag in de valuta van de factuur ontbreekt", path="cac:TaxTotal/cbc:TaxAmount"
        )
    if inclusive is not None:
        expected = inclusive - prepaid + rounding
        yield from _equal("BR-CO-16", payable, expected, "het te betalen bedrag", f"{_TOTAL}cbc:PayableAmount", doc)


def _equal(
    code: str, stated: Decimal | None, expected: Decimal, what: str, path: str, doc: Document
) -> Iterator[Problem]:
    if stated is not None and stated != expected.quantize(_CENT, rounding=ROUND_HALF_UP):
        yield problem(
            code,
            f"{what} is {stated}, maar de som is {expected.quantize(_CENT, rounding=ROUND_HALF_UP)}",
            doc.first(path),
            path=path,
        )


def _sum(elements: Sequence[etree._Element | None]) -> Decimal:
    return sum((decimal_of(element) or _ZERO for element in elements), _ZERO)


def _charges(doc: Document, *, wanted: bool) -> Decimal:
    return sum(
        (
            decimal_of(charge.find("cbc:Amount", NAMESPACES)) or _ZERO
            for charge in doc.all("cac:AllowanceCharge")
            if is_charge(charge) == wanted
        ),
        _ZERO,
    )


def _document_tax(doc: Document) -> Decimal | None:
    """The VAT total in the invoice's own currency; a second total in the tax currency may stand beside it."""
    currency = doc.text("cbc:DocumentCurrencyCode")
    totals = doc.all("cac:TaxTotal/cbc:TaxAmount")
    own = [element for element in totals if element.get("currencyID") == currency]
    chosen = own[0] if own else totals[0] if len(totals) == 1 else None
    return decimal_of(chosen)


def _payment(doc: Document) -> Iterator[Problem]:
    payable = doc.number(f"{_TOTAL}cbc:PayableAmount")
    due = (
        doc.has("cbc:DueDate") or doc.has("cac:PaymentMeans/cbc:PaymentDueDate") or doc.has("cac:PaymentTerms/cbc:Note")
    )
    if payable is not None and payable > 0 and not due and not doc.is_credit_note:
        yield problem(
            "BR-CO-25", "er is een bedrag te betalen, maar vervaldatum en betaalconditie ontbreken", path="cbc:DueDate"
        )
    for means in doc.all("cac:PaymentMeans"):
        code = text_of(means.find("cbc:PaymentMeansCode", NAMESPACES))
        if (
            code in ("30", "57", "58")
            and means.find("cac:PayeeFinancialAccount/cbc:ID", NAMESPACES) is None
            and code != "58"
        ):
            yield problem("BR-61", "bij overschrijving ontbreekt het rekeningnummer", means)
    if len(set(doc.texts("cac:PaymentMeans/cbc:PaymentMeansCode"))) > 1:
        yield problem("UBL-SR-47", "er staan verschillende betaalwijzen op één factuur", doc.first("cac:PaymentMeans"))
    if len(set(doc.texts("cac:PaymentMeans/cbc:PaymentID"))) > 1:
        yield problem(
            "UBL-SR-44", "er staan verschillende betalingskenmerken op één factuur", doc.first("cac:PaymentMeans")
        )


def _codes(doc: Document) -> Iterator[Problem]:
    for path in ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"):
        if (code := doc.text(path)) and code not in _TYPE_CODES:
            yield problem("BR-CL-01", f"de soort factuur {code[:10]!r} bestaat niet", doc.first(path))
    for element in doc.all("cac:PaymentMeans/cbc:PaymentMeansCode"):
        if text_of(element) not in _MEANS_CODES:
            yield problem("BR-CL-16", "de code van de betaalwijze bestaat niet", element)
    for element in doc.root.iter(f"{CBC}IdentificationCode"):
        if not re.fullmatch(r"[A-Z0-9]{2}", text_of(element) or ""):
            yield problem("BR-CL-14", "de landcode is geen ISO 3166-code", element)
    for element in doc.root.iter(f"{CBC}TaxExemptionReasonCode"):
        if not (text_of(element) or "").upper().startswith("VATEX-"):
            yield problem("BR-CL-22", "de code voor vrijstelling staat niet in de lijst", element)


def _party_codes(doc: Document) -> Iterator[Problem]:
    for path in ("cac:PartyLegalEntity/cbc:CompanyID", "cac:PartyIdentification/cbc:ID"):
        for base in (_SUPPLIER, _CUSTOMER):
            for element in doc.all(f"{base}{path}"):
                scheme = element.get("schemeID")
                if scheme and not re.fullmatch(r"0\d{3}|SEPA", scheme):
                    yield problem(
                        "BR-CL-11" if "Legal" in path else "BR-CL-10",
                        f"het nummerstelsel {scheme[:20]!r} staat niet in de ICD-lijst",
                        element,
                    )
    for base in (_SUPPLIER, _CUSTOMER):
        for element in doc.all(f"{base}cbc:EndpointID"):
            scheme = element.get("schemeID")
            if scheme and not re.fullmatch(r"0\d{3}|99\d\d|A[NQSU]|EM", scheme):
                yield problem("BR-CL-25", f"het adresstelsel {scheme[:20]!r} staat niet in de EAS-lijst", element)


def _attachments(doc: Document) -> Iterator[Problem]:
    for element in doc.all("cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"):
        if element.get("mimeCode") not in _EMBEDDED:
            yield problem("BR-CL-24", "het bestandstype van een bijlage is niet toegestaan", element)
        if not element.get("filename"):
            yield problem("UBL-DT-07", "een bijlage heeft geen bestandsnaam", element)


def _shape(doc: Document) -> Iterator[Problem]:
    for code, path in _AT_MOST_ONCE:
        found = doc.all(path)
        if len(found) > 1:
            yield problem(code, "komt vaker voor dan één keer", found[1])
    for element in doc.root.iter(etree.Element):
        name = etree.QName(element).localname
        if element.tag.startswith(CBC) and name.endswith("Amount") and _places(element) > 2 and not _is_price(element):
            yield problem("UBL-DT-01", "een bedrag heeft meer dan twee decimalen", element)
    for element in (
        *doc.all("cac:InvoicePeriod"),
        *(p for line in doc.lines for p in line.findall("cac:InvoicePeriod", NAMESPACES)),
    ):
        start, end = (text_of(element.find(f"cbc:{name}", NAMESPACES)) for name in ("StartDate", "EndDate"))
        if start and end and end < start:
            yield problem("BR-29", "een periode eindigt vóór het begin", element)


def _is_price(element: etree._Element) -> bool:
    """Prices may have any number of decimals, and so may the discount on a price."""
    owners = {parent.tag for parent in element.iterancestors(f"{CAC}Price", f"{CAC}ItemPriceExtension")}
    return bool(owners)


def _places(element: etree._Element) -> int:
    return len((text_of(element) or "").partition(".")[2])
