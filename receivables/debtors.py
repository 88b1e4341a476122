"""Who a customer is before the law: the one place that reads the columns (law/rules.md 0).

A switch that a person set wins; else the legal form tells; what nobody knows counts as a consumer who is liable in private.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from receivables.domain.debtor import Debtor, LegalForm, debtor_of
from receivables.models import Customer
from receivables.models.customers import Insolvency

ENDS_INTEREST: Final = (Insolvency.BANKRUPTCY, Insolvency.WSNP)

COLUMNS: Final = ("legal_form", "is_consumer", "is_natural_person", "is_government", "is_large")


def debtor_of_customer(customer: Customer) -> Debtor:
    """What the law engine needs to know of this customer."""
    return debtor_of_columns(*(getattr(customer, name) for name in COLUMNS))


def debtor_of_columns(
    legal_form: str, is_consumer: bool | None, is_natural_person: bool | None, is_government: bool, is_large: bool
) -> Debtor:
    """The same from the values of `COLUMNS`, for whoever reads many rows."""
    return debtor_of(
        LegalForm(legal_form),
        is_consumer=is_consumer,
        is_natural_person=is_natural_person,
        is_government=is_government,
        is_large=is_large,
    )


def interest_ends_on(customer: Customer) -> date | None:
    """The last day that bears interest: the day before a bankruptcy or Wsnp (Fw 128, 303); None when it runs on."""
    if customer.insolvency not in ENDS_INTEREST or customer.insolvency_on is None:
        return None
    return customer.insolvency_on - timedelta(days=1)


def consumers(path: str = "") -> Q:
    """The same answer for rows of the database: `path` leads to the customer, as in `customer__`."""
    forms = [form.value for form in LegalForm if debtor_of(form, is_consumer=None, is_natural_person=None).is_consumer]
    derived = {"is_consumer__isnull": True, "is_government": False, "is_large": False, "legal_form__in": forms}
    is_legal_person = Q(**{f"{path}is_natural_person": False, f"{path}is_natural_person__isnull": False})
    by_form = Q(**{f"{path}{name}": value for name, value in derived.items()}) & ~is_legal_person
    return Q(**{f"{path}is_consumer": True}) | by_form
