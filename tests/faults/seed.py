"""`python -m tests.faults.seed N`: books with N customers, a planned run, and a bookkeeper who is logged in.

Three customers in ten are about to reach their due date (vooraankondiging), the others passed it (herinnering).
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta

from tests.faults import app  # noqa: F401 # sets the clock and loads the applications

# isort: split

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from dunning.actions.planning import plan_run
from dunning.actions.policies import install_starters
from receivables.actions.ledger import book_invoices
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import Membership, Role, Tenant, User
from tests.dunning.delivery.world import AMOUNT, NOW, TODAY
from tests.faults.model import expected_step


def main() -> None:
    tenant = _tenant()
    with tenant_context(tenant.pk):
        install_starters(tenant, now=NOW)
        tenant.books_updates.create(up_to_on=TODAY, at=NOW, source="test")
        _books(tenant, int(sys.argv[1]))
    run = plan_run(tenant, on=TODAY, now=NOW)
    made = {"slug": tenant.slug, "run": str(run.pk), "session": _log_in(tenant)}
    sys.stdout.write(json.dumps(made))


def _tenant() -> Tenant:
    return Tenant.objects.create(
        name="Bakkerij De Korrel B.V.",
        slug="korrel",
        street="Dorpsstraat 1",
        postcode="1234 AB",
        city="Utrecht",
        kvk_number="12345678",
        iban="NL91ABNA0417164300",
        email="post@korrel.example",
        created_at=NOW,
    )


def _books(tenant: Tenant, count: int) -> None:
    customers = [
        Customer(
            tenant=tenant,
            number=str(number),
            name=f"Klant {number}",
            name_key=f"klant {number}",
            email=f"klant{number}@example.com",
            created_at=NOW,
        )
        for number in range(1, count + 1)
    ]
    Customer.across_tenants.bulk_create(customers)
    invoices = [_invoice(tenant, customer) for customer in customers]
    Invoice.across_tenants.bulk_create(invoices)
    book_invoices(tenant, invoices, now=NOW)


def _invoice(tenant: Tenant, customer: Customer) -> Invoice:
    is_due_soon = expected_step(int(customer.number)) == "vooraankondiging"
    return Invoice(
        tenant=tenant,
        customer=customer,
        number=f"F{customer.number}",
        number_key=f"F{customer.number}",
        issued_on=TODAY - timedelta(days=50),
        due_on=TODAY + timedelta(days=2) if is_due_soon else TODAY - timedelta(days=20),
        total_amount=AMOUNT,
        created_at=NOW,
    )


def _log_in(tenant: Tenant) -> str:
    user = User.objects.create_user("fatima@korrel.example", "wachtwoord")
    Membership.objects.create(user=user, tenant=tenant, role=Role.BOOKKEEPER)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    main()
