"""How much: exact, without interest and costs, sums, less a credit note, in part, nearly, and more than is open."""

from __future__ import annotations

from datetime import date

import pytest

from receivables.domain.matching.sums import subsets
from receivables.domain.matching.values import Evidence
from tests.domain.matching.shop import BAKERY_IBAN, best, evidence, item, paid, parts, proposals

SMIT = "BAKKERIJ SMIT BV"


def test_the_principal_alone_is_recognised() -> None:
    """€ 187,55 and € 40 costs: who pays the invoice as printed leaves the costs open."""
    invoice = item("2026-0123", 22755, principal=18755)
    found = best(paid(18755, "2026-0123", name=SMIT), invoice)
    assert (parts(found), found.left_over_cents) == ({"2026-0123": 18755}, 0)
    assert (found.score >= 95, Evidence.AMOUNT_PRINCIPAL in evidence(found)) == (True, True)


def test_all_that_is_open_is_recognised_without_a_number() -> None:
    found = best(paid(7500, "betaling", iban=BAKERY_IBAN), item("1", 1000), item("2", 2500), item("3", 4000))
    assert (sorted(parts(found)), found.score >= 95) == (["1", "2", "3"], True)
    assert Evidence.ALL_OPEN in evidence(found)


def test_all_that_is_open_counts_a_credit_note() -> None:
    found = best(paid(2000, "", iban=BAKERY_IBAN), item("1", 1000), item("2", 2500), item("C3", -1500))
    assert (parts(found), found.left_over_cents) == ({"1": 1000, "2": 2500, "C3": -1500}, 0)


def test_a_credit_note_is_set_off_against_what_is_named() -> None:
    invoices = (item("2026-0123", 18755), item("2026-0124", 5000), item("C-7", -3755), item("C-8", -1000))
    found = best(paid(15000, "2026-0123", name=SMIT), *invoices)
    assert (parts(found), found.score >= 95) == ({"2026-0123": 18755, "C-7": -3755}, True)
    assert "Het bedrag is factuur 2026-0123 min creditnota C-7" in map(str, found.reasons)


def test_two_credit_notes_that_fit_are_set_off_by_nobody() -> None:
    invoices = (item("2026-0123", 18755), item("C-7", -3755), item("C-8", -3755))
    found = best(paid(15000, "2026-0123", name=SMIT), *invoices)
    assert found.score < 95


def test_the_only_sum_that_fits_is_proposed_but_not_sure() -> None:
    """Nobody named these invoices; with enough of them some sum always fits."""
    found = best(paid(3500, "", iban=BAKERY_IBAN), item("1", 1000), item("2", 2500), item("3", 4000))
    assert parts(found) == {"1": 1000, "2": 2500}
    assert 80 <= found.score < 95


def test_many_sums_that_fit_are_ambiguous() -> None:
    invoices = [item(f"{number}", 4995, due=date(2026, 1, 1 + number)) for number in range(1, 5)]
    found = proposals(paid(9990, "", iban=BAKERY_IBAN), *invoices)
    assert all(Evidence.AMBIGUOUS in evidence(each) for each in found[:2])
    assert all(each.score <= 70 for each in found)
    assert parts(found[0]) == {"1": 4995, "2": 4995}  # the oldest first


def test_two_equal_subscriptions_are_ambiguous_with_the_oldest_first() -> None:
    invoices = (item("900", 4995, due=date(2026, 5, 31)), item("901", 4995, due=date(2026, 4, 30)))
    found = proposals(paid(4995, "abonnement", iban=BAKERY_IBAN), *invoices)
    assert [parts(each) for each in found[:2]] == [{"901": 4995}, {"900": 4995}]
    assert [each.score for each in found[:2]] == [70, 70]


def test_one_item_that_is_also_the_sum_of_two_others_is_ambiguous() -> None:
    found = best(paid(5000, "", iban=BAKERY_IBAN), item("1", 5000), item("2", 2000), item("3", 3000))
    assert (parts(found), Evidence.AMBIGUOUS in evidence(found)) == ({"1": 5000}, True)


