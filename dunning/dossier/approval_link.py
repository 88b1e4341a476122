"""The owner's signed link: opens one handover for one person until a day, and is worth nothing once there is an answer.

Opening it changes nothing (mail scanners open every link); the answer is a form on that page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from dunning.models import Handover
from dunning.models.handovers import HandoverState
from tenants.facts import memberships_on
from tenants.models import Role, Tenant, User
from tenants.permissions import Permission, granted

SALT = "dunning.handover"
LIFETIME = timedelta(days=14)


class LinkClosedError(Exception):
    """Forged, expired, or of somebody who may not decide (any more); which of these is nobody's business."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked about which handover."""

    tenant: Tenant
    user: User
    handover_id: UUID
    until: datetime


def token_for(tenant: Tenant, handover: Handover, user: User, *, now: datetime) -> str:
    until = int((now + LIFETIME).timestamp())
    return signing.dumps([tenant.pk, handover.pk.hex, user.pk, until], salt=SALT)


def opened(token: str, *, now: datetime) -> Asked:
    """Whom the link was made for, when that person may still decide; else LinkClosedError."""
    try:
        tenant_pk, handover_hex, user_pk, until = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise LinkClosedError from None
    tenant = Tenant.objects.select_related("office").filter(pk=tenant_pk).first()
    user = User.objects.filter(pk=user_pk, is_active=True).first()
    if tenant is None or user is None or now.timestamp() >= until:
        raise LinkClosedError
    if Permission.APPROVE_HANDOVER not in granted(membership.role for membership in memberships_on(user, tenant)):
        raise LinkClosedError
    return Asked(tenant, user, UUID(hex=handover_hex), datetime.fromtimestamp(until, UTC))


def mails_to_owners(tenant: Tenant, handover_id: UUID, *, now: datetime) -> list[EmailMultiAlternatives]:
    """A mail for each owner of this tenant, with a link of their own; none once there is an answer."""
    handover = tenant.handovers.select_related("customer").filter(pk=handover_id, state=HandoverState.FLAGGED).first()
    if handover is None:
        return []
    owners = User.objects.filter(memberships__tenant=tenant, memberships__role=Role.TENANT_OWNER, is_active=True)
    lines = list(handover.lines.filter(cancelled_at__isnull=True).select_related("invoice").order_by("invoice__due_on"))
    about = {
        "tenant": tenant,
        "handover": handover,
        "lines": lines,
        "total": sum(line.invoice.open_amount for line in lines),
        "until": now + LIFETIME,
    }
    return [_mail(owner, handover, about, now=now) for owner in owners.distinct().order_by("pk")]


def _mail(owner: User, handover: Handover, about: dict[str, object], *, now: datetime) -> EmailMultiAlternatives:
    path = reverse("dunning:handover_answer", args=[token_for(handover.tenant, handover, owner, now=now)])
    context = {**about, "owner": owner, "url": settings.PUBLIC_URL + path}
    base = "dunning/handover/mails/ask"
    subject = " ".join(render_to_string(f"{base}.subject.txt", context).split())
    message = EmailMultiAlternatives(subject, render_to_string(f"{base}.txt", context), to=[owner.email])
    message.attach_alternative(render_to_string(f"{base}.html", context), "text/html")
    return message
