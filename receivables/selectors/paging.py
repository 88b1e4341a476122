"""Keyset paging: a page begins after the last row of the previous one, so that page 1,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Count, Model, Q, QuerySet, Sum

PAGE_SIZE = 50
COUNT_LIMIT = 10_000

ModelT = TypeVar("ModelT", bound=Model)
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Sort:
    """An order that an index can follow: fields with the unique one last, all in one direction."""

    fields: tuple[str, ...]
    is_descending: bool = False

    @property
    def ordering(self) -> list[str]:
        return [f"-{name}" if self.is_descending else name for name in self.fields]

    def values(self, row: object) -> list[str]:
        return [str(attrgetter(name.replace("__", "."))(row)) for name in self.fields]


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Some rows, and where the next page begins (empty on the last one)."""

    rows: list[RowT]
    next_token: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a filter finds and what is open on them; above the limit nobody counts on."""

    count: int
    open_amount: Decimal | None = None

    @property
    def is_capped(self) -> bool:
        return self.count > COUNT_LIMIT


def take(rows: QuerySet[ModelT], sort: Sort, *, token: str = "", size: int = PAGE_SIZE) -> Page[ModelT]:
    """One page of `rows` in this order, beginning after `token`; a token that makes no sense begins at the start."""
    ordered = rows.order_by(*sort.ordering)
    values = decode(token, len(sort.fields)) if token else None
    found, is_first = None, True
    if values is not None:
        try:
            found = list(ordered.filter(after(sort, values))[: size + 1])
            is_first = False
        except (ValidationError, ValueError, ArithmeticError):
            found = None
    if found is None:
        found = list(ordered[: size + 1])
    more = len(found) > size
    return Page(found[:size], encode(sort.values(found[size - 1])) if more else "", is_first)


def after(sort: Sort, values: Sequence[Any]) -> Q:
    """The rows that come after these values; the first bound lets the index start there."""
    step, bound = ("lt", "lte") if sort.is_descending else ("gt", "gte")
    condition = Q()
    for position, name in enumerate(sort.fields):
        equal = {earlier: values[index] for index, earlier in enumerate(sort.fields[:position])}
        condition |= Q(**equal, **{f"{name}__{step}": values[position]})
    return Q(**{f"{sort.fields[0]}__{bound}": values[0]}) & condition


def measure(rows: QuerySet[ModelT], *, amount: str = "") -> Size:
    """Count (and add up) at most `COUNT_LIMIT` rows, so that a huge list stays as fast as a small one."""
    window = rows.order_by()[: COUNT_LIMIT + 1]
    if not amount:
        return Size(window.count())
    found = window.aggregate(count=Count("pk"), total=Sum(amount))
    capped = found["count"] > COUNT_LIMIT
    return Size(found["count"], None if capped else found["total"] or Decimal("0.00"))


def encode(values: Sequence[str]) -> str:
    """Where a page ended, as one word in the URL."""
    text = json.dumps(list(values), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(token: str, length: int) -> list[str] | None:
    """The values back, or nothing when somebody changed the URL."""
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    fits = isinstance(values, list) and len(values) == length and all(isinstance(value, str) for value in values)
    return values if fits else None