def test_a_part_of_what_is_named_goes_on_that_and_is_not_sure() -> None:
    found = best(
        paid(5000, "2026-0123", iban=BAKERY_IBAN, name=SMIT), item("2026-0123", 18755), item("2026-0124", 9000)
    )
    assert (parts(found), found.left_over_cents) == ({"2026-0123": 5000}, 0)
    assert (found.score < 95, Evidence.PART in evidence(found)) == (True, True)


@pytest.mark.parametrize(
    ("cents", "left_over"),
    [
        (18380, 0),  # two per cent off
        (18740, 0),  # bank costs
        (17855, 0),  # two digits swapped
        (18800, 45),  # rounded up
        (25000, 6245),  # too much
    ],
)
def test_a_nearly_right_amount_is_proposed_and_not_sure(cents: int, left_over: int) -> None:
    named = best(paid(cents, "factuur 2026-0123", iban=BAKERY_IBAN), item("2026-0123", 18755))
    silent = best(paid(cents, "", iban=BAKERY_IBAN), item("2026-0123", 18755))
    assert (parts(named), named.left_over_cents) == ({"2026-0123": min(cents, 18755)}, left_over)
    assert silent.score < named.score < 95


def test_what_is_paid_already_becomes_credit() -> None:
    found = best(paid(18755, "2026-0123", iban=BAKERY_IBAN), item("2026-0123", 0, principal=18755))
    assert (found.debtor_id, found.parts, found.left_over_cents) == ("bakery", (), 18755)
    assert found.score <= 60
    assert {
        "Factuur 2026-0123 is al betaald",
        "Het bedrag is meer dan er openstaat; € 187,55 blijft als tegoed staan",
    } <= {str(reason) for reason in found.reasons}


def test_an_old_number_is_not_booked_on_the_next_invoice_of_the_same_amount() -> None:
    """A subscription: paid twice, or the number of last month typed again. Nobody can tell."""
    found = proposals(paid(4995, "412", iban=BAKERY_IBAN), item("412", 0, principal=4995), item("512", 4995))
    assert [parts(each) for each in found[:2]] == [{"512": 4995}, {}]
    assert found[0].score < 95


def test_money_of_a_known_payer_who_owes_nothing_becomes_credit() -> None:
    found = best(paid(18755, "", iban=BAKERY_IBAN))
    assert (found.debtor_id, found.parts, found.left_over_cents, found.score <= 60) == ("bakery", (), 18755, True)


def test_money_that_went_out_is_no_receipt() -> None:
    assert proposals(paid(-18755, "2026-0123", iban=BAKERY_IBAN), item("2026-0123", 18755)) == ()


def test_nothing_known_is_nothing_proposed() -> None:
    assert proposals(paid(12345, "huur mei", name="Verhuurmakelaar"), item("2026-0123", 18755)) == ()


@pytest.mark.parametrize(
    ("amounts", "wanted", "found"),
    [
        ([1000, 2500, 4000], 3500, [(0, 1)]),
        ([1000, 1000, 2500], 3500, [(0, 2), (1, 2)]),
        ([3500, 1000], 3500, []),  # one amount is no sum
        ([5000, -1500], 3500, [(0, 1)]),
        ([100, 200], 5000, []),
        ([], 100, []),
    ],
)
def test_sums(amounts: list[int], wanted: int, found: list[tuple[int, ...]]) -> None:
    assert subsets(amounts, wanted) == found


def test_a_sum_of_25_is_found_at_once() -> None:
    """Powers of two: every sum has one way, and there are 33 million of them."""
    amounts = [1 << place for place in range(25)]
    assert subsets(amounts, sum(amounts[::2])) == [tuple(range(0, 25, 2))]


def test_hundreds_of_open_items_of_one_debtor_stay_quick() -> None:
    invoices = [item(f"{number}", 1000 + 37 * number) for number in range(1000, 1400)]
    found = proposals(paid(99_999, "", iban=BAKERY_IBAN), *invoices)
    assert len(found) <= 5
