"""The mail of a notice: subject, plain text and HTML, and the message that goes to the provider byte for byte.

No pictures, no tracking, no link but the pay link and the page that says whether the mail is genuine. The Message-ID follows
from the idempotency key, so that a second attempt is recognisably the same message.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.utils import format_datetime

from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string

from dunning.letters.content import NoticeContent, one_line
from dunning.letters.draft import draft


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Mail:
    """The words of a mail."""

    subject: str
    text: str
    html: str


def render_mail(content: NoticeContent, attachments: Sequence[str] = ()) -> Mail:
    """Write the mail of this notice; `attachments` are the names of the files that go along."""
    words = draft(content)
    context = {"content": content, "draft": words, "attachments": attachments}
    return Mail(
        subject=f"{words.subject} – {content.sender.name}",
        text=re.sub(r"\n{3,}", "\n\n", render_to_string("mails/notice.txt", context)),
        html=render_to_string("mails/notice.html", context),
    )


def build_message(
    content: NoticeContent,
    mail: Mail,
    *,
    to: str,
    from_address: str,
    key: str,
    sent_at: datetime,
    attachments: Sequence[Attachment] = (),
) -> EmailMultiAlternatives:
    """Make the message for any Django mail backend. Names cannot add headers; addresses are checked."""
    message = EmailMultiAlternatives(
        subject=one_line(mail.subject),
        body=mail.text,
        from_email=mailbox(from_address, name=content.sender.name),
        to=[mailbox(to, name=content.recipient.contact or content.recipient.name)],
        reply_to=[mailbox(content.reply_to, name=content.sender.name)] if content.reply_to else None,
        headers={
            "Message-ID": message_id(key, from_address),
            "Date": format_datetime(sent_at),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies
        },
    )
    message.attach_alternative(mail.html, "text/html")
    for attachment in attachments:
        message.attach(attachment.name, attachment.content, attachment.media_type)
    return message


def message_id(key: str, from_address: str) -> str:
    """One key, one Message-ID: never the attempt number."""
    domain = from_address.rpartition("@")[2]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def mailbox(address: str, *, name: str = "") -> str:
    """`"Name" <address>` with the name quoted as needed; an impossible address raises ValidationError."""
    validate_email(address)
    return str(Address(display_name=one_line(name), addr_spec=address))


def wire_bytes(message: EmailMultiAlternatives) -> bytes:
    """The exact bytes of a message; the same message gives the same bytes, for MIME boundaries are not left to chance."""
    mime = message.message()
    seed = str(mime["Message-ID"]).encode()
    for number, part in enumerate(part for part in mime.walk() if part.is_multipart()):
        part.set_boundary(f"=_{hashlib.sha256(seed + bytes([number])).hexdigest()[:32]}")
    return mime.as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own message takes it


def file_name(*words: str, extension: str = "pdf") -> str:
    """A file name that every mail program and file system takes."""
    plain = unicodedata.normalize("NFKD", "-".join(words)).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', plain).strip('-.')[:80] or 'bijlage'}.{extension}"
