"""The shared law vectors: `LAW_VECTORS` names their folder; without it they are looked for beside the repository."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("LAW_VECTORS", Path(__file__).resolve().parents[3] / "shared" / "law"))


def law(name: str) -> dict[str, Any]:
    """The vectors `name`, or an empty file when they are not there; then `needs_law` skips the test."""
    path = FOLDER / name
    return json.loads(path.read_text("utf-8")) if path.exists() else {"days": [], "cases": []}


needs_law = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no law vectors in {FOLDER}; set LAW_VECTORS")
