"""Rendering before the claim: the exact bytes of letter and mail, kept by hash and tied to the notice.

Repeatable while no call was made with them; after an attempt with an unknown outcome the bytes stay as they are, because a
repeat under the same key must be the same mail.
"""

from __future__ import annotations

import email
import logging
from datetime import datetime, timedelta
from email.policy import default as modern
from typing import Final
from uuid import UUID

from django.db import DatabaseError

from dunning.actions.stating import restate
from dunning.delivery.queue import TO_SEND
from dunning.domain.contact_window import AMSTERDAM
from dunning.letters.compose import compose
from dunning.models import Notice
from dunning.models.notices import AttemptResult
from receivables.files import store
from tenants.context import durable_tenant_context
from tenants.models import Tenant

log = logging.getLogger(__name__)
AFTER_A_FAULT: Final = timedelta(minutes=15)


def prepare(notice_id: UUID, *, tenant: Tenant, now: datetime) -> str | None:
    """Make sure today's letter and mail are there; the reason when they cannot be made."""
    try:
        with durable_tenant_context(tenant.pk):
            notice = tenant.notices.get(pk=notice_id)
            if not _is_fixed(notice, now=now):
                write(notice, now=now)
        return None
    except DatabaseError:
        raise
    except Exception as fault:  # one letter that cannot be made must not stop the others, nor disappear
        log.exception("notice %s of tenant %s cannot be written", notice_id, tenant.pk)
        with durable_tenant_context(tenant.pk):
            tenant.notices.filter(pk=notice_id, state__in=TO_SEND).update(mail_file=None, pdf_file=None)
        return f"De brief kan niet worden gemaakt: {fault}"


def set_aside(notice_id: UUID, *, tenant: Tenant, why: str, now: datetime) -> None:
    """Show on the notice why it does not leave, and try again later."""
    with durable_tenant_context(tenant.pk):
        tenant.notices.filter(pk=notice_id, state__in=TO_SEND).update(
            problem=why[:300], try_after_at=now + AFTER_A_FAULT, lease_until=None
        )


def is_unwritten(notice_id: UUID, *, tenant: Tenant) -> bool:
    """It may still leave, but its letter is missing or asks what it may no longer ask."""
    with durable_tenant_context(tenant.pk):
        return tenant.notices.filter(pk=notice_id, state__in=TO_SEND, mail_file=None).exists()


def _is_fixed(notice: Notice, *, now: datetime) -> bool:
    """Made today, or used in an attempt of which nobody knows the outcome."""
    if notice.state not in TO_SEND:
        return True
    unknown = (AttemptResult.PENDING, AttemptResult.UNKNOWN)
    if notice.attempts.filter(generation=notice.generation, result__in=unknown).exists():
        return True
    return notice.pdf_file_id is not None and notice.dated_on == now.astimezone(AMSTERDAM).date()


def write(notice: Notice, *, now: datetime) -> None:
    """Compose letter and mail and keep their bytes, unless the notice changed meanwhile."""
    restate(notice, now=now)
    tenant, name = notice.tenant, f"{notice.step_key}-{notice.pk}"
    composed = compose(notice, now=now)
    if composed.content.total.amount != notice.total_amount:
        return  # something was paid since planning; the claim restates the amounts
    mail = composed.mail and store(tenant, content=composed.mail, media_type="message/rfc822", name=f"{name}.eml")
    unchanged = tenant.notices.filter(
        pk=notice.pk, state__in=TO_SEND, generation=notice.generation, total_amount=notice.total_amount
    )
    unchanged.update(
        pdf_file=store(tenant, content=composed.pdf, media_type="application/pdf", name=f"{name}.pdf"),
        mail_file=mail or None,
        subject=composed.subject[:300],
        to_email=composed.to,
        message_id=message_id_of(composed.mail),
        pay_link=composed.pay_link,
        pay_before_on=composed.pay_by,
        dated_on=now.astimezone(AMSTERDAM).date(),
        problem="",
    )


def message_id_of(mail: bytes) -> str:
    """The Message-ID by which evidence of this mail is found later."""
    return str(email.message_from_bytes(mail, policy=modern)["Message-ID"] or "").strip()[:200]
