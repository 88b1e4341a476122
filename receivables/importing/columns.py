"""Which column means what: headings of Exact, AFAS, Yuki, Twinfield, SnelStart, Moneybird, e-Boekhouden and others."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from receivables.importing.values import Cell, bare_amount, day, has_value, text

_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Field:
    """A thing we can read from a list, with its Dutch label and the headings programs use for it (best first)."""

    name: str
    label: str
    kind: str  # text, amount, date
    headings: tuple[str, ...]

    @classmethod
    def of(cls, name: str, label: str, kind: str, headings: str) -> Field:
        """`headings` stand between bars."""
        return cls(name, label, kind, tuple(headings.split("|")))


FIELDS = (
    Field.of("number", "Factuurnummer", "text",
           "factuurnummer|factuurnr|factuur nr|factuur nummer|invoice number|invoice no|invoicenumber|invoice nr|invoice id|invoice|factuurno|"
           "nota nummer|notanummer|document nummer|documentnummer|document no|boekstuknummer|boekstuknr|boekstuk nr|our ref|uw ref|onze ref|"
           "onze referentie|transaction number|transactienummer|volgnummer|stuknummer|factuur|rekeningnr factuur|nummer|number|reference|referencia|ref|id"),
    Field.of("issued_on", "Factuurdatum", "date",
           "factuurdatum|factuur datum|datum factuur|invoice date|invoicedate|notadatum|documentdatum|document date|boekstukdatum|boekdatum|"
           "transactiedatum|transaction date|issue date|datum|date|fecha|buchungstag|creation date|boekstuk|dat"),
    Field.of("due_on", "Vervaldatum", "date",
           "vervaldatum|verval datum|datum verval|vervaldag|vervalt|vervalt op|due date|duedate|due|uiterste betaaldatum|betaaldatum uiterlijk|"
           "expiry date|expiration date|te betalen voor|verval"),
    Field.of("open", "Openstaand bedrag", "amount",
           "openstaand|openstaand bedrag|bedrag openstaand|openstaand saldo|open bedrag|open saldo|nog te betalen|nog te ontvangen|te betalen|restant|"
           "restantbedrag|saldo openstaand|open amount|amount open|outstanding|outstanding amount|amount due|balance due|openstaand eur|"
           "unpaid|due amount|saldo|balance|rest|remaining"),
    Field.of("total", "Factuurbedrag", "amount",
           "factuurbedrag|factuur bedrag|bedrag factuur|totaalbedrag|totaal bedrag|totaal incl btw|bedrag incl btw|bedrag inclusief btw|"
           "totaal inclusief btw|total incl vat|total amount|invoice amount|amount incl vat|bedrag eur|bedrag euro|bedrag in euro|oorspronkelijk bedrag|"
           "origineel bedrag|original amount|bedrag|totaal|amount|total|gross|betrag|importe|factuur|bedrag vv"),
    Field.of("debit", "Debet", "amount", "debet|debit|debet bedrag|bedrag debet|debit amount"),
    Field.of("credit", "Credit", "amount", "credit|credit bedrag|bedrag credit|credit amount|haben"),
    Field.of("customer_name", "Naam klant", "text",
           "debiteurnaam|debiteur naam|naam debiteur|klantnaam|klant naam|naam klant|relatienaam|relatie naam|naam relatie|bedrijfsnaam|"
           "organisatie|customer name|customername|account name|accountname|company name|partner name|client name|naam omschrijving|naam|name|"
           "klant|debiteur|relatie|customer|client|company|afnemer"),
    Field.of("customer_number", "Debiteurnummer", "text",
           "debiteurnummer|debiteurnr|debiteur nr|debnr|deb nr|deb nummer|debiteurcode|debiteur code|klantnummer|klantnr|klant nr|klantcode|"
           "relatienummer|relatienr|relatiecode|relatie code|customer number|customer no|customer id|customer code|customernumber|account code|"
           "accountcode|klant id|client number|code debiteur|deb|debiteur|relatie|code"),
    Field.of("kvk_number", "KvK-nummer", "text", "kvk nummer|kvk|kvknummer|kvk nr|kamer van koophandel|chamber of commerce|coc number|coc"),
    Field.of("vat_number", "Btw-nummer", "text", "btw nummer|btwnummer|btw nr|btw id|vat number|vat no|vatnumber|vat id|btw identificatienummer"),
    Field.of("email", "E-mail", "text",
           "e mail|email|e mailadres|emailadres|mailadres|e mail facturen|factuur email|email address|e mail address|from email address"),
    Field.of("phone", "Telefoon", "text", "telefoon|telefoonnummer|telefoonnr|tel|mobiel|phone|telephone|phone number"),
    Field.of("street", "Adres", "text", "adres|straat|straatnaam|adresregel 1|straat en huisnummer|street|address|address line 1|factuuradres"),
    Field.of("postcode", "Postcode", "text", "postcode|post code|postal code|zip|zip code|zipcode"),
    Field.of("city", "Plaats", "text", "plaats|woonplaats|stad|vestigingsplaats|city|town"),
    Field.of("country", "Land", "text", "land|landcode|country|country code"),
    Field.of("contact", "Contactpersoon", "text", "contactpersoon|contact|t a v|tav|attention|contact person|contact name"),
    Field.of("currency", "Valuta", "text", "valuta|munt|munteenheid|valutacode|currency|currency code|moneda|ccy"),
    Field.of("reference", "Betalingskenmerk", "text",
           "betalingskenmerk|betaalkenmerk|kenmerk|factuurreferentie|uw referentie|payment reference|betaalreferentie|referentie"),
    Field.of("description", "Omschrijving", "text", "omschrijving|omschrijving factuur|beschrijving|description|toelichting|label|mededelingen|concepto|verwendungszweck"),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
_KNOWN = {heading for field in FIELDS for heading in field.headings}
REQUIRED = ("number", "issued_on")


def plain(heading: str) -> str:
    """`Deb.nr.` and `deb_nr` -> `deb nr`: lower case, without accents and signs."""
    flat = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", flat).split())


def likeness(header: Sequence[str]) -> int:
    """How many cells are headings we know."""
    return sum(1 for cell in header if plain(cell) in _KNOWN)


def looks_like_value(cell: str) -> bool:
    """A date or an amount is no heading."""
    stripped = cell.strip()
    if bare_amount(stripped) is not None:
        return True
    try:
        day(stripped)
    except ValueError:
        return False
    return True


def signature(header: Sequence[str]) -> str:
    """The same headings in the same order: the key under which a tenant's choice is remembered."""
    return hashlib.sha256("\x1f".join(plain(cell) for cell in header).encode()).hexdigest()


