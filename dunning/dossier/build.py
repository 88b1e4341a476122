"""Making the dossier: every file, its place in the zip and a page that says what is where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.template.loader import render_to_string

from dunning.domain.contact_window import AMSTERDAM
from dunning.dossier import records
from dunning.dossier.archive import Entry, as_json, pack
from dunning.dossier.collect import Facts, collect, timeline
from dunning.letters.compose import sender_of
from dunning.letters.mail import file_name
from dunning.letters.render import logo_picture, write_pdf
from dunning.models import AssignmentAgreement, Handover, Notice
from dunning.stated import in_law, named_by
from receivables.models import Invoice
from tenants.models import Tenant
from tenants.templatetags.voldaan import datum, eur


def build(tenant: Tenant, handover: Handover, *, now: datetime) -> bytes:
    """Make the zip of this handover as things stand now."""
    facts = collect(tenant, handover, on=now.astimezone(AMSTERDAM).date())
    about = {
        "handover": str(handover.pk),
        "creditor": tenant.name,
        "debtor": facts.customer.name,
        "total": str(facts.total),
        "principal": str(facts.principal),
        "approved_at": handover.approved_at.isoformat(timespec="seconds") if handover.approved_at else None,
    }
    return pack(dict(_entries(facts)), about=about, at=now.astimezone(AMSTERDAM))


def _entries(facts: Facts) -> Iterator[tuple[str, Entry]]:
    yield "LEESMIJ.txt", Entry(_read_me(facts), "Wat er in dit dossier zit")
    yield "1-vordering/specificatie.pdf", Entry(specification_pdf(facts), "Specificatie van de vordering")
    yield (
        "1-vordering/vordering.json",
        Entry(as_json(records.claim(facts)), "De vordering voor verwerking door een programma"),
    )
    for place, invoice in enumerate(facts.invoices, start=1):
        yield from _invoice_files(place, invoice)
    for notice in facts.notices:
        yield from _notice_files(notice)
    happenings = timeline(facts)
    yield "4-tijdlijn/tijdlijn.pdf", Entry(timeline_pdf(facts), "Wat er gebeurde, van oud naar nieuw")
    yield (
        "4-tijdlijn/tijdlijn.json",
        Entry(as_json(records.timeline(happenings)), "De tijdlijn voor verwerking door een programma"),
    )
    if facts.agreement:
        yield _agreement_file(facts.agreement)


def _invoice_files(place: int, invoice: Invoice) -> Iterator[tuple[str, Entry]]:
    """The invoice itself. A list that other customers stand on too never goes along."""
    base = f"2-facturen/{place:03}-"
    if invoice.pdf_file:
        yield base + file_name(invoice.number), Entry(bytes(invoice.pdf_file.content), f"Factuur {invoice.number}")
    if invoice.source_file and "xml" in invoice.source_file.media_type:
        yield (
            base + file_name(invoice.number, extension="xml"),
            Entry(bytes(invoice.source_file.content), f"Factuur {invoice.number} als UBL"),
        )


def _notice_files(notice: Notice) -> Iterator[tuple[str, Entry]]:
    name, at = notice.get_step_kind_display(), notice.accepted_at or notice.created_at
    folder = f"3-correspondentie/{at.astimezone(AMSTERDAM):%Y-%m-%d}-{name.lower()}-{notice.pk.hex[-10:]}"
    if notice.pdf_file:
        yield f"{folder}/brief.pdf", Entry(bytes(notice.pdf_file.content), f"{name}, de brief")
    if notice.mail_file and notice.mail_file.size:
        yield f"{folder}/mail.eml", Entry(bytes(notice.mail_file.content), f"{name}, de mail zoals verzonden")
    yield f"{folder}/bezorging.json", Entry(as_json(records.delivery(notice)), f"{name}, verzending en bezorging")


def _agreement_file(agreement: AssignmentAgreement) -> tuple[str, Entry]:
    """What lets the office collect for this creditor (Bki art. 5.1)."""
    name = f"5-opdracht/opdracht-{agreement.signed_on:%Y-%m-%d}.pdf"
    return name, Entry(
        bytes(agreement.file.content), f"Opdracht van de schuldeiser, getekend door {agreement.signed_by}"
    )


def specification_pdf(facts: Facts) -> bytes:
    """The claim for people: parties, every amount opened up, payments and the letters that asked for it."""
    letters = [(notice, str(in_law(notice)), named_by(notice)) for notice in facts.notices]
    terms = [(letter, named_by(letter.notice)) for letter in facts.fourteen_day_letters]
    return _pdf(facts, "letters/specification.html", {"letters": letters, "terms": terms})


def timeline_pdf(facts: Facts) -> bytes:
    return _pdf(facts, "letters/timeline.html", {"happenings": timeline(facts)})


def _pdf(facts: Facts, template: str, context: dict[str, object]) -> bytes:
    sender = sender_of(facts.tenant)
    logo = logo_picture(sender.logo)
    html = render_to_string(template, {"facts": facts, "sender": sender, "has_logo": logo is not None, **context})
    return write_pdf(html, style_name="dossier.css", pictures={"logo": logo} if logo else None)


def _read_me(facts: Facts) -> bytes:
    names = ", ".join(invoice.number for invoice in facts.invoices)
    missing = [invoice.number for invoice in facts.invoices if not invoice.pdf_file]
    lines = [
        f"Dossier van {facts.tenant.name} over {facts.customer.name}, {datum(facts.on)}",
        f"Facturen: {names}.",
        "",
        "1-vordering       wat er gevorderd wordt, met opbouw",
        "2-facturen        de facturen",
        "3-correspondentie elke brief en mail zoals die verzonden is, met het verloop van de bezorging",
        "4-tijdlijn        alles wat er gebeurde, van oud naar nieuw",
        *(["5-opdracht        de opdracht van de schuldeiser om te incasseren"] if facts.agreement else []),
        "manifest.json     van elk bestand de SHA-256; wie een bestand wijzigt, is te zien",
        "",
        _what_is_claimed(facts),
    ]
    if missing:
        lines += ["", f"Van deze facturen heeft de administratie geen pdf aangeleverd: {', '.join(missing)}."]
    return ("\r\n".join(lines) + "\r\n").encode()


def _what_is_claimed(facts: Facts) -> str:
    if facts.total == facts.principal:
        return "Gevorderd wordt alleen de hoofdsom. Rente en incassokosten zijn niet berekend."
    parts = {
        "hoofdsom": facts.principal,
        "rente": facts.interest,
        "incassokosten": facts.costs,
        "btw over de incassokosten": facts.costs_vat,
    }
    listed = ", ".join(f"{name} {eur(amount)}" for name, amount in parts.items() if amount)
    return f"Gevorderd wordt {eur(facts.total)}: {listed}."
