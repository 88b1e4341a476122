"""The one shape in which every sum opens: screen, letter, API and dossier show these lines, frozen beside the ledger entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from receivables.domain.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a specification, with what it was computed from."""

    label: str
    amount: Money
    detail: str = ""
    article: str = ""
    first: date | None = None
    last: date | None = None
    days: int | None = None
    year_days: int | None = None
    percent: Decimal | None = None
    base: Money | None = None
    rounding: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON field; what is empty is left out."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: _plain(value) for name, value in values.items() if name == "label" or value not in (None, "")}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Line:
        return cls(**{name: _read(name, value) for name, value in stored.items() if name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Unfolded:
    """An amount, the rule and article behind it, and lines that add up to it."""

    title: str
    amount: Money
    rule: str
    article: str
    lines: tuple[Line, ...]
    note: str = ""

    def __post_init__(self) -> None:
        total = Money.total(line.amount for line in self.lines)
        if total != self.amount:
            raise ValueError(f"{self.title}: the lines add up to {total}, not to {self.amount}")

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "amount": str(self.amount),
            "rule": self.rule,
            "article": self.article,
            "lines": [line.as_json() for line in self.lines],
            "note": self.note,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Unfolded:
        """Read what `as_json` wrote; keys of a later version are passed over."""
        return cls(
            title=stored["title"],
            amount=Money.of(stored["amount"]),
            rule=stored["rule"],
            article=stored["article"],
            lines=tuple(Line.from_json(line) for line in stored["lines"]),
            note=stored.get("note", ""),
        )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Money | Decimal) else value


def _read(name: str, value: Any) -> Any:
    if name in ("amount", "base"):
        return Money.of(value)
    if name in ("first", "last"):
        return date.fromisoformat(value)
    return Decimal(value) if name == "percent" else value
