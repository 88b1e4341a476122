"""The rules of NLCIUS (SI-UBL 2.0) and Peppol BIS 3 on top of EN 16931, for documents that claim to follow them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from lxml import etree
from stdnum import luhn

from receivables.importing.outcome import Problem
from receivables.importing.ubl_rules import problem
from receivables.importing.ubl_tree import CAC, CBC, NAMESPACES, Document, decimal_of, is_charge, text_of

_SUPPLIER, _CUSTOMER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
_REPRESENTATIVE = "cac:TaxRepresentativeParty"
_DUTCH_MEANS = {"30", "48", "49", "57", "58", "59"}
_DUTCH_SCHEMES = {"0106", "0190"}
_PROFILE = re.compile(r"urn:fdc:peppol\.eu:2017:poacc:billing:[0-9]{2}:1\.0")
_SLACK = Decimal("0.02")
_PEPPOL_INVOICE_TYPES = {"380", "383", "386", "393", "82", "80", "84", "395", "457", "456", "326", "384", "388", "389", "390", "394",
                         "553", "575", "623", "751", "780", "817", "870", "875", "876", "877", "71", "102", "130", "202", "203", "204",
                         "211", "218", "219", "295", "325", "331", "382", "385", "387", "471", "472", "473", "500", "501", "502", "503",
                         "527", "633", "935"}  # fmt: skip


def check(doc: Document) -> list[Problem]:
    found: list[Problem] = []
    if doc.follows_nlcius and doc.country("AccountingSupplierParty") == "NL":
        found += _dutch_supplier(doc, rule=lambda name: f"BR-NL-{name}", numbers=_NLCIUS)
    if doc.follows_nlcius:
        found += _order_line(doc, code="BR-NL-13")
    if doc.follows_peppol:
        found += [*_peppol(doc), *_peppol_totals(doc), *_peppol_types(doc), *_identifiers(doc), *_sweden(doc)]
        if _seller_country(doc) == "NL":
            found += _dutch_supplier(doc, rule=lambda name: f"NL-R-00{name}", numbers=_PEPPOL_NL)
            found += _order_line(doc, code="NL-R-009")
    return found


# The same Dutch demands under two numberings: (NLCIUS, Peppol).
_NLCIUS = {"legal": "1", "reference": "2", "seller": "3", "buyer": "4", "representative": "5", "corrects": "9",
           "buyer_legal": "10", "means": "11", "code": "12"}  # fmt: skip
_PEPPOL_NL = {"corrects": "1", "seller": "2", "legal": "3", "buyer": "4", "buyer_legal": "5", "representative": "6",
              "means": "7", "code": "8"}  # fmt: skip


def _dutch_supplier(doc: Document, *, rule: Callable[[str], str], numbers: dict[str, str]) -> Iterator[Problem]:
    def said(key: str, text: str, path: str) -> Problem:
        return problem(rule(numbers[key]), text, doc.first(path), path=path)

    nlcius, customer_is_dutch = "reference" in numbers, doc.country("AccountingCustomerParty") == "NL"
    if not _dutch_number(doc, _SUPPLIER):
        yield said("legal", "de leverancier noemt geen KvK-nummer of OIN", f"{_SUPPLIER}/cac:PartyLegalEntity")
    if nlcius and not (doc.has("cbc:BuyerReference") or doc.has("cac:OrderReference/cbc:ID")):
        yield said("reference", "referentie van de afnemer en ordernummer ontbreken allebei", "cbc:BuyerReference")
    if not _full_address(doc, _SUPPLIER):
        yield said("seller", "het adres van de leverancier is niet volledig", f"{_SUPPLIER}/cac:PostalAddress")
    if customer_is_dutch and not _full_address(doc, _CUSTOMER):
        yield said("buyer", "het adres van de afnemer is niet volledig", f"{_CUSTOMER}/cac:PostalAddress")
    abroad = doc.text(f"{_REPRESENTATIVE}/cac:PostalAddress/cac:Country/cbc:IdentificationCode") != "NL"
    if not abroad and not _full_address(doc, _REPRESENTATIVE):
        yield said(
            "representative",
            "het adres van de fiscaal vertegenwoordiger is niet volledig",
            f"{_REPRESENTATIVE}/cac:PostalAddress",
        )
    yield from _dutch_payment(doc, rule=rule, numbers=numbers)


def _dutch_payment(doc: Document, *, rule: Callable[[str], str], numbers: dict[str, str]) -> Iterator[Problem]:
    def said(key: str, text: str, path: str) -> Problem:
        return problem(rule(numbers[key]), text, doc.first(path), path=path)

    nlcius, customer_is_dutch = "reference" in numbers, doc.country("AccountingCustomerParty") == "NL"
    must_refer = doc.text("cbc:InvoiceTypeCode") == "384" if nlcius else doc.is_credit_note
    if must_refer and not doc.has("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"):
        yield said("corrects", "de verwijzing naar de eerdere factuur ontbreekt", "cac:BillingReference")
    given = doc.has(f"{_CUSTOMER}/cac:PartyLegalEntity/cbc:CompanyID")
    if customer_is_dutch and (nlcius or given) and not _dutch_number(doc, _CUSTOMER):
        yield said("buyer_legal", "de afnemer heeft geen KvK-nummer of OIN", f"{_CUSTOMER}/cac:PartyLegalEntity")
    payable = doc.number("cac:LegalMonetaryTotal/cbc:PayableAmount") or Decimal(0)
    asks = payable < 0 if doc.is_credit_note and not nlcius else payable > 0
    if asks and not doc.has("cac:PaymentMeans"):
        yield said("means", "de betaalwijze ontbreekt", "cac:PaymentMeans")
    if nlcius or customer_is_dutch:
        for means in doc.all("cac:PaymentMeans"):
            if text_of(means.find("cbc:PaymentMeansCode", NAMESPACES)) not in _DUTCH_MEANS:
                yield problem(
                    rule(numbers["code"]), "de betaalwijze is geen Nederlandse (30, 48, 49, 57, 58 of 59)", means
                )


def _dutch_number(doc: Document, base: str) -> bool:
    found = doc.all(f"{base}/cac:PartyLegalEntity/cbc:CompanyID")
    return any(element.get("schemeID") in _DUTCH_SCHEMES for element in found) and all(map(text_of, found))


def _full_address(doc: Document, base: str) -> bool:
    return all(doc.has(f"{base}/cac:PostalAddress/cbc:{name}") for name in ("StreetName", "CityName", "PostalZone"))


def _order_line(doc: Document, *, code: str) -> Iterator[Problem]:
    reference = next(doc.root.iter(f"{CAC}OrderLineReference"), None)
    if reference is not None and not doc.has("cac:OrderReference/cbc:ID"):
        yield problem(code, "een orderregel wordt genoemd zonder ordernummer", reference)


def _seller_country(doc: Document) -> str:
    return doc.country("AccountingSupplierParty")


def _peppol(doc: Document) -> Iterator[Problem]:
    profile = doc.text("cbc:ProfileID") or ""
    if not profile:
        yield problem("PEPPOL-EN16931-R001", "het bedrijfsproces ontbreekt", path="cbc:ProfileID")
    elif not _PROFILE.fullmatch(profile):
        yield problem(
            "PEPPOL-EN16931-R007", "het bedrijfsproces heeft niet de vorm van Peppol", doc.first("cbc:ProfileID")
        )
    if not (doc.has("cbc:BuyerReference") or doc.has("cac:OrderReference/cbc:ID")):
        yield problem(
            "PEPPOL-EN16931-R003",
            "referentie van de afnemer en ordernummer ontbreken allebei",
            path="cbc:BuyerReference",
        )
    if not doc.has(f"{_CUSTOMER}/cbc:EndpointID"):
        yield problem("PEPPOL-EN16931-R010", "het elektronisch adres van de afnemer ontbreekt", path="cbc:EndpointID")
    if not doc.has(f"{_SUPPLIER}/cbc:EndpointID"):
        yield problem(
            "PEPPOL-EN16931-R020", "het elektronisch adres van de leverancier ontbreekt", path="cbc:EndpointID"
        )
    for element in doc.root.iter(etree.Element):
        if len(element) == 0 and not (element.text or "").strip():
            yield problem("PEPPOL-EN16931-R008", "het document heeft een leeg element", element)
            break


def _peppol_totals(doc: Document) -> Iterator[Problem]:
    with_parts = [total for total in doc.all("cac:TaxTotal") if total.find("cac:TaxSubtotal", NAMESPACES) is not None]
    if len(with_parts) != 1:
        yield problem(
            "PEPPOL-EN16931-R053",
            "er hoort precies één btw-uitsplitsing te zijn",
            doc.first("cac:TaxTotal"),
            path="cac:TaxTotal",
        )
    if len(doc.all("cac:TaxTotal")) - len(with_parts) != int(doc.has("cbc:TaxCurrencyCode")):
        yield problem(
            "PEPPOL-EN16931-R054",
            "het btw-totaal in de tweede valuta klopt niet",
            doc.first("cac:TaxTotal"),
            path="cac:TaxTotal",
        )
    if doc.has("cbc:TaxCurrencyCode") and doc.text("cbc:TaxCurrencyCode") == doc.text("cbc:DocumentCurrencyCode"):
        yield problem(
            "PEPPOL-EN16931-R005", "de btw-valuta is dezelfde als die van de factuur", doc.first("cbc:TaxCurrencyCode")
        )


def _peppol_types(doc: Document) -> Iterator[Problem]:
    if not doc.is_credit_note and (code := doc.text("cbc:InvoiceTypeCode")) and code not in _PEPPOL_INVOICE_TYPES:
        yield problem("PEPPOL-EN16931-P0100", "de soort factuur past niet bij Peppol", doc.first("cbc:InvoiceTypeCode"))
    if doc.is_credit_note and doc.text("cbc:CreditNoteTypeCode") not in (
        "381",
        "396",
        "81",
        "83",
        "532",
        "261",
        "262",
        "296",
        "308",
        "420",
        "458",
    ):
        yield problem(
            "PEPPOL-EN16931-P0101", "de soort creditnota past niet bij Peppol", doc.first("cbc:CreditNoteTypeCode")
        )
    both_german = {doc.country("AccountingSupplierParty"), doc.country("AccountingCustomerParty")} == {"DE"}
    if doc.text("cbc:InvoiceTypeCode") in ("326", "384") and not both_german:
        yield problem(
            "PEPPOL-EN16931-P0112",
            "soort 326 en 384 zijn alleen tussen Duitse partijen toegestaan",
            doc.first("cbc:InvoiceTypeCode"),
        )
    for means in doc.all("cac:PaymentMeans"):
        if (
            text_of(means.find("cbc:PaymentMeansCode", NAMESPACES)) in ("49", "59")
            and means.find("cac:PaymentMandate/cbc:ID", NAMESPACES) is None
        ):
            yield problem("PEPPOL-EN16931-R061", "bij incasso ontbreekt het machtigingskenmerk", means)
    yield from _peppol_lines(doc)
    yield from _peppol_charges(doc)
    yield from _peppol_currency(doc)


def _peppol_lines(doc: Document) -> Iterator[Problem]:
    quantity_name = "cbc:CreditedQuantity" if doc.is_credit_note else "cbc:InvoicedQuantity"
    for line in doc.lines:
        net = decimal_of(line.find("cbc:LineExtensionAmount", NAMESPACES)) or Decimal(0)
        stated = decimal_of(line.find(quantity_name, NAMESPACES))
        quantity = Decimal(1) if stated is None else stated
        price = decimal_of(line.find("cac:Price/cbc:PriceAmount", NAMESPACES)) or Decimal(0)
        per = decimal_of(line.find("cac:Price/cbc:BaseQuantity", NAMESPACES))
        if per is not None and per <= 0:
            yield problem("PEPPOL-EN16931-R121", "de prijs geldt per een aantal van nul of minder", line)
        expected = quantity * price / (per or Decimal(1))
        for charge in line.findall("cac:AllowanceCharge", NAMESPACES):
            amount = decimal_of(charge.find("cbc:Amount", NAMESPACES)) or Decimal(0)
            expected += amount if is_charge(charge) else -amount
        if abs(net - expected) > _SLACK:
            yield problem(
                "PEPPOL-EN16931-R120", f"aantal maal prijs is {expected.normalize():f}, de regel noemt {net}", line
            )
        if any(
            text_of(ref.find("cbc:DocumentTypeCode", NAMESPACES)) != "130"
            for ref in line.findall("cac:DocumentReference", NAMESPACES)
        ):
            yield problem("PEPPOL-EN16931-R101", "een documentverwijzing op een regel hoort soort 130 te zijn", line)
        for charge in line.findall("cac:Price/cac:AllowanceCharge", NAMESPACES):
            gross, off = (decimal_of(charge.find(f"cbc:{name}", NAMESPACES)) for name in ("BaseAmount", "Amount"))
            if gross is not None and off is not None and gross - off != price:
                yield problem("PEPPOL-EN16931-R046", "brutoprijs min korting is niet de nettoprijs", charge)


def _peppol_charges(doc: Document) -> Iterator[Problem]:
    charges = [
        *doc.all("cac:AllowanceCharge"),
        *(c for line in doc.lines for c in line.findall("cac:AllowanceCharge", NAMESPACES)),
    ]
    for charge in charges:
        factor, base, amount = (
            decimal_of(charge.find(f"cbc:{name}", NAMESPACES))
            for name in ("MultiplierFactorNumeric", "BaseAmount", "Amount")
        )
        if factor is not None and base is None:
            yield problem("PEPPOL-EN16931-R041", "een percentage zonder basisbedrag", charge)
        elif factor is None and base is not None:
            yield problem("PEPPOL-EN16931-R042", "een basisbedrag zonder percentage", charge)
        elif factor is not None and base is not None and abs((amount or Decimal(0)) - base * factor / 100) > _SLACK:
            yield problem("PEPPOL-EN16931-R040", "korting of toeslag is niet percentage maal basis", charge)
        if text_of(charge.find("cbc:ChargeIndicator", NAMESPACES)) not in ("true", "false"):
            yield problem("PEPPOL-EN16931-R043", "onduidelijk of dit een korting of een toeslag is", charge)


def _peppol_currency(doc: Document) -> Iterator[Problem]:
    currency = doc.text("cbc:DocumentCurrencyCode")
    second = [
        total.find("cbc:TaxAmount", NAMESPACES)
        for total in doc.all("cac:TaxTotal")
        if total.find("cac:TaxSubtotal", NAMESPACES) is None
    ]
    for element in doc.root.iter(etree.Element):
        if element.tag.startswith(CBC) and element.get("currencyID") not in (None, currency) and element not in second:
            yield problem("PEPPOL-EN16931-R051", "een bedrag staat in een andere valuta dan de factuur", element)
            break


def _identifiers(doc: Document) -> Iterator[Problem]:
    """Check digits of the numbers whose scheme prescribes them."""
    checks = {
        "0088": ("PEPPOL-COMMON-R040", "GLN", _gln),
        "0007": (
            "PEPPOL-COMMON-R049",
            "Zweeds organisatienummer",
            lambda v: len(v) == 10 and v.isdigit() and luhn.is_valid(v),
        ),
        "0208": ("PEPPOL-COMMON-R043", "Belgisch ondernemingsnummer", _belgian),
        "0192": ("PEPPOL-COMMON-R041", "Noors organisatienummer", _norwegian),
        "0184": ("PEPPOL-COMMON-R042", "Deens CVR-nummer", lambda v: re.fullmatch(r"(DK)?\d{8}", v) is not None),
    }
    for element in doc.root.iter(f"{CBC}EndpointID", f"{CBC}CompanyID", f"{CBC}ID"):
        scheme, value = element.get("schemeID"), text_of(element) or ""
        if element.tag == f"{CBC}ID" and etree.QName(element.getparent()).localname != "PartyIdentification":
            continue
        if scheme in checks and not checks[scheme][2](value):
            code, what, _ = checks[scheme]
            yield problem(code, f"{what} klopt niet", element)
        if element.tag == f"{CBC}EndpointID" and scheme and not re.fullmatch(r"0\d{3}|99\d\d|A[NQSU]|EM", scheme):
            yield problem("PEPPOL-EN16931-CL008", "het adresstelsel staat niet in de lijst", element)
        elif element.tag == f"{CBC}EndpointID" and scheme in ("AN", "AQ", "AS", "AU", "EM"):
            yield problem("PEPPOL-EN16931-CL008", "het adresstelsel staat niet in de lijst van Peppol", element)


def _gln(value: str) -> bool:
    if not value.isdigit():
        return False
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(value[:-1])))
    return (10 - total % 10) % 10 == int(value[-1])


def _belgian(value: str) -> bool:
    return len(value) == 10 and value.isdigit() and 97 - int(value[:8]) % 97 == int(value[8:])


def _norwegian(value: str) -> bool:
    if len(value) != 9 or not value.isdigit():
        return False
    total = sum(int(digit) * (place % 6 + 2) for place, digit in enumerate(reversed(value[:-1])))
    return (11 - total % 11) % 11 == int(value[-1])


def _sweden(doc: Document) -> Iterator[Problem]:
    number = doc.first(f"{_SUPPLIER}/cac:PartyLegalEntity/cbc:CompanyID")
    value = text_of(number) or ""
    if doc.country("AccountingSupplierParty") == "SE" and value.isdigit():
        if len(value) != 10:
            yield problem("SE-R-004", "een Zweeds organisatienummer heeft tien cijfers", number)
        elif not luhn.is_valid(value):
            yield problem("SE-R-013", "het controlecijfer van het Zweedse organisatienummer klopt niet", number)
