"""Mail to people who work with Voldaan, never to debtors. Sent by tasks, after the row behind it is committed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from tenants.facts import managers_of
from tenants.models import Invitation, Tenant

INVITATION_SALT = "tenants.invitation"


def invitation_token(invitation: Invitation) -> str:
    """What stands in the link: the id and the term, signed. Sending again gives a new term, so older links die."""
    return signing.dumps([invitation.pk, invitation.expires_at.timestamp()], salt=INVITATION_SALT)


def send_invitation(invitation_id: int, *, now: datetime) -> None:
    """Send the link of an invitation that is still open; anything else sends nothing."""
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)
    invitation = waiting.select_related("office", "tenant", "invited_by").filter(pk=invitation_id).first()
    if invitation is None:
        return
    url = settings.PUBLIC_URL + reverse("tenants:invitation", args=[invitation_token(invitation)])
    send("invitation", [invitation.email], invitation=invitation, place=invitation.office or invitation.tenant, url=url)


def send(name: str, to: Iterable[str], **context: object) -> None:
    """Three files per mail: subject, text and html."""
    base = f"tenants/mails/{name}"
    subject = " ".join(render_to_string(f"{base}.subject.txt", context).split())
    for address in to:
        message = EmailMultiAlternatives(subject, render_to_string(f"{base}.txt", context), to=[address])
        message.attach_alternative(render_to_string(f"{base}.html", context), "text/html")
        message.send()


def send_account_changed(tenant: Tenant, *, old: str, new: str, by: str) -> None:
    """To every manager, also to the one who changed it: it may not have been them."""
    managers = sorted(set(managers_of(tenant).values_list("user__email", flat=True)))
    send("account_changed", managers, tenant=tenant, old=old, new=new, by=by)
