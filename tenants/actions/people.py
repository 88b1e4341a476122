"""People and their roles, on an office or on a tenant. Somebody must always be left who can manage the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tenants import audit
from tenants.facts import managers_of
from tenants.models import Membership, Office, Role, Tenant, User
from tenants.models.people import OFFICE_ROLES, TENANT_ROLES
from tenants.permissions import MATRIX, Permission

Place = Office | Tenant


class PeopleError(Exception):
    """Refused; the message is Dutch and meant for the person who asked."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does this and from where."""

    user: User | None
    ip_address: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A role, and for office staff which client tenants: all of them, or the named ones."""

    role: Role
    named_tenants: Sequence[Tenant] = ()

    @property
    def all_tenants(self) -> bool:
        return not self.named_tenants


def check_post(place: Place, post: Post) -> None:
    """Refuse a role that does not exist at this place, or tenants that are not this office's."""
    roles = OFFICE_ROLES if isinstance(place, Office) else TENANT_ROLES
    if post.role not in roles:
        raise PeopleError("Deze rol bestaat hier niet.")
    if post.named_tenants and post.role != Role.OFFICE_STAFF:
        raise PeopleError("Alleen een kantoormedewerker krijgt losse administraties.")
    if any(tenant.office_id != place.pk for tenant in post.named_tenants):
        raise PeopleError("Deze administratie hoort niet bij dit kantoor.")


@transaction.atomic
def give_post(place: Place, user: User, *, post: Post, by: Actor, now: datetime) -> Membership:
    """Make somebody a member here, or give the member this role instead."""
    check_post(place, post)
    at = {"office": place} if isinstance(place, Office) else {"tenant": place}
    membership, _ = Membership.objects.update_or_create(
        user=user, **at, defaults={"role": post.role, "all_tenants": post.all_tenants}
    )
    membership.named_tenants.set(post.named_tenants)
    _record(place, "member.added", membership, by=by, now=now)
    return membership


@transaction.atomic
def change_post(place: Place, membership: Membership, *, post: Post, by: Actor, now: datetime) -> None:
    """Give a member another role; the last one who can manage people keeps that right."""
    check_post(place, post)
    before = membership.role
    if not _manages(place, post.role):
        _refuse_without_manager(place, membership)
    membership.role, membership.all_tenants = post.role, post.all_tenants
    membership.save(update_fields=["role", "all_tenants"])
    membership.named_tenants.set(post.named_tenants)
    _record(place, "member.changed", membership, by=by, now=now, before=before)


@transaction.atomic
def remove_member(place: Place, membership: Membership, *, by: Actor, now: datetime) -> None:
    """Take somebody's access away, from the next request on."""
    _refuse_without_manager(place, membership)
    _record(place, "member.removed", membership, by=by, now=now)
    membership.delete()


def _refuse_without_manager(place: Place, leaving: Membership) -> None:
    type(place).objects.select_for_update().get(pk=place.pk)  # two managers cannot remove each other at once
    if not managers_of(place).exclude(pk=leaving.pk).exists():
        raise PeopleError("Er moet iemand overblijven die de mensen beheert. Geef eerst een ander die rol.")


def _manages(place: Place, role: Role) -> bool:
    needed = Permission.MANAGE_OFFICE if isinstance(place, Office) else Permission.MANAGE_PEOPLE
    return needed in MATRIX[role]


def _record(place: Place, verb: str, membership: Membership, *, by: Actor, now: datetime, before: str = "") -> None:
    details = {
        "email": membership.user.email,
        "role": str(membership.role),
        "named_tenants": sorted(membership.named_tenants.values_list("slug", flat=True)),
    }
    if before:
        details["role_before"] = str(before)
    audit.record_at(place, verb, now=now, by=by.user, ip_address=by.ip_address, details=details)
