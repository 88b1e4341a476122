"""The files that others wrote down the right answer for: whatever `$SHARED_DATA/<kind>/expected.json` lists."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from config.settings import BASE_DIR

SHARED = Path(os.environ.get("SHARED_DATA", "") or BASE_DIR.parent / "shared" / "data")
IMPORTED = ("import", "import_with_warning", "import_sanitised")


@dataclass(frozen=True)
class Case:
    kind: str
    name: str
    expected: dict[str, Any]

    @property
    def outcome(self) -> str:
        return str(self.expected["outcome"])

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.expected.get("facts", {}))

    @property
    def names(self) -> str:
        return str(self.facts.get("error_must_name") or self.expected.get("error_must_name") or "")

    @property
    def what(self) -> str:
        return str(self.expected.get("what", ""))

    def content(self) -> bytes:
        raw = (SHARED / self.kind / self.name).read_bytes()
        return gzip.decompress(raw) if "gunzip before use" in self.what else raw


def cases(kind: str) -> list[Case]:
    """Every listed file of one kind; none when this machine has no such folder."""
    path = SHARED / kind / "expected.json"
    if not path.exists():
        return []
    listed = json.loads(path.read_text(encoding="utf-8"))
    return [
        Case(kind, name, expected) for name, expected in listed.get("files", listed).items() if not name.startswith("_")
    ]


def params(found: list[Case]) -> list[Any]:
    """For parametrize: an absent folder is a visible skip, not a silent pass."""
    if not found:
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"no shared files in {SHARED}"))]
    return [pytest.param(case, id=case.name) for case in found]


def alike(value: Any) -> Any:
    """Amounts compare as numbers and texts without regard to white space."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str | int | float):
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return " ".join(str(value).split())
    if isinstance(value, dict):
        return {key: alike(item) for key, item in value.items()}
    return [alike(item) for item in value]
