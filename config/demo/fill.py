"""Fill an empty database with the demo's office, tenants, people and books, the books through the real importers."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta

from config.demo import bank, law, numbers, statements
from config.demo.books import Books, Business, make_books
from config.demo.businesses import BUSINESSES, OFFICE_NAME, OFFICE_SLUG
from config.demo.documents import open_item_list, ubl_files
from config.demo.logo import logo
from config.demo.marks import leave_marks
from config.demo.people import PEOPLE, Person
from config.demo.statements import Movement
from dunning.actions.policies import install_starters
from receivables.actions import books as book_actions
from receivables.actions.bank_import import import_bank_file
from receivables.actions.bank_matching import match_open_lines
from receivables.actions.importing import import_invoices
from receivables.banking.sandboxed import BankReader
from receivables.importing.results import Upload
from receivables.paying.accounts import connect_psp
from tenants.clock import AMSTERDAM
from tenants.context import tenant_context
from tenants.models import Membership, Office, Tenant, User
from tenants.models.people import OFFICE_ROLES, Role


def is_filled() -> bool:
    return Office.objects.filter(slug=OFFICE_SLUG).exists()


def add_organisation(*, now: datetime) -> list[Tenant]:
    """The office, its tenants and the people who may log in."""
    day = now.astimezone(AMSTERDAM).date()
    office = Office.objects.create(name=OFFICE_NAME, slug=OFFICE_SLUG, created_at=now, **law.office_fields(on=day))
    monday = now.astimezone(AMSTERDAM).replace(hour=0, minute=0) - timedelta(days=now.astimezone(AMSTERDAM).weekday())
    tenants = [_add_tenant(office, business, now=monday) for business in BUSINESSES]  # this week's runs are due
    for person in PEOPLE:
        _add_person(person, office=office, tenants=tenants)
    return tenants


def import_books(*, now: datetime, on: date) -> int:
    """Upload each tenant's files, as its bookkeeper would; the number of invoices that came in."""
    with BankReader() as reader:
        return sum(
            _import(Tenant.objects.get(slug=business.slug), business, now=now, on=on, reader=reader)
            for business in BUSINESSES
        )


def _import(tenant: Tenant, business: Business, *, now: datetime, on: date, reader: BankReader) -> int:
    known_until = on - timedelta(days=business.books_age_days)
    books = make_books(business, on=known_until)
    uploaded, paid = bank.with_paid(business, books, on=known_until)
    upload = _upload(business, uploaded)
    options = {"as_of": known_until.isoformat()} if business.source == "csv" else {}
    with tenant_context(tenant.pk):
        report = import_invoices(tenant, [upload], now=now, on=on, options=options)
        if report.counts.stored == 0:
            raise RuntimeError(f"Nothing came in for {tenant.slug}: {report.as_json()}")
        law.describe_debtors(tenant)
        law.agree_on_days(tenant)
        book_actions.confirm(tenant, up_to_on=known_until, now=now)
        install_starters(tenant, now=now)
        connect_psp(tenant, f"test_demo{tenant.code:0>26}", now=now)
    moved = bank.movements(business, books, paid, on=known_until, other=BUSINESSES[0])
    _import_bank(tenant, business, moved, until=known_until, now=now, on=on, reader=reader)
    with tenant_context(tenant.pk):
        leave_marks(tenant, on=on, now=now, by=User.objects.filter(memberships__office=tenant.office).first())
    return int(report.counts.stored)


def _import_bank(
    tenant: Tenant,
    business: Business,
    moved: list[Movement],
    *,
    until: date,
    now: datetime,
    on: date,
    reader: BankReader,
) -> None:
    """Two months of statements, and what they are matched with; as after an upload."""
    content = statements.zipped(
        tenant.iban, moved, until=until, weeks=bank.WEEKS, without=bank.MISSING.get(business.slug, 0)
    )
    name = f"afschriften-{business.slug}.zip"
    report = import_bank_file(tenant, name=name, content=content, now=now, on=on, reader=reader)
    if report.is_refused:
        raise RuntimeError(f"No statement came in for {tenant.slug}: {report.as_json()}")
    match_open_lines(tenant, on=on, now=now)


def _upload(business: Business, books: Books) -> Upload:
    if business.source == "csv":
        return Upload(name=f"openstaande-posten-{business.slug}.csv", content=open_item_list(books))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ubl_files(business, books).items():
            archive.writestr(name, content)
    return Upload(name=f"facturen-{business.slug}.zip", content=packed.getvalue())


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
        phone=f"088-{business.serial % 900 + 100} {business.serial % 90 + 10} {business.serial % 80 + 11}",
        website=f"https://www.{business.slug}.example",
        logo=logo(business.name, business.colour),
        logo_media_type="image/png",
        brand_colour=business.colour,
        run_weekday=business.run_weekday,
        run_hour=business.run_hour,
        approves_automatically=business.approves_automatically,
        created_at=now,
        **law.tenant_fields(business.slug),
    )


def _add_person(person: Person, *, office: Office, tenants: list[Tenant]) -> None:
    is_platform_admin = person.role == Role.OFFICE_ADMIN  # so that the rate tables can be looked after in the demo
    user = User.objects.create_user(
        person.email, person.password, name=person.name, is_platform_admin=is_platform_admin
    )
    if person.role in OFFICE_ROLES:
        Membership.objects.create(user=user, role=person.role, office=office)
    else:
        tenant = next(tenant for tenant in tenants if tenant.slug == person.at)
        Membership.objects.create(user=user, role=person.role, tenant=tenant)
