"""From a notice in the database to its letter and mail. Amounts come from the one balance function, for every channel alike.

What a letter must state before default: art. 6:82 BW; its term: the step's days, counted from the day on the letter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from dunning.domain.contact_window import AMSTERDAM
from dunning.letters.content import InvoiceLine, NoticeContent, Recipient, Sender
from dunning.letters.mail import Attachment, Mail, build_message, file_name, render_mail, wire_bytes
from dunning.letters.paragraphs import Language, NoticeText, StepKind, Tone
from dunning.letters.render import render_pdf
from dunning.letters.reply import reply_address
from dunning.letters.texts import standard_text
from dunning.models import Notice, NoticeLine, PolicyStep
from dunning.models.notices import Channel
from receivables.balance import balance_of_invoices
from receivables.models import Contact, Customer, Invoice, PayLink
from receivables.models.customers import ContactRole, LegalForm
from receivables.paying import links
from tenants.models import Tenant

MOST_ATTACHED_BYTES = 8 * 1024 * 1024  # mail servers refuse more than about ten megabytes
MOST_REFERENCE = 70
COUNTRIES = {"BE": "BELGIË", "DE": "DUITSLAND", "FR": "FRANKRIJK", "LU": "LUXEMBURG", "GB": "VERENIGD KONINKRIJK"}
COMPANIES = frozenset(
    {
        LegalForm.PRIVATE_COMPANY,
        LegalForm.PUBLIC_COMPANY,
        LegalForm.FOUNDATION,
        LegalForm.ASSOCIATION,
        LegalForm.GOVERNMENT,
    }
)


class CannotComposeError(ValueError):
    """Something a letter cannot do without is missing; the message tells a bookkeeper what."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A notice as it goes out. `mail` holds the exact bytes, and is empty for a letter to print."""

    content: NoticeContent
    pdf: bytes
    mail: bytes
    words: Mail
    to: str
    pay_link: PayLink | None

    @property
    def subject(self) -> str:
        return self.words.subject

    @property
    def pay_by(self) -> date:
        return self.content.pay_by


def compose(notice: Notice, *, now: datetime, is_preview: bool = False) -> Composed:
    """Make letter and mail as they go out at `now`. A preview writes nothing: a missing pay link is shown as an example."""
    tenant, customer = notice.tenant, notice.customer
    contact, step = _contact(tenant, customer), _step(notice)
    to = "" if notice.channel == Channel.PRINT else _address(customer, contact)
    if notice.channel == Channel.EMAIL and not to and not is_preview:
        raise CannotComposeError(
            f"{customer.name} heeft geen e-mailadres. Vul het in bij de klant, of stuur een brief."
        )
    content = _content(notice, contact, step, on=now.astimezone(AMSTERDAM).date())
    link = None if is_preview else links.link_for(tenant, customer, now=now, pay_before_on=content.pay_by)
    url = links.url_of(tenant, link) if link else f"{settings.PUBLIC_URL}/b/voorbeeld"
    content = content.with_pay_url(url)
    pdf = render_pdf(content)
    files = _attachments(notice, content, pdf, with_letter=step is None or step.attaches_letter)
    words = render_mail(content, [file.name for file in files])
    mail = b"" if not to else _mail_bytes(notice, content, words, to=to, now=now, files=files)
    return Composed(content=content, pdf=pdf, mail=mail, words=words, to=to, pay_link=link)


def _mail_bytes(
    notice: Notice, content: NoticeContent, words: Mail, *, to: str, now: datetime, files: list[Attachment]
) -> bytes:
    key = f"{notice.pk}:{notice.generation}"
    message = build_message(
        content, words, to=to, from_address=settings.MAIL_ENVELOPE_SENDER, key=key, sent_at=now, attachments=files
    )
    return wire_bytes(message)


def _content(notice: Notice, contact: Contact | None, step: PolicyStep | None, *, on: date) -> NoticeContent:
    tenant, customer, kind = notice.tenant, notice.customer, StepKind(notice.step_kind)
    if not tenant.iban:
        raise CannotComposeError(
            "Het rekeningnummer (IBAN) ontbreekt. Vul het in bij de instellingen van de administratie."
        )
    invoices = _invoices(notice)
    language = Language(notice.language)
    tone = Tone.INFORMAL if customer.is_informal else Tone.FORMAL
    return NoticeContent(
        step=kind,
        sent_on=on,
        pay_by=_pay_by(notice, step, invoices, on=on),
        sender=sender_of(tenant),
        recipient=_recipient(customer, contact),
        lines=_lines(tenant, invoices, on=on),
        iban=tenant.iban,
        account_name=tenant.iban_name or tenant.name,
        reference=_reference(customer, invoices),
        reply_to=reply_address(tenant, customer),
        our_reference=notice.pk.hex[-10:].upper(),
        previous_on=_previous_on(notice, invoices),
        language=language,
        tone=tone,
        register_lines=_register_lines(tenant, language),
        own_text=_own_text(step, kind, language, tone),
    )


def sender_of(tenant: Tenant) -> Sender:
    """The letterhead of this tenant."""
    return Sender(
        name=tenant.name,
        address_lines=(tenant.street, f"{tenant.postcode}  {tenant.city}".strip()),
        email=tenant.email,
        phone=tenant.phone,
        website=tenant.website.removeprefix("https://").removeprefix("http://").rstrip("/"),
        kvk_number=tenant.kvk_number,
        vat_number=tenant.vat_number,
        colour=tenant.brand_colour,
        logo=bytes(tenant.logo) if tenant.logo else None,
    )


