"""Prepare a bare machine: uv, the environment out of uv.lock, native libraries, programs for the tests.

Runs as a script under the machine's own Python, before anything of ours is installed: standard library only.
What apt can install it installs (as root or through sudo); otherwise it stops with the exact command.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / ".voldaan" / "uv"


class InstallError(Exception):
    """The machine lacks something we cannot install; the message says what to do."""


@dataclass(frozen=True)
class Need:
    """One thing the machine must have, and the packages that bring it."""

    name: str
    is_present: Callable[[], bool]
    debian: str
    fedora: str
    macos: str


def library(stem: str, version: int) -> Callable[[], bool]:
    def is_present() -> bool:
        for name in (f"lib{stem}.so.{version}", f"lib{stem}.{version}.dylib", f"/opt/homebrew/lib/lib{stem}.dylib"):
            try:
                ctypes.CDLL(name)
            except OSError:
                continue
            return True
        return False

    return is_present


def program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


LETTERS = (
    Need("Pango", library("pango-1.0", 0), "libpango-1.0-0", "pango", "pango"),
    Need("PangoFT2", library("pangoft2-1.0", 0), "libpangoft2-1.0-0", "pango", "pango"),
    Need("HarfBuzz subset", library("harfbuzz-subset", 0), "libharfbuzz-subset0", "harfbuzz", "harfbuzz"),
    Need("Fontconfig", library("fontconfig", 1), "fontconfig", "fontconfig", "fontconfig"),
)
TESTS = (
    Need(
        "Chromium",
        program("chromium", "chromium-browser", "google-chrome"),
        "chromium",
        "chromium",
        "--cask chromium",
    ),
    Need("pdftotext", program("pdftotext"), "poppler-utils", "poppler-utils", "poppler"),
    Need("zbarimg", program("zbarimg"), "zbar-tools", "zbar", "zbar"),
)
CHECKS = (Need("docker-compose", program("docker-compose"), "docker-compose", "docker-compose", "docker-compose"),)


def make_environment() -> None:
    """`.venv` exactly as uv.lock says."""
    uv = find_uv()
    chosen = [] if sys.version_info >= (3, 14) else ["--python", sys.executable]
    environment = {"UV_LINK_MODE": "copy", **trust(), **os.environ}
    environment.pop("VIRTUAL_ENV", None)
    run([str(uv), "sync", "--frozen", *chosen], f"uv could not make .venv (command: {uv} sync --frozen).", environment)


def trust() -> dict[str, str]:
    """Let uv trust what this machine trusts: behind a company's proxy the certificates are the company's."""
    bundles = (ssl.get_default_verify_paths().openssl_cafile, "/etc/ssl/certs/ca-certificates.crt")
    has_own = sys.platform == "darwin" or any(Path(bundle).exists() for bundle in bundles)
    return {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"} if has_own else {}


def find_uv() -> Path:
    """The uv on the PATH, or our own from PyPI in a private environment."""
    known = shutil.which("uv")
    if known and subprocess.run([known, "--version"], capture_output=True, check=False).returncode == 0:
        return Path(known)
    own = TOOLS / "bin" / "uv"
    if not own.exists():
        say("Installing uv from PyPI")
        make_private_environment()
        run(
            [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"],
            "pip could not install uv from PyPI: is there a network connection?",
        )
    return own


def make_private_environment() -> None:
    """A virtual environment for uv; Debian ships Python without the parts that make one."""
    if not can_make_environments():
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        install(
            [
                Need(
                    "Python's venv",
                    can_make_environments,
                    f"python{version}-venv",
                    "python3",
                    f"python@{version}",
                )
            ]
        )
    shutil.rmtree(TOOLS, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(TOOLS)], f"{sys.executable} cannot make a virtual environment.")


def can_make_environments() -> bool:
    probe = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return probe.returncode == 0


def install(needs: Iterable[Need]) -> None:
    """Install what is missing with apt, or stop with the command for this system."""
    missing = [need for need in needs if not need.is_present()]
    if not missing:
        return
    names = ", ".join(need.name for need in missing)
    prefix = privilege()
    if shutil.which("apt-get") is None or prefix is None:
        raise InstallError(f"Missing on this machine: {names}. Install with:\n{commands(missing)}")
    say(f"Installing {names} with apt")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], env=environment, check=False, stdin=subprocess.DEVNULL)
    packages = [need.debian for need in missing]
    quiet = ["-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]
    run(
        [*prefix, "apt-get", "install", *quiet, *packages],
        f"apt could not install {names}. Try it by hand:\n{commands(missing)}",
        environment,
    )


def privilege() -> list[str] | None:
    """How to become root: not needed, through sudo, or not at all."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    if sys.stdin.isatty():
        return [sudo]
    silent = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    return [sudo, "-n"] if silent.returncode == 0 else None


def commands(missing: Sequence[Need]) -> str:
    def joined(packages: Iterable[str]) -> str:
        return " ".join(dict.fromkeys(packages))

    return (
        f"  Debian, Ubuntu:  sudo apt-get install {joined(need.debian for need in missing)}\n"
        f"  Fedora:          sudo dnf install {joined(need.fedora for need in missing)}\n"
        f"  macOS:           brew install {joined(need.macos for need in missing)}"
    )


def run(command: list[str], failure: str, environment: dict[str, str] | None = None) -> None:
    finished = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False, stdin=subprocess.DEVNULL)
    if finished.returncode != 0:
        raise InstallError(failure)


def say(text: str) -> None:
    sys.stdout.write(f"voldaan: {text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["env", "letters", "tests", "checks"])
    what = parser.parse_args().what
    if sys.version_info < (3, 11):  # noqa: UP036 - the machine's Python, not ours
        sys.stderr.write(f"voldaan: Python 3.11 or newer is needed; this is {sys.version.split()[0]}.\n")
        return 1
    steps: dict[str, Callable[[], None]] = {
        "env": make_environment,
        "letters": lambda: install(LETTERS),
        "tests": lambda: install([*LETTERS, *TESTS]),
        "checks": lambda: install(CHECKS),
    }
    try:
        steps[what]()
    except InstallError as error:
        sys.stderr.write(f"voldaan: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
