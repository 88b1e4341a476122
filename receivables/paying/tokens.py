"""Pay link tokens: unguessable (160 bits), stored only as a hash, and derivable again by us.

A token is the tenant's public code followed by base32(HMAC-SHA256(key, link id)[:20]). The code tells in which
tenant to look; the table keeps only the SHA-256 of the whole token. A letter or the dashboard derives the same token
again from the link's id, so that the plain token is never stored or logged.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

SECRET_LENGTH = 32  # 20 bytes in base32, without padding
MAX_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Token:
    """A well-formed token of somebody's pay link; whether the link exists is the table's answer."""

    tenant_code: str
    text: str

    @property
    def digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()


def derive(tenant_code: str, link_id: UUID, *, key: str) -> Token:
    """The token of a link; the same link and key always give the same token."""
    subkey = sha256(b"voldaan.pay-link.v1:" + key.encode()).digest()
    secret = b32encode(hmac.digest(subkey, link_id.bytes, "sha256")[:20]).decode().lower()
    return Token(tenant_code=tenant_code.lower(), text=tenant_code.lower() + secret)


def derive_again(tenant_code: str, link_id: UUID, *, digest: str, keys: Sequence[str]) -> Token | None:
    """The token that was once given out for this link, also after the key was rotated; None when no key fits."""
    for key in keys:
        token = derive(tenant_code, link_id, key=key)
        if hmac.compare_digest(token.digest, digest):
            return token
    return None


def read(text: str) -> Token | None:
    """Take what somebody typed or followed; None when it cannot be a token of ours."""
    text = text.strip().lower()
    if not SECRET_LENGTH < len(text) <= MAX_LENGTH or not (text.isascii() and text.isalnum()):
        return None
    return Token(tenant_code=text[:-SECRET_LENGTH], text=text)
