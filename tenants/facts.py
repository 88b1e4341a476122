"""Which tenants and offices a person may open: read from the memberships at every request, never remembered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from tenants.models import Event, Invitation, Membership, Office, Role, Tenant, User

# strongest first: the membership a person acts under is the strongest of those that reach a tenant
STRENGTH = (Role.OFFICE_ADMIN, Role.OFFICE_STAFF, Role.BOOKKEEPER, Role.TENANT_OWNER, Role.VIEWER)


def memberships_on(user: User, tenant: Tenant) -> list[Membership]:
    """How this person reaches this tenant, strongest role first; empty for a stranger."""
    through_office = Q(office_id=tenant.office_id) & (
        Q(role=Role.OFFICE_ADMIN) | Q(all_tenants=True) | Q(named_tenants=tenant)
    )
    reach = Q(tenant=tenant) | (through_office if tenant.office_id else Q(pk__in=[]))
    return _strongest_first(user.memberships.filter(reach).distinct())


def memberships_in(user: User, office: Office) -> list[Membership]:
    """This person's place in the office itself; empty for a stranger."""
    return _strongest_first(user.memberships.filter(office=office))


def tenants_of(user: User, office: Office | None = None) -> QuerySet[Tenant]:
    """The tenants this person may open, of one office or all of them, by name."""
    memberships = user.memberships.filter(office=office) if office else user.memberships.all()
    whole = memberships.filter(Q(role=Role.OFFICE_ADMIN) | Q(role=Role.OFFICE_STAFF, all_tenants=True))
    reach = Q(office__in=whole.values("office")) | Q(
        pk__in=memberships.filter(role=Role.OFFICE_STAFF, all_tenants=False, named_tenants__office=F("office")).values(
            "named_tenants"
        )
    )
    if office is None:
        reach |= Q(pk__in=memberships.filter(tenant__isnull=False).values("tenant"))
    return Tenant.objects.filter(reach).order_by("name", "pk")


def offices_of(user: User) -> QuerySet[Office]:
    """The offices this person works for, by name."""
    return Office.objects.filter(memberships__user=user).order_by("name", "pk")


def _strongest_first(memberships: QuerySet[Membership]) -> list[Membership]:
    return sorted(memberships, key=lambda membership: STRENGTH.index(Role(membership.role)))


def managers_of(place: Office | Tenant) -> QuerySet[Membership]:
    """Who can invite and remove people here."""
    of_office = (
        Q(office_id=place.pk) if isinstance(place, Office) else Q(office__isnull=False, office_id=place.office_id)
    )
    reach = of_office & Q(role=Role.OFFICE_ADMIN)
    if isinstance(place, Tenant):
        reach |= Q(tenant=place, role=Role.TENANT_OWNER)
    return Membership.objects.filter(reach, user__is_active=True)


def office_people(office: Office) -> QuerySet[Membership]:
    """Everybody who works at this office."""
    rows = Membership.objects.filter(office=office).select_related("user").prefetch_related("named_tenants")
    return rows.order_by("user__name", "pk")


def tenant_people(tenant: Tenant) -> QuerySet[Membership]:
    """Everybody with a role of their own at this tenant; office staff reach it through their office."""
    return Membership.objects.filter(tenant=tenant).select_related("user").order_by("user__name", "pk")


def open_invitations(place: Office | Tenant) -> QuerySet[Invitation]:
    """Invitations that still wait, the newest first; also the expired ones, which can be sent again."""
    at = Q(office=place) if isinstance(place, Office) else Q(tenant=place)
    return Invitation.objects.filter(at, accepted_at=None, revoked_at=None).order_by("-created_at", "-pk")


EVENTS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, newest first, and where the next page begins."""

    rows: list[Event]
    next_seq: int | None


def event_page(
    tenant: Tenant, *, before_seq: int | None = None, until: datetime | None = None, about: str = "", by: str = ""
) -> EventPage:
    """The trail of a tenant from `before_seq` back; the index on (tenant, seq) makes every page cost the same."""
    events = tenant.events.select_related("by").order_by("-seq")
    if before_seq:
        events = events.filter(seq__lt=before_seq)
    if until:
        events = events.filter(at__lt=until)
    if about:
        events = events.filter(verb__startswith=f"{about}.")
    if by:
        events = events.filter(by=int(by)) if by.isdecimal() and len(by) < 10 else events.filter(by=None)
    rows = list(events[: EVENTS_PER_PAGE + 1])
    more = len(rows) > EVENTS_PER_PAGE
    return EventPage(rows[:EVENTS_PER_PAGE], rows[EVENTS_PER_PAGE - 1].seq if more else None)


def people_who_act(tenant: Tenant) -> list[User]:
    """Who can have done something here: members, and the people of the office."""
    reach = Q(memberships__tenant=tenant)
    if tenant.office_id:
        reach |= Q(memberships__office=tenant.office_id)
    return list(User.objects.filter(reach).distinct().order_by("name", "pk"))
