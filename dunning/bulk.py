"""Many rows in one statement without a model instance for each: planning writes up to four rows per open invoice.

Table and column names come from the models, never from outside; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Field


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert `rows` of the fields `names`; a row whose unique key is already taken is left out. Says how many went in.

    A field that is not named gets its default (an empty text has none in the database), or NULL. JSON is passed as text.
    """
    if not rows:
        return 0
    concrete = {field.name: field for field in model._meta.concrete_fields}
    named = [concrete.pop(name) for name in names]
    filled = [field for field in concrete.values() if not field.null]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in (*named, *filled))
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in named)
    chosen = ", ".join(["u.*", *(f"%s::{_type(field)}" for field in filled)])
    values = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM UNNEST({arrays}) AS u ON CONFLICT DO NOTHING",  # noqa: S608 # our own names
            [*(field.get_default() for field in filled), *values],
        )
        return int(cursor.rowcount)


def _type(field: Field[Any, Any]) -> str:
    """The column's type without its length: a cast to varchar(40) would cut a longer text off in silence."""
    name = str(field.db_type(connection))
    return "text" if name.startswith("varchar") else name
