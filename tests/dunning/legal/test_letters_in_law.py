"""The clock of a fourteen-day letter: from receipt, with proof, and not at all when it came back."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from dunning.actions.booking import ReceiptError, prove_receipt
from dunning.actions.delivery import close_as_not_sent, release_notice
from dunning.delivery.reports import Reference, book
from dunning.delivery.settle import accept
from dunning.models import Notice
from dunning.models.legal import ReceiptProof
from dunning.models.notices import LegalContent, NoticeState
from receivables.models import Customer, Invoice
from tenants.context import tenant_context
from tenants.models import User
from tests.dunning.legal.world import LawBooks
from tests.dunning.planning.world import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(books: LawBooks) -> Invoice:
    """A consumer's invoice whose fourteen-day letter left on Monday 21 September 2026."""
    found = books.agreed(books.consumer(), "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")
    return found


@pytest.fixture
def letter(books: LawBooks, invoice: Invoice) -> Notice:
    return books.letter("2026-09-21")


def report(letter: Notice, kind: str, on: str, **more: object) -> None:
    event = SimpleNamespace(
        metadata={"voldaan": str(Reference(letter.tenant.code, letter.pk, letter.generation))},
        event_type=kind,
        timestamp=at(date.fromisoformat(on)),
        event_id=f"{kind}-{on}",
        description="",
        mta_response="",
        esp_event={},
        **more,
    )
    assert book(event, service="resend", now=at(date.fromisoformat(on)))


def test_a_letter_on_paper_counts_from_the_second_delivery_day(books: LawBooks) -> None:
    customer = books.consumer(email="", street="Dorpsstraat 1", postcode="1234 AB", city="Utrecht")
    books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")

    term = books.term(books.letter("2026-09-21"))

    assert term.received_on == date(2026, 9, 23)  # Tuesday and Wednesday
    assert term.receipt_proof == ReceiptProof.RULE
    assert term.term_last_on == date(2026, 10, 7)
    assert term.costs_due_from_on == date(2026, 10, 10)  # Friday the 9th, with two days of margin


def test_a_bounce_gives_no_term_and_no_costs(books: LawBooks, invoice: Invoice, letter: Notice) -> None:
    report(letter, "bounced", "2026-09-22")

    assert books.term(letter).voided_at is not None
    assert books.settle("2026-12-01") == 0
    assert "costs" not in books.open(invoice)


def test_without_the_bounce_the_same_letter_makes_costs_due(books: LawBooks, invoice: Invoice, letter: Notice) -> None:
    report(letter, "delivered", "2026-09-21")

    assert books.settle("2026-12-01") == 1
    assert books.open(invoice)["costs"] == "150.00"


def test_a_bounce_that_comes_after_the_costs_were_paid_gives_them_back(
    books: LawBooks, invoice: Invoice, letter: Notice
) -> None:
    books.settle("2026-10-08")
    with tenant_context(books.tenant.pk):
        customer = books.tenant.customers.get()
    books.pays(customer, "150.00", on="2026-10-08")
    assert books.open(invoice)["principal"] == "1000.00"

    report(letter, "bounced", "2026-10-12")

    left = books.open(invoice)
    assert "costs" not in left
    assert left["principal"] == "853.18"  # the 150 went to the interest through that day, 3.18, and the principal


def test_a_later_delivery_makes_the_term_later(books: LawBooks, letter: Notice) -> None:
    report(letter, "delivered", "2026-09-24")

    term = books.term(letter)
    assert (term.received_on, term.receipt_proof) == (date(2026, 9, 24), ReceiptProof.DELIVERED)
    assert term.costs_due_from_on == date(2026, 10, 13)  # the 10th is a Saturday: the term ends on Monday the 12th


def test_a_letter_that_is_sent_again_has_a_new_clock(
    books: LawBooks, invoice: Invoice, letter: Notice, bookkeeper: User
) -> None:
    report(letter, "bounced", "2026-09-22")
    with tenant_context(books.tenant.pk):
        letter.refresh_from_db()
        released = release_notice(books.tenant, letter, now=at(date(2026, 9, 28)), by=bookkeeper)
        accept(released, now=at(date(2026, 9, 28)), source_key="again")

    term = books.term(letter)
    assert term.voided_at is None
    assert (term.sent_on, term.received_on) == (date(2026, 9, 28), date(2026, 9, 28))


def test_who_says_it_never_arrived_takes_the_term_away(
    books: LawBooks, invoice: Invoice, letter: Notice, bookkeeper: User
) -> None:
    report(letter, "bounced", "2026-09-22")
    with tenant_context(books.tenant.pk):
        letter.refresh_from_db()
        close_as_not_sent(books.tenant, letter, now=at(date(2026, 9, 23)), by=bookkeeper)

    assert books.settle("2026-12-01") == 0
    assert books.week("2026-09-28") == ["aanmaning F-1"]  # the same step again, as a fourteen-day letter
    assert books.letter("2026-09-28").legal_content == LegalContent.FOURTEEN_DAY


def test_a_person_may_establish_another_day_of_receipt_until_the_costs_are_booked(
    books: LawBooks, letter: Notice, bookkeeper: User
) -> None:
    term, now = books.term(letter), at(date(2026, 9, 25))
    with tenant_context(books.tenant.pk):
        moved = prove_receipt(
            books.tenant, term, received_on=date(2026, 9, 25), proof=ReceiptProof.PERSON, now=now, by=bookkeeper
        )
        assert moved.term_last_on == date(2026, 10, 9)
        with pytest.raises(ReceiptError, match="voordat die verstuurd is"):
            prove_receipt(
                books.tenant, term, received_on=date(2026, 9, 20), proof=ReceiptProof.PERSON, now=now, by=bookkeeper
            )
    books.settle("2026-12-01")
    with tenant_context(books.tenant.pk), pytest.raises(ReceiptError, match="al geboekt"):
        prove_receipt(
            books.tenant, term, received_on=date(2026, 10, 1), proof=ReceiptProof.PERSON, now=now, by=bookkeeper
        )


def test_evidence_that_comes_twice_books_once(books: LawBooks) -> None:
    invoice = books.agreed(books.business(), "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")
    before = books.open(invoice)
    with tenant_context(books.tenant.pk):
        notice = books.tenant.notices.get(legal_content=LegalContent.DEMAND)
        notice.state = NoticeState.CANCELLED  # as if a person had closed it before the evidence came
        notice.save(update_fields=["state"])
        accept(notice, now=at(date(2026, 9, 22)), source_key="late evidence")

    assert books.open(invoice) == before


def test_a_letter_under_administration_goes_to_the_representative(books: LawBooks) -> None:
    customer: Customer = books.consumer(
        insolvency="administration",
        representative_name="Bewindvoering De Brug",
        representative_email="post@debrug.example",
    )
    books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")

    books.week("2026-09-14")

    letter = books.letter("2026-09-14")
    assert letter.to_email == "post@debrug.example"


def test_interest_ends_the_day_before_a_bankruptcy(books: LawBooks) -> None:
    customer = books.business()
    invoice = books.agreed(customer, "F-1", due="2026-09-09", amount="1000.00")
    books.week("2026-09-14")
    books.week("2026-09-21")
    books.change(customer, insolvency="bankruptcy", insolvency_on=date(2026, 9, 26))

    books.pays(customer, "100.00", on="2026-11-09")

    interest = [entry for entry in books.entries(invoice) if entry.kind == "interest"]
    assert [str(entry.amount) for entry in interest] == ["3.42", "1.14"]  # four days: 22 through 25 September
