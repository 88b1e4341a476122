"""Taking in a form of a debtor: once per form, some per hour, together with the event that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from receivables.actions.ledger import lock_customer
from receivables.models import Customer, PayLink
from tenants import audit
from tenants.context import durable_tenant_context
from tenants.models import Event, Tenant

VERB: Final = "pay_link.form_taken"
MOST_PER_HOUR: Final = 5
REMEMBERED: Final = timedelta(days=8)  # longer than a form's id lives
Act = Callable[[Customer], dict[str, Any]]


class TooOftenError(Exception):
    """This link sent enough forms for this hour."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was sent: its own id, what it is, and by which link."""

    id: UUID
    kind: str
    link: PayLink


def take(tenant: Tenant, form: Form, act: Act, *, now: datetime) -> bool:
    """Do what the form asks and write down what came of it; False when this very form was taken before.

    `act` gets the locked customer and returns what the confirmation page says. What it raises undoes everything.
    """
    with durable_tenant_context(tenant.pk):
        customer = lock_customer(tenant, form.link.customer_id)
        if taken(tenant, form.link, form.id, now=now) is not None:
            return False
        lately = _events(tenant, customer.pk, since=now - timedelta(hours=1)).filter(details__link=form.link.pk.hex)
        if lately.count() >= MOST_PER_HOUR:
            raise TooOftenError
        outcome = act(customer)
        details = {"form": form.id.hex, "link": form.link.pk.hex, "kind": form.kind, **outcome}
        audit.record(tenant, VERB, now=now, subject=form.link, customer_id=customer.pk, details=details)
        return True


def taken(tenant: Tenant, link: PayLink, form_id: UUID, *, now: datetime) -> Event | None:
    """What came of this form of this link, when it was taken."""
    rows = _events(tenant, link.customer_id, since=now - REMEMBERED)
    return rows.filter(details__form=form_id.hex, details__link=link.pk.hex).first()


def _events(tenant: Tenant, customer_id: UUID, *, since: datetime) -> QuerySet[Event]:
    return tenant.events.filter(customer_id=customer_id, verb=VERB, at__gt=since)
