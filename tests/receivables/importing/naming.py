"""Does a Dutch message name what the (English) expectation asks for? General: elements, lines, columns, cells, words."""

from __future__ import annotations

import re

# What an English word of an expectation is called in our messages; any of them will do.
DUTCH = {
    "encoding": ("encoding", "codering", "tekenset"),
    "empty": ("leeg",),
    "namespace": ("namespace", "documenttype"),
    "document type": ("documenttype", "namespace"),
    "nesting": ("genest",),
    "depth": ("diep",),
    "too complex": ("ingewikkeld",),
    "not a csv": ("geen csv",),
    "file type": ("excel", "csv", "bestandstype", ".xlsx"),
    "too large when unpacked": ("uitgepakt te groot",),
    "too large": ("te groot",),
    "invalid character": ("ongeldig teken", "stuurteken"),
    "line number": (r"regel \d+",),
    "row limit": ("regels",),
    "doctype": ("doctype",),
}
_ELEMENT = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][A-Za-z]+)+\b|\bID\b")


def is_named(wanted: str, messages: str) -> bool:
    """All parts joined by comma, `and` or `+` must be there; of parts joined by `/` one is enough."""
    alternatives = [part.strip() for part in wanted.split(" / ")]
    return any(_all_named(part, messages) for part in alternatives)


def _all_named(wanted: str, messages: str) -> bool:
    said = messages.lower()
    for english, dutch in DUTCH.items():
        if english in wanted.lower():
            return any(re.search(word, said) for word in dutch) and ("line" not in wanted.lower() or "regel" in said)
    checks = [f"regel {number}" in said for number in _numbers_after("lines?", wanted)]
    checks += [f"cel {cell.lower()} " in said for cell in re.findall(r"\b[A-Z]{1,3}\d+\b", wanted) if "cell" in wanted]
    checks += [column.lower() in said for column in re.findall(r"column (\w+)", wanted)]
    checks += [element.lower() in said for element in _ELEMENT.findall(wanted)]
    checks += [number.lower() in said for number in re.findall(r"invoice (\S+)", wanted)]
    if last := re.fullmatch(r"line \d+, (\w+)", wanted):
        checks.append(last[1].lower() in said)
    if wanted.strip() == "line":
        checks.append(re.search(r"regel \d+", said) is not None)
    return bool(checks) and all(checks)


def _numbers_after(word: str, wanted: str) -> list[str]:
    found = re.search(rf"{word} ([\d, and]+)", wanted)
    return re.findall(r"\d+", found[1]) if found else []
