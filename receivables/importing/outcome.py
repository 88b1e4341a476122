"""What a reader answers: a value, findings to show, or a refusal in plain Dutch that names the place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

T = TypeVar("T")

# What the database columns hold; a longer value is refused, never cut (an invoice number is evidence).
NUMBER_LENGTH = 100
NAME_LENGTH = 200
LARGEST_AMOUNT = 10**12


class RefusedError(Exception):
    """The file is not taken over; the message is meant for the user."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        element: str | None = None,
        line: int | None = None,
        column: str | None = None,
        others: Sequence[Problem] = (),
    ) -> None:
        super().__init__(message)
        self.problem = Problem(code=code, message=message, element=element, line=line, column=column)
        self.others = tuple(others)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (self.problem, *self.others)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    code: str
    message: str
    element: str | None = None
    line: int | None = None
    column: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Problem:
        return cls(**values)


class Demands:
    """Collects every refusal of one document, so that its sender hears all of them at once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def get(self, read: Callable[[], T]) -> T | None:
        """What `read` returns, or None when it refuses."""
        try:
            return read()
        except RefusedError as refusal:
            self._problems += refusal.problems
            return None

    def refuse_if_any(self) -> None:
        if self._problems:
            first, *others = self._problems
            raise RefusedError(
                first.message,
                code=first.code,
                element=first.element,
                line=first.line,
                column=first.column,
                others=others,
            )


def too_heavy() -> dict[str, str]:
    """The refusal of a file that the child process could not hold or finish."""
    return {
        "code": "limits",
        "message": "Het bestand vraagt te veel geheugen of rekentijd (uitgepakt te groot of te ingewikkeld) en is niet gelezen.",
    }
