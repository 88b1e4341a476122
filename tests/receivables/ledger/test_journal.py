"""Double entry derived: every kind lands where the table of the domain says, and nobody sees another tenant's legs."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection

from receivables.actions.claims import drop_claims
from receivables.actions.ledger import correct_invoice
from receivables.actions.returns import return_payment
from receivables.domain.ledger_accounts import Account, booked_against, digest
from receivables.domain.money import Money
from receivables.models.ledger import Component, EntryKind
from tenants.context import tenant_context
from tenants.models import Tenant
from tests.receivables.ledger.world import make_books, pay
from tests.receivables.paying.rows import NOW, TODAY, make_customer, make_invoice

Leg = tuple[str, str, Decimal]


def legs(where: str = "true", *values: str | UUID) -> list[Leg]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT account, currency, amount FROM receivables_journal WHERE {where} ORDER BY account, amount",  # noqa: S608 # ours
            list(values),
        )
        return [(account, currency, amount) for account, currency, amount in cursor.fetchall()]


def claim(tenant: Tenant) -> None:
    """Interest, costs and VAT on an invoice, and taking back what is open of them."""
    invoice = make_invoice(make_customer(tenant, "Smit"), "S-1", "10.00")
    for kind, component in (("interest", "interest"), ("costs", "costs"), ("costs", "costs_vat")):
        tenant.ledger.create(
            invoice=invoice, kind=kind, component=component, amount="1.00", booked_on=TODAY,
            source_key=f"{kind}:{component}", created_at=NOW,
        )  # fmt: skip
    drop_claims(tenant, invoice, why="fout", on=TODAY, now=NOW)
    correct_invoice(
        tenant, invoice, by_amount=Money.of("-1"), why="btw", source_key="rev", on=TODAY, now=NOW
    )  # the principal


def test_every_kind_lands_where_the_table_says(inside: Tenant) -> None:
    make_books(inside)
    claim(inside)
    entries = list(inside.ledger.select_related("reverses"))
    assert {entry.kind for entry in entries} == set(EntryKind.values)
    for entry in entries:
        kind = entry.reverses.kind if entry.reverses else entry.kind
        against = booked_against(kind, entry.component)
        if against is Account.DEBTORS:
            continue
        expected = sorted([("debtors", "EUR", entry.amount), (against.value, "EUR", -entry.amount)])
        assert legs("transaction = %s", f"entry:{entry.pk}") == expected


def test_a_settlement_moves_inside_debtors(inside: Tenant) -> None:
    make_books(inside)
    assert legs("transaction LIKE 'settlement:%%'") == [
        ("debtors", "EUR", Decimal("-30.00")),
        ("debtors", "EUR", Decimal("30.00")),
    ]


def test_online_money_is_under_way_until_it_is_paid_out(inside: Tenant) -> None:
    books = make_books(inside)
    payout = inside.psp_settlements.get()
    assert legs("transaction = %s", f"payment:{books.online.pk}") == [
        ("psp_clearing", "EUR", Decimal("50.00")),
        ("unallocated", "EUR", Decimal("-50.00")),
    ]
    assert legs("transaction = %s", f"payout:{payout.pk}") == [
        ("bank", "EUR", Decimal("49.71")),
        ("psp_clearing", "EUR", Decimal("-50.00")),
        ("psp_fees", "EUR", Decimal("0.29")),
    ]


@pytest.mark.parametrize(
    ("key", "account"), [("mollie:re_1", "psp_clearing"), ("bank:line:0", "bank"), ("mollie:chb_1", "psp_clearing")]
)
def test_what_goes_back_leaves_the_account_it_left_by(inside: Tenant, key: str, account: str) -> None:
    """A payment over the PSP may be given back by an ordinary transfer."""
    books = make_books(inside)
    back = return_payment(inside, books.online, amount=Money.of("20"), source_key=key, why="x", on=TODAY, now=NOW)
    assert back is not None
    assert (account, "EUR", Decimal("-20.00")) in legs("transaction = %s", f"return:{back.pk}")


def test_each_currency_has_its_own_legs(inside: Tenant) -> None:
    customer = make_customer(inside)
    make_invoice(customer, "USD-1", "10.00", currency="USD")
    pay(customer, "4.00", "manual:1")
    assert legs() == [
        ("debtors", "USD", Decimal("10.00")),
        ("manual", "EUR", Decimal("4.00")),
        ("revenue", "USD", Decimal("-10.00")),
        ("unallocated", "EUR", Decimal("-4.00")),
    ]


def test_nobody_sees_the_legs_of_another_tenant(tenant: Tenant, stranger_tenant: Tenant) -> None:
    with tenant_context(stranger_tenant.pk):
        make_books(stranger_tenant)
        assert legs()
    with tenant_context(tenant.pk):
        assert legs() == []
    assert legs() == []


def test_every_account_and_component_has_words() -> None:
    for account in Account:
        assert account.meaning.label
        assert account.meaning.says.endswith(".")
    assert {booked_against("costs", component) for component in Component.values} == {Account.COSTS, Account.COSTS_VAT}


def test_the_digest_knows_neither_order_nor_empty_accounts() -> None:
    one, two = Money.of("1"), Money.of("-2")
    assert digest({"EUR": {"bank": one, "debtors": two}}) == digest(
        {"USD": {}, "EUR": {"debtors": two, "manual": Money.zero(), "bank": one}}
    )
    assert digest({"EUR": {"bank": one}}) != digest({"USD": {"bank": one}})