def _recipient(customer: Customer, contact: Contact | None) -> Recipient:
    city = f"{customer.postcode}  {customer.city.upper()}".strip()
    country = "" if customer.country in {"", "NL"} else COUNTRIES.get(customer.country, customer.country)
    is_company = customer.legal_form in COMPANIES
    return Recipient(
        name=customer.name,
        address_lines=(customer.street, city, country),
        contact=contact.name if contact else "",
        customer_number=customer.number,
        is_consumer=not is_company if customer.is_consumer is None else customer.is_consumer,
        is_natural_person=not is_company if customer.is_natural_person is None else customer.is_natural_person,
    )


def _contact(tenant: Tenant, customer: Customer) -> Contact | None:
    """Who gets reminders; else accounts payable; else who gets the invoices."""
    order = [ContactRole.REMINDER, ContactRole.ACCOUNTS_PAYABLE, ContactRole.INVOICE]
    contacts = list(tenant.contacts.filter(customer=customer).order_by("pk"))
    return min(contacts, key=lambda contact: order.index(ContactRole(contact.role)), default=None)


def _address(customer: Customer, contact: Contact | None) -> str:
    return (contact.email if contact else "") or customer.email


def _invoices(notice: Notice) -> list[Invoice]:
    lines = _stated(notice).select_related("invoice").order_by("invoice__due_on", "invoice__number")
    return [line.invoice for line in lines]


def _stated(notice: Notice) -> QuerySet[NoticeLine]:
    """What is still on it: an invoice that was excluded from the run is not asked for. A cancelled notice shows what it was."""
    live = notice.lines.filter(cancelled_at__isnull=True)
    return live if live.exists() else notice.lines.all()


def _lines(tenant: Tenant, invoices: list[Invoice], *, on: date) -> tuple[InvoiceLine, ...]:
    balances = balance_of_invoices(tenant, invoices, on=on)
    rows = ((invoice, balances[invoice.pk]) for invoice in invoices)
    lines = tuple(
        InvoiceLine(
            invoice.number, invoice.issued_on, invoice.due_on, found.invoiced, found.invoiced - found.open, found.open
        )
        for invoice, found in rows
        if found.is_open
    )
    if not lines:
        raise CannotComposeError("Van deze facturen staat niets meer open.")
    return lines


def _pay_by(notice: Notice, step: PolicyStep | None, invoices: list[Invoice], *, on: date) -> date:
    """The last day of the term; a letter that leaves later than planned still gives the whole term."""
    if notice.step_kind == StepKind.PRE_DUE_NOTICE:
        return max(on, min(invoice.due_on for invoice in invoices))
    whole = on + timedelta(days=step.term_days if step else 7)
    return max(notice.pay_before_on or whole, whole)


def _reference(customer: Customer, invoices: list[Invoice]) -> str:
    """What the debtor writes with the payment: one that our matching and a human both recognise."""
    if len(invoices) == 1:
        return invoices[0].payment_reference or invoices[0].number
    numbers = " ".join(invoice.number for invoice in invoices)
    if len(numbers) <= MOST_REFERENCE:
        return numbers
    return f"Debiteur {customer.number}" if customer.number else f"{customer.name[:40]}, {len(invoices)} facturen"


def _previous_on(notice: Notice, invoices: list[Invoice]) -> date | None:
    """The last day on which all these invoices were asked for together; a pre-due notice asks for nothing yet."""
    asked: dict[UUID, set[date]] = defaultdict(set)
    earlier = notice.tenant.notice_lines.filter(invoice__in=invoices, notice__accepted_on__isnull=False)
    earlier = earlier.exclude(notice=notice.pk).exclude(notice__step_kind=StepKind.PRE_DUE_NOTICE)
    for invoice_id, day in earlier.values_list("invoice_id", "notice__accepted_on"):
        if day:
            asked[invoice_id].add(day)
    return max(set.intersection(*(asked[invoice.pk] for invoice in invoices)), default=None)


def _step(notice: Notice) -> PolicyStep | None:
    """The step as the version says on which these invoices run."""
    versions = notice.tenant.tracks.filter(invoice__notice_lines__notice=notice.pk).values("version")
    return (
        notice.tenant.policy_steps.filter(version__in=versions, key=notice.step_key)
        .order_by("-version__number")
        .first()
    )


def _own_text(step: PolicyStep | None, kind: StepKind, language: Language, tone: Tone) -> NoticeText | None:
    own = step.texts.get(language.value) if step and isinstance(step.texts, dict) else None
    return standard_text(kind, language, tone).with_own(own) if own else None


def _register_lines(tenant: Tenant, language: Language) -> tuple[str, ...]:
    """Who does the asking, when that is not the creditor itself (Wki: recognisable, with name)."""
    if tenant.office is None:
        return ()
    if language is Language.ENGLISH:
        return (f"Sent by {tenant.office.name} on behalf of {tenant.name}",)
    return (f"Verzonden door {tenant.office.name} namens {tenant.name}",)


def _attachments(notice: Notice, content: NoticeContent, pdf: bytes, *, with_letter: bool) -> list[Attachment]:
    """The letter, and the invoices as long as a mail server takes them."""
    text = content.own_text or standard_text(content.step, content.language, content.tone)
    files = [Attachment(file_name(text.name.lower(), notice.pk.hex[-10:]), pdf)] if with_letter else []
    room = MOST_ATTACHED_BYTES - sum(len(file.content) for file in files)
    lines = (
        _stated(notice).exclude(invoice__pdf_file=None).select_related("invoice__pdf_file").order_by("invoice__due_on")
    )
    for invoice in (line.invoice for line in lines):
        if invoice.pdf_file and invoice.pdf_file.size <= room:
            room -= invoice.pdf_file.size
            files.append(Attachment(file_name("factuur", invoice.number), bytes(invoice.pdf_file.content)))
    return files
