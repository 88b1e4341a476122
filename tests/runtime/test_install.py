"""Preparing a machine: what is missing is named once, with the command that brings it."""

from __future__ import annotations

import re

import pytest

from config.runtime import install
from config.runtime.demo import REPOSITORY


def _need(name: str, *, present: bool, package: str = "libx") -> install.Need:
    return install.Need(
        name, lambda: present, debian=f"{package}-deb", fedora=f"{package}-rpm", macos=f"{package}-brew"
    )


def test_nothing_happens_when_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "run", lambda *_: pytest.fail("installs what is there"))
    install.install([_need("Pango", present=True)])


def test_without_rights_the_exact_command_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "privilege", lambda: None)
    with pytest.raises(install.InstallError) as refused:
        install.install([_need("Pango", present=False), _need("Zbar", present=False, package="zbar")])
    assert str(refused.value).splitlines() == [
        "Missing on this machine: Pango, Zbar. Install with:",
        "  Debian, Ubuntu:  sudo apt-get install libx-deb zbar-deb",
        "  Fedora:          sudo dnf install libx-rpm zbar-rpm",
        "  macOS:           brew install libx-brew zbar-brew",
    ]


def test_a_library_that_does_not_exist_is_missed() -> None:
    assert not install.library("certainly-not-a-library", 0)()
    assert install.library("c", 6)()


def test_the_image_has_the_same_libraries() -> None:
    dockerfile = (REPOSITORY / "Dockerfile").read_text()
    assert [need.debian for need in install.LETTERS if need.debian not in dockerfile] == []


def test_the_installer_needs_nothing_but_the_standard_library() -> None:
    """It runs before anything of ours is installed."""
    source = (REPOSITORY / "config" / "runtime" / "install.py").read_text()
    imported = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
    assert imported <= {"__future__", "argparse", "collections", "ctypes", "dataclasses", "os", "pathlib"} | {
        "shutil",
        "ssl",
        "subprocess",
        "sys",
    }
