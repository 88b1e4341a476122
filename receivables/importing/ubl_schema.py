"""The shape of UBL 2.1: known elements in the prescribed order, and values of the prescribed type.

This is not the whole OASIS schema: it covers the document, its parties, payment means, totals and lines,
which is what a sender gets wrong in practice. The elements are listed in the order of the standard.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from receivables.importing.outcome import Problem
from receivables.importing.ubl_tree import CAC, CBC, Document, decimal_of, line_of, text_of

_INVOICE = (
    "UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID CopyIndicator UUID IssueDate IssueTime DueDate "
    "InvoiceTypeCode Note TaxPointDate DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode "
    "PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric BuyerReference InvoicePeriod "
    "OrderReference BillingReference DespatchDocumentReference ReceiptDocumentReference StatementDocumentReference "
    "OriginatorDocumentReference ContractDocumentReference AdditionalDocumentReference ProjectReference Signature "
    "AccountingSupplierParty AccountingCustomerParty PayeeParty BuyerCustomerParty SellerSupplierParty "
    "TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms PrepaidPayment AllowanceCharge "
    "TaxExchangeRate PricingExchangeRate PaymentExchangeRate PaymentAlternativeExchangeRate TaxTotal WithholdingTaxTotal "
    "LegalMonetaryTotal InvoiceLine"
)
_CREDIT_NOTE = (
    "UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID CopyIndicator UUID IssueDate IssueTime "
    "TaxPointDate CreditNoteTypeCode Note DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode "
    "PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric BuyerReference InvoicePeriod "
    "DiscrepancyResponse OrderReference BillingReference DespatchDocumentReference ReceiptDocumentReference "
    "ContractDocumentReference AdditionalDocumentReference StatementDocumentReference OriginatorDocumentReference Signature "
    "AccountingSupplierParty AccountingCustomerParty PayeeParty BuyerCustomerParty SellerSupplierParty "
    "TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms TaxExchangeRate PricingExchangeRate "
    "PaymentExchangeRate PaymentAlternativeExchangeRate AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine"
)
_PARTY = (
    "MarkCareIndicator MarkAttentionIndicator WebsiteURI LogoReferenceID EndpointID IndustryClassificationCode "
    "PartyIdentification PartyName Language PostalAddress PhysicalLocation PartyTaxScheme PartyLegalEntity Contact Person "
    "AgentParty ServiceProviderParty PowerOfAttorney FinancialAccount"
)
_TOTALS = (
    "LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount PrepaidAmount "
    "PayableRoundingAmount PayableAmount PayableAlternativeAmount"
)
_PAYMENT_MEANS = (
    "ID PaymentMeansCode PaymentDueDate PaymentChannelCode InstructionID InstructionNote PaymentID CardAccount "
    "PayerFinancialAccount PayeeFinancialAccount CreditAccount PaymentMandate TradeFinancing"
)
_LEGAL_ENTITY = (
    "RegistrationName CompanyID RegistrationDate RegistrationExpirationDate CompanyLegalFormCode CompanyLegalForm "
    "SoleProprietorshipIndicator CompanyLiquidationStatusCode CorporateStockAmount FullyPaidSharesIndicator "
    "RegistrationAddress CorporateRegistrationScheme HeadOfficeParty ShareholderParty"
)
_ADDRESS = (
    "ID AddressTypeCode AddressFormatCode Postbox Floor Room StreetName AdditionalStreetName BlockName BuildingName "
    "BuildingNumber InhouseMail Department MarkAttention MarkCare PlotIdentification CitySubdivisionName CityName PostalZone "
    "CountrySubentity CountrySubentityCode Region District TimezoneOffset AddressLine Country LocationCoordinate"
)
_INVOICE_LINE = (
    "ID UUID Note InvoicedQuantity LineExtensionAmount TaxPointDate AccountingCostCode AccountingCost PaymentPurposeCode "
    "FreeOfChargeIndicator InvoicePeriod OrderLineReference DespatchLineReference ReceiptLineReference BillingReference "
    "DocumentReference PricingReference OriginatorParty Delivery PaymentTerms AllowanceCharge TaxTotal WithholdingTaxTotal "
    "Item Price DeliveryTerms SubInvoiceLine ItemPriceExtension"
)
_CREDIT_NOTE_LINE = (
    "ID UUID Note CreditedQuantity LineExtensionAmount TaxPointDate AccountingCostCode AccountingCost PaymentPurposeCode "
    "FreeOfChargeIndicator InvoicePeriod OrderLineReference DiscrepancyResponse DespatchLineReference ReceiptLineReference "
    "BillingReference DocumentReference PricingReference OriginatorParty Delivery PaymentTerms TaxTotal AllowanceCharge Item "
    "Price DeliveryTerms SubCreditNoteLine ItemPriceExtension"
)


def _order(names: str) -> dict[str, int]:
    return {name: position for position, name in enumerate(names.split())}


_SEQUENCES = {
    "Invoice": _order(_INVOICE),
    "CreditNote": _order(_CREDIT_NOTE),
    "Party": _order(_PARTY),
    "LegalMonetaryTotal": _order(_TOTALS),
    "PaymentMeans": _order(_PAYMENT_MEANS),
    "PartyLegalEntity": _order(_LEGAL_ENTITY),
    "PostalAddress": _order(_ADDRESS),
    "InvoiceLine": _order(_INVOICE_LINE),
    "CreditNoteLine": _order(_CREDIT_NOTE_LINE),
}
_ONCE = {
    "Invoice": {"ID", "IssueDate", "DueDate", "InvoiceTypeCode", "DocumentCurrencyCode", "OrderReference", "LegalMonetaryTotal",
                "AccountingSupplierParty", "AccountingCustomerParty", "PayeeParty", "TaxRepresentativeParty", "BuyerReference"},
    "LegalMonetaryTotal": set(_TOTALS.split()),
}  # fmt: skip
_ONCE["CreditNote"] = _ONCE["Invoice"]
_REQUIRED = {
    "Invoice": (
        "ID",
        "IssueDate",
        "AccountingSupplierParty",
        "AccountingCustomerParty",
        "LegalMonetaryTotal",
        "InvoiceLine",
    ),
    "CreditNote": (
        "ID",
        "IssueDate",
        "AccountingSupplierParty",
        "AccountingCustomerParty",
        "LegalMonetaryTotal",
        "CreditNoteLine",
    ),
    "LegalMonetaryTotal": ("PayableAmount",),
    "PaymentMeans": ("PaymentMeansCode",),
    "InvoiceLine": ("ID", "LineExtensionAmount", "Item"),
    "CreditNoteLine": ("ID",),
}
_SHOWN = 5


def check(doc: Document) -> list[Problem]:
    """Return the first few breaches; the rest is the sender's to find with a validator."""
    found: list[Problem] = []
    for problem in _breaches(doc):
        found.append(problem)
        if len(found) == _SHOWN:
            break
    return found


