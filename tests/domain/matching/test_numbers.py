"""Invoice numbers and references the ways people write them, each by hand: what is read, and how sure."""

from __future__ import annotations

import pytest

from receivables.domain.matching.values import Evidence
from receivables.domain.references import payment_reference, rf_reference
from tests.domain.matching.shop import BAKERY, BAKERY_IBAN, BUILDER, FAMILY, best, evidence, item, paid, parts

KENMERK = payment_reference("202600000000123")
RF = rf_reference("20260123")
SMIT = "BAKKERIJ SMIT BV"


@pytest.mark.parametrize(
    "written",
    [
        KENMERK,
        f"{KENMERK[:4]} {KENMERK[4:8]} {KENMERK[8:12]} {KENMERK[12:]}",
        f"{KENMERK[:4]}.{KENMERK[4:8]}.{KENMERK[8:12]}.{KENMERK[12:]}",
        f"betalingskenmerk: {KENMERK}",
        f"{KENMERK[:11]}\n{KENMERK[11:]}",  # the line of the bank format ended here
        RF,
        RF.lower(),
        f"{RF[:4]} {RF[4:8]} {RF[8:]} dank u",
    ],
)
def test_a_reference_is_recognised(written: str) -> None:
    invoice = item("2026-0123", 18755, references=(KENMERK, RF))
    found = best(paid(18755, written), invoice, item("2026-0200", 9900, FAMILY))
    assert (parts(found), found.score) == ({"2026-0123": 18755}, 100)
    assert Evidence.REFERENCE in evidence(found)


def test_a_structured_reference_is_recognised() -> None:
    found = best(paid(18755, reference=KENMERK), item("2026-0123", 18755, references=(KENMERK,)))
    assert found.score == 100


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("2026-0123", "2026-0123"),
        ("2026-0123", "Factuur 2026/0123"),
        ("2026-0123", "20260123"),
        ("2026-0123", "fact 2026 0123"),
        ("2026-0123", "2026.0123 van 1 april"),
        ("2026-0123", "2026-01 23"),
        ("2026-0123", "2026-01\n23"),
        ("2026-0123", "2O26-O123"),
        ("2026-0123", "2026-0l23"),
        ("10234", "fact l0234"),
        ("2026-0123", "2026-123"),
        ("2026-0123", "FACTNR.2026-0123"),
        ("F20260123", "20260123"),
        ("F20260123", "F2026.0123"),
        ("F20260123", "f 2026 0123"),
        ("L2026-0123", "L2026-0123"),  # a series may be called L, I or O
        ("L2026-0123", "Factuur L2026-0123"),
        ("L2026-0123", "l20260123"),
        ("I2026-0123", "fact I2026 0123"),
        ("O-26123", "O26123"),
        ("L2026A0123", "L2026A0123"),
        ("VF-26.00123", "26.00123"),
        ("VF-26.00123", "vf26 00123"),
        ("VF-26.00123", "VF26123"),
        ("2026A0123", "2026A0123"),
        ("2026A0123", "2026-0123"),
        ("10234", "fact 10234"),
        ("10234", "factuurnr: 10234 klantnr 10023"),
        ("412", "f:412"),
        ("0412", "nota 412"),
        ("260123", "inv 260123 d.d. 12-03-2026 EUR 187,55 tel 0612345678"),
        ("260123", "order 4512345 factuur 260123 8011 AB"),
    ],
)
def test_a_number_in_full_is_recognised(number: str, written: str) -> None:
    """Of a payer who is known: the number and the name agree, and the amount."""
    found = best(paid(18755, written, name=SMIT), item(number, 18755), item("7777777", 18755))
    assert parts(found) == {number: 18755}
    assert found.score >= 95
    assert evidence(found) & {Evidence.NUMBER, Evidence.NUMBER_WRITTEN}


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("2026-0123", "0123"),
        ("2026-0123", "-123"),
        ("2026-0123", "fact. 123"),
        ("2026-0123", "26-0123"),
        ("F20260123", "260123"),
        ("F20260123", "123"),
        ("VF-26.00123", "00123"),
    ],
)
def test_the_end_of_a_number_is_recognised_among_the_items_of_the_payer(number: str, written: str) -> None:
    invoices = (item(number, 18755), item("2026-0999", 18755), item("2026-8123", 9900, FAMILY))
    found = best(paid(18755, written, name=SMIT), *invoices)
    assert (parts(found), Evidence.NUMBER_ENDING in evidence(found)) == ({number: 18755}, True)
    assert found.score >= 95


def test_the_end_of_two_numbers_is_the_end_of_none() -> None:
    found = best(paid(18755, "123", name=SMIT), item("2026-0123", 18755), item("2025-0123", 18755))
    assert Evidence.NUMBER_ENDING not in evidence(found)
    assert Evidence.AMBIGUOUS in evidence(found)


