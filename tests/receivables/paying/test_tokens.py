"""Pay link tokens: unguessable, hashed at rest, derivable again."""

from __future__ import annotations

from uuid import UUID

import pytest

from receivables.paying import tokens

LINK = UUID("01931f3c-0000-7000-8000-000000000001")
OTHER = UUID("01931f3c-0000-7000-8000-000000000002")


def test_token_carries_the_tenant_and_160_bits() -> None:
    token = tokens.derive("k7m2p9q", LINK, key="secret")
    assert token.text.startswith("k7m2p9q")
    assert len(token.text.removeprefix("k7m2p9q")) * 5 == 160


def test_token_is_derived_again_from_the_link() -> None:
    token = tokens.derive("k7m2p9q", LINK, key="secret")
    assert tokens.derive_again("k7m2p9q", LINK, digest=token.digest, keys=["secret"]) == token


def test_token_survives_a_rotated_key() -> None:
    token = tokens.derive("k7m2p9q", LINK, key="old")
    assert tokens.derive_again("k7m2p9q", LINK, digest=token.digest, keys=["new", "old"]) == token
    assert tokens.derive_again("k7m2p9q", LINK, digest=token.digest, keys=["new"]) is None


def test_links_tenants_and_keys_have_different_tokens() -> None:
    given = [
        tokens.derive("k7m2p9q", LINK, key="secret").text,
        tokens.derive("k7m2p9q", OTHER, key="secret").text,
        tokens.derive("k7m2p9q", LINK, key="other").text,
    ]
    assert len(set(given)) == 3


def test_typed_capitals_are_the_same_token() -> None:
    token = tokens.derive("k7m2p9q", LINK, key="secret")
    assert tokens.read(f" {token.text.upper()} ") == token


@pytest.mark.parametrize("text", ["", "abc", "a" * 32, "a" * 65, "../" + "a" * 32, "é" + "a" * 32, "a b" + "a" * 32])
def test_what_cannot_be_a_token_is_refused(text: str) -> None:
    assert tokens.read(text) is None
