"""Several statements in one ZIP, as banks hand them out: each file as if it had come by itself (T11: caps in `archive`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from receivables.banking.parsed import ReadBankFile
from receivables.importing import archive
from receivables.importing.outcome import RefusedError

MAX_FILES = 500
_BESIDE = frozenset({".pdf", ".html", ".htm", ".md", ".png", ".jpg"})  # what comes along for people


def read_zip(content: bytes, read: Callable[[bytes, str], ReadBankFile]) -> tuple[ReadBankFile, ...]:
    """All or nothing: a file that is refused refuses the ZIP, named."""
    files = tuple(_read(data, name, read) for name, data in _statements(content))
    if not files:
        raise RefusedError("Het ZIP-bestand bevat geen bankafschriften (CAMT.053 of MT940).", code="no_statement")
    return files


def _statements(content: bytes) -> Iterator[tuple[str, bytes]]:
    count = 0
    for name, data in archive.members(content):
        if PurePosixPath(name).suffix.lower() in _BESIDE:
            continue
        count += 1
        if count > MAX_FILES:
            raise RefusedError(f"Het ZIP-bestand bevat meer dan {MAX_FILES} afschriften.", code="too_many_files")
        if archive.is_zip(data):
            raise RefusedError(f"In het ZIP-bestand zit nog een ZIP-bestand: {name}. Pak het eerst uit.", code="nested")
        yield name, data


def _read(data: bytes, name: str, read: Callable[[bytes, str], ReadBankFile]) -> ReadBankFile:
    try:
        return read(data, name)
    except RefusedError as refusal:
        problem = refusal.problem
        raise RefusedError(
            f"{name} in het ZIP-bestand: {problem.message}", code=problem.code, element=problem.element,
            line=problem.line, column=problem.column, others=refusal.others,
        ) from None  # fmt: skip
