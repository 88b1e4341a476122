"""From a row to the mail that leaves: words, pay link, check code, and the exact bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from dunning.debtor import check_code
from dunning.domain.contact_window import AMSTERDAM
from dunning.letters.content import one_line
from dunning.letters.draft import INK
from dunning.letters.mail import mailbox, message_id, wire_bytes
from dunning.letters.reply import reply_address
from dunning.models import ServiceMail
from dunning.models.arrangements import MessageKind
from dunning.models.service_mails import ServiceMailKind
from dunning.service_mail import texts_en, texts_nl
from receivables.domain.money import Money
from receivables.paying import links
from receivables.paying.texts import amount_in, day_in, texts_in
from tenants.models import Tenant

AMOUNTS: Final = ("amount", "total", "left")
DAYS: Final = ("paid_on", "until_on", "resolve_by_on", "pay_on", "decide_by_on", "due_on")
LONG: Final = ("note", "answer", "question", "why")  # what people wrote, with its lines
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Words:
    """A mail before it is a message."""

    language: str
    subject: str
    salutation: str
    paragraphs: tuple[str, ...]
    button: str
    pay_url: str
    genuine: str


def render(mail: ServiceMail, *, tenant: Tenant, now: datetime) -> bytes:
    """The mail as it leaves at `now`. Inside the tenant's context: a pay link may have to be made."""
    words = words_of(mail, tenant=tenant, now=now)
    labels = _labels(mail.language)
    colour = tenant.brand_colour if _COLOUR.fullmatch(tenant.brand_colour or "") else INK
    context = {"words": words, "labels": labels, "tenant": tenant, "colour": colour}
    message = EmailMultiAlternatives(
        subject=one_line(f"{words.subject} – {tenant.name}"),
        body=re.sub(r"\n{3,}", "\n\n", render_to_string("mails/service.txt", context)),
        from_email=mailbox(settings.MAIL_ENVELOPE_SENDER, name=tenant.name),
        to=[mailbox(mail.to_email)],
        reply_to=[mailbox(reply, name=tenant.name)] if (reply := reply_address(tenant, mail.customer)) else None,
        headers={
            "Message-ID": message_id(str(mail.pk), settings.MAIL_ENVELOPE_SENDER),
            "Date": format_datetime(now),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies
        },
    )
    message.attach_alternative(render_to_string("mails/service.html", context), "text/html")
    return wire_bytes(message)


def words_of(mail: ServiceMail, *, tenant: Tenant, now: datetime) -> Words:
    """Everything the mail says, in the language it was asked for in."""
    labels, kind = _labels(mail.language), ServiceMailKind(mail.kind)
    text = _texts(mail.language)[kind]
    values = _values(mail, labels) | {"tenant": tenant.name, "customer": one_line(mail.customer.name)}
    subject, paragraphs = text.filled(values)
    return Words(
        language=mail.language,
        subject=subject,
        salutation=_salutation(mail, labels),
        paragraphs=paragraphs,
        button=text.button.format_map(values) if text.button else "",
        pay_url=links.pay_url(tenant, mail.customer, now=now) if text.button else "",
        genuine=_genuine(tenant, mail.context, labels, on=now.astimezone(AMSTERDAM).date()),
    )


def _salutation(mail: ServiceMail, labels: Mapping[str, str]) -> str:
    """By name, but not to an address that may be anybody's."""
    if mail.context.get("is_stranger"):
        return labels["salutation_stranger"]
    name = mail.context.get("name") or mail.customer.name
    return labels["salutation"].format(name=one_line(str(name)))


def _values(mail: ServiceMail, labels: Mapping[str, str]) -> dict[str, str]:
    """The frozen values, written in the language of the mail; what was not given stays away."""
    words = texts_in(mail.language)
    given = {name: value for name, value in mail.context.items() if value not in (None, "", [])}
    values = {name: one_line(str(value)) for name, value in given.items() if not isinstance(value, list | dict)}
    values |= {name: amount_in(words, Money.of(given[name])) for name in AMOUNTS if name in given}
    values |= {name: day_in(words, date.fromisoformat(given[name])) for name in DAYS if name in given}
    values |= {name: _lines(str(given[name])) for name in LONG if name in given}
    values["invoices"] = one_line(", ".join(map(str, given.get("invoices", []))))
    values["instalments"] = "\n".join(_instalment(row, labels, words) for row in given.get("instalments", []))
    values["disputed"] = _disputed(given, labels)
    if "outcome" in given:
        values["outcome"] = labels[f"outcome_{given['outcome']}"]
    if "left" in given and not Money.of(given["left"]):
        values.pop("left")
        values["settled"] = labels["settled"]
    return values | _about(given, labels, values)


def _about(given: Mapping[str, Any], labels: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """A message is confirmed without its own words: anybody may have put any address beside them. An answer repeats them."""
    if "about" not in given:
        return {}
    if values.get("answer"):
        return {"about": "", "message_subject": labels["subject_answer"]}
    about = labels[f"about_{MessageKind(given['about']).value}"]
    return {"about": about, "question": "", "message_subject": labels["subject_received"]}


def _disputed(given: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """What an objection is about, short enough for a subject: the invoice, or how many."""
    if "invoice" in given:
        return labels["invoice"].format(number=one_line(str(given["invoice"])))
    return labels["some_invoices"].format(count=len(given.get("invoices", [])))


def _instalment(row: Mapping[str, Any], labels: Mapping[str, str], words: dict[str, str]) -> str:
    day = labels["due"].format(day=day_in(words, date.fromisoformat(row["due_on"])))
    return f"{labels['instalment'].format(number=row['number'])}: {amount_in(words, Money.of(row['amount']))}, {day}"


def _genuine(tenant: Tenant, context: Mapping[str, Any], labels: Mapping[str, str], *, on: date) -> str:
    named = next((Money.of(context[name]) for name in AMOUNTS if context.get(name)), Money.zero())
    code = check_code.make(tenant.code, on=on, amount=named, key=settings.PAY_LINK_KEY)
    url = settings.PUBLIC_URL + reverse("dunning:genuine")
    return labels["genuine"].format(url=url, code=code)


def _lines(text: str) -> str:
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def _labels(language: str) -> dict[str, str]:
    return texts_en.LABELS if language == "en" else texts_nl.LABELS


def _texts(language: str) -> Any:
    return texts_en.TEXTS if language == "en" else texts_nl.TEXTS
