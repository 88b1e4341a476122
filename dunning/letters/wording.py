"""How amounts, dates and counts are written in a letter, per language; and the tenant's placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from dunning.letters.paragraphs import Language
from receivables.domain.money import Money

_MONTHS = {
    Language.DUTCH: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    Language.ENGLISH: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = {
    "afzender": "de naam van uw bedrijf",
    "klant": "de naam van de debiteur",
    "facturen": "“factuur 2026-001” of “3 facturen”",
    "totaal": "het bedrag dat deze brief vraagt, alles samen",
    "hoofdsom": "het openstaande factuurbedrag, zonder rente en kosten",
    "rente": "de rente die in het totaal zit",
    "vermelde_rente": "de rente die wel is ontstaan, maar niet wordt gevraagd",
    "kosten": "de incassokosten die in het totaal zitten, zonder btw",
    "aangekondigde_kosten": "de incassokosten die na de veertien dagen verschuldigd zijn, zonder btw",
    "btw_kosten": "de btw over de incassokosten",
    "btw_percentage": "het percentage van die btw",
    "btw_verklaring": "dat u de btw niet kunt verrekenen en de kosten daarom verhoogt",
    "totaal_met_kosten": "het totaal als de veertien dagen voorbij zijn, met incassokosten en btw",
    "termijn": "“uiterlijk op 3 december 2026”; in een veertiendagenbrief de woorden van de Hoge Raad",
    "uiterste_datum": "de dag waarop uiterlijk betaald moet zijn",
    "vorige_datum": "de dag van het vorige bericht over dezelfde facturen",
    "iban": "uw rekeningnummer",
    "kenmerk": "het betalingskenmerk",
}


class UnknownPlaceholderError(ValueError):
    """A text names something that a letter does not know."""


def euro(amount: Money, language: Language) -> str:
    """Write "€ 1.234,56" in Dutch and "€1,234.56" in English; never broken over two lines."""
    sign = "-" if amount < Money.zero() else ""
    plain = f"{abs(amount).amount:,.2f}"
    if language is Language.ENGLISH:
        return f"{sign}€{plain}"
    return f"€\u00a0{sign}{plain.translate(str.maketrans(',.', '.,'))}"


def long_date(day: date, language: Language) -> str:
    return f"{day.day}\u00a0{_MONTHS[language][day.month - 1]}\u00a0{day.year}"


def short_date(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def fill(text: str, values: Mapping[str, str], *, many: bool) -> str:
    """Put values in `{name}` and choose from `{singular|plural}`; a value is never read again as text with placeholders."""

    def put(match: re.Match[str]) -> str:
        inside = match[1]
        if "|" in inside:
            singular, plural = inside.split("|", 1)
            return plural if many else singular
        if inside not in values:
            raise UnknownPlaceholderError(f"{{{inside}}} bestaat niet; kies uit: {', '.join(sorted(PLACEHOLDERS))}")
        return values[inside]

    return _PLACEHOLDER.sub(put, text)


def check_text(text: str) -> None:
    """Refuse a text of a tenant that names an unknown placeholder or has a loose brace."""
    rest = fill(text, dict.fromkeys(PLACEHOLDERS, ""), many=False)
    if "{" in rest or "}" in rest:
        raise UnknownPlaceholderError("Een accolade zonder plaatshouder: schrijf bijvoorbeeld {totaal}.")