def guess(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> dict[str, int]:
    """Field name -> column. Headings decide, contents must agree; a doubtful column stays unmapped."""
    kinds = [_kind([row[index] for row in rows[:_SAMPLE] if index < len(row)]) for index in range(len(header))]
    candidates: list[tuple[int, int, int, str]] = []
    for order, field in enumerate(FIELDS):
        for index, heading in enumerate(header):
            flat = plain(heading)
            if flat in field.headings and _fits(field.kind, kinds[index]):
                candidates.append((field.headings.index(flat), order, index, field.name))
    chosen: dict[str, int] = {}
    taken: set[int] = set()
    for _, _, index, name in sorted(candidates):
        if name not in chosen and index not in taken:
            chosen[name] = index
            taken.add(index)
    return _completed(chosen, kinds)


def _completed(chosen: dict[str, int], kinds: Sequence[str]) -> dict[str, int]:
    """A list with one amount column means that amount; debit and credit only count without it."""
    if "open" in chosen or "total" in chosen:
        chosen.pop("debit", None)
        chosen.pop("credit", None)
    if "customer_name" not in chosen and "customer_number" in chosen:
        index = chosen["customer_number"]
        if kinds[index] == "text":
            chosen["customer_name"] = chosen.pop("customer_number")
    return chosen


def _kind(cells: Sequence[Cell]) -> str:
    """What most filled cells are: date, amount, text, or nothing."""
    filled = [cell for cell in cells if has_value(cell)]
    if not filled:
        return "nothing"
    dates = sum(1 for cell in filled if isinstance(cell, date) or (isinstance(cell, str) and _is_date(cell)))
    amounts = sum(
        1 for cell in filled if isinstance(cell, Decimal) or (isinstance(cell, str) and bare_amount(cell) is not None)
    )
    if dates * 2 >= len(filled):
        return "date"
    return "amount" if amounts * 2 >= len(filled) else "text"


def _is_date(cell: str) -> bool:
    try:
        day(cell)
    except ValueError:
        try:
            day(cell, month_first=True)
        except ValueError:
            return False
    return True


def _fits(wanted: str, found: str) -> bool:
    if found == "nothing" or wanted == found:
        return True
    return wanted == "text" and found == "amount"  # numbers of customers and invoices look like amounts


def missing(mapping: Mapping[str, int]) -> list[str]:
    """Labels of what must still be chosen before the list can be read."""
    lacking = [BY_NAME[name].label for name in REQUIRED if name not in mapping]
    if "customer_name" not in mapping and "customer_number" not in mapping:
        lacking.append(BY_NAME["customer_name"].label)
    if not {"open", "total", "debit", "credit"} & set(mapping):
        lacking.append(BY_NAME["open"].label)
    return lacking


def shown(cell: Cell) -> str:
    return text(cell)
