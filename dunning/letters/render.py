"""The letter as PDF: A4, tagged (PDF/UA-1), fonts embedded, and nothing fetched but what the letter itself carries.

Fonts and style sheet are read once per process; each debtor has a document of its own, because WeasyPrint shares
pictures between the pages of one document and a cut page would carry the QR codes of other debtors.
"""

from __future__ import annotations

import gc
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from dunning.letters.content import NoticeContent
from dunning.letters.draft import draft
from dunning.letters.qr import qr_png

ROOT = Path(__file__).resolve().parent.parent.parent
FONTS = ROOT / "static" / "fonts"
STYLES = ROOT / "templates" / "letters"
SCHEME = "voldaan"
LOGO_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
MOST_PIXELS = 4_000_000


class RefusedAddressError(ValueError):
    """A document named something that it does not carry itself."""


class OwnPictures(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Serves `voldaan:<name>` from memory and refuses every other address: no network, no files, no redirects."""

    def __init__(self, pictures: dict[str, tuple[str, bytes]] | None = None) -> None:
        super().__init__(allowed_protocols=(SCHEME,), allow_redirects=False)
        self.pictures = pictures or {}

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002  # the signature is WeasyPrint's
        scheme, _, name = url.partition(":")
        if scheme != SCHEME or name not in self.pictures:
            raise RefusedAddressError(f"refused: {url[:80]}")
        media_type, content = self.pictures[name]
        return URLFetcherResponse(url, content, {"Content-Type": media_type})


class OwnFonts(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Serves the packaged fonts to the packaged style sheets, once per process."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002  # the signature is WeasyPrint's
        scheme, _, name = url.partition(":")
        if scheme != SCHEME or "/" in name or not (FONTS / name).is_file():
            raise RefusedAddressError(f"refused: {url[:80]}")
        return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/ttf"})


@cache
def fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def style(name: str) -> CSS:
    """A packaged style sheet, parsed once per process."""
    return CSS(string=(STYLES / name).read_text(), url_fetcher=OwnFonts(), font_config=fonts())


def write_pdf(html: str, *, style_name: str, pictures: dict[str, tuple[str, bytes]] | None = None) -> bytes:
    """Lay out a document that carries its own pictures; the same input gives the same bytes."""
    document = HTML(string=html, base_url=f"{SCHEME}:", url_fetcher=OwnPictures(pictures))
    with _without_collector():
        pdf = document.write_pdf(
            stylesheets=[style(style_name)],
            font_config=fonts(),
            pdf_variant="pdf/ua-1",
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
            presentational_hints=False,
        )
    return bytes(pdf)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A letter makes very many objects and keeps them all until it is done: looking for garbage in between costs 5 %."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def render_pdf(content: NoticeContent) -> bytes:
    """Print the letter of this notice."""
    pictures = {"qr": ("image/png", qr_png(content.transfer.epc_payload()))}
    if logo := logo_picture(content.sender.logo):
        pictures["logo"] = logo
    return write_pdf(letter_html(content), style_name="notice.css", pictures=pictures)


def letter_html(content: NoticeContent) -> str:
    """The letter before it is laid out."""
    has_logo = logo_picture(content.sender.logo) is not None
    return render_to_string("letters/notice.html", {"content": content, "draft": draft(content), "has_logo": has_logo})


def fingerprint(content: NoticeContent) -> str:
    """The same for the same letter in the same layout, without laying it out."""
    parts = (letter_html(content).encode(), (STYLES / "notice.css").read_bytes(), content.sender.logo or b"")
    whole = b"\0".join((*parts, content.transfer.epc_payload().encode()))
    return hashlib.sha256(whole).hexdigest()[:32]


def logo_picture(content: bytes | None) -> tuple[str, bytes] | None:
    """A tenant's logo when it is a PNG or JPEG of a sane size; anything else is left out of the letter."""
    if not content:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=tuple(LOGO_TYPES)) as picture:
            if picture.width * picture.height > MOST_PIXELS or picture.format is None:
                return None
            return LOGO_TYPES[picture.format], content
    except (OSError, ValueError, SyntaxError):
        return None
