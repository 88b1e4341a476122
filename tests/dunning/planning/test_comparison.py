"""What changed since the last run, counted when a run is planned."""

from __future__ import annotations

from datetime import date

from dunning.actions.holds import place_hold
from dunning.models.holds import HoldLevel, HoldReason
from tenants.context import tenant_context
from tests.dunning.planning.world import Books, at


def test_first_run_has_nothing_to_compare_with(books: Books) -> None:
    books.invoice(books.customer("Bakker"), "F1", due="2026-09-01")

    assert books.plan("2026-09-14").totals["difference"] == {}


def test_run_tells_what_is_new_settled_blocked_and_released(books: Books) -> None:
    tenant, bakker, smid = books.tenant, books.customer("Bakker"), books.customer("Smid")
    paid = books.invoice(bakker, "F1", due="2026-09-01", amount="10.00")
    held = books.invoice(smid, "F2", due="2026-09-01", amount="20.00")
    books.invoice(smid, "F3", due="2026-09-01", amount="40.00")
    with tenant_context(tenant.pk):
        for invoice, until_on in ((held, None), (paid, date(2026, 9, 14))):
            place_hold(
                tenant,
                level=HoldLevel.INVOICE,
                reason=HoldReason.DISPUTE,
                invoice=invoice,
                until_on=until_on,
                on=date(2026, 9, 10),
                now=at(date(2026, 9, 10)),
            )
    books.plan("2026-09-14")
    books.pays(bakker, "10.00", on="2026-09-15", invoice=paid)
    books.invoice(bakker, "F4", due="2026-12-01", amount="80.00")
    with tenant_context(tenant.pk):
        tenant.holds.filter(invoice=held).update(ended_at=at(date(2026, 9, 16)))
        tenant.customers.filter(pk=bakker.pk).update(insolvency="bankruptcy")

    difference = books.plan("2026-09-21").totals["difference"]

    assert difference == {
        "against": "2026-09-14",
        "new": {"count": 1, "amount": "80.00"},
        "settled": {"count": 1, "amount": "10.00"},
        "blocked": {"count": 1, "amount": "80.00"},
        "released": {"count": 1, "amount": "20.00"},
        "acted": {"count": 2, "amount": "60.00"},
    }
