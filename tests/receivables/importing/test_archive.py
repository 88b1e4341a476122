"""Packed files: capped by what they say and by what they turn out to be."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

import pytest

from receivables.importing import archive, reading
from receivables.importing.outcome import RefusedError
from tests.receivables.importing.samples import open_items, ubl, zipped


def pack(*files: tuple[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(name, content)
    return sink.getvalue()


def test_names_are_never_paths() -> None:
    assert [name for name, _ in archive.members(pack(("../../etc/a.xml", b"<a/>"), ("C:\\tmp\\b.xml", b"<b/>")))] == [
        "a.xml",
        "b.xml",
    ]


def test_clutter_of_a_mac_is_left_out() -> None:
    assert [name for name, _ in archive.members(pack(("__MACOSX/._a.xml", b"x"), ("a.xml", b"<a/>")))] == ["a.xml"]


def test_a_bomb_is_refused_by_its_directory() -> None:
    with pytest.raises(RefusedError, match="uitgepakt te groot"):
        list(archive.members(pack(("a.xml", bytes(20 * 1024 * 1024)))))


def test_a_directory_that_lies_is_found_out_while_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRY", 1000)
    monkeypatch.setattr(archive, "check_caps", lambda packed: None)
    with pytest.raises(RefusedError, match="uitgepakt te groot"):
        list(archive.members(pack(("a.xml", bytes(5000)))))


def test_too_many_files_are_refused() -> None:
    with pytest.raises(RefusedError, match="meer dan 2000"):
        list(archive.members(pack(*((f"{number}.xml", b"") for number in range(2001)))))


def test_a_password_is_refused() -> None:
    locked = bytearray(zipped(a=ubl()))
    at = locked.index(b"PK\x01\x02")
    locked[at + 8 : at + 10] = struct.pack("<H", 1)
    locked[6:8] = struct.pack("<H", 1)
    with pytest.raises(RefusedError, match="wachtwoord"):
        list(archive.members(bytes(locked)))


def test_a_gz_is_unpacked_within_the_caps() -> None:
    assert archive.gunzip(gzip.compress(b"a;b")) == b"a;b"
    with pytest.raises(RefusedError, match="uitgepakt te groot"):
        archive.gunzip(gzip.compress(bytes(20 * 1024 * 1024)))
    with pytest.raises(RefusedError, match="beschadigd"):
        archive.gunzip(b"\x1f\x8b" + zlib.compress(b"a"))


def test_a_packed_list_is_a_list() -> None:
    answers = list(
        reading.answers(
            gzip.compress(open_items("F-1;D1;Jansen;01-10-2026;;1,00;1,00")), name="a.csv.gz", want="read", options={}
        )
    )
    assert answers[0]["table"]["items"] == 1


def test_a_pdf_beside_an_invoice_comes_along() -> None:
    packed = pack(("map/F-1.xml", ubl()), ("map/F-1.pdf", b"%PDF-1.7 kort"))
    answers = list(reading.answers(packed, name="a.zip", want="read", options={}))
    invoice = next(answer["invoice"] for answer in answers if "invoice" in answer)
    assert [found["name"] for found in invoice["attachments"]] == ["factuur.pdf"]


@pytest.mark.parametrize("content", [pack(("lees mij.txt", b"x")), pack(("binnen.zip", zipped(a=ubl())))])
def test_a_zip_without_invoices_says_so(content: bytes) -> None:
    answers = list(reading.answers(content, name="a.zip", want="read", options={}))
    assert "bevat geen e-facturen" in answers[-1]["refused"]["message"]
