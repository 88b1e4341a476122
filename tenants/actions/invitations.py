"""Invitations: a signed link to one address, used once, that expires and can be revoked. There is no open sign-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction

from tenants import audit
from tenants.actions.people import Actor, PeopleError, Place, Post, check_post, give_post
from tenants.context import tenant_context
from tenants.mails import INVITATION_SALT
from tenants.models import Invitation, Membership, Office, Role, User
from tenants.tasks import send_invitation

VALID_FOR = timedelta(days=7)


class InvitationClosedError(PeopleError):
    """This link no longer opens anything."""


@transaction.atomic
def invite(place: Place, email: str, *, post: Post, by: Actor, now: datetime) -> Invitation:
    """Invite an address to a role; an earlier invitation of the same address to this place is replaced."""
    check_post(place, post)
    address = email.strip().lower()
    at = {"office": place} if isinstance(place, Office) else {"tenant": place}
    if Membership.objects.filter(user__email=address, **at).exists():
        raise PeopleError(f"{address} hoort er al bij. Wijzig de rol hieronder.")
    Invitation.objects.filter(email=address, accepted_at=None, revoked_at=None, **at).update(revoked_at=now)
    invitation = Invitation.objects.create(
        email=address,
        role=post.role,
        all_tenants=post.all_tenants,
        invited_by=by.user,
        created_at=now,
        expires_at=now + VALID_FOR,
        **at,
    )
    invitation.named_tenants.set(post.named_tenants)
    _record(invitation, "invitation.sent", by=by, now=now)
    transaction.on_commit(partial(send_invitation.delay, invitation_id=invitation.pk), robust=True)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Send a fresh link with a fresh term; the old link is dead."""
    invitation.expires_at = now + VALID_FOR
    invitation.save(update_fields=["expires_at"])
    _record(invitation, "invitation.sent", by=by, now=now)
    transaction.on_commit(partial(send_invitation.delay, invitation_id=invitation.pk), robust=True)


@transaction.atomic
def revoke(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """The link opens nothing any more."""
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    _record(invitation, "invitation.revoked", by=by, now=now)


def opened(token: str, *, now: datetime) -> Invitation:
    """The invitation behind a link, or InvitationClosedError: forged, used, revoked, expired and unknown look alike."""
    try:
        pk, expires = signing.loads(token, salt=INVITATION_SALT)
    except signing.BadSignature:
        raise InvitationClosedError from None
    rows = Invitation.objects.select_related("office", "tenant", "invited_by")
    found = rows.filter(pk=pk, accepted_at=None, revoked_at=None, expires_at__gt=now).first()
    if found is None or found.expires_at.timestamp() != expires:
        raise InvitationClosedError
    return found


def accept_as_new(token: str, *, name: str, password: str, ip_address: str | None, now: datetime) -> User:
    """Make the account that was invited. The address is proven: the link went there and nowhere else."""
    with transaction.atomic():
        invitation = _claim(token, now=now)
        if User.objects.filter(email=invitation.email).exists():
            raise PeopleError("Dit e-mailadres heeft al een account. Log in om de uitnodiging aan te nemen.")
        user = User.objects.create_user(invitation.email, password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        _take_up(invitation, Actor(user, ip_address), now=now)
    return user


def accept_as_known(token: str, *, by: Actor, now: datetime) -> None:
    """Take up an invitation with the account that has this address."""
    with transaction.atomic():
        invitation = _claim(token, now=now)
        if by.user is None or by.user.email != invitation.email:
            raise InvitationClosedError
        _take_up(invitation, by, now=now)


def _claim(token: str, *, now: datetime) -> Invitation:
    """One of two who click at once gets it; the other finds it used."""
    found = opened(token, now=now)
    if not Invitation.objects.filter(pk=found.pk, accepted_at=None, revoked_at=None).update(accepted_at=now):
        raise InvitationClosedError
    return found


def _take_up(invitation: Invitation, actor: Actor, *, now: datetime) -> None:
    invitation.accepted_by = actor.user
    invitation.save(update_fields=["accepted_by"])
    post = Post(Role(invitation.role), tuple(invitation.named_tenants.all()))
    place = place_of(invitation)
    if isinstance(place, Office):
        give_post(place, _user(actor), post=post, by=actor, now=now)
        return
    with tenant_context(place.pk):
        give_post(place, _user(actor), post=post, by=actor, now=now)


def place_of(invitation: Invitation) -> Place:
    place: Place | None = invitation.office or invitation.tenant
    if place is None:
        raise InvitationClosedError
    return place


def _user(actor: Actor) -> User:
    if actor.user is None:
        raise InvitationClosedError
    return actor.user


def _record(invitation: Invitation, verb: str, *, by: Actor, now: datetime) -> None:
    details = {"email": invitation.email, "role": str(invitation.role)}
    audit.record_at(place_of(invitation), verb, now=now, by=by.user, ip_address=by.ip_address, details=details)
