"""Habits of this code base as tests: what a reviewer would say, said by a machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.runtime.demo import REPOSITORY

APPS = ("config", "tenants", "receivables", "dunning")
LONGEST_FILE = 400
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "services_base"}
TOP_LEVEL = {
    ".ci", ".dockerignore", ".git", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "Dockerfile", "LICENSE",
    "Makefile", "README.md", "config", "docker-compose.yml", "docs", "dunning", "manage.py", "pyproject.toml",
    "receivables", "static", "templates", "tenants", "tests", "uv.lock",
}  # fmt: skip
NOT_OURS = {".venv", ".voldaan", "staticfiles", ".env", ".coverage"}


def _sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def _relative(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def test_files_stay_readable() -> None:
    long = {_relative(path): lines for path in _sources(*APPS, "tests") if (lines := _lines(path)) > LONGEST_FILE}
    assert long == {}


def _lines(path: Path) -> int:
    return path.read_text().count("\n")


def test_modules_have_names_that_say_something() -> None:
    assert [_relative(path) for path in _sources(*APPS) if path.stem in VAGUE_NAMES] == []


def test_modules_say_what_they_are_for() -> None:
    silent = [
        _relative(path)
        for path in _sources(*APPS)
        if path.stat().st_size and path.name != "apps.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_silenced_warnings_name_their_code() -> None:
    bare = re.compile(r"#\s*(noqa(?!:)|type:\s*ignore(?!\[))")
    found = [_relative(path) for path in _sources(*APPS, "tests") if bare.search(path.read_text())]
    assert [path for path in found if path != "tests/architecture/test_habits.py"] == []


@pytest.mark.parametrize("inside", [r"<script(?![^>]*\bsrc=)[^>]*>", r"<style[\s>]", r"\sstyle=\"", r"\son[a-z]+=\""])
def test_pages_hold_no_inline_script_or_style(inside: str) -> None:
    """The content security policy would block them. Mails and letters have no policy and no style sheet."""
    pages = [
        path
        for path in sorted((REPOSITORY / "templates").rglob("*.html"))
        if not {"mails", "letters"} & set(path.relative_to(REPOSITORY / "templates").parts)
    ]
    assert pages
    assert [_relative(path) for path in pages if re.search(inside, path.read_text())] == []


def test_the_root_holds_only_what_belongs_there() -> None:
    found = {path.name for path in REPOSITORY.iterdir() if not path.name.endswith("_cache")}
    assert found - NOT_OURS - {".hypothesis"} - TOP_LEVEL == set()


def test_money_is_never_a_float() -> None:
    """A rate of change, a share or a duration may be one; an amount may not."""
    suspicious = re.compile(r"\b\w*(amount|total|price|euro)\w*\s*(:\s*float|=\s*float\()")
    assert [_relative(path) for path in _sources(*APPS) if suspicious.search(path.read_text())] == []


FAN_OUT = {"dunning/tasks.py", "dunning/delivery/queue.py", "receivables/paying/tasks.py"}
FAN_OUT |= {"receivables/banking/matching_tasks.py"}
FAN_OUT |= {"receivables/selectors/bank_elsewhere.py"}  # only tenants of the person who looks, in a reading context
FAN_OUT |= {
    "dunning/selectors/office.py",
    "dunning/freshness.py",
}  # the overview of an office reads all its tenants, in a reading context
READS = re.compile(
    r"across_tenants\s*\.(filter|get|all|exclude|values|order_by|first|last|aggregate|exists|count)\w*\("
)
NARROWED = re.compile(r"\btenant(_id)?=|\(pk=\w+\.pk\)")  # one tenant, or a row that was read through its tenant


def test_every_query_over_tenants_is_a_fan_out() -> None:
    """Queries start at the tenant; `across_tenants` is for making rows in bulk and for finding whose turn it is."""
    stray = []
    for path in _sources("config", "receivables", "dunning"):
        text = path.read_text()
        for found in READS.finditer(text):
            if _relative(path) not in FAN_OUT and not NARROWED.search(text[found.start() : found.end() + 80]):
                stray.append(f"{_relative(path)}: {found[0]}")
    assert stray == []
