"""Who is this customer: pure, so that every case is cheap to write down."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.importing.matching import CustomerIndex, Identity, kvk_number, name_key, postcode, scripts, vat_number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jansen B.V.", "JANSEN BV"),
        ("Café  't Hoekje", "café t hoekje"),
        ("Cafe\u0301", "Café"),  # a combining accent is the same letter
        ("De Wit & Zonen", "De Wit + Zonen"),
        ("Ｊａｎｓｅｎ", "Jansen"),
    ],
)
def test_the_same_name_is_written_in_many_ways(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Café", "Cafe"), ("Bakkerij", "Bаkkerij"), ("Jansen", "Janssen")])
def test_another_name_stays_another(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_scripts_tell_an_imitation() -> None:
    assert scripts("Bakkerij 1") == {"LATIN"}
    assert scripts("Bаkkerij") == {"LATIN", "CYRILLIC"}


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [("12345678", "12345678"), ("1234 5678", "12345678"), ("1234567", ""), ("00000000", ""), (None, "")],
)
def test_kvk_numbers_have_eight_digits(given_value: str | None, expected: str) -> None:
    assert kvk_number(given_value) == expected


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        ("NL 0000.99.998 B57", "NL000099998B57"),
        ("nl000099998b57", "NL000099998B57"),
        ("BE0505890632", "BE0505890632"),
        ("onbekend", ""),
        ("NL000000000B00", ""),
    ],
)
def test_vat_numbers_are_compact(given_value: str, expected: str) -> None:
    assert vat_number(given_value) == expected


def index(*known: tuple[UUID, Identity]) -> CustomerIndex:
    return CustomerIndex(known)


KNOWN = uuid4()


@pytest.mark.parametrize(
    ("known", "asked", "is_found"),
    [
        (Identity("zon", number="D1"), Identity("heel anders", number="D1"), True),
        (Identity("zon", number="D1"), Identity("zon", number="D2"), False),
        (Identity("zon", kvk_number="1"), Identity("zon bv", kvk_number="1"), True),
        (Identity("zon", kvk_number="1"), Identity("zоn", kvk_number="1"), False),  # a Cyrillic о
        (Identity("zon", vat_number="NL1"), Identity("maan", vat_number="NL1"), True),
        (Identity("zon", postcode="1234AB"), Identity("zon", postcode="1234AB"), True),
        (Identity("zon", postcode="1234AB"), Identity("zon", postcode="9999ZZ"), False),
        (Identity("zon", postcode="1234AB"), Identity("zon"), True),
        (Identity("zon", kvk_number="1", postcode="1234AB"), Identity("zon", kvk_number="2", postcode="1234AB"), False),
        (Identity("zon"), Identity("maan"), False),
    ],
)
def test_find(known: Identity, asked: Identity, is_found: bool) -> None:
    assert index((KNOWN, known)).find(asked) == (KNOWN if is_found else None)


def test_a_name_that_two_customers_have_finds_neither() -> None:
    two = index((uuid4(), Identity("zon", postcode="1")), (uuid4(), Identity("zon", postcode="2")))
    assert two.find(Identity("zon")) is None


def test_a_register_number_of_two_customers_goes_by_name() -> None:
    other = uuid4()
    two = index((KNOWN, Identity("zon", kvk_number="1")), (other, Identity("zon noord", kvk_number="1")))
    assert two.find(Identity("zon noord", kvk_number="1")) == other
    assert two.find(Identity("zon zuid", kvk_number="1")) is None


@given(st.text(min_size=1, max_size=300))
def test_every_name_has_a_key_that_fits(name: str) -> None:
    assert len(name_key(name)) <= 200
    assert name_key(name_key(name)) == name_key(name) or len(name) > 150


def test_postcodes_lose_their_space() -> None:
    assert postcode("1234 ab") == "1234AB"
