"""Reading a letter back: its text, its structure, and what a banking app sees on the printed page."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any, cast

import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def catalogue(pdf: bytes) -> Any:
    return reader(pdf).trailer["/Root"]


def text_of(pdf: bytes) -> str:
    """All text on one line, with ordinary spaces."""
    pages = (page.extract_text() for page in reader(pdf).pages)
    return " ".join(" ".join(pages).replace("\u00a0", " ").split())


def pages_as_pictures(pdf: bytes, folder: Path, *, dots: int = 150) -> list[Image.Image]:
    (folder / "letter.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", folder / "letter.pdf", folder / "page"], check=True)
    return [Image.open(path) for path in sorted(folder.glob("page*.png"))]


def codes_on(page: Image.Image) -> list[str]:
    return [str(code.text) for code in zxingcpp.read_barcodes(page)]


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Each font of the document and whether its shapes are embedded."""
    found: dict[str, bool] = {}
    for page in reader(pdf).pages:
        for reference in cast(Any, page["/Resources"])["/Font"].values():
            font = reference.get_object()
            descendant: DictionaryObject = font["/DescendantFonts"][0].get_object()
            descriptor: Any = descendant["/FontDescriptor"].get_object()
            found[str(font["/BaseFont"]).partition("+")[2]] = any(
                key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
            )
    return found


def tags_of(pdf: bytes) -> set[str]:
    """The kinds of structure element, such as /H1, /P, /Table, /Figure."""
    found: set[str] = set()
    waiting = [catalogue(pdf)["/StructTreeRoot"]]  # tagged letters have one
    while waiting:
        element = waiting.pop().get_object()
        if not isinstance(element, DictionaryObject):
            continue
        if "/S" in element:
            found.add(str(element["/S"]))
        children = element.get("/K", [])
        waiting.extend(children if isinstance(children, list) else [children])
    return found
