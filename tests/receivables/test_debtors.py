"""One answer to who a customer is before the law, in Python and in the database."""

from __future__ import annotations

from itertools import product

import pytest

from receivables.debtors import consumers, debtor_of_customer
from receivables.domain.debtor import Debtor, LegalForm
from receivables.models import Customer
from receivables.models.customers import LegalForm as Column
from tenants.models import Tenant
from tests.receivables.paying.rows import NOW

KNOWN_OR_NOT = (None, True, False)


def test_every_form_of_the_database_is_one_of_the_law() -> None:
    assert [form.value for form in LegalForm] == list(Column.values)


@pytest.mark.parametrize(
    ("fields", "debtor"),
    [
        ({}, Debtor()),
        ({"legal_form": "private_company"}, Debtor(is_consumer=False, is_natural_person=False)),
        ({"legal_form": "sole_trader"}, Debtor(is_consumer=False)),
        ({"legal_form": "private_company", "is_consumer": True}, Debtor()),
        (
            {"legal_form": "private_company", "is_large": True},
            Debtor(is_consumer=False, is_natural_person=False, is_large=True),
        ),
        ({"legal_form": "government"}, Debtor(is_consumer=False, is_natural_person=False, is_government=True)),
    ],
)
def test_a_customer_is_read_as_the_law_sees_it(fields: dict[str, object], debtor: Debtor) -> None:
    assert debtor_of_customer(Customer(**fields)) == debtor


@pytest.mark.django_db
def test_the_database_finds_the_same_consumers(inside: Tenant) -> None:
    columns = ("legal_form", "is_consumer", "is_natural_person", "is_government", "is_large")
    every = product(Column.values, KNOWN_OR_NOT, KNOWN_OR_NOT, (False, True), (False, True))
    rows = [
        Customer(tenant=inside, name=f"{i}", name_key=f"{i}", created_at=NOW, **dict(zip(columns, values, strict=True)))
        for i, values in enumerate(every)
    ]
    Customer.across_tenants.bulk_create(rows)

    found = set(inside.customers.filter(consumers()).values_list("pk", flat=True))
    others = set(inside.customers.exclude(consumers()).values_list("pk", flat=True))

    assert found == {row.pk for row in rows if debtor_of_customer(row).is_consumer}
    assert others == {row.pk for row in rows if not debtor_of_customer(row).is_consumer}
    assert found
    assert others
