"""The QR code of a letter as bank apps meet it: printed, and on a screen, read by three programs byte for byte."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from dunning.letters.content import NoticeContent
from dunning.letters.render import render_pdf
from receivables.domain.money import Money
from receivables.domain.references import CreditTransfer, payment_reference, rf_reference
from tests.dunning.letters.samples import notice

PRINTED, ON_SCREEN = 300, 110
REFERENCES = {
    "rf": rf_reference("20261130"),
    "betalingskenmerk": payment_reference("202600012300045"),
    "plain": "2026-1130 en 2026-1131",
}


def with_zbarimg(page: Image.Image, folder: Path) -> list[bytes]:
    path = folder / "page.png"
    page.save(path)
    asked = ["zbarimg", "--quiet", "--raw", "--oneshot", "-Sbinary", "-Sdisable", "-Sqrcode.enable", str(path)]
    found = subprocess.run(asked, check=False, capture_output=True)
    return [found.stdout] if found.returncode == 0 else []


def with_pyzbar(page: Image.Image, _folder: Path) -> list[bytes]:
    return [bytes(code.data) for code in pyzbar.decode(page, symbols=[pyzbar.ZBarSymbol.QRCODE])]


def with_zxing(page: Image.Image, _folder: Path) -> list[bytes]:
    return [
        bytes(code.bytes)
        for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


Reader = Callable[[Image.Image, Path], list[bytes]]
READERS: dict[str, Reader] = {"zbarimg": with_zbarimg, "pyzbar": with_pyzbar, "zxing-cpp": with_zxing}


def page_of(content: NoticeContent, dots: int) -> Image.Image:
    """The first page as a printer or a screen of that many dots per inch draws it."""
    document = pypdfium2.PdfDocument(render_pdf(content))
    try:
        picture = document[0].render(scale=dots / 72).to_pil()
    finally:
        document.close()
    return picture.convert("L")  # type: ignore[no-any-return] # pypdfium2 has no types


@pytest.fixture(scope="module", params=list(REFERENCES))
def content(request: pytest.FixtureRequest) -> NoticeContent:
    return notice(reference=REFERENCES[request.param])


@pytest.fixture(scope="module", params=[PRINTED, ON_SCREEN], ids=["printed", "on a screen"])
def page(request: pytest.FixtureRequest, content: NoticeContent) -> Image.Image:
    return page_of(content, request.param)


@pytest.mark.parametrize("reader", list(READERS))
def test_every_reader_reads_exactly_the_payment_that_the_letter_asks(
    reader: str, page: Image.Image, content: NoticeContent, tmp_path: Path
) -> None:
    (read,) = READERS[reader](page, tmp_path)

    assert read == content.transfer.epc_payload().encode()
    lines = read.decode().split("\n")
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[5:8] == [content.account_name, content.iban, f"EUR{content.total.amount}"]


def test_each_kind_of_reference_stands_in_its_own_field() -> None:
    fields = {name: notice(reference=text).transfer.epc_payload().split("\n")[9:] for name, text in REFERENCES.items()}
    assert fields == {
        "rf": [REFERENCES["rf"]],
        "betalingskenmerk": ["", REFERENCES["betalingskenmerk"]],
        "plain": ["", REFERENCES["plain"]],
    }


@pytest.mark.parametrize("reader", list(READERS))
def test_another_amount_is_another_code(reader: str, tmp_path: Path) -> None:
    """Negative control: a reader that always found what is hoped for would not see this."""
    asked = notice()
    (read,) = READERS[reader](page_of(asked, PRINTED), tmp_path)
    other = CreditTransfer(asked.account_name, asked.iban, asked.total + Money.of("0.01"), asked.reference)
    assert read != other.epc_payload().encode()


@pytest.mark.parametrize("reader", list(READERS))
def test_readers_find_nothing_on_an_empty_page(reader: str, tmp_path: Path) -> None:
    assert READERS[reader](Image.new("L", (600, 800), "white"), tmp_path) == []
