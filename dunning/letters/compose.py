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
from django.urls import reverse

from dunning import wki
from dunning.debtor import check_code
from dunning.domain.calendar import Calendar
from dunning.domain.contact_window import AMSTERDAM
from dunning.domain.fourteen_day import fourteen_day_term, receipt_on
from dunning.domain.legal_content import LegalContent
from dunning.domain.policy import MIN_DEFAULT_TERM_DAYS
from dunning.law_facts import is_represented
from dunning.letters.claim_lines import claim_lines, stated_lines
from dunning.letters.content import InvoiceLine, NoticeContent, Recipient, Sender
from dunning.letters.mail import Attachment, Mail, build_message, file_name, render_mail, wire_bytes
from dunning.letters.paragraphs import Language, NoticeText, StepKind, Tone
from dunning.letters.render import render_pdf
from dunning.letters.reply import reply_address
from dunning.letters.texts import own_text, text_of
from dunning.models import Notice, NoticeLine, PolicyStep
from dunning.models.notices import Channel
from receivables.balance import InvoiceBalance, balance_of_invoices
from receivables.costs import LetterCosts
from receivables.debtors import debtor_of_customer
from receivables.domain.money import Money
from receivables.models import Contact, Customer, Invoice, PayLink
from receivables.models.customers import ContactRole
from receivables.paying import links
from tenants.models import Tenant

MOST_ATTACHED_BYTES = 8 * 1024 * 1024  # mail servers refuse more than about ten megabytes
MOST_REFERENCE = 70
COUNTRIES = {"BE": "BELGIË", "DE": "DUITSLAND", "FR": "FRANKRIJK", "LU": "LUXEMBURG", "GB": "VERENIGD KONINKRIJK"}


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
    content = _with_check(tenant, content.with_pay_url(url))
    pdf = render_pdf(content)
    files = _attachments(notice, content, pdf, with_letter=step is None or step.attaches_letter)
    words = render_mail(content, [file.name for file in files])
    mail = b"" if not to else _mail_bytes(notice, content, words, to=to, now=now, files=files)
    return Composed(content=content, pdf=pdf, mail=mail, words=words, to=to, pay_link=link)


def _with_check(tenant: Tenant, content: NoticeContent) -> NoticeContent:
    """Print where and with which code anybody can ask whether this message is genuine."""
    code = check_code.make(tenant.code, on=content.sent_on, amount=content.total, key=settings.PAY_LINK_KEY)
    return content.with_check(code=code, url=settings.PUBLIC_URL + reverse("dunning:genuine"))


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
    collector = _collector(tenant)
    legal = LegalContent(notice.legal_content or LegalContent.FRIENDLY)
    stated, debtor = notice.stated, debtor_of_customer(customer)
    announced = LetterCosts.from_json(stated["announced"]) if "announced" in stated else None
    lines = _lines(notice, invoices, on=on)
    return NoticeContent(
        step=kind,
        sent_on=on,
        pay_by=_pay_by(notice, step, invoices, legal, on=on),
        sender=sender_of(tenant),
        recipient=_recipient(customer, contact),
        lines=lines,
        iban=tenant.iban,
        account_name=tenant.iban_name or tenant.name,
        reference=_reference(customer, invoices),
        reply_to=reply_address(tenant, customer),
        our_reference=notice.pk.hex[-10:].upper(),
        previous_on=_previous_on(notice, invoices),
        language=language,
        tone=tone,
        register_lines=wki.register_lines(tenant, language, on=on, is_named=collector is not None),
        complaint_lines=wki.complaint_lines(tenant, language),
        privacy_lines=wki.privacy_lines(tenant, language) if _is_first(notice, on=on) else (),
        own_text=_own_text(step, kind, language, tone, legal, for_consumer=debtor.is_consumer),
        legal=legal,
        interest_stated=Money.of(stated["interest"]) if "interest" in stated else None,
        announced_costs=announced.costs if announced else None,
        announced_costs_vat=announced.vat if announced else None,
        vat_statement=not tenant.can_deduct_vat,
        claim_lines=claim_lines(notice, invoices, on=on),
        stated_lines=stated_lines(notice),
        collector=collector,
    )


def _collector(tenant: Tenant) -> Sender | None:
    """The office that asks on behalf of the creditor, when it is known where it can be reached."""
    office = tenant.office
    if office is None or not office.street:
        return None
    return Sender(
        name=office.name,
        address_lines=(office.street, f"{office.postcode}  {office.city}".strip()),
        email=office.email,
        phone=office.phone,
        kvk_number=office.kvk_number,
    )


