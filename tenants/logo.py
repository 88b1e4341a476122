"""A logo that is safe to print: decoded, made small, and written anew as PNG, so that nothing hides in the file."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, UnidentifiedImageError

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 16_000_000
PRINTED = (1200, 600)  # enough for 8 cm at 300 dpi
MEDIA_TYPE = "image/png"


class LogoError(Exception):
    """Not a usable logo; the message is Dutch."""


def clean_logo(content: bytes) -> bytes:
    """PNG bytes of a PNG or JPEG picture."""
    if len(content) > MAX_BYTES:
        raise LogoError("Het logo is groter dan 1 MB. Kies een kleiner bestand.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redrawn(content)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning):
        raise LogoError("Dit bestand is geen leesbare PNG- of JPEG-afbeelding.") from None
    except Image.DecompressionBombError:
        raise LogoError("Deze afbeelding heeft te veel beeldpunten.") from None


def _redrawn(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise LogoError("Deze afbeelding heeft te veel beeldpunten.")
        drawn = picture.convert("RGBA")
    drawn.thumbnail(PRINTED)
    result = BytesIO()
    drawn.save(result, "PNG", optimize=True)
    return result.getvalue()
