"""Who pays: accounts that are known, names as banks print them, customer numbers, and somebody else's money."""

from __future__ import annotations

from datetime import date

import pytest

from receivables.domain.matching.books import Books
from receivables.domain.matching.names import Likeness, is_payment_service, likeness, names_in
from receivables.domain.matching.values import Debtor, Evidence
from tests.domain.matching.shop import (
    BAKERY,
    BAKERY_IBAN,
    BUILDER,
    DEBTORS,
    FAMILY,
    FAMILY_IBAN,
    NEW_IBAN,
    best,
    evidence,
    item,
    paid,
    proposals,
)  # fmt: skip


def alike(one: str, other: str) -> Likeness:
    return max(likeness(mine, theirs) for mine in names_in(one) for theirs in names_in(other))


@pytest.mark.parametrize(
    ("in_the_books", "at_the_bank"),
    [
        ("Bakkerij Smit B.V.", "BAKKERIJ SMIT BV"),
        ("Bakkerij Smit B.V.", "Smit Bakkerij"),
        ("Van den Berg Bouw V.O.F.", "VOF VAN DEN BERG BOUW"),
        ("Anneke de Jong", "HR/MW A DE JONG"),
        ("Anneke de Jong", "Mw. A.M. de Jong"),
        ("A. de Jong", "Jong, A. de"),
        ("Anneke de Jong", "A DE JONG E/O P JANSEN"),
        ("Anneke de Jong", "A de Jong-Bakker"),
        ("Anneke de Jong", "P Jansen en/of A de Jong"),
        ("J. Bakker h/o Bakkerij Zoet", "Bakkerij Zoet"),
        ("Café 't Hoekje", "CAFE T HOEKJE"),
        ("Administratiekantoor Van der Linden & Partners", "ADMINISTRATIEKANTOOR VAN DER LINDEN"),
        ("Stichting Zorggroep Het Gooi", "ZORGGROEP HET GOOI"),
    ],
)
def test_the_same_name(in_the_books: str, at_the_bank: str) -> None:
    assert alike(in_the_books, at_the_bank) == Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Smit Bouw B.V.", "Smit Bouw Holding BV", Likeness.LIKE),
        ("Anneke de Jong", "Bas de Jong", Likeness.UNCLEAR),  # family
        ("A. de Jong", "B. de Jong", Likeness.UNCLEAR),
        ("A. de Jong", "de Jong", Likeness.UNCLEAR),
        ("Bakkerij Smit", "Bakkerij Jansen", Likeness.UNCLEAR),
        ("Anneke de Jong", "Piet Bakker", Likeness.OTHER),
    ],
)
def test_another_name(one: str, other: str, how: Likeness) -> None:
    assert alike(one, other) == how


def test_a_known_account_and_the_only_fitting_amount_are_sure() -> None:
    found = best(paid(18755, "", iban=BAKERY_IBAN), item("2026-0123", 18755), item("2026-0124", 9000))
    assert (found.score >= 95, evidence(found) >= {Evidence.IBAN, Evidence.AMOUNT}) == (True, True)


def test_a_name_is_sure_when_nobody_else_has_that_amount_open() -> None:
    alone = best(paid(18755, "", name="BAKKERIJ SMIT BV"), item("2026-0123", 18755))
    shared = best(paid(18755, "", name="BAKKERIJ SMIT BV"), item("2026-0123", 18755), item("2026-0200", 18755, BUILDER))
    assert (alone.score >= 95, shared.score >= 95) == (True, False)
    assert {alone.debtor_id, shared.debtor_id} == {"bakery"}


def test_an_amount_alone_is_never_sure() -> None:
    found = best(paid(18755, "bedankt", name="K ONBEKEND"), item("2026-0123", 18755))
    assert found.score < 80


def test_two_debtors_that_fit_equally_are_both_ambiguous() -> None:
    found = proposals(paid(18755, "bedankt"), item("2026-0123", 18755), item("2026-0200", 18755, BUILDER))
    assert [(each.debtor_id, Evidence.AMBIGUOUS in evidence(each)) for each in found] == [
        ("bakery", True),
        ("builder", True),
    ]


def test_namesakes_are_told_apart_by_the_amount_or_not_at_all() -> None:
    others = (Debtor("arie", "Arie de Jong"), FAMILY)
    apart = best(paid(4995, "", name="A DE JONG"), item("1", 4995, FAMILY), item("2", 7000, others[0]), debtors=others)
    equal = proposals(
        paid(4995, "", name="A DE JONG"), item("1", 4995, FAMILY), item("2", 4995, others[0]), debtors=others
    )
    assert (apart.debtor_id, apart.score >= 95) == ("family", True)
    assert [each.score <= 70 for each in equal] == [True, True]


