"""docker-compose.yml describes the processes that the demo and the tests start."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from config.runtime.demo import REPOSITORY
from tests.runtime.compose import ENVIRONMENT, service

COMPOSE = REPOSITORY / "docker-compose.yml"


def test_schema_is_right() -> None:
    subprocess.run(
        [
            shutil.which("check-jsonschema") or ".venv/bin/check-jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            COMPOSE,
        ],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
@pytest.mark.parametrize("without", ["", "SECRET_KEY"])
def test_compose_accepts_it_only_with_its_secrets(without: str) -> None:
    environment = {name: text for name, text in ENVIRONMENT.items() if name != without}
    checked = subprocess.run(
        ["docker-compose", "--file", str(COMPOSE), "config", "--quiet"],
        env=environment | {"PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode == 0) == (without == "")
    assert without in checked.stderr


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_program_never_learns_the_owner(name: str) -> None:
    environment = service(name)["environment"]
    assert environment["DATABASE_URL"].startswith("postgresql://voldaan_app:")
    assert "DATABASE_ADMIN_URL" not in environment
    assert not any("owner" in text.lower() for text in environment.values())
