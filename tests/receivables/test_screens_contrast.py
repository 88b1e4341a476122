"""The colours of the style sheet against WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for the edges of controls, in both schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).resolve().parents[2] / "static" / "css" / "voldaan.css").read_text(encoding="utf-8")
TOKENS: dict[str, str] = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", SHEET))
GROUNDS = ("canvas", "surface", "raised", "sunken", "hover")
TEXTS = ("ink", "ink-soft")
TONES = ("good", "warn", "bad", "info")
TEXT_PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *(("ink-faint", ground) for ground in ("canvas", "surface", "raised", "hover")),
    *((tone, ground) for tone in (*TONES, "link", "accent") for ground in ("canvas", "surface", "raised", "hover")),
    *((tone, f"{tone}-soft") for tone in TONES),
    *(("ink", f"{tone}-soft") for tone in TONES),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-bad", "bad"),
    ("ink-soft", "sunken"),
]
EDGE_PAIRS = [
    *(("control", ground) for ground in ("surface", "canvas", "raised")),
    *(("focus", ground) for ground in GROUNDS),
    *(("accent", ground) for ground in GROUNDS),
]


def _colour(token: str, *, dark: bool) -> str:
    light, dark_one = TOKENS[token].split(", ")
    return dark_one if dark else light


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_the_largest() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(text: str, ground: str, dark: bool) -> None:
    assert _contrast(_colour(text, dark=dark), _colour(ground, dark=dark)) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_are_visible(edge: str, ground: str, dark: bool) -> None:
    assert _contrast(_colour(edge, dark=dark), _colour(ground, dark=dark)) >= 3.0


def test_the_sheet_uses_only_tokens_it_defines() -> None:
    defined = set(re.findall(r"--([\w-]+):", SHEET))
    assert set(re.findall(r"var\(--([\w-]+)", SHEET)) <= defined