def _breaches(doc: Document) -> Iterator[Problem]:
    for element in doc.root.iter(etree.Element):
        name = etree.QName(element).localname
        if name in _SEQUENCES:
            yield from _sequence(element, name)
        elif name.endswith("Amount") and element.tag.startswith(CBC):
            yield from _amount(element, name)


def _sequence(parent: etree._Element, name: str) -> Iterator[Problem]:
    order, last, seen = _SEQUENCES[name], -1, set()
    for child in parent.iterchildren(etree.Element):
        child_name = etree.QName(child).localname
        position = order.get(child_name) if child.tag.startswith((CAC, CBC)) or child_name == "UBLExtensions" else None
        if position is None:
            yield _problem(child, f"element {child_name} hoort niet in {name}")
        elif position < last:
            yield _problem(child, f"element {child_name} staat niet op de voorgeschreven plaats in {name}")
        elif child_name in seen and child_name in _ONCE.get(name, ()):
            yield _problem(child, f"element {child_name} mag maar één keer voorkomen in {name}")
        last = max(last, -1 if position is None else position)
        seen.add(child_name)
    for required in _REQUIRED.get(name, ()):
        if required not in seen:
            yield _problem(parent, f"element {required} ontbreekt in {name}")


def _amount(element: etree._Element, name: str) -> Iterator[Problem]:
    if decimal_of(element) is None:
        yield _problem(element, f"element {name} bevat geen bedrag ({(text_of(element) or '')[:30]!r})")
    elif not element.get("currencyID"):
        yield _problem(element, f"element {name} noemt geen valuta (currencyID)")


def _problem(element: etree._Element, text: str) -> Problem:
    return Problem(
        code="UBL-2.1",
        message=f"Regel {line_of(element)}: {text} (UBL 2.1-schema).",
        element=etree.QName(element).localname,
        line=line_of(element),
    )
