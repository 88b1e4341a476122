"""Rows for tests: fixed values and sequences, no randomness. Rows of a tenant need that tenant's context.

Call `TenantFactory.make(name="...")`; `make` knows the type that it returns, a bare call does not.
"""
# mypy: allow-untyped-calls

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from django.db import models
from factory import declarations as declare
from factory.django import DjangoModelFactory

from tenants.models import Membership, Office, Role, Tenant, User

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday morning

M = TypeVar("M", bound=models.Model)


class Rows(DjangoModelFactory[M]):
    """A factory that is honest about what it makes."""

    class Meta:
        abstract = True

    @classmethod
    def make(cls, **fields: Any) -> M:
        return cls.create(**fields)


class OfficeFactory(Rows[Office]):
    """An office that stands in the Wki register, so that it may write private persons."""

    class Meta:
        model = Office

    name = declare.Sequence(lambda n: f"Kantoor {n + 1}")
    slug = declare.Sequence(lambda n: f"kantoor-{n + 1}")
    wki_number = declare.Sequence(lambda n: f"W{n + 1:05}")
    wki_valid_until = date(2028, 12, 31)
    created_at = NOW


class TenantFactory(Rows[Tenant]):
    """A tenant without an office, with everything a letter needs."""

    class Meta:
        model = Tenant

    name = declare.Sequence(lambda n: f"Bakkerij {n + 1} B.V.")
    slug = declare.Sequence(lambda n: f"bakkerij-{n + 1}")
    code = declare.Sequence(lambda n: f"bak{n:04d}")
    street = "Dorpsstraat 1"
    postcode = "1234 AB"
    city = "Utrecht"
    kvk_number = "12345678"
    iban = "NL91ABNA0417164300"
    iban_name = declare.SelfAttribute("name")
    email = declare.LazyAttribute(lambda tenant: f"administratie@{tenant.slug}.example")
    created_at = NOW


class UserFactory(Rows[User]):
    class Meta:
        model = User

    email = declare.Sequence(lambda n: f"persoon{n + 1}@voorbeeld.example")
    name = declare.Sequence(lambda n: f"Persoon {n + 1}")


class MembershipFactory(Rows[Membership]):
    """`MembershipFactory(tenant=..., role=Role.VIEWER)` or `(office=..., role=Role.OFFICE_STAFF)`."""

    class Meta:
        model = Membership

    user = declare.SubFactory(UserFactory)
    role = Role.BOOKKEEPER
