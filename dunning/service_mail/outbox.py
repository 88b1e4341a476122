"""Asking for a service mail: one row, written in the transaction of whatever the mail is about. Sending is `sending.py`.

What `context` may hold, per kind (plain values: amounts as "50.00", days as "2026-11-23"; a line of the mail whose value is
missing is left out):

- receipt: amount, paid_on, invoices (list of numbers), left
- message_received: about (a MessageKind), until_on (how long the ladder waits), is_stranger (greeted without a name), question, answer
- dispute_opened: invoice, or invoices when it is about more, resolve_by_on; dispute_resolved: invoice, outcome (a DisputeOutcome), note
- promise_made: amount, pay_on, invoices
- plan_requested: total, decide_by_on; plan_started: total, instalments (list of {number, due_on, amount}); plan_rejected: note
- instalment_due: number, count, amount, due_on; instalment_missed: number, amount, due_on, until_on; plan_ended: why, left
- forwarded: name (of the person it goes to), from_name, total
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from dunning.law_facts import is_represented, stop_signal
from dunning.models import ServiceMail
from dunning.models.service_mails import ServiceMailKind
from dunning.models.service_mails import ServiceMailState as State
from receivables.models import Customer
from receivables.models.customers import ContactRole
from tenants.models import Tenant

CONTACT_ORDER: Final = (ContactRole.REMINDER, ContactRole.ACCOUNTS_PAYABLE, ContactRole.INVOICE)
SHOWN: Final = 50
TOLD_FOR: Final = timedelta(days=30)


def queue_mail(
    tenant: Tenant,
    customer: Customer,
    *,
    kind: ServiceMailKind,
    key: str,
    context: Mapping[str, Any],
    now: datetime,
    to_email: str = "",
) -> ServiceMail | None:
    """Have this mail written and sent, once per key. None when it cannot or may not go: no address, or a stop signal.

    While the tenant has stopped sending it waits.
    """
    address = to_email or address_of(tenant, customer)
    if not is_address(address) or not may_write(customer):
        return None
    ServiceMail.across_tenants.bulk_create(
        [
            ServiceMail(
                tenant=tenant,
                customer=customer,
                kind=kind,
                key=key,
                to_email=address,
                language=customer.language,
                context=dict(context),
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    return tenant.service_mails.get(key=key)


def may_write(customer: Customer) -> bool:
    """Not to somebody who is insolvent, in debt help or deceased (law/rules.md 9)."""
    return stop_signal(customer) is None or is_represented(customer)


def address_of(tenant: Tenant, customer: Customer) -> str:
    """Where reminders go: the representative, else the contact for reminders, else the customer's own address."""
    if is_represented(customer):
        return customer.representative_email
    found = {contact.role: contact.email for contact in tenant.contacts.filter(customer=customer) if contact.email}
    return next((found[role] for role in CONTACT_ORDER if role in found), customer.email)


def readdress(tenant: Tenant, customer: Customer, *, from_emails: Collection[str], to_email: str) -> None:
    """Mails that wait for the old addresses go to the new one: each brings the link that works. What was written stays."""
    waiting = tenant.service_mails.filter(customer=customer, state__in=[State.READY, State.WAITING])
    waiting.filter(to_email__in=from_emails).exclude(context__has_key="file").update(to_email=to_email)


def is_known_address(tenant: Tenant, customer: Customer, address: str) -> bool:
    """Whether we had this address of the customer before somebody typed it."""
    known = {customer.email, customer.representative_email, *_emails(tenant, customer)}
    return address.strip().lower() in {one.strip().lower() for one in known if one}


def _emails(tenant: Tenant, customer: Customer) -> list[str]:
    return list(tenant.contacts.filter(customer=customer).values_list("email", flat=True))


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def not_arrived(tenant: Tenant, *, now: datetime) -> list[ServiceMail]:
    """The newest that were refused, or of which nobody knows whether they left; after a month they are history."""
    rows = tenant.service_mails.filter(state__in=[State.REFUSED, State.AMBIGUOUS], created_at__gt=now - TOLD_FOR)
    return list(rows.select_related("customer").order_by("-id")[:SHOWN])


def recent(tenant: Tenant, customer: Customer) -> list[ServiceMail]:
    """The newest service mails to this customer, for the timeline."""
    return list(tenant.service_mails.filter(customer=customer).order_by("-created_at")[:SHOWN])
