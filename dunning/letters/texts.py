"""Which text a notice has, and the fixed words around it: labels, salutation and the reservation of art. 3:317 BW."""

from __future__ import annotations

from dunning.letters import texts_en, texts_nl
from dunning.letters.content import NoticeContent
from dunning.letters.paragraphs import Language, NoticeText, StepKind, Tone

_TEXTS: dict[tuple[Language, Tone], dict[StepKind, NoticeText]] = {
    (Language.DUTCH, Tone.FORMAL): texts_nl.FORMAL,
    (Language.DUTCH, Tone.INFORMAL): texts_nl.INFORMAL,
    (Language.ENGLISH, Tone.FORMAL): texts_en.FORMAL,
}


def standard_text(step: StepKind, language: Language, tone: Tone = Tone.FORMAL) -> NoticeText:
    """Give the text of a step; a step without an informal version (the notice of default) stays formal."""
    informal = _TEXTS.get((language, tone), {})
    return informal.get(step) or _TEXTS[language, Tone.FORMAL][step]


RESERVATION = {
    Language.DUTCH: "Wij behouden ons ondubbelzinnig het recht op volledige nakoming voor (artikel 3:317 lid 1 BW).",
    Language.ENGLISH: (
        "We unequivocally reserve our right to full performance (Article 3:317(1) of the Dutch Civil Code)."
    ),
}

LABELS = {
    Language.DUTCH: {
        "date": "Datum",
        "customer_number": "Debiteurnummer",
        "reference": "Kenmerk",
        "invoice": "Factuur",
        "issued_on": "Factuurdatum",
        "due_on": "Vervaldatum",
        "original": "Bedrag",
        "paid": "Voldaan",
        "open": "Openstaand",
        "total": "Totaal",
        "pay_by": "Uiterlijk op",
        "amount": "Te betalen",
        "account_name": "Ten name van",
        "payment_reference": "Onder vermelding van",
        "pay_online": "Online betalen",
        "qr": "Betalen met de bankapp",
        "qr_alt": "QR-code met de betaalgegevens voor de bankapp",
        "page": "Pagina",
        "attention": "t.a.v.",
        "phone": "T",
        "kvk": "KvK",
        "vat": "Btw",
        "pay_button": "Bekijk en betaal",
        "invoiced": "Factuurbedrag",
        "received": "Reeds voldaan",
        "attached": "Bijlagen",
        "answer": "Antwoorden op dit bericht komen rechtstreeks bij ons in het dossier.",
        "genuine": (
            "Twijfel over de echtheid van dit bericht? Vergelijk het rekeningnummer met dat op de factuur, of bel een nummer "
            "van ons dat al bekend was. Wij vragen nooit om wachtwoorden, pincodes of codes van de bank."
        ),
    },
    Language.ENGLISH: {
        "date": "Date",
        "customer_number": "Customer number",
        "reference": "Our reference",
        "invoice": "Invoice",
        "issued_on": "Invoice date",
        "due_on": "Due date",
        "original": "Amount",
        "paid": "Settled",
        "open": "Outstanding",
        "total": "Total",
        "pay_by": "To be received by",
        "amount": "Amount to pay",
        "account_name": "In the name of",
        "payment_reference": "Payment reference",
        "pay_online": "Pay online",
        "qr": "Pay by banking app",
        "qr_alt": "QR code with the payment details for your banking app",
        "page": "Page",
        "attention": "Attn.",
        "phone": "T",
        "kvk": "CoC",
        "vat": "VAT",
        "pay_button": "View and pay",
        "invoiced": "Invoiced",
        "received": "Already settled",
        "attached": "Attachments",
        "answer": "Replies to this message reach our file directly.",
        "genuine": (
            "Not sure whether this message is genuine? Compare the account number with the one on your invoice, or call us on "
            "a number you already have. We never ask for passwords, PINs or bank codes."
        ),
    },
}


def salutation(content: NoticeContent) -> str:
    contact = content.recipient.contact
    if content.language is Language.ENGLISH:
        return f"Dear {contact}," if contact else "Dear Sir or Madam,"
    if content.tone is Tone.INFORMAL and not is_firmest(content):
        return f"Beste {contact}," if contact else "Beste relatie,"
    return f"Geachte {contact}," if contact else "Geachte heer, mevrouw,"


def sign_off(content: NoticeContent) -> str:
    is_firm = content.step in {StepKind.DEMAND, StepKind.NOTICE_OF_DEFAULT}
    if content.language is Language.ENGLISH:
        return "Yours faithfully," if is_firm and not content.recipient.contact else "Kind regards,"
    is_formal = content.tone is Tone.FORMAL or is_firmest(content)
    return "Hoogachtend," if is_firm and is_formal else "Met vriendelijke groet,"


def is_firmest(content: NoticeContent) -> bool:
    """The notice of default speaks formally to everybody."""
    return content.step is StepKind.NOTICE_OF_DEFAULT
