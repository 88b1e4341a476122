"""Secrets of a tenant at rest: encrypted with a rotating list of keys that stands outside the database and its dumps."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class SecretUnreadableError(Exception):
    """None of the keys in FIELD_KEYS opens this secret."""


def encrypt(plain: str) -> str:
    """Encrypt with the newest key."""
    return _keys().encrypt(plain.encode()).decode()


def decrypt(sealed: str) -> str:
    """Open with whichever key fits; raises SecretUnreadableError when none does."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadableError("No key in FIELD_KEYS opens this secret.") from error


def rotate(sealed: str) -> str:
    """The same secret under the newest key, so that an old key can be thrown away."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadableError("No key in FIELD_KEYS opens this secret.") from error


def is_newest(sealed: str) -> bool:
    """Whether the newest key alone opens this: only then may the older ones be thrown away."""
    try:
        Fernet(_listed()[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _keys() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in _listed()])
    except ValueError as error:
        raise ImproperlyConfigured("FIELD_KEYS holds something that is no Fernet key.") from error


def _listed() -> list[str]:
    """Read at every use: tests and rotation change the list. Only development and the demo make a key of their own."""
    keys: list[str] = settings.FIELD_KEYS
    if not keys and (settings.DEBUG or settings.DEMO):
        keys = [urlsafe_b64encode(sha256(b"voldaan.field-key:" + settings.SECRET_KEY.encode()).digest()).decode()]
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is not set: secrets of tenants cannot be kept (see README.md).")
    return keys
