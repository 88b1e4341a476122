"""Opening the books of a new client tenant: its row, its starter ladders, its first event; and the office itself."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.text import slugify

from dunning.actions.policies import install_starters
from tenants import audit
from tenants.context import tenant_context
from tenants.models import Membership, Office, Role, Tenant, User

LONGEST_SLUG = 50


def open_tenant(office: Office | None, name: str, *, now: datetime, by: User | None = None, **fields: object) -> Tenant:
    """A new administratie with the three ladders ready; nothing goes out before its account number is filled in."""
    with transaction.atomic():
        tenant = Tenant.objects.create(
            office=office, name=name, slug=_free_slug(name, Tenant), created_at=now, **fields
        )
        with tenant_context(tenant.pk):
            install_starters(tenant, now=now, by=by)
            audit.record(tenant, "tenant.opened", now=now, subject=tenant, by=by, details={"name": name})
    return tenant


def open_office(name: str, *, admin_email: str, password: str | None, now: datetime) -> tuple[Office, User]:
    """The first office of an installation, with its administrator."""
    with transaction.atomic():
        office = Office.objects.create(name=name, slug=_free_slug(name, Office), created_at=now)
        user = User.objects.filter(email=admin_email.lower()).first()
        if user is None:
            user = User.objects.create_user(admin_email, password)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        Membership.objects.create(user=user, office=office, role=Role.OFFICE_ADMIN)
        audit.record_at(office, "office.opened", now=now, details={"name": name, "admin": user.email})
    return office, user


def _free_slug(name: str, model: type[Tenant] | type[Office]) -> str:
    base = slugify(name)[:LONGEST_SLUG].strip("-") or "administratie"
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for count in range(1, len(taken) + 2) if (slug := base if count == 1 else f"{base}-{count}") not in taken
    )
