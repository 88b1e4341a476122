"""The books of one receipt say of it what the whole books say, and take no more time in large books."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.demo.remittances import one_creditor
from receivables.actions.bank_matching import proposals_for
from receivables.banking.books import load_books
from receivables.banking.near_books import load_near_books
from receivables.domain.matching.values import Proposal
from receivables.domain.money import Money
from receivables.models import Customer
from tenants.models import Tenant
from tests.receivables.banking.rows import make_line
from tests.receivables.paying.rows import TODAY, make_customer, make_invoice

pytestmark = pytest.mark.django_db
LINES = 150


def best(proposals: tuple[Proposal, ...]) -> tuple[object, ...]:
    return (proposals[0].debtor_id, proposals[0].parts, proposals[0].score >= 95) if proposals else ()


def test_the_near_books_say_what_the_whole_books_say(tenant: Tenant, inside: Tenant) -> None:
    """Receipts written as badly as people do, all while everything is open."""
    year = one_creditor(7, lines=LINES, debtor_count=40)
    customers: dict[str, Customer] = {}
    for debtor in year.debtors:
        customers[debtor.id] = make_customer(tenant, debtor.name, number=debtor.number)
        for iban in debtor.ibans:
            tenant.known_ibans.create(
                customer=customers[debtor.id], iban=iban, learned_at=customers[debtor.id].created_at
            )
    for item in year.items:
        amount = str(Money.from_cents(item.principal_cents))
        reference = item.references[0] if item.references else ""
        make_invoice(customers[item.debtor_id], item.number, amount, age=40, payment_reference=reference)
    whole, differ, sure = load_books(tenant, on=TODAY), [], 0
    for one in year.remittances:
        receipt = one.receipt
        line = make_line(
            tenant, str(Money.from_cents(receipt.cents)), receipt.text, on=TODAY + timedelta(days=1),
            iban=receipt.counterparty_iban, name=receipt.counterparty_name, reference=receipt.reference,
        )  # fmt: skip
        all_of_it, near = (
            best(proposals_for(whole, line)),
            best(proposals_for(load_near_books(tenant, line, on=TODAY), line)),
        )
        sure += bool(all_of_it and all_of_it[-1])
        if all_of_it and all_of_it[-1] and near != all_of_it:
            differ.append((receipt.text, all_of_it, near))
        if near and near[-1] and near != all_of_it:
            differ.append((receipt.text, all_of_it, near))
    assert sure > LINES // 3
    assert differ == []


def test_an_amount_that_many_owe_stays_in_doubt(tenant: Tenant, inside: Tenant) -> None:
    for place in range(5):
        make_invoice(make_customer(tenant, f"Klant {place}"), f"2026-1{place}", "49.95")
    line = make_line(tenant, "49.95", "abonnement", name="Onbekend", iban="")
    near = proposals_for(load_near_books(tenant, line, on=TODAY), line)
    assert near == proposals_for(load_books(tenant, on=TODAY), line)
    assert all(proposal.score < 80 for proposal in near)