def test_an_account_that_pays_for_two_is_told_apart_by_the_amount() -> None:
    books = Books(DEBTORS, ())
    books.learn("NL13 TEST 0123 4567 89", "builder")
    assert books.payers(BAKERY_IBAN) == {"bakery", "builder"}
    shared = (BAKERY, Debtor("builder", "Van den Berg Bouw V.O.F.", "10025", frozenset({BAKERY_IBAN})))
    found = best(paid(5000, "", iban=BAKERY_IBAN), item("1", 5000, BUILDER), item("2", 7000), debtors=shared)
    equal = best(paid(5000, "", iban=BAKERY_IBAN), item("1", 5000, BUILDER), item("2", 5000), debtors=shared)
    assert (found.debtor_id, found.score >= 95, equal.score <= 70) == ("builder", True, True)


def test_an_account_is_learned() -> None:
    books = Books(DEBTORS, [])
    assert books.payers(NEW_IBAN) == frozenset()
    books.learn(NEW_IBAN, "builder")
    assert books.payers("nl57 test 0000 0000 01") == {"builder"}


def test_somebody_else_may_pay_when_the_number_and_the_amount_agree() -> None:
    found = best(paid(18755, "2026-0123", name="P. Partner", iban=NEW_IBAN), item("2026-0123", 18755))
    assert (found.score >= 95, Evidence.OTHER_NAME in evidence(found)) == (True, True)


def test_the_account_of_another_debtor_speaks_against() -> None:
    found = best(paid(18755, "2026-0123", iban=FAMILY_IBAN), item("2026-0123", 18755))
    assert (found.debtor_id, found.score < 95, Evidence.OTHER_IBAN in evidence(found)) == ("bakery", True, True)


def test_a_number_of_another_debtor_speaks_against() -> None:
    """The account and the amount say the bakery, the number says the builder."""
    found = proposals(
        paid(4995, "factuur 2026-0200", iban=BAKERY_IBAN), item("1", 4995), item("2026-0200", 4995, BUILDER)
    )
    assert {each.debtor_id for each in found[:2]} == {"bakery", "builder"}
    assert all(each.score < 95 for each in found)


def test_a_number_that_name_account_and_amount_contradict_stays_low() -> None:
    found = best(
        paid(7777, "factuur 2026-0200", iban=FAMILY_IBAN, name="A de Jong"),
        item("2026-0200", 4995, BUILDER),
        item("1", 100),
    )
    assert found.score < 80


def test_a_number_of_a_stranger_with_another_amount_stays_low() -> None:
    found = best(paid(7777, "factuur 2026-0200", name="K Onbekend"), item("2026-0200", 4995, BUILDER))
    assert found.score < 80


def test_a_number_nobody_has_keeps_an_account_from_being_sure() -> None:
    """Meant for another creditor, or a typing error: a person looks."""
    found = best(paid(18755, "factuur 2031-9999", iban=BAKERY_IBAN), item("2026-0123", 18755))
    assert (found.score < 95, Evidence.OTHER_NUMBER in evidence(found)) == (True, True)


def test_a_reference_nobody_has_keeps_an_account_from_being_sure() -> None:
    found = best(paid(18755, iban=BAKERY_IBAN, reference="1000000000000006"), item("2026-0123", 18755))
    assert (found.score < 95, Evidence.OTHER_NUMBER in evidence(found)) == (True, True)


def test_an_invoice_of_after_the_payment_is_not_sure() -> None:
    late = item("2026-0123", 18755, issued=date(2026, 6, 1), due=date(2026, 6, 30))
    found = best(paid(18755, "2026-0123", iban=BAKERY_IBAN), late)
    assert (found.score < 95, Evidence.NOT_YET_INVOICED in evidence(found)) == (True, True)


def test_the_name_or_number_of_a_customer_in_the_text_counts() -> None:
    by_name = best(
        paid(18755, "namens bakkerij smit 0123", name="Holding X"), item("2026-0123", 18755), item("7", 18755, BUILDER)
    )
    by_number = best(paid(18755, "klantnr 10023", name="Holding X"), item("2026-0123", 18755), item("7", 900, BUILDER))
    assert (by_name.debtor_id, Evidence.NAME_IN_TEXT in evidence(by_name)) == ("bakery", True)
    assert (by_number.debtor_id, by_number.score >= 95) == ("bakery", True)


@pytest.mark.parametrize(
    "name",
    [
        "Mollie Payments B.V.", "STRIPE", "Adyen N.V.", "Stg Derdengelden Buckaroo", "CCV Group", "SumUp Payments", "PAY.NL",
        "MultiSafepay", "PayPal Europe", "STICHTING DERDENGELDEN X",
    ],
)  # fmt: skip
def test_money_of_a_payment_service_is_never_sure(name: str) -> None:
    found = best(paid(18755, "2026-0123", name=name, iban=BAKERY_IBAN), item("2026-0123", 18755))
    assert is_payment_service(name)
    assert (found.score < 95, Evidence.PAYMENT_SERVICE in evidence(found)) == (True, True)


def test_molly_is_no_payment_service() -> None:
    assert not is_payment_service("Molly's Bakery")
    assert not is_payment_service("J. Adyenstra")
