"""What every list screen shares: links that keep the other choices, column headings that sort, and files to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from receivables.selectors.export import csv_bytes
from receivables.selectors.paging import COUNT_LIMIT, Page, Size
from tenants.templatetags.voldaan import aantal

EXPORT_LIMIT = 100_000
StateT = TypeVar("StateT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter as a link: `is_current` when it is on."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; with a `url` it sorts."""

    label: str
    css: str = ""
    url: str = ""
    aria_sort: str = ""


@dataclass(frozen=True, slots=True)
class Pager:
    summary: str
    first_url: str
    next_url: str


class ListLinks:
    """Links to the same list with something changed; whatever changes, paging begins again."""

    def __init__(self, request: HttpRequest) -> None:
        self.path = request.path
        self.asked = request.GET

    def to(self, **changes: str) -> str:
        asked = self.asked.copy()
        asked.pop("na", None)
        asked.pop("als", None)
        for name, value in changes.items():
            asked[name] = value
        for name in [name for name, value in asked.items() if not value]:
            del asked[name]
        query = asked.urlencode()
        return f"{self.path}?{query}" if query else self.path

    def choices(self, name: str, options: Mapping[Any, str], current: str, *, default: str = "") -> list[Choice]:
        return [
            Choice(label, self.to(**{name: "" if value == default else str(value)}), value == current)
            for value, label in options.items()
        ]

    def column(self, label: str, key: str, sort: str, *, css: str = "", is_large_first: bool = False) -> Column:
        """A heading that sorts by `key`; a second click turns the order round."""
        up, down = key, f"-{key}"
        first, second = (down, up) if is_large_first else (up, down)
        url = self.to(sorteer=second if sort == first else first)
        direction = {up: "ascending", down: "descending"}.get(sort, "")
        return Column(label, css, url, direction)

    def pager(self, page: Page[Any], size: Size | None = None, *, one: str = "", many: str = "") -> Pager:
        """Where to go from this page; without a size nothing is counted."""
        return Pager(
            summary=_summary(size, one=one, many=many) if size else "",
            first_url="" if page.is_first else self.to(),
            next_url=self.to(na=page.next_token) if page.next_token else "",
        )


def _summary(size: Size, *, one: str, many: str) -> str:
    if size.is_capped:
        return f"Meer dan {aantal(COUNT_LIMIT)} {many}"
    return f"1 {one}" if size.count == 1 else f"{aantal(size.count)} {many}"


def choose(text: str, options: type[StateT], default: StateT) -> StateT:
    """The state that the URL names, or the usual one."""
    try:
        return options(text)
    except ValueError:
        return default


def choose_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def csv_response(name: str, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> HttpResponse:
    response = HttpResponse(csv_bytes(heading, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
