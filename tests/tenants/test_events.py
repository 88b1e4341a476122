"""Everything that an action can record has Dutch words on the trail's page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenants.events import SUBJECTS, VERBS, describe
from tenants.models import Event

ROOT = Path(__file__).resolve().parents[2]
VERB = re.compile(rf"({'|'.join(SUBJECTS)})\.[a-z_]+")
NOT_VERBS = {"notice.css"}


def recorded() -> Iterator[str]:
    """Every text in our code that reads as a verb about a known subject."""
    for app in ("tenants", "receivables", "dunning"):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" in path.parts or path.name == "events.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and VERB.fullmatch(node.value):
                    yield node.value


def test_every_recorded_verb_reads_as_dutch() -> None:
    found = set(recorded()) - NOT_VERBS

    assert found - set(VERBS) == set()
    assert {"run.approved", "member.added", "payment.booked"} <= found


@pytest.mark.parametrize(
    ("details", "lines"),
    [
        ({"iban": ["A", "B"]}, [("IBAN", "A → B")]),
        ({"approves_automatically": [False, True]}, [("Runs gaan vanzelf uit", "nee → ja")]),
        ({"named_tenants": ["a", "b", "c"]}, [("Administraties", "a, b, c")]),
        ({"note": "", "until": None, "unknown": 7}, [("unknown", "7")]),
    ],
)
def test_details_read_as_lines(details: dict[str, object], lines: list[tuple[str, str]]) -> None:
    assert describe(Event(verb="run.planned", details=details)).details == lines


def test_unknown_verb_stays_visible() -> None:
    assert describe(Event(verb="moon.landed", details={})).title == "moon.landed"
