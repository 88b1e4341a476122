"""Words around a number in a remittance text that say what it is, and shapes that are a number of something else."""

from __future__ import annotations

import re
from typing import Final


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


INVOICE: Final = words_of(
    "F FA FAC FACT FACTNR FACTUUR FACTUURNR FACTUURNUMMER FACTUURNUMMERS FACTUREN FACTURE FAKTUUR FAKTUURNR FAKT FAKTNR "
    "FCT FCTNR FCTR FN FNR INV INVNR INVNO INVOICE INVOICES INVOICENR NOTA NOTANR NOTAS REKENINGNR RN RNR"
)
NUMBER: Final = words_of("NR NRS NO NUMMER NUMMERS N")  # of what, the word before says
CUSTOMER: Final = words_of(
    "KLANT KLANTNR KLANTNUMMER KLNR KLTNR DEB DEBNR DEBITEUR DEBITEURNR DEBITEURNUMMER RELATIE RELATIENR RELATIENUMMER RELNR "
    "LID LIDNR LIDNUMMER CLIENT CLIENTNR CLIENTNUMMER KLANTCODE"
)
OTHER: Final = words_of(
    "ORDER ORDERNR ORDERNUMMER ORD BESTELLING BESTELNR BESTELNUMMER PO PONR OFFERTE OFFERTENR OFFNR PROJECT PROJECTNR PROJ "
    "DOSSIER DOSSIERNR POLIS POLISNR KVK BTW TEL TELEFOON TELNR MOB MOBIEL GSM POSTCODE PC PAS PASNR TERMINAL CONTRACT "
    "CONTRACTNR TRANSACTIE TRX WERKORDER WERKBON BON BONNR KENTEKEN WEEK HUISNR AANSLAG AANSLAGNUMMER PAKBON "
    "EUR EURO BEDRAG AD"
)
LINKS: Final = words_of("EN OF T M TM TOT MET PLUS AND E A")  # a list of numbers goes on

# Two capitals behind four digits that are no postcode.
_AFTER_NUMBERS: Final = words_of("EN OP NR DD TM OF IS BV NV VD VA IN VZ PD FA FN OM EX BY EA AD NO")
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_ODD: Final = re.compile(
    rf"{_DAY}([-/.]){_MONTH}\1(?:20)?[0-4]\d\b(?![-/.]?\d)"  # 12-03-2026
    rf"|20[0-4]\d-{_MONTH}-{_DAY}\b"
    r"|\d{1,3}(?:\.\d{3})*,\d\d\b(?!,?\d)|\d+\.\d\d\b(?![-/., ]?\d)|\d+(?=,-| ?EURO?\b(?! ?\d))"  # 1.210,00
    r"|0[1-9]\d{8}\b|06[- ](?:\d ?){7}\d\b|0\d\d-\d{7}\b|0\d{3}-\d{6}\b|(?:00)?31 ?[1-9](?:[- ]?\d){8}\b"  # a phone number
    r"|[1-9]\d{3} ?(?P<letters>(?!SA|SD|SS)[A-Z]{2})\b"  # a postcode
)
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2} ?[A-Z]{4} ?(?:\d ?){9}\d\b")


def end_of_odd(text: str, start: int) -> int:
    """Where the date, amount, phone number, postcode or IBAN ends that begins here; 0 when it is none of these."""
    if not text[start].isdigit():
        found = _IBAN.match(text, start)
        return found.end() if found else 0
    found = _ODD.match(text, start)
    return found.end() if found and found["letters"] not in _AFTER_NUMBERS else 0
