"""From values to words: everything the letter and the mail print, so that both say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dunning.letters.content import NOTHING, InvoiceLine, NoticeContent, Sender, SpecLine
from dunning.letters.paragraphs import Language, Paragraph, StepKind
from dunning.letters.texts import LABELS, RESERVATION, VAT_STATEMENT, fourteen_days, salutation, sign_off, text_of
from dunning.letters.wording import euro, fill, long_date, short_date
from receivables.domain.money import Money
from receivables.domain.references import grouped, is_payment_reference, is_rf_reference

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
INK = "#1c2430"
LINE_LENGTH = 104  # signs
ROOMY_LINES, CLOSE_LINES, TIGHT_LINES = 13, 18, 26  # on one page, beside the fixed parts; measured


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
class Sum:
    """A label and its amount, in the table of what is asked and in the specification."""

    label: str
    amount: str
    detail: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Who is who in the claim, for the specification."""

    role: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Specification:
    """The second page: parties, ground, term, and how each amount came about."""

    parties: tuple[Party, ...]
    basis: str
    lines: tuple[Sum, ...]
    stated: tuple[Sum, ...] = ()  # named, and not asked


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
    sums: tuple[Sum, ...]  # principal, interest, costs, VAT; empty when only the principal is asked
    amount: str
    date: str
    pay_by_label: str
    pay_by: str
    iban: str
    reference: str
    labels: dict[str, str]
    colour: str
    on_colour: str
    is_partly_paid: bool
    small_print: tuple[str, ...]
    specification: Specification | None

    @property
    def density(self) -> str:
        """How closely the letter is set, so that it is one page as long as it can be and never looks crammed."""
        written = (*self.opening, *self.closing, *(() if self.specification else self.small_print))
        lines = len(self.rows) + len(self.sums) + sum(1 + len(part) // LINE_LENGTH for part in written)
        if lines <= ROOMY_LINES:
            return "roomy"
        return "tight" if CLOSE_LINES < lines <= TIGHT_LINES else "close"


def draft(content: NoticeContent) -> Draft:
    """Write the notice out in its language."""
    text, labels = text_of(content), LABELS[content.language]
    values, many = _values(content), len(content.lines) > 1
    colour = content.sender.colour if _COLOUR.fullmatch(content.sender.colour) else INK
    return Draft(
        name=text.name,
        subject=fill(text.subject, values, many=many),
        salutation=salutation(content),
        opening=_paragraphs(text.opening, content, values),
        closing=_paragraphs(text.closing, content, values),
        reservation="" if content.step is StepKind.PRE_DUE_NOTICE else RESERVATION[content.language],
        sign_off=sign_off(content),
        rows=tuple(_row(line, content.language) for line in content.lines),
        total=_total(content),
        sums=_sums(content),
        amount=values["totaal"],
        date=long_date(content.sent_on, content.language),
        pay_by_label=labels["term" if content.prints_formula else "pay_by"],
        pay_by=values["termijn"] if content.prints_formula else values["uiterste_datum"],
        iban=values["iban"],
        reference=values["kenmerk"],
        labels=labels,
        colour=colour,
        on_colour=_readable_on(colour),
        is_partly_paid=bool(content.paid),
        small_print=_small_print(content),
        specification=_specification(content),
    )


def _values(content: NoticeContent) -> dict[str, str]:
    """What each placeholder stands for; a letter with the term in words has no day to name."""
    language = content.language
    values = {
        "afzender": content.sender.name,
        "klant": content.recipient.name,
        "facturen": _invoices(content),
        "vorige_datum": long_date(content.previous_on, language) if content.previous_on else "",
        "iban": grouped(content.iban),
        "kenmerk": _printed_reference(content.reference),
        "btw_percentage": content.vat_percent,
        "btw_verklaring": VAT_STATEMENT[language],
        **{name: euro(amount, language) for name, amount in _amounts(content).items()},
    }
    if content.prints_formula:
        return values | {"termijn": fourteen_days(language, content.tone)}
    day = long_date(content.pay_by, language)
    return values | {
        "uiterste_datum": day,
        "termijn": f"{'by' if language is Language.ENGLISH else 'uiterlijk op'} {day}",
    }


def _amounts(content: NoticeContent) -> dict[str, Money]:
    return {
        "totaal": content.total,
        "hoofdsom": content.principal,
        "rente": content.interest,
        "vermelde_rente": content.interest_stated or NOTHING,
        "kosten": content.costs,
        "aangekondigde_kosten": content.announced_costs or NOTHING,
        "btw_kosten": content.vat,
        "totaal_met_kosten": content.total_with_costs,
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
    many, holding = len(content.lines) > 1, content.circumstances
    written: list[str] = []
    for part in parts:
        if part.when in holding:
            text = fill(part.text, values, many=many)
            written.append(f"{written.pop()} {text}" if part.runs_on and written else text)
    return tuple(written)


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
        open=euro(content.principal, content.language),
    )


def _sums(content: NoticeContent) -> tuple[Sum, ...]:
    """What is asked on top of the principal; nothing when that is all."""
    if not content.claims_more:
        return ()
    labels, language = LABELS[content.language], content.language
    parts = [
        (labels["interest"], content.interest),
        (labels["costs"], content.costs),
        (labels["costs_vat"].format(percent=content.vat_percent), content.costs_vat),
    ]
    return tuple(Sum(label, euro(amount, language)) for label, amount in parts if amount)


def _small_print(content: NoticeContent) -> tuple[str, ...]:
    """Who asks for whom, where to complain, what happens with personal data: what a collector has to say (Wki, AVG)."""
    lines = (*content.register_lines, *content.complaint_lines, *content.privacy_lines)
    if content.collector is None:
        return lines
    words = LABELS[content.language]["collected_by"]
    who = ", ".join(_reached_at(content.collector))
    return (words.replace("{collector}", who).replace("{sender}", content.sender.name), *lines)


def _reached_at(party: Sender) -> tuple[str, ...]:
    return tuple(part for part in (party.name, *party.address_lines, party.phone, party.email) if part)


def _specification(content: NoticeContent) -> Specification | None:
    if not content.claim_lines and not content.stated_lines:
        return None
    labels, recipient = LABELS[content.language], content.recipient
    parties = [
        Party(labels["creditor"], _reached_at(content.sender)),
        Party(labels["debtor"], (recipient.name, *recipient.address_lines)),
    ]
    if content.collector:
        parties.append(Party(labels["on_behalf"], _reached_at(content.collector)))
    return Specification(
        parties=tuple(parties),
        basis=content.basis or labels["standard_basis"],
        lines=_spec_lines(content.claim_lines, content.language),
        stated=_spec_lines(content.stated_lines, content.language),
    )


def _spec_lines(lines: tuple[SpecLine, ...], language: Language) -> tuple[Sum, ...]:
    return tuple(
        Sum(line.label, euro(line.amount, language) if line.amount else "", line.detail, line.article) for line in lines
    )


def _readable_on(colour: str) -> str:
    """White or ink, whichever stands out more on this colour (relative luminance of WCAG 2)."""

    def linear(channel: str) -> float:
        part = int(channel, 16) / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[start : start + 2]) for start in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= 4.5 else INK
