"""Which tenants and offices a person may open: read from the memberships at every request, never remembered."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from tenants.models import Membership, Office, Role, Tenant, User

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
