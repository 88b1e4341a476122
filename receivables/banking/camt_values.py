"""Amounts, signs and dates of ISO 20022. What cannot be read with certainty refuses the file: this is money."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from receivables.banking.camt_xml import refusal, text_of
from receivables.importing.outcome import RefusedError

CENT = Decimal("0.01")
_AMOUNT = re.compile(r"0*[0-9]{1,12}(\.[0-9]{1,5})?")  # ActiveOrHistoricCurrencyAndAmount: never negative
_CURRENCY = re.compile(r"[A-Z]{3}")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9:.]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


class Amount(NamedTuple):
    """As the file writes it, up to five decimals, and in whole cents."""

    exact: Decimal
    rounded: Decimal
    currency: str


def amount_of(element: etree._Element) -> Amount:
    amount = _amount(element.text or "", element.get("Ccy", ""))
    if amount is None:
        raise _unreadable(element, text_of(element), element.get("Ccy", ""))
    return amount


@lru_cache(maxsize=4096)
def _amount(text: str, currency: str) -> Amount | None:
    text = text.strip()
    if not _AMOUNT.fullmatch(text) or not _CURRENCY.fullmatch(currency):
        return None
    exact = Decimal(text)
    return Amount(exact, exact.quantize(CENT, ROUND_HALF_UP), currency)


def _unreadable(element: etree._Element, text: str, currency: str) -> RefusedError:
    if _AMOUNT.fullmatch(text):
        return refusal(f"Het bedrag {text} noemt geen geldige valuta: {currency[:10]!r}", element, "Amt Ccy")
    return refusal(f"Het bedrag {text[:40]!r} is niet te lezen" if text else "Het bedrag is leeg", element, "Amt")


def is_credit(parent: etree._Element, indicator: etree._Element | None) -> bool:
    """CRDT is received, DBIT is paid; anything else is a guess."""
    if indicator is None:
        raise refusal("Er staat niet bij of het bedrag bij of af is", parent, "CdtDbtInd")
    text = (indicator.text or "").strip()
    if text not in ("CRDT", "DBIT"):
        raise refusal(f"{text[:20]!r} zegt niet of het bedrag bij of af is", indicator, "CdtDbtInd")
    return text == "CRDT"


def is_true(element: etree._Element | None) -> bool:
    """xs:boolean: true or 1."""
    return text_of(element) in ("true", "1")


def day_in(element: etree._Element | None, name: str) -> date | None:
    """The day inside a choice of Dt and DtTm; None when there is no such element."""
    if element is None:
        return None
    return day_of(element[0] if len(element) else element, f"{name}/Dt")


def day_of(element: etree._Element | None, name: str) -> date | None:
    """The day as the bank wrote it: its moments are in its own time, so they are not moved to another day."""
    if element is None:
        return None
    day = _day(element.text or "")
    if day is None:
        raise refusal(f"De datum {text_of(element)[:40]!r} is niet te lezen", element, name)
    return day


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def dutch(amount: Decimal) -> str:
    """1234.5 as 1.234,50."""
    shown = f"{amount:,.2f}" if amount == amount.quantize(CENT) else f"{amount.normalize():,f}"
    return shown.translate(str.maketrans(",.", ".,"))