def _is_first(notice: Notice, *, on: date) -> bool:
    """The first letter to this customer says what happens with personal data (art. 13 and 14 GDPR)."""
    earlier = notice.tenant.notices.filter(customer=notice.customer_id, accepted_on__lte=on).exclude(pk=notice.pk)
    return not earlier.exists()


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
    debtor = debtor_of_customer(customer)
    return Recipient(
        name=customer.name,
        address_lines=_address_lines(customer),
        contact=contact.name if contact else "",
        customer_number=customer.number,
        is_consumer=debtor.is_consumer,
        is_natural_person=debtor.is_natural_person,
    )


def _address_lines(customer: Customer) -> tuple[str, ...]:
    """Under bewind or curatele letters go to the representative (1:438 BW)."""
    if is_represented(customer):
        city = f"{customer.representative_postcode}  {customer.representative_city.upper()}".strip()
        return (f"p/a {customer.representative_name}", customer.representative_street, city)
    city = f"{customer.postcode}  {customer.city.upper()}".strip()
    country = "" if customer.country in {"", "NL"} else COUNTRIES.get(customer.country, customer.country)
    return (customer.street, city, country)


def _contact(tenant: Tenant, customer: Customer) -> Contact | None:
    """Who gets reminders; else accounts payable; else who gets the invoices."""
    order = [ContactRole.REMINDER, ContactRole.ACCOUNTS_PAYABLE, ContactRole.INVOICE]
    contacts = list(tenant.contacts.filter(customer=customer).order_by("pk"))
    return min(contacts, key=lambda contact: order.index(ContactRole(contact.role)), default=None)


def _address(customer: Customer, contact: Contact | None) -> str:
    if is_represented(customer):
        return customer.representative_email
    return (contact.email if contact else "") or customer.email


def _invoices(notice: Notice) -> list[Invoice]:
    lines = _stated(notice).select_related("invoice").order_by("invoice__due_on", "invoice__number")
    return [line.invoice for line in lines]


def _stated(notice: Notice) -> QuerySet[NoticeLine]:
    """What is still on it: an invoice that was excluded from the run is not asked for. A cancelled notice shows what it was."""
    live = notice.lines.filter(cancelled_at__isnull=True)
    return live if live.exists() else notice.lines.all()


def _lines(notice: Notice, invoices: list[Invoice], *, on: date) -> tuple[InvoiceLine, ...]:
    """Per invoice the open principal, and interest and costs: what stands in the ledger with what this letter adds."""
    balances = balance_of_invoices(notice.tenant, invoices, on=on)
    added = {line.invoice_id: line for line in _stated(notice)}
    lines = tuple(
        _line(balances[invoice.pk], added[invoice.pk]) for invoice in invoices if balances[invoice.pk].is_open
    )
    if not lines:
        raise CannotComposeError("Van deze facturen staat niets meer open.")
    return lines


def _line(found: InvoiceBalance, added: NoticeLine) -> InvoiceLine:
    invoice, costs = found.invoice, added.details.get("costs", {})
    return InvoiceLine(
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        original=found.invoiced,
        paid=found.invoiced - found.principal,
        open=found.principal,
        interest=found.interest + Money.of(added.interest_amount),
        costs=found.costs - found.costs_vat + Money.of(costs.get("costs", "0")),
        costs_vat=found.costs_vat + Money.of(costs.get("vat", "0")),
    )


def _pay_by(notice: Notice, step: PolicyStep | None, invoices: list[Invoice], legal: LegalContent, *, on: date) -> date:
    """The last day of the term; a letter that leaves later than planned still gives the whole term."""
    if notice.step_kind == StepKind.PRE_DUE_NOTICE:
        return max(on, min(invoice.due_on for invoice in invoices))
    if legal is LegalContent.FOURTEEN_DAY:
        return fourteen_days_from(notice, on=on)
    least = MIN_DEFAULT_TERM_DAYS if legal is LegalContent.DEFAULT_NOTICE else 0
    whole = on + timedelta(days=max(step.term_days if step else MIN_DEFAULT_TERM_DAYS, least))
    return max(notice.pay_before_on or whole, whole)


def fourteen_days_from(notice: Notice, *, on: date) -> date:
    """The last day to pay without costs, on the safe side, for a letter that leaves today: on the pay page, never in print."""
    calendar = Calendar.dutch()
    received_on = receipt_on("post" if notice.channel == Channel.PRINT else "email", on, calendar) or on
    return fourteen_day_term(received_on, calendar, margin_days=notice.tenant.term_margin_days).safe_last_on


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


def _own_text(
    step: PolicyStep | None,
    kind: StepKind,
    language: Language,
    tone: Tone,
    legal: LegalContent,
    *,
    for_consumer: bool,
) -> NoticeText | None:
    texts = step.texts if step and isinstance(step.texts, dict) else {}
    return own_text(texts, step=kind, language=language, tone=tone, legal=legal, for_consumer=for_consumer)


def _attachments(notice: Notice, content: NoticeContent, pdf: bytes, *, with_letter: bool) -> list[Attachment]:
    """The letter, and the invoices as long as a mail server takes them."""
    text = text_of(content)
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
