"""What debtors are asked, by calendar day, from the due date on. Runs are on Mondays; 7 September 2026 is one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dunning.letters.compose import compose
from dunning.models.notices import LegalContent
from receivables.domain.money import Money
from receivables.domain.unfold import Unfolded
from tenants.context import tenant_context
from tests.dunning.legal.world import LawBooks
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db


def test_a_consumer_with_an_agreed_day_is_asked_costs_only_after_the_fourteen_days(books: LawBooks) -> None:
    invoice = books.agreed(books.consumer(), "F-1", due="2026-09-09", amount="1000.00")

    assert books.week("2026-09-14") == ["herinnering F-1"]
    assert books.open(invoice) == {"principal": "1000.00"}

    assert books.week("2026-09-21") == ["aanmaning F-1"]
    demand = books.letter("2026-09-21")
    assert demand.legal_content == LegalContent.FOURTEEN_DAY
    assert demand.total_amount == Decimal("1001.32")  # 4 % over twelve days; no costs
    assert demand.stated["announced"]["costs"] == "150.00"
    term = books.term(demand)
    assert (term.received_on, term.term_last_on) == (date(2026, 9, 21), date(2026, 10, 5))
    assert term.costs_due_from_on == date(2026, 10, 8)  # two days of margin, and the day after

    assert books.week("2026-10-05") == []
    assert books.open(invoice) == {"interest": "1.32", "principal": "1000.00"}

    assert books.week("2026-10-12") == ["ingebrekestelling F-1"]
    last = books.letter("2026-10-12")
    assert last.legal_content == LegalContent.COSTS_DUE
    assert last.total_amount == Decimal("1153.62")  # and 2.30 interest from 22 September through 12 October
    assert books.open(invoice) == {"costs": "150.00", "interest": "3.62", "principal": "1000.00"}


def test_without_an_agreed_day_a_consumer_is_put_in_default_first(books: LawBooks) -> None:
    invoice = books.invoice(books.consumer(), "F-1", due="2026-09-09", amount="500.00")
    for on in ("2026-09-14", "2026-09-21", "2026-10-05", "2026-10-12"):
        books.week(on)

    assert [
        (on, books.letter(on).legal_content, str(books.letter(on).total_amount)) for on in ("2026-09-21", "2026-10-05")
    ] == [
        ("2026-09-21", LegalContent.DEFAULT_NOTICE, "500.00"),  # no default yet, so no interest
        ("2026-10-05", LegalContent.FOURTEEN_DAY, "500.38"),  # default since 29 September: seven days
    ]
    assert books.settle("2026-10-21") == 0
    assert books.settle("2026-10-22") == 1
    assert books.open(invoice) == {"costs": "75.00", "interest": "0.38", "principal": "500.00"}


def test_a_business_owes_forty_euro_at_once_and_the_tariff_at_last(books: LawBooks) -> None:
    invoice = books.agreed(books.business(), "F-1", due="2026-09-09", amount="1000.00")

    books.week("2026-09-14")
    books.week("2026-09-21")
    assert books.letter("2026-09-21").legal_content == LegalContent.DEMAND
    assert books.open(invoice) == {"costs": "40.00", "interest": "3.42", "principal": "1000.00"}  # 10.40 %, 12 days

    books.week("2026-10-05")
    last = books.letter("2026-10-05")
    assert last.legal_content == LegalContent.LAST_NOTICE
    assert books.open(invoice) == {"costs": "150.00", "interest": "7.41", "principal": "1000.00"}
    assert last.total_amount == Decimal("1157.41")


def test_a_paid_sum_of_forty_euro_is_not_asked_again_within_the_tariff(books: LawBooks) -> None:
    customer = books.business()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")

    books.pays(customer, "43.42", on="2026-09-21")
    assert books.open(invoice) == {"principal": "1000.00"}

    books.week("2026-10-05")
    assert books.open(invoice) == {"costs": "110.00", "interest": "3.99", "principal": "1000.00"}


def test_costs_of_several_invoices_are_one_item_shared_by_principal(books: LawBooks) -> None:
    customer = books.business()
    invoices = [books.agreed(customer, f"F-{n}", due="2026-09-09", amount="100.00") for n in (1, 2, 3)]
    for on in ("2026-09-14", "2026-09-21", "2026-10-05"):
        books.week(on)

    costs = [Decimal(books.open(invoice)["costs"]) for invoice in invoices]
    assert sum(costs) == Decimal("45.00")  # 15 % of 300, not three times 40
    assert costs == [Decimal("15.00")] * 3


def test_what_is_paid_inside_the_fourteen_days_lowers_the_costs(books: LawBooks) -> None:
    customer = books.consumer()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")

    books.pays(customer, "602.41", on="2026-10-01")  # interest through that day first: 1.32 and 1.10
    assert books.open(invoice) == {"principal": "400.01"}

    assert books.settle("2026-10-08") == 1
    assert books.open(invoice) == {"costs": "60.00", "principal": "400.01"}


def test_a_payment_in_time_that_is_imported_late_takes_the_costs_back(books: LawBooks) -> None:
    customer = books.consumer()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")
    books.settle("2026-10-08")
    assert books.open(invoice)["costs"] == "150.00"

    books.pays(customer, "601.32", on="2026-10-07")  # the last day of the margin

    assert Decimal(books.open(invoice)["principal"]) < Decimal("402.00")
    assert books.open(invoice)["costs"] == "60.26"  # 15 % of what was left, 401.75


def test_a_late_import_also_frees_what_had_paid_the_costs(books: LawBooks) -> None:
    customer = books.consumer()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")
    books.settle("2026-10-08")
    books.pays(customer, "150.00", on="2026-10-09")
    assert books.open(invoice)["principal"] == "1000.00"  # all of it went to the costs

    books.pays(customer, "1001.32", on="2026-10-02")

    assert books.open(invoice) == {}
    with tenant_context(books.tenant.pk):
        credit = sum(books.tenant.payments.values_list("unallocated", flat=True))
    assert credit == Decimal("150.00")  # the letter of 21 September asked 1001.32, and got it in time


def test_paying_what_the_letter_asks_closes_the_claim(books: LawBooks) -> None:
    customer = books.business()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")

    books.pays(customer, "1043.42", on="2026-09-28")

    assert books.open(invoice) == {}


def test_a_dispute_in_the_term_keeps_costs_from_being_booked(books: LawBooks) -> None:
    customer = books.consumer()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")
    with tenant_context(books.tenant.pk):
        hold = books.tenant.holds.create(
            level="invoice", customer=customer, invoice=invoice, reason="dispute", placed_at="2026-09-25T08:00Z"
        )
    assert books.settle("2026-10-12") == 0

    with tenant_context(books.tenant.pk):
        books.tenant.holds.filter(pk=hold.pk).update(ended_at="2026-10-13T08:00Z")
    assert books.settle("2026-10-14") == 1


def test_the_mild_ladder_asks_the_principal_alone(tenant_on_mild: LawBooks) -> None:
    books = tenant_on_mild
    invoice = books.agreed(books.business(), "F-1", due="2026-09-09", amount="1000.00")
    for on in ("2026-09-21", "2026-10-05", "2026-10-19", "2026-10-26", "2026-11-16"):
        books.week(on)

    assert books.letter("2026-11-16").total_amount == Decimal("1000.00")
    assert books.open(invoice) == {"principal": "1000.00"}


def test_standard_names_the_interest_and_does_not_ask_it(tenant_on_standard: LawBooks) -> None:
    books = tenant_on_standard
    invoice = books.agreed(books.business(), "F-1", due="2026-09-09", amount="1000.00")
    for on in ("2026-09-14", "2026-09-28"):
        books.week(on)

    demand = books.letter("2026-09-28")
    assert demand.stated["interest"] == "5.41"
    assert demand.total_amount == Decimal("1040.00")
    assert books.open(invoice) == {"costs": "40.00", "principal": "1000.00"}


def test_every_booked_euro_opens_into_lines_that_add_up(books: LawBooks) -> None:
    books.change(books.tenant, can_deduct_vat=False)
    customer = books.consumer()
    invoices = [
        books.agreed(customer, f"F-{n}", due="2026-09-09", amount=amount)
        for n, amount in ((1, "333.33"), (2, "812.40"))
    ]
    for on in ("2026-09-14", "2026-09-21", "2026-10-12"):
        books.week(on)

    claimed = [entry for invoice in invoices for entry in books.entries(invoice) if entry.component != "principal"]
    assert {entry.component for entry in claimed} == {"interest", "costs", "costs_vat"}
    for entry in claimed:
        opened = Unfolded.from_json(entry.details["unfolded"])
        assert opened.amount == Money.of(entry.amount)
        assert opened.article
        assert opened.rule


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_specification_on_a_letter_adds_up_to_what_it_asks(books: LawBooks, language: str) -> None:
    books.change(books.tenant, can_deduct_vat=False)
    customer = books.consumer(language=language)
    for number, amount in (("F-1", "333.33"), ("F-2", "812.40")):
        books.agreed(customer, number, due="2026-09-09", amount=amount)
    for on in ("2026-09-14", "2026-09-21"):
        books.week(on)
    books.pays(customer, "100.00", on="2026-10-02")
    run = books.plan("2026-10-12")
    books.approve(run)
    (notice,) = books.notices(run)

    with tenant_context(books.tenant.pk):
        made = compose(notice, now=at(run.on), is_preview=True)

    asked = made.content.claim_lines
    assert Money.total(line.amount for line in asked if line.amount) == made.content.total
    assert made.content.total == Money(notice.total_amount)
    costs = [line for line in asked if line.article.startswith("art. 2")]
    assert len(costs) == 2  # the tariff and the VAT on it: once for the letter, not per invoice
    words = " ".join(f"{line.label} {line.detail}" for line in asked)
    assert ("Statutory interest" in words, "Wettelijke rente" in words) == (language == "en", language == "nl")


def test_a_fourteen_day_letter_names_no_second_amount(tenant_on_standard: LawBooks) -> None:
    books = tenant_on_standard
    books.agreed(books.consumer(), "F-1", due="2026-09-09", amount="1000.00")
    for on in ("2026-09-14", "2026-09-28"):
        books.week(on)

    letter = books.letter("2026-09-28")
    assert letter.legal_content == LegalContent.FOURTEEN_DAY
    assert set(letter.stated) == {"on", "announced"}
