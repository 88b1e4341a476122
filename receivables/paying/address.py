"""The addresses of the debtor's pages. A link in a mail carries the token; the pages behind it do not.

`/b/<token>` hands the token to the browser in a cookie of that one link and goes on to `/b/<tenant code>/<link id>`, an
address that is worth nothing in a browser history or on a photo. Where cookies are off, `/b/<token>?direct=1` keeps the token.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import register_converter, reverse

from receivables.paying import tokens
from receivables.paying.tokens import Token
from tenants.ids import new_id

COOKIE_AGE = 12 * 60 * 60
FORM_AGE = 7 * 24 * 60 * 60  # somebody may leave a page open over a weekend
CHECKED_AGE = 2 * 60 * 60
COOKIE_SALT = "receivables.pay-link"
FORM_SALT = "receivables.debtor-form"
CHECKED_SALT = "receivables.debtor-checked"


class DoorConverter:
    """`<token>`, or `<tenant code>/<link id>`."""

    regex = r"[^/\s]{1,80}(?:/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DoorConverter, "door")


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody came in: with the token in the address, or with the link's id and the token in a cookie."""

    token: Token | None
    link_id: UUID | None = None
    tenant_code: str = ""

    @property
    def is_direct(self) -> bool:
        return self.link_id is None


def door_of(request: HttpRequest, text: str) -> Door:
    """Read an address; the token is None when there is none that could be ours."""
    code, _, link = text.partition("/")
    if not link:
        return Door(tokens.read(text))
    kept = request.get_signed_cookie(_cookie(UUID(link)), default="", salt=COOKIE_SALT, max_age=COOKIE_AGE)
    return Door(tokens.read(kept or ""), UUID(link), code.lower())


def clean_door(tenant_code: str, link_id: UUID) -> str:
    return f"{tenant_code.lower()}/{link_id}"


def hand_over(response: HttpResponse, *, tenant_code: str, link_id: UUID, token: str, secure: bool) -> None:
    """Give the browser the token of this link, for the pages of this link only."""
    path = reverse("receivables:pay", args=[clean_door(tenant_code, link_id)])
    response.set_signed_cookie(
        _cookie(link_id),
        token,
        salt=COOKIE_SALT,
        max_age=COOKIE_AGE,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def new_form(link_id: UUID) -> str:
    """The id of a form on a page of this link: without it nothing is taken, and with the same one nothing twice."""
    return signing.dumps([link_id.hex, new_id().hex], salt=FORM_SALT)


def read_form(text: str, link_id: UUID) -> UUID | None:
    """The form's id, when it is one that we gave out for this link."""
    return _read(text, link_id, salt=FORM_SALT, max_age=FORM_AGE)


def new_proof(link_id: UUID) -> str:
    """What says that somebody passed the second check of this link."""
    return signing.dumps([link_id.hex, new_id().hex], salt=CHECKED_SALT)


def is_proof(text: str, link_id: UUID) -> bool:
    return _read(text, link_id, salt=CHECKED_SALT, max_age=CHECKED_AGE) is not None


def proof_cookie(link_id: UUID) -> str:
    return f"gezien-{link_id.hex}"


def _cookie(link_id: UUID) -> str:
    return f"betaallink-{link_id.hex}"


def _read(text: str, link_id: UUID, *, salt: str, max_age: int) -> UUID | None:
    try:
        link, nonce = signing.loads(text, salt=salt, max_age=max_age)
        return UUID(hex=nonce) if UUID(hex=link) == link_id else None
    except (signing.BadSignature, ValueError, TypeError):
        return None
