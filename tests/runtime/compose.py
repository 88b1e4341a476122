"""Read docker-compose.yml as compose would: anchors and variables filled in."""

from __future__ import annotations

import re
from typing import Any

import yaml

from config.runtime.demo import REPOSITORY

ENVIRONMENT = {
    "SECRET_KEY": "compose-test-" + "0123456789" * 5,
    "FIELD_KEYS": "dGVzdHMtb25seS1maWVsZC1rZXktMDEyMzQ1Njc4OWE=",
    "POSTGRES_PASSWORD": "one",
    "DATABASE_OWNER_PASSWORD": "two",
    "DATABASE_APP_PASSWORD": "three",
}
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def service(name: str, **overrides: str) -> dict[str, Any]:
    """One service; `overrides` are variables of the .env file."""
    known = ENVIRONMENT | overrides

    def value(found: re.Match[str]) -> str:
        variable, operator, otherwise = found.groups()
        if variable in known:
            return known[variable]
        assert operator == "-", f"{variable} has no value"
        return str(otherwise)

    text = (REPOSITORY / "docker-compose.yml").read_text()
    found: dict[str, Any] = yaml.safe_load(VARIABLE.sub(value, text))["services"][name]
    environment = found.get("environment", {})
    return found | {"environment": {variable: str(text) for variable, text in environment.items()}}
