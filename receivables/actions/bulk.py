"""Inserting many rows at once: one JSON document, unpacked by PostgreSQL into typed columns.

Several times cheaper than model instances, and unlike COPY it works under row level security. Field names and types come
from the models; every column that a row must fill is given, for a database default is nobody's here.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

_BATCH = 2_000


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """While tens of thousands of small values live, looking for cycles among them costs as much as making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    same: Mapping[str, Any],
    once: bool = False,
) -> int:
    """Insert `rows` (values in the order of the field `names`); `same` holds what all of them share.

    With `once`, rows that a unique key refuses are left out, as `ignore_conflicts` does. Returns how many were inserted.
    """
    listed = list(rows)
    sql = _statement(model, names, same, once=once)
    batches = (
        [*same.values(), json.dumps([dict(zip(names, row, strict=True)) for row in batch], cls=DjangoJSONEncoder)]
        for batch in (listed[start : start + _BATCH] for start in range(0, len(listed), _BATCH))
    )
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.executemany(sql, batches)  # sent one after the other, without waiting for the answer to each
        return cursor.rowcount if listed else 0


def _statement(model: type[models.Model], names: Sequence[str], same: Mapping[str, Any], *, once: bool) -> str:
    """Only names of fields of the model reach the text; values are parameters."""
    quote = connection.ops.quote_name
    fields = {name: model._meta.get_field(name) for name in (*same, *names)}
    columns = {name: quote(_column(field)) for name, field in fields.items()}
    shared = ", ".join(f"%s::{_type(fields[name])}" for name in same)
    taken = ", ".join(f"given.{quote(name)}" for name in names)
    typed = ", ".join(f"{quote(name)} {_type(fields[name])}" for name in names)
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns[name] for name in (*same, *names))}) "  # noqa: S608 # names of the model
        f"SELECT {', '.join(part for part in (shared, taken) if part)} FROM jsonb_to_recordset(%s::jsonb) AS given ({typed})"
        + (" ON CONFLICT DO NOTHING" if once else "")
    )


def _column(field: Any) -> str:
    return str(field.column)


def _type(field: Any) -> str:
    """The type as PostgreSQL calls it, without a length: a longer text must be refused by the table, not cut by a cast."""
    kind = field.db_type(connection) or "text"
    return "text" if kind.startswith("varchar") else str(kind)
