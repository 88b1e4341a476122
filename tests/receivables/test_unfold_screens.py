"""Every amount opens into the lines that were frozen with it, the same on the screen, the pay page and the dossier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dunning.claims import interest_until
from dunning.dossier.build import specification_pdf
from dunning.dossier.collect import collect
from receivables.actions.returns import return_payment
from receivables.domain.money import Money
from receivables.domain.unfold import Unfolded
from receivables.models import Customer, Invoice
from receivables.paying import links
from receivables.splits import splits_of
from tenants.context import tenant_context
from tenants.models import Tenant, User
from tests.accessibility import faults
from tests.dunning.legal.world import LawBooks
from tests.dunning.letters import pdf
from tests.dunning.planning.world import at
from tests.receivables.opened import Block, blocks_of, cents, expected, plain

pytestmark = pytest.mark.django_db
TODAY = "2026-11-03T10:00Z"


@pytest.fixture(autouse=True)
def _on_that_day() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def books(tenant: Tenant) -> LawBooks:
    """A creditor that cannot set off VAT, so that there is something of every component."""
    books = LawBooks(tenant)
    books.change(tenant, can_deduct_vat=False)
    return books


@pytest.fixture
def debtor(books: LawBooks) -> Customer:
    return books.consumer(street="Kade 1", postcode="1111 AA", city="Dorp")


@pytest.fixture
def invoices(books: LawBooks, debtor: Customer) -> list[Invoice]:
    """Two invoices of a consumer: fourteen days that ran out, interest, costs, VAT, and two part payments."""
    listed = [
        books.agreed(debtor, number, due="2026-09-09", amount=amount)
        for number, amount in (("F-1", "1333.33"), ("F-2", "812.40"))
    ]
    for on in ("2026-09-14", "2026-09-21"):
        books.week(on)
    books.pays(debtor, "400.00", on="2026-10-01")
    books.week("2026-10-12")
    books.pays(debtor, "100.00", on="2026-10-20")
    books.week("2026-10-26")  # flags them for the handover
    return listed


@pytest.fixture
def desk(client: Client, bookkeeper: User) -> Client:
    client.force_login(bookkeeper)
    return client


def frozen(books: LawBooks, invoice: Invoice) -> list[Unfolded]:
    """What was booked of interest and costs, as it stands beside the entries."""
    stored = [entry.details.get("unfolded") for entry in books.entries(invoice)]
    return [Unfolded.from_json(one) for one in stored if one]


def shown(desk: Client, name: str, *args: object) -> str:
    answer = desk.get(reverse(name, args=["korrel", *args]))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert faults(page) == []
    return page


def pay_page(books: LawBooks, customer: Customer, language: str) -> str:
    with tenant_context(books.tenant.pk):
        link = links.link_for(books.tenant, customer, now=at(date(2026, 11, 3)))
        url = links.url_of(books.tenant, link).removeprefix("http://localhost:8000")
    page = Client().get(f"{url}?taal={language}", follow=True).content.decode()
    assert faults(page) == []
    return page


def specification(books: LawBooks) -> str:
    with tenant_context(books.tenant.pk):
        facts = collect(books.tenant, books.tenant.handovers.get(), on=date(2026, 11, 3))
        return pdf.text_of(specification_pdf(facts))


# --- the screen -----------------------------------------------------------------------------------------------------------


def test_the_invoice_shows_exactly_what_was_frozen(desk: Client, books: LawBooks, invoices: list[Invoice]) -> None:
    for invoice in invoices:
        booked = [expected(unfolded) for unfolded in frozen(books, invoice)]
        found = blocks_of(shown(desk, "dunning:invoice", invoice.pk))

        assert {block.title for block in booked} == {"Wettelijke rente", "Incassokosten", "Btw over incassokosten"}
        assert found[: len(booked)] == booked


def test_another_setting_changes_nothing_that_was_booked(
    desk: Client, books: LawBooks, debtor: Customer, invoices: list[Invoice]
) -> None:
    count = len(frozen(books, invoices[0]))
    before = blocks_of(shown(desk, "dunning:invoice", invoices[0].pk))

    books.change(books.tenant, can_deduct_vat=True, interest_day_count="fixed_365")
    books.change(debtor, contract_interest_percent="9.00")
    after = blocks_of(shown(desk, "dunning:invoice", invoices[0].pk))

    assert after[:count] == before[:count]
    assert after[count] != before[count]  # what runs and was not asked yet does follow the settings


def test_interest_that_was_not_asked_yet_is_named_apart(desk: Client, books: LawBooks, invoices: list[Invoice]) -> None:
    with tenant_context(books.tenant.pk):
        running = interest_until(books.tenant, invoices[0], on=date(2026, 11, 3))
    page = shown(desk, "dunning:invoice", invoices[0].pk)

    assert running is not None
    assert str(running.amount) == "1.67"  # 4 % over 1087.99, 14 days
    assert "Rente tot en met 3 november 2026, nog niet gevraagd" in page
    assert expected(running.unfolded) in blocks_of(page)
    assert books.open(invoices[0])["interest"] == "2.26"  # and looking books nothing


def test_the_sums_under_the_ledger_are_the_balance(desk: Client, books: LawBooks, invoices: list[Invoice]) -> None:
    page = plain(shown(desk, "dunning:invoice", invoices[0].pk))
    parts = books.open(invoices[0])
    costs = Money.of(parts["costs"]) + Money.of(parts["costs_vat"])

    assert parts["principal"] == "1087.99"
    for amount in ("€ 1.087,99", "€ 2,26", f"€ {str(costs).replace('.', ',')}", "€ 1.225,58"):
        assert amount in page


def test_an_invoice_without_claims_has_nothing_to_open(desk: Client, books: LawBooks) -> None:
    invoice = books.invoice(books.business(), "F-9", due="2026-12-20", amount="50.00")
    assert blocks_of(shown(desk, "dunning:invoice", invoice.pk)) == []


def test_the_customer_opens_the_same_lines_and_where_each_payment_went(
    desk: Client, books: LawBooks, debtor: Customer, invoices: list[Invoice]
) -> None:
    found = blocks_of(shown(desk, "dunning:customer", debtor.pk))
    booked = [expected(unfolded) for invoice in invoices for unfolded in frozen(books, invoice)]
    with tenant_context(books.tenant.pk):
        payments = list(books.tenant.payments.order_by("-received_on"))
        splits = splits_of(books.tenant, payments)
        divided = [expected(splits[payment.pk]) for payment in payments]

    assert found == [*booked, *divided]
    assert [line[0] for line in divided[-1].lines] == [
        "Factuur F-1: rente",
        "Factuur F-1: hoofdsom",
        "Factuur F-2: rente",
        "Factuur F-2: hoofdsom",
    ]


def test_what_went_back_of_a_payment_is_told_apart_from_what_is_left(books: LawBooks, debtor: Customer) -> None:
    books.invoice(debtor, "F-1", due="2026-12-01", amount="60.00")
    books.pays(debtor, "100.00", on="2026-11-02")
    with tenant_context(books.tenant.pk):
        payment = books.tenant.payments.get()
        return_payment(
            books.tenant,
            payment,
            amount=Money.of("15.00"),
            source_key="bank:terug",
            why="te veel",
            on=date(2026, 11, 3),
            now=at(date(2026, 11, 3)),
        )
        payment.refresh_from_db()
        split = splits_of(books.tenant, [payment])[payment.pk]

    assert [(line.label, str(line.amount)) for line in split.lines] == [
        ("Factuur F-1: hoofdsom", "60.00"),
        ("Teruggestort", "15.00"),
        ("Over: tegoed van de klant", "25.00"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_splits_of_any_number_of_payments_take_two_queries(books: LawBooks, debtor: Customer, count: int) -> None:
    books.invoice(debtor, "F-1", due="2026-12-01", amount="600.00")
    for number in range(count):
        books.pays(debtor, f"1{number}.00", on="2026-11-02")
    with tenant_context(books.tenant.pk):
        payments = list(books.tenant.payments.all())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = splits_of(books.tenant, payments)
        alone = {payment.pk: splits_of(books.tenant, [payment])[payment.pk] for payment in payments}
    assert found == alone
    assert [str(split.amount) for split in found.values()] == [f"1{number}.00" for number in range(count)]
    assert len(queries) == 2


# --- the letter on screen -------------------------------------------------------------------------------------------------


def test_a_fourteen_day_letter_shows_what_it_asks_and_what_it_only_announces(
    desk: Client, books: LawBooks, invoices: list[Invoice]
) -> None:
    letter = books.letter("2026-09-21")
    page = shown(desk, "dunning:run_notice", letter.run_id, letter.pk)
    with tenant_context(books.tenant.pk):
        lines = books.tenant.notice_lines.filter(notice=letter).order_by("invoice__number")
        asked = [Unfolded.from_json(line.details["interest"]["unfolded"]) for line in lines]
    announced = [Unfolded.from_json(letter.stated["announced"][name]) for name in ("unfolded", "vat_unfolded")]

    assert blocks_of(page) == [expected(unfolded) for unfolded in (*asked, *announced)]
    assert "Veertiendagenbrief" in page
    assert "art. 6:96 lid 6 BW" in page
    assert sum(part.amount.cents for part in asked) + 214573 == letter.total_amount * 100


def test_the_run_says_what_each_letter_is_in_law(desk: Client, books: LawBooks, invoices: list[Invoice]) -> None:
    demand, last, first = (books.letter(on) for on in ("2026-09-21", "2026-10-12", "2026-09-14"))

    assert '<span class="sub-line">Veertiendagenbrief</span>' in shown(desk, "dunning:run", demand.run_id)
    assert "Laatste brief, incassokosten verschuldigd" in shown(desk, "dunning:run", last.run_id)
    assert "Zonder rechtsgevolg" not in shown(desk, "dunning:run", first.run_id)


def test_the_amount_of_a_letter_is_the_same_on_the_page_of_its_invoice(
    desk: Client, books: LawBooks, invoices: list[Invoice]
) -> None:
    letter = books.letter("2026-10-12")
    with tenant_context(books.tenant.pk):
        line = books.tenant.notice_lines.get(notice=letter, invoice=invoices[0])
        asked = Money.of(line.open_amount + line.interest_amount + line.costs_amount)
    assert line.interest_amount > 0
    assert f"€ {asked.amount:,.2f}".translate(str.maketrans(",.", ".,")) in plain(
        shown(desk, "dunning:invoice", invoices[0].pk)
    )


# --- the debtor and the agency --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_opened_amount_on_the_pay_page_adds_up_to_what_was_booked(
    books: LawBooks, debtor: Customer, invoices: list[Invoice], language: str
) -> None:
    booked = [unfolded for invoice in invoices for unfolded in frozen(books, invoice)]
    found = blocks_of(pay_page(books, debtor, language))

    assert [block.total for block in found if not block.adds_up] == []
    assert [cents(block.total) for block in found] == [unfolded.amount.cents for unfolded in booked]
    assert [[cents(amount) for *_, amount in block.lines] for block in found] == [
        [line.amount.cents for line in unfolded.lines] for unfolded in booked
    ]


def test_the_dutch_pay_page_says_what_the_office_sees(
    books: LawBooks, debtor: Customer, invoices: list[Invoice]
) -> None:
    booked = [expected(unfolded) for invoice in invoices for unfolded in frozen(books, invoice)]
    assert blocks_of(pay_page(books, debtor, "nl")) == booked


def test_the_pay_page_splits_what_it_asks(books: LawBooks, debtor: Customer, invoices: list[Invoice]) -> None:
    dutch, english = plain(pay_page(books, debtor, "nl")), plain(pay_page(books, debtor, "en"))
    parts = ("1.750,90", "3,64", "162,64", "55,15", "1.972,33")

    assert sum(cents(part) for part in parts[:-1]) == cents(parts[-1])
    assert [part for part in parts if f"€ {part}" not in dutch] == []
    for name in ("Principal (the invoices themselves)", "Interest", "Collection costs", "VAT on collection costs"):
        assert f'<th scope="row">{name}</th>' in english
    assert "Payment (collection costs)" in english
    assert "Betaling (incassokosten)" in dutch


def test_a_bill_of_principal_alone_has_no_split(books: LawBooks) -> None:
    customer = books.business("Smit")
    books.invoice(customer, "F-9", due="2026-11-01", amount="50.00")
    page = pay_page(books, customer, "nl")
    assert "Hoofdsom" not in page
    assert blocks_of(page) == []


def test_the_specification_prints_the_lines_of_the_invoice_screen(
    desk: Client, books: LawBooks, invoices: list[Invoice]
) -> None:
    printed = specification(books)
    for invoice in invoices:
        count = len(frozen(books, invoice))
        for block in blocks_of(shown(desk, "dunning:invoice", invoice.pk))[:count]:
            assert _missing(block, printed) == []


def _missing(block: Block, printed: str) -> list[str]:
    """Words and amounts of a block that do not stand on paper as they stand on the screen."""
    lines = [text for line in block.lines for text in line]
    wanted = [block.title, block.article, block.rule, *lines, block.total, block.note]
    return [text for text in wanted if text and text not in printed]


def test_a_line_that_is_not_on_paper_is_found(books: LawBooks, invoices: list[Invoice]) -> None:
    other = Block("Wettelijke rente", "", "", (("10-9-2026 t/m 21-9-2026", "", "€ 1,76"),), "€ 1,75", "")
    assert _missing(other, specification(books)) == ["€ 1,76"]
    assert not other.adds_up
