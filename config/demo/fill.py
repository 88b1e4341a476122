"""Fill an empty database with the demo's office, tenants, people and books, the books through the real importers."""

from __future__ import annotations

from datetime import datetime

from config.demo import numbers
from config.demo.books import Business
from config.demo.businesses import BUSINESSES, OFFICE_NAME, OFFICE_SLUG
from config.demo.logo import logo
from config.demo.people import PEOPLE, Person
from tenants.models import Membership, Office, Tenant, User
from tenants.models.people import OFFICE_ROLES


def is_filled() -> bool:
    return Office.objects.filter(slug=OFFICE_SLUG).exists()


def add_organisation(*, now: datetime) -> list[Tenant]:
    """The office, its tenants and the people who may log in."""
    office = Office.objects.create(name=OFFICE_NAME, slug=OFFICE_SLUG, created_at=now)
    tenants = [_add_tenant(office, business, now=now) for business in BUSINESSES]
    for person in PEOPLE:
        _add_person(person, office=office, tenants=tenants)
    return tenants


def _add_tenant(office: Office, business: Business, *, now: datetime) -> Tenant:
    return Tenant.objects.create(
        office=office,
        name=business.name,
        slug=business.slug,
        street=business.street,
        postcode=business.postcode,
        city=business.city,
        kvk_number=numbers.kvk_number(business.serial),
        vat_number=numbers.vat_number(business.serial),
        iban=numbers.iban(business.serial),
        iban_name=business.name,
        email=f"administratie@{business.slug}.example",
        phone=f"0{38 + business.serial % 30}-{business.serial % 900 + 100} 0{business.serial % 90 + 10}",
        website=f"https://www.{business.slug}.example",
        logo=logo(business.name, business.colour),
        logo_media_type="image/png",
        brand_colour=business.colour,
        run_weekday=business.run_weekday,
        run_hour=business.run_hour,
        approves_automatically=business.approves_automatically,
        created_at=now,
    )


def _add_person(person: Person, *, office: Office, tenants: list[Tenant]) -> None:
    user = User.objects.create_user(person.email, person.password, name=person.name)
    if person.role in OFFICE_ROLES:
        Membership.objects.create(user=user, role=person.role, office=office)
    else:
        tenant = next(tenant for tenant in tenants if tenant.slug == person.at)
        Membership.objects.create(user=user, role=person.role, tenant=tenant)
