"""A complete list settles what it leaves out; an ordinary one never does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from receivables.actions.importing import ImportInterruptedError
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.importing.samples import open_items
from tests.receivables.importing.test_storing import load

FIRST = open_items(
    "F-1;D1;Jansen;2026-10-01;2026-10-31;10,00;10,00",
    "F-2;D1;Jansen;2026-10-01;2026-10-31;20,00;20,00",
    "F-3;D2;Smit;2026-10-01;2026-10-31;40,00;40,00",
)
SECOND = open_items("F-2;D1;Jansen;2026-10-01;2026-10-31;20,00;15,00", "F-3;D2;Smit;2026-10-01;2026-10-31;40,00;40,00")


def _open(tenant: Tenant) -> dict[str, str]:
    return {invoice.number: str(invoice.open_amount) for invoice in tenant.invoices.order_by("number")}


def test_what_a_complete_list_leaves_out_is_paid(inside: Tenant) -> None:
    load(inside, FIRST)
    report = load(inside, SECOND, is_complete=True, as_of="2026-11-20")

    assert _open(inside) == {"F-1": "0.00", "F-2": "15.00", "F-3": "40.00"}
    assert report.documents[0].facts["settled"] == {"paid": 1, "lowered": 1, "amount": "15.00"}
    entry = inside.ledger.get(invoice__number="F-1", kind="correction")
    assert entry.description == "Volgens de openstaandepostenlijst van 20-11-2026 betaald"
    assert inside.events.filter(verb="import.unlisted_settled").count() == 1
    assert inside.invoice_revisions.filter(decided_at=None).count() == 0

    load(inside, SECOND, is_complete=True, as_of="2026-11-20")
    assert inside.ledger.filter(kind="correction").count() == 2


def test_an_ordinary_list_settles_nothing(inside: Tenant) -> None:
    load(inside, FIRST)
    load(inside, SECOND)

    assert _open(inside) == {"F-1": "10.00", "F-2": "20.00", "F-3": "40.00"}
    assert inside.invoice_revisions.filter(decided_at=None).count() == 1
    load(inside, SECOND, is_complete=True)  # saying so afterwards takes the waiting proposal over
    assert _open(inside) == {"F-1": "0.00", "F-2": "15.00", "F-3": "40.00"}


def test_an_invoice_of_after_the_list_stays_open(inside: Tenant) -> None:
    load(inside, FIRST)
    load(inside, open_items("F-9;D1;Jansen;2026-11-21;2026-12-21;5,00;5,00"))
    load(inside, FIRST, is_complete=True, as_of="2026-11-20")

    assert _open(inside)["F-9"] == "5.00"


def test_a_list_that_would_settle_nearly_everything_is_refused_and_changes_nothing(tenant: Tenant) -> None:
    rows = [f"F-{n};D{n};Klant {n};2026-10-01;2026-10-31;10,00;10,00" for n in range(10)]
    with tenant_context(tenant.pk):
        load(tenant, open_items(*rows))
    with pytest.raises(ImportInterruptedError, match="ontbreken 9 van de 10"), tenant_context(tenant.pk):
        load(tenant, open_items(rows[0]), is_complete=True)
    with tenant_context(tenant.pk):
        assert tenant.invoices.filter(open_amount=Decimal("10.00")).count() == 10
        assert tenant.books_updates.count() == 1
