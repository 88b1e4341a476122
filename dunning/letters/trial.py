"""A letter to oneself: the same mail with the same letter, over the provider that carries the real ones."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.conf import settings

from dunning.delivery.answers import Answer
from dunning.delivery.providers import Outgoing
from dunning.delivery.providers.choose import provider_for
from dunning.letters.content import NoticeContent
from dunning.letters.mail import Attachment, build_message, file_name, render_mail, wire_bytes
from dunning.letters.render import render_pdf
from dunning.letters.texts import text_of
from tenants.models import Tenant

MARK: Final = "[Proef] "
DEADLINE_SECONDS: Final = 10.0  # somebody is waiting for the page


def send_trial(tenant: Tenant, content: NoticeContent, *, to: str, now: datetime) -> Answer:
    """Send this made-up notice to `to`, marked as a trial; says what the provider answered and keeps nothing."""
    pdf = Attachment(file_name("proef", text_of(content).name.lower()), render_pdf(content))
    words = render_mail(content, [pdf.name])
    key = f"proef:{uuid4()}"
    message = build_message(
        content,
        replace(words, subject=f"{MARK}{words.subject}"),
        to=to,
        from_address=settings.MAIL_ENVELOPE_SENDER,
        key=key,
        sent_at=now,
        attachments=[pdf],
    )
    outgoing = Outgoing(key=key, mail=wire_bytes(message), sender=settings.MAIL_ENVELOPE_SENDER, recipient=to)
    with contextlib.closing(provider_for(tenant)) as provider:
        return provider.send(outgoing, deadline=DEADLINE_SECONDS)
