"""Payment references against the published examples, and the EPC payload line by line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.domain.money import Money
from receivables.domain.references import (
    CreditTransfer,
    InvalidReferenceError,
    grouped,
    is_payment_reference,
    is_rf_reference,
    payment_reference,
    rf_reference,
)
from tests.domain.law import law, needs_law

VECTORS = law("payment_reference_vectors.json")["cases"]
MAKERS = {"betalingskenmerk": payment_reference, "RF": rf_reference}
CHECKS = {"betalingskenmerk": is_payment_reference, "RF": is_rf_reference}


def computed(case: dict[str, Any]) -> dict[str, Any]:
    """Every expected field of a case, computed; a field or a kind that nobody knows fails."""
    reference = MAKERS[case["kind"]](case["body"]) if "body" in case else case["value"]
    answers = {"valid": CHECKS[case["kind"]](reference), "reference": reference}
    return {name: answers[name] for name in case["expected"]}


@needs_law
@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_references_are_those_of_the_published_examples(case: dict[str, Any]) -> None:
    assert computed(case) == case["expected"]


@needs_law
def test_a_wrong_expectation_or_an_unknown_kind_is_seen() -> None:
    """Negative control: the comparison above can fail on each field."""
    made = next(case for case in VECTORS if "body" in case)
    for name, value in made["expected"].items():
        wrong = {**made["expected"], name: (not value) if isinstance(value, bool) else f"{value}0"}
        assert computed(made) != wrong
    with pytest.raises(KeyError):
        computed({**made, "kind": "acceptgiro"})
    with pytest.raises(KeyError):
        computed({**made, "expected": {"checksum": "1"}})


@pytest.mark.parametrize(
    ("body", "reference"),
    [
        ("000000000000006", "1000000000000006"),  # a computed check digit of 10 becomes 1
        ("202600012300045", "2202600012300045"),
        ("234534622567", "12234534622567"),  # Betaalvereniging's own example of 14 digits
        ("1234567", "271234567"),  # the shortest that carries a check
        ("1234568", "071234568"),  # a computed check digit of 11 becomes 0
    ],
)
def test_payment_reference_carries_check_digit_and_length(body: str, reference: str) -> None:
    assert payment_reference(body) == reference
    assert is_payment_reference(reference)


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("5000056789012345", True),
        ("5000 0567 8901 2345", True),
        ("6000056789012345", False),
        ("1234567", True),
        ("12345678", False),
        ("", False),
        ("50000567890123٤٥", False),
    ],
)
def test_payment_reference_is_checked(value: str, valid: bool) -> None:
    assert is_payment_reference(value) is valid


def test_payment_reference_with_a_wrong_length_is_invalid_whatever_its_check_digit() -> None:
    for rest in ("81234567", "31234567890123", "6123456"):  # says eight digits, is 15 digits long, is 8 digits long
        assert not any(is_payment_reference(f"{check}{rest}") for check in range(10))


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "has something else than digits"),
        ("12345678A", "has something else than digits"),
        ("123456", "is not 7 to 12 or 15 digits long"),
        ("1234567890123", "is not 7 to 12 or 15 digits long"),
        ("1234567890123456", "is not 7 to 12 or 15 digits long"),
    ],
)
def test_payment_reference_refuses_other_lengths_and_signs(body: str, problem: str) -> None:
    with pytest.raises(InvalidReferenceError) as refused:
        payment_reference(body)

    assert str(refused.value) == f"{body!r} {problem}"


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("RF451234512345", True),
        ("RF68AB2G5", True),
        ("rf60 iso1 1649", True),
        ("RF19GAX8WS5JYOOUJ87", False),
        ("RF18", False),
        ("RFAB123", False),
    ],
)
def test_rf_reference_is_checked(value: str, valid: bool) -> None:
    assert is_rf_reference(value) is valid


@pytest.mark.parametrize(
    ("body", "kept"),
    [("20260001230004", "20260001230004"), ("iso-1 1649", "ISO11649"), ("7", "7"), ("a" * 21, "A" * 21)],
)
def test_rf_reference_keeps_letters_and_digits(body: str, kept: str) -> None:
    reference = rf_reference(body)

    assert (reference[:2], reference[4:]) == ("RF", kept)
    assert is_rf_reference(reference)
    assert rf_reference("20260001230004") == "RF8020260001230004"


@pytest.mark.parametrize("body", ["", "---", "A" * 22])
def test_rf_reference_refuses_what_does_not_fit(body: str) -> None:
    with pytest.raises(InvalidReferenceError) as refused:
        rf_reference(body)

    assert str(refused.value) == f"{body!r} does not fit in an RF reference"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21))
def test_every_made_rf_reference_is_valid(body: str) -> None:
    assert is_rf_reference(rf_reference(body))


@given(st.from_regex(r"\A(?:[0-9]{7,12}|[0-9]{15})\Z"))
def test_every_made_payment_reference_is_valid(body: str) -> None:
    assert is_payment_reference(payment_reference(body))


def test_iban_is_printed_in_groups() -> None:
    assert grouped("nl91abna0417164300") == "NL91 ABNA 0417 1643 00"
    assert grouped("NL91 ABNA 0417 164300") == "NL91 ABNA 0417 1643 00"
    assert grouped("12345", 2) == "12 34 5"


def test_epc_payload_puts_an_rf_reference_in_the_structured_field() -> None:
    transfer = CreditTransfer("De Vries BV", "NL91 ABNA 0417 1643 00", Money.of("1234.50"), "RF80 2026 0001 2300 04")
    assert transfer.epc_payload().split("\n") == [
        *("BCD", "002", "1", "SCT", "", "De Vries BV", "NL91ABNA0417164300", "EUR1234.50", "", "RF8020260001230004"),
    ]


def test_epc_payload_puts_a_payment_reference_in_the_text() -> None:
    transfer = CreditTransfer("De Vries BV", "NL91ABNA0417164300", Money.of("0.01"), "2202600012300045")
    assert transfer.epc_payload().split("\n")[7:] == ["EUR0.01", "", "", "2202600012300045"]


def test_epc_payload_puts_what_only_looks_like_an_rf_reference_in_the_text() -> None:
    wrong = CreditTransfer("De Vries BV", "NL91ABNA0417164300", Money.of("10"), "RF19GAX8WS5JYOOUJ87")
    assert wrong.epc_payload().split("\n")[8:] == ["", "", "RF19GAX8WS5JYOOUJ87"]


def test_epc_payload_cleans_what_a_person_typed() -> None:
    transfer = CreditTransfer("x" * 69 + " y", "nl91 abna", Money.of("10"), "BOX " * 40, bic="abna nl 2a")
    lines = transfer.epc_payload().split("\n")
    assert lines[4:7] == ["ABNANL2A", "x" * 69, "NL91ABNA"]
    assert lines[10] == ("BOX " * 35).rstrip()
    text = CreditTransfer("x", "NL91ABNA", Money.of("10"), "y" * 141).epc_payload().split("\n")[10]
    assert text == "y" * 140
    assert CreditTransfer("x", "NL91ABNA", Money.of("10"), "BOX").epc_payload().endswith("\nBOX")


def test_epc_payload_keeps_hostile_names_on_one_line() -> None:
    transfer = CreditTransfer("Evil\nNL00EVIL\r\nEUR1.00" + "x" * 90, "NL91ABNA0417164300", Money.of("10"))
    lines = transfer.epc_payload().split("\n")
    assert len(lines) == 8
    assert lines[5].startswith("Evil NL00EVIL EUR1.00xx")
    assert len(lines[5]) == 70


def test_epc_payload_never_exceeds_331_bytes() -> None:
    transfer = CreditTransfer("€" * 70, "NL91ABNA0417164300", Money.of("999999999.99"), "€" * 140)
    assert 331 - len("€".encode()) < len(transfer.epc_payload().encode()) <= 331
    for length in (61, 62):  # cut in the middle of a word, or just after one
        words = CreditTransfer("€" * length, "NL91ABNA0417164300", Money.of("1"), "€ " * 70)
        assert len(words.epc_payload().encode()) == 331


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1000000000.00"])
def test_epc_payload_refuses_an_impossible_amount(amount: str) -> None:
    with pytest.raises(InvalidReferenceError) as refused:
        CreditTransfer("De Vries BV", "NL91ABNA0417164300", Money.of(amount)).epc_payload()

    assert str(refused.value) == f"an EPC QR code cannot ask for {amount}"
