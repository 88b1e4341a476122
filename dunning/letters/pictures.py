"""Pages of a letter as pictures, because phones do not show a PDF inside a page. Kept for a while by what stands on them."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import Final

import pypdfium2
from django.core.cache import cache
from redis import RedisError

from dunning.letters.content import NoticeContent
from dunning.letters.render import fingerprint, render_pdf

KEPT_SECONDS: Final = 24 * 60 * 60
SMALL: Final = 0.75  # 446 pixels wide: sharp as a thumbnail on a phone
SCREEN: Final = 1.6  # 115 dots per inch: sharp on a phone, 60 kB a page


class NoSuchPageError(LookupError):
    """The letter has fewer pages."""


def picture_tag(content: NoticeContent, *, page: int = 1, scale: float = SCREEN) -> str:
    """What a browser may keep this picture by."""
    return f"{fingerprint(content)}-{page}-{scale}"


def page_picture(content: NoticeContent, *, page: int = 1, scale: float = SCREEN) -> bytes:
    """One page as PNG, drawn once for as long as Redis remembers; without Redis every time."""
    key = f"letter-page:{picture_tag(content, page=page, scale=scale)}"
    with contextlib.suppress(RedisError, OSError):
        if known := cache.get(key):
            return bytes(known)
    drawn = _draw(render_pdf(content), page=page, scale=scale)
    with contextlib.suppress(RedisError, OSError):
        cache.set(key, drawn, KEPT_SECONDS)
    return drawn


def page_count(pdf: bytes) -> int:
    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        return len(document)


def _draw(pdf: bytes, *, page: int, scale: float) -> bytes:
    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        if not 1 <= page <= len(document):
            raise NoSuchPageError(f"there is no page {page}")
        buffer = BytesIO()
        document[page - 1].render(scale=scale).to_pil().save(buffer, "PNG", optimize=True)
        return buffer.getvalue()
