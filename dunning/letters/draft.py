"""From values to words: everything the letter and the mail print, so that both say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dunning.letters.content import InvoiceLine, NoticeContent
from dunning.letters.paragraphs import Language, Paragraph
from dunning.letters.texts import LABELS, RESERVATION, salutation, sign_off, standard_text
from dunning.letters.wording import euro, fill, long_date, short_date
from receivables.domain.money import Money
from receivables.domain.references import grouped, is_payment_reference, is_rf_reference

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
INK = "#1c2430"


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice as printed."""

    number: str
    issued_on: str
    due_on: str
    original: str
    paid: str
    open: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice in words."""

    name: str
    subject: str
    salutation: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    reservation: str
    sign_off: str
    rows: tuple[Row, ...]
    total: Row
    amount: str
    date: str
    pay_by: str
    iban: str
    reference: str
    labels: dict[str, str]
    colour: str
    on_colour: str
    is_partly_paid: bool


def draft(content: NoticeContent) -> Draft:
    """Write the notice out in its language."""
    text = content.own_text or standard_text(content.step, content.language, content.tone)
    values, many = _values(content), len(content.lines) > 1
    colour = content.sender.colour if _COLOUR.fullmatch(content.sender.colour) else INK
    return Draft(
        name=text.name,
        subject=fill(text.subject, values, many=many),
        salutation=salutation(content),
        opening=_paragraphs(text.opening, content, values),
        closing=_paragraphs(text.closing, content, values),
        reservation=RESERVATION[content.language],
        sign_off=sign_off(content),
        rows=tuple(_row(line, content.language) for line in content.lines),
        total=_total(content),
        amount=values["totaal"],
        date=long_date(content.sent_on, content.language),
        pay_by=values["uiterste_datum"],
        iban=values["iban"],
        reference=values["kenmerk"],
        labels=LABELS[content.language],
        colour=colour,
        on_colour=_readable_on(colour),
        is_partly_paid=bool(content.paid),
    )


def _values(content: NoticeContent) -> dict[str, str]:
    language = content.language
    return {
        "afzender": content.sender.name,
        "klant": content.recipient.name,
        "facturen": _invoices(content),
        "totaal": euro(content.total, language),
        "uiterste_datum": long_date(content.pay_by, language),
        "vorige_datum": long_date(content.previous_on, language) if content.previous_on else "",
        "iban": grouped(content.iban),
        "kenmerk": _printed_reference(content.reference),
    }


def _invoices(content: NoticeContent) -> str:
    is_dutch = content.language is Language.DUTCH
    if len(content.lines) == 1:
        return f"{'factuur' if is_dutch else 'invoice'} {content.lines[0].number}"
    return f"{len(content.lines)} {'facturen' if is_dutch else 'invoices'}"


def _printed_reference(reference: str) -> str:
    """Check-digit references in groups of four, as banks print them; any other text as it is."""
    is_checked = is_rf_reference(reference) or (len(reference) == 16 and is_payment_reference(reference))
    return grouped(reference) if is_checked else reference


def _paragraphs(parts: tuple[Paragraph, ...], content: NoticeContent, values: dict[str, str]) -> tuple[str, ...]:
    many = len(content.lines) > 1
    return tuple(fill(part.text, values, many=many) for part in parts if part.when.holds(content))


def _row(line: InvoiceLine, language: Language) -> Row:
    return Row(
        number=line.number,
        issued_on=short_date(line.issued_on),
        due_on=short_date(line.due_on),
        original=euro(line.original, language),
        paid=euro(line.paid, language) if line.paid else "",
        open=euro(line.open, language),
    )


def _total(content: NoticeContent) -> Row:
    paid: Money = content.paid
    return Row(
        number="",
        issued_on="",
        due_on="",
        original=euro(content.original, content.language),
        paid=euro(paid, content.language) if paid else "",
        open=euro(content.total, content.language),
    )


def _readable_on(colour: str) -> str:
    """White or ink, whichever stands out more on this colour (relative luminance of WCAG 2)."""

    def linear(channel: str) -> float:
        part = int(channel, 16) / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[start : start + 2]) for start in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= 4.5 else INK
