"""A file that a debtor sends along: known by its content, never by its name, and small."""

from __future__ import annotations

import io
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from receivables.files import store
from receivables.models import StoredFile
from tenants.models import Tenant

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_PIXELS: Final = 60_000_000  # a phone's camera
OPENED_AS: Final = ("JPEG", "PNG")  # Pillow opens MPO as JPEG, and says afterwards what it was
PICTURES: Final = {  # MPO: what phones make, a JPEG with more pictures behind the first
    "JPEG": ("image/jpeg", "jpg"),
    "MPO": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
}


class BadProofError(ValueError):
    """This file is not taken; the argument is a key of the texts."""


def look_at(upload: UploadedFile[Any]) -> tuple[bytes, str, str]:
    """Content, media type and extension of a PDF, JPG or PNG; anything else is refused."""
    if (upload.size or 0) > MOST_BYTES:
        raise BadProofError("proof_too_big")
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadProofError("proof_too_big")
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return content, "application/pdf", "pdf"
    return content, *_picture(content)


def keep(tenant: Tenant, found: tuple[bytes, str, str]) -> StoredFile:
    """Store it under a name of ours."""
    content, media_type, extension = found
    return store(tenant, content=content, media_type=media_type, name=f"bewijs-van-debiteur.{extension}")


def _picture(content: bytes) -> tuple[str, str]:
    try:
        with Image.open(io.BytesIO(content), formats=OPENED_AS) as picture:
            size, found = picture.width * picture.height, PICTURES.get(picture.format or "")
            picture.verify()
    except Exception as error:  # Pillow raises what it likes on a broken file
        raise BadProofError("proof_bad") from error
    if size > MOST_PIXELS or found is None:
        raise BadProofError("proof_bad")
    return found
