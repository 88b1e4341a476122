"""Settings come from the environment alone, and the README lists every one of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.runtime.demo import REPOSITORY

READ = re.compile(r"(?:os\.environ\.get|_flag|_list|_secret|_secrets)\(\s*\"([A-Z_]+)\"")
LISTED = re.compile(r"`([A-Z][A-Z_]+)`")


def _asked_for() -> set[str]:
    sources = [REPOSITORY / "config" / name for name in ("settings.py", "web.py")]
    return {name for source in sources for name in READ.findall(source.read_text())}


def _in_readme() -> set[str]:
    rows = (REPOSITORY / "README.md").read_text().partition("## Settings")[2].partition("\n## ")[0].splitlines()
    return {name for row in rows if row.startswith("| `") for name in LISTED.findall(row.split("|")[1])}


def test_readme_lists_exactly_the_variables_that_are_read() -> None:
    assert _in_readme() == _asked_for()


def _start(**environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=REPOSITORY,
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_KEYS"])
def test_production_does_not_start_without_a_secret(missing: str) -> None:
    secrets = {"SECRET_KEY": "s" * 60, "FIELD_KEYS": "dGVzdHMtb25seS1maWVsZC1rZXktMDEyMzQ1Njc4OWE="}
    assert _start(**secrets).returncode == 0
    refused = _start(**{name: text for name, text in secrets.items() if name != missing})
    assert refused.returncode != 0
    assert f"{missing} is not set" in refused.stderr


def test_no_other_file_reads_the_environment() -> None:
    """Apart from what starts the program, and Django's own entrances."""
    allowed = re.compile(r"^(manage\.py|config/(settings|web|wsgi|celery)\.py|config/runtime/.*|tests/.*)$")
    readers = [
        str(path.relative_to(REPOSITORY))
        for folder in ("config", "tenants", "receivables", "dunning")
        for path in Path(REPOSITORY / folder).rglob("*.py")
        if "os.environ" in path.read_text()
    ]
    assert [path for path in readers if not allowed.match(path)] == []
