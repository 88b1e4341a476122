"""Which column of a bank table means what: headings in Dutch, English, German and Spanish, and a proposal from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from receivables.importing.columns import Field, plain
from receivables.importing.values import Cell, amounts_of, bare_amount, dates_of, day, has_value

_SAMPLE = 200


FIELDS = (
    Field.of("date", "Boekdatum", "date",
           "boekdatum|boekingsdatum|transactiedatum|datum transactie|datum v verrichting|uitvoeringsdatum|datum|booking date|posting date|"
           "transaction date|transactiondate|date|creation date|buchungstag|buchungsdatum|fecha operacion|fecha contable|fecha|valutadatum|"
           "golden valutadatum|rentedatum|value date|valuta|wertstellung|fecha valor"),
    Field.of("amount", "Bedrag", "amount",
           "bedrag|bedrag eur|transactiebedrag|bedrag v d verrichting|bedrag in eur|bedrag euro|mutatiebedrag|amount|amount eur|transaction amount|"
           "net|net amount|gross|betrag|betrag eur|umsatz|importe|importe eur|monto|cantidad"),
    Field.of("debit", "Af (debet)", "amount",
           "af|debet|bedrag af|uitgaven|debit|debit amount|withdrawal|withdrawals|paid out|money out|net debit nc|gross debit gc|soll|"
           "lastschrift|debe|cargo|cargos"),
    Field.of("credit", "Bij (credit)", "amount",
           "bij|credit|bedrag bij|ontvangsten|credit amount|deposit|deposits|paid in|money in|net credit nc|gross credit gc|haben|gutschrift|"
           "haber|abono|abonos"),
    Field.of("sign", "Af of bij", "sign",
           "af bij|bij af|debet credit|debit credit|creditdebet|credit debet|credit debit|d c|dc|c d|cd|soll haben|s h|debe haber|"
           "debit credit indicator|type mutatie"),
    Field.of("name", "Naam tegenpartij", "text",
           "naam tegenpartij|naam tegenrekening|tegenrekeninghouder|naam v d tegenpartij|naam omschrijving|tegenpartij naam|naam|partner name|"
           "counterparty name|name description|name|payee|payer|auftraggeber|empfaenger|empfanger|begunstigter zahlungspflichtiger|"
           "name zahlungsbeteiligter|beneficiario|ordenante|nombre|titular"),
    Field.of("iban", "Rekening tegenpartij", "text",
           "tegenrekening|tegenrekeningnummer|tegenrekening iban bban|iban tegenrekening|rekening tegenpartij|iban tegenpartij|counterparty|"
           "counterparty account|counterparty iban|bank account|partner account|iban|kontonummer|iban zahlungsbeteiligter|cuenta contraria|"
           "cuenta beneficiario"),
    Field.of("text", "Omschrijving", "text",
           "omschrijving|mededelingen|mededeling|mededeling 1|omschrijving 1|beschrijving|toelichting|description|label|details|notifications|"
           "remittance information|narrative|memo|verwendungszweck|buchungstext|concepto|descripcion|detalle|modification reference"),
    Field.of("reference", "Kenmerk", "text",
           "betalingskenmerk|kenmerk|referentie|ref v d verrichting|transactiereferentie|reference|payment reference|ref|transaction id|"
           "merchant reference|psp reference|kundenreferenz|referenz|referencia"),
    Field.of("currency", "Valuta", "text",
           "valuta|munt|muntsoort|valutacode|munteenheid|currency|currency code|ccy|wahrung|waehrung|moneda|divisa|net currency"),
    Field.of("account", "Eigen rekening", "text",
           "rekening|rekeningnummer|eigen rekening|opdrachtgeversrekening|iban bban|account|account number|accountnumber|own account|"
           "auftragskonto|iban auftragskonto|konto|cuenta"),
    Field.of("balance", "Saldo na boeking", "amount",
           "saldo na mutatie|saldo na boeking|saldo na trn|saldo|eindsaldo|endsaldo|balance|running balance|resulting balance|saldo nach buchung|"
           "kontostand|saldo contable"),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
_KNOWN = frozenset(heading for field in FIELDS for heading in field.headings)


def likeness(header: Sequence[str]) -> int:
    """How many cells are headings we know."""
    return sum(1 for cell in header if plain(cell) in _KNOWN)


def guess(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> dict[str, int]:
    """Field name -> column: the best heading whose contents agree; what is doubtful stays open."""
    kinds = [_kind([row[index] for row in rows[:_SAMPLE] if index < len(row)]) for index in range(len(header))]
    found = sorted(
        (field.headings.index(flat), order, index, field.name)
        for index, flat in enumerate(map(plain, header))
        for order, field in enumerate(FIELDS)
        if flat in field.headings and _fits(field.kind, kinds[index])
    )
    chosen: dict[str, int] = {}
    for _, _, index, name in found:
        if name not in chosen and index not in chosen.values():
            chosen[name] = index
    if "amount" in chosen:  # one column with a sign of its own says it all
        chosen.pop("debit", None)
        chosen.pop("credit", None)
    return chosen


def missing(mapping: Mapping[str, int], *, account: str = "") -> tuple[str, ...]:
    """Labels of what must still be chosen before the table can be read."""
    lacking = [] if "date" in mapping else [BY_NAME["date"].label]
    if not {"amount", "debit", "credit"} & set(mapping):
        lacking.append(BY_NAME["amount"].label)
    if not account and "account" not in mapping:
        lacking.append(BY_NAME["account"].label)
    return tuple(lacking)


def decimal_sign_of(mapping: Mapping[str, int], rows: Sequence[Sequence[Cell]]) -> str | None:
    """The decimal sign when the amounts leave no doubt."""
    cells = [row[index] for name, index in mapping.items() if BY_NAME[name].kind == "amount"
             for row in rows[:_SAMPLE] if index < len(row)]  # fmt: skip
    reading = amounts_of(cells)
    return None if reading.unsure else reading.decimal_sign


def date_order_of(mapping: Mapping[str, int], rows: Sequence[Sequence[Cell]]) -> str:
    """Day first, unless some date cannot be and all can be month first; only a proposal for the user."""
    cells = [row[mapping["date"]] for row in rows[:_SAMPLE] if mapping["date"] < len(row)] if "date" in mapping else []
    if dates_of(cells).unsure and not dates_of(cells, month_first=True).unsure:
        return "mdy"
    written = next((cell for cell in cells if isinstance(cell, str) and cell.strip()), "")
    return "ymd" if written.strip()[:4].isdigit() else "dmy"


def _kind(cells: Sequence[Cell]) -> str:
    """What most filled cells are: date, amount, text, or nothing."""
    filled = [cell for cell in cells if has_value(cell)]
    if not filled:
        return "nothing"
    if sum(map(_is_date, filled)) * 2 >= len(filled):
        return "date"
    return "amount" if sum(map(_is_amount, filled)) * 2 >= len(filled) else "text"


def _is_amount(cell: Cell) -> bool:
    return isinstance(cell, Decimal) or (isinstance(cell, str) and bare_amount(cell) is not None)


def _is_date(cell: Cell) -> bool:
    if isinstance(cell, date):
        return True
    return isinstance(cell, str) and any(_reads(cell, month_first=month_first) for month_first in (False, True))


def _reads(cell: str, *, month_first: bool) -> bool:
    try:
        day(cell, month_first=month_first)
    except ValueError:
        return False
    return True


def _fits(wanted: str, found: str) -> bool:
    if found == "nothing" or wanted == found:
        return True
    return wanted in ("text", "sign") and found in (
        "text",
        "amount",
    )  # account numbers and references look like amounts
