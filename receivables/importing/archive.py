"""ZIP and GZIP behind caps: number of entries, unpacked size, ratio, no nesting, no paths (T11: bombs, zip slip)."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from receivables.importing.outcome import RefusedError

MAX_ENTRIES = 2_000
MAX_UNPACKED = 300 * 1024 * 1024
MAX_ENTRY = 30 * 1024 * 1024
MAX_RATIO = 200
_RATIO_COUNTS_FROM = 5 * 1024 * 1024
_CHUNK = 1024 * 1024


def is_zip(content: bytes) -> bool:
    """A ZIP that is not a spreadsheet."""
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False
    return not names & {"[Content_Types].xml", "xl/workbook.xml", "xl/workbook.bin", "content.xml"}


def check_caps(archive: zipfile.ZipFile, *, max_unpacked: int = MAX_UNPACKED) -> None:
    """Refuse by what the directory says, before a byte is unpacked."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise RefusedError(f"Het archief bevat meer dan {MAX_ENTRIES} bestanden.", code="too_many_files")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if unpacked > max_unpacked or (unpacked > _RATIO_COUNTS_FROM and unpacked / packed > MAX_RATIO):
        raise _too_large()
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedError(
            "Het archief is met een wachtwoord beveiligd; sla het zonder wachtwoord op.", code="encrypted"
        )


def _too_large() -> RefusedError:
    return RefusedError(
        "Het bestand is uitgepakt te groot; het wordt niet uitgepakt (mogelijk een zipbom).", code="too_large"
    )


def members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every file in the ZIP; the name is for showing and never used as a path."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_caps(archive)
            budget = MAX_UNPACKED
            for entry in archive.infolist():
                if entry.is_dir() or _is_clutter(entry.filename):
                    continue
                unpacked = _unpacked(archive, entry)
                budget -= len(unpacked)
                if budget < 0:
                    raise _too_large()
                yield PurePosixPath(entry.filename.replace("\\", "/")).name[:200], unpacked
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, OSError, ValueError):
        raise RefusedError("Het ZIP-bestand is beschadigd en niet te openen.", code="not_zip") from None


def _is_clutter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in {".DS_Store", "Thumbs.db"}


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The directory may lie about the size: count while unpacking."""
    parts, size = [], 0
    with archive.open(entry) as stream:
        while part := stream.read(_CHUNK):
            size += len(part)
            if size > MAX_ENTRY:
                raise _too_large()
            parts.append(part)
    return b"".join(parts)


def gunzip(content: bytes) -> bytes:
    """Unpack one .gz with the same caps."""
    unpacker = zlib.decompressobj(wbits=31)
    parts, size = [], 0
    view = content
    try:
        while True:
            part = unpacker.decompress(view, _CHUNK)
            size += len(part)
            if size > MAX_UNPACKED or (size > _RATIO_COUNTS_FROM and size / len(content) > MAX_RATIO):
                raise _too_large()
            parts.append(part)
            view = unpacker.unconsumed_tail
            if unpacker.eof or (not part and not view):
                break
    except zlib.error:
        raise RefusedError("Het GZ-bestand is beschadigd en niet te openen.", code="not_gzip") from None
    return b"".join(parts)
