"""The background work finds the tenants whose plans run, and says for each what is due."""

from __future__ import annotations

import pytest
import time_machine

from dunning.tasks import tenants_with_plans, tend
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.dunning.arrangements.world import AgreedBooks

pytestmark = pytest.mark.django_db


@time_machine.travel("2026-09-28T12:00:00+02:00", tick=False)
def test_only_tenants_with_a_running_plan_are_tended(
    books: AgreedBooks, tenant: Tenant, stranger_tenant: Tenant
) -> None:
    anna, bram = books.customer("Anna"), books.customer("Bram")
    first = books.invoice(anna, "F1", due="2026-09-09", amount="300.00")
    second = books.invoice(bram, "F2", due="2026-09-09", amount="300.00")
    books.asks_plan(bram, second, count=6, first_on="2026-09-30", on="2026-09-18")
    assert tenants_with_plans() == []  # a request is a person's work

    books.asks_plan(anna, first, count=3, first_on="2026-09-30", on="2026-09-18")
    assert tenants_with_plans() == [tenant.pk]
    for _ in range(2):
        tend(tenant_id=tenant.pk, on="2026-09-28")

    with tenant_context(tenant.pk):
        (mail,) = tenant.service_mails.filter(kind="instalment_due")
    assert mail.context == {"number": 1, "amount": "100.00", "due_on": "2026-09-30", "count": 3}


def test_nothing_is_asked_of_what_is_disputed_meanwhile(books: AgreedBooks) -> None:
    anna = books.customer("Anna")
    invoice = books.invoice(anna, "F1", due="2026-09-09", amount="300.00")
    books.asks_plan(anna, invoice, count=3, first_on="2026-09-30", on="2026-09-18")
    dispute = books.disputes(invoice, on="2026-09-20")
    assert books.tends("2026-09-28") == []

    with tenant_context(books.tenant.pk):
        books.tenant.disputes.filter(pk=dispute.pk).delete()
    assert books.tends("2026-09-28") == ["instalment_due 1"]  # the control