@pytest.mark.parametrize("written", ["2026-0124", "2026-0132", "2026-013", "2026-01233"])
def test_a_typing_error_helps_but_is_never_enough(written: str) -> None:
    """The one invoice of a known payer: the likeness is said. Without the payer it says nothing."""
    invoice = item("2026-0123", 18755)
    known = best(paid(18755, written, iban=BAKERY_IBAN), invoice)
    stranger = best(paid(18755, written, name="K Onbekend"), invoice)
    assert Evidence.NUMBER_LIKE in evidence(known)
    assert stranger.score < 80


def test_a_typing_error_does_not_choose_between_equal_amounts() -> None:
    found = best(paid(4995, "factuur 2026-0132", name=SMIT), item("2026-0123", 4995), item("2026-0456", 4995))
    assert found.score <= 70
    assert Evidence.AMBIGUOUS in evidence(found)


@pytest.mark.parametrize(
    "written",
    [
        "2026-0123/0124/0125",
        "2026-0123, 2026-0124 en 2026-0125",
        "fact 0123 t/m 0125",
        "2026-0123 t/m 2026-0125",
        "123,124 & 125",
        "facturen -123 en -124 en -125",
        "2026 0123 2026 0124 2026 0125",
    ],
)
def test_several_numbers_are_recognised(written: str) -> None:
    invoices = (item("2026-0123", 1000), item("2026-0124", 2500), item("2026-0125", 4000), item("2026-0126", 8000))
    found = best(paid(7500, written, name=SMIT), *invoices)
    assert parts(found) == {"2026-0123": 1000, "2026-0124": 2500, "2026-0125": 4000}
    assert (found.score >= 95, Evidence.SUM in evidence(found)) == (True, True)


@pytest.mark.parametrize(
    "written",
    [
        "klantnr 10234",
        "klantnummer: 10 234",
        "order 10234",
        "EUR 102,34",
        "10-2-34",
        "tel 0102341111",
    ],
)
def test_a_number_of_something_else_is_no_invoice_number(written: str) -> None:
    """Treacherous: invoice 10234 of the builder, while the bakery pays its own."""
    found = best(paid(18755, written, iban=BAKERY_IBAN), item("9811", 18755), item("10234", 6050, BUILDER))
    assert (found.debtor_id, parts(found), found.score >= 95) == ("bakery", {"9811": 18755}, True)


def test_a_postcode_is_no_invoice_number() -> None:
    found = best(
        paid(18755, "Dorpsstraat 3 8011 AB Zwolle", name=SMIT), item("9811", 18755), item("8011", 18755, BUILDER)
    )
    assert (found.debtor_id, Evidence.NUMBER in evidence(found)) == ("bakery", False)


def test_a_customer_number_that_is_somebodys_invoice_number_stays_a_customer_number() -> None:
    """10023 is the bakery's customer number and the builder's invoice."""
    found = best(paid(18755, "10023", iban=BAKERY_IBAN), item("9811", 18755), item("10023", 6050, BUILDER))
    assert (parts(found), found.score) == ({"9811": 18755}, 100)
    assert Evidence.DEBTOR_NUMBER in evidence(found)


def test_a_number_that_begins_another_is_told_apart_by_the_amount() -> None:
    """1023 of the builder, 10234 of the bakery, broken by the line of a bank format."""
    found = best(paid(18755, "factuur 1023 4", name=SMIT), item("10234", 18755), item("1023", 6050, BUILDER))
    assert (found.debtor_id, parts(found)) == ("bakery", {"10234": 18755})


def test_a_short_number_needs_the_word_invoice_or_a_payer() -> None:
    bare = best(paid(18755, "412"), item("412", 18755), item("900", 18755, FAMILY))
    said = best(paid(18755, "factuur 412"), item("412", 18755), item("900", 18755, FAMILY))
    assert (bare.score < 80, said.score >= 95) == (True, True)


def test_what_is_named_comes_with_how_it_was_written() -> None:
    found = best(paid(18755, "fact 2026/0123", name=SMIT), item("2026-0123", 18755))
    assert [str(reason) for reason in found.reasons] == [
        "De omschrijving noemt 2026/0123: dat is factuur 2026-0123",
        "De naam van de betaler is die van de klant",
        "Het bedrag is precies wat openstaat",
        "Geen andere klant heeft dit bedrag openstaan",
    ]


def test_a_number_of_two_items_is_told_apart_by_the_amount() -> None:
    """F-123 and C-123 have the same digits."""
    found = best(paid(18755, "factuur 20260123"), item("F20260123", 18755), item("C20260123", 6050, BAKERY))
    assert parts(found) == {"F20260123": 18755}
