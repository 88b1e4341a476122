"""EN 16931, the VAT breakdown: rules BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-AF and BR-AG."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from receivables.importing.outcome import Problem
from receivables.importing.ubl_tree import NAMESPACES, Document, decimal_of, is_charge, line_of, text_of

_CENT, _ZERO = Decimal("0.01"), Decimal(0)
_PREFIX = {"S": "S", "Z": "Z", "E": "E", "AE": "AE", "K": "IC", "G": "G", "O": "O", "L": "AF", "M": "AG"}
_NO_TAX = {"Z", "E", "AE", "K", "G", "O"}
_NEEDS_REASON = {"E", "AE", "K", "G", "O"}
_TAXED = {"S", "L", "M"}


def check(doc: Document) -> list[Problem]:
    """The breakdown must hold every category of the lines, with the right base, rate and tax."""
    return [*_categories(doc), *_subtotals(doc), *_rates(doc)]


def _problem(code: str, text: str, element: etree._Element | None) -> Problem:
    line = line_of(element)
    where = f", regel {line}" if line else ""
    return Problem(
        code=code, message=f"[{code}] {text} (element TaxSubtotal{where}).", element="TaxSubtotal", line=line
    )


def _used(doc: Document) -> set[str]:
    categories = [line.find("cac:Item/cac:ClassifiedTaxCategory/cbc:ID", NAMESPACES) for line in doc.lines]
    categories += doc.all("cac:AllowanceCharge/cac:TaxCategory/cbc:ID")
    return {value for value in map(text_of, categories) if value}


def _categories(doc: Document) -> Iterator[Problem]:
    listed = [value for value in map(text_of, doc.all("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID")) if value]
    used = _used(doc)
    for category, prefix in _PREFIX.items():
        count = listed.count(category)
        wrong = (category in used) != (count > 0)
        if category in _NO_TAX and count > 1 and len(doc.all("cac:TaxTotal")) == 1:
            wrong = True
        if wrong:
            yield _problem(
                f"BR-{prefix}-01",
                f"btw-categorie {category} staat niet precies goed in de uitsplitsing",
                doc.first("cac:TaxTotal"),
            )
    for unknown in sorted({*used, *listed} - {*_PREFIX, "B"}):
        yield _problem("BR-CL-17", f"btw-categorie {unknown[:10]!r} bestaat niet", doc.first("cac:TaxTotal"))


def _subtotals(doc: Document) -> Iterator[Problem]:
    for subtotal in doc.all("cac:TaxTotal/cac:TaxSubtotal"):
        category = text_of(subtotal.find("cac:TaxCategory/cbc:ID", NAMESPACES))
        percent = decimal_of(subtotal.find("cac:TaxCategory/cbc:Percent", NAMESPACES))
        base, tax = (decimal_of(subtotal.find(f"cbc:{name}", NAMESPACES)) for name in ("TaxableAmount", "TaxAmount"))
        if category is None or base is None or tax is None:
            continue
        prefix = _PREFIX.get(category, "S")
        if percent is None and category != "O":
            yield _problem("BR-48", "het btw-percentage ontbreekt", subtotal)
        yield from _tax(category, prefix, percent, base, tax, subtotal)
        yield from _base(doc, category, prefix, percent, base, subtotal)
        yield from _reason(category, prefix, subtotal)


def _tax(
    category: str, prefix: str, percent: Decimal | None, base: Decimal, tax: Decimal, subtotal: etree._Element
) -> Iterator[Problem]:
    if category in _NO_TAX and tax != 0:
        yield _problem(f"BR-{prefix}-09", f"bij btw-categorie {category} hoort geen btw-bedrag", subtotal)
    elif category in _TAXED and percent is not None:
        expected = (base * percent / 100).quantize(_CENT, rounding=ROUND_HALF_UP)
        if abs(tax - expected) >= 1:  # the standard leaves one euro for rounding per line
            yield _problem("BR-CO-17", f"het btw-bedrag is {tax}, maar {percent} % van {base} is {expected}", subtotal)


def _base(
    doc: Document, category: str, prefix: str, percent: Decimal | None, base: Decimal, subtotal: etree._Element
) -> Iterator[Problem]:
    rate = percent if category in _TAXED else None
    parts = _ZERO
    for line in doc.lines:
        item = line.find("cac:Item/cac:ClassifiedTaxCategory", NAMESPACES)
        if _matches(item, category, rate):
            parts += decimal_of(line.find("cbc:LineExtensionAmount", NAMESPACES)) or _ZERO
    for charge in doc.all("cac:AllowanceCharge"):
        if _matches(charge.find("cac:TaxCategory", NAMESPACES), category, rate):
            amount = decimal_of(charge.find("cbc:Amount", NAMESPACES)) or _ZERO
            parts += amount if is_charge(charge) else -amount
    if abs(parts - base) >= 1:
        yield _problem(f"BR-{prefix}-08", f"de grondslag is {base}, maar de regels tellen op tot {parts}", subtotal)


def _matches(found: etree._Element | None, category: str, rate: Decimal | None) -> bool:
    if found is None or text_of(found.find("cbc:ID", NAMESPACES)) != category:
        return False
    return rate is None or decimal_of(found.find("cbc:Percent", NAMESPACES)) == rate


def _reason(category: str, prefix: str, subtotal: etree._Element) -> Iterator[Problem]:
    reasons = ("cac:TaxCategory/cbc:TaxExemptionReason", "cac:TaxCategory/cbc:TaxExemptionReasonCode")
    given = any(subtotal.find(path, NAMESPACES) is not None for path in reasons)
    if category in _NEEDS_REASON and not given:
        yield _problem(f"BR-{prefix}-10", f"bij btw-categorie {category} ontbreekt de reden van vrijstelling", subtotal)
    elif category in _TAXED | {"Z"} and given:
        yield _problem(f"BR-{prefix}-10", f"bij btw-categorie {category} hoort geen reden van vrijstelling", subtotal)


def _rates(doc: Document) -> Iterator[Problem]:
    """The rate on a line or charge must fit its category."""
    places = [("05", line.find("cac:Item/cac:ClassifiedTaxCategory", NAMESPACES)) for line in doc.lines]
    for charge in doc.all("cac:AllowanceCharge"):
        places.append(("07" if is_charge(charge) else "06", charge.find("cac:TaxCategory", NAMESPACES)))
    for number, found in places:
        if found is None:
            continue
        category, percent = text_of(found.find("cbc:ID", NAMESPACES)), found.find("cbc:Percent", NAMESPACES)
        rate = decimal_of(percent)
        wrong = (
            (category == "S" and (rate is None or rate <= 0))
            or (category in _NO_TAX - {"O"} and rate != 0)
            or (category == "O" and percent is not None)
        )
        if wrong:
            yield _problem(
                f"BR-{_PREFIX.get(category or '', 'S')}-{number}",
                f"het btw-percentage past niet bij categorie {category}",
                found,
            )
