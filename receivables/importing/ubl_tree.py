"""Walking a UBL document by element names; whitespace around values never counts."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cached_property

from lxml import etree

_CAC_URI = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_CBC_URI = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC, CBC = f"{{{_CAC_URI}}}", f"{{{_CBC_URI}}}"
NAMESPACES = {"cac": _CAC_URI, "cbc": _CBC_URI}
_DECIMAL = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,20})?|\.[0-9]{1,20})")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def text_of(element: etree._Element | None) -> str | None:
    """The stripped text, or None when there is none."""
    if element is None:
        return None
    return (element.text or "").strip() or None


def one_line(value: str | None) -> str | None:
    """A name or number on one line: no line breaks or control characters that could start a mail header."""
    if value is None:
        return None
    return " ".join(_UNSEEN.sub(" ", value).split()) or None


def decimal_of(element: etree._Element | None) -> Decimal | None:
    """xs:decimal, so no exponent, no hexadecimals, no comma."""
    value = text_of(element)
    if value is None or not _DECIMAL.fullmatch(value):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def line_of(element: etree._Element | None) -> int | None:
    """The line of the file on which the element starts."""
    line: object = None if element is None else element.sourceline
    return line if isinstance(line, int) else None


def is_charge(element: etree._Element) -> bool:
    """Whether an AllowanceCharge adds (xs:boolean: true or 1) instead of takes off."""
    return text_of(element.find(f"{CBC}ChargeIndicator")) in ("true", "1")


class Document:
    """One parsed Invoice or CreditNote."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root

    @cached_property
    def is_credit_note(self) -> bool:
        return etree.QName(self.root).localname == "CreditNote"

    @cached_property
    def customization_id(self) -> str | None:
        return self.text("cbc:CustomizationID")

    @cached_property
    def follows_en16931(self) -> bool:
        return (self.customization_id or "").startswith("urn:cen.eu:en16931:2017")

    @cached_property
    def follows_nlcius(self) -> bool:
        return "urn:fdc:nen.nl:nlcius:v1.0" in (self.customization_id or "")

    @cached_property
    def follows_peppol(self) -> bool:
        return "urn:fdc:peppol.eu:2017:poacc:billing:3.0" in (self.customization_id or "")

    @cached_property
    def lines(self) -> list[etree._Element]:
        return self.all("cac:CreditNoteLine" if self.is_credit_note else "cac:InvoiceLine")

    def country(self, role: str) -> str:
        path = f"cac:{role}/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode"
        return (self.text(path) or "").upper()

    def all(self, path: str) -> list[etree._Element]:
        return self.root.findall(path, NAMESPACES)

    def first(self, path: str) -> etree._Element | None:
        return self.root.find(path, NAMESPACES)

    def has(self, path: str) -> bool:
        return self.first(path) is not None

    def text(self, path: str) -> str | None:
        return text_of(self.first(path))

    def texts(self, path: str) -> tuple[str, ...]:
        return tuple(value for value in map(text_of, self.all(path)) if value)

    def number(self, path: str) -> Decimal | None:
        return decimal_of(self.first(path))

    def attribute(self, path: str, name: str) -> str | None:
        element = self.first(path)
        return None if element is None else (element.get(name) or "").strip() or None

    def line_descriptions(self) -> tuple[tuple[str, str, str], ...]:
        """(description, quantity, net amount) per line, for showing only."""
        quantity = "cbc:CreditedQuantity" if self.is_credit_note else "cbc:InvoicedQuantity"
        return tuple(
            (
                (one_line(text_of(line.find("cac:Item/cbc:Name", NAMESPACES))) or "")[:300],
                text_of(line.find(quantity, NAMESPACES)) or "",
                text_of(line.find("cbc:LineExtensionAmount", NAMESPACES)) or "",
            )
            for line in self.lines
        )
