"""From the bytes of one upload to bank statements: CAMT.053, MT940, a ZIP of these, or a table. Runs in the child process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from receivables.banking.camt import read_camt
from receivables.banking.mt940 import read_mt940
from receivables.banking.parsed import ReadBankFile
from receivables.banking.tabular import read_table
from receivables.banking.zipped import read_zip
from receivables.importing import archive
from receivables.importing.outcome import RefusedError

_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_SWIFT = re.compile(rb"^\s*(?:\{1:F01|:(?:20|25|28C?|60[FM]):)", re.MULTILINE)
_SWIFT_NAMES = frozenset({".940", ".mt940", ".sta", ".swi"})
_NOTE_CODES = frozenset({"page_missing"})  # says what is still to come, not that something is wrong


def read_bank_file(content: bytes, *, name: str, options: Mapping[str, Any] = {}) -> tuple[ReadBankFile, ...]:
    """Every statement in one upload; more than one file when it is a ZIP."""
    if not content or content.isspace():
        raise RefusedError("Het bestand is leeg (0 bytes aan inhoud).", code="empty")
    read = partial(_read_one, options=options)
    return read_zip(content, read) if archive.is_zip(content) else (read(content, name),)


def kind_of(content: bytes, name: str) -> str:
    """camt, mt940 or table, by what the bytes are; the name decides only what no byte does."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"<", *_UTF16)):
        return "camt"
    is_swift = _SWIFT.search(content[:8192]) or PurePosixPath(name).suffix.lower() in _SWIFT_NAMES
    return "mt940" if is_swift and not content.startswith((b"PK", b"\xd0\xcf", b"%PDF")) else "table"


def outcome_of(file: ReadBankFile) -> str:
    """import, import_with_warning or import_nothing."""
    if not any(statement.transactions for statement in file):
        return "import_nothing"
    codes = {problem.code for part in (file, *file) for problem in part.warnings}
    return "import_with_warning" if codes - _NOTE_CODES else "import"


def _read_one(content: bytes, name: str, *, options: Mapping[str, Any]) -> ReadBankFile:
    kind = kind_of(content, name)
    if kind == "camt":
        return read_camt(content, name=name)
    if kind == "mt940":
        return read_mt940(content, name=name)
    return read_table(content, name=name, options=options)
