"""What holds for every proposal, whatever the receipt and the books."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.matching import propose, weights
from receivables.domain.matching.books import Books
from receivables.domain.matching.reading import read
from receivables.domain.matching.values import Debtor, Evidence, OpenItem, Part, Receipt
from tests.domain.matching.shop import BAKERY, BAKERY_IBAN, DEBTORS, FAMILY_IBAN, NEW_IBAN, item

DAY = date(2026, 4, 1)
AMOUNTS = (4995, 2495, 4995, 7490, 10_000, 12_100, 1)
numbers = st.sampled_from(
    ["2026-0123", "2026-0124", "20260123", "F2026.0125", "412", "413", "10023", "8011", "7", "ABC", ""]
)
items = st.lists(
    st.builds(
        lambda number, debtor, cents, extra, days: (number, debtor, cents, extra, days),
        numbers,
        st.sampled_from(DEBTORS),
        st.sampled_from(AMOUNTS) | st.integers(-20_000, 90_000),
        st.sampled_from([0, 0, 4000]),
        st.integers(0, 90),
    ),
    max_size=9,
).map(lambda rows: [_item(place, *row) for place, row in enumerate(rows)])
words = st.sampled_from(
    ["2026-0123", "0124", "412", "fact", "klantnr", "10023", "t/m", "en", "/", "smit", "EUR", "49,95", "8011 AB", "12-03-2026",
     "2O26", "RF18", "é€", "1" * 40, "-", "06-12345678", "bakkerij"]
)  # fmt: skip
texts = st.lists(words, max_size=8).map(" ".join) | st.text(max_size=60)
receipts = st.builds(
    Receipt,
    id=st.just("r"),
    cents=st.sampled_from((*AMOUNTS, 9990, 14_985, 17_095)) | st.integers(1, 200_000),
    booked_on=st.just(DAY + timedelta(days=40)),
    text=texts,
    reference=st.sampled_from(["", "", "1000000000000006", "RF18539007547034", "2026-0123"]),
    end_to_end_id=st.sampled_from(["", "NOTPROVIDED", "2026-0124"]),
    counterparty_iban=st.sampled_from(["", BAKERY_IBAN, FAMILY_IBAN, NEW_IBAN]),
    counterparty_name=st.sampled_from(["", "BAKKERIJ SMIT BV", "A DE JONG E/O B SMIT", "B. de Jong", "Mollie Payments"])
    | st.text(max_size=20),
)


def _item(place: int, number: str, debtor: Debtor, cents: int, extra: int, days: int) -> OpenItem:
    due = DAY + timedelta(days=days)
    principal = cents - extra if cents > extra else cents
    return OpenItem(f"i{place}", debtor.id, number, cents, principal, DAY, due)


@given(receipt=receipts, owed=items)
def test_parts_and_what_is_left_add_up_to_the_receipt(receipt: Receipt, owed: list[OpenItem]) -> None:
    for proposal in propose(receipt, Books(DEBTORS, owed)):
        assert sum(part.cents for part in proposal.parts) + proposal.left_over_cents == receipt.cents
        assert proposal.left_over_cents >= 0
        assert 0 <= proposal.score <= 100


@given(receipt=receipts, owed=items)
def test_no_item_gets_more_than_is_open(receipt: Receipt, owed: list[OpenItem]) -> None:
    mine = {each.id: each for each in owed}
    for proposal in propose(receipt, Books(DEBTORS, owed)):
        assert len({part.item_id for part in proposal.parts}) == len(proposal.parts)
        for part in proposal.parts:
            left = mine[part.item_id].open_cents
            assert 0 < part.cents <= left or left <= part.cents < 0
            assert mine[part.item_id].debtor_id == proposal.debtor_id


@given(receipt=receipts, owed=items, seed=st.integers(0, 99))
def test_the_order_of_the_books_changes_nothing(receipt: Receipt, owed: list[OpenItem], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    debtors, shuffled = list(DEBTORS), list(owed)
    chance.shuffle(debtors)
    chance.shuffle(shuffled)
    found = propose(receipt, Books(DEBTORS, owed))
    assert propose(receipt, Books(debtors, shuffled)) == found
    assert propose(receipt, Books(DEBTORS, owed)) == found


@given(receipt=receipts, owed=items)
def test_sure_means_that_two_kinds_of_evidence_agree_and_none_contradicts(
    receipt: Receipt, owed: list[OpenItem]
) -> None:
    which = {Evidence.REFERENCE, Evidence.NUMBER, Evidence.NUMBER_WRITTEN, Evidence.NUMBER_ENDING, Evidence.NUMBER_LIKE}
    who = {Evidence.IBAN, Evidence.NAME, Evidence.NAME_LIKE, Evidence.NAME_IN_TEXT, Evidence.DEBTOR_NUMBER}
    exact = set(weights.AMOUNT) - {Evidence.PART, Evidence.MORE}
    against = {Evidence.OTHER_IBAN, Evidence.OTHER_NUMBER, Evidence.NOT_YET_INVOICED, Evidence.AMBIGUOUS}
    for proposal in propose(receipt, Books(DEBTORS, owed)):
        found = {reason.evidence for reason in proposal.reasons}
        if proposal.score >= weights.CERTAIN:
            assert found & exact
            assert found & (which | who)
            assert not found & (against | {Evidence.PAYMENT_SERVICE, Evidence.PAID_ALREADY})


@given(receipt=receipts, owed=items)
def test_at_most_one_proposal_is_sure_and_the_best_comes_first(receipt: Receipt, owed: list[OpenItem]) -> None:
    found = propose(receipt, Books(DEBTORS, owed))
    scores = [proposal.score for proposal in found]
    assert scores == sorted(scores, reverse=True)
    assert sum(score >= weights.CERTAIN for score in scores) <= 1
    assert len(found) <= 5
    assert propose(receipt, Books(DEBTORS, owed), most=1) == found[:1]


@given(receipt=receipts, owed=items)
def test_what_was_booked_is_not_booked_again(receipt: Receipt, owed: list[OpenItem]) -> None:
    books = Books(DEBTORS, owed)
    before = {each.id: books.open_cents(each.id) for each in owed}
    for proposal in propose(receipt, books)[:1]:
        books.settle(proposal.parts)
        for part in proposal.parts:
            assert books.open_cents(part.item_id) == before[part.item_id] - part.cents
    for proposal in propose(receipt, books):
        for part in proposal.parts:
            assert abs(part.cents) <= abs(books.open_cents(part.item_id))


@given(text=st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    reading = read(text, "", text)
    assert all(piece.digits.isdigit() for piece in reading.pieces)
    assert list(reading.numbers()) == list(reading.numbers())


def test_settling_more_than_is_open_leaves_nothing() -> None:
    books = Books(DEBTORS, [item("1", 1000), item("C1", -500)])
    books.settle([Part("bakery:1", 4000), Part("bakery:C1", -900), Part("of-nobody", 5)])
    assert (books.open_cents("bakery:1"), books.open_cents("bakery:C1"), books.open_cents("of-nobody")) == (0, 0, 0)


def test_settling_a_part_leaves_the_rest_to_be_found() -> None:
    books = Books(DEBTORS, [item("1", 1000, principal=800)])
    books.settle([Part("bakery:1", 400)])
    found = propose(Receipt("r", 600, DAY + timedelta(days=40), counterparty_iban=BAKERY_IBAN), books)
    assert _first(found[0].parts) == ("bakery:1", 600)
    assert found[0].score >= weights.CERTAIN


def test_an_item_of_a_debtor_that_nobody_described_is_found_by_its_number() -> None:
    found = propose(
        Receipt("r", 600, DAY + timedelta(days=40), "2026-0123"), Books([], [item("2026-0123", 600, BAKERY)])
    )
    assert (found[0].debtor_id, found[0].score >= weights.CERTAIN) == ("bakery", True)


def _first(found: Sequence[Part]) -> tuple[str, int]:
    return found[0].item_id, found[0].cents
